"""Colours and surfaces of the room, shared by the world, by perception and by imagination."""

from __future__ import annotations

from functools import cache

import numpy as np

from exoactor.types import Array, ConfigError

COLORS: dict[str, tuple[float, float, float]] = {
    "red": (0.78, 0.10, 0.10),
    "green": (0.13, 0.55, 0.20),
    "blue": (0.12, 0.30, 0.76),
    "yellow": (0.93, 0.80, 0.10),
    "orange": (0.93, 0.45, 0.06),
    "purple": (0.46, 0.18, 0.64),
    "pink": (0.93, 0.46, 0.64),
    "teal": (0.05, 0.58, 0.60),
    "white": (0.93, 0.93, 0.92),
    "gray": (0.50, 0.50, 0.50),
    "black": (0.07, 0.07, 0.08),
    "brown": (0.38, 0.20, 0.09),
    "wood": (0.74, 0.52, 0.28),
}
"""Colour names of scene files and of the catalogue -> sRGB 0..1 under full light."""

KIND_COLORS: dict[str, str] = {
    "table": "wood",
    "chair": "brown",
    "shelf": "wood",
    "wall": "white",
    "door": "blue",
    "box": "orange",
    "bottle": "green",
    "cylinder": "purple",
    "can": "red",
    "basket": "yellow",
    "bin": "teal",
    "ball": "red",
    "cloth": "pink",
    "hurdle": "red",
    "beam": "yellow",
}
"""Colour of a kind when the scene file gives none."""

FLOOR_RGB = (0.60, 0.60, 0.61)
WALL_RGB = (0.84, 0.83, 0.81)
CEILING_RGB = (0.72, 0.72, 0.72)
"""Floor and walls are almost colourless, so that things stand out by their colour."""
ACCENT_RGB = (0.82, 0.82, 0.80)
"""Handles, caps and rims."""
LEGS_DARKER = 0.72
"""Legs, frames and backs have the thing's colour times this."""


def rgb(color: str) -> tuple[float, float, float]:
    """Red, green, blue (sRGB 0..1) of a colour name.

    Raises:
        ConfigError: unknown name.
    """
    if color not in COLORS:
        raise ConfigError(f"color {color!r} is not one of {', '.join(COLORS)}")
    return COLORS[color]


def role_rgb(color: str, role: str) -> tuple[float, float, float]:
    """Colour of a part: `body` as named, `legs` darker, `accent` light gray."""
    r, g, b = rgb(color)
    if role == "accent":
        return ACCENT_RGB
    return (r, g, b) if role == "body" else (r * LEGS_DARKER, g * LEGS_DARKER, b * LEGS_DARKER)


@cache
def floor_texture(pixels: int = 256) -> Array:
    """(pixels, pixels, 3) uint8 of 2x2 tiles, slightly different and grainy, with thin joints."""
    rng = np.random.default_rng(11)
    half = pixels // 2
    image = np.ones((pixels, pixels, 1)) * np.array(FLOOR_RGB)
    for i, j in np.ndindex(2, 2):
        image[i * half : (i + 1) * half, j * half : (j + 1) * half] *= (0.97, 1.02, 1.0, 0.985)[2 * i + j]
    image += rng.normal(0, 0.012, (pixels, pixels, 1)) + _grain(rng, pixels, 0.02)
    joint = np.zeros((pixels, pixels), bool)
    for start in (0, half):
        joint[start : start + 2] = joint[:, start : start + 2] = True
    image[joint] *= 0.82
    return _as_bytes(image)


def _grain(rng: np.random.Generator, pixels: int, strength: float) -> Array:
    """(pixels, pixels, 1) smooth noise that repeats without a seam."""
    spectrum = np.fft.fft2(rng.normal(size=(pixels, pixels)))
    frequency = np.fft.fftfreq(pixels) * pixels
    spectrum *= np.exp(-(frequency[:, None] ** 2 + frequency[None] ** 2) / (2 * 10.0**2))
    noise = np.real(np.fft.ifft2(spectrum))
    return np.asarray(noise / noise.std() * strength)[..., None]


def _as_bytes(image: Array) -> Array:
    out: Array = np.clip(image * 255, 0, 255).astype(np.uint8)
    out.setflags(write=False)
    return out
