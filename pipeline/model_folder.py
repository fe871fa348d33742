"""The model folder: all that predicting needs, sealed by a manifest that notices damage.

config.json, model.safetensors   the model, as transformers saves it
adapter/                         after training with LoRA: what was learnt beside the weights of the
                                 encoder, which are then not in model.safetensors
tokenizer.json, ...              its tokenizer
graph/, linker/                  the ontology as it was, and its names (not for plain BERT)
labels.tsv                       the concepts that the labels stand for (not for plain BERT)
settings.json                    what the model was made of and how
metrics.json                     how good it was on the development and test texts
README.md                        the model card
manifest.json                    the SHA-256 of every file; written last
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import EncoderError, ModelFolderError, OntologyError
from .aligned_labels import TABLE, of_settings, write_alignment
from .card import model_card
from .encoders import load_tokenizer, quiet_transformers
from .evaluation import Metrics
from .files import MANIFEST, damage, read_manifest, seal, to_json
from .knowledge import LinkedOntology
from .settings import Project

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from ..model import Adapter, OntograftForSequenceClassification

FORMAT: Final = 1
"""The version of this layout, in the manifest."""


@dataclass(frozen=True)
class ModelParts:
    """What a model folder holds.

    Args:
        model: the model.
        tokenizer: its tokenizer.
        ontology: graph and linker; None for plain BERT.
        settings: how it came to be: ``run`` with the project's ``settings``, ``labels`` and more.
        metrics: its figures by split.
        adapter: what was learnt beside the weights of the encoder, where the model is saved
            without these.
    """

    model: OntograftForSequenceClassification
    tokenizer: PreTrainedTokenizerFast
    ontology: LinkedOntology | None
    settings: dict[str, Any]
    metrics: dict[str, Metrics]
    adapter: Adapter | None = None

    @property
    def project(self) -> Project:
        """The settings of the project that the model was made by."""
        return Project.of(self.settings["run"]["settings"])


def save_model_folder(parts: ModelParts, folder: Path) -> None:
    """Write a model folder; what lay there before is removed.

    Raises:
        OSError: the disk is full, or may not be written to.
    """
    from ..model import save_adapted

    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    with quiet_transformers():
        if parts.adapter is None:
            parts.model.save_pretrained(folder)
        else:
            save_adapted(parts.model, parts.adapter, folder)
        parts.tokenizer.save_pretrained(folder)
    # safetensors writes for the owner alone; who may read the configuration may read the weights.
    for weights in folder.rglob("*.safetensors"):
        weights.chmod((folder / "config.json").stat().st_mode)
    if parts.ontology is not None:
        parts.ontology.save(folder)
    alignment = of_settings(parts.settings.get("label_alignment", ()))
    if alignment:
        write_alignment(alignment, folder / TABLE)
    for name, content in (("settings.json", parts.settings), ("metrics.json", parts.metrics)):
        (folder / name).write_text(to_json(content) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(model_card(parts.settings, parts.metrics), encoding="utf-8")
    seal(folder, about={"ontograft_model_folder": FORMAT})


def load_model_folder(folder: str | Path) -> ModelParts:
    """Check every file of a model folder against its manifest, and load it.

    Raises:
        ModelFolderError: it is no model folder, a file is missing or damaged, it was written by
            another version, or it lacks the weights of its encoder and that is not found.
    """
    from ..model import OntograftForSequenceClassification
    from ..model.loading import ADAPTER
    from .adapted_folder import load_adapted_folder

    folder = Path(folder)
    check_model_folder(folder)
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    project = Project.of(settings["run"]["settings"])
    adapter = None
    try:
        with quiet_transformers():
            if (folder / ADAPTER).is_dir():
                model, adapter = load_adapted_folder(folder, settings)
            else:
                model = OntograftForSequenceClassification.from_pretrained(folder)
        tokenizer = load_tokenizer(folder)
        ontology = None
        if project.knowledge.channels:
            ontology = LinkedOntology.load(folder, project.knowledge)
    except (EncoderError, OntologyError) as error:
        raise ModelFolderError(f"{folder}: {error}") from error
    expected = model.config.ontology_fingerprint
    if ontology is not None and ontology.graph.fingerprint != expected:
        raise ModelFolderError(
            f"{folder}: the model was made for the ontology {expected[:12]}, the folder holds "
            f"{ontology.graph.fingerprint[:12]}; copy the model folder again, whole"
        )
    return ModelParts(model, tokenizer, ontology, settings, metrics, adapter)


def check_model_folder(folder: Path) -> None:
    """Check that a folder is a whole model folder.

    Raises:
        ModelFolderError: it is not; the message names the file.
    """
    if not folder.is_dir():
        raise ModelFolderError(f"{folder}: no such model folder; make one with 'ontograft fit'")
    manifest = read_manifest(folder)
    if manifest is None and not (folder / MANIFEST).exists():
        if (folder / "run").is_dir():
            raise ModelFolderError(
                f"{folder}: the run in this folder is not finished; continue it with "
                "'ontograft fit ... --resume'"
            )
        raise ModelFolderError(
            f"{folder}: {MANIFEST} is missing: this is no model folder; make one with 'ontograft "
            "fit'"
        )
    fault = damage(folder)
    if fault is not None:
        raise ModelFolderError(f"{folder}: {fault}; copy the folder again, or fit the model anew")
    written = (manifest or {}).get("ontograft_model_folder")
    if written != FORMAT:
        raise ModelFolderError(
            f"{folder}: has layout {written}, expected {FORMAT}; use the version of Ontograft "
            "that wrote it"
        )
