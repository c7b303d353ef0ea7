"""Which OpenGL MuJoCo renders with: chosen before it is first used, so that nobody has to set MUJOCO_GL."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys

from exoactor.types import ConfigError

BACKENDS = {
    # name: (library that must load, Debian and Ubuntu packages that bring it)
    "egl": ("libEGL.so.1", "libegl1 libgl1-mesa-dri"),
    "osmesa": ("libOSMesa.so.8", "libosmesa6"),
    "glfw": ("libGL.so.1", "libgl1"),
}


def choose_backend() -> str:
    """Set MUJOCO_GL if the user has not: egl, then osmesa, then glfw where there is a display.

    On macOS and Windows MuJoCo's own default is the right one.

    Returns:
        The backend's name.

    Raises:
        ConfigError: none of them is installed.
    """
    chosen = os.environ.get("MUJOCO_GL", "").lower().strip()
    if chosen:
        return chosen
    if sys.platform != "linux":
        return "cgl" if sys.platform == "darwin" else "wgl"
    for name, (library, _) in BACKENDS.items():
        if name == "glfw" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            continue
        if _loads(library):
            os.environ["MUJOCO_GL"] = name
            if name != "glfw":
                os.environ.setdefault("PYOPENGL_PLATFORM", name)
            _tell_mujoco()
            return name
    raise ConfigError(
        "no OpenGL library for off-screen rendering was found (EGL, OSMesa). "
        f"Do: sudo apt install {BACKENDS['egl'][1]}   (or {BACKENDS['osmesa'][1]}), or see `exoactor doctor`"
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _tell_mujoco() -> None:
    """MuJoCo reads MUJOCO_GL when it is imported; if that is past, have it read again."""
    name = "mujoco.rendering.classic.gl_context"
    if name in sys.modules:
        importlib.reload(sys.modules[name])
