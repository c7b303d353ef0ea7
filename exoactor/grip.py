"""Where two palms take hold of a thing: one rule, used by skills, imagination, grounding and the robot's own hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from exoactor.stance import distance_to_footprint, support_of
from exoactor.types.arrays import Array
from exoactor.types.scene import Pose2D, Scene, SceneObject

_BELOW_PLATE = 0.065
"""A table's top and a chair's seat are too thin to be pressed: hands go in just below and carry them [m]."""
ROUND = ("bottle", "cylinder", "can", "bin", "ball")
MARGIN = 0.03
"""A thing whose middle is this far outside a top would still be let down onto it [m]."""
LOWEST = 0.37
"""Height of a grip that a crouching G1 reaches with both hands [m]; at 0.33 every second try ends on the floor."""
WIDEST = 0.50
"""Between the palms of a G1 that can still press [m]."""
KNEES = 0.21
"""Pelvis to what stands before the robot [m]; toes are 0.14 m ahead, knees of a crouching robot 0.2."""
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
    size = thing.item.size
    left = np.array([-np.sin(heading), np.cos(heading)])
    if thing.item.kind in ROUND:
        half = float(min(size[:2])) / 2
    else:
        c, s = np.cos(thing.yaw), np.sin(thing.yaw)
        axes = np.array([[c, s], [-s, c]])
        which = int(np.argmax(np.abs(axes @ left)))
        half = float(size[which]) / 2
        left = axes[which] * np.sign(axes[which] @ left)
    height = grip_height(thing.item.kind, float(size[2]))
    return Grip(thing.position + np.array([0.0, 0.0, height]), left, half)


def hold_stance(held: Grip, depth: float, edge: float = 0.0) -> Pose2D:
    """Where a G1 stands to hold a thing: square before it, as near as knees and table edge allow.

    Args:
        held: the grip.
        depth: extent of the thing along the way the robot faces [m].
        edge: distance from the grip's middle to the edge of what it stands on, on the robot's side [m].
    """
    distance = max(depth / 2, edge) + KNEES
    place = held.middle[:2] - distance * held.forward
    return Pose2D(float(place[0]), float(place[1]), float(np.arctan2(held.forward[1], held.forward[0])))


def stance_for(thing: SceneObject, heading: float, things: Iterable[SceneObject]) -> tuple[Grip, Pose2D, float]:
    """Grip and stance of a robot that holds `thing` facing along `heading` [rad], and how far it has to reach [m]."""
    held = grip(thing, heading)
    carrier = support_of(thing, things)
    edge = 0.0
    if carrier is not None:
        edge = _half_along(carrier, held.forward) + float((held.middle[:2] - carrier.position[:2]) @ held.forward)
    stance = hold_stance(held, 2 * _half_along(thing, held.forward), edge)
    return held, stance, float(np.linalg.norm(held.middle[:2] - stance.xy))


def level_below(thing: SceneObject, scene: Scene) -> float:
    """Height of what a held thing would stand on if it were let down [m]: the highest top under it, or the floor.

    The height seen of a held thing is that of the upright thing that fits best.
    """
    tops = [0.0]
    for other in scene.objects:
        under = other.position[2] + other.item.size[2]
        carries = other.id != thing.id and other.item.kind in ("table", "box") and under < thing.position[2] + 0.05
        if carries and distance_to_footprint(other, thing.position[:2]) < MARGIN:
            tops.append(float(under))
    return max(tops)


def _half_along(thing: SceneObject, direction: Array) -> float:
    """Half the extent of a footprint along a direction (2,) [m]."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    local = np.abs(np.array([[c, s], [-s, c]]) @ direction)
    if thing.item.kind in ROUND:
        return float(min(thing.item.size[:2])) / 2
    return float(local @ thing.item.size[:2]) / 2


def grip_height(kind: str, height: float) -> float:
    """Height above its underside at which a thing is taken hold of [m]."""
    if kind == "table":
        return height - _BELOW_PLATE
    if kind == "chair":
        return height / 2 - _BELOW_PLATE
    return height / 2
