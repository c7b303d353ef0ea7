"""Waving and pointing, laid over hanging or swinging arms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoactor.imagine.course import Gesture
from exoactor.imagine.easing import ease
from exoactor.imagine.limbs import about, aimed_arm, blend, unit
from exoactor.imagine.style import Style
from exoactor.types import Array

RAISE, LOWER = 0.60, 0.65
"""Time an arm takes to come up and to come down [s]."""

_THUMB = 4


class FingerPose:
    """Bends of all fingers over time, relaxed unless a gesture says otherwise.

    Args:
        count: number of frames.
    """

    def __init__(self, count: int) -> None:
        self._bend = np.full((count, 2, 5, 3), 0.28)
        self._bend[:, :, _THUMB] = 0.12

    def set(self, side: int, weight: Array, bends: Sequence[float]) -> None:
        """Go to `bends` (index, middle, pinky, ring, thumb) [rad] by `weight` (T,)."""
        goal = np.asarray(bends)[None, :, None]
        self._bend[:, side] += weight[:, None, None] * (goal - self._bend[:, side])

    def angles(self) -> Array:
        """(T, 30, 3) axis-angles in SMPL-X's order."""
        out = np.zeros((len(self._bend), 2, 5, 3, 3))
        for side, sign in ((0, 1.0), (1, -1.0)):
            out[:, side, :4, :, 2] = -sign * self._bend[:, side, :4]
            out[:, side, _THUMB, :, 1] = sign * self._bend[:, side, _THUMB]
        return out.reshape(len(out), 30, 3)


def lay_gestures(
    gestures: Sequence[Gesture],
    style: Style,
    times: Array,
    chest: Array,
    chest_position: Array,
    rest: Array,
    local: Array,
    fingers: FingerPose,
    viewer: Array | None = None,
) -> None:
    """Change the arms in `local` (T, 55, 3, 3) and the fingers during gestures.

    Args:
        gestures: what to do when.
        style: who does it.
        times: (T,) [s].
        chest: (T, 3, 3) rotation of the third spine joint in the world.
        chest_position: (T, 3) of the third spine joint [m].
        rest: (55, 3) T-pose joints [m].
        local: parent-relative rotations, changed in place.
        fingers: changed in place.
        viewer: (3,) who is waved to [m]; None waves straight ahead.
    """
    for gesture in gestures:
        if gesture.action.kind not in ("wave", "point"):
            continue
        side = 0 if gesture.action.side == "left" else 1
        sign, collar, shoulder, elbow, wrist = ((1.0, 13, 16, 18, 20), (-1.0, 14, 17, 19, 21))[side]
        weight = ease((times - gesture.begin) / RAISE) * ease((gesture.end - times) / LOWER)
        if not (weight > 0).any():
            continue
        if gesture.action.kind == "wave":
            upper, lower = _wave(gesture, style, times, sign, _across(viewer, chest, chest_position, sign))
            twist = 0.0
            fingers.set(side, weight, (0.05, 0.05, 0.08, 0.05, -0.1))
            # a shoulder rises with its arm
            raised = 0.18
        else:
            joint = chest_position + chest @ (rest[shoulder] - rest[9])
            upper, lower = _point(gesture, chest, joint, sign)
            twist = 0.9
            fingers.set(side, weight, (0.02, 1.25, 1.35, 1.35, 0.5))
            raised = 0.06
        arm, forearm = aimed_arm(sign, upper, lower)
        lift = about("z", np.full(len(times), sign * raised))
        arm = np.swapaxes(lift, 1, 2) @ arm
        half = about("x", np.full(len(times), 0.5 * twist))
        local[:, collar] = blend(local[:, collar], lift, weight)
        local[:, shoulder] = blend(local[:, shoulder], arm, weight)
        local[:, elbow] = blend(local[:, elbow], forearm @ half, weight)
        local[:, wrist] = blend(local[:, wrist], half, weight)


def _across(viewer: Array | None, chest: Array, chest_position: Array, sign: float) -> Array:
    """Level direction (T, 3) in the chest across the viewer's line of sight: a wave is meant to be seen.

    Of its two signs the one that goes outward, or ahead where it goes neither in nor out: an arm bends there.
    """
    if viewer is None:
        return np.tile([sign, 0.0, 0.0], (len(chest), 1))
    sight = np.asarray(viewer) - chest_position
    level = unit(np.stack([-sight[:, 1], sight[:, 0], np.zeros(len(sight))], -1))
    across = np.einsum("tba,tb->ta", chest, level)
    across[:, 1] = 0.0
    across = unit(across)
    outward = across @ np.array([sign, 0.0, 0.8])
    return np.asarray(across * np.where(outward < 0, -1.0, 1.0)[:, None])


def _wave(gesture: Gesture, style: Style, times: Array, sign: float, across: Array) -> tuple[Array, Array]:
    """Directions (T, 3) of upper arm and forearm in the chest: elbow out, hand beside the head, swinging `across`."""
    begin, end = gesture.begin + 0.8 * RAISE, gesture.end - 0.8 * LOWER
    swings = max(round((end - begin) * style.wave_hz), 2)
    phase = np.clip((times - begin) / (end - begin), 0, 1) * swings
    size = 0.55 * ease((times - begin) / 0.25) * ease((end - times) / 0.25)
    swing = size * np.sin(2 * np.pi * phase)
    upper = np.array([sign * 0.80, 0.10, 0.42]) + 0.08 * swing[:, None] * across
    upright = np.array([sign * 0.12, 1.0, 0.12])
    lower = np.cos(swing)[:, None] * upright + np.sin(swing)[:, None] * across
    return upper, lower


def _point(gesture: Gesture, chest: Array, shoulder: Array, sign: float) -> tuple[Array, Array]:
    """Directions (T, 3) of an arm stretched towards the point, in the chest; the elbow is bent a very little."""
    assert gesture.action.at is not None
    aim = unit(np.asarray(gesture.action.at) - shoulder)
    aim = np.einsum("tba,tb->ta", chest, aim)
    upward = np.array([-0.3 * sign, 1.0, 0.25])
    across = unit(upward - (aim @ upward)[:, None] * aim)
    return aim - 0.05 * across, aim + 0.05 * across
