"""Whether things can stand where a scene file puts them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.types import Array, Camera, CatalogueItem, Pose2D
from exoactor.world.furniture import ROUND, Part, parts, support

ROBOT_RADIUS = 0.28
"""A standing G1 with hanging arms is inside this circle round its pelvis [m]."""
ROBOT_HEIGHT = 1.32
_TOUCH = 1e-3
"""Pieces may touch, not enter each other by more than this [m]."""


@dataclass(frozen=True)
class Thing:
    """A thing of a scene file at its place.

    Args:
        item: its catalogue entry.
        position: (3,) centre of its underside in the world [m].
        yaw: heading of its own x axis [rad].
        on: "floor" or the id of the thing that carries it.
        mass: [kg]; of no effect for what is fixed.
        friction: sliding friction.
        line: of the scene file.
    """

    item: CatalogueItem
    position: Array
    yaw: float
    on: str = "floor"
    mass: float = 1.0
    friction: float = 0.6
    line: int = 0

    @property
    def id(self) -> str:
        """Catalogue id."""
        return self.item.id


def in_world(thing: Thing) -> list[Part]:
    """The thing's pieces in the world frame."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    return [
        Part(p.shape, turn @ p.center + thing.position, p.half_size, p.role, p.yaw + thing.yaw)
        for p in parts(thing.item.kind, thing.item.size)
    ]


def corners(part: Part) -> Array:
    """(4, 2) corners of the piece's rectangle on the floor [m]."""
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    c, s = np.cos(part.yaw), np.sin(part.yaw)
    return np.asarray((signs * part.half_size[:2]) @ np.array([[c, s], [-s, c]]) + part.center[:2])


def overlapping(a: Thing, b: Thing) -> bool:
    """Whether a piece of one enters a piece of the other (rectangles on the floor and height intervals)."""
    reach = (np.linalg.norm(a.item.size[:2]) + np.linalg.norm(b.item.size[:2])) / 2
    if np.linalg.norm(a.position[:2] - b.position[:2]) > reach:
        return False
    return any(_enter(p, q) for p in in_world(a) for q in in_world(b))


def _enter(p: Part, q: Part) -> bool:
    if abs(p.center[2] - q.center[2]) > p.half_size[2] + q.half_size[2] - _TOUCH:
        return False
    gap = float(np.linalg.norm(p.center[:2] - q.center[:2]))
    if p.shape != "box" and q.shape != "box":
        return bool(gap < p.half_size[0] + q.half_size[0] - _TOUCH)
    if p.shape != "box" or q.shape != "box":
        round_one, box = (p, q) if p.shape != "box" else (q, p)
        return bool(_to_rectangle(box, round_one.center[:2]) < round_one.half_size[0] - _TOUCH)
    first, second = corners(p), corners(q)
    for part in (p, q):  # separating axes
        for angle in (part.yaw, part.yaw + np.pi / 2):
            axis = np.array([np.cos(angle), np.sin(angle)])
            a, b = first @ axis, second @ axis
            if a.max() < b.min() + _TOUCH or b.max() < a.min() + _TOUCH:
                return False
    return True


def _to_rectangle(part: Part, point: Array) -> float:
    """Distance on the floor from a point to the piece's rectangle, 0 inside [m]."""
    c, s = np.cos(part.yaw), np.sin(part.yaw)
    delta = np.array([[c, s], [-s, c]]) @ (point - part.center[:2])
    return float(np.linalg.norm(np.maximum(np.abs(delta) - part.half_size[:2], 0.0)))


def robot_clearance(thing: Thing, robot: Pose2D) -> float:
    """Free space between a robot standing at `robot` and the thing [m], negative when it stands in it."""
    low = [p for p in in_world(thing) if p.center[2] - p.half_size[2] < ROBOT_HEIGHT]
    return min((_to_rectangle(p, robot.xy) for p in low), default=np.inf) - ROBOT_RADIUS


def put_on(item: CatalogueItem, place: Array, yaw: float, carrier: Thing) -> tuple[float, str | None]:
    """Height of the underside of a thing put on another at the world point `place` (2,) [m], and what is wrong."""
    surface = support(carrier.item.kind, carrier.item.size)
    if surface is None:
        return 0.0, f"a {carrier.item.kind} carries nothing; table, chair, shelf, box, wall, basket and bin do"
    c, s = np.cos(carrier.yaw), np.sin(carrier.yaw)
    to_local = np.array([[c, s], [-s, c]])
    center = to_local @ (np.asarray(place) - carrier.position[:2]) - surface.center[:2]
    half = item.size[:2] / 2
    if item.kind not in ROUND:
        turn = yaw - carrier.yaw
        half = np.abs(np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])) @ half
    over = float((np.abs(center) + half - surface.half_size).max())
    height = float(carrier.position[2] + surface.center[2])
    if over > 1e-6:
        room = ", ".join(f"{2 * v:.2f}" for v in surface.half_size)
        where = "inside" if carrier.item.kind in ("basket", "bin") else "on top of"
        return height, f"it stands {100 * over:.0f} cm over the edge; there is {room} m {where} {carrier.id!r}"
    return height, None


def in_view(camera: Camera, robot: Pose2D) -> bool:
    """Whether the camera sees a robot standing at `robot` from head to feet."""
    points = np.array([[*robot.xy, 0.0], [*robot.xy, ROBOT_HEIGHT]])
    pixels, depth = camera.project(points)
    return bool((depth > 0.3).all() and (pixels >= 0).all() and (pixels < np.array(camera.size)).all())
