"""Lifting a thing with both hands and putting it down: the body goes down after them, they close on it or let it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exoactor.grip import Grip, grip
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import LIFT_PHASES, Gesture
from exoactor.imagine.gestures import FingerPose
from exoactor.imagine.limbs import aimed_arm, bend, blend, unit
from exoactor.imagine.style import Style
from exoactor.types import Array, SceneObject

UPRIGHT_ABOVE = 0.60
"""Hands higher than this share of the person's height need no crouch."""
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
        heading: (T,) of the person [rad].

    Attributes:
        crouch: (T,) how far the hips go down [m].
        bow: (T,) how far the trunk leans over [rad].
        carried: id -> displacement (T, 3) of the thing [m].
    """

    def __init__(
        self,
        gestures: Sequence[Gesture],
        things: Mapping[str, SceneObject],
        style: Style,
        times: Array,
        heading: Array,
    ) -> None:
        self._holds: list[tuple[Array, Array, Array]] = []
        self.carried: dict[str, Array] = {}
        low = np.zeros(len(times))
        for gesture in gestures:
            if gesture.action.kind not in ("lift", "put_down"):
                continue
            thing = things[gesture.action.thing or ""]
            held = grip(thing, float(heading[np.searchsorted(times, gesture.begin)]))
            t = times - gesture.begin
            if gesture.action.kind == "lift":
                down, closed, raised, weight = _lifting(t, style.tempo)
            else:
                down, closed, raised, weight = _putting_down(t, style.tempo)
            lifted = gesture.action.rise * raised
            palms = _palms(held, down, closed, lifted)
            self._holds.append((palms, weight, held.forward))
            self.carried[thing.id] = self.carried.get(thing.id, 0.0) + np.outer(lifted, [0.0, 0.0, 1.0])
            below = np.maximum(UPRIGHT_ABOVE * style.height - palms[:, 0, 2], 0.0)
            low = np.maximum(low, down * below)
        self.crouch = np.minimum(CROUCH * low, DEEPEST)
        self.bow = np.minimum(BOW * low, MOST_BENT)

    @property
    def back(self) -> Array:
        """(T,) how far the hips go back, so that the weight stays over the feet [m]."""
        return np.asarray(0.16 * self.bow)

    def lay(self, chest: Array, chest_position: Array, rest: Array, local: Array, fingers: FingerPose) -> None:
        """Bring both arms in `local` (T, 55, 3, 3) to the thing; arguments as of `lay_gestures`."""
        for palms, weight, forward in self._holds:
            ahead = np.array([*forward, 0.0])
            for side, (sign, shoulder, elbow, wrist) in enumerate(((1.0, 16, 18, 20), (-1.0, 17, 19, 21))):
                socket = chest_position + np.einsum("tab,b->ta", chest, rest[shoulder] - rest[9])
                # a straight hand goes on where the arm points
                hand = palms[:, side] - PALM * unit(palms[:, side] - socket)
                upper, fore = (float(np.linalg.norm(rest[b] - rest[a])) for a, b in ((shoulder, elbow), (elbow, wrist)))
                outward = sign * np.array([-forward[1], forward[0], 0.0])
                pole = np.broadcast_to(0.8 * outward - 0.5 * ahead - np.array([0, 0, 0.4]), hand.shape)
                middle = bend(socket, hand, upper, fore, pole)
                above, below = (np.einsum("tba,tb->ta", chest, v) for v in (middle - socket, hand - middle))
                arm, forearm = aimed_arm(sign, above, below)
                local[:, shoulder] = blend(local[:, shoulder], arm, weight)
                local[:, elbow] = blend(local[:, elbow], forearm, weight)
                fingers.set(side, weight, (0.10, 0.10, 0.10, 0.10, 0.10))


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
