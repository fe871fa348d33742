"""Queries made to kill or stall an engine, and updates in every disguise."""

from __future__ import annotations

_T = "?s ?p ?o"
_MANY = 20_000


def _nested(opening: str, core: str, closing: str, count: int) -> str:
    return opening * count + core + closing * count


TORTURE: dict[str, str] = {
    # Deep: the parser, the planner and the evaluation all recurse.
    "braces 90": f"SELECT * {{{_nested('{', _T, '}', 90)}}}",
    "braces 3000": f"SELECT * {{{_nested('{', _T, '}', 3000)}}}",
    "parentheses 5000": f"SELECT * {{ {_T} FILTER({_nested('(', '1', ')', 5000)}) }}",
    "not 900": f"SELECT * {{ {_T} FILTER({'!' * 900}?o) }}",
    "not 20000": f"SELECT * {{ {_T} FILTER({'!' * _MANY}?o) }}",
    "functions 90": f"SELECT * {{ {_T} FILTER({_nested('STR(', '?o', ')', 90)} = 'a') }}",
    "functions 5000": f"SELECT * {{ {_T} FILTER({_nested('STR(', '?o', ')', 5000)} = 'a') }}",
    "exists 90": f"SELECT * {{ {_nested('FILTER EXISTS { ', _T, ' }', 90)} }}",
    "optionals nested 90": f"SELECT * {{ {_nested(f'{_T} OPTIONAL {{ ', _T, ' }', 90)} }}",
    "subselects 45": f"SELECT * {{ {_nested('{ SELECT * { ', _T, ' } }', 45)} }}",
    "blank nodes 90": f"SELECT * {{ ?s ?p {_nested('[ ?p ', '1', ' ]', 90)} }}",
    "lists 90": f"SELECT * {{ ?s ?p {_nested('( ', '1', ' )', 90)} }}",
    "graphs 90": f"SELECT * {{ {_nested('GRAPH ?g { ', _T, ' }', 90)} }}",
    # Wide: the planner orders joins, the parser builds trees that lean to one side.
    "unions 300": "SELECT * {" + " UNION ".join([f"{{ {_T} }}"] * 300) + "}",
    "unions 20000": "SELECT * {" + " UNION ".join([f"{{ {_T} }}"] * _MANY) + "}",
    "or 900": f"SELECT * {{ {_T} FILTER({'||'.join(['?o = 1'] * 450)}) }}",
    "or 20000": f"SELECT * {{ {_T} FILTER({'||'.join(['?o'] * _MANY)}) }}",
    "optionals 100": f"SELECT * {{ {_T} "
    + " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(100))
    + "}",
    "optionals 500": f"SELECT * {{ {_T} "
    + " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(500))
    + "}",
    "joins 150": "SELECT * {" + " ".join(f"?s{n} ?p{n} ?s{n + 1} ." for n in range(150)) + "}",
    "joins 5000": "SELECT * {" + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(5000)) + "}",
    "list of 900": f"SELECT * {{ ?s ?p ({' 1' * 900}) }}",
    "list of 5000": f"SELECT * {{ ?s ?p ({' 1' * 5000}) }}",
    "values 20000": f"SELECT * {{ VALUES ?o {{ {' '.join(map(str, range(_MANY)))} }} {_T} }}",
    "columns 900": f"SELECT {' '.join(f'(1 AS ?x{n})' for n in range(900))} {{ {_T} }}",
    # Large: rows, texts, groups.
    "product of 3": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "product of 6": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }",
    "product sorted": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c DESC(?i)",
    "product distinct": "SELECT DISTINCT ?a ?f ?h { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "everything in one text": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f), STR(?i))) AS ?x) "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "text doubled": "SELECT ?x { BIND('aaaaaaaaaaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    + " BIND(?x40 AS ?x) }",
    "literal of 190000": f"SELECT * {{ ?s ?p '{'x' * 190_000}' }}",
    "literal of 2000000": f"SELECT * {{ ?s ?p '{'x' * 2_000_000}' }}",
    # Slow by nature.
    "paths in paths": "SELECT * { ?a (((!og:a)*)*)* ?b . ?b (((!og:b)*)*)* ?c . ?c (!og:c)* ?d }",
    "path to anywhere": "SELECT (COUNT(*) AS ?n) { ?a (!og:a|^(!og:b))* ?b . ?b (!og:c)+ ?c }",
    "regex backtracking": f"SELECT * {{ BIND('{'a' * 60}b' AS ?x) FILTER(REGEX(?x, '^(a+)+$')) }}",
    "regex large": f"SELECT * {{ {_T} FILTER(REGEX(STR(?o), '{'(a{0,99}){0,99}'}')) }}",
    "replace large": f"SELECT * {{ {_T} . ?a ?b ?c . ?d ?e ?f BIND(REPLACE(STR(?o), '(.)', "
    f"'{'$1' * 999}') AS ?x) FILTER(STRLEN(?x) < 0) }}",
    # Not of this store.
    "service": "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "service in disguise": "SELECT * { ?s ?p 1SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
}

