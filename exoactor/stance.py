"""Where a person or robot stands to be "at" a thing: one rule, used by skills, grounding, check and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from exoactor.types.arrays import Array
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.types.scene import Pose2D, SceneObject

STANDOFF = 0.45
"""Distance of the pelvis from the thing's nearest side [m]: toes (0.14 m ahead) and hanging hands stay clear."""

ON_FLOOR = 0.15
"""A thing perceived lower than this stands on the floor; heights that differ by less are the same [m]."""

CORNER_MARGIN = 0.20
"""The aim point keeps this far from the ends of a side longer than twice this [m]."""


def turned_since(then: SceneObject, now: SceneObject, period: float | None) -> float:
    """How far a thing has turned between two looks [rad].

    Args:
        then: as it was seen before.
        now: as it is seen now.
        period: what looks the same turned by this has not turned so far [rad]; None for what looks different all round.
    """
    turn = float(wrap(now.yaw - then.yaw))
    return turn if period is None else float(turn - period * round(turn / period))


def sides(thing: SceneObject) -> list[tuple[Array, Array, float]]:
    """The four sides of the footprint as (middle (2,), outward unit normal (2,), half length) [m]."""
    half_x, half_y = thing.item.size[0] / 2, thing.item.size[1] / 2
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    along_x, along_y = np.array([c, s]), np.array([-s, c])
    centre = thing.position[:2]
    return [
        (centre + along_x * half_x, along_x, half_y),
        (centre - along_x * half_x, -along_x, half_y),
        (centre + along_y * half_y, along_y, half_x),
        (centre - along_y * half_y, -along_y, half_x),
    ]


def inward(normal: Array) -> float:
    """Heading of one who stands square before a side and faces it [rad], from its outward normal (2,)."""
    return float(np.arctan2(-normal[1], -normal[0]))


def square_to(thing: SceneObject, heading: float) -> float:
    """The heading nearest to `heading` [rad] of one who stands square before a side of a thing."""
    headings = (inward(normal) for _, normal, _ in sides(thing))
    return min(headings, key=lambda side: abs(float(wrap(side - heading))))


def stances(thing: SceneObject, seen_from: Array, standoff: float = STANDOFF) -> list[Pose2D]:
    """Stances before each side of `thing`, the one nearest to `seen_from` (2,) [m] first.

    On each side the aim point is the point of that side nearest to `seen_from`, kept away from the
    ends; the stance is `standoff` out along the side's normal, facing the side squarely.
    """
    found: list[tuple[float, Pose2D]] = []
    for middle, normal, half in sides(thing):
        tangent = np.array([-normal[1], normal[0]])
        reach = max(half - CORNER_MARGIN, 0.0)
        offset = float(np.clip((np.asarray(seen_from) - middle) @ tangent, -reach, reach))
        place = middle + tangent * offset + normal * standoff
        yaw = inward(normal)
        distance = float(np.linalg.norm(place - np.asarray(seen_from)))
        found.append((distance, Pose2D(float(place[0]), float(place[1]), yaw)))
    return [pose for _, pose in sorted(found, key=lambda item: item[0])]


def nearest_point(thing: SceneObject, point: Array) -> Array:
    """(2,) point of the thing's footprint nearest to `point` (2,) [m]."""
    turn = yaw_matrix(thing.yaw)
    half = thing.item.size[:2] / 2
    local = np.clip((np.asarray(point, float) - thing.position[:2]) @ turn, -half, half)
    return np.asarray(thing.position[:2] + turn @ local)


def support_of(thing: SceneObject, things: Iterable[SceneObject]) -> SceneObject | None:
    """What `thing` stands on, judged from the perceived heights; None for the floor."""
    if thing.position[2] < ON_FLOOR:
        return None
    below = [
        other
        for other in things
        if other.id != thing.id
        and distance_to_footprint(other, thing.position[:2]) < 0.05
        and abs(other.position[2] + other.item.size[2] - thing.position[2]) < ON_FLOOR
    ]
    return max(below, key=lambda other: float(other.item.size[0] * other.item.size[1]), default=None)


def distance_to_footprint(thing: SceneObject, point: Array) -> float:
    """Distance on the floor from a point (2,) to the thing's footprint, 0 inside [m]."""
    return float(np.linalg.norm(nearest_point(thing, point) - np.asarray(point, float)))
