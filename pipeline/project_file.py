"""Reading a project file: YAML without its traps, and refusals that a person can act on."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import SettingsError


class _StrictLoader(yaml.SafeLoader):
    """YAML with only true and false as truth values, and with neither aliases nor double keys.

    YAML 1.1 reads the language code ``no`` as false, keeps the last of two equal keys, and lets ten
    lines of aliases grow to gigabytes.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(
                None, None, "aliases (*name) are not allowed: write the value out", mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is given twice: keep one", key_node.start_mark
                )
            if isinstance(key, Hashable):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


_CORPORA = (".csv", ".tsv", ".jsonl", ".parquet", ".gz")
_TRUTH = "tag:yaml.org,2002:bool"
_StrictLoader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != _TRUTH or letter in "tTfF"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose outermost value is a mapping.

    Raises:
        SettingsError: it is missing, is no such YAML, or gives a key twice.
    """
    if path.suffix.lower() in _CORPORA and path.is_file():
        raise SettingsError(
            f"{path}: looks like a corpus; expected a project file (YAML), which names the corpus: "
            f"'corpus: {{train: {path.name}}}'"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: no such project file; write one as the tutorial shows, or try: ontograft demo"
        ) from error
    except IsADirectoryError as error:
        raise SettingsError(f"{path}: is a folder; expected a project file (YAML)") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    try:
        content = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - derives from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise SettingsError(f"{path.name}{where}: {error.problem or 'not valid YAML'}") from error
    except yaml.YAMLError as error:
        raise SettingsError(
            f"{path.name}: not valid YAML: {' '.join(str(error).split())}"
        ) from error
    if not isinstance(content, dict):
        raise SettingsError(
            f"{path.name}: expected keys with values, such as 'ontology: terms.ttl', "
            f"got {'an empty file' if content is None else type(content).__name__}"
        )
    return content


def explain(error: ValidationError, model: type[BaseModel], *, name: str) -> str:
    """Say in one line what is wrong with a project file: the first fault, and how many more."""
    # A field that may be of several kinds yields one fault for each kind: they belong together.
    by_field: dict[str, list[dict[str, Any]]] = {}
    owners: dict[str, type[BaseModel]] = {}
    for fault in error.errors(include_url=False):
        dotted, owner = _field(list(fault["loc"]), model)
        by_field.setdefault(dotted, []).append(dict(fault))
        owners[dotted] = owner
    dotted, faults = next(iter(by_field.items()))
    tail = f" (and {len(by_field) - 1} more)" if len(by_field) > 1 else ""
    return f"{name}: {_message(faults, dotted, owners[dotted])}{tail}"


def _message(faults: list[dict[str, Any]], dotted: str, owner: type[BaseModel]) -> str:
    fault = faults[0]
    kind, key = fault["type"], dotted.rsplit(".", 1)[-1]
    if kind == "extra_forbidden":
        known = list(owner.model_fields)
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        return f"{dotted}: unknown key; {hint}choose one of: {', '.join(known)}"
    if kind == "missing":
        return f"{dotted}: missing, and there is no default"
    if kind == "value_error":
        text = str(fault["msg"]).removeprefix("Value error, ")
        return f"{dotted}: {text}" if dotted else text
    choices = _choices(owner.model_fields[key].annotation) if key in owner.model_fields else ()
    if kind == "literal_error" and choices:
        what = key.removesuffix("s").replace("_", " ")
        return f"{dotted}: unknown {what} {fault['input']!r}; choose one of: {', '.join(choices)}"
    wanted = " or ".join(dict.fromkeys(_wanted(each) for each in faults))
    return f"{dotted}: expected {wanted}, got {fault['input']!r}"


_KINDS = {
    "dict": "keys with values",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "string": "a text",
    "path": "a path",
    "tuple": "a list, such as [closure]",
    "model": "keys with values, such as {key: value}",
    "finite": "a finite number",
}


def _wanted(fault: dict[str, Any]) -> str:
    """Name what a field expects, from one of pydantic's faults."""
    kind, context = str(fault["type"]), fault.get("ctx", {})
    bounds = {
        "greater_than": ("gt", "a number greater than"),
        "greater_than_equal": ("ge", "a number of at least"),
        "less_than": ("lt", "a number less than"),
        "less_than_equal": ("le", "a number of at most"),
    }
    if kind in bounds:
        name, words = bounds[kind]
        return f"{words} {context[name]:g}"
    if kind == "literal_error":
        return str(context["expected"])
    if kind == "string_too_short":
        return f"a text of at least {context['min_length']} characters"
    return _KINDS.get(kind.split("_")[0], str(fault["msg"]))


def _field(place: list[int | str], model: type[BaseModel]) -> tuple[str, type[BaseModel]]:
    """Return the dotted name of the field a fault lies in, and the section that field is in."""
    owner = model
    names: list[str] = []
    for part in place:
        names.append(str(part))
        field = owner.model_fields.get(str(part))
        if field is None or not (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        ):
            break
        if part != place[-1]:
            owner = field.annotation
    return ".".join(names), owner


def _choices(annotation: Any) -> tuple[str, ...]:
    """Return the closed choices of a field, or nothing if other values may be given too."""
    if typing.get_origin(annotation) is typing.Literal:
        return tuple(str(value) for value in typing.get_args(annotation))
    if typing.get_origin(annotation) is tuple:
        return _choices(typing.get_args(annotation)[0])
    return ()
