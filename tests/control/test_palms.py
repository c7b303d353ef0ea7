"""The outer loop on the palms, on a robot that does exactly what its joints are asked for."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from exoactor.control.kinematics import Kinematics
from exoactor.control.palms import PalmAim, PalmFeedback, PalmFeedbackCfg
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
