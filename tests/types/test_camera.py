import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.types import Camera

CAMERA = Camera.looking_at([2.2, -3.0, 1.7], [0.8, 0.0, 0.7], 50, (640, 480))
inside = st.tuples(st.floats(0, 639), st.floats(0, 479))


def test_the_target_is_in_the_middle_and_up_is_up():
    (pixel,), (depth,) = CAMERA.project(np.array([[0.8, 0.0, 0.7]]))
    np.testing.assert_allclose(pixel, [320, 240], atol=1e-6)
    assert depth == pytest.approx(np.linalg.norm(np.array([2.2, -3.0, 1.7]) - [0.8, 0.0, 0.7]))
    (higher,), _ = CAMERA.project(np.array([[0.8, 0.0, 1.0]]))
    assert higher[1] < 240


@given(inside, st.floats(0.5, 8))
def test_rays_and_projection_are_inverse(pixel, distance):
    point = CAMERA.position + CAMERA.rays(np.array(pixel)) * distance
    back, _ = CAMERA.project(point)
    np.testing.assert_allclose(back, pixel, atol=1e-6)


def test_backprojection_lands_on_the_plane_that_was_seen():
    u, v = np.meshgrid(np.arange(640) + 0.5, np.arange(480) + 0.5)
    rays = CAMERA.rays(np.stack([u, v], -1))
    with np.errstate(divide="ignore"):
        reach = np.where(rays[..., 2] < -1e-3, -CAMERA.position[2] / rays[..., 2], 0.0)
    points = CAMERA.position + rays * reach[..., None]
    depth = np.where(reach > 0, CAMERA.to_camera(points)[..., 2], 0.0).astype(np.float32)
    got = CAMERA.backproject(depth)
    assert np.nanmax(np.abs(got[..., 2])) < 1e-4
    assert np.isnan(got[depth == 0]).all()


def test_json_round_trip():
    again = Camera.from_json(CAMERA.to_json())
    np.testing.assert_array_equal(again.rotation, CAMERA.rotation)
    assert again.size == CAMERA.size
    assert again.fovy_deg == pytest.approx(50)


def test_a_mirrored_rotation_is_refused():
    with pytest.raises(ValueError, match="proper rotation"):
        Camera((640, 480), CAMERA.intrinsics, CAMERA.position, CAMERA.rotation @ np.diag([-1.0, 1, 1]))
