"""Performing a push: over the floor with both palms, walking in stretches and looking between; on a table by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoactor.control import standing_pose
from exoactor.control.playback import SettleCfg
from exoactor.control.steps import StepFeedbackCfg
from exoactor.grasp import Side, hand_of
from exoactor.grip import faced_now
from exoactor.ground.pushing import heading_now, on_top, way_now
from exoactor.performance import Means, Performance, feet_of, seen_thing
from exoactor.picking import come_up, step_back, still
from exoactor.push import (
    HALF_APART,
    half_along,
    hand_height,
    palm_height,
    stance_beside,
    stance_to_push,
)
from exoactor.retarget import brace_motion, shove_motion, shuffle, sweep_motion
from exoactor.retarget.pushing import PushCfg
from exoactor.small_steps import Approach
from exoactor.types import Array, Contact, Pose2D, RobotMotion, Scene, SceneObject

BEHIND = Approach(near=0.06, worth=0.12)
"""The palms find a side half a metre wide; how far it is, is looked at again."""
BESIDE = Approach(near=0.05, worth=0.13, rounds=4, farthest=0.7)
"""A hand that pushes need not be as exact as one that grasps."""
LEANING = StepFeedbackCfg(gain=2.0, velocity=(0.4, 0.12, 0.4))
"""What is pushed holds the robot back: steps have to go further ahead than those of one who is only late."""
ROUNDS = 3
"""Most stretches of a push."""
ENOUGH = 0.08
"""Short of the video's way by less than this, it is left there [m]."""
BACK = 0.35
"""Steps back when it is done, hands still before the body [m]."""


def shove(
    performed: Performance,
    means: Means,
    contact: Contact,
    before: Scene,
) -> None:
    """Step to behind a thing, bow with both hands before the body, and walk until it has gone as far as in the video.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        before: as perceived before the walk.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "out_of_reach") or ("track",
            "not_in_place").
    """
    first, then = standing_pose(performed.controller.actuation), before.get(contact.thing)
    thing, heading = then, 0.0
    for number in range(BEHIND.rounds + 1):
        if performed.fell:
            return
        thing = seen_thing(contact.thing, means.look(), thing)
        heading = heading_now(thing, then or thing, contact)
        here, stance = performed.here, stance_to_push(thing, heading)
        if BEHIND.arrived(here, stance, number):
            break
        performed.track(shuffle(here, stance, first[15:]), means.cfg, means.localize)
    assert thing is not None
    forward = np.array([np.cos(heading), np.sin(heading)])
    begun, push = thing.position[:2], PushCfg()
    motion = brace_motion(
        performed.here, feet_of(performed.estimator), palm_height(thing.item), HALF_APART, first, push
    )
    performed.track(motion, replace(means.cfg, end=0.2), None)
    leaning = replace(means, cfg=replace(means.cfg, end=0.1, steps=LEANING, settle=SettleCfg(most=0)))
    for number in range(ROUNDS):
        if performed.fell:
            return
        way = float(np.hypot(*contact.way)) - float((thing.position[:2] - begun) @ forward)
        if way < ENOUGH:
            break
        here = performed.here
        back = thing.position[:2] - half_along(thing.item, thing.yaw, heading) * forward
        free = float((back - here.xy) @ forward) - push.ahead - push.palm
        motion = shove_motion(here, _goal(here, thing, forward, heading, way + max(free, 0.0)), motion, push)
        if number == 0:
            means.keep(motion)
        performed.track(motion, leaning.cfg, means.localize, goes_on=True)
        seen = means.look().get(contact.thing)
        if seen is None or seen.confidence < 0.5 or seen.lies:
            break
        thing = seen
    _leave(performed, leaning, motion, first, push)


def aside(
    performed: Performance,
    means: Means,
    contact: Contact,
    side: Side,
    before: Scene,
) -> None:
    """Raise a hand, step to where it reaches behind a thing on a table, push it as far as in the video, and step back.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        side: of the hand, as the video shows it.
        before: as perceived before the walk.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "out_of_reach") or ("track",
            "not_in_place").
    """
    then = before.get(contact.thing)
    toward = way = 0.0

    def stance(thing: SceneObject, scene: Scene, here: Pose2D) -> tuple[Pose2D, float]:
        nonlocal toward, way
        carrier, toward = on_top(thing, scene, faced_now(thing, then or thing, contact.heading), contact)
        way = way_now(thing, toward, carrier, contact)
        return stance_beside(thing, toward, side, carrier, way)

    come = come_up(performed, means, contact, side, before, stance, BESIDE)
    if come is None:
        return
    thing, up = come
    direction = np.array([np.cos(toward), np.sin(toward)])
    half = half_along(thing.item, thing.yaw, toward)
    touch = np.append(thing.position[:2] - half * direction, thing.position[2] + hand_height(thing.item))
    feet = feet_of(performed.estimator)
    motion = sweep_motion(performed.here, feet, side, touch, way * direction, contact, up)
    means.keep(motion)
    # Standing, the legs tell better than a picture of a bent robot where it is.
    performed.track(motion, replace(means.cfg, end=0.2), None)
    if not performed.fell:
        step_back(performed, means)


def push(
    performed: Performance,
    means: Means,
    contact: Contact,
    before: Scene,
) -> None:
    """`shove` or `aside`, by the hands that the video shows."""
    side = hand_of(contact)
    if side is None:
        shove(performed, means, contact, before)
    else:
        aside(performed, means, contact, side, before)


def _goal(here: Pose2D, thing: SceneObject, forward: Array, heading: float, way: float) -> Pose2D:
    """Straight ahead, and half way back to the line through the thing's middle: all of it would turn the thing."""
    left = np.array([-forward[1], forward[0]])
    off = float((thing.position[:2] - here.xy) @ left)
    goal = here.xy + way * forward + 0.5 * off * left
    return Pose2D(float(goal[0]), float(goal[1]), heading)


def _leave(
    performed: Performance,
    means: Means,
    motion: RobotMotion,
    first: Array,
    push: PushCfg,
) -> None:
    """Step back with the hands before the body, and only then stand up: they would catch on what was pushed."""
    if not performed.fell:
        motion = shove_motion(performed.here, performed.here.ahead(-BACK), motion, push)
        performed.track(motion, means.cfg, means.localize, goes_on=True)
    if not performed.fell:
        performed.track(
            still(performed, first, 0.8), replace(means.cfg, blend=1.4, steps=None, end=0.2), means.localize
        )
