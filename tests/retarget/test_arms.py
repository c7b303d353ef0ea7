import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.retarget.arms import LIMITS, arm_angles, arm_directions, kept_off_body
from exoactor.retarget.wholebody import kinematics
from exoactor.types import G1_JOINTS


def angle(a, b):
    cosine = (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def held(direction):
    return np.tile(np.asarray(direction, float), (30, 1))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["left", "right"]),
    st.floats(-0.9, 0.5),
    st.floats(-1.2, 0.5),
    st.floats(-0.6, 1.3),
    st.floats(0.25, 2.2),
)
def test_reachable_postures_are_matched(side, yaw, pitch, spread, bend):
    """A posture made of the robot's own angles is found again from its two directions."""
    angles = np.array([pitch, 0.3 + spread * 0.5, yaw, 1.43 - bend])
    angles = np.clip(angles, LIMITS[:, 0], LIMITS[:, 1])
    signed = angles * (1 if side == "left" else np.array([1, -1, -1, 1]))
    upper, fore = arm_directions(np.tile(signed, (30, 1)), side)
    found = arm_angles(upper, fore, side, 50.0)
    again = arm_directions(found, side)
    assert angle(again[0], upper).max() < 4.0
    assert angle(again[1], fore).max() < 6.0


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    "direction",
    [(1, 0, 0), (1, 0, 0.5), (1, 0, -0.5), (0.7, 0.7, 0), (0.2, 1, 0.1), (0.5, 0.3, 0.8), (0.8, -0.3, -0.2)],
)
def test_a_straight_arm_points(side, direction):
    ray = np.array(direction, float) * (1, 1 if side == "left" else -1, 1)
    upper, fore = arm_directions(arm_angles(held(ray), held(ray), side, 50.0), side)
    assert angle(upper, ray).max() < 3 and angle(fore, ray).max() < 5


def test_the_sides_mirror_each_other():
    rng = np.random.default_rng(0)
    upper, fore = held((0.4, 0.3, -0.8)), held((0.8, 0.1, 0.3)) + rng.normal(0, 0.02, (30, 3))
    left = arm_angles(upper, fore, "left", 50.0)
    right = arm_angles(upper * (1, -1, 1), fore * (1, -1, 1), "right", 50.0)
    np.testing.assert_allclose(right, left * (1, -1, -1, 1), atol=1e-12)


def test_a_raising_arm_does_not_jump():
    t = np.linspace(0, 1, 60)[:, None] * np.radians(150)
    upper = np.concatenate([np.sin(t) * 0.5, np.sin(t) * 0.85 + 0.15, -np.cos(t)], axis=1)
    angles = arm_angles(upper, upper + np.array([0.1, 0, 0.2]), "left", 50.0)
    assert np.abs(np.diff(angles, axis=0)).max() < 0.4


@pytest.mark.parametrize("side", ["left", "right"])
def test_limits_lie_within_the_robots(side):
    model = kinematics()
    for k, joint in enumerate(("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")):
        low, high = model.jnt_range[1 + G1_JOINTS.index(f"{side}_{joint}_joint")]
        ours = LIMITS[k] if side == "left" or k in (0, 3) else -LIMITS[k][::-1]
        assert low <= ours[0] and ours[1] <= high


@pytest.mark.parametrize(("side", "out"), [("left", 1), ("right", -1)])
def test_hanging_arms_are_spread_and_raised_ones_left_alone(side, out):
    upper, fore = kept_off_body(held((0, 0, -1)), held((0.1, -0.1 * out, -1)), side)
    assert (upper[:, 1] * out > 0.14).all() and (fore[:, 1] * out > 0.08).all()
    raised = np.array([0.6, -0.2 * out, 0.7])
    upper, _ = kept_off_body(held(raised), held(raised), side)
    np.testing.assert_allclose(upper[0], raised / np.linalg.norm(raised))
