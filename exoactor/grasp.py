"""Where one hand takes hold of a small upright thing: one rule for skills, imagination, grounding and the robot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from exoactor.grip import KNEES
from exoactor.stance import square_to, support_of
from exoactor.types.arrays import Array
from exoactor.types.contact import Contact
from exoactor.types.rotations import yaw_matrix
from exoactor.types.scene import CatalogueItem, Pose2D, SceneObject

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, ...]] = ("right", "left")
"""Hands in the order in which they are considered."""

GRASPABLE: Final = ("bottle", "can")
"""Kinds one hand closes round."""
THICKEST: Final = 0.085
"""Diameter that fingers and thumb still close round [m]."""
HELD_AT: Final = (0.065, 0.10)
"""Least and most height of the grasp above the thing's underside [m]: three fingers above each other need 9 cm."""
POINT: Final = (0.115, -0.060, 0.0)
"""Where the axis of what is held lies in the left wrist_yaw frame [m]; the fingers point along +x, the palm faces -y.
Of 25 places 15 mm apart, those within 3 cm of it held and set down upright."""
NEAREST, FARTHEST = 0.33, 0.46
"""Pelvis to the thing, ahead [m]; nearer the elbow is in the way of the trunk, farther the arm is stretched."""
ASIDE: Final = 0.13
"""Pelvis to the thing, towards the side of the hand [m]."""


@dataclass(frozen=True)
class Grasp:
    """One hand round a thing.

    Args:
        side: of the hand.
        point: (3,) on the thing's axis, where the fingers close [m].
        low: height of the grasp above the thing's underside [m].
    """

    side: Side
    point: Array
    low: float


def grasp(thing: SceneObject, side: Side) -> Grasp:
    """How a hand takes a thing that stands."""
    low = grasp_height(thing.item)
    return Grasp(side, np.asarray(thing.position + np.array([0.0, 0.0, low])), low)


def grasp_height(item: CatalogueItem) -> float:
    """Height of the grasp above the underside of a thing [m]."""
    return float(np.clip(0.45 * item.size[2], *HELD_AT))


def is_graspable(item: CatalogueItem) -> bool:
    """Whether one hand closes round a thing of that kind and size, and it can be moved."""
    return item.movable and item.kind in GRASPABLE and float(max(item.size[:2])) <= THICKEST


def hand_point(side: Side) -> Array:
    """(3,) `POINT` of that hand [m]."""
    return np.array(POINT) * ([1.0, 1.0, 1.0] if side == "left" else [1.0, -1.0, 1.0])


def stance_to_grasp(place: Array, heading: float, side: Side, carrier: SceneObject | None) -> tuple[Pose2D, float]:
    """Where a robot that faces along `heading` [rad] stands to have `place` before its hand, and how far ahead that is.

    Args:
        place: (2,) of the thing, or where it is to stand [m].
        heading: of the robot [rad].
        side: of the hand.
        carrier: what stands under the place and before the robot's knees, or None.

    Returns:
        The stance, and the way from the pelvis ahead to the place [m].
    """
    forward = np.array([np.cos(heading), np.sin(heading)])
    left = np.array([-forward[1], forward[0]])
    ahead = NEAREST
    if carrier is not None:
        half = float(np.abs(yaw_matrix(carrier.yaw).T @ forward) @ carrier.item.size[:2]) / 2
        edge = half + float((np.asarray(place) - carrier.position[:2]) @ forward)
        ahead = max(ahead, edge + KNEES)
    aside = ASIDE if side == "left" else -ASIDE
    at = np.asarray(place) - ahead * forward - aside * left
    return Pose2D(float(at[0]), float(at[1]), float(heading)), ahead


def stance_at(thing: SceneObject, heading: float, side: Side, things: Iterable[SceneObject]) -> tuple[Pose2D, float]:
    """Where a robot stands that takes `thing` facing along `heading` [rad], and how far ahead it has it then [m].

    It stands square before that side of what carries the thing which it faces most.
    """
    carrier = support_of(thing, things)
    if carrier is not None:
        heading = square_to(carrier, heading)
    return stance_to_grasp(thing.position[:2], heading, side, carrier)


def hand_that_holds(thing: SceneObject, robot: Pose2D) -> Side:
    """The hand in which somebody who stands there holds a thing: each holds it before its own side."""
    left = np.array([-robot.forward[1], robot.forward[0]])
    return "left" if float((thing.position[:2] - robot.xy) @ left) > 0 else "right"


def hand_of(contact: Contact) -> Side | None:
    """The hand that works alone on a thing; None if both do."""
    if len(contact.hands) != 1:
        return None
    return "left" if contact.hands[0] == "left" else "right"