_S = "<http://example.org/nephritis>"
_DATA = f"{{ {_S} <http://a/p> 1 }}"
UPDATES = (
    f"INSERT DATA {_DATA}",
    f"insert data {_DATA}",
    f"InSeRt DaTa {_DATA}",
    f"INSERT#x\nDATA{_DATA}",
    f"INSERT\tDATA {_DATA}",
    f"# SELECT * {{}}\nINSERT DATA {_DATA}",
    f"PREFIX a: <http://a/> INSERT DATA {_DATA}",
    f"BASE <http://a/> INSERT DATA {_DATA}",
    f"INSERT {_DATA} WHERE {{}}",
    f"INSERT {{ GRAPH <http://a/g> {_DATA} }} WHERE {{}}",
    f"WITH <http://a/g> INSERT {_DATA} WHERE {{}}",
    f"INSERT {_DATA} USING <http://a/g> WHERE {{}}",
    "INSERT { ?s <http://a/p> ?o } WHERE { ?s ?p ?o }",
    "\\u0049NSERT DATA " + _DATA,
    "\\U00000049NSERT DATA " + _DATA,
    "I\\u004eSERT DATA " + _DATA,
    f"SELECT * {{}} ; INSERT DATA {_DATA}",
    f"SELECT * {{}} INSERT DATA {_DATA}",
    f"ASK {{}} ; DELETE DATA {_DATA}",
    f"ASK {{}}\n; # a\nINSERT DATA {_DATA}",
    f"SELECT * {{ INSERT DATA {_DATA} }}",
    f"SELECT * {{ {{ INSERT {_DATA} WHERE {{}} }} }}",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }} ; INSERT DATA {_DATA}",
    f"DELETE DATA {_DATA}",
    "DELETE WHERE { ?s ?p ?o }",
    "delete where { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    "WITH <https://ontograft.org/ns> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE#\nWHERE { ?s ?p ?o }",
    "\ufeffDELETE WHERE { ?s ?p ?o }",
    "\x00DELETE WHERE { ?s ?p ?o }",
    "\u00a0DELETE WHERE { ?s ?p ?o }",
    "DELETE\u2028WHERE { ?s ?p ?o }",
    "ＤＥＬＥＴＥ WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "CLEAR DEFAULT",
    "CLEAR NAMED",
    "CLEAR SILENT GRAPH <https://ontograft.org/ns>",
    "clear graph <https://ontograft.org/ns>",
    "DROP ALL",
    "DROP DEFAULT",
    "DROP NAMED",
    "DROP GRAPH <https://ontograft.org/ns>",
    "DROP SILENT GRAPH <https://ontograft.org/ns>",
    "CREATE GRAPH <http://a/g>",
    "CREATE SILENT GRAPH <http://a/g>",
    "COPY <https://ontograft.org/ns> TO <http://a/g>",
    "COPY DEFAULT TO <https://ontograft.org/ns>",
    "MOVE <https://ontograft.org/ns> TO DEFAULT",
    "ADD <https://ontograft.org/ns> TO <http://a/g>",
    "LOAD <http://127.0.0.1:9/>",
    "LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <http://a/g>",
    "LOAD <file:///etc/passwd>",
    "INSERT DATA { " + _S + " <http://a/p> 1 } ; CLEAR ALL",
)
