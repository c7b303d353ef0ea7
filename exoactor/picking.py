"""One hand takes a thing and sets it down: a hand comes up, small steps, look, grasp; let down, step back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from exoactor.container import BESIDE_IT, let_go_at
from exoactor.control import StateEstimator, standing_pose
from exoactor.grasp import FARTHEST, Side, grasp, grasp_height, hand_point, stance_at
from exoactor.grip import tops_below
from exoactor.performance import Means, Performance, drop_of, feet_of, seen_thing
from exoactor.placing import EDGE, EDGE_BROUGHT, spot_on
from exoactor.retarget import carry_motion, hand_in_world, pick_motion, place_motion, raised, shuffle
from exoactor.retarget.grasping import CLOSED
from exoactor.small_steps import Approach, SmallSteps
from exoactor.types import (
    CONTROL_HZ,
    Array,
    CatalogueItem,
    Contact,
    HandTargets,
    Pose2D,
    RobotMotion,
    Scene,
    SceneObject,
    StageError,
)
from exoactor.types.rotations import yaw_matrix

HAND = Approach(near=0.035, worth=0.08, rounds=4, farthest=0.7)
"""An arm makes up for more than two palms do; the walk before it ends farther off."""
AT_REST = 1.0
"""After a walk with something in the hand one stands so long before letting it down [s]."""
STEP_BACK = 0.30
"""From where the hand is above a table to where it can hang again [m]."""
EMPTY = 0.25
"""Fingers that get nearer than this to where they were told have closed round nothing [rad]."""


def pick_up(
    performed: Performance,
    means: Means,
    contact: Contact,
    side: Side,
    before: Scene,
) -> RobotMotion | None:
    """Raise a hand, step to where it reaches the thing as it stands now, and do with it what the video does.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        side: of the hand, as the video shows it.
        before: as perceived before the walk.

    Returns:
        The motion in which the hand took hold; None if the robot fell before, or the hand closed round nothing, in
        which case the robot steps back.

    Raises:
        StageError: ("track", "no_fingers"), ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground",
            "out_of_reach") or ("track", "not_in_place").
    """
    if performed.robot.sense().fingers is None:
        raise StageError("track", "no_fingers", "the robot's hands have no fingers")

    def stance(thing: SceneObject, scene: Scene, here: Pose2D) -> tuple[Pose2D, float]:
        return stance_at(thing, here.yaw, side, scene.objects)

    come = come_up(performed, means, contact, side, before, stance)
    if come is None:
        return None
    seen, up = come
    here = performed.here
    motion = pick_motion(here, feet_of(performed.estimator), grasp(seen, side), contact, up)
    means.keep(motion)
    # Standing, the legs tell better than a picture of a bent robot where it is.
    performed.track(motion, replace(means.cfg, end=0.2), None)
    if performed.fell:
        return None
    if not _holds(performed, side):
        step_back(performed, means)
        return None
    return motion


def come_up(
    performed: Performance,
    means: Means,
    contact: Contact,
    side: Side,
    before: Scene,
    stance_of: Callable[[SceneObject, Scene, Pose2D], tuple[Pose2D, float]],
    approach: Approach = HAND,
) -> tuple[SceneObject, Array] | None:
    """Raise a hand and step to where it reaches a thing as it stands now.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        side: of the hand.
        before: as perceived before the walk.
        stance_of: of the thing, the scene and where the robot is: where it has to stand, and how far the thing is ahead
            of it then [m].
        approach: how near it has to come.

    Returns:
        The thing, and the posture (29,) with that hand raised [rad]; None if the robot fell.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "out_of_reach") or ("track",
            "not_in_place").
    """
    if performed.robot.sense().fingers is not None:
        performed.robot.hold_fingers(np.zeros(14))
    up = raised(standing_pose(performed.controller.actuation), side)
    performed.track(still(performed, up, 0.5), replace(means.cfg, blend=1.2), means.localize)
    seen, steps = before.get(contact.thing), SmallSteps(approach.worth)
    for number in range(approach.rounds + 1):
        if performed.fell:
            return None
        scene = means.look()
        seen = seen_thing(contact.thing, scene, seen)
        here = performed.here
        stance, ahead = stance_of(seen, scene, here)
        if ahead > FARTHEST:
            raise StageError("ground", "out_of_reach", f"{contact.thing} is {ahead:.2f} m from where a robot can stand")
        try:
            if approach.arrived(here, stance, number):
                break
        except StageError:
            step_back(performed, means)
            raise
        performed.track(shuffle(here, steps.aim(here, stance), up[15:]), means.cfg, means.localize)
    assert seen is not None
    return seen, up


def set_down(
    performed: Performance,
    means: Means,
    contact: Contact,
    before: RobotMotion,
    seen: Scene,
) -> None:
    """Let down what one hand holds onto what is below it, or to above a rim, open the fingers, and step back.

    Where it is held is known better from the arm than from a picture in which fingers hide it.

    Args:
        performed: gets the stretches; its `hand` is that of the pick.
        means: of the attempt.
        contact: what the video does.
        before: the motion in which the thing was taken, by which hand.
        seen: as perceived before: who holds something over a basket may hide it.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "not_in_hands"), ("ground",
            "nothing_below") or ("ground", "not_above").
    """
    scene = means.look()
    thing = scene.get(contact.thing)
    if thing is None:
        raise StageError("ground", "target_gone", f"{contact.thing} is not seen in the robot's hand")
    if before.hand is None or not _holds(performed, before.hand.side):
        raise StageError("ground", "not_in_hands", f"the fingers have closed round nothing, {contact.thing} is lost")
    side, low = before.hand.side, grasp_height(thing.item)
    at, _ = hand_in_world(before, performed.here)
    held = replace(thing, position=at - np.array([0.0, 0.0, low]))
    into = None if contact.into is None else seen_thing(contact.into, scene, seen.get(contact.into))
    drop, tops, edge = 0.0 if into else drop_of(held, contact, scene), tops_below(held, scene), EDGE
    standing = standing_pose(performed.controller.actuation)
    if before.hand.frame == "root":
        # Feet that are still stepping are no base to bow on.
        before, edge = carry_motion(still(performed, standing, AT_REST), before), EDGE_BROUGHT
        performed.track(before, replace(means.cfg, end=0.2), means.localize, goes_on=True)
        if performed.fell:
            return
    here = performed.here
    at, _ = hand_in_world(before, here)
    if into is not None:
        to = let_go_at(into, thing, at[:2]) + np.array([0.0, 0.0, low])
        if (aside := float(np.linalg.norm(to[:2] - at[:2]))) > BESIDE_IT:
            raise StageError("ground", "not_above", f"{thing.id} is held {aside:.2f} m beside the opening of {into.id}")
    else:
        to = np.array([*(at[:2] if not tops else spot_on(tops[0], thing, at[:2], edge)), at[2] - drop])
    up = raised(standing, side)
    motion = place_motion(here, feet_of(performed.estimator), side, to, before, up)
    means.keep(motion)
    performed.track(motion, replace(means.cfg, end=0.2), None, goes_on=True)
    if not performed.fell:
        step_back(performed, means)


def held_at(estimator: StateEstimator, hand: HandTargets, item: CatalogueItem) -> Array:
    """(3,) the middle of the underside of what a hand holds, by the encoders of its arm [m]."""
    point, _, _ = estimator.kinematics.hand_point(("left", "right").index(hand.side), hand_point(hand.side))
    x, y, yaw = (float(v) for v in estimator.pose)
    below = np.array([0.0, 0.0, estimator.height - grasp_height(item)])
    return np.asarray(np.append(np.array([x, y]) + yaw_matrix(yaw) @ point[:2], point[2]) + below)


def step_back(performed: Performance, means: Means) -> None:
    """Straighten up, go away from a table with the arms as they are, and only then let them hang."""
    standing = standing_pose(performed.controller.actuation)
    upright = np.append(standing[:15], performed.robot.sense().joint_pos[15:])
    # Who begins to step while still bowed steps on for metres.
    performed.track(still(performed, upright, 0.6), replace(means.cfg, blend=1.4, end=0.2), means.localize)
    if performed.fell:
        return
    here = performed.here
    performed.track(shuffle(here, here.ahead(-STEP_BACK), upright[15:]), means.cfg, means.localize)
    if not performed.fell:
        if performed.robot.sense().fingers is not None:
            performed.robot.hold_fingers(np.zeros(14))
        performed.track(still(performed, standing, 0.6), replace(means.cfg, blend=1.2), means.localize)


def _holds(performed: Performance, side: Side) -> bool:
    """Whether the fingers of a hand that was told to close are kept open by something."""
    fingers = performed.robot.sense().fingers
    if fingers is None:
        return False
    mine = np.abs(fingers[:7] if side == "left" else fingers[7:])
    # thumb_2, middle_0 and index_0 meet nothing on their way into an empty hand
    return bool(np.mean(np.abs(CLOSED[[2, 3, 5]]) - mine[[2, 3, 5]]) > EMPTY)


def still(performed: Performance, joints: Array, seconds: float) -> RobotMotion:
    """Stand where the robot stands, in a posture (29,) [rad]."""
    count = round(seconds * CONTROL_HZ)
    x, y, yaw = (float(v) for v in performed.estimator.pose)
    place = np.array([x, y, performed.estimator.kinematics.standing_height(joints)])
    quat = np.array([np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)])
    return RobotMotion(
        np.tile(place, (count, 1)), np.tile(quat, (count, 1)), np.tile(joints, (count, 1)), np.ones((count, 2), bool)
    )
