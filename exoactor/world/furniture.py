"""What each kind of thing is made of: one template for building, recognising and imagining it.

A thing's own frame has its origin at the centre of its underside, z up. A chair's seat opens along +x
(its back is at -x), a shelf opens along +x, a door's and a wall's x is their thickness. A hurdle and a beam lie along
y: one goes over or under them along x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from exoactor.types import KINDS, Array, ConfigError

Shape = Literal["box", "cylinder", "sphere"]
Role = Literal["body", "legs", "accent"]


@dataclass(frozen=True)
class Part:
    """One convex piece.

    Args:
        shape: box; cylinder with its axis along z; sphere.
        center: (3,) in the thing's frame [m].
        half_size: (3,) half extents [m]; a cylinder's are (radius, radius, half height), a sphere's the radius.
        role: says the colour, see `looks.role_rgb`.
        yaw: about z [rad].
    """

    shape: Shape
    center: Array
    half_size: Array
    role: Role
    yaw: float = 0.0


@dataclass(frozen=True)
class Surface:
    """Where things can be put.

    Args:
        center: (3,) in the frame of the thing [m].
        half_size: (2,) half extents [m].
    """

    center: Array
    half_size: Array


SIZES: dict[str, tuple[float, float, float]] = {
    "table": (0.60, 1.20, 0.72),
    "chair": (0.45, 0.45, 0.90),
    "shelf": (0.35, 0.90, 1.50),
    "wall": (0.10, 1.50, 1.10),
    "door": (0.10, 0.90, 2.00),
    "box": (0.30, 0.30, 0.25),
    "bottle": (0.07, 0.07, 0.24),
    "cylinder": (0.08, 0.08, 0.14),
    "can": (0.066, 0.066, 0.12),
    "basket": (0.36, 0.28, 0.22),
    "bin": (0.30, 0.30, 0.38),
    "ball": (0.22, 0.22, 0.22),
    "cloth": (0.30, 0.30, 0.015),
    "hurdle": (0.05, 1.00, 0.08),
    "beam": (0.36, 1.30, 1.20),
}
"""Usual size of each kind: depth (x), width (y), height (z) [m]."""

ROUND = ("bottle", "cylinder", "can", "bin", "ball")
"""Kinds whose depth and width are equal."""

DENSITY = {
    "bottle": 400.0,
    "can": 500.0,
    "cylinder": 500.0,
    "ball": 90.0,
    "box": 80.0,
    "cloth": 150.0,
    "hurdle": 120.0,
    "beam": 8.0,
}
"""Mass of a movable thing over its bounding volume [kg/m^3] when the scene file gives no mass; others 40."""


CHAIR_BACK = 0.04
"""Thickness of a chair's back [m]."""

BEAM = 0.05
"""Height and depth of a beam's bar, and thickness of its posts [m]."""

WALL_GAP = 1.1
"""Free floor between furniture and walls [m], so that one can go round; doors and shelves touch the walls."""


def parts(kind: str, size: Array) -> tuple[Part, ...]:
    """The pieces of a thing.

    Args:
        kind: one of `KINDS`.
        size: (3,) depth, width, height [m].

    Raises:
        ConfigError: unknown kind.
    """
    return _template(kind)(*(float(v) for v in size))


def default_size(kind: str) -> Array:
    """(3,) usual size of a kind [m]."""
    _template(kind)
    return np.array(SIZES[kind])


def default_mass(kind: str, size: Array) -> float:
    """Mass of a movable thing of that kind [kg]."""
    return float(DENSITY.get(kind, 40.0) * np.prod(size))


def support(kind: str, size: Array) -> Surface | None:
    """The surface that `on: <thing>` means; None for kinds that carry nothing."""
    depth, width, height = (float(v) for v in size)
    if kind in ("table", "box", "wall"):
        return Surface(np.array([0, 0, height]), np.array([depth, width]) / 2)
    if kind == "chair":
        return Surface(np.array([0.02, 0, _seat(height)]), np.array([depth / 2 - 0.04, width / 2]))
    if kind == "shelf":
        return Surface(np.array([0.01, 0, _boards(height)[-1]]), np.array([depth / 2 - 0.02, width / 2 - 0.03]))
    if kind in ("basket", "bin"):
        inner = 0.7 if kind == "bin" else 1.0
        return Surface(np.array([0, 0, 0.012]), np.array([depth, width]) / 2 * inner - 0.015)
    return None


