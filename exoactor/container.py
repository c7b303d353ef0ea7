"""What things are put into: the opening of a basket or bin, and from where one hand lets something drop through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from exoactor.grasp import ASIDE, NEAREST, Side
from exoactor.stance import inward, sides, support_of
from exoactor.types.arrays import Array
from exoactor.types.rotations import yaw_matrix
from exoactor.types.scene import CatalogueItem, Pose2D, SceneObject
from exoactor.world.furniture import ROUND, parts

CONTAINERS: Final = ("basket", "bin")
"""Kinds that are open above."""
RIMS: Final = (0.60, 0.80)
"""Least and most height of a rim over which one hand lets something drop [m]; lower, the robot bows against what stands
before its knees and has fallen, higher, the arm ends."""
OVER: Final = 0.05
"""What is let go of has its underside so far above the rim [m]."""
BESIDE: Final = 0.025
"""And its sides so far inside the rim at least [m]."""
SUNK: Final = 0.05
"""The underside of what is inside is so far below the rim, and seen no further below the floor inside [m]."""
ROOM: Final = 0.25
"""Pelvis to the rim, and to what the container stands on [m]; who lets go so high hardly bows."""
BESIDE_IT: Final = 0.20
"""A hand goes over an opening from no further beside it [m]: the arm ends."""
DEEPEST: Final = 0.42
"""Pelvis to the place of the drop, ahead [m]; farther the arm is stretched."""


@dataclass(frozen=True)
class Opening:
    """The opening of a container, as a rectangle; of a round one the largest square in it.

    Args:
        middle: (2,) [m].
        yaw: heading of its first side [rad].
        half: (2,) half extents [m].
        rim: height of its edge [m].
        floor: height of what lies below it [m].
        round: whether it is the circle round that square.
    """

    middle: Array
    yaw: float
    half: Array
    rim: float
    floor: float
    round: bool = False

    def nearest(self, point: Array, inside: float = 0.0) -> Array:
        """(2,) the place nearest to a point (2,) that is so far inside the rim [m], or as far as it can."""
        turn, room = yaw_matrix(self.yaw), np.maximum(self.half - inside, 0.0)
        return np.asarray(self.middle + turn @ np.clip((np.asarray(point) - self.middle) @ turn, -room, room))

    def distance(self, point: Array) -> float:
        """From a point (2,) to the opening on the floor plane, 0 over it [m]."""
        if self.round:
            return max(float(np.linalg.norm(np.asarray(point) - self.middle) - np.hypot(*self.half)), 0.0)
        return float(np.linalg.norm(self.nearest(point) - np.asarray(point)))


def is_container(item: CatalogueItem) -> bool:
    """Whether things can be put into it."""
    return item.kind in CONTAINERS


def opening(container: SceneObject) -> Opening:
    """The opening of a container where it stands."""
    half = _half_opening(container.item)
    floor = min(float(part.center[2] + part.half_size[2]) for part in parts(container.item.kind, container.item.size))
    is_round = container.item.kind in ROUND
    low = float(container.position[2]) + floor
    return Opening(container.position[:2], container.yaw, half, container.top, low, is_round)


def lies_in(thing: SceneObject, things: Iterable[SceneObject]) -> SceneObject | None:
    """The container that a thing is seen to stand or lie in, or None."""
    for other in things:
        if other.id != thing.id and is_container(other.item):
            into = opening(other)
            if into.distance(thing.position[:2]) == 0 and into.floor - SUNK < thing.position[2] < into.rim - SUNK:
                return other
    return None


def _half_opening(item: CatalogueItem) -> Array:
    """(2,) from its middle to its walls, of a round one to the corners of a square [m]."""
    walls = [part for part in parts(item.kind, item.size) if part.center[2] > 0.3 * item.size[2]]
    if item.kind in ROUND:
        inner = min(float(np.linalg.norm(part.center[:2]) - part.half_size[0]) for part in walls)
        return np.full(2, inner / np.sqrt(2))
    return np.array([min(abs(p.center[k]) - p.half_size[k] for p in walls if abs(p.center[k]) > 1e-6) for k in (0, 1)])


def is_wide_enough(container: CatalogueItem, thing: CatalogueItem) -> bool:
    """Whether the thing, upright, goes through the opening with some room beside it."""
    return float(max(thing.size[:2])) / 2 + BESIDE <= float(_half_opening(container).min())


def is_reachable(container: SceneObject) -> bool:
    """Whether its rim is neither too low nor too high for one hand."""
    return RIMS[0] <= container.top <= RIMS[1]


def receives(container: SceneObject, thing: SceneObject) -> bool:
    """Whether one hand can let the thing drop into that."""
    fits = is_container(container.item) and is_wide_enough(container.item, thing.item)
    return fits and container.id != thing.id and is_reachable(container)


def let_go_at(container: SceneObject, thing: SceneObject, near: Array) -> Array:
    """(3,) where the middle of the underside of a thing is when it is let go of, the nearest to `near` (2,) [m]."""
    into = opening(container)
    place = into.nearest(near, float(max(thing.item.size[:2])) / 2 + BESIDE)
    return np.append(place, into.rim + OVER)


def stances_over(
    container: SceneObject, thing: SceneObject, side: Side, things: Iterable[SceneObject]
) -> Iterator[tuple[Pose2D, Array]]:
    """Stances square before what the container stands on, and the places (2,) over its opening before that hand [m].

    The places are in the middle of the opening, or so near to it as the arm reaches.
    """
    base = support_of(container, things) or container
    into, inside = opening(container), float(max(thing.item.size[:2])) / 2 + BESIDE
    for edge, normal, _ in sides(base):
        heading = inward(normal)
        forward = np.array([np.cos(heading), np.sin(heading)])
        left = np.array([-forward[1], forward[0]])
        ahead = max(float((into.middle - edge) @ forward) + ROOM, NEAREST)
        spot = into.nearest(into.middle - max(ahead - DEEPEST, 0.0) * forward, inside)
        ahead += float((spot - into.middle) @ forward)
        if ahead > DEEPEST + 0.01:
            continue
        at = spot - ahead * forward - (ASIDE if side == "left" else -ASIDE) * left
        yield Pose2D(float(at[0]), float(at[1]), heading), spot
