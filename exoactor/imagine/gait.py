"""An action chain laid out in time: what each kind of action adds to the course of pelvis and feet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exoactor.imagine.course import (
    CLOCK,
    LEFT,
    RIGHT,
    Course,
    Gesture,
    append,
    foot_under,
    go_straight,
    step_over,
    turn,
    walk,
)
from exoactor.imagine.style import Style
from exoactor.types import Action, ActionKind, Array, Pose2D
from exoactor.types.rotations import wrap

LIFT_PHASES = (1.3, 0.5, 1.2)
"""Reaching to both sides of a thing, taking hold of it, and raising it, at an even tempo [s]."""

PUSH_PHASES = (1.1, 0.2, 0.9)
"""Bringing both palms to the back of a thing, before one walks with it; and after it, waiting and leaving it [s]."""

SWEEP_PHASES = (1.2, 0.4, 1.4, 1.0)
"""Reaching beside a thing, coming to it, pushing it aside, and taking the hand away [s]."""

WIPE_PHASES = (1.4, 0.95, 1.0)
"""Laying a palm on a top, each stroke, and taking it away [s]."""

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

DUCK_SECONDS = 0.8
"""Going down before what one walks under, and coming up beyond it, at an even tempo [s]."""

DUCKED = 0.7
"""Of the comfortable speed, bent over."""


def lay_out(actions: tuple[Action, ...], paths: dict[int, Array], start: Pose2D, style: Style) -> Course:
    """The whole chain from `start`.

    Args:
        actions: the chain.
        paths: for each walk but a step back, by its index in `actions`, the floor path (K, 2) [m].
        start: where and how the person stands at first.
        style: who walks.
    """
    course = Course(style)
    first = actions[0].goal if actions and actions[0].kind == "stand_up" and actions[0].goal else start
    # The feet of one who sits are before the seat, where the person stands afterwards.
    pose = np.array([first.x, first.y, first.yaw], float)
    course.stance = np.stack([foot_under(pose, side, style) for side in (LEFT, RIGHT)])
    append(course, np.tile(pose, (round(style.lead_in * CLOCK), 1)))
    for index, action in enumerate(actions):
        goes = _GOES.get(action.kind) if action.goal is not None else None
        if goes is not None and action.goal is not None:
            goes(course, action, action.goal, paths.get(index))
        else:
            _stay(course, action)
    _wait(course, style.lead_out)
    return course


def _wait(course: Course, seconds: float) -> None:
    append(course, np.tile(course.root[-1], (round(seconds * CLOCK), 1)))


def _along(course: Course, action: Action, goal: Pose2D, path: Array | None) -> None:
    begin = course.seconds
    if action.rise > 0:
        _wait(course, RAISE_SECONDS * course.style.tempo)
    if path is None:
        go_straight(course, goal, BACKWARD)
    else:
        walk(course, path, goal.yaw)
    if action.kind == "carry":
        course.gestures.append(Gesture(action, begin, course.seconds))


def _with_both_palms(course: Course, action: Action, goal: Pose2D, path: Array | None) -> None:
    begin, (reach, wait, leave) = course.seconds, (course.style.tempo * seconds for seconds in PUSH_PHASES)
    _wait(course, reach + wait)
    go_straight(course, goal, PUSHING)
    _wait(course, leave)
    course.gestures.append(Gesture(action, begin, course.seconds))


def _over(course: Course, action: Action, goal: Pose2D, path: Array | None) -> None:
    step_over(course, goal, action.rise)


def _under(course: Course, action: Action, goal: Pose2D, path: Array | None) -> None:
    begin, pose = course.seconds, course.root[-1]
    _wait(course, DUCK_SECONDS * course.style.tempo)
    walk(course, np.stack([pose[:2], goal.xy]), goal.yaw, DUCKED)
    _wait(course, DUCK_SECONDS * course.style.tempo)
    course.gestures.append(Gesture(action, begin, course.seconds))


def _round(course: Course, action: Action, goal: Pose2D, path: Array | None) -> None:
    yaw = course.root[-1, 2]
    turn(course, yaw + float(wrap(goal.yaw - yaw)))


_GOES: dict[ActionKind, Callable[[Course, Action, Pose2D, Array | None], None]] = {
    "walk": _along,
    "carry": _along,
    "push": _with_both_palms,
    "step_over": _over,
    "duck_under": _under,
    "turn": _round,
}
"""What moves the feet, where the action has a goal."""


def _stay(course: Course, action: Action) -> None:
    """What is done on the spot."""
    tempo, kind = course.style.tempo, action.kind
    seconds = max(action.seconds * tempo, 0.2)
    if kind == "wave":
        seconds = max(seconds, 1.2 + 2.5 / course.style.wave_hz)
    elif kind == "point":
        seconds = max(seconds, 2.5)
    elif kind in ("lift", "put_down", "pick", "place"):
        seconds += sum(LIFT_PHASES) * tempo
    elif kind == "push":
        seconds = sum(SWEEP_PHASES) * tempo
    elif kind == "wipe":
        lay, stroke, leave = WIPE_PHASES
        seconds = (lay + action.strokes * stroke + leave) * tempo
    elif kind in ("sit", "stand_up"):
        seconds += (SIT_SECONDS if kind == "sit" else STAND_SECONDS) * tempo
    if kind != "stand":
        course.gestures.append(Gesture(action, course.seconds, course.seconds + seconds))
    _wait(course, seconds)


def is_behind(here: Pose2D, goal: Pose2D) -> bool:
    """Whether a goal is so near behind that one steps back to it: there is no path to be found."""
    away = goal.xy - here.xy
    back = float(-away @ here.forward)
    aside = float(np.sqrt(max(away @ away - back**2, 0.0)))
    return 0.03 < back < BEHIND and aside < 0.3 * back and abs(float(wrap(goal.yaw - here.yaw))) < np.radians(15.0)
