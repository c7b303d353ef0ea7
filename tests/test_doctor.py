import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from exoactor import doctor


def by_name(parts):
    return {part.name: part for part in parts}


@pytest.fixture(scope="module")
def here():
    return by_name(doctor.diagnose())


def test_this_machine_renders_and_has_its_packages(here):
    for name in ("python", "packages", "torch", "opengl", "video codec", "controller", "body model"):
        assert here[name].state == "ok", here[name]
    assert "rend" in here["opengl"].detail


def test_whatever_is_not_ok_says_how_to_mend_it(here):
    assert all(part.mend for part in here.values() if part.state != "ok")
    assert {"assets g1", "assets landmarks", "extra dev", "machine"} <= set(here)


def test_missing_and_corrupt_assets_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("EXOACTOR_CACHE", str(tmp_path))
    monkeypatch.delenv("EXOACTOR_ASSETS", raising=False)
    assert by_name(doctor._assets())["assets g1"].state == "missing"
    (tmp_path / "g1").mkdir()
    part = by_name(doctor._assets())["assets g1"]
    assert part.state == "broken" and "exoactor assets pull" in part.mend


def test_a_backend_that_is_not_there_is_told_with_its_package(monkeypatch):
    monkeypatch.setattr(doctor, "_try_gl", lambda name: f"no {name} here")
    part = by_name(doctor._opengl())["opengl"]
    assert part.state == "missing" and "libegl1" in part.mend and "libosmesa6" in part.mend
    monkeypatch.setattr(doctor, "_try_gl", lambda name: None if name == "egl" else "no")
    monkeypatch.setenv("MUJOCO_GL", "osmesa")
    assert by_name(doctor._opengl())["opengl"].mend == "export MUJOCO_GL=egl"


def test_an_impossible_backend_gives_a_reason_not_a_crash():
    assert doctor._try_gl("nonsense")


def test_a_check_that_breaks_is_a_broken_part(monkeypatch):
    def falls_ill():
        raise OSError("disk on fire")
        yield

    monkeypatch.setattr(doctor, "_CHECKS", {"python": doctor._python, "assets": falls_ill})
    parts = by_name(doctor.diagnose())
    assert parts["python"].state == "ok"
    assert parts["assets"].state == "broken" and "disk on fire" in parts["assets"].detail


def test_it_runs_where_no_package_is_installed(tmp_path):
    """In a Python without site-packages: every part is reported, none crashes."""
    root = str(Path(doctor.__file__).parents[1])
    environment = {"PYTHONPATH": root, "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [sys.executable, "-S", "-m", "exoactor.doctor"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "torch              missing" in done.stdout
    assert "make install" in done.stdout


def test_an_extra_that_is_absent_is_told_and_needed_by_nothing(monkeypatch):
    project = tomllib.loads((Path(doctor.__file__).parents[1] / "pyproject.toml").read_text())["project"]
    wanted = [f'{text}; extra == "mcp"' for text in project["optional-dependencies"]["mcp"]]
    monkeypatch.setattr(doctor.importlib.metadata, "requires", lambda name: wanted)
    found = {"uvicorn": "0.54.0"}

    def version(name):
        if name not in found:
            raise doctor.importlib.metadata.PackageNotFoundError(name)
        return found[name]

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    part = by_name(doctor._extras())["extra mcp"]
    assert (part.state, part.detail) == ("optional", "mcp is absent") and "exoactor[mcp]" in part.mend
    found["mcp"] = "2.3.0"
    assert by_name(doctor._extras())["extra mcp"].state == "ok"
