import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.types import KINDS, ConfigError
from exoactor.world import looks
from exoactor.world.furniture import ROUND, SIZES, backdrop, default_mass, default_size, parts, support


def bounds(pieces):
    """Axis-aligned bounds of the pieces, from their corners."""
    corners = []
    for p in pieces:
        c, s = np.cos(p.yaw), np.sin(p.yaw)
        signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
        local = signs * p.half_size
        corners.append(local @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + p.center)
    corners = np.concatenate(corners)
    return corners.min(0), corners.max(0)


@pytest.mark.parametrize("kind", KINDS)
@given(scale=st.floats(0.6, 1.6))
def test_parts_fill_exactly_the_stated_size(kind, scale):
    size = default_size(kind) * scale
    low, high = bounds(parts(kind, size))
    tolerance = 0.05 * size[0] if kind == "bin" else 1e-9  # a bin is a decagon in the circle
    np.testing.assert_allclose(low, [-size[0] / 2, -size[1] / 2, 0], atol=tolerance)
    np.testing.assert_allclose(high, [size[0] / 2, size[1] / 2, size[2]], atol=tolerance)
    assert all((p.half_size > 0).all() for p in parts(kind, size))


def test_every_kind_has_size_colour_and_mass():
    assert set(SIZES) == set(looks.KIND_COLORS) == set(KINDS)
    assert all(SIZES[k][0] == SIZES[k][1] for k in ROUND)
    assert 0.2 < default_mass("bottle", default_size("bottle")) < 0.8
    assert set(looks.KIND_COLORS.values()) <= set(looks.COLORS)


def test_supports_are_free_above():
    for kind in KINDS:
        surface = support(kind, default_size(kind))
        if surface is None:
            continue
        for part in parts(kind, default_size(kind)):
            inside = np.abs(part.center[:2] - surface.center[:2]) < part.half_size[:2] - 1e-9
            blocks = part.center[2] - part.half_size[2] < surface.center[2] + 0.1
            above = part.center[2] + part.half_size[2] > surface.center[2] + 1e-6
            assert not (inside.all() and blocks and above), kind


def test_the_back_of_a_chair_is_behind():
    back = max(parts("chair", default_size("chair")), key=lambda p: p.center[2])
    assert back.center[0] < -0.15


def test_backdrop_is_never_between_camera_and_things():
    corners = np.array([[0, 0], [2, 0], [2, 2], [0, 2.0]])
    walls = backdrop(corners, np.array([[3.0, 1.0]]), np.array([1.0, -3.5, 1.7]))
    assert len(walls) == 3
    low, high = bounds(walls)
    assert low[1] > -1.3 and high[0] == pytest.approx(3.2)
    for wall in walls:
        assert not ((np.abs(corners - wall.center[:2]) < wall.half_size[:2]).all(1)).any()


def test_unknown_names_are_refused():
    with pytest.raises(ConfigError, match="sofa"):
        parts("sofa", np.ones(3))
    with pytest.raises(ConfigError, match="mauve"):
        looks.rgb("mauve")


def test_colours_can_be_told_apart():
    names = list(looks.COLORS)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            assert np.linalg.norm(np.subtract(looks.COLORS[a], looks.COLORS[b])) > 0.2, (a, b)
    assert np.ptp(looks.FLOOR_RGB) < 0.05 and np.ptp(looks.WALL_RGB) < 0.05


def test_floor_texture_repeats_without_a_seam():
    texture = looks.floor_texture(64).astype(int)
    inner = np.abs(np.diff(texture[20:30, :, 0], axis=1)).max()
    assert texture.shape == (64, 64, 3)
    assert np.abs(texture[20:30, -1, 0] - texture[20:30, 1, 0]).max() <= inner + 30
