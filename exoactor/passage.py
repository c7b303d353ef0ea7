"""Bars that one goes over or under: which way, where one crosses them, and how high or low that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from exoactor.types import Array, CatalogueItem, Pose2D, SceneObject, StageError
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.world.furniture import BEAM

Way = Literal["over", "under"]

WAYS: dict[str, Way] = {"hurdle": "over", "beam": "under"}
"""Kind of a thing -> how one goes across it, along its own x axis."""
HIGHEST = 0.05
"""A G1 steps over a bar of this height [m]; see docs/results/bars.json. Its policy lifts a foot by 7 cm more."""
LOWEST = 1.05
"""And walks under one that leaves this much room [m]."""
STAND_BEFORE: dict[Way, float] = {"over": 0.33, "under": 0.60}
"""Where a robot stands when it begins to go across: from its pelvis to the bar's middle [m], give or take what the foot
that goes first asks for."""
BESIDE: dict[Way, float] = {"over": 0.24, "under": 0.36}
"""Who crosses keeps so far from a bar's ends or posts [m]."""


@dataclass(frozen=True)
class Crossed:
    """Where a path goes across a thing.

    Args:
        frame: of the path, the first beyond.
        forward: along the thing's own x axis, else against it.
        aside: from its middle, along its own y axis [m].
    """

    frame: int
    forward: bool
    aside: float


def room_below(item: CatalogueItem) -> float:
    """Height of the underside of a beam's bar [m]."""
    return float(item.size[2] - BEAM)


def along_and_aside(thing: SceneObject, points: Array) -> Array:
    """(N, 2) floor points (N, 2) in a thing's own frame [m]."""
    return np.asarray((np.asarray(points) - thing.position[:2]) @ yaw_matrix(thing.yaw))


def is_forward(thing: SceneObject, seen_from: Array) -> bool:
    """Whether one who stands at (2,) [m] crosses a thing along its own x axis."""
    return bool(along_and_aside(thing, np.asarray(seen_from)[None])[0, 0] < 0)


def turned_as(thing: SceneObject, before: SceneObject) -> SceneObject:
    """A bar, which looks the same from both sides, with its x axis as it was perceived before."""
    if abs(float(wrap(thing.yaw - before.yaw))) <= np.pi / 2:
        return thing
    return replace(thing, yaw=float(wrap(thing.yaw + np.pi)))


def pose_by(thing: SceneObject, forward: bool, aside: float, beyond: float) -> Pose2D:
    """Looking across a thing, so far beyond its middle, negative before it, and aside along its y axis [m]."""
    way = 1.0 if forward else -1.0
    place = thing.position[:2] + yaw_matrix(thing.yaw) @ np.array([way * beyond, aside])
    return Pose2D(float(place[0]), float(place[1]), float(wrap(thing.yaw + (0.0 if forward else np.pi))))


def kept_inside(thing: SceneObject, aside: float) -> float:
    """The place nearest to `aside` where there is room to cross a thing, from its middle along its y axis [m]."""
    room = max(float(thing.item.size[1]) / 2 - BESIDE[WAYS[thing.item.kind]], 0.0)
    return float(np.clip(aside, -room, room))


def crossed(path: Array, thing: SceneObject, slack: float = 0.0) -> Crossed | None:
    """Where a path (T, 2) [m] goes across a thing last, for good, within `slack` [m] of its ends; None if it does not.

    A path that begins and ends on the same side of the thing has not crossed it, whatever it did in between.
    """
    own = along_and_aside(thing, path)
    beyond = own[:, 0] > 0
    changes = np.flatnonzero(np.diff(beyond.astype(int)))
    if not len(changes) or beyond[0] == beyond[-1]:
        return None
    last = int(changes[-1])
    before, after = own[last], own[last + 1]
    share = before[0] / (before[0] - after[0])
    aside = float(before[1] + share * (after[1] - before[1]))
    if abs(aside) > thing.item.size[1] / 2 + slack:
        return None
    return Crossed(last + 1, bool(beyond[-1]), aside)


def check_bar(thing: SceneObject) -> None:
    """Refuse a bar that the robot cannot go over or under.

    Raises:
        StageError: ("imagine", code) with code toppled, too_high or too_low.
    """
    if thing.lies:
        raise StageError("imagine", "toppled", f"{thing.id} lies on the floor; stand it up first")
    if thing.item.kind == "hurdle" and thing.top > HIGHEST + 0.005:
        high = f"{thing.id} is {100 * thing.item.size[2]:.0f} cm high, {100 * HIGHEST:.0f} cm at most"
        raise StageError("imagine", "too_high", high)
    if thing.item.kind == "beam" and room_below(thing.item) < LOWEST - 0.005:
        low = f"{thing.id} leaves {room_below(thing.item):.2f} m, {LOWEST:.2f} m at least"
        raise StageError("imagine", "too_low", low)
