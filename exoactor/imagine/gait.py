"""Where the pelvis and the feet are while an action chain is carried out, seen from above.

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

LIFT_PHASES = (1.3, 0.5, 1.2)
"""Reaching to both sides of a thing, taking hold of it, and raising it, at an even tempo [s]."""

PUSH_PHASES = (1.1, 0.2, 0.9)
"""Bringing both palms to the back of a thing, before one walks with it; and after it, waiting and leaving it [s]."""

SWEEP_PHASES = (1.2, 0.4, 1.4, 1.0)
"""Reaching beside a thing, coming to it, pushing it aside, and taking the hand away [s]."""

PUSHING = 0.40
"""Walking with a thing before the palms [m/s]."""

SIT_SECONDS, STAND_SECONDS = 1.9, 1.7
"""Sitting down and standing up, at an even tempo [s]."""

RAISE_SECONDS = 1.2
"""Bringing what is held up before the chest, before a walk with it [s]."""

BEHIND = 0.6
"""A goal right behind that is nearer than this is stepped back to [m]."""

BACKWARD = 0.45
"""Stepping back [m/s]."""

LEAD = 0.62
"""The first foot that goes over something comes down so far ahead of where it stood [m]."""

OVER_SECONDS = 1.5
"""A high step takes this many times as long as one of a walk."""

DUCK_SECONDS = 0.8
"""Going down before what one walks under, and coming up beyond it, at an even tempo [s]."""

DUCKED = 0.7
"""Of the comfortable speed, bent over."""

CURVE_RATE = 1.1
"""Fastest change of heading while walking [rad/s]; tight bends are walked more slowly."""


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


def lay_out(actions: tuple[Action, ...], paths: dict[int, Array], start: Pose2D, style: Style) -> Course:
    """The whole chain from `start`.

    Args:
        actions: the chain.
        paths: for each walk, by its index in `actions`, the floor path (K, 2) [m].
        start: where and how the person stands at first.
        style: who walks.
    """
    course = Course(style)
    first = actions[0].goal if actions and actions[0].kind == "stand_up" and actions[0].goal else start
    # The feet of one who sits are before the seat, where the person stands afterwards.
    pose = np.array([first.x, first.y, first.yaw], float)
    course.stance = np.stack([foot_under(pose, side, style) for side in (LEFT, RIGHT)])
    _append(course, np.tile(pose, (round(style.lead_in * CLOCK), 1)))
    for index, action in enumerate(actions):
        pose = course.root[-1]
        if action.kind in ("walk", "carry"):
            assert action.goal is not None
            begin = course.seconds
            if action.rise > 0:
                _append(course, np.tile(pose, (round(RAISE_SECONDS * style.tempo * CLOCK), 1)))
            if _is_behind(pose, action.goal):
                _straight(course, action.goal, BACKWARD)
            else:
                _walk(course, paths[index], action.goal.yaw)
            if action.kind == "carry":
                course.gestures.append(Gesture(action, begin, course.seconds))
        elif action.kind == "push" and action.goal is not None:
            begin, (reach, wait, leave) = course.seconds, (style.tempo * seconds for seconds in PUSH_PHASES)
            _append(course, np.tile(pose, (round((reach + wait) * CLOCK), 1)))
            _straight(course, action.goal, PUSHING)
            _append(course, np.tile(course.root[-1], (round(leave * CLOCK), 1)))
            course.gestures.append(Gesture(action, begin, course.seconds))
        elif action.kind == "step_over":
            assert action.goal is not None
            _step_over(course, action.goal, action.rise)
        elif action.kind == "duck_under":
            assert action.goal is not None
            begin = course.seconds
            going_down = round(DUCK_SECONDS * style.tempo * CLOCK)
            _append(course, np.tile(pose, (going_down, 1)))
            _walk(course, np.stack([pose[:2], action.goal.xy]), action.goal.yaw, DUCKED)
            _append(course, np.tile(course.root[-1], (going_down, 1)))
            course.gestures.append(Gesture(action, begin, course.seconds))
        elif action.kind == "turn":
            assert action.goal is not None
            _turn(course, pose[2] + float(wrap(action.goal.yaw - pose[2])))
        else:
            seconds = max(action.seconds * style.tempo, 0.2)
            if action.kind == "wave":
                seconds = max(seconds, 1.2 + 2.5 / style.wave_hz)
            elif action.kind == "point":
                seconds = max(seconds, 2.5)
            elif action.kind in ("lift", "put_down", "pick", "place"):
                seconds += sum(LIFT_PHASES) * style.tempo
            elif action.kind == "push":
                seconds = sum(SWEEP_PHASES) * style.tempo
            elif action.kind in ("sit", "stand_up"):
                seconds += (SIT_SECONDS if action.kind == "sit" else STAND_SECONDS) * style.tempo
            if action.kind != "stand":
                course.gestures.append(Gesture(action, course.seconds, course.seconds + seconds))
            _append(course, np.tile(pose, (round(seconds * CLOCK), 1)))
    _append(course, np.tile(course.root[-1], (round(style.lead_out * CLOCK), 1)))
    return course


def foot_under(pose: Array, side: int, style: Style) -> Array:
    """(3,) ankle x, y and foot heading for a pelvis at `pose` (3,)."""
    sign = 1.0 if side == LEFT else -1.0
    c, s = np.cos(pose[2]), np.sin(pose[2])
    # the ankle is behind the middle of the foot, over which the body balances
    ahead, left = -0.035, sign * style.stance_width / 2
    return np.array([pose[0] + c * ahead - s * left, pose[1] + s * ahead + c * left, pose[2] + sign * style.toe_out])


def _walk(course: Course, path: Array, goal_yaw: float, share: float = 1.0) -> None:
    """Walk a path (K, 2) [m] at a share of the comfortable speed."""
    style, pose = replace(course.style, speed=share * course.style.speed), course.root[-1]
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    length = float(steps.sum())
    if length < 0.03:
        _turn(course, pose[2] + float(wrap(goal_yaw - pose[2])))
        return
    s = np.concatenate([[0], np.cumsum(steps)])
    direction = np.gradient(path, axis=0)
    tangent = np.unwrap(np.arctan2(direction[:, 1], direction[:, 0]))
    tangent += pose[2] + float(wrap(tangent[0] - pose[2])) - tangent[0]
    if abs(tangent[0] - pose[2]) > TURN_FIRST:
        _turn(course, float(tangent[0]))
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
        _turn(course, last)


def _is_behind(pose: Array, goal: Pose2D) -> bool:
    away = goal.xy - pose[:2]
    back = float(-away @ np.array([np.cos(pose[2]), np.sin(pose[2])]))
    aside = float(np.sqrt(max(away @ away - back**2, 0.0)))
    return 0.03 < back < BEHIND and aside < 0.3 * back and abs(float(wrap(goal.yaw - pose[2]))) < np.radians(15.0)


def _straight(course: Course, goal: Pose2D, speed: float) -> None:
    """Step straight to a goal nearby without turning towards it first."""
    pose = course.root[-1]
    seconds = max(float(np.linalg.norm(goal.xy - pose[:2])) / speed, 0.8)
    share = ease(np.arange(1, round(seconds * CLOCK) + 1) / (seconds * CLOCK))[:, None]
    end = np.array([goal.x, goal.y, pose[2] + float(wrap(goal.yaw - pose[2]))])
    _stepping(course, pose + share * (end - pose), _first_foot(course, 0.0, walking=True))


def _step_over(course: Course, goal: Pose2D, lift: float) -> None:
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
    _append(course, pose + np.clip(share, 0, 1)[:, None] * (end - pose))


def _turn(course: Course, yaw: float) -> None:
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
    _append(course, whole)


def _append(course: Course, root: Array) -> None:
    course.root = np.concatenate([course.root, root]) if len(course.root) else root
    course.times = np.arange(len(course.root)) / CLOCK
