"""Both hands on a thing: lifting it, walking with it, putting it down; the body goes down after low hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exoactor.grasp import is_graspable
from exoactor.grip import Grip, grip
from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import LIFT_PHASES, RAISE_SECONDS
from exoactor.imagine.gestures import FingerPose
from exoactor.imagine.limbs import lay_arm
from exoactor.imagine.style import Style
from exoactor.types import Array, SceneObject

UPRIGHT_ABOVE = 0.60
"""Hands higher than this share of the person's height need no crouch."""
UPRIGHT_WITH = 0.55
"""The same for somebody who walks with a load; it is held near the body."""
CROUCH, BOW = 0.75, 1.1
"""How far the hips go down [m] and the trunk leans over [rad] a metre of hand height below that."""
DEEPEST, MOST_BENT = 0.46, 0.95
PALM = 0.085
"""From the wrist to the middle of the palm [m]."""
WIDE = 0.12
"""Open hands pass this far beside the thing on their way [m]."""
ABOVE = 0.18
"""And come from this far above where they take hold [m]."""
TOUCH = 0.02
"""Half a hand's thickness [m]."""


class Lifts:
    """What all lifts of a chain ask of the body, over time.

    Args:
        gestures: of the chain.
        things: by id, as perceived.
        style: who lifts.
        times: (T,) [s].
        root: (T, 3) pelvis x, y [m] and heading [rad].

    Attributes:
        crouch: (T,) how far the hips go down [m].
        bow: (T,) how far the trunk leans over [rad].
        carried: id -> displacement x, y, z [m] of the thing and its turn about its own middle [rad] (T, 4).
    """

    def __init__(
        self,
        gestures: Sequence[Gesture],
        things: Mapping[str, SceneObject],
        style: Style,
        times: Array,
        root: Array,
    ) -> None:
        self._holds: list[tuple[Array, Array, Array]] = []
        self.carried: dict[str, Array] = {}
        low = np.zeros(len(times))
        walks = walks_with(gestures, things, one_hand=False)
        if walks:
            low = self._carry(walks, things, style, times, root)
        for gesture in gestures:
            if gesture.action.kind not in ("lift", "put_down"):
                continue
            thing = things[gesture.action.thing or ""]
            held = grip(thing, float(root[np.searchsorted(times, gesture.begin), 2]))
            t = times - gesture.begin
            if gesture.action.kind == "lift":
                down, closed, raised, weight = _lifting(t, style.tempo)
            else:
                down, closed, raised, weight = _putting_down(t, style.tempo)
            lifted = gesture.action.rise * raised
            palms = _palms(held, down, closed, lifted)
            self._holds.append((palms, weight, np.broadcast_to(held.forward, (len(times), 2))))
            self.carried[thing.id] = self.carried.get(thing.id, 0.0) + np.outer(lifted, [0.0, 0.0, 1.0, 0.0])
            below = np.maximum(UPRIGHT_ABOVE * style.height - palms[:, 0, 2], 0.0)
            low = np.maximum(low, down * below)
        self.crouch = np.minimum(CROUCH * low, DEEPEST)
        self.bow = np.minimum(BOW * low, MOST_BENT)

    def _carry(
        self, walks: Sequence[Gesture], things: Mapping[str, SceneObject], style: Style, times: Array, root: Array
    ) -> Array:
        """What is held from the beginning goes along with the body; returns how low the hands are (T,) [m]."""
        thing = things[walks[0].action.thing or ""]
        held = grip(thing, float(root[0, 2]))
        along = WithBody(walks, style, times, root)
        palms = along.points(held.palms(0.0, TOUCH, 0.0))
        self.carried[thing.id] = along.displacement(thing)
        self._holds.append((palms, np.ones(len(times)), along.direction(held.forward)))
        low: Array = np.maximum(UPRIGHT_WITH * style.height - palms[:, 0, 2], 0.0)
        return low

    @property
    def back(self) -> Array:
        """(T,) how far the hips go back, so that the weight stays over the feet [m]."""
        return np.asarray(0.16 * self.bow)

    def lay(self, chest: Array, chest_position: Array, rest: Array, local: Array, fingers: FingerPose) -> None:
        """Bring both arms in `local` (T, 55, 3, 3) to the thing; arguments as of `lay_gestures`."""
        for palms, weight, forward in self._holds:
            ahead = np.column_stack([forward, np.zeros(len(forward))])
            for side, sign in ((0, 1.0), (1, -1.0)):
                outward = sign * np.column_stack([-forward[:, 1], forward[:, 0], np.zeros(len(forward))])
                pole = 0.8 * outward - 0.5 * ahead - np.array([0, 0, 0.4])
                lay_arm(local, side, palms[:, side], PALM, pole, weight, chest, chest_position, rest)
                fingers.set(side, weight, (0.10, 0.10, 0.10, 0.10, 0.10))


