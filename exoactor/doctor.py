"""What this machine has and lacks, part by part, and how to mend it. Crashes on nothing, whatever is missing.

Only the standard library is imported at the top; `python -m exoactor.doctor` works where nothing else does.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["ok", "optional", "missing", "broken"]

_GL_TEST = """
import mujoco
model = mujoco.MjModel.from_xml_string('<mujoco><worldbody><geom size="1"/></worldbody></mujoco>')
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
with mujoco.Renderer(model, 48, 64) as renderer:
    renderer.update_scene(data)
    print("pixels", renderer.render().max())
"""
_GL_SECONDS = 60
_NEEDED_GB = 2.5
_INSTALL = "pip install -e . -c constraints.txt (or `make install`)"


@dataclass(frozen=True)
class Part:
    """One thing that was looked at.

    Args:
        name: short name.
        state: ok; optional (absent, and nothing needs it now); missing; broken (there, but does not work).
        detail: what was found.
        mend: what to do; empty when there is nothing to do.
    """

    name: str
    state: State
    detail: str
    mend: str = ""


def diagnose(more: Mapping[str, Callable[[], Iterable[Part]]] | None = None) -> list[Part]:
    """Look at everything a run needs. Takes some seconds; contacts no network.

    Args:
        more: further looks by name, of packages that this one does not know; they may contact what the user configured.
    """
    parts: list[Part] = []
    for name, look in {**_CHECKS, **(more or {})}.items():
        try:
            parts.extend(look())
        except Exception as error:  # a doctor must not fall ill
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
            parts.append(Part(name, "broken", f"{type(error).__name__}: {reason}", f"reinstall: {_INSTALL}"))
    return parts


def _python() -> Iterable[Part]:
    found = f"{platform.python_version()} at {sys.executable}"
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Part("python", "ok" if good else "broken", found, "" if good else "use Python 3.11, 3.12 or 3.13")


def _machine() -> Iterable[Part]:
    cores = os.cpu_count() or 1
    detail = f"{platform.system()} {platform.machine()}, {cores} cores"
    available = None
    info = Path("/proc/meminfo")
    if info.exists():
        match = re.search(r"MemAvailable:\s+(\d+) kB", info.read_text())
        available = int(match[1]) / 1e6 if match else None
    if available is None:
        yield Part("machine", "ok", detail)
        return
    enough = available >= _NEEDED_GB
    mend = "" if enough else f"close other programs; a run takes up to {_NEEDED_GB} GB"
    yield Part("machine", "ok" if enough else "missing", f"{detail}, {available:.1f} GB memory free", mend)


def _packages() -> Iterable[Part]:
    wrong = _unmet("")
    count = sum(1 for text in importlib.metadata.requires("exoactor") or [] if "extra ==" not in text)
    if wrong:
        yield Part("packages", "missing", "; ".join(wrong), _INSTALL)
    else:
        yield Part("packages", "ok", f"the {count} packages exoactor needs are installed")


def _unmet(extra: str) -> list[str]:
    """Requirements of an extra ("" for the core) that are not met."""
    wrong = []
    for text in importlib.metadata.requires("exoactor") or []:
        requirement, _, marker = text.partition(";")
        of = re.search(r"extra == ['\"](\w+)['\"]", marker)
        if (of[1] if of else "") != extra:
            continue
        name = re.match(r"[\w.-]+", requirement.strip())
        if name is None:
            continue
        try:
            version = importlib.metadata.version(name[0])
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name[0]} is absent")
            continue
        least = re.search(r">=\s*([\d.]+)", requirement)
        if least and _numbers(version) < _numbers(least[1]):
            wrong.append(f"{name[0]} {version} is older than {least[1]}")
    return wrong


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", version.partition("+")[0])[:3])


def _torch() -> Iterable[Part]:
    try:
        torch = importlib.import_module("torch")
    except ImportError as error:
        yield Part("torch", "missing", str(error), _INSTALL)
        return
    total = float((torch.ones(3) @ torch.ones(3)).item())
    state: State = "ok" if total == 3.0 else "broken"
    yield Part(
        "torch", state, f"{torch.__version__}, {torch.get_num_threads()} threads, CUDA {torch.version.cuda or 'no'}"
    )


def _opengl() -> Iterable[Part]:
    from exoactor.world.backend import BACKENDS

    wanted = os.environ.get("MUJOCO_GL", "")
    if sys.platform != "linux":
        said = _try_gl("")
        mend = "" if said is None else "MuJoCo's own OpenGL does not start here; is there a graphical session?"
        yield Part("opengl", "ok" if said is None else "broken", said or "MuJoCo's default works", mend)
        return
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    tried = {name: _try_gl(name) for name in BACKENDS if name != "glfw" or display}
    working = [name for name, error in tried.items() if error is None]
    packages = " or ".join(f"{BACKENDS[name][1]} ({name})" for name in ("egl", "osmesa"))
    if not working:
        why = "; ".join(f"{name}: {error}" for name, error in tried.items())
        yield Part("opengl", "missing", why, f"sudo apt install {packages}")
    elif wanted and wanted not in working:
        # Chosen by the user, or by us because its library is there; a library without a driver draws nothing.
        detail = f"MUJOCO_GL={wanted} does not work ({tried.get(wanted)}), {', '.join(working)} does"
        yield Part("opengl", "broken", detail, f"export MUJOCO_GL={working[0]}")
    else:
        yield Part("opengl", "ok", f"{', '.join(working)} renders off screen")


def _try_gl(name: str) -> str | None:
    """None if this backend renders, else why not. In its own process: a bad driver can abort it."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MUJOCO_GL", "PYOPENGL_PLATFORM")}
    if name:
        environment["MUJOCO_GL"] = name
    if name in ("egl", "osmesa"):
        environment["PYOPENGL_PLATFORM"] = name
    try:
        done = subprocess.run(
            [sys.executable, "-c", _GL_TEST],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_GL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no picture within {_GL_SECONDS} s"
    if done.returncode == 0 and "pixels" in done.stdout:
        return None
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return lines[-1].strip()[:160] if lines else f"ended with status {done.returncode}"


def _video_codec() -> Iterable[Part]:
    try:
        av = importlib.import_module("av")
        av.codec.Codec("libx264", "w")
    except ImportError as error:
        yield Part("video codec", "missing", str(error), _INSTALL)
    except Exception as error:
        yield Part("video codec", "broken", f"PyAV has no libx264: {error}", "pip install --force-reinstall av")
    else:
        yield Part("video codec", "ok", f"PyAV {av.__version__} with libx264")


def _assets() -> Iterable[Part]:
    from exoactor.assets import cache_dir, check

    for state in check():
        good = state.state == "ok"
        kind: State = "ok" if good else "missing" if state.state == "missing" else "broken"
        mend = (
            "" if good else f"exoactor assets pull   (into {cache_dir()}; `run`, `demo` and `test` do it by themselves)"
        )
        yield Part(f"assets {state.name}", kind, state.detail, mend)
    folder = cache_dir()
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free / 1e9
    if not os.access(existing, os.W_OK):
        yield Part("cache folder", "broken", f"{existing} cannot be written", "set EXOACTOR_CACHE to a folder that can")
    elif free < 0.5:
        yield Part("cache folder", "missing", f"{free:.1f} GB free at {existing}", "free 0.5 GB or set EXOACTOR_CACHE")
    else:
        yield Part("cache folder", "ok", f"{folder}, {free:.0f} GB free")


def _controller() -> Iterable[Part]:
    from exoactor.control.bundle import PACKAGED, load_bundle

    mend = "reinstall exoactor, or train one: python -m exoactor.control.training"
    if not Path(PACKAGED).exists():
        yield Part("controller", "missing", f"{PACKAGED} is absent", mend)
        return
    from exoactor.types import ConfigError

    try:
        bundle = load_bundle()
    except ConfigError as error:
        yield Part("controller", "broken", str(error), mend)
    else:
        yield Part("controller", "ok", f"{bundle.name}, sha256 {bundle.sha256[:12]}")


def _body() -> Iterable[Part]:
    from exoactor.body import load_body

    load_body()
    yield Part("body model", "ok", "SMPL-X-format body and its paint load")


def _extras() -> Iterable[Part]:
    names = importlib.metadata.metadata("exoactor").get_all("Provides-Extra") or []
    requirements = importlib.metadata.requires("exoactor") or []
    for name in names:
        if not any(re.search(rf"extra == ['\"]{name}['\"]", text) for text in requirements):
            continue  # a name kept for later work
        wrong = _unmet(name)
        mend = f"only if you want it: pip install 'exoactor[{name}]'" if wrong else ""
        yield Part(f"extra {name}", "optional" if wrong else "ok", "; ".join(wrong) or "installed", mend)


_CHECKS: dict[str, Callable[[], Iterable[Part]]] = {
    "python": _python,
    "machine": _machine,
    "packages": _packages,
    "torch": _torch,
    "opengl": _opengl,
    "video codec": _video_codec,
    "assets": _assets,
    "controller": _controller,
    "body model": _body,
    "extras": _extras,
}

if __name__ == "__main__":
    for part in diagnose():
        print(f"{part.name:18s} {part.state:8s} {part.detail}" + (f"\n{'':18s} -> {part.mend}" if part.mend else ""))
