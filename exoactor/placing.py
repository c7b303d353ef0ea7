"""Where one stands to put down what the hands hold, and where on a top it goes: one rule for skills and grounding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from exoactor.container import receives, stances_over
from exoactor.grasp import NEAREST, Side, is_graspable, stance_to_grasp
from exoactor.grip import KNEES, TOPS
from exoactor.stance import STANDOFF, distance_to_footprint, inward, sides, stances
from exoactor.types.arrays import Array
from exoactor.types.rotations import yaw_matrix
from exoactor.types.scene import Pose2D, SceneObject

HIGHEST = 0.56
"""Tops up to here can be put on with both hands [m]: what is carried has its underside some centimetres higher."""
LEVEL = (0.45, 0.86)
"""Least and most height of tops that one hand puts things on [m]; lower, the robot would have to squat."""
INSIDE = 0.10
"""What one hand brings somewhere is to have its middle so far inside the edge [m] ..."""
EDGE_BROUGHT = 0.05
"""... and its side so far at least."""
ROOM_TO_BOW = 0.27
"""Pelvis to the edge of what one hand puts something on [m]: nearer, who bows leans against it."""
ROOM = 0.10
"""A hand that lets go needs so much room beside what it puts down [m]."""
EDGE = 0.02
"""What is put down stands so far inside the edge at least [m]."""
THIGHS = 0.24
"""What is carried has its near side so far before the pelvis [m]: thighs that swing against it tilt it step by step."""
BEFORE = 0.25
"""Somebody who carries stops so much further from a thing than without a load [m]."""


@dataclass(frozen=True)
class Place:
    """A stance with something in the hands.

    Args:
        stance: where to stand.
        spot: (2,) where the middle of the thing then goes [m]; None where there is nothing to put it on.
    """

    stance: Pose2D
    spot: Array | None


def carried_ahead(thing: SceneObject, heading: float) -> float:
    """From the pelvis to the middle of what is carried [m] by somebody who faces along `heading` [rad]."""
    if is_graspable(thing.item):
        return NEAREST
    return THIGHS + _half(thing, heading, 0)


def takes(top: SceneObject, thing: SceneObject) -> bool:
    """Whether the thing can be put down on that: flat, and neither too high nor, for one hand, too low."""
    low, high = LEVEL if is_graspable(thing.item) else (0.0, HIGHEST)
    return top.id != thing.id and top.item.kind in TOPS and low <= top.top <= high


def accepts(to: SceneObject, thing: SceneObject) -> bool:
    """Whether the thing can be put down on that, or let drop into it."""
    return takes(to, thing) or receives(to, thing)


def places_at(
    to: SceneObject,
    thing: SceneObject,
    heading: float,
    toward: Array,
    things: Iterable[SceneObject],
    side: Side | None = None,
) -> list[Place]:
    """Stances of somebody who brings `thing` to `to`, the one nearest to `toward` first.

    Args:
        to: a top that takes the thing, then its free spots along all sides; what it can be let drop into, then over its
            opening; or anything else, then before its sides.
        thing: what is held.
        heading: of the one who holds it now [rad]; the thing keeps its turn against whoever carries it.
        toward: (2,) floor point [m].
        things: all that is seen.
        side: of the hand that holds it; None for both.
    """
    toward = np.asarray(toward, float)
    if side is not None and receives(to, thing):
        over = [Place(stance, spot) for stance, spot in stances_over(to, thing, side, things)]
        return sorted(over, key=lambda place: float(np.linalg.norm(place.stance.xy - toward)))
    if not takes(to, thing):
        far = STANDOFF + BEFORE + carried_ahead(thing, heading) - KNEES
        return [Place(stance, None) for stance in stances(to, toward, far)]
    others = [o for o in things if o.id not in (to.id, thing.id) and abs(o.position[2] - to.top) < 0.1]
    if side is not None:
        places, radius = _before_hand(to, side, toward), float(max(thing.item.size[:2])) / 2 + ROOM
    else:
        deep, wide = (_half(thing, heading, axis) for axis in (0, 1))
        places, radius = _before_hands(to, deep, wide, toward), max(deep, wide)
    free = [place for place in places if _is_free(place, others, radius)]
    return sorted(free, key=lambda place: float(np.linalg.norm(place.stance.xy - toward)))


def spot_on(top: SceneObject, thing: SceneObject, at: Array, edge: float = EDGE) -> Array:
    """(2,) the place nearest to `at` (2,) at which the thing stands `edge` inside the top, or as far as it can [m]."""
    turn = yaw_matrix(top.yaw)
    half = np.abs(turn.T @ yaw_matrix(thing.yaw)) @ thing.item.size[:2] / 2
    room = np.maximum(top.item.size[:2] / 2 - half - edge, 0.0)
    return np.asarray(top.position[:2] + turn @ np.clip((np.asarray(at) - top.position[:2]) @ turn, -room, room))


def _before_hand(to: SceneObject, side: Side, toward: Array) -> Iterator[Place]:
    """Places inside the edge of each side of a top, with the stances that have them before that hand."""
    for edge, normal, _ in _edges(to, INSIDE, toward):
        spot = edge - INSIDE * normal
        stance, ahead = stance_to_grasp(spot, inward(normal), side, None)
        yield Place(stance.ahead(ahead - INSIDE - ROOM_TO_BOW), spot)


def _before_hands(to: SceneObject, deep: float, wide: float, toward: Array) -> Iterator[Place]:
    """The same of both hands, for a thing that is so deep and wide by halves [m]."""
    for edge, normal, across in _edges(to, wide + EDGE, toward):
        stance = edge + KNEES * normal
        spot = edge - min(deep + EDGE, across / 2) * normal
        yield Place(Pose2D(float(stance[0]), float(stance[1]), inward(normal)), spot)


def _edges(to: SceneObject, from_corner: float, toward: Array) -> Iterator[tuple[Array, Array, float]]:
    """Points (2,) on each side of a top: the one nearest to `toward`, its middle and its ends, so far from corners [m].

    Each with the side's outward normal (2,), and how far the top reaches behind it [m].
    """
    for number, (middle, normal, half) in enumerate(sides(to)):
        tangent = np.array([-normal[1], normal[0]])
        across = float(to.item.size[0 if number < 2 else 1])
        room = max(half - from_corner, 0.0)
        for offset in dict.fromkeys((float(np.clip((toward - middle) @ tangent, -room, room)), 0.0, room, -room)):
            yield middle + offset * tangent, normal, across


def _is_free(place: Place, others: list[SceneObject], radius: float) -> bool:
    spot = place.spot
    return spot is not None and all(distance_to_footprint(other, spot) > radius for other in others)


def _half(thing: SceneObject, heading: float, axis: int) -> float:
    """Half of a thing's extent along a heading (axis 0) or across it (1) [m]."""
    size = thing.item.size[:2]
    if thing.item.kind == "cylinder":
        return float(min(size)) / 2
    direction = yaw_matrix(heading)[:, axis]
    # hands take it by opposite sides: it is square to whoever holds it
    along = int(np.argmax(np.abs(yaw_matrix(thing.yaw).T @ direction)))
    return float(size[along]) / 2
