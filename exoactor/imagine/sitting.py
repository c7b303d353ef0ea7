"""Sitting down on a seat and standing up from it: the hips go back and down onto it, or come up over the feet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import SIT_SECONDS, STAND_SECONDS
from exoactor.imagine.gestures import FingerPose
from exoactor.imagine.limbs import lay_arm
from exoactor.imagine.style import Style
from exoactor.seat import Seat, place_on, seat_facing
from exoactor.types import Array, SceneObject, StageError

DEEP = 0.22
"""The pelvis of a person who sits is so far behind the edge of the seat [m]."""
FLESH = 0.10
"""From the hip joints down to what a person sits on [m]."""
MOST_BENT = 0.75
"""The trunk leans over so far on the way down or up, so that the weight stays over the feet [rad]."""
SITTING_BENT = 0.06
"""And so far once the person sits [rad]."""
HANDS = (0.33, 0.12, 0.17)
"""Hands rest on the thighs: ahead of the hips, to their side and above them [m]."""
WRIST = 0.07
"""From the wrist to the part of the hand that rests [m]."""


class Sits:
    """What sitting down and standing up ask of the body, over time.

    Args:
        gestures: of the chain.
        things: by id, as perceived.
        style: who sits.
        times: (T,) [s].
        root: (T, 3) standing pelvis x, y [m] and heading [rad].

    Attributes:
        share: (T,) 0 standing to 1 seated.
        bow: (T,) how far the trunk leans over [rad].
        shift: (T, 2) of the pelvis on the floor plane, from over the feet to over the seat [m].

    Raises:
        StageError: ("imagine", "no_seat") when there is nothing to sit on behind the person.
    """

    def __init__(
        self, gestures: Sequence[Gesture], things: Mapping[str, SceneObject], style: Style, times: Array, root: Array
    ) -> None:
        self._seat: Seat | None = None
        self.share, self.bow = np.zeros(len(times)), np.zeros(len(times))
        self.shift = np.zeros((len(times), 2))
        for gesture in gestures:
            if gesture.action.kind not in ("sit", "stand_up"):
                continue
            up = gesture.action.kind == "stand_up"
            begin = min(int(np.searchsorted(times, gesture.begin)), len(times) - 1)
            thing = things[gesture.action.thing or ""]
            self._seat = seat = seat_facing(thing, float(root[begin, 2]))
            if seat is None:
                raise StageError("imagine", "no_seat", f"{thing.id} has no seat behind who stands there")
            seconds = (STAND_SECONDS if up else SIT_SECONDS) * style.tempo
            done = np.clip((times - gesture.begin) / seconds, 0.0, 1.0)
            self.share = 1.0 - ease(done) if up else ease(done)
            # The trunk leads: it bows before the hips move much, and straightens when they have arrived.
            bowing = np.sin(np.pi * ease(done)) ** 2
            self.bow = MOST_BENT * bowing + SITTING_BENT * self.share
            seated = place_on(seat, DEEP)[:2] + seat.aside(root[begin, :2]) * _left(seat)
            self.shift = self.share[:, None] * (seated - root[begin, :2])

    def lowered(self, height: Array) -> Array:
        """Heights (T,) of the pelvis that stands or walks, brought down to the seat [m]."""
        if self._seat is None:
            return height
        return np.asarray((1.0 - self.share) * height + self.share * (self._seat.height + FLESH))

    def lay(
        self, position: Array, chest: Array, chest_position: Array, rest: Array, local: Array, fingers: FingerPose
    ) -> None:
        """Rest both hands on the thighs; `position` (T, 3) is the pelvis's [m], the rest as of `lay_gestures`."""
        if self._seat is None:
            return
        ahead, left = np.append(self._seat.outward, 0.0), np.append(_left(self._seat), 0.0)
        weight = ease((self.share - 0.35) / 0.65)
        for side, sign in ((0, 1.0), (1, -1.0)):
            target = position + HANDS[0] * ahead + sign * HANDS[1] * left + np.array([0.0, 0.0, HANDS[2]])
            pole = np.broadcast_to(0.6 * sign * left - 0.6 * ahead - np.array([0.0, 0.0, 0.3]), target.shape)
            lay_arm(local, side, target, WRIST, pole, weight, chest, chest_position, rest)
            fingers.set(side, weight, (0.2, 0.2, 0.2, 0.2, 0.1))


def _left(seat: Seat) -> Array:
    return np.array([-seat.outward[1], seat.outward[0]])
