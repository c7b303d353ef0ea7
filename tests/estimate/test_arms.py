"""The depth of raised arms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.estimate.arms import ARMS, depth_resolved, hanging

FRAMES = 30


def person(side: int, direction: np.ndarray) -> np.ndarray:
    """(T, 33, 3) view-axes landmarks of somebody whose arm of a side points in a direction from frame 10 to 20."""
    metric = np.zeros((FRAMES, 33, 3))
    for k, arm in enumerate(ARMS):
        metric[:, arm[0]] = [0.18 * (1 - 2 * k), 0.0, 0.5]
        for step, index in enumerate(arm[1:], start=1):
            metric[:, index] = metric[:, arm[0]] + min(step, 2.2) * 0.25 * np.array([0.0, 0.05, -1.0])
    for step, index in enumerate(ARMS[side][1:], start=1):
        metric[10:20, index] = metric[10:20, ARMS[side][0]] + min(step, 2.2) * 0.25 * direction
    return metric


def test_raised_and_hanging_are_told_apart():
    held = hanging(person(0, np.array([0.0, 1.0, 0.0])))
    assert held[12, 0] == 0
    assert held[2, 0] == 1
    assert (held[:, 1] == 1).all()


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("facing", [np.pi, 2.3, -2.3])
def test_an_arm_guessed_behind_the_body_is_brought_before_it(side, facing):
    ahead = np.array([-np.sin(facing), np.cos(facing), 0.0])
    guess = ahead * [1.0, -0.3, 1.0]  # depth of the wrong sign, and too short
    metric = person(side, guess)
    out = depth_resolved(metric, np.full(FRAMES, facing))
    arm = out[12, ARMS[side][2]] - out[12, ARMS[side][0]]
    assert arm[1] * ahead[1] > 0
    changed = np.zeros(33, bool)
    changed[list(ARMS[side][1:])] = True
    np.testing.assert_array_equal(out[:, ~changed], metric[:, ~changed])
    np.testing.assert_array_equal(out[:10], metric[:10])
    np.testing.assert_array_equal(out[20:], metric[20:])


@given(angle=st.floats(-1.0, 1.0) | st.floats(np.pi - 1.0, np.pi + 1.0), up=st.floats(-0.3, 0.8))
@settings(max_examples=40, deadline=None)
def test_an_arm_held_ahead_is_left_alone(angle, up):
    metric = person(1, np.array([-np.sin(angle), np.cos(angle), up]))
    np.testing.assert_array_equal(depth_resolved(metric, np.full(FRAMES, angle)), metric)


def test_a_clear_view_of_an_arm_to_the_side_is_believed():
    metric = person(0, np.array([0.0, 1.0, 0.0]))  # away from the camera, body turned a quarter from it
    np.testing.assert_array_equal(depth_resolved(metric, np.full(FRAMES, -np.pi / 2)), metric)


def test_an_arm_guessed_across_the_body_is_brought_to_its_own_side():
    """Seen in profile, looking right: the left arm is the far one and goes forward and away, not across."""
    metric = person(0, np.array([0.7, -0.2, 0.3]))
    out = depth_resolved(metric, np.full(FRAMES, -np.pi / 2))
    wrist = ARMS[0][2]
    assert out[12, wrist, 1] > metric[12, ARMS[0][0], 1] > metric[12, wrist, 1]
