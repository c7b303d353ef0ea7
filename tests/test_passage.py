"""Where one goes across a bar, and where a path did."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.passage import (
    HIGHEST,
    LOWEST,
    check_bar,
    crossed,
    is_forward,
    kept_inside,
    pose_by,
    room_below,
    turned_as,
)
from exoactor.types import CatalogueItem, SceneObject, StageError
from exoactor.types.rotations import wrap


def bar(kind="hurdle", size=(0.05, 1.0, 0.06), at=(1.0, 0.2), yaw=0.3, lies=False):
    item = CatalogueItem("bar", kind, "red", np.array(size), True)
    return SceneObject(item, np.array([*at, 0.0]), yaw, 1.0, lies)


@given(st.floats(-3, 3), st.booleans(), st.floats(-0.2, 0.2))
def test_from_before_to_beyond_is_across_on_that_side(yaw, forward, aside):
    thing = bar(yaw=yaw)
    before, beyond = pose_by(thing, forward, aside, -0.4), pose_by(thing, forward, aside, 0.4)
    assert is_forward(thing, before.xy) is forward
    found = crossed(np.linspace(before.xy, beyond.xy, 20), thing)
    assert found is not None and found.forward is forward
    assert found.aside == pytest.approx(aside, abs=1e-6)
    ahead = beyond.xy - before.xy
    assert abs(float(wrap(np.arctan2(ahead[1], ahead[0]) - before.yaw))) < 1e-6


@pytest.mark.parametrize("yaw", [0.0, 1.5, -2.8])
def test_round_its_end_and_there_and_back_are_not_across(yaw):
    thing = bar(yaw=yaw)
    before, beyond = pose_by(thing, True, 0.0, -0.4), pose_by(thing, True, 0.0, 0.4)
    past = [pose_by(thing, True, 0.8, along).xy for along in (-0.3, 0.3)]
    assert crossed(np.array([before.xy, *past, beyond.xy]), thing) is None
    assert crossed(np.array([before.xy, beyond.xy, before.xy]), thing) is None


def test_the_place_to_cross_keeps_off_the_ends_and_the_posts():
    assert kept_inside(bar(), 0.9) == pytest.approx(0.26)
    beam = bar("beam", (0.36, 1.3, 1.2))
    assert kept_inside(beam, -0.9) == pytest.approx(-0.29)
    assert kept_inside(bar(size=(0.05, 0.3, 0.06)), 0.1) == 0.0


def test_a_bar_seen_from_its_other_side_is_the_same_bar():
    again = turned_as(bar(yaw=0.3 - np.pi), bar(yaw=0.25))
    assert again.yaw == pytest.approx(0.3)
    assert turned_as(bar(yaw=0.3), bar(yaw=0.25)).yaw == 0.3


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (bar(size=(0.05, 1.0, HIGHEST)), None),
        (bar(size=(0.05, 1.0, HIGHEST + 0.02)), "too_high"),
        (bar("beam", (0.36, 1.3, LOWEST + 0.05)), None),
        (bar("beam", (0.36, 1.3, LOWEST - 0.03)), "too_low"),
        (bar(lies=True), "toppled"),
    ],
)
def test_what_cannot_be_passed_is_refused(thing, code):
    if code is None:
        check_bar(thing)
        return
    with pytest.raises(StageError) as caught:
        check_bar(thing)
    assert (caught.value.stage, caught.value.code) == ("imagine", code)


def test_the_room_below_a_beam_ends_at_its_underside():
    assert room_below(bar("beam", (0.36, 1.3, 1.2)).item) == pytest.approx(1.15)
