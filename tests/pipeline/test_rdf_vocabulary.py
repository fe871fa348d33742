"""The terms, and that docs/query.md says what they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_type_hints

import pyoxigraph as ox
import pytest
from typer.models import OptionInfo

from ontograft.pipeline.cli_query import query
from ontograft.pipeline.rdf_vocabulary import PREFIXES, TERMS, VOCABULARY
from ontograft.pipeline.sparql_query import sparql

from .results import make_results

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "query.md").read_text(encoding="utf-8")


def test_the_vocabulary_is_turtle() -> None:
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    triples = list(ox.parse(prefixes + VOCABULARY, ox.RdfFormat.TURTLE))
    assert len(triples) == 2 * len(TERMS)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_page_lists_every_prefix(prefix: str) -> None:
    assert f"`{prefix}`" in PAGE


@pytest.mark.parametrize("name", sorted(set(TERMS) - {"fingerprint", "sha256"}))
def test_the_page_lists_every_term(name: str) -> None:
    assert f"og:{name}" in PAGE


def test_the_query_of_the_page_is_answered(tmp_path: Path) -> None:
    (text,) = re.findall(r"```sparql\n(.*?)```", PAGE, flags=re.DOTALL)
    results = make_results(tmp_path / "results")
    table = sparql(results, text.replace("label:C14", "label:C12"))
    assert table.to_pylist() == [{"id": "d0", "score": 0.95, "sentence": "Nephritis was found."}]


def test_the_page_names_every_option() -> None:
    options = set()
    for name, hint in get_type_hints(query, include_extras=True).items():
        for about in getattr(hint, "__metadata__", ()):
            if isinstance(about, OptionInfo):
                # In an annotation the first name stands where a default would.
                first = about.default if isinstance(about.default, str) else f"--{name}"
                options.update(first.split("/"))
    assert len(options) > 20
    stated = set(re.findall(r"--[a-z-]+", PAGE))
    assert options <= stated
