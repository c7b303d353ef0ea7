"""The robot's visual meshes, decimated once and cached: rendering cost is the number of faces (393 k as delivered)."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from exoactor.assets import cache_dir
from exoactor.files import write_npz
from exoactor.types import Array, ConfigError

FACES = 22_000
"""Faces of the whole robot; more is not to be seen at 640x480 from 3 m."""
_AGGRESSION = 3
"""Of the edge collapse; the usual 7 crumples the smooth chest."""
_LEAST = 120
"""Faces a small mesh keeps."""
_VERSION = 4
"""Raised when the procedure below changes, so that older caches are left alone."""


def decimated(meshes: Mapping[str, Path], faces: int = FACES) -> dict[str, tuple[Array, Array]]:
    """Simplified copies of mesh files, made once (4 s) and kept in the cache folder.

    Args:
        meshes: name -> STL or OBJ file.
        faces: wanted number of faces of all together.

    Returns:
        name -> vertices (V, 3) float32 in the file's unit, faces (F, 3) int32.

    Raises:
        ConfigError: a file is absent or no mesh.
    """
    key = hashlib.sha256(f"{_VERSION} {faces}".encode())
    for name, path in sorted(meshes.items()):
        try:
            key.update(name.encode() + path.read_bytes())
        except OSError as error:
            raise ConfigError(f"mesh {name!r} of the robot cannot be read: {error}") from error
    store = cache_dir() / "visuals" / f"{key.hexdigest()[:24]}.npz"
    kept = _read(store, meshes)
    if kept is None:
        kept = _decimate(meshes, faces)
        try:
            write_npz(store, {f"{n}/{k}": a for n, pair in kept.items() for k, a in zip("vf", pair, strict=True)})
        except OSError as error:
            raise ConfigError(f"the robot's decimated meshes cannot be stored at {store}: {error}") from error
    return kept


def _read(store: Path, names: Mapping[str, Path]) -> dict[str, tuple[Array, Array]] | None:
    """The cached meshes; None if there are none or the file is damaged, in which case they are made anew."""
    try:
        with np.load(store) as data:
            return {n: (data[f"{n}/v"], data[f"{n}/f"]) for n in names}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def _decimate(meshes: Mapping[str, Path], faces: int) -> dict[str, tuple[Array, Array]]:
    # Imported here: 0.6 s that only the first run on a machine pays.
    import fast_simplification
    import trimesh

    loaded: dict[str, Any] = {}
    for name, path in meshes.items():
        try:
            loaded[name] = trimesh.load_mesh(path)  # merges the doubled vertices of STL
        except (OSError, ValueError, NotImplementedError) as error:
            raise ConfigError(f"mesh {name!r} of the robot is not a mesh file: {path} ({error})") from error
    # Big shells shrink a little more than small detailed parts; what cannot shrink well keeps more than its share.
    weight = {n: float(len(m.faces)) ** 0.9 for n, m in loaded.items()}
    total = sum(weight.values())
    simple = {}
    for name, mesh in loaded.items():
        target = max(_LEAST, round(faces * weight[name] / total))
        vertices, triangles = np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces, np.int32)
        if target < len(triangles):
            vertices, triangles = fast_simplification.simplify(
                vertices, triangles, target_count=target, agg=_AGGRESSION
            )
        simple[name] = (np.asarray(vertices, np.float32), np.asarray(triangles, np.int32))
    return simple
