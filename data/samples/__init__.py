"""The embedded sample: an ontology of plant health, and letters to an advice desk by cause.

``plant_health.ttl`` is the ontology, ``train.jsonl`` and ``test.jsonl`` the texts, ``labels.tsv``
the names of the labels and ``project.yaml`` the project that ``ontograft demo`` runs. README.md
tells how they were made. All of it is dedicated to the public domain (CC0 1.0).
"""

from importlib.resources import files
from pathlib import Path
from typing import Final

_ENDINGS: Final = frozenset({".jsonl", ".md", ".tsv", ".ttl", ".yaml"})


def sample_files() -> tuple[Path, ...]:
    """Return the files of the sample, sorted by name.

    The package is read from a folder: installed from a wheel or in editable mode, not from a zip.
    """
    folder = Path(str(files(__name__)))
    return tuple(sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS))


def sample_path(name: str) -> Path:
    """Return where a file of the sample lies.

    Args:
        name: the name of the file, such as ``plant_health.ttl``.

    Raises:
        FileNotFoundError: the sample has no file of that name; the message lists what it has.
    """
    paths = {path.name: path for path in sample_files()}
    if name not in paths:
        raise FileNotFoundError(
            f"the sample has no file {name!r}; choose one of: {', '.join(sorted(paths))}"
        )
    return paths[name]


__all__ = ["sample_files", "sample_path"]
