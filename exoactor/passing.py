"""Performing the way over or under a bar: small steps up to it, look, go across as the video does, stop beyond."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoactor.control import standing_pose
from exoactor.control.mirrored import Mirrored
from exoactor.passage import STAND_BEFORE, along_and_aside, kept_inside, pose_by, room_below, turned_as
from exoactor.performance import Means, Performance, feet_of, seen_thing
from exoactor.retarget import StepOverCfg, duck_motion, shuffle, step_over_motion
from exoactor.small_steps import Approach
from exoactor.types import Array, Passage, Pose2D, Scene, SceneObject, StageError

UP_TO = Approach(near=0.03, turned=float(np.radians(5.0)), worth=0.06, rounds=4)
"""A step that begins 6 cm off comes down on the bar."""
BEYOND = (0.40, 0.80)
"""Nearest to a bar and farthest from it that the robot stops [m]; in between, where the video ends."""
FARTHER = 0.25
"""Who gets so much farther stays there [m]; steps back to the bar are not worth the risk."""


def go_across(
    performed: Performance,
    means: Means,
    passage: Passage,
    before: Scene,
) -> None:
    """Step to before the bar as it stands now, go over or under it as the video does, and stop where the video ends.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        passage: what the video does.
        before: as perceived before the walk.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "toppled"), ("retarget",
            "too_high"), ("retarget", "too_low") or ("track", "not_in_place").
    """
    first = standing_pose(performed.controller.actuation)
    bar = before.get(passage.thing)
    begin = StepOverCfg().ahead if passage.way == "over" else STAND_BEFORE["under"]
    if passage.way == "over" and passage.first_foot == "left":
        # the small steps too: which foot they leave behind is as one-sided as the high ones
        performed = replace(performed, controller=Mirrored(performed.controller))
    for number in range(UP_TO.rounds + 1):
        if performed.fell:
            return
        bar, here = _seen(passage, means.look(), bar), performed.here
        stance = pose_by(bar, passage.forward, kept_inside(bar, passage.aside), -begin)
        # what counts is where the feet stand; the pelvis of a robot that has just stopped may be before or behind them
        feet = _middle(performed)
        if UP_TO.arrived(feet, stance, number):
            break
        x, y = stance.xy + here.xy - feet.xy
        performed.track(shuffle(here, Pose2D(float(x), float(y), stance.yaw), first[15:]), means.cfg, means.localize)
    assert bar is not None
    ahead = -_beyond(bar, passage, _middle(performed))
    if passage.way == "over":
        motion = step_over_motion(here, feet_of(performed.estimator), ahead, passage, first[15:])
        # A picture of one leg in the air moves the belief by centimetres; the standing foot does not.
        # Nor are feet displaced against the root's error: it is one all along, and they have a bar to clear.
        track_cfg, by_looks = replace(means.cfg, end=0.2, steps=None), None
    else:
        goal = pose_by(bar, passage.forward, kept_inside(bar, passage.aside), STAND_BEFORE["under"])
        motion = duck_motion(here, goal, room_below(bar.item), passage, first[15:])
        track_cfg, by_looks = replace(means.cfg, end=0.2), means.localize
    means.keep(motion)
    performed.track(motion, track_cfg, by_looks)
    if performed.fell:
        return
    here = performed.here
    reached = _beyond(bar, passage, here)
    wanted = float(np.clip(passage.beyond, *BEYOND))
    if reached > 0:
        # small steps on the spot too: who has just come over stands with one foot ahead of the other, or still moves
        aside = float(along_and_aside(bar, here.xy[None])[0, 1])
        goal = pose_by(bar, passage.forward, aside, float(np.clip(reached, wanted, wanted + FARTHER)))
        performed.track(shuffle(here, goal, first[15:]), means.cfg, means.localize)


def _seen(passage: Passage, scene: Scene, earlier: SceneObject | None) -> SceneObject:
    """The bar where it is seen now; the robot itself may hide it by now, then where it was earlier."""
    now = scene.get(passage.thing)
    if now is not None and now.lies:
        raise StageError("ground", "toppled", f"{passage.thing} was knocked over")
    found = seen_thing(passage.thing, scene, earlier)
    return found if earlier is None else turned_as(found, earlier)


def _middle(performed: Performance) -> Pose2D:
    """The middle between the ankles, with the pelvis's heading."""
    middle = feet_of(performed.estimator)[:, :2].mean(axis=0)
    return Pose2D(float(middle[0]), float(middle[1]), performed.here.yaw)


def _beyond(bar: SceneObject, passage: Passage, here: Pose2D) -> float:
    """How far a pose is beyond the middle of a bar, negative before it [m]."""
    along: Array = along_and_aside(bar, here.xy[None])[0]
    return float(along[0]) * (1.0 if passage.forward else -1.0)
