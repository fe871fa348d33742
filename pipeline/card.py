"""The model card: what a model was made of, how good it was, and where its limits lie."""

from __future__ import annotations

from typing import Any

import yaml

from .evaluation import Metrics

_FIGURES = (
    "accuracy",
    "macro_f1",
    "micro_f1",
    "samples_f1",
    "loss",
    "calibration_error",
    "mse",
    "mae",
    "r2",
    "spearman",
)


def model_card(settings: dict[str, Any], metrics: dict[str, Metrics]) -> str:
    """Return README.md for a model folder, with the header that the hub reads."""
    project = settings["run"]["settings"]
    ontology = settings["ontology"]
    channels = project["knowledge"]["channels"] if _uses_knowledge(metrics) else []
    header = {
        "language": project["language"],
        "library_name": "ontograft",
        "pipeline_tag": "text-classification",
        "base_model": project["encoder"],
        "tags": ["ontograft", "text-classification", *channels],
    }
    sections = [
        f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=True)}---",
        "# A text classifier made with Ontograft",
        _summary(project, ontology if channels else None),
        "## Labels\n\n" + _labels(settings),
        "## Knowledge\n\n" + _knowledge(project, ontology, channels, metrics.get("probe", {})),
        "## Scores\n\n" + _scores(metrics, settings["documents"]),
        "## Limits\n\n" + _limits(settings, metrics),
        "## Use\n\n" + _USE + (_SMALL if _saved_small(project) else _WHOLE),
        "## Settings\n\n```yaml\n"
        + yaml.safe_dump(project, sort_keys=False, allow_unicode=True)
        + "```",
    ]
    return "\n\n".join(sections) + "\n"


_USE = """```python
from ontograft import Classifier

classifier = Classifier.load("path/to/this/folder")
print(classifier("a text")[0])
```

On the command line: `ontograft predict THIS_FOLDER CORPUS --out predictions.jsonl`. """

_WHOLE = """The weights
also load as `OntograftForSequenceClassification.from_pretrained(THIS_FOLDER)`."""

_SMALL = """The folder
holds adapters (`adapter/`, as PEFT writes them) without the weights of the encoder. That is looked
for by its name; where it is not found, copy or link its folder to `encoder` in this folder. PEFT
must be installed: `pip install 'ontograft[lora]'`."""


_PREDICTED = {
    "single-label": "one label",
    "multi-label": "any number of labels",
    "regression": "a number",
}


def _saved_small(project: dict[str, Any]) -> bool:
    """Return whether the folder lacks the weights of the encoder."""
    lora = project["training"].get("lora", {})
    return bool(lora.get("rank", 0)) and not lora["merge"]


def _uses_knowledge(metrics: dict[str, Metrics]) -> bool:
    """Return whether knowledge helped the linear probe, or was not asked to."""
    return bool(metrics.get("probe", {}).get("knowledge", True))


def _summary(project: dict[str, Any], ontology: dict[str, Any] | None) -> str:
    grafted = "with an ontology grafted onto it" if ontology else "without an ontology (plain BERT)"
    return (
        f"It predicts {_PREDICTED[project['task']]} for each text, with the encoder "
        f"`{project['encoder']}` {grafted}."
    )


def _labels(settings: dict[str, Any]) -> str:
    names = settings["label_names"]
    return "\n".join(
        f"- `{label}`" + (f": {names[label]}" if label in names else "")
        for label in settings["labels"]
    )


def _knowledge(
    project: dict[str, Any],
    ontology: dict[str, Any] | None,
    channels: list[str],
    probe: dict[str, Any],
) -> str:
    if ontology is None:
        return "None: the channels are off."
    rows = {
        "Ontology": ontology["iri"] or "(it names no IRI)",
        "Version": ontology["version"] or "(it names no version)",
        "Fingerprint (SHA-256)": f"`{ontology['fingerprint']}`",
        "Concepts": ontology["concepts"],
        "Files": ", ".join(project["ontology"]),
        "Channels": ", ".join(channels)
        or f"none: {_why_none(probe)}, "
        "so that labels come from the text alone; concepts are linked all the same",
        "Contrastive pre-training": _contrast(probe),
    }
    return _table(("", ""), [(name, str(value)) for name, value in rows.items()])


def _why_none(probe: dict[str, Any]) -> str:
    if probe.get("text_score") is None:
        return "no text was labelled, and the ontology did not seem to suit texts and labels"
    return "the linear probe was better without knowledge"


def _contrast(probe: dict[str, Any]) -> str:
    scores = probe.get("contrast_scores")
    if not scores:
        return "done; there was no labelled text to try it on" if probe.get("contrast") else "none"
    return (
        "kept" if probe["contrast"] else "tried, not kept"
    ) + f": the linear probe scores {scores[1]:.3f} with it, {scores[0]:.3f} without"


def _scores(metrics: dict[str, Metrics], documents: dict[str, int]) -> str:
    columns = {
        f"{split} ({documents[split]} texts)": metrics[split]
        for split in ("dev", "test")
        if split in metrics
    }
    notes = []
    if "dev" in metrics:
        notes.append("Choices were made on the dev texts, so their figures flatter.")
    if not columns:
        notes.append("Not evaluated: the project named no test texts, and none were held back.")
    held_out = metrics.get("probe", {}).get("held_out")
    if held_out and "dev" not in metrics:
        columns[f"linear probe, held out ({held_out['documents']} texts)"] = held_out
        notes.append(
            "The model learnt from all labelled texts. What is held out is from the "
            "cross-validation of the linear probe, from which its training starts, on texts that "
            "the probe had not learnt from; choices were made on these, so that they flatter."
        )
    rows = [
        (figure, *(_number(found.get(figure)) for found in columns.values()))
        for figure in _FIGURES
        if any(found.get(figure) is not None for found in columns.values())
    ]
    return "\n\n".join([*([_table(("", *columns), rows)] if columns else []), *notes])


def _limits(settings: dict[str, Any], metrics: dict[str, Metrics]) -> str:
    documents = settings["documents"]
    single = settings["run"]["settings"]["task"] == "single-label"
    lines = [
        "- It knows the labels above and no others"
        + (": each text gets one of them, fitting or not." if single else "."),
        f"- It was trained on {documents['train']} texts; on texts of another kind, from another "
        "time or place, expect less than the scores above, and check.",
        f"- Texts longer than {settings['max_length']} tokens are read in several windows and "
        "averaged, which blurs what stands in one place only.",
    ]
    if "calibration" in metrics:
        found = metrics["calibration"]
        lines.append(
            f"- Its logits are divided by {found['temperature']:.2f}, a temperature that comes "
            f"from {found['from']}; see calibration_error before relying on a probability."
        )
    if settings["ontology"]:
        knowledge = settings["run"]["settings"]["knowledge"]
        retrieves = knowledge["retrieved"] > 0 and "closure" in knowledge["channels"]
        instead = (
            "by those whose description is most like it" if retrieves else "by its words alone"
        )
        lines.append(
            f"- Concepts are found by their names. {documents['unlinked in train']} of the "
            f"training texts name none; the model judges such a text {instead}."
        )
    return "\n".join([*lines, *(f"- Noted in the corpus: {note}." for note in settings["notes"])])


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    escaped = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.4f}"
