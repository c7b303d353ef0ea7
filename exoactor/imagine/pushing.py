"""Pushing a thing: both palms on its back while the legs walk, or one hand beside it while the trunk turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import PUSH_PHASES, SWEEP_PHASES
from exoactor.imagine.gestures import FingerPose
from exoactor.imagine.limbs import lay_arm
from exoactor.imagine.style import Style
from exoactor.push import HALF_APART, half_along, hand_height
from exoactor.types import Array, SceneObject

AT = 0.85
"""Both palms are at this share of a thing's height ..."""
HIGHEST = 0.95
"""... but no higher than this [m]."""
UPRIGHT_ABOVE = 0.58
"""Hands higher than this share of the person's height need no bow."""
BOW, MOST_BENT = 1.7, 0.95
"""How far the trunk leans over [rad] a metre of hand height below that, and at most."""
CROUCH = 0.5
"""How far the hips go down a metre of the same."""
PALM = 0.085
"""From the wrist to the middle of the palm [m]."""
TOUCH = 0.03
"""The palm's middle is so far from the surface it pushes [m]."""
BESIDE, ABOVE = 0.10, 0.12
"""A hand comes from so far off the thing and so high above where it pushes [m]."""
TWIST = 1.0
"""The trunk turns so far with a hand that goes across the body [rad]."""
OVER = 0.30
"""And leans over the table by so much beyond its bow, for an arm alone does not reach so far [rad]."""
GRAVITY = 9.81
FLAT = (0.1, 0.1, 0.1, 0.1, 0.1)
"""Bends of index, middle, pinky, ring finger and thumb [rad]."""