def backdrop(corners: Array, thin: Array, camera_position: Array, height: float = 2.6) -> tuple[Part, ...]:
    """Walls of the room behind everything, as seen from the camera; those that would stand before it are left out.

    Args:
        corners: (N, 2) points that keep `WALL_GAP` from the walls: corners of furniture, the robot's start [m].
        thin: (M, 2) corners of doors and shelves, which may touch a wall [m].
        camera_position: (3,) [m].
        height: of the walls [m].

    Returns:
        Boxes in the world frame.
    """
    points = np.concatenate([np.asarray(corners).reshape(-1, 2), np.zeros((0, 2))])
    edges = np.asarray(thin).reshape(-1, 2)
    low = np.concatenate([points - WALL_GAP, edges - 0.02]).min(0)
    high = np.concatenate([points + WALL_GAP, edges + 0.02]).max(0)
    middle, half, t = (low + high) / 2, (high - low) / 2, 0.05
    walls = []
    for axis in (0, 1):
        for sign in (-1, 1):
            place = middle[axis] + sign * half[axis]
            if sign * (float(camera_position[axis]) - place) > -0.3:
                continue
            center = np.array([*middle, height / 2])
            center[axis] = place + sign * t
            extent = np.array([*(half + 2 * t), height / 2])
            extent[axis] = t
            walls.append(Part("box", center, extent, "body"))
    return tuple(walls)


def _box(center: Sequence[float], size: Sequence[float], role: Role = "body", yaw: float = 0.0) -> Part:
    return Part("box", np.array(center, float), np.array(size, float) / 2, role, yaw)


def _cylinder(z: float, radius: float, height: float, role: Role = "body") -> Part:
    return Part("cylinder", np.array([0.0, 0.0, z]), np.array([radius, radius, height / 2]), role)


def _four_legs(d: float, w: float, top: float, thick: float) -> tuple[Part, ...]:
    x, y = d / 2 - thick / 2, w / 2 - thick / 2
    return tuple(_box((sx * x, sy * y, top / 2), (thick, thick, top), "legs") for sx in (-1, 1) for sy in (-1, 1))


def _table(d: float, w: float, h: float) -> tuple[Part, ...]:
    return (_box((0, 0, h - 0.02), (d, w, 0.04)), *_four_legs(d, w, h - 0.04, 0.05))


def _seat(height: float) -> float:
    return 0.5 * height


def _chair(d: float, w: float, h: float) -> tuple[Part, ...]:
    seat = _seat(h)
    back = _box(((CHAIR_BACK - d) / 2, 0, (h + seat) / 2), (CHAIR_BACK, w, h - seat))
    return (_box((0, 0, seat - 0.02), (d, w, 0.04)), back, *_four_legs(d, w, seat - 0.04, 0.04))


def _boards(height: float) -> list[float]:
    """Heights of the boards' tops below the cover."""
    count = max(2, round(height / 0.45))
    return [float(z) for z in np.linspace(0.06, height, count + 1)[:-1]]


def _shelf(d: float, w: float, h: float) -> tuple[Part, ...]:
    t = 0.025
    sides = [_box((0, s * (w - t) / 2, h / 2), (d, t, h)) for s in (-1, 1)]
    boards = [_box((0, 0, z - t / 2), (d, w - 2 * t, t)) for z in (*_boards(h), h)]
    return (*sides, *boards, _box((-d / 2 + 0.005, 0, h / 2), (0.01, w - 2 * t, h), "legs"))


def _wall(d: float, w: float, h: float) -> tuple[Part, ...]:
    return (_box((0, 0, h / 2), (d, w, h)),)


def _door(d: float, w: float, h: float) -> tuple[Part, ...]:
    jamb = 0.07
    frame = [_box((0, s * (w - jamb) / 2, h / 2), (d, jamb, h), "legs") for s in (-1, 1)]
    lintel = _box((0, 0, h - jamb / 2), (d, w - 2 * jamb, jamb), "legs")
    panel = _box((0, 0, (h - jamb) / 2), (d * 0.5, w - 2 * jamb, h - jamb))
    knobs = [_box((s * d * 0.375, -w / 2 + jamb + 0.08, 1.0), (d * 0.25, 0.12, 0.03), "accent") for s in (-1, 1)]
    return (panel, *frame, lintel, *knobs)


