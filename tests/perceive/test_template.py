"""Signed distances of the templates, against finite differences and against their own surface samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.perceive.template import Template
from exoactor.types import KINDS, CatalogueItem
from exoactor.world.furniture import default_size


def template(kind):
    return Template(CatalogueItem("thing", kind, "red", default_size(kind), True))


@pytest.mark.parametrize("kind", KINDS)
def test_samples_lie_on_the_surface_and_normals_point_out(kind):
    shape = template(kind)
    signed, _ = shape.distance(shape.points)
    assert np.abs(signed).max() < 1e-6
    outside, _ = shape.distance(shape.points + 0.004 * shape.normals)
    assert (outside > 0.0039).mean() > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_size_of_the_samples_is_the_catalogues(kind):
    shape = template(kind)
    extent = np.ptp(shape.points, axis=0)
    assert (extent <= shape.size + 1e-6).all()
    assert (extent[:2] > 0.85 * shape.size[:2]).all()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 10_000))
def test_gradient_is_the_slope_of_the_distance(kind, seed):
    shape = template(kind)
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (40, 3)) * [*(shape.size[:2]), shape.size[2]]
    signed, gradient = shape.distance(points)
    step = 1e-6
    numeric = np.stack([(shape.distance(points + step * np.eye(3)[k])[0] - signed) / step for k in range(3)], -1)
    # Where two faces are equally near the slope jumps; elsewhere it must agree.
    agree = np.abs(numeric - gradient).max(-1) < 1e-3
    assert agree.mean() > 0.9
    assert np.linalg.norm(gradient, axis=-1) == pytest.approx(1.0, abs=1e-6)


def test_periods():
    assert template("bottle").period == 0.0
    assert template("chair").period == pytest.approx(2 * np.pi)
    assert template("table").period == pytest.approx(np.pi)
    assert template("box").period == pytest.approx(np.pi / 2)
