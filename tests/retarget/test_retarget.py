"""Retargeting of procedural people: what a controller needs to be able to rely on."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from exoactor.bench.retarget import acted, as_estimated, tracked
from exoactor.body import load_body
from exoactor.ground import RootPath, ground, root_path
from exoactor.ground.gestures import held_arms
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.retarget import RetargetCfg, retarget
from exoactor.retarget.footsteps import StepCfg, rhythm
from exoactor.retarget.timing import TimingCfg, timeline
from exoactor.retarget.wholebody import SOLE, forward, kinematics
from exoactor.types import CONTROL_HZ, Action, ConfigError, Pose2D
from exoactor.types.rotations import quat_to_rpy, wrap

FEET = ("left_ankle_roll_link", "right_ankle_roll_link")


@cache
def motion(kind, seed=0, method="ik"):
    human, scene = acted(kind, seed)
    grounded = ground(as_estimated(human, scene.camera, seed), scene)
    return grounded, retarget(grounded, method)


def feet_of(robot):
    return forward(robot.root_pos, robot.root_quat, robot.joint_pos, FEET)


@pytest.mark.parametrize(("kind", "seed"), [("walk", 0), ("walk", 3), ("around", 1), ("turn", 0)])
def test_planted_feet_neither_slide_nor_tilt_nor_leave_the_floor(kind, seed):
    _, robot = motion(kind, seed)
    places, turns = feet_of(robot)
    for foot in (0, 1):
        planted = robot.contacts[1:, foot] & robot.contacts[:-1, foot]
        slide = np.linalg.norm(np.diff(places[:, foot, :2], axis=0), axis=1)
        assert slide[planted].max() < 2e-4
        down = robot.contacts[:, foot]
        assert np.abs(places[down, foot, 2] - SOLE).max() < 1e-3
        assert np.degrees(np.arccos(turns[:, foot, 2, 2].clip(-1, 1))).max() < 0.5
        assert places[:, foot, 2].min() > SOLE - 1e-3
    assert robot.contacts.any(axis=1).all()
    assert (~robot.contacts).any()


@pytest.mark.parametrize(("kind", "seed"), [("walk", 0), ("walk", 5), ("around", 2), ("turn", 3), ("wave", 0)])
def test_it_starts_and_ends_where_it_should_with_parallel_feet(kind, seed):
    grounded, robot = motion(kind, seed)
    places, _ = feet_of(robot)
    yaw = quat_to_rpy(robot.root_quat)[:, 2]
    for frame, pose in ((0, grounded.start), (-1, grounded.goal)):
        assert np.linalg.norm(robot.root_pos[frame, :2] - pose.xy) < 2e-3
        assert abs(wrap(yaw[frame] - pose.yaw)) < 5e-3
        across = places[frame, 0] - places[frame, 1]
        assert np.linalg.norm(across[:2]) == pytest.approx(0.23, abs=0.012)
        assert abs(across[:2] @ pose.forward) < 0.012
    still = robot.contacts.all(axis=1)[::-1]
    standing = len(still) if still.all() else int(np.argmin(still))
    assert standing >= RetargetCfg().stand_after * CONTROL_HZ


@pytest.mark.parametrize("kind", ["walk", "around", "turn", "wave", "point", "stand"])
@pytest.mark.parametrize("method", ["ik", "direct"])
def test_joint_limits_hold(kind, method):
    _, robot = motion(kind, 1, method)
    low, high = kinematics().jnt_range[1:].T
    assert (robot.joint_pos >= low - 1e-6).all() and (robot.joint_pos <= high + 1e-6).all()
    assert robot.fps == CONTROL_HZ
    if method == "ik":
        assert np.abs(np.diff(robot.joint_pos, axis=0)).max() * CONTROL_HZ < 16


@pytest.mark.parametrize(("kind", "seed"), [("walk", 0), ("around", 1), ("turn", 0)])
def test_the_settling_cycle_is_periodic_and_on_the_spot(kind, seed):
    grounded, robot = motion(kind, seed)
    first, last = robot.settle
    assert robot.contacts[first - 1].all() and robot.contacts[last - 1].all()
    np.testing.assert_allclose(robot.joint_pos[last - 1], robot.joint_pos[first - 1], atol=0.02)
    assert not robot.contacts[first:last, 0].all() and not robot.contacts[first:last, 1].all()
    assert np.linalg.norm(robot.root_pos[first:last, :2] - grounded.goal.xy, axis=1).max() < 0.045
    assert np.abs(wrap(quat_to_rpy(robot.root_quat[first:last])[:, 2] - grounded.goal.yaw)).max() < 0.01
    assert robot.contacts[last:].all()


@pytest.mark.parametrize("kind", ["wave", "point", "stand"])
def test_gestures_have_no_steps_and_keep_their_time(kind):
    grounded, robot = motion(kind)
    assert robot.settle is None and robot.contacts.all()
    assert robot.seconds == pytest.approx(grounded.human.seconds, abs=0.65)


@pytest.mark.parametrize("seed", range(4))
def test_the_robots_arm_points_where_the_grounded_arm_does(seed):
    grounded, robot = motion("point", seed)
    held = held_arms(grounded.human)[0]
    names = (f"{held.side}_shoulder_roll_link", f"{held.side}_wrist_yaw_link")
    frames = slice(int(2 * held.first + 10), int(2 * held.last - 10))
    places, _ = forward(robot.root_pos[frames], robot.root_quat[frames], robot.joint_pos[frames], names)
    arm = (places[:, 1] - places[:, 0]).mean(axis=0)
    arm /= np.linalg.norm(arm)
    assert np.degrees(np.arccos(arm @ held.direction)) < 5


@pytest.mark.parametrize("seed", range(3))
def test_a_waving_hand_is_above_the_shoulder_and_swings(seed):
    _, robot = motion("wave", seed)
    heights = []
    for side in ("left", "right"):
        places, _ = forward(
            robot.root_pos, robot.root_quat, robot.joint_pos, (f"{side}_shoulder_roll_link", f"{side}_wrist_yaw_link")
        )
        heights.append(places[:, 1, 2] - places[:, 0, 2])
    assert max(h.max() for h in heights) > 0.03


def test_one_and_a_half_metres_take_at_most_eight_seconds():
    _, scene = acted("stand", 0)
    scene, body = replace(scene, objects=(), robot=Pose2D(0.0, 0.0, 0.0)), load_body()
    actions = (Action("walk", "", goal=Pose2D(1.5, 0.0, 0.0)),)
    motion = act(actions, walking_paths(scene, actions, PathCfg()), scene.robot, sample_style(body, 1), body, 25.0)
    robot = retarget(ground(as_estimated(motion.to_human(body), scene.camera, 1), scene))
    assert robot.seconds < 6.5
    result = tracked(robot, closed_loop=True, tail=0.1)
    assert not result.fell and result.seconds <= 8.0 and result.end < 0.08


def test_root_speed_is_what_the_robot_can_walk():
    for seed in range(3):
        grounded, robot = motion("walk", seed)
        path = root_path(grounded.human)
        smooth = np.convolve(
            np.linalg.norm(np.gradient(robot.root_pos[:, :2], axis=0), axis=1), np.ones(25) / 25, "same"
        )
        assert smooth.max() * CONTROL_HZ < 0.65
        rate = np.abs(np.gradient(np.unwrap(quat_to_rpy(robot.root_quat)[:, 2]))) * CONTROL_HZ
        assert rate.max() < 1.05 * TimingCfg().turn
        along = np.linalg.norm(robot.root_pos[:, None, :2] - path.xy[None], axis=2).min(axis=1)
        assert along.max() < 0.07


def test_the_direct_method_keeps_path_and_time():
    grounded, robot = motion("walk", 0, "direct")
    human = grounded.human
    assert robot.seconds == pytest.approx(human.seconds, abs=0.02)
    np.testing.assert_allclose(robot.root_pos[::2, :2], human.joints[: len(robot.root_pos[::2]), 0, :2], atol=0.02)
    knee = robot.joint_pos[:, 3]
    assert knee.max() > 0.5 and robot.settle is None


def test_the_rhythm_of_the_video_is_taken_where_it_fits():
    cfg = StepCfg()
    period = 23
    contacts = np.ones((250, 2), bool)
    for k in range(8):
        contacts[20 + k * period : 20 + k * period + 18, k % 2] = False
    clock = np.arange(500) / 50.0
    step, first = rhythm(contacts, 50.0, clock, 50.0, cfg)
    assert step == pytest.approx(period / 50.0, abs=0.011) and first == 0
    slow = rhythm(contacts, 50.0, clock / 2, 50.0, cfg)
    assert slow == (cfg.swing, 0)
    assert rhythm(np.ones((50, 2), bool), 50.0, clock, 50.0, cfg) == (cfg.swing, None)


def test_unknown_methods_are_refused():
    grounded, _ = motion("stand")
    with pytest.raises(ConfigError, match="'ik' or 'direct'"):
        retarget(grounded, "magic")


def test_a_clip_that_begins_and_ends_in_motion():
    grounded, _ = motion("walk", 0)
    human = grounded.human
    moves = root_path(human).moves[0]
    cut = slice(moves[0] + 15, moves[1] - 10)
    fields = ("global_orient", "transl", "body_pose", "joints", "contacts", "confidence")
    short = replace(human, **{name: getattr(human, name)[cut] for name in fields})
    path = root_path(short)
    ends = [Pose2D(*(float(v) for v in path.poses[k])) for k in (0, -1)]
    robot = retarget(replace(grounded, human=short, start=ends[0], goal=ends[1]), "ik", RetargetCfg())
    assert robot.settle is not None
    assert np.linalg.norm(robot.root_pos[-1, :2] - ends[1].xy) < 2e-3


@pytest.mark.parametrize(("kind", "seed"), [("walk", 0), ("turn", 1), ("point", 0)])
def test_the_robot_follows_it_in_physics(kind, seed):
    _, robot = motion(kind, seed)
    result = tracked(robot, closed_loop=True)
    assert not result.fell
    assert result.end < 0.10 and np.degrees(result.turn) < 6
    assert result.keypoint < 0.05


def test_a_crouch_is_kept_and_the_feet_stay_planted():
    grounded, standing = motion("stand")
    human = grounded.human
    joints = human.joints.copy()
    dip = np.exp(-((np.arange(len(human)) - len(human) / 2) ** 2) / 150.0)
    joints[:, 0, 2] *= 1 - 0.25 * dip
    robot = retarget(replace(grounded, human=replace(human, joints=joints)))
    assert 0.12 < standing.root_pos[:, 2].min() - robot.root_pos[:, 2].min() < 0.2
    places, _ = feet_of(robot)
    assert np.abs(places[..., 2] - SOLE).max() < 1e-3


def test_a_short_pause_between_turn_and_walk_is_stepped_through():
    fps, yaw = 25.0, np.concatenate([np.zeros(10), np.linspace(0, 1.5, 30), np.full(85, 1.5)])
    y = np.concatenate([np.zeros(65), np.linspace(0, 1.5, 50), np.full(10, 1.5)])
    path = RootPath(fps, np.column_stack([0 * y, y]), yaw, ((10, 40), (65, 115)))
    cfg = TimingCfg()
    at_once = timeline(path, 50.0, cfg, 0.0)
    apart = timeline(path, 50.0, replace(cfg, join=0.5), 0.0)
    assert len(at_once.walks) == 1 and len(apart.walks) == 2
    assert len(at_once.poses) < len(apart.poses) - 50 * cfg.closing
    np.testing.assert_allclose(at_once.poses[-1], [0, 1.5, 1.5], atol=1e-6)
