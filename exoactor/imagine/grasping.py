"""Taking a small thing with one hand, walking with it, putting it down or in: the trunk leans after the arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exoactor.grasp import grasp_height
from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import LIFT_PHASES
from exoactor.imagine.gestures import FingerPose
from exoactor.imagine.lifting import WithBody, walks_with
from exoactor.imagine.limbs import lay_arm
from exoactor.imagine.style import Style
from exoactor.types import Array, SceneObject

UPRIGHT_ABOVE = 0.60
"""A hand higher than this share of the person's height needs no bow."""
BOW = 1.5
"""How far the trunk leans over [rad] a metre of hand height below that."""
MOST_BENT = 0.9
CROUCH = 0.3
"""How far the hips go down a metre of the same."""
WRIST = 0.09
"""From the wrist to the middle of a hand that is closed round something [m]."""
BESIDE = 0.045
"""The closed hand's middle is so far beside the axis of what it holds [m]."""
BEFORE = 0.14
"""The open hand comes from so far before it [m] ..."""
ABOVE = 0.05
"""... and above [m]."""
LETTING_GO = 0.15
"""So long before the fingers are all open they hold no more [s]."""
GRAVITY = 9.81
OPENED, CLOSED = (0.15, 0.15, 0.15, 0.15, 0.1), (0.85, 0.85, 0.85, 0.85, 0.5)
"""Bends of index, middle, pinky, ring finger and thumb [rad]."""


class Grasps:
    """What one hand that picks, carries and places asks of the body in a chain, over time.

    Args:
        gestures: of the chain.
        things: by id, as perceived.
        style: who acts.
        times: (T,) [s].
        root: (T, 3) x, y [m] and heading [rad] of the person.

    Attributes:
        crouch: (T,) how far the hips go down [m].
        bow: (T,) how far the trunk leans over [rad].
        carried: id -> displacement x, y, z [m] of the thing and its turn about its own middle [rad] (T, 4).
    """

    def __init__(
        self, gestures: Sequence[Gesture], things: Mapping[str, SceneObject], style: Style, times: Array, root: Array
    ) -> None:
        self._holds: list[tuple[int, Array, Array, Array, Array]] = []
        self.carried: dict[str, Array] = {}
        low = np.zeros(len(times))
        walks = walks_with(gestures, things, one_hand=True)
        if walks:
            self._carry(walks, things, style, times, root)
        for gesture in gestures:
            action = gesture.action
            if action.kind not in ("pick", "place"):
                continue
            thing = things[action.thing or ""]
            heading = float(root[np.searchsorted(times, gesture.begin), 2])
            forward = np.array([np.cos(heading), np.sin(heading), 0.0])
            side = 0 if action.side == "left" else 1
            outward = np.array([-forward[1], forward[0], 0.0]) * (1.0 if side == 0 else -1.0)
            t = times - gesture.begin
            there, closed, moved, weight = (
                _picking(t, style.tempo) if action.kind == "pick" else _placing(t, style.tempo)
            )
            # what goes over a rim goes aside before it goes down
            aside = ease(1.6 * t / (LIFT_PHASES[-1] * style.tempo)) if action.kind == "place" else 0.0 * t
            way = np.outer(aside, [*action.shift, 0.0]) + np.outer(action.rise * moved, [0.0, 0.0, 1.0])
            held = thing.position + np.array([0.0, 0.0, grasp_height(thing.item)]) + way
            apart = (1.0 - there)[:, None]
            hand = held + BESIDE * outward + apart * (0.04 * outward - BEFORE * forward + np.array([0.0, 0.0, ABOVE]))
            self._holds.append((side, hand, closed, weight, np.broadcast_to(forward, hand.shape)))
            fallen = np.outer(_fallen(t, action.drop, style.tempo), [0.0, 0.0, 1.0])
            self.carried[thing.id] = self.carried.get(thing.id, 0.0) + np.pad(way - fallen, ((0, 0), (0, 1)))
            below = np.maximum(UPRIGHT_ABOVE * style.height - hand[:, 2], 0.0)
            low = np.maximum(low, weight * below)
        self.crouch = CROUCH * low
        self.bow = np.minimum(BOW * low, MOST_BENT)

    def _carry(
        self, walks: Sequence[Gesture], things: Mapping[str, SceneObject], style: Style, times: Array, root: Array
    ) -> None:
        """What one hand holds from the beginning goes along with the body."""
        action = walks[0].action
        thing, side = things[action.thing or ""], 0 if action.side == "left" else 1
        along = WithBody(walks, style, times, root)
        ahead = np.array([np.cos(root[0, 2]), np.sin(root[0, 2])])
        outward = np.array([-ahead[1], ahead[0]]) * (1.0 if side == 0 else -1.0)
        hand = thing.position + np.append(BESIDE * outward, grasp_height(thing.item))
        forward = np.pad(along.direction(ahead), ((0, 0), (0, 1)))
        every = np.ones(len(times))
        self._holds.append((side, along.points(hand[None])[:, 0], every, every, forward))
        self.carried[thing.id] = along.displacement(thing)

    @property
    def back(self) -> Array:
        """(T,) how far the hips go back, so that the weight stays over the feet [m]."""
        return np.asarray(0.16 * self.bow)

    def lay(self, chest: Array, chest_position: Array, rest: Array, local: Array, fingers: FingerPose) -> None:
        """Bring the arm in `local` (T, 55, 3, 3) to the thing; arguments as of `lay_gestures`."""
        for side, target, closed, weight, forward in self._holds:
            outward = (1.0 if side == 0 else -1.0) * np.column_stack([-forward[:, 1], forward[:, 0], 0 * forward[:, 0]])
            pole = 0.5 * outward - 0.5 * forward - np.array([0, 0, 0.7])
            lay_arm(local, side, target, WRIST, pole, weight, chest, chest_position, rest)
            fingers.set(side, weight, OPENED)
            fingers.set(side, weight * closed, CLOSED)


def _fallen(t: Array, drop: float, tempo: float) -> Array:
    """(T,) how far a thing has fallen that is let go of [m], over time since the hand began to lower it."""
    free = np.maximum(t - (sum(LIFT_PHASES[1:]) - LETTING_GO) * tempo, 0.0)
    return np.minimum(GRAVITY / 2 * free**2, drop)


def _picking(t: Array, tempo: float) -> tuple[Array, Array, Array, Array]:
    """Shares 0..1 over time: hand at the thing, hand closed, way of the thing done, arm taken over."""
    reach, close, rise = (np.cumsum(LIFT_PHASES) * tempo).tolist()
    return (
        ease((t - 0.4 * reach) / (0.6 * reach)),
        ease((t - reach) / (close - reach)),
        ease((t - close) / (rise - close)),
        ease(t / (0.7 * reach)),
    )


def _placing(t: Array, tempo: float) -> tuple[Array, Array, Array, Array]:
    """The same backwards: the thing is held from before the beginning."""
    lower, let_go, leave = (np.cumsum(LIFT_PHASES[::-1]) * tempo).tolist()
    return (
        1 - ease((t - let_go) / (0.6 * (leave - let_go))),
        1 - ease((t - lower) / (let_go - lower)),
        ease(t / lower),
        1 - ease((t - let_go - 0.3 * (leave - let_go)) / (0.7 * (leave - let_go))),
    )
