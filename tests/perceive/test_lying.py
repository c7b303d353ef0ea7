"""Ways in which things lie, and their shapes."""

import numpy as np
import pytest

from exoactor.perceive.lying import lying_templates
from exoactor.types import CatalogueItem


def item(kind, *size, movable=True):
    return CatalogueItem("thing", kind, "red", np.array(size), movable)


def sizes(thing):
    return sorted(tuple(np.round(way.item.size, 3)) for way in lying_templates(thing))


def test_a_box_lies_on_two_kinds_of_faces_the_longer_side_across():
    assert sizes(item("box", 0.30, 0.35, 0.25)) == [(0.25, 0.3, 0.35), (0.25, 0.35, 0.3)]
    assert sizes(item("box", 0.30, 0.30, 0.25)) == [(0.25, 0.3, 0.3)]


def test_a_cylinder_lies_with_its_axis_level_and_its_sides_curved():
    (way,) = lying_templates(item("cylinder", 0.30, 0.30, 0.50))
    assert way.item.size == pytest.approx([0.30, 0.50, 0.30])
    inside, _ = way.distance(np.array([[0.0, 0.24, 0.15], [0.0, 0.0, 0.01]]))
    corner, _ = way.distance(np.array([[0.14, 0.0, 0.29]]))
    assert (inside < 0).all() and corner > 0.04


def test_a_chair_lies_on_its_back_on_both_sides_and_on_seat_and_back_but_not_on_its_legs_fronts():
    ways = lying_templates(item("chair", 0.40, 0.38, 0.92))
    assert len(ways) == 4
    assert sum(way.item.size[2] == pytest.approx(0.38) for way in ways) == 2
    assert sum(way.item.size[2] == pytest.approx(0.40) for way in ways) == 1


def test_a_table_lies_on_either_side_and_upside_down():
    assert sizes(item("table", 0.4, 0.5, 0.6)) == [(0.4, 0.5, 0.6), (0.6, 0.4, 0.5), (0.6, 0.5, 0.4)]


def test_what_stays_where_it_is_does_not_topple():
    assert lying_templates(item("chair", 0.4, 0.4, 0.9, movable=False)) == ()
    assert lying_templates(item("shelf", 0.35, 0.9, 1.5)) == ()


SIZES = [("box", (0.3, 0.35, 0.25)), ("chair", (0.4, 0.38, 0.92)), ("table", (0.4, 0.5, 0.6))]


@pytest.mark.parametrize(("kind", "size"), SIZES)
def test_samples_lie_on_the_turned_surface_above_the_floor(kind, size):
    for way in lying_templates(item(kind, *size)):
        signed, gradient = way.distance(way.points + 1e-3 * way.normals)
        assert signed == pytest.approx(1e-3, abs=2e-4)
        assert (gradient * way.normals).sum(1) == pytest.approx(1.0, abs=1e-6)
        assert way.points[:, 2].min() > -1e-6
        assert np.abs(way.points[:, :2]).max(0) == pytest.approx(way.size[:2] / 2, abs=0.02)
