import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.control import StateEstimator, twist2
from exoactor.control.kinematics import Kinematics
from exoactor.types import Pose2D, Sensors
from exoactor.types.rotations import quat_multiply, wrap, yaw_quat

pytestmark = pytest.mark.assets


def reading(time, yaw=0.0, joints=twist2.ACTUATION.default_pos, contact=(True, True), pitch=0.0):
    tilt = np.array([np.cos(pitch / 2), 0, np.sin(pitch / 2), 0])
    quat = quat_multiply(yaw_quat(yaw), tilt)
    return Sensors(time, joints, np.zeros(29), quat, np.zeros(3), np.array([0, 0, 9.81]), np.array(contact))


def test_standing_still_moves_nothing_and_heights_agree():
    estimator = StateEstimator()
    estimator.start(Pose2D(1.0, 2.0, 0.5))
    for k in range(100):
        estimator.update(reading(0.02 * k, yaw=-2.0))
    assert np.allclose(estimator.pose, [1.0, 2.0, 0.5], atol=1e-9)
    assert estimator.height == pytest.approx(Kinematics().standing_height(twist2.ACTUATION.default_pos), abs=1e-9)
    assert estimator.std[0] > 0.03  # it knows that it knows less and less


@settings(max_examples=20, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3))
def test_only_changes_of_the_imu_yaw_count(imu, heading):
    """An IMU knows no north; and turning on the spot by gyro turns the pose by as much."""
    estimator = StateEstimator()
    estimator.start(Pose2D(0.0, 0.0, heading))
    for k in range(11):
        estimator.update(reading(0.02 * k, yaw=imu + 0.03 * k, contact=(False, False)))
    assert float(wrap(estimator.pose[2] - heading - 0.3)) == pytest.approx(0.0, abs=1e-9)


def test_the_pelvis_moves_against_the_planted_foot():
    """Both feet slide back under the pelvis by the hips: the pelvis goes ahead as far, along the heading."""
    estimator = StateEstimator()
    estimator.start(Pose2D(0.0, 0.0, np.pi / 2))
    body = Kinematics()
    joints = np.array(twist2.ACTUATION.default_pos)
    first = None
    for k in range(20):
        joints[[0, 6]] = -0.2 + 0.01 * k
        joints[[4, 10]] = -0.2 - 0.01 * k  # the soles stay level
        estimator.update(reading(0.02 * k, joints=joints))
        body.update(joints, np.array([1.0, 0, 0, 0]))
        ankle = body.soles().mean(axis=(0, 1))[0]
        first = ankle if first is None else first
    assert ankle - first < -0.05
    assert np.allclose(estimator.pose, [0.0, -(ankle - first), np.pi / 2], atol=2e-3)


def test_a_fix_pulls_by_its_share_and_shrinks_the_uncertainty():
    estimator = StateEstimator()
    estimator.start(Pose2D(0.0, 0.0, 0.0), np.array([0.1, 0.1, 0.1]))
    assert estimator.fix(Pose2D(0.1, 0.0, -0.1), np.array([0.1, 0.1, 0.1]))
    assert np.allclose(estimator.pose, [0.05, 0.0, -0.05], atol=1e-9)
    assert np.allclose(estimator.std, 0.1 / np.sqrt(2))


def test_fixes_wrap_the_heading():
    estimator = StateEstimator()
    estimator.start(Pose2D(0.0, 0.0, 3.1), np.full(3, 0.1))
    assert estimator.fix(Pose2D(0.0, 0.0, -3.1), np.full(3, 0.1))
    assert abs(estimator.pose[2]) > 3.1


def test_a_wild_fix_is_refused_once_but_not_for_ever():
    estimator = StateEstimator()
    estimator.start(Pose2D(0.0, 0.0, 0.0))
    wild, std = Pose2D(1.5, 0.0, 0.0), np.full(3, 0.02)
    assert not estimator.fix(wild, std)
    assert np.allclose(estimator.pose, 0.0)
    assert any(estimator.fix(wild, std) for _ in range(3))
    assert estimator.pose[0] == pytest.approx(1.5, abs=0.1)


def test_the_first_fix_is_the_start():
    estimator = StateEstimator()
    assert not estimator.located
    assert estimator.fix(Pose2D(1.0, 1.0, 1.0), np.full(3, 0.05))
    assert np.allclose(estimator.pose, 1.0) and estimator.located


def test_reading_the_same_moment_twice_changes_nothing():
    a, b = StateEstimator(), StateEstimator()
    for estimator, times in ((a, (0.0, 0.02, 0.04)), (b, (0.0, 0.02, 0.02, 0.02, 0.04))):
        for time in times:
            estimator.update(reading(time, yaw=time * 10))
    assert np.array_equal(a.pose, b.pose) and np.array_equal(a.std, b.std)


def test_tilt_is_seen():
    estimator = StateEstimator()
    estimator.update(reading(0.0, pitch=1.2))
    assert estimator.tilt == pytest.approx(1.2)
