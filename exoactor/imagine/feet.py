"""The feet of a walker: planted without sliding, rolling over heel and ball, swinging clear of the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.body import BODY_TO_WORLD, Body
from exoactor.imagine.course import Course, Swing
from exoactor.imagine.easing import ease
from exoactor.imagine.limbs import about
from exoactor.types import Array

SHOE = 0.007
"""Thickness of a shoe's sole, see `Body.clothing` [m]."""

HEEL_BEHIND = 0.055
"""From the ankle back to the point of the heel a foot lands on [m]."""

RISE = 0.20
"""The heel rises during the last part of a stance [s]."""

SETTLE = 0.10
"""The foot rolls flat after touching down with the heel [s]."""


@dataclass(frozen=True)
class Foot:
    """One foot over time.

    Args:
        ankle: (T, 3) in the world [m].
        rotation: (T, 3, 3) of the foot, T-pose axes to world.
        toes: (T,) bend of the toes against the foot, up is negative [rad].
        planted: (T,) bool.
        heading: (T,) [rad].
    """

    ankle: Array
    rotation: Array
    toes: Array
    planted: Array
    heading: Array


def move_foot(course: Course, side: int, body: Body, times: Array) -> Foot:
    """The foot of that side at `times` (T,) [s]."""
    rest = body.joints(course.style.betas)
    ball = rest[10] - rest[7] if side == 0 else rest[11] - rest[8]
    height = body.sole(course.style.betas) + SHOE
    heel = np.array([0.0, -height, -HEEL_BEHIND])
    swings = [s for s in course.swings if s.side == side]
    place = np.tile(course.stance[side], (len(times), 1))
    pitch, toes = np.zeros(len(times)), np.zeros(len(times))
    planted = np.ones(len(times), bool)
    for swing in swings:
        place[times >= swing.end] = swing.target
    for swing in swings:
        lift, strike = _pitches(swing)
        before = (times > swing.begin - RISE) & (times < swing.begin) & (np.abs(place - swing.source).max(1) < 1e-9)
        rising = lift * ease((times[before] - swing.begin + RISE) / RISE)
        pitch[before], toes[before] = rising, -rising
        after = (times >= swing.end) & (times < swing.end + SETTLE)
        pitch[after] = strike * (1 - ease((times[after] - swing.end) / SETTLE))
    ankle, rotation = _rolled(place, pitch, ball, heel, height)
    for swing in swings:
        lift, strike = _pitches(swing)
        inside = (times >= swing.begin) & (times < swing.end)
        if not inside.any():
            continue
        u = (times[inside] - swing.begin) / (swing.end - swing.begin)
        ends = np.stack([swing.source, swing.target])
        (first, last), _ = _rolled(ends, np.array([lift, strike]), ball, heel, height)
        along = ease(u)[:, None]
        ankle[inside] = first + (last - first) * along
        arc = course.style.clearance if swing.lift is None else swing.lift
        ankle[inside, 2] += arc * 16 * (u * (1 - u)) ** 2
        place[inside, 2] = swing.source[2] + (swing.target[2] - swing.source[2]) * along[:, 0]
        pitch[inside] = lift * (1 - ease(u / 0.75)) + strike * ease((u - 0.45) / 0.55)
        toes[inside] = -lift * (1 - ease(u / 0.3))
        rotation[inside] = _turned(place[inside, 2], pitch[inside])
        planted[inside] = False
    return Foot(ankle, rotation, toes, planted, place[:, 2])


def _pitches(swing: Swing) -> tuple[float, float]:
    """How far the heel is up at lift-off and the toes at touch-down (negative) [rad]; long strides roll more."""
    delta = swing.target[:2] - swing.source[:2]
    stride = float(delta @ [np.cos(swing.source[2]), np.sin(swing.source[2])])
    return float(np.clip(0.14 + 0.26 * stride, 0.10, 0.42)), -float(np.clip(0.22 * stride, 0.0, 0.22))


def _turned(heading: Array, pitch: Array) -> Array:
    return np.asarray(about("z", heading) @ BODY_TO_WORLD @ about("x", pitch))


def _rolled(place: Array, pitch: Array, ball: Array, heel: Array, height: float) -> tuple[Array, Array]:
    """Ankles (T, 3) and rotations (T, 3, 3) of feet at `place` (T, 3), rolled about the ball or about the heel."""
    flat, rotation = _turned(place[:, 2], np.zeros(len(place))), _turned(place[:, 2], pitch)
    ankle = np.column_stack([place[:, :2], np.full(len(place), height)])
    pivot = np.where(pitch[:, None] > 0, ball, heel)
    fixed = ankle + np.einsum("tab,tb->ta", flat, pivot)
    return fixed - np.einsum("tab,tb->ta", rotation, pivot), rotation
