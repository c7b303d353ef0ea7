"""Wiping a top: one palm laid flat on it goes to and fro, the trunk bows over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.gait import WIPE_PHASES
from exoactor.imagine.gestures import FingerPose
from exoactor.imagine.limbs import blend, frames, lay_arm
from exoactor.imagine.pushing import BOW, CROUCH, FLAT, MOST_BENT, OVER, PALM, UPRIGHT_ABOVE
from exoactor.imagine.style import Style
from exoactor.types import Array
from exoactor.wipe import stroke_ends

WRIST_ABOVE = 0.045
"""The wrist of a flat hand is so far above what it lies on [m]."""
ABOVE = 0.14
"""The hand comes from so high above the top [m]."""
LEAN = 1.4
"""Times the lean over a table of one who sweeps: with less, short people do not reach down to low tops."""
_COLLAR, _SHOULDER, _ELBOW, _WRIST = (13, 14), (16, 17), (18, 19), (20, 21)


class Wipes:
    """What all wiping of a chain asks of the body, over time.

    Args:
        gestures: of the chain.
        style: who acts.
        times: (T,) [s].
        root: (T, 3) x, y [m] and heading [rad] of the person.

    Attributes:
        crouch: (T,) how far the hips go down [m].
        bow: (T,) how far the trunk leans over [rad].
    """

    def __init__(self, gestures: Sequence[Gesture], style: Style, times: Array, root: Array) -> None:
        self._holds: list[tuple[int, Array, Array, Array, float]] = []
        low, over = np.zeros(len(times)), np.zeros(len(times))
        for gesture in gestures:
            action = gesture.action
            if action.kind != "wipe" or action.at is None:
                continue
            heading = float(root[np.searchsorted(times, gesture.begin), 2])
            ahead = np.array([np.cos(heading), np.sin(heading), 0.0])
            outward = (1.0 if action.side == "left" else -1.0) * np.array([-ahead[1], ahead[0], 0.0])
            t = (times - gesture.begin) / style.tempo
            lay, stroke, leave = WIPE_PHASES
            done = lay + action.strokes * stroke
            there = ease((t - 0.3 * lay) / (0.7 * lay)) * (1 - ease((t - done) / leave))
            weight = ease(t / (0.6 * lay)) * (1 - ease((t - done - 0.3 * leave) / (0.7 * leave)))
            ends = stroke_ends(np.array(action.at[:2]), heading, action.side, action.shift, action.strokes)
            at = np.tile(ends[0], (len(t), 1))
            for number, way in enumerate(np.diff(ends, axis=0)):
                at += ease((t - lay - number * stroke) / stroke)[:, None] * way
            height = action.at[2] + WRIST_ABOVE + ABOVE * (1 - there)
            wrist = np.column_stack([at - PALM * ahead[:2], height])
            pole = np.broadcast_to(0.6 * outward - 0.4 * ahead - np.array([0, 0, 0.7]), wrist.shape)
            self._holds.append((0 if action.side == "left" else 1, wrist, weight, pole, heading))
            below = np.maximum(UPRIGHT_ABOVE * style.height - height, 0.0)
            low = np.maximum(low, weight * below)
            over = np.maximum(over, weight)
        self.crouch = CROUCH * low
        self.bow = np.minimum(BOW * low, MOST_BENT) + LEAN * OVER * over

    @property
    def back(self) -> Array:
        """(T,) how far the hips go back, so that the weight stays over the feet [m]."""
        return np.asarray(0.12 * self.bow)

    def lay(self, chest: Array, chest_position: Array, rest: Array, local: Array, fingers: FingerPose) -> None:
        """Bring the arm in `local` (T, 55, 3, 3) over the top and the hand flat; arguments as of `lay_gestures`."""
        for side, wrist, weight, pole, heading in self._holds:
            lay_arm(local, side, wrist, 0.0, pole, weight, chest, chest_position, rest)
            forearm = chest @ local[:, _COLLAR[side]] @ local[:, _SHOULDER[side]] @ local[:, _ELBOW[side]]
            along = (1.0 if side == 0 else -1.0) * np.array([np.cos(heading), np.sin(heading), 0.0])
            flat = frames(along, np.array([0.0, 0.0, 1.0]))
            wanted = np.swapaxes(forearm, 1, 2) @ flat
            local[:, _WRIST[side]] = blend(local[:, _WRIST[side]], wanted, weight)
            fingers.set(side, weight, FLAT)