class Pushes:
    """What all pushes of a chain ask of the body, over time.

    Args:
        gestures: of the chain.
        things: by id, as perceived.
        style: who acts.
        times: (T,) [s].
        root: (T, 3) x, y [m] and heading [rad] of the person.

    Attributes:
        crouch: (T,) how far the hips go down [m].
        bow: (T,) how far the trunk leans over [rad].
        twist: (T,) how far the trunk is turned to the left [rad].
        carried: id -> displacement x, y, z [m] of the thing and its turn about its own middle [rad] (T, 4).
    """

    def __init__(
        self, gestures: Sequence[Gesture], things: Mapping[str, SceneObject], style: Style, times: Array, root: Array
    ) -> None:
        self._holds: list[tuple[int, Array, Array, Array]] = []
        self.carried: dict[str, Array] = {}
        self.twist = np.zeros(len(times))
        self._over = np.zeros(len(times))
        low = np.zeros(len(times))
        for gesture in gestures:
            if gesture.action.kind != "push":
                continue
            thing = things[gesture.action.thing or ""]
            heading = float(root[np.searchsorted(times, gesture.begin), 2])
            t = times - gesture.begin
            push = self._by_walking if gesture.action.goal is not None else self._by_hand
            height, weight = push(gesture, thing, style, t, root, heading)
            below = np.maximum(UPRIGHT_ABOVE * style.height - height, 0.0)
            low = np.maximum(low, weight * below)
        self.crouch = CROUCH * low
        self.bow = np.minimum(BOW * low, MOST_BENT) + OVER * self._over

    def _by_walking(
        self, gesture: Gesture, thing: SceneObject, style: Style, t: Array, root: Array, heading: float
    ) -> tuple[Array, Array]:
        """Palms on the thing's back, which go along with the body, and the thing with them."""
        reach, leave = PUSH_PHASES[0] * style.tempo, PUSH_PHASES[2] * style.tempo
        total = gesture.end - gesture.begin
        weight = ease(t / reach) * ease((total - t) / leave)
        forward = np.array([np.cos(heading), np.sin(heading)])
        left = np.array([-forward[1], forward[0]])
        way = np.asarray(gesture.action.shift)
        begin = root[int(np.argmin(np.abs(t)))]
        walked = np.clip((root[:, :2] - begin[:2]) @ forward, 0.0, float(np.linalg.norm(way)))
        moved = np.where(t[:, None] < 0, 0.0, walked[:, None] * forward)
        back = thing.position[:2] - (half_along(thing.item, thing.yaw, heading) + TOUCH) * forward
        height = thing.position[2] + min(AT * float(thing.item.size[2]), HIGHEST)
        for side, sign in ((0, 1.0), (1, -1.0)):
            at = back + sign * HALF_APART * left + moved
            target = np.column_stack([at, np.full(len(t), height)])
            pole = sign * 0.8 * np.append(left, 0.0) - 0.3 * np.append(forward, 0.0) - np.array([0, 0, 0.6])
            self._holds.append((side, target, weight, np.broadcast_to(pole, target.shape)))
        self._move(thing, np.column_stack([moved, np.zeros(len(t))]))
        return np.full(len(t), height), weight

    def _by_hand(
        self, gesture: Gesture, thing: SceneObject, style: Style, t: Array, root: Array, heading: float
    ) -> tuple[Array, Array]:
        """One palm beside the thing, which goes along with it, and falls where the table ends."""
        action = gesture.action
        reach, close, push, leave = (np.cumsum(SWEEP_PHASES) * style.tempo).tolist()
        side = 0 if action.side == "left" else 1
        way = np.asarray(action.shift)
        direction = way / max(float(np.linalg.norm(way)), 1e-6)
        gone = ease((t - close) / (push - close))
        there = ease((t - 0.3 * reach) / (0.7 * reach))
        touching = ease((t - reach) / (close - reach))
        weight = ease(t / (0.7 * reach)) * (1 - ease((t - push - 0.2) / (leave - push - 0.2)))
        half = half_along(thing.item, thing.yaw, float(np.arctan2(direction[1], direction[0])))
        beside = half + TOUCH + BESIDE * (1 - touching)
        at = thing.position[:2] + gone[:, None] * way - beside[:, None] * direction
        height = thing.position[2] + hand_height(thing.item) + 0.03 + ABOVE * (1 - there)
        height = height + ABOVE * ease((t - push) / (leave - push))
        outward = (1.0 if side == 0 else -1.0) * np.array([-np.sin(heading), np.cos(heading), 0.0])
        ahead = np.array([np.cos(heading), np.sin(heading), 0.0])
        target = np.column_stack([at, height])
        pole = np.broadcast_to(0.6 * outward - 0.4 * ahead - np.array([0, 0, 0.7]), target.shape)
        self._holds.append((side, target, weight, pole))
        away = 1 - ease((t - push) / (leave - push))
        self.twist += (1.0 if side == 1 else -1.0) * TWIST * ease((t - close) / (push - close)) * away
        self._over = np.maximum(self._over, ease((t - 0.5 * reach) / (0.5 * reach)) * away)
        moved = np.column_stack([gone[:, None] * way, np.zeros(len(t))])
        if action.rise < 0:
            moved = _fallen(moved, t, push, float(action.rise), direction)
        self._move(thing, moved)
        return height, weight

    def _move(self, thing: SceneObject, moved: Array) -> None:
        self.carried[thing.id] = self.carried.get(thing.id, 0.0) + np.pad(moved, ((0, 0), (0, 1)))

    @property
    def back(self) -> Array:
        """(T,) how far the hips go back, so that the weight stays over the feet [m]."""
        return np.asarray(0.12 * self.bow)

    def lay(self, chest: Array, chest_position: Array, rest: Array, local: Array, fingers: FingerPose) -> None:
        """Bring the arms in `local` (T, 55, 3, 3) to the thing; arguments as of `lay_gestures`."""
        for side, target, weight, pole in self._holds:
            lay_arm(local, side, target, PALM, pole, weight, chest, chest_position, rest)
            fingers.set(side, weight, FLAT)


def _fallen(moved: Array, t: Array, over: float, rise: float, direction: Array) -> Array:
    """The displacement (T, 3) of a thing that falls when the hand has brought it over an edge; it flies on a little.

    Args:
        moved: (T, 3) on the table [m].
        t: (T,) since the gesture began [s].
        over: when it is beyond the edge [s].
        rise: negative, down to the floor [m].
        direction: (2,) it went.
    """
    since = np.clip(t - over + 0.1, 0.0, np.sqrt(-2 * rise / GRAVITY))
    out = moved.copy()
    out[:, :2] += 0.35 * since[:, None] * direction
    out[:, 2] = np.maximum(-0.5 * GRAVITY * since**2, rise)
    return out
