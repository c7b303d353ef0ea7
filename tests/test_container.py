"""Openings of baskets and bins: what goes through them, from where it is let drop, and where one stands to do so."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.container import (
    BESIDE,
    DEEPEST,
    OVER,
    is_wide_enough,
    let_go_at,
    lies_in,
    opening,
    receives,
    stances_over,
)
from exoactor.stance import distance_to_footprint
from exoactor.types import CatalogueItem, SceneObject
from exoactor.types.rotations import yaw_matrix


def thing(id, kind, size, place, yaw=0.0):
    return SceneObject(CatalogueItem(id, kind, "red", np.array(size), True), np.array(place, float), yaw, 1.0)


STAND = thing("stand", "table", (0.5, 0.36, 0.5), (1.0, 2.0, 0.0), 0.3)
BASKET = thing("basket", "basket", (0.36, 0.28, 0.22), (1.0, 2.0, 0.5), 0.3)
BOTTLE = thing("bottle", "bottle", (0.07, 0.07, 0.24), (0.0, 0.0, 0.9))


def test_the_opening_is_what_the_walls_leave_and_the_floor_is_inside():
    into = opening(BASKET)
    assert into.half == pytest.approx([0.168, 0.128]) and into.rim == pytest.approx(0.72)
    assert into.floor == pytest.approx(0.512)
    bin_ = opening(thing("bin", "bin", (0.3, 0.3, 0.5), (0, 0, 0)))
    assert bin_.distance([0.12, 0.0]) == 0.0 < bin_.distance([0.14, 0.0])  # its walls are a circle
    assert np.hypot(*bin_.half) == pytest.approx(0.15 * np.cos(np.pi / 10) - 0.012, abs=1e-6)


@given(x=st.floats(-1, 3), y=st.floats(0, 4))
def test_it_is_let_go_of_over_the_opening_with_room_all_round(x, y):
    at = let_go_at(BASKET, BOTTLE, np.array([x, y]))
    local = np.abs(yaw_matrix(0.3).T @ (at[:2] - BASKET.position[:2]))
    assert (local + 0.035 + BESIDE <= np.array([0.168, 0.128]) + 1e-9).all()
    assert at[2] == pytest.approx(0.72 + OVER)


@pytest.mark.parametrize(
    ("container", "what", "fits"),
    [
        (BASKET, BOTTLE, True),
        (replace(BASKET, position=np.array([1.0, 2.0, 0.35])), BOTTLE, False),  # its rim is at 0.57 m
        (replace(BASKET, position=np.array([1.0, 2.0, 0.7])), BOTTLE, False),  # its rim is at 0.92 m
        (thing("pot", "basket", (0.12, 0.28, 0.22), (1.0, 2.0, 0.5)), BOTTLE, False),  # 7 cm and 3 on each side
        (STAND, BOTTLE, False),
    ],
)
def test_what_receives_a_thing_is_open_wide_enough_and_of_the_right_height(container, what, fits):
    assert receives(container, what) is fits


def test_a_wider_thing_wants_a_wider_opening():
    pot = thing("pot", "basket", (0.15, 0.28, 0.22), (1.0, 2.0, 0.5)).item
    assert is_wide_enough(pot, BOTTLE.item) and not is_wide_enough(pot, replace(BOTTLE.item, size=np.full(3, 0.085)))


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_stands_square_before_the_stand_with_the_opening_before_the_hand(side):
    found = list(stances_over(BASKET, BOTTLE, side, (STAND, BASKET, BOTTLE)))
    assert len(found) >= 2
    for stance, spot in found:
        ahead, left = yaw_matrix(stance.yaw).T @ (spot - stance.xy)
        assert ahead <= DEEPEST + 0.011 and left == pytest.approx(0.13 if side == "left" else -0.13)
        assert distance_to_footprint(STAND, stance.xy) > 0.24
        assert opening(BASKET).distance(spot) == 0.0


def test_too_deep_a_table_keeps_the_opening_out_of_reach():
    wide = thing("table", "table", (1.2, 1.2, 0.5), (1.0, 2.0, 0.0), 0.3)
    assert not list(stances_over(BASKET, BOTTLE, "right", (wide, BASKET)))


def test_what_is_in_a_basket_is_not_what_is_over_it_or_beside_it():
    inside = replace(BOTTLE, position=np.array([1.05, 2.02, 0.515]))
    things = (STAND, BASKET)
    assert lies_in(inside, things) is BASKET
    assert lies_in(replace(inside, position=np.array([1.05, 2.02, 0.8])), things) is None
    assert lies_in(replace(inside, position=np.array([1.2, 2.2, 0.5])), things) is None
    assert lies_in(BASKET, things) is None
