"""Where one stands to push a thing, which way it can go, and where hands meet it: one rule for all who push."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from exoactor.grasp import ASIDE, Side, stance_to_grasp
from exoactor.stance import distance_to_footprint
from exoactor.types.arrays import Array
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.types.scene import CatalogueItem, Pose2D, SceneObject
from exoactor.world.furniture import ROUND

GAP = 0.53
"""Pelvis to the side that is pushed, before the hands come down [m]: they pass between, and then are 0.36 m ahead."""
PALMS_AT = 0.42
"""Both palms of a walking G1 are held so high [m]; lower, its bowed body runs on. A box 0.4 m deep tips over when it is
pushed higher than half its depth over its friction, 0.5 m at 0.4."""
BACK_AT = 0.58
"""A chair is pushed by its back, at this share of its height: under the seat hands stay caught when they leave (2 of 8
chairs were dragged along so, none of 8 here)."""
LOWEST = 0.45
"""Lower things pass under those hands [m]."""
QUARTER = np.pi / 2
HALF_APART = 0.13
"""From the middle to either palm [m]."""
FARTHEST_ASIDE = 0.37
"""A hand across the body reaches so far beyond the pelvis's middle [m]."""
MOST_ASIDE = 0.25
"""What one hand pushes is so far to its side at most [m]."""
ONTO_EDGE = 0.04
"""What is not to fall stops so far from an edge [m]."""
OVER_EDGE = 0.09
"""And the middle of what is to fall goes so far beyond it in the hand [m]."""
BESIDE_OTHERS = 0.05
"""And so far from other things [m]."""
UP_TO = 0.30
"""What is pushed to another thing is there when it is no further from it [m] ..."""
STOP_SHORT = 0.06
"""... and stops so far before what would be too near [m]."""
HAND_AT = (0.052, 0.10)
"""Least and most height of one hand above the underside of what it pushes [m]; the palm is 7 cm wide."""
TIPS_AT = 1.6
"""What is pushed higher than this times half its width tips over where its friction is 0.6."""


def headings(thing: SceneObject) -> tuple[float, ...]:
    """Directions in which both palms can push a thing [rad]: square to a side, a chair by its back; () is any."""
    if thing.item.kind in ROUND:
        return ()
    return tuple(thing.yaw + quarter * np.pi / 2 for quarter in range(1 if thing.item.kind == "chair" else 4))


def nearest_heading(thing: SceneObject, toward: float) -> float | None:
    """The direction in which palms push that is nearest to `toward` [rad]; None if all are further than 50 degrees."""
    options = headings(thing)
    if not options:
        return toward
    best = min(options, key=lambda option: abs(float(wrap(option - toward))))
    return best if abs(float(wrap(best - toward))) < np.radians(50.0) else None


def half_along(item: CatalogueItem, yaw: float, heading: float) -> float:
    """From the middle of a thing to its edge along a direction [m].

    Args:
        item: the thing.
        yaw: its heading [rad].
        heading: the direction [rad].
    """
    if item.kind in ROUND:
        return float(min(item.size[:2])) / 2
    direction = np.array([np.cos(heading), np.sin(heading)])
    return float(np.abs(yaw_matrix(yaw).T @ direction) @ item.size[:2]) / 2


def palm_height(item: CatalogueItem) -> float:
    """How high both palms push [m]."""
    return float(BACK_AT * item.size[2] if item.kind == "chair" else min(PALMS_AT, item.size[2] - 0.05))


def stance_to_push(thing: SceneObject, heading: float) -> Pose2D:
    """Behind a thing that both palms push along `heading` [rad]."""
    forward = np.array([np.cos(heading), np.sin(heading)])
    at = thing.position[:2] - (half_along(thing.item, thing.yaw, heading) + GAP) * forward
    return Pose2D(float(at[0]), float(at[1]), float(wrap(heading)))


def hand_height(item: CatalogueItem) -> float:
    """How high above the underside of a thing one hand pushes it [m]: below its middle, and so that it does not tip."""
    return float(np.clip(min(0.4 * float(item.size[2]), TIPS_AT * float(min(item.size[:2])) / 2), *HAND_AT))


def to_edge(thing: SceneObject, toward: float, carrier: SceneObject) -> float:
    """From the middle of a thing along `toward` [rad] to the edge of what it stands on [m]."""
    direction = yaw_matrix(carrier.yaw).T @ np.array([np.cos(toward), np.sin(toward)])
    place = yaw_matrix(carrier.yaw).T @ (thing.position[:2] - carrier.position[:2])
    half = carrier.item.size[:2] / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        ways = np.where(np.abs(direction) > 1e-3, (np.sign(direction) * half - place) / direction, np.inf)
    return float(ways.min())


def stance_beside(
    thing: SceneObject, toward: float, side: Side, carrier: SceneObject, way: float
) -> tuple[Pose2D, float]:
    """Where one stands whose hand pushes a thing along the edge of what carries it, and how far ahead it then is [m].

    Args:
        thing: that is pushed.
        toward: the direction, to the left of the one who pushes with the right hand [rad].
        side: of the hand.
        carrier: what it stands on.
        way: how far the thing goes [m].
    """
    heading = toward + (-QUARTER if side == "right" else QUARTER)
    aside = float(np.clip(way - FARTHEST_ASIDE, ASIDE, MOST_ASIDE))
    direction = np.array([np.cos(toward), np.sin(toward)])
    stance, ahead = stance_to_grasp(thing.position[:2] + (aside - ASIDE) * direction, heading, side, carrier)
    return Pose2D(stance.x, stance.y, float(wrap(heading))), ahead


def axes(carrier: SceneObject) -> tuple[float, ...]:
    """The four directions along the edges of a thing [rad]."""
    return tuple(float(wrap(carrier.yaw + quarter * np.pi / 2)) for quarter in range(4))


def gap_between(thing: SceneObject, other: SceneObject) -> float:
    """Least distance between two footprints [m]; 0 if they overlap at a corner or a middle."""
    one = min(distance_to_footprint(other, corner) for corner in (*thing.footprint, thing.position[:2]))
    return min(one, *(distance_to_footprint(thing, corner) for corner in (*other.footprint, other.position[:2])))


def way_up_to(thing: SceneObject, toward: float, other: SceneObject, most: float) -> float | None:
    """How far a thing can go along `toward` [rad] until it is at another [m], `most` at most; None if it passes beside.

    Going on for as long as it takes, it has to come nearer than `UP_TO` to the other.
    """
    direction = np.array([np.cos(toward), np.sin(toward), 0.0])
    ways = np.arange(0.0, 4.0, 0.02)
    gaps = np.array([gap_between(thing.moved(way * direction), other) for way in ways])
    if gaps.min() > UP_TO:
        return None
    first = int(np.argmax(gaps < BESIDE_OTHERS)) if (gaps < BESIDE_OTHERS).any() else int(gaps.argmin())
    return float(min(ways[first] - STOP_SHORT, most))


def meets(thing: SceneObject, way: Array, others: Iterable[SceneObject]) -> str | None:
    """Id of the first other thing that comes too near while a thing goes `way` (2,) [m], or None."""
    for other in others:
        if other.id == thing.id or other.position[2] > thing.top or other.top < thing.position[2] + 0.02:
            continue
        steps = (thing.moved(np.array([*(share * way), 0.0])) for share in np.linspace(0.0, 1.0, 9))
        if any(gap_between(there, other) < BESIDE_OTHERS for there in steps):
            return other.id
    return None
