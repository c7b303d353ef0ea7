import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from exoactor.types.rotations import quat_multiply, quat_rotate_inverse, quat_to_rpy, wrap, yaw_matrix, yaw_quat

angles = st.floats(-20, 20, allow_nan=False)
tilts = st.floats(-1.5, 1.5, allow_nan=False)


def wxyz(rotation):
    return rotation.as_quat()[[3, 0, 1, 2]]


@given(angles)
def test_wrap_is_the_same_angle_within_a_turn(angle):
    wrapped = float(wrap(angle))
    assert -np.pi <= wrapped < np.pi
    assert np.isclose(np.cos(wrapped), np.cos(angle), atol=1e-9)
    assert np.isclose(np.sin(wrapped), np.sin(angle), atol=1e-9)


@given(tilts, tilts, angles)
def test_rpy_agrees_with_scipy(roll, pitch, yaw):
    rotation = Rotation.from_euler("ZYX", [yaw, pitch, roll])
    got = quat_to_rpy(wxyz(rotation))
    again = Rotation.from_euler("ZYX", got[::-1])
    assert (rotation.inv() * again).magnitude() < 1e-6


@given(tilts, tilts, angles, st.tuples(tilts, tilts, tilts))
def test_rotate_inverse_agrees_with_scipy(roll, pitch, yaw, vector):
    rotation = Rotation.from_euler("ZYX", [yaw, pitch, roll])
    np.testing.assert_allclose(
        quat_rotate_inverse(wxyz(rotation), np.array(vector)), rotation.inv().apply(vector), atol=1e-9
    )


@given(angles, angles)
def test_yaw_quaternions_multiply_to_the_sum(a, b):
    product = quat_multiply(yaw_quat(a), yaw_quat(b))
    assert np.isclose(abs(product @ yaw_quat(a + b)), 1.0)
    np.testing.assert_allclose(yaw_matrix(a) @ yaw_matrix(b), yaw_matrix(a + b), atol=1e-9)
