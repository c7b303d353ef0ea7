import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.stance import STANDOFF, distance_to_footprint, stances
from exoactor.types import CatalogueItem, SceneObject
from exoactor.types.rotations import wrap

floats = st.floats(-4, 4)


def thing(x, y, yaw, size=(0.6, 1.2, 0.72)):
    return SceneObject(CatalogueItem("t", "table", "wood", np.array(size), False), np.array([x, y, 0.0]), yaw, 1.0)


@given(floats, floats, floats, floats, floats)
def test_a_stance_is_standoff_away_and_faces_the_thing(x, y, yaw, px, py):
    table = thing(x, y, yaw)
    found = stances(table, np.array([px, py]))
    assert len(found) == 4
    for pose in found:
        assert distance_to_footprint(table, pose.xy) == pytest.approx(STANDOFF, abs=1e-6)
        ahead = distance_to_footprint(table, pose.xy + 0.3 * pose.forward)
        assert ahead == pytest.approx(STANDOFF - 0.3, abs=1e-6)


@given(floats, floats, floats, floats, floats)
def test_the_nearest_stance_comes_first(x, y, yaw, px, py):
    found = stances(thing(x, y, yaw), np.array([px, py]))
    distances = [np.linalg.norm(p.xy - [px, py]) for p in found]
    assert distances == sorted(distances)


def test_from_straight_ahead_the_stance_lies_on_the_way():
    first = stances(thing(1.6, 0.0, 0.0), np.array([0.0, 0.1]))[0]
    np.testing.assert_allclose([first.x, first.y], [1.3 - STANDOFF, 0.1])
    assert abs(wrap(first.yaw)) < 1e-9


def test_inside_the_footprint_the_distance_is_zero():
    assert distance_to_footprint(thing(0, 0, 1.0), np.array([0.05, 0.05])) == pytest.approx(0, abs=1e-12)
