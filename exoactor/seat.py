"""Where one sits on a thing: one rule for skills, imagination, grounding, the robot's own sitting and the check."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from exoactor import stance
from exoactor.stance import sides
from exoactor.types.arrays import Array
from exoactor.types.camera import Camera
from exoactor.types.rotations import wrap
from exoactor.types.scene import CatalogueItem, Pose2D, Scene, SceneObject
from exoactor.world.furniture import CHAIR_BACK, support

SEATS: Final = ("chair", "table", "box")
"""Kinds one can sit on: a chair at its front, a bench or a low box at any side."""
HEIGHTS: Final = (0.40, 0.47)
"""Lowest and highest seat [m]: the pelvis of a G1 that squats in balance comes down to 0.66 m, its hips 3 cm over the
middle of this; below, it would drop too far, above, it would sit on the edge of its thighs."""
SHALLOWEST: Final = 0.36
"""Least depth of a seat, to its back if it has one [m]: the pelvis ends up to 0.25 m behind the edge."""
SQUARE: Final = 0.05
"""Sides of a top that differ by less are not told from each other [m]."""
NARROWEST: Final = 0.36
"""Least width [m]: between the outer sides of both thighs are 0.34 m."""


@dataclass(frozen=True)
class Seat:
    """One side of a thing that one can sit down on.

    Args:
        edge: (2,) middle of the front edge [m].
        outward: (2,) unit vector away from the seat, the way one who sits on it looks.
        half_width: of the edge [m].
        depth: of the seat [m].
        height: of its top [m].
    """

    edge: Array
    outward: Array
    half_width: float
    depth: float
    height: float

    @property
    def yaw(self) -> float:
        """Heading of one who sits on it [rad]."""
        return float(np.arctan2(self.outward[1], self.outward[0]))

    def behind_edge(self, xy: Array) -> float:
        """How far a point (2,) is behind the edge, over the seat; negative before it [m]."""
        return float((self.edge - np.asarray(xy)) @ self.outward)

    def aside(self, xy: Array) -> float:
        """How far a point (2,) is to the left of the middle, as one who sits there sees it [m]."""
        return float(np.array([-self.outward[1], self.outward[0]]) @ (np.asarray(xy) - self.edge))

    def holds(self, xy: Array, margin: float = 0.0) -> bool:
        """Whether a point (2,) is over the seat, so far from its front edge [m] at least."""
        return margin <= self.behind_edge(xy) <= self.depth and abs(self.aside(xy)) <= self.half_width

    def stance(self, ahead: float, aside: float = 0.0) -> Pose2D:
        """Standing with the back to the seat, the pelvis so far before its edge [m]."""
        left = np.array([-self.outward[1], self.outward[0]])
        at = self.edge + ahead * self.outward + aside * left
        return Pose2D(float(at[0]), float(at[1]), self.yaw)


def is_seat(item: CatalogueItem) -> bool:
    """Whether a thing of that kind and size can be sat on."""
    top = support(item.kind, item.size) if item.kind in SEATS else None
    if top is None or not HEIGHTS[0] <= float(top.center[2]) <= HEIGHTS[1]:
        return False
    return max(_depths(item)) >= SHALLOWEST and float(min(item.size[:2])) >= NARROWEST


def _depths(item: CatalogueItem) -> list[float]:
    """Of the seat, along its own x axis and, where it can be sat on from there too, along y [m]."""
    if item.kind == "chair":
        return [float(item.size[0]) - CHAIR_BACK]
    return [float(item.size[0]), float(item.size[1])]


def seats(thing: SceneObject) -> list[Seat]:
    """The sides of a thing that one can sit down on; none of what lies or is no seat."""
    if thing.lies or not is_seat(thing.item):
        return []
    top = support(thing.item.kind, thing.item.size)
    assert top is not None
    height = float(thing.position[2] + top.center[2])
    # A chair opens along its own x axis: that is the first side.
    open_sides = sides(thing)[:1] if thing.item.kind == "chair" else sides(thing)
    found = []
    for number, (edge, outward, half) in enumerate(open_sides):
        depth = _depths(thing.item)[number // 2]
        if depth >= SHALLOWEST:
            found.append(Seat(edge, outward, half, depth, height))
    return found


def seat_facing(thing: SceneObject, yaw: float, most: float = np.pi / 4) -> Seat | None:
    """The side on which one looks along `yaw` [rad] within `most` [rad], the nearest of them; None if there is none."""
    found = [(abs(float(wrap(seat.yaw - yaw))), seat) for seat in seats(thing)]
    turn, seat = min(found, key=lambda pair: pair[0], default=(np.inf, None))
    return seat if turn <= most else None


def place_on(seat: Seat, behind: float) -> Array:
    """(3,) of the seat's top so far behind its edge [m], in the middle of its width."""
    at = seat.edge - behind * seat.outward
    return np.array([at[0], at[1], seat.height])


def turned_since(then: SceneObject, now: SceneObject) -> float:
    """How far a seat has turned between two looks [rad]; what looks the same turned round has not turned so far."""
    if now.item.kind == "chair":
        return stance.turned_since(then, now, None)
    square = abs(float(now.item.size[0] - now.item.size[1])) < SQUARE
    return stance.turned_since(then, now, np.pi / 2 if square else np.pi)


def seat_under(robot: Pose2D, things: Iterable[SceneObject]) -> tuple[SceneObject, Seat] | None:
    """The thing that a robot at `robot` sits on, and its side; None for one that stands on the floor.

    Whose pelvis is over a seat sits on it: nobody stands in a chair.
    """
    for thing in things:
        seat = seat_facing(thing, robot.yaw)
        if seat is not None and seat.holds(robot.xy):
            return thing, seat
    return None


def with_seat(scene: Scene, seat: SceneObject | None) -> Scene:
    """The scene with what the robot sits on as it was seen before, where it is seen worse now: the robot hides it."""
    if seat is None:
        return scene
    now = scene.get(seat.id)
    if now is not None and now.confidence >= seat.confidence:
        return scene
    others = tuple(thing for thing in scene.objects if thing.id != seat.id)
    return replace(scene, objects=(*others, seat), missing=tuple(id for id in scene.missing if id != seat.id))


def seat_note(seat: SceneObject | None, camera: Camera) -> str:
    """What the robot sits on, as text for a saved world; empty for a robot that stands."""
    return "" if seat is None else json.dumps(Scene((seat,), None, 0.0, camera).to_json())


def noted_seat(note: str) -> SceneObject | None:
    """Inverse of `seat_note`."""
    return Scene.from_json(json.loads(note)).objects[0] if note else None
