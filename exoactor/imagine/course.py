"""Where the pelvis and the feet are over time, seen from above, and how a course goes on: by steps of several kinds.

A walk follows its path with a speed profile; each foot comes down where the pelvis will be in the middle of the
stance it begins, so strides lengthen, shorten, turn and close by themselves at starts, bends and stops.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from exoactor.imagine.easing import ease
from exoactor.imagine.style import Style
from exoactor.types import Action, Array, Pose2D
from exoactor.types.rotations import wrap

LEFT, RIGHT = 0, 1
CLOCK = 200.0
"""Root trajectories are laid out at this rate and sampled at the clip's [1/s]."""

TURN_FIRST = np.radians(40.0)
"""A walk whose path begins further round than this begins with a turn on the spot."""

TURN_LAST = np.radians(6.0)
"""A walk that arrives further off its goal heading than this ends with a turn on the spot."""

ACCELERATION = 0.9
"""Of walking, along the path [m/s^2]."""

CURVE_RATE = 1.1
"""Fastest change of heading while walking [rad/s]; tight bends are walked more slowly."""

LEAD = 0.62
"""The first foot that goes over something comes down so far ahead of where it stood [m]."""

OVER_SECONDS = 1.5
"""A high step takes this many times as long as one of a walk."""


@dataclass(frozen=True)
class Swing:
    """One step of one foot.

    Args:
        side: LEFT or RIGHT.
        begin: the foot leaves the floor [s].
        end: it touches down [s].
        source: (3,) ankle x, y [m] and foot heading [rad] before.
        target: (3,) the same after.
        lift: height of the ankle's arc [m]; None for the person's own.
    """

    side: int
    begin: float
    end: float
    source: Array
    target: Array
    lift: float | None = None


@dataclass(frozen=True)
class Gesture:
    """What is done with hands or hips while the feet stay.

    Args:
        action: what is done.
        begin: first movement [s].
        end: the arm hangs again, or what is carried is there [s].
    """

    action: Action
    begin: float
    end: float


@dataclass
class Course:
    """The chain laid out in time.

    Args:
        style: who walks.
        times: (N,) every 1 / CLOCK s.
        root: (N, 3) x, y [m] and unwrapped heading [rad] of the pelvis before sway.
        swings: in order of their beginning.
        gestures: in order.
        stance: (2, 3) where left and right foot stood at the beginning.
    """

    style: Style
    times: Array = field(default_factory=lambda: np.zeros(0))
    root: Array = field(default_factory=lambda: np.zeros((0, 3)))
    swings: list[Swing] = field(default_factory=list)
    gestures: list[Gesture] = field(default_factory=list)
    stance: Array = field(default_factory=lambda: np.zeros((2, 3)))

    @property
    def seconds(self) -> float:
        """Duration [s]."""
        return len(self.times) / CLOCK

    def feet_at_end(self) -> Array:
        """(2, 3) where left and right foot stand now."""
        feet = self.stance.copy()
        for swing in self.swings:
            feet[swing.side] = swing.target
        return feet


def foot_under(pose: Array, side: int, style: Style) -> Array:
    """(3,) ankle x, y and foot heading for a pelvis at `pose` (3,)."""
    sign = 1.0 if side == LEFT else -1.0
    c, s = np.cos(pose[2]), np.sin(pose[2])
    # the ankle is behind the middle of the foot, over which the body balances
    ahead, left = -0.035, sign * style.stance_width / 2
    return np.array([pose[0] + c * ahead - s * left, pose[1] + s * ahead + c * left, pose[2] + sign * style.toe_out])


def walk(course: Course, path: Array, goal_yaw: float, share: float = 1.0) -> None:
    """Walk a path (K, 2) [m] at a share of the comfortable speed."""
    style, pose = replace(course.style, speed=share * course.style.speed), course.root[-1]
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    length = float(steps.sum())
    if length < 0.03:
        turn(course, pose[2] + float(wrap(goal_yaw - pose[2])))
        return
    s = np.concatenate([[0], np.cumsum(steps)])
    direction = np.gradient(path, axis=0)
    tangent = np.unwrap(np.arctan2(direction[:, 1], direction[:, 0]))
    tangent += pose[2] + float(wrap(tangent[0] - pose[2])) - tangent[0]
    if abs(tangent[0] - pose[2]) > TURN_FIRST:
        turn(course, float(tangent[0]))
        pose = course.root[-1]
    travelled = _travel(s, tangent, style)
    xy = np.stack([np.interp(travelled, s, path[:, k]) for k in (0, 1)], -1)
    heading = np.interp(travelled, s, tangent)
    # a small difference at the start is walked off over the first steps
    heading += (pose[2] - heading[0]) * (1 - ease(np.arange(len(heading)) / (0.9 * CLOCK)))
    pad = int(0.8 * CLOCK)
    heading = gaussian_filter1d(np.pad(heading, pad, mode="edge"), 0.12 * CLOCK)[pad:-pad]
    last = heading[-1] + float(wrap(goal_yaw - heading[-1]))
    if abs(last - heading[-1]) <= TURN_LAST:
        late = ease(1 - (len(heading) - np.arange(len(heading))) / (0.7 * CLOCK))
        heading = heading + (last - heading[-1]) * late
    _stepping(course, np.column_stack([xy, heading]), _first_foot(course, float(heading[-1] - pose[2]), walking=True))
    if abs(last - course.root[-1, 2]) > 1e-6:
        turn(course, last)


