"""The outer loop on one hand, on a robot that does exactly what its joints are asked for."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from exoactor.control.hand import HandFeedback
from exoactor.control.kinematics import Kinematics
from exoactor.grasp import hand_point
from exoactor.types import HandTargets, TrackingCommand
from exoactor.world.g1 import default_actuation

pytestmark = pytest.mark.assets
UPRIGHT = np.array([1.0, 0, 0, 0])
START = default_actuation().default_pos.copy()
START[[18, 25]] = 0.2  # forearms ahead
POSE, HEIGHT = np.array([0.4, -0.2, 0.7]), 0.75


def in_world(point):
    return Rotation.from_euler("z", POSE[2]).apply(point) + np.append(POSE[:2], HEIGHT)


def settle(side, away, weight=1.0, steps=250, roll=0.0, pitch=0.0):
    feedback, kinematics, number = HandFeedback(), Kinematics(), ("left", "right").index(side)
    kinematics.update(START, UPRIGHT)
    wanted = in_world(kinematics.hand_point(number, hand_point(side))[0]) + away
    targets = HandTargets(side, wanted[None], np.array([POSE[2]]), np.array([weight]), np.zeros((1, 14)), roll, pitch)
    joints = START
    for _ in range(steps):
        kinematics.update(joints, UPRIGHT)
        command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, START)
        joints = feedback.correct(command, targets, 0, POSE, HEIGHT, kinematics).joint_pos
    kinematics.update(joints, UPRIGHT)
    point, turn, _ = kinematics.hand_point(number, hand_point(side))
    return in_world(point) - wanted, turn, joints, feedback, targets


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hand_is_brought_where_it_has_to_be_and_levelled(side):
    off, turn, joints, *_ = settle(side, np.array([0.03, -0.02, 0.03]))
    assert np.abs(off).max() < 0.006
    assert np.degrees(np.arccos(np.clip(turn[0, 0], -1, 1))) < 3.0
    other = slice(22, 29) if side == "left" else slice(15, 22)
    assert np.array_equal(joints[other], START[other]) and np.array_equal(joints[:15], START[:15])


def test_a_hand_that_goes_along_with_the_root_is_corrected_wherever_the_root_is():
    feedback, kinematics = HandFeedback(), Kinematics()
    kinematics.update(START, UPRIGHT)
    point = kinematics.hand_point(1, hand_point("right"))[0] + [0.03, 0.0, HEIGHT]
    targets = HandTargets("right", point[None], np.zeros(1), np.ones(1), np.zeros((1, 14)), frame="root")
    command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, START)
    here = feedback.correct(command, targets, 0, POSE, HEIGHT, kinematics).joint_pos
    there = HandFeedback().correct(command, targets, 0, POSE + 1.0, HEIGHT, kinematics).joint_pos
    np.testing.assert_allclose(here, there)
    assert np.abs(here - START).max() > 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_palm_is_turned_down_and_its_fingers_a_little(side):
    sign = 1.0 if side == "left" else -1.0
    off, turn, *_ = settle(side, np.array([0.03, 0.0, 0.05]), steps=600, roll=sign * np.pi / 2, pitch=0.1)
    assert np.abs(off).max() < 0.01
    out_of_the_palm, fingers = -sign * turn[:, 1], turn[:, 0]
    assert out_of_the_palm[2] < -0.98 and fingers[2] == pytest.approx(-np.sin(0.1), abs=0.04)


def test_without_weight_the_reference_is_left_alone():
    _, _, joints, *_ = settle("right", np.array([0.05, 0, 0]), weight=0.0, steps=20)
    np.testing.assert_array_equal(joints, START)


def test_the_working_wrist_is_commanded_past_the_policy():
    _, _, joints, feedback, targets = settle("right", np.array([0.02, 0, 0]))
    command = TrackingCommand(np.zeros(2), HEIGHT, np.zeros(2), 0.0, joints)
    sent = feedback.direct(np.zeros(29), command, targets, 0)
    np.testing.assert_allclose(sent[26:], joints[26:])
    assert not sent[:26].any()
