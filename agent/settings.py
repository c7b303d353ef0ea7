"""What a folder of a living world is about: settings that are written once, beside the text of its scene."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from agent.run_folder import check_new
from exoactor.files import write_json, write_text
from exoactor.types import ConfigError
from exoactor.world.scene_file import SceneSpec, read_scene

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SCENE = "scene.yaml"


class Settings(Protocol):
    """A frozen dataclass that says, besides whatever else it does, which scene and which format of the folder."""

    @property
    def scene(self) -> str:
        """Its name."""
        ...

    @property
    def format(self) -> int:
        """Of the folder."""
        ...


S = TypeVar("S", bound=Settings)


def read_settings(path: Path, file: str, make: Callable[..., S], what: str, wanted: int) -> tuple[S, SceneSpec]:
    """The settings of a folder, and its scene.

    Args:
        path: of the folder.
        file: name of the settings in it.
        make: of what they hold.
        what: the folder is of, in words.
        wanted: format.

    Raises:
        ConfigError: not such a folder, damaged, or of another format.
    """
    try:
        cfg = make(**json.loads((path / file).read_text()))
        text = (path / SCENE).read_text()
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(f"{path} is not the folder of a {what}: {file} and {SCENE} are wanted in it") from None
    except (ValueError, TypeError, OSError) as error:
        raise ConfigError(f"{path / file} is damaged: {error}") from error
    if cfg.format != wanted:
        raise ConfigError(f"{path}: {what} of format {cfg.format}, this version reads {wanted}")
    return cfg, read_scene(text, cfg.scene)


def write_settings(path: Path, file: str, spec: SceneSpec, cfg: DataclassInstance) -> None:
    """Make a folder with them.

    Raises:
        ConfigError: `path` is a file, or holds something.
    """
    check_new(path)
    write_text(path / SCENE, spec.text)
    write_json(path / file, asdict(cfg))
