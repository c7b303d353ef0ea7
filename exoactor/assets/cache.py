"""Where pulled files lie and whether they are whole. Nothing here touches the network."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import platformdirs

from exoactor.assets.manifest import AssetFile, AssetPackage, packages, sha256_of
from exoactor.types import ConfigError

CACHE_VARIABLE = "EXOACTOR_CACHE"
"""Environment variable: the cache folder, instead of the platform's user cache."""
OWN_VARIABLE = "EXOACTOR_ASSETS"
"""Environment variable: a folder of the user's own files ("g1/g1.xml", ...); what lies there wins, unchecked."""


@dataclass(frozen=True)
class AssetState:
    """One group of pulled files.

    Args:
        name: the group, e.g. "g1".
        state: ok; missing; corrupt (a file is absent or differs from the manifest).
        detail: which package and where, or which files are wrong.
        folder: where the files are or will be.
        licence: of the files.
    """

    name: str
    state: Literal["ok", "missing", "corrupt"]
    detail: str
    folder: Path
    licence: str


def cache_dir() -> Path:
    """The cache folder; not created."""
    own = os.environ.get(CACHE_VARIABLE)
    return Path(own).expanduser().resolve() if own else Path(platformdirs.user_cache_dir("exoactor"))


def find_package(name: str, table: tuple[AssetPackage, ...]) -> tuple[AssetPackage, AssetFile | None]:
    """The package of a group name or a file name, and the file.

    Raises:
        ConfigError: no such asset.
    """
    for package in table:
        if name == package.group:
            return package, None
        for file in package.files:
            if file.name == name:
                return package, file
    groups = ", ".join(p.group for p in table)
    alike = [f.name for p in table for f in p.files if Path(f.name).stem in name or Path(name).name in f.name]
    hint = f" Did you mean {' or '.join(alike[:3])}?" if alike else ""
    raise ConfigError(f"asset {name!r} is not in the manifest; groups are {groups}.{hint}")


def own_file(name: str) -> Path | None:
    """The user's own file of that name, if the user has given a folder that holds it."""
    folder = os.environ.get(OWN_VARIABLE)
    path = Path(folder).expanduser() / name if folder else None
    return path.resolve() if path is not None and path.is_file() else None


def wrong_files(package: AssetPackage, folder: Path, *, deep: bool = True) -> list[str]:
    """Names of files of the package that are absent or differ; `deep` reads and hashes them."""
    wrong = []
    for file in package.files:
        path = folder / file.name
        try:
            whole = path.stat().st_size == file.size and (not deep or sha256_of(path) == file.sha256)
        except OSError:
            whole = False
        if not whole:
            wrong.append(file.name)
    return wrong


@cache
def _hash_is_right(path: Path, sha256: str, stamp: tuple[int, int]) -> bool:
    del stamp  # part of the key: a changed file is hashed again
    return sha256_of(path) == sha256


def is_whole(file: AssetFile, path: Path) -> bool:
    """Whether one cached file is there and unchanged; hashed once a process."""
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_size == file.size and _hash_is_right(path, file.sha256, (status.st_mtime_ns, status.st_ino))


def check(table: tuple[AssetPackage, ...] | None = None) -> list[AssetState]:
    """State of every group, each file hashed (0.2 s)."""
    states = []
    folder = cache_dir()
    for package in packages() if table is None else table:
        place = folder / package.group
        own = [f.name for f in package.files if own_file(f.name)]
        wrong = [name for name in wrong_files(package, folder) if name not in own]
        state: Literal["ok", "missing", "corrupt"] = "ok"
        detail = f"{package.package} {package.version}, {len(package.files)} files in {place}"
        if wrong and not place.exists() and not own:
            state = "missing"
            detail = f"{package.package} {package.version} ({package.size / 1e6:.0f} MB) is not in {folder}"
        elif wrong:
            state = "corrupt"
            detail = f"{len(wrong)} of {len(package.files)} files absent or changed in {place}: {', '.join(wrong[:3])}"
        if own:
            detail += f"; {len(own)} of your own files from {OWN_VARIABLE}"
        states.append(AssetState(package.group, state, detail, place, package.licence))
    return states
