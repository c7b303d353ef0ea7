"""Files of weights in the GGUF format: what is checked of one before anything loads it."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from agent.models.config import ModelCfg
from exoactor.types import ConfigError

MAGIC = b"GGUF"
"""The first bytes of such a file."""
_HASHED: dict[tuple[str, int, int], str] = {}
"""Of path, size [bytes] and time of the last change [ns]."""


def check_weights(cfg: ModelCfg) -> None:
    """Refuse what cannot be run here; nothing is loaded.

    Raises:
        ConfigError: a file is not there, is no GGUF file or not the one that `cfg.sha256` names, or the package that
            runs it is missing.
    """
    _check_file("gguf", cfg.gguf)
    if cfg.mmproj:
        _check_file("mmproj", cfg.mmproj)
    if find_spec("xllamacpp") is None:
        raise ConfigError(
            "a model in a file needs the package xllamacpp. Do: pip install -e '.[local]' -c constraints.txt"
        )
    if cfg.sha256 and (found := sha256_of(cfg.gguf)) != cfg.sha256:
        raise ConfigError(
            f"gguf: {cfg.gguf} has the sha256 {found}, {cfg.sha256} is wanted; it is not loaded. Get the file "
            "again, or mend sha256 if this is the one that you mean"
        )


def sha256_of(path: str) -> str:
    """Of a file, in 64 hex digits; read once as long as it does not change."""
    told = Path(path).stat()
    known = (path, told.st_size, told.st_mtime_ns)
    if known not in _HASHED:
        with Path(path).open("rb") as file:
            _HASHED[known] = hashlib.file_digest(file, "sha256").hexdigest()
    return _HASHED[known]


def _check_file(setting: str, path: str) -> None:
    try:
        with Path(path).open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError as error:
        raise ConfigError(
            f"{setting}: {path} cannot be read ({error.strerror}). Give the path of a GGUF file"
        ) from None
    if head != MAGIC:
        raise ConfigError(
            f"{setting}: {path} is no GGUF file: it begins with {head!r}, {MAGIC!r} is wanted. Weights in another "
            "format have to be converted first (llama.cpp has convert_hf_to_gguf.py)"
        )
