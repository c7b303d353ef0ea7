import numpy as np
import pytest

from exoactor.control import SettleCfg, StateEstimator, StudentController, TrackCfg, stand, standing_pose, track
from exoactor.control.loop import FALL_TILT
from exoactor.control.reference import Reference
from exoactor.control.training.footsteps import GaitCfg, walk
from exoactor.control.training.posing import Poser
from exoactor.control.training.sim import FloorRobot, fallen, floor_model
from exoactor.formats.video import probe
from exoactor.types import CONTROL_HZ, Interrupted, Pose2D, RobotMotion

pytestmark = pytest.mark.assets


@pytest.fixture(scope="module")
def model():
    return floor_model(fast=True)


@pytest.fixture(scope="module")
def stroll(model):
    return walk(Poser(model), np.array([[0.8, 0.2, 0.3]]), GaitCfg(), in_place=1.0)


def standing_robot(model, seed=0):
    pose = standing_pose(StudentController().actuation)
    return FloorRobot(model, np.concatenate([[0, 0, 0.8], [1, 0, 0, 0], pose]), seed=seed)


def seen_by_camera(robot, std, seed):
    rng = np.random.default_rng(seed)

    def localize(observation, prior):
        pose = robot.truth + rng.normal(0, std)
        return Pose2D(*pose), np.array(std), 1.0

    return localize


def test_a_walk_ends_where_it_should(model, stroll):
    robot, estimator = standing_robot(model), StateEstimator()
    rollout = track(
        robot,
        StudentController(),
        stroll,
        start=Pose2D(*robot.truth),
        localize=seen_by_camera(robot, [0.02, 0.02, 0.03], 1),
        estimator=estimator,
    )
    off = robot.truth - stroll_end(stroll)
    assert not rollout.fell and not fallen(robot.data)
    assert np.hypot(off[0], off[1]) < 0.10 and abs(off[2]) < np.radians(8)
    assert np.hypot(*(estimator.pose - robot.truth)[:2]) < 0.05
    assert rollout.metrics["joint_error_deg"] < 6
    assert len(rollout.frames) >= 2.4 * rollout.seconds and rollout.metrics["fixes"] > 10
    assert len(rollout.pose) == len(rollout.joint_pos) == round(rollout.seconds * 50)


def stroll_end(motion):
    from exoactor.control.reference import Reference

    return Reference(motion).pose[-1]


def test_dead_reckoning_of_a_walk_is_good_to_a_tenth(model, stroll):
    robot, estimator = standing_robot(model, 4), StateEstimator()
    cfg = TrackCfg(look_hz=0, settle=SettleCfg(repeats=1))
    track(robot, StudentController(), stroll, start=Pose2D(*robot.truth), cfg=cfg, estimator=estimator)
    error = estimator.pose - robot.truth
    assert np.hypot(error[0], error[1]) < 0.08
    assert np.all(np.abs(error) < 4 * estimator.std)


def test_stopping_leaves_it_standing_within_two_seconds(model, stroll):
    robot = standing_robot(model)
    asked = []

    def stop_in_the_middle():
        asked.append(robot.data.time)
        return robot.data.time > 2.2

    with pytest.raises(Interrupted, match="stands"):
        track(robot, StudentController(), stroll, should_stop=stop_in_the_middle, cfg=TrackCfg(look_hz=0))
    assert robot.data.time - asked[-1] <= 2.0
    assert not fallen(robot.data)
    assert np.abs(robot.data.qvel[:2]).max() < 0.25


def test_ctrl_c_is_a_stop_too(model, stroll):
    robot = standing_robot(model)
    step, count = robot.step, []

    def interrupted(targets):
        count.append(1)
        if len(count) == 90:
            raise KeyboardInterrupt
        step(targets)

    robot.step = interrupted
    with pytest.raises(Interrupted):
        track(robot, StudentController(), stroll, cfg=TrackCfg(look_hz=0))
    assert 90 < len(count) <= 90 + 100
    assert not fallen(robot.data)


def test_a_fall_is_noticed_by_the_robot_itself(model, stroll):
    robot = standing_robot(model)
    robot.model.opt.gravity[:] = [4.0, 0, -9.81]
    try:
        rollout = track(robot, StudentController(), stroll, cfg=TrackCfg(look_hz=0))
    finally:
        robot.model.opt.gravity[:] = [0, 0, -9.81]
    assert rollout.fell and fallen_or_low(robot)
    assert rollout.seconds < stroll.seconds


def fallen_or_low(robot):
    _, x, y, _ = robot.data.qpos[3:7]
    tilt = np.arccos(1 - 2 * (x * x + y * y))
    return fallen(robot.data) or robot.data.qpos[2] < 0.6 or tilt > 0.9 * FALL_TILT


def test_looks_and_recording(model, stroll, tmp_path):
    robot = standing_robot(model)
    short = RobotMotion(stroll.root_pos[:60], stroll.root_quat[:60], stroll.joint_pos[:60], stroll.contacts[:60])
    clip = tmp_path / "rollout.mp4"
    rollout = track(robot, StudentController(), short, video=clip, cfg=TrackCfg(look_hz=5, video_fps=10))
    info = probe(clip)
    assert info.frames == len(rollout.frames) * 2 or abs(info.frames - 2 * len(rollout.frames)) <= 1
    assert info.frames == pytest.approx(rollout.seconds * 10, abs=1)
    times = np.diff([frame.time for frame in rollout.frames])
    assert np.allclose(times, 0.2)
    assert rollout.frames[0].proprioception.pose is not None


def test_standing_for_long(model):
    robot, estimator = standing_robot(model), StateEstimator()
    assert stand(robot, StudentController(), 20.0, estimator=estimator)
    assert np.hypot(*robot.truth[:2]) < 0.1 and abs(robot.truth[2]) < 0.15
    assert estimator.height == pytest.approx(robot.data.qpos[2], abs=0.02)


def test_open_loop_looks_but_does_not_steer(model, stroll):
    robot = standing_robot(model)
    rollout = track(robot, StudentController(), stroll, cfg=TrackCfg(closed_loop=False, look_hz=1))
    assert rollout.metrics["settle_repeats"] == 0
    assert rollout.seconds == pytest.approx(stroll.seconds + 0.4 + 0.6, abs=0.1)


def test_a_standing_robot_is_looked_at_more_often_than_a_walking_one(model, stroll):
    robot = standing_robot(model)
    reference = Reference(stroll)
    rollout = track(robot, StudentController(), stroll, cfg=TrackCfg(blend=0.0, look_hz=5, look_hz_moving=2))
    times = np.diff([frame.time for frame in rollout.frames])
    walked = (~reference.resting).sum() / CONTROL_HZ
    assert times.min() == pytest.approx(0.2, abs=0.021) and times.max() == pytest.approx(0.5, abs=0.021)
    assert np.sum(times > 0.4) == pytest.approx(2 * walked, rel=0.5)
