"""Files that are given on the command line: checked before anything starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from exoactor.types import Camera, ConfigError

if TYPE_CHECKING:
    from exoactor.world.scene_file import SceneSpec


def scene_or_none(name: str | None) -> SceneSpec | None:
    """The scene of that name or path; None for None."""
    from exoactor.world.scene_file import load_scene

    return None if name is None else load_scene(name)


def camera_of(video: Path, camera: Path | None, scene: str | None) -> Camera:
    """The clip's calibration: told, beside the clip, or the scene's.

    Raises:
        ConfigError: none of them, or not a calibration.
    """
    beside = video.with_suffix(".camera.json")
    path = camera or (beside if beside.exists() else None)
    if path is not None:
        try:
            return Camera.from_json(json.loads(existing_file(path).read_text()))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ConfigError(
                f"{path}: not a camera calibration (size, intrinsics, position, rotation): {error}"
            ) from error
    spec = scene_or_none(scene)
    if spec is None:
        raise ConfigError(
            f"the camera of {video} is not known: give --camera FILE.json, or --scene NAME for its camera"
        )
    return spec.camera


def existing_file(path: Path) -> Path:
    """The path, if it is a file.

    Raises:
        ConfigError: it is missing, or a folder.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; a file is wanted")
    if not path.exists():
        raise ConfigError(f"{path} does not exist")
    return path


def check_target(path: Path, suffix: str) -> None:
    """Refuse a path that no file with this suffix can be written to.

    Raises:
        ConfigError: it is a folder, ends differently, or lies below a file.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; a file name ending in {suffix} is wanted")
    if path.suffix != suffix:
        raise ConfigError(f"{path}: a file name ending in {suffix} is wanted")
    if path.parent.exists() and not path.parent.is_dir():
        raise ConfigError(f"{path.parent} is a file; a folder is wanted there")
