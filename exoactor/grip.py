"""Where two palms take hold of a thing: one rule, used by skills, imagination, grounding and the robot's own hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from exoactor.stance import distance_to_footprint, support_of, turned_since
from exoactor.types.arrays import Array
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.types.scene import CatalogueItem, Pose2D, Scene, SceneObject
from exoactor.world.furniture import CHAIR_BACK, ROUND

_BELOW_PLATE = 0.065
"""A table's top is too thin to be pressed: hands go in just below and carry it [m]."""
_BACK = 0.65
"""A chair is held by its back, at this share of its height: near enough to its middle not to swing ..."""
_HEEL = 0.045
"""... with the heel of the hand: the strip that is pressed lies so far behind the palm's middle [m], where the wrist's
5 Nm hold about 80 N; at the middle of the palm they hold 45."""
_SWING = 0.085
"""Room for the legs of a chair that turns a little about the hands that hold it [m]."""
TOPS = ("table", "box")
"""Kinds that something can be put down on."""
MARGIN = 0.03
"""A thing whose middle is this far outside a top would still be let down onto it [m]."""
LOWEST = 0.10
"""Height of a grip that a bowing G1 reaches with both hands [m]: the middle of a box on the floor."""
WIDEST = 0.50
"""Between the palms of a G1 that can still press [m]."""
KNEES = 0.21
"""Pelvis to what stands before the robot [m]; toes are 0.14 m ahead, knees of a crouching robot 0.2."""
LOW = 0.35
"""Grips below this [m] are bowed for rather than crouched ..."""
BOWED = 0.025
"""... from so much further off where they are lowest [m], so that no knee pushes what is lifted."""
FARTHEST = 0.48
"""Pelvis to the grip's middle [m]; beyond it the hands end before the middle of a thing, which then slips out."""


@dataclass(frozen=True)
class Grip:
    """Two opposite places on a thing.

    Args:
        middle: (3,) between the palms [m].
        left: (2,) unit vector on the floor plane from the middle to the left palm.
        half: distance from the middle to the surface under a palm [m].
    """

    middle: Array
    left: Array
    half: float

    @property
    def forward(self) -> Array:
        """(2,) unit vector on the floor plane that the one who holds it faces along."""
        return np.array([self.left[1], -self.left[0]])

    def palms(self, ahead: float, gap: float, height: float) -> Array:
        """(2, 3) left and right palm [m].

        Args:
            ahead: beyond the middle, as seen by the one who holds it [m].
            gap: from the surface, negative presses [m].
            height: above the middle [m].
        """
        centre = self.middle[:2] + ahead * self.forward
        z = self.middle[2] + height
        return np.array([[*(centre + side * (self.half + gap) * self.left), z] for side in (1.0, -1.0)])


def grip(thing: SceneObject, heading: float) -> Grip:
    """The grip of somebody who faces along `heading` [rad]: on the sides of the thing nearest to the left and right."""
    item, axes = thing.item, yaw_matrix(thing.yaw).T
    left = np.array([-np.sin(heading), np.cos(heading)])
    which = max(press_axes(item), key=lambda axis: abs(axes[axis] @ left))
    middle, half = grip_place(item, which)
    if item.kind not in ROUND:
        left = axes[which] * np.sign(axes[which] @ left)
    return Grip(thing.position + np.append(middle[:2] @ axes, middle[2]), left, half)


def grip_place(item: CatalogueItem, axis: int) -> tuple[Array, float]:
    """Where a thing is held: the middle between the palms (3,) in its own frame [m], and from there to the surface [m].

    Args:
        item: the thing.
        axis: of its own frame, along which the palms press; one of `press_axes`.
    """
    depth, width, height = (float(v) for v in item.size)
    if item.kind == "chair":
        return np.array([(CHAIR_BACK - depth) / 2 + _HEEL, 0.0, _BACK * height]), width / 2
    half = min(depth, width) / 2 if item.kind in ROUND else (depth, width)[axis] / 2
    return np.array([0.0, 0.0, height - _BELOW_PLATE if item.kind == "table" else height / 2]), half


def press_axes(item: CatalogueItem) -> tuple[int, ...]:
    """Axes of a thing's own frame along which palms can press it: of a chair only the one across its back."""
    return (1,) if item.kind == "chair" else (0, 1)


def sides(thing: SceneObject) -> tuple[float, ...]:
    """Headings from which a thing can be taken hold of [rad]: of a chair only the one that faces its back."""
    return tuple(thing.yaw + quarter * np.pi / 2 for quarter in range(1 if thing.item.kind == "chair" else 4))


def stance_for(thing: SceneObject, heading: float, things: Iterable[SceneObject]) -> tuple[Grip, Pose2D, float]:
    """Grip and stance of a robot that holds `thing` facing along `heading` [rad], and how far it has to reach [m].

    It stands square before the thing, as near as its knees and the edge of what carries the thing allow. From where
    the thing cannot be held the reach is infinite.
    """
    held = grip(thing, heading)
    reach = _on_this_side(thing, held) + KNEES + _SWING * (thing.item.kind == "chair")
    low = float(np.clip((LOW - held.middle[2]) / (LOW - LOWEST), 0.0, 1.0))
    reach += min(BOWED * low, max(FARTHEST - reach, 0.0))
    carrier = support_of(thing, things)
    if carrier is not None:
        reach = max(reach, _on_this_side(carrier, held) + KNEES)
    place = held.middle[:2] - reach * held.forward
    stance = Pose2D(float(place[0]), float(place[1]), float(np.arctan2(held.forward[1], held.forward[0])))
    if all(abs(float(wrap(heading - side))) > np.pi / 4 + 1e-6 for side in sides(thing)):
        reach = np.inf
    return held, stance, reach


def faced_now(now: SceneObject, then: SceneObject, heading: float) -> float:
    """Where somebody faces [rad] who faced a thing when it was seen otherwise; its sides take him along when it turns.

    By up to half a quarter turn, for which of its sides a box is seen to have as the first may change from one look to
    the next.

    Args:
        now: the thing as it is seen now.
        then: as it was seen when it was faced.
        heading: relative to its x axis then [rad].
    """
    period = None if now.item.kind == "chair" else np.pi / 2
    turn = 0.0 if now.item.kind in ROUND else turned_since(then, now, period)
    return float(wrap(then.yaw + heading + turn))


def tops_below(thing: SceneObject, scene: Scene) -> list[SceneObject]:
    """What a held thing would stand on if it were let down, the highest first; nothing if that is the floor.

    The height seen of a held thing is that of the upright thing that fits best.
    """
    found = [
        other
        for other in scene.objects
        if other.id != thing.id
        and other.item.kind in TOPS
        and other.top < thing.position[2] + 0.05
        and distance_to_footprint(other, thing.position[:2]) < MARGIN
    ]
    return sorted(found, key=lambda other: other.top, reverse=True)


def level_below(thing: SceneObject, scene: Scene) -> float:
    """Height of the highest top under a held thing, or of the floor [m]."""
    return next((other.top for other in tops_below(thing, scene)), 0.0)


def _on_this_side(thing: SceneObject, held: Grip) -> float:
    """From the grip's middle back to the edge of a thing's footprint on the side of the one who holds [m]."""
    if thing.item.kind in ROUND:
        half = float(min(thing.item.size[:2])) / 2
    else:
        half = float(np.abs(yaw_matrix(thing.yaw).T @ held.forward) @ thing.item.size[:2]) / 2
    return half + float((held.middle[:2] - thing.position[:2]) @ held.forward)
