"""``ontograft explain``: what each concept does to a prediction, as a table or as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_options import Model, argument

if TYPE_CHECKING:
    from rich.table import Table

    from .explanation_parts import Explanation
    from .prediction import Prediction


def explain(
    model: Model,
    text: Annotated[str, argument("TEXT", "The text; - for standard input.")],
    method: Annotated[
        str, typer.Option(help="How effects are found; there is one way.")
    ] = "leave-one-concept-out",
    json: Annotated[bool, typer.Option("--json", help="Print JSON, with the subgraph.")] = False,
) -> None:
    """Say which concepts speak for a prediction: what it would be without each of them.

    The model runs once more without each concept that reached it, all else being equal. A change
    above 0 speaks for the label, one below 0 against it.

    [bold]Examples[/bold]

      ontograft explain runs/doid "Fever and a cough."
      ontograft explain runs/doid - --json < abstract.txt
    """
    from .console import TerminalReporter, output
    from .explanation import explain as explained
    from .files import to_json
    from .prediction import Classifier

    content = sys.stdin.read() if text == "-" else text
    with TerminalReporter() as reporter:
        with reporter.stage("loading the model"):
            classifier = Classifier.load(model)
        with reporter.stage("explaining"):
            found = explained(classifier, content, method)
    if json:
        typer.echo(to_json(as_json(found)))
        return
    names = classifier.label_names
    output().print(f"prediction: {_said(found.prediction, names)}", markup=False, highlight=False)
    output().print(
        f"without any concept: {_said(found.without_knowledge, names)}",
        markup=False,
        highlight=False,
    )
    if not found.effects:
        typer.echo("no concept of the ontology reached the model")
        return
    output().print(_table(found, names))


def as_json(found: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON."""
    from dataclasses import asdict

    from .output import mention_json

    return {
        "method": found.method,
        "prediction": {
            "label": found.prediction.label,
            "probabilities": found.prediction.probabilities,
            "mentions": [mention_json(mention) for mention in found.prediction.mentions],
        },
        "without_knowledge": {
            "label": found.without_knowledge.label,
            "probabilities": found.without_knowledge.probabilities,
        },
        "effects": [
            {
                "concept": effect.concept,
                "label": effect.label,
                "mentions": effect.mentions,
                "retrieved": effect.retrieved,
                "label_without": effect.without.label,
                "labels": [
                    {
                        "label": one.label,
                        "score": one.score,
                        "score_without": one.score_without,
                        "change": one.change,
                    }
                    for one in effect.labels
                ],
            }
            for effect in found.effects
        ],
        "subgraph": asdict(found.subgraph),
    }


def _table(found: Explanation, names: dict[str, str]) -> Table:
    from rich.table import Table

    shown = Table()
    for title, side in (("concept", "left"), ("by", "left"), ("label", "left")):
        shown.add_column(title, justify=side, overflow="fold")  # type: ignore[arg-type]
    for title in ("score", "without", "change"):
        shown.add_column(title, justify="right")
    shown.add_column("label without", overflow="fold")
    mentions = found.prediction.mentions
    for effect in found.effects:
        words = list(dict.fromkeys(mentions[place].text for place in effect.mentions))
        by = words + ["(retrieved)"] * effect.retrieved
        for one in effect.labels:
            shown.add_row(
                _plain(effect.label),
                _plain(", ".join(by)),
                _plain(names.get(one.label, one.label)),
                f"{one.score:.3f}",
                f"{one.score_without:.3f}",
                f"{one.change:+.3f}",
                _plain(_label(effect.without, names)),
            )
    return shown


def _said(prediction: Prediction, names: dict[str, str]) -> str:
    label = _label(prediction, names)
    if not prediction.probabilities:
        return label
    return f"{label} ({max(prediction.probabilities.values()):.3f})"


def _label(prediction: Prediction, names: dict[str, str]) -> str:
    if isinstance(prediction.label, float):
        return f"{prediction.label:.3f}"
    return "; ".join(names.get(one, one) for one in prediction.labels) or "(no label)"


def _plain(text: str) -> Any:
    """Return a text that no terminal obeys and that is no markup."""
    from rich.text import Text

    return Text("".join(char if char.isprintable() else " " for char in text))