def _solid_box(d: float, w: float, h: float) -> tuple[Part, ...]:
    return (_box((0, 0, h / 2), (d, w, h)),)


def _bottle(d: float, w: float, h: float) -> tuple[Part, ...]:
    r = min(d, w) / 2
    return (
        _cylinder(0.34 * h, r, 0.68 * h),
        _cylinder(0.78 * h, 0.45 * r, 0.20 * h),
        _cylinder(0.94 * h, 0.5 * r, 0.12 * h, "accent"),
    )


def _can(d: float, w: float, h: float) -> tuple[Part, ...]:
    r = min(d, w) / 2
    return (_cylinder(0.48 * h, r, 0.96 * h), _cylinder(0.98 * h, 0.9 * r, 0.04 * h, "accent"))


def _solid_cylinder(d: float, w: float, h: float) -> tuple[Part, ...]:
    return (_cylinder(h / 2, min(d, w) / 2, h),)


def _basket(d: float, w: float, h: float) -> tuple[Part, ...]:
    t = 0.012
    long = [_box((s * (d - t) / 2, 0, h / 2), (t, w, h)) for s in (-1, 1)]
    short = [_box((0, s * (w - t) / 2, h / 2), (d - 2 * t, t, h)) for s in (-1, 1)]
    return (_box((0, 0, t / 2), (d - 2 * t, w - 2 * t, t), "legs"), *long, *short)


def _bin(d: float, w: float, h: float) -> tuple[Part, ...]:
    r, t, n = min(d, w) / 2, 0.012, 10
    side = 2 * r * np.tan(np.pi / n)
    staves = []
    for k in range(n):
        a = 2 * np.pi * k / n
        # the corners of the polygon, not its sides, touch the circle of the nominal size
        place = (r * np.cos(np.pi / n) - t / 2) * np.array([np.cos(a), np.sin(a)])
        staves.append(_box((place[0], place[1], h / 2), (t, side * np.cos(np.pi / n), h), "body", float(a)))
    return (_cylinder(t / 2, r * np.cos(np.pi / n) - t, t, "legs"), *staves)


def _ball(d: float, w: float, h: float) -> tuple[Part, ...]:
    r = min(d, w, h) / 2
    return (Part("sphere", np.array([0.0, 0.0, r]), np.array([r, r, r]), "body"),)


def _hurdle(d: float, w: float, h: float) -> tuple[Part, ...]:
    thick, block = min(0.035, h / 2), 0.08
    blocks = [_box((0, s * (w - block) / 2, (h - thick) / 2), (d, block, h - thick), "legs") for s in (-1, 1)]
    return (_box((0, 0, h - thick / 2), (d, w, thick)), *blocks)


def _beam(d: float, w: float, h: float) -> tuple[Part, ...]:
    foot, y = 0.03, (w - BEAM) / 2
    bar = _box((0, 0, h - BEAM / 2), (BEAM, w - 2 * BEAM, BEAM))
    posts = [_box((0, s * y, (h + foot) / 2), (BEAM, BEAM, h - foot), "legs") for s in (-1, 1)]
    feet = [_box((0, s * y, foot / 2), (d, BEAM, foot), "legs") for s in (-1, 1)]
    return (bar, *posts, *feet)


_TEMPLATES: dict[str, Callable[[float, float, float], tuple[Part, ...]]] = {
    "table": _table,
    "chair": _chair,
    "shelf": _shelf,
    "wall": _wall,
    "door": _door,
    "box": _solid_box,
    "bottle": _bottle,
    "cylinder": _solid_cylinder,
    "can": _can,
    "basket": _basket,
    "bin": _bin,
    "ball": _ball,
    "cloth": _solid_box,
    "hurdle": _hurdle,
    "beam": _beam,
}


def _template(kind: str) -> Callable[[float, float, float], tuple[Part, ...]]:
    if kind not in _TEMPLATES:
        raise ConfigError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    return _TEMPLATES[kind]
