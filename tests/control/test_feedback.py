import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.control import twist2
from exoactor.control.feedback import (
    PostureFeedback,
    PostureFeedbackCfg,
    RootFeedback,
    RootFeedbackCfg,
    WristFeedback,
    WristFeedbackCfg,
)
from exoactor.control.kinematics import Kinematics
from exoactor.control.reference import Reference
from exoactor.control.steps import StepFeedback
from exoactor.types import RobotMotion, TrackingCommand
from exoactor.types.rotations import yaw_matrix

angles = st.floats(-3.1, 3.1)


def command(joints=twist2.ACTUATION.default_pos):
    return TrackingCommand(np.zeros(2), 0.75, np.zeros(2), 0.0, joints)


@given(angles, st.floats(-2, 2), st.floats(-2, 2), angles)
def test_the_correction_points_at_the_reference_and_is_limited(yaw, x, y, wanted_yaw):
    cfg = RootFeedbackCfg()
    out = RootFeedback(cfg).correct(command(), np.array([x, y, wanted_yaw]), np.array([0, 0, yaw]), resting=False)
    assert np.abs(out.velocity).max() <= cfg.max_velocity and abs(out.yaw_rate) <= cfg.max_yaw_rate
    world = yaw_matrix(yaw) @ out.velocity
    if np.hypot(x, y) > 1e-6:
        assert world @ [x, y] > 0


def test_small_errors_of_a_resting_robot_are_left_alone():
    feedback = RootFeedback()
    near = np.array([0.015, -0.01, 0.02])
    assert np.array_equal(feedback.correct(command(), near, np.zeros(3), resting=True).velocity, [0, 0])
    assert feedback.correct(command(), near, np.zeros(3), resting=True).yaw_rate == 0
    assert np.any(feedback.correct(command(), near, np.zeros(3), resting=False).velocity != 0)


@pytest.mark.assets
def test_wrist_integral_removes_a_constant_error():
    """An arm whose joints sag by a constant: the offset learns the sag."""
    body, feedback = Kinematics(), WristFeedback(WristFeedbackCfg(leak=1.0))
    flat = np.array([1.0, 0, 0, 0])
    joints = np.array(twist2.ACTUATION.default_pos)
    joints[15], joints[22] = -0.8, -0.8
    body.update(joints, flat)
    wanted = body.wrists()
    sag = np.zeros(29)
    sag[[15, 18, 22, 25]] = 0.12
    errors = []
    for _ in range(200):
        asked = feedback.correct(command(joints), wanted, body).joint_pos
        body.update(asked + sag, flat)
        errors.append(np.linalg.norm(body.wrists() - wanted, axis=1).max())
    assert errors[0] > 0.02 and errors[-1] < 0.002


def in_place(n=200, step=25):
    pos = np.tile([0.0, 0.0, 0.75], (n, 1))
    contacts = np.ones((n, 2), bool)
    for k in range(25, 175):
        contacts[k, (k // step) % 2] = k % step > 20
    joints = np.tile(twist2.ACTUATION.default_pos, (n, 1))
    return Reference(RobotMotion(pos, np.tile([1.0, 0, 0, 0], (n, 1)), joints, contacts))


@pytest.mark.assets
def test_steps_carry_the_feet_where_the_root_should_go():
    reference, body = in_place(), Kinematics()
    steps = StepFeedback(reference)
    flat = np.array([1.0, 0, 0, 0])
    body.update(reference.joint_pos[0], flat)
    home = body.soles().mean(axis=1)
    swing, stance = [], []
    for k in range(25, 170):
        out = steps.correct(reference.command(k), k, np.array([0.2, 0.0, 0.0]), np.zeros(3))
        body.update(out.joint_pos, flat)
        ahead = body.soles().mean(axis=1)[:, 0] - home[:, 0]
        for foot in (0, 1):
            (stance if reference.contacts[k, foot] else swing).append(ahead[foot])
        assert np.abs(body.soles()[..., 2] - home[:, None, 2]).max() < 0.012, "feet are displaced level"
    assert max(swing) > 0.02 and min(stance) < -0.02
    assert max(np.abs(swing + stance)) < 0.16


@pytest.mark.assets
def test_without_planned_contacts_no_steps_are_changed():
    motion = in_place()
    still = RobotMotion(motion.root_pos, motion.root_quat, motion.joint_pos, np.ones((len(motion), 2), bool))
    steps = StepFeedback(Reference(still))
    out = steps.correct(command(), 100, np.array([0.5, 0.3, 0.2]), np.zeros(3))
    assert np.array_equal(out.joint_pos, command().joint_pos)


@pytest.mark.parametrize("legs", [True, False])
def test_posture_integral_removes_a_sag_and_leaves_the_legs_alone_where_told(legs):
    feedback = PostureFeedback(PostureFeedbackCfg(leak=1.0), legs=legs)
    wanted = np.array(twist2.ACTUATION.default_pos)
    measured = wanted - 0.08
    for _ in range(600):
        measured = feedback.correct(command(wanted), wanted, measured).joint_pos - 0.08
    off = np.abs(wanted - measured)
    assert off[12:].max() < 0.001
    assert np.all(off[:12] < 0.005) if legs else np.allclose(off[:12], 0.08)


def test_posture_offsets_are_limited():
    cfg = PostureFeedbackCfg()
    feedback = PostureFeedback(cfg)
    wanted = np.zeros(29)
    for _ in range(5000):
        asked = feedback.correct(command(wanted), wanted, np.full(29, -1.0)).joint_pos
    assert np.allclose(asked[:12], cfg.leg_limit) and np.allclose(asked[12:], cfg.limit)
