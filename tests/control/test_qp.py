import numpy as np
import pytest

from exoactor.control import QPController, TrackCfg, stand, standing_pose, track
from exoactor.control.training.gestures import reaching
from exoactor.control.training.posing import Poser
from exoactor.control.training.sim import FloorRobot, fallen, floor_model

pytestmark = pytest.mark.assets


def robot_for(controller):
    pose = standing_pose(controller.actuation)
    return FloorRobot(floor_model(), np.concatenate([[0, 0, 0.8], [1, 0, 0, 0], pose]), seed=1)


def test_it_stands_and_withstands_a_push():
    controller = QPController()
    robot = robot_for(controller)
    assert stand(robot, controller, 1.5)
    robot.data.qvel[:2] += [0.1, 0.05]
    assert stand(robot, controller, 2.0)
    assert not fallen(robot.data) and controller.failures == 0
    assert np.hypot(*robot.truth[:2]) < 0.05


def test_it_reaches_without_weights():
    controller = QPController()
    robot = robot_for(controller)
    motion = reaching(Poser(robot.model), np.random.default_rng(3), 3.0)
    rollout = track(robot, controller, motion, cfg=TrackCfg(look_hz=0))
    assert not rollout.fell
    assert rollout.metrics["joint_error_deg"] < 4


def test_torques_stay_within_the_motors():
    controller = QPController()
    robot = robot_for(controller)
    sensors = robot.sense()
    from exoactor.types import TrackingCommand

    far = np.array(controller.actuation.default_pos)
    far[[15, 22]] -= 2.5
    targets = controller.act(sensors, TrackingCommand(np.zeros(2), 0.76, np.zeros(2), 0.0, far))
    actuation = controller.actuation
    torque = actuation.kp * (targets - sensors.joint_pos) - actuation.kd * sensors.joint_vel
    assert np.all(np.abs(torque) <= actuation.torque_limit * 1.001 + 1e-6)