def go_straight(course: Course, goal: Pose2D, speed: float) -> None:
    """Step straight to a goal nearby without turning towards it first."""
    pose = course.root[-1]
    seconds = max(float(np.linalg.norm(goal.xy - pose[:2])) / speed, 0.8)
    share = ease(np.arange(1, round(seconds * CLOCK) + 1) / (seconds * CLOCK))[:, None]
    end = np.array([goal.x, goal.y, pose[2] + float(wrap(goal.yaw - pose[2]))])
    _stepping(course, pose + share * (end - pose), _first_foot(course, 0.0, walking=True))


def step_over(course: Course, goal: Pose2D, lift: float) -> None:
    """One foot after the other high over what lies ahead, the first back beside the second at the end."""
    style, pose = course.style, course.root[-1].copy()
    first = _first_foot(course, 0.0, walking=True)
    end = np.array([goal.x, goal.y, pose[2] + float(wrap(goal.yaw - pose[2]))])
    way = end[:2] - pose[:2]
    middle = np.array([*(pose[:2] + way * LEAD / np.linalg.norm(way)), end[2]])
    slow = OVER_SECONDS * style.step_time
    begin, feet = course.seconds, course.feet_at_end()
    for side, place, seconds, height in (
        (first, middle, slow, lift),
        (1 - first, end, slow, lift),
        (first, end, style.step_time, None),
    ):
        target = foot_under(place, side, style)
        at = begin + 0.12 * seconds, begin + 0.88 * seconds
        course.swings.append(Swing(side, *at, feet[side].copy(), target, height))
        feet[side] = target
        begin += seconds
    count = round((begin - course.seconds) * CLOCK)
    # the body is over the standing foot while the other is in the air, so it hurries in between
    u = (np.arange(count) + 1) / count
    share = ease(u) - 0.35 * np.sin(4 * np.pi * np.clip(u, 0, 1)) / (4 * np.pi)
    append(course, pose + np.clip(share, 0, 1)[:, None] * (end - pose))


def turn(course: Course, yaw: float) -> None:
    """Turn on the spot to a heading [rad], unwrapped."""
    pose = course.root[-1]
    angle = yaw - pose[2]
    if abs(angle) < np.radians(2):
        return
    seconds = max(abs(angle) / course.style.turn_rate + 0.35, 0.75)
    share = ease(np.arange(1, round(seconds * CLOCK) + 1) / (seconds * CLOCK))
    root = np.tile(pose, (len(share), 1))
    root[:, 2] += angle * share
    root[-1, 2] = yaw
    _stepping(course, root, _first_foot(course, angle, walking=False))


def _first_foot(course: Course, angle: float, *, walking: bool) -> int:
    """A turn opens with the inner foot; a walk begins with the foot the person prefers."""
    if not walking and abs(angle) > 0.1:
        return LEFT if angle > 0 else RIGHT
    return LEFT if course.style.left_first else RIGHT


def _travel(s: Array, tangent: Array, style: Style) -> Array:
    """Distance walked at each clock tick: comfortable speed, slower in bends, smooth at both ends."""
    fine = np.linspace(0, s[-1], max(int(s[-1] / 0.005), 20))
    bend = np.abs(np.gradient(np.interp(fine, s, tangent), fine))
    bend = gaussian_filter1d(bend, 0.1 / (fine[1] - fine[0]), mode="nearest")
    top = np.minimum(style.speed, CURVE_RATE / np.maximum(bend, 1e-3))
    ramp = np.sqrt(2 * ACCELERATION * np.minimum(fine, s[-1] - fine)) + 0.05
    speed = np.minimum(top, ramp)
    for order in (range(1, len(fine)), range(len(fine) - 2, -1, -1)):
        for i in order:
            j = i - 1 if order.step > 0 else i + 1
            speed[i] = min(speed[i], np.sqrt(speed[j] ** 2 + 2 * ACCELERATION * (fine[1] - fine[0])))
    times = np.concatenate([[0], np.cumsum(2 * np.diff(fine) / (speed[1:] + speed[:-1]))])
    ticks = np.arange(0, times[-1] + 1 / CLOCK, 1 / CLOCK)
    travelled = np.interp(ticks, times, fine)
    # smoothed speed starts and ends at rest without a jerk
    pad = int(0.5 * CLOCK)
    return np.asarray(np.clip(gaussian_filter1d(np.pad(travelled, pad, mode="edge"), 0.12 * CLOCK), 0, s[-1]))


def _stepping(course: Course, root: Array, first: int) -> None:
    """Move the pelvis along `root` (N, 3) and set the feet so that they end together under its last pose."""
    style = course.style
    moving = len(root) / CLOCK
    # the pelvis begins to move with the first swing and stops half a step before the feet close
    count = max(round(moving / style.step_time + 0.5), 2)
    duration = moving / (count - 0.5)
    begin = course.seconds
    still = np.tile(root[-1], (round(0.6 * duration * CLOCK), 1))
    whole = np.concatenate([root, still])
    feet = course.feet_at_end()
    for k in range(count):
        side = first if k % 2 == 0 else 1 - first
        middle_of_stance = min(int((k + 1.5) * duration * CLOCK), len(whole) - 1)
        target = foot_under(whole[-1] if k >= count - 2 else whole[middle_of_stance], side, style)
        if np.linalg.norm(target[:2] - feet[side, :2]) > 0.01 or abs(target[2] - feet[side, 2]) > 0.02:
            course.swings.append(
                Swing(
                    side,
                    begin + (k + 0.12) * duration,
                    begin + (k + 0.88) * duration,
                    feet[side].copy(),
                    target,
                )
            )
            feet[side] = target
    append(course, whole)


def append(course: Course, root: Array) -> None:
    """Go on with the pelvis at `root` (N, 3), a row a clock tick, the feet where they are."""
    course.root = np.concatenate([course.root, root]) if len(course.root) else root
    course.times = np.arange(len(course.root)) / CLOCK