def walks_with(gestures: Sequence[Gesture], things: Mapping[str, SceneObject], *, one_hand: bool) -> list[Gesture]:
    """The walks of a chain with something that one hand holds, or both."""
    walks = [gesture for gesture in gestures if gesture.action.kind == "carry"]
    return [walk for walk in walks if is_graspable(things[walk.action.thing or ""].item) == one_hand]


class WithBody:
    """How what is held goes along with a body that walks, and is raised on the way.

    Args:
        walks: the walks with it.
        style: who walks.
        times: (T,) [s].
        root: (T, 3) pelvis x, y [m] and heading [rad].
    """

    def __init__(self, walks: Sequence[Gesture], style: Style, times: Array, root: Array) -> None:
        self._root, self._turn = root, root[:, 2] - root[0, 2]
        c, s = np.cos(self._turn), np.sin(self._turn)
        self._rotation = np.stack([np.stack([c, -s], -1), np.stack([s, c], -1)], -2)
        self._raised = np.zeros(len(times))
        for walk in walks:
            self._raised += walk.action.rise * ease((times - walk.begin) / (RAISE_SECONDS * style.tempo))

    def points(self, points: Array) -> Array:
        """(T, N, 3) where points (N, 3) go that are at the body at first [m]."""
        turned = np.einsum("tab,nb->tna", self._rotation, points[:, :2] - self._root[0, :2])
        heights = points[:, 2] + self._raised[:, None]
        return np.concatenate([turned + self._root[:, None, :2], heights[..., None]], axis=2)

    def direction(self, direction: Array) -> Array:
        """(T, 2) how a direction (2,) turns with the body."""
        return np.asarray(np.einsum("tab,b->ta", self._rotation, direction))

    def displacement(self, thing: SceneObject) -> Array:
        """(T, 4) how far a thing is from where it was at first, x, y, z [m], and turned [rad]."""
        return np.column_stack([self.points(thing.position[None])[:, 0] - thing.position, self._turn])


def _lifting(t: Array, tempo: float) -> tuple[Array, Array, Array, Array]:
    """Shares 0..1 over time: hands down, hands closed, way of the thing done, arms taken over."""
    reach, close, rise = (np.cumsum(LIFT_PHASES) * tempo).tolist()
    return (
        ease(t / reach),
        ease((t - reach) / (close - reach)),
        ease((t - close) / (rise - close)),
        ease(t / (0.8 * reach)),
    )


def _putting_down(t: Array, tempo: float) -> tuple[Array, Array, Array, Array]:
    """The same backwards: the thing is held from before the beginning."""
    lower, let_go, leave = (np.cumsum(LIFT_PHASES[::-1]) * tempo).tolist()
    return (
        1 - ease((t - let_go) / (leave - let_go)),
        1 - ease((t - lower) / (let_go - lower)),
        ease(t / lower),
        1 - ease((t - let_go - 0.2 * (leave - let_go)) / (0.8 * (leave - let_go))),
    )


def _palms(held: Grip, down: Array, closed: Array, lifted: Array) -> Array:
    """(T, 2, 3) palms that come down beside the thing, close on it and rise with it [m]."""
    gap = TOUCH + WIDE * (1 - closed)
    height = ABOVE * (1 - down) + lifted
    return np.array([held.palms(0.0, g, h) for g, h in zip(gap, height, strict=True)])
