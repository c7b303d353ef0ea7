"""The outer loop on the palms, on a robot that does exactly what its joints are asked for."""

import numpy as np
import pytest

from exoactor.control.kinematics import Kinematics
from exoactor.control.palms import PalmFeedback
from exoactor.types import TrackingCommand
from exoactor.world.g1 import default_actuation

pytestmark = pytest.mark.assets
UPRIGHT = np.array([1.0, 0, 0, 0])
START = default_actuation().default_pos
POSE, HEIGHT = np.array([0.4, -0.2, 0.7]), 0.75


def palms_in_world(kinematics):
    c, s = np.cos(POSE[2]), np.sin(POSE[2])
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    return kinematics.palms() @ turn.T + [POSE[0], POSE[1], HEIGHT]


def settle(wanted, press, weight=1.0, steps=150):
    feedback, kinematics = PalmFeedback(), Kinematics()
    joints = START
    for _ in range(steps):
        kinematics.update(joints, UPRIGHT)
        command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, START)
        joints = feedback.correct(command, wanted, press, weight, POSE, HEIGHT, kinematics).joint_pos
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


def test_a_palm_that_presses_is_left_alone_along_the_press():
    inward = np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]])
    wanted = begin() + np.array([[0.0, -0.05, 0.03], [0.0, 0.05, 0.03]])
    reached, _ = settle(wanted, inward)
    assert np.abs((reached - wanted)[:, [0, 2]]).max() < 0.01
    assert np.abs((reached - wanted)[:, 1]).min() > 0.03


def test_without_weight_the_offsets_fade():
    _, joints = settle(begin() + 0.05, np.zeros((2, 3)), weight=0.0)
    assert np.allclose(joints, START)
