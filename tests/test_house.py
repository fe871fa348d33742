"""The house: what is published, under which names, and that nothing on disk is left out."""

import importlib
import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

import ontograft
from ontograft import errors

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("kg", "model", "pipeline", "data")
PUBLIC = [
    "Classifier",
    "KnowledgeGraph",
    "OntograftForSequenceClassification",
    "Project",
    "__version__",
    "fit",
]


def settings() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_folder_with_code_is_published() -> None:
    on_disk = {"ontograft"}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.parent.relative_to(ROOT).parts
            on_disk.add(".".join(("ontograft", *parts)))
    assert on_disk == set(settings()["tool"]["setuptools"]["packages"])


def test_every_package_says_where_it_lies() -> None:
    stated = settings()["tool"]["setuptools"]
    assert set(stated["packages"]) == set(stated["package-dir"])
    for package, folder in stated["package-dir"].items():
        assert (ROOT / folder / "__init__.py").is_file(), package


def test_the_sample_is_part_of_the_package() -> None:
    patterns = settings()["tool"]["setuptools"]["package-data"]["ontograft.data.samples"]
    folder = ROOT / "data" / "samples"
    packed = {path for pattern in patterns for path in folder.glob(pattern)}
    assert packed == {path for path in folder.iterdir() if path.suffix not in (".py", "")}


def test_the_public_names() -> None:
    assert sorted(ontograft.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(ontograft, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = ontograft.nothing


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_folder_exports_is_there(folder: str) -> None:
    module = importlib.import_module(f"ontograft.{folder}")
    for name in getattr(module, "__all__", []):
        assert getattr(module, name) is not None


def test_the_version_is_stated_once_more_in_the_package() -> None:
    assert ontograft.__version__ == settings()["project"]["version"]


def test_every_error_is_of_the_one_base() -> None:
    raised = [value for value in vars(errors).values() if isinstance(value, type)]
    assert len(raised) > 1
    assert all(issubclass(error, errors.OntograftError) for error in raised)


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = ["torch", "transformers", "spacy", "sklearn", "rdflib", "pyarrow"]
    code = (
        "import sys, ontograft, ontograft.pipeline.cli; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, cwd=os.sep
    )
    assert done.stdout.strip() == "[]"


def test_spacy_finds_the_linker_by_its_entry_point() -> None:
    (entry,) = entry_points(group="spacy_factories", name="ontograft_linker")
    assert callable(entry.load())
