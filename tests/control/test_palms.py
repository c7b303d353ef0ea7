"""The outer loop on the palms, on a robot that does exactly what its joints are asked for."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from exoactor.control.kinematics import Kinematics
from exoactor.control.palms import PalmAim, PalmFeedback, PalmFeedbackCfg, fingers_down
from exoactor.types import TrackingCommand
from exoactor.world.g1 import default_actuation

pytestmark = pytest.mark.assets
UPRIGHT = np.array([1.0, 0, 0, 0])
START = default_actuation().default_pos
POSE, HEIGHT = np.array([0.4, -0.2, 0.7]), 0.75
INWARD = np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]])
INWARD_HERE = INWARD @ Rotation.from_euler("z", POSE[2]).as_matrix().T


def palms_in_world(kinematics):
    c, s = np.cos(POSE[2]), np.sin(POSE[2])
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    return kinematics.palms() @ turn.T + [POSE[0], POSE[1], HEIGHT]


def turns_in_world(kinematics):
    return Rotation.from_euler("z", POSE[2]).as_matrix() @ kinematics.palm_turns()


WRIST_YAWS = [21, 28]


def settle(wanted, press, weight=1.0, steps=150, turn=None):
    """Palms and joint angles that come of it; a hand that presses is kept from turning by what it presses."""
    feedback, kinematics = PalmFeedback(), Kinematics()
    joints = START
    kinematics.update(joints, UPRIGHT)
    turns = turns_in_world(kinematics) if turn is None else turn
    for _ in range(steps):
        kinematics.update(joints, UPRIGHT)
        command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, START)
        aim = PalmAim(wanted, turns, press, weight)
        joints = np.array(feedback.correct(command, aim, POSE, HEIGHT, kinematics).joint_pos)
        if press.any():
            joints[WRIST_YAWS] = START[WRIST_YAWS]
    kinematics.update(joints, UPRIGHT)
    return palms_in_world(kinematics), joints


def begin():
    kinematics = Kinematics()
    kinematics.update(START, UPRIGHT)
    return palms_in_world(kinematics)


def test_palms_are_brought_where_they_have_to_be():
    wanted = begin() + np.array([[0.03, 0.02, 0.04], [-0.02, 0.03, 0.03]])
    reached, joints = settle(wanted, np.zeros((2, 3)))
    assert np.abs(reached - wanted).max() < 0.008
    assert np.array_equal(joints[:15], START[:15])  # legs and waist are not its business


def test_hands_are_turned_as_they_have_to_be_about_every_axis():
    kinematics = Kinematics()
    kinematics.update(START, UPRIGHT)
    for axis in np.eye(3):
        turn = Rotation.from_rotvec(0.25 * axis).as_matrix() @ turns_in_world(kinematics)
        reached, joints = settle(begin(), np.zeros((2, 3)), turn=turn)
        kinematics.update(joints, UPRIGHT)
        left = Rotation.from_matrix(turn @ turns_in_world(kinematics).transpose(0, 2, 1)).magnitude()
        assert left.max() < 0.1
        assert np.abs(reached - begin()).max() < 0.01
        kinematics.update(START, UPRIGHT)


def test_palms_that_press_are_not_driven_against_each_other():
    wanted = begin() + np.array([[0.0, -0.05, 0.03], [0.0, 0.05, 0.03]])
    reached, _ = settle(wanted, INWARD)
    assert np.abs((reached - wanted)[:, [0, 2]]).max() < 0.01
    assert np.abs((reached - wanted)[:, 1]).min() > 0.03


def test_palms_that_press_are_moved_together():
    wanted = begin() + 0.05 * INWARD[0]
    reached, _ = settle(wanted, INWARD)
    assert np.abs(reached - wanted).max() < 0.01


def about_y(turns, angle):
    """Hands turned so much further about the lateral axis of the robot [rad]."""
    lateral = Rotation.from_euler("z", POSE[2]).apply([0.0, 1.0, 0.0])
    return Rotation.from_rotvec(angle * lateral).as_matrix() @ turns


def hold(feedback, kinematics, raised, turn, pelvis, joints):
    """Pressing palms are asked for, raised by so much [m], for six seconds; the joint angles that come of it."""
    wanted = begin() + np.array([0.0, 0.0, raised + pelvis - HEIGHT])
    for _ in range(300):
        kinematics.update(joints, UPRIGHT)
        command = TrackingCommand(np.zeros(2), pelvis, np.zeros(2), 0.0, START)
        aim = PalmAim(wanted, turn, INWARD_HERE, 1.0)
        joints = np.array(feedback.correct(command, aim, POSE, pelvis, kinematics).joint_pos)
        joints[WRIST_YAWS] = START[WRIST_YAWS]
    kinematics.update(joints, UPRIGHT)
    return joints


@pytest.mark.parametrize(("pelvis", "carrying", "turned"), [(0.4, False, 0.0), (0.4, True, 0.3), (HEIGHT, False, 0.3)])
def test_low_down_hands_keep_the_turn_they_took_hold_with_until_they_carry(pelvis, carrying, turned):
    feedback, kinematics = PalmFeedback(), Kinematics()
    kinematics.update(START, UPRIGHT)
    first = fingers_down(kinematics)
    asked = about_y(turns_in_world(kinematics), -0.3)
    joints = hold(feedback, kinematics, 0.0, asked, pelvis, START)
    feedback.carrying = carrying
    hold(feedback, kinematics, 0.03, asked, pelvis, joints)
    assert first - fingers_down(kinematics) == pytest.approx(turned, abs=0.08)
    assert feedback.turned(kinematics) == pytest.approx(turned if pelvis < HEIGHT else 0.0, abs=0.08)


def test_hands_that_hold_nothing_are_turned_from_nothing():
    feedback, kinematics = PalmFeedback(), Kinematics()
    kinematics.update(START, UPRIGHT)
    assert feedback.turned(kinematics) == 0.0


def asked_of_pressing_hands(turned, seconds):
    """(2,) wrist yaws asked for after a time [rad], the hands being held turned by so much [rad]."""
    feedback, kinematics = PalmFeedback(), Kinematics()
    held = np.array(START)
    held[WRIST_YAWS] = turned
    kinematics.update(held, UPRIGHT)
    aim = PalmAim(palms_in_world(kinematics), turns_in_world(kinematics), INWARD_HERE, 1.0)
    command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, START)
    for _ in range(round(seconds * 50)):
        asked = feedback.correct(command, aim, POSE, HEIGHT, kinematics).joint_pos
    return asked[WRIST_YAWS]


@pytest.mark.parametrize("turned", [-0.2, 0.0, 0.15])
def test_a_hand_that_presses_is_turned_inwards_by_an_even_torque(turned):
    cfg = PalmFeedbackCfg()
    assert np.allclose(asked_of_pressing_hands(turned, 6.0), turned + cfg.close * np.array([-1, 1]), atol=1e-3)


def test_the_torque_comes_on_slowly_and_ends_where_nothing_is():
    cfg = PalmFeedbackCfg()
    assert np.abs(asked_of_pressing_hands(0.0, 0.1)).max() < 0.1 * cfg.close
    assert np.abs(asked_of_pressing_hands(np.array([-1.5, 1.5]), 6.0)).max() < cfg.farthest + 0.01


def test_without_weight_the_offsets_fade():
    _, joints = settle(begin() + 0.05, np.zeros((2, 3)), weight=0.0)
    assert np.allclose(joints, START)


STIFFNESS, OF_POLICY = default_actuation().kp, START + 0.3


def targets_of(feedback, seconds, press=INWARD_HERE):
    """(29,) joint targets, the command and the kinematics, of palms that are where they have to be, after a time."""
    kinematics = Kinematics()
    kinematics.update(START, UPRIGHT)
    aim = PalmAim(palms_in_world(kinematics), turns_in_world(kinematics), press, 1.0)
    command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, START)
    for _ in range(round(seconds * 50)):
        corrected = feedback.correct(command, aim, POSE, HEIGHT, kinematics)
    return feedback.direct(OF_POLICY, corrected, STIFFNESS), corrected, kinematics


def test_arms_that_carry_are_taken_from_the_policy_and_push_the_palms_together():
    feedback = PalmFeedback()
    feedback.carrying = True
    targets, command, kinematics = targets_of(feedback, 3.1)
    assert np.array_equal(targets[:15], OF_POLICY[:15])  # legs and waist stay the policy's
    torques = (STIFFNESS * (targets - command.joint_pos))[15:].reshape(2, 7)
    for torque, jacobian, inward in zip(torques, kinematics.palm_jacobians(), INWARD, strict=True):
        assert np.allclose(torque, PalmFeedbackCfg().push * inward @ jacobian[:3])


def test_arms_are_taken_slowly_and_given_back_when_nothing_is_carried_any_more():
    feedback = PalmFeedback()
    assert np.array_equal(targets_of(feedback, 3.1)[0], OF_POLICY)
    feedback.carrying = True
    first = np.abs(targets_of(feedback, 0.1)[0] - OF_POLICY)[15:].max()
    assert 0.0 < first < 0.05
    targets_of(feedback, 3.0)
    feedback.carrying = False
    assert not np.array_equal(targets_of(feedback, 1.0)[0], OF_POLICY)
    assert np.array_equal(targets_of(feedback, 2.1)[0], OF_POLICY)


def test_arms_that_press_nothing_are_the_policys():
    feedback = PalmFeedback()
    feedback.carrying = True
    assert np.array_equal(targets_of(feedback, 3.1, np.zeros((2, 3)))[0], OF_POLICY)
