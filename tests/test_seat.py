"""Where one sits: a chair at its front, a bench at any side, nothing that lies, is too high or too small."""

import numpy as np
import pytest

from exoactor.seat import (
    is_seat,
    noted_seat,
    place_on,
    seat_facing,
    seat_note,
    seat_under,
    seats,
    turned_since,
    with_seat,
)
from exoactor.types import Camera, CatalogueItem, Pose2D, Scene, SceneObject

CAMERA = Camera.looking_at(np.array([0.5, -4, 1.7]), np.array([0.5, 0, 0.6]), 55.0, (640, 480))


def thing(kind="chair", size=(0.45, 0.45, 0.90), yaw=0.0, at=(1.0, 0.0, 0.0), confidence=1.0, lies=False):
    return SceneObject(CatalogueItem(kind, kind, "red", np.array(size), False), np.array(at), yaw, confidence, lies)


def test_a_chair_is_sat_on_at_its_front_only_however_it_is_turned():
    for yaw in (0.0, 2.0, -1.2):
        (seat,) = seats(thing(yaw=yaw))
        assert seat.yaw == pytest.approx(yaw) and seat.height == pytest.approx(0.45)
        assert seat.edge == pytest.approx([1.0 + 0.225 * np.cos(yaw), 0.225 * np.sin(yaw)])
        assert seat.depth == pytest.approx(0.41)
        assert seat_facing(thing(yaw=yaw), yaw + np.pi) is None


def test_a_bench_is_sat_on_at_the_sides_that_are_deep_enough():
    bench = thing("table", (0.45, 0.9, 0.45))
    assert len(seats(bench)) == 4
    assert seat_facing(bench, np.pi / 2).depth == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("table", (0.6, 1.2, 0.72)),
        ("box", (0.3, 0.3, 0.25)),
        ("table", (0.2, 0.9, 0.45)),
        ("chair", (0.45, 0.45, 0.6)),
        ("shelf", (0.35, 0.9, 0.45)),
        ("bin", (0.4, 0.4, 0.43)),
    ],
)
def test_what_is_too_high_too_low_too_small_or_of_another_kind_is_no_seat(kind, size):
    assert not is_seat(thing(kind, size).item) and seats(thing(kind, size)) == []


def test_a_chair_that_lies_is_no_seat():
    assert seats(thing(lies=True)) == []


def test_standing_before_a_seat_one_has_the_back_to_it_and_places_are_measured_from_its_edge():
    (seat,) = seats(thing(yaw=0.7))
    stance = seat.stance(0.3, 0.05)
    assert stance.yaw == pytest.approx(0.7)
    assert seat.behind_edge(stance.xy) == pytest.approx(-0.3) and seat.aside(stance.xy) == pytest.approx(0.05)
    assert seat.behind_edge(place_on(seat, 0.2)[:2]) == pytest.approx(0.2)


def test_who_is_over_a_seat_and_looks_away_from_it_sits_on_it():
    chair = thing()
    (seat,) = seats(chair)
    on = place_on(seat, 0.15)
    assert seat_under(Pose2D(on[0], on[1], 0.1), [chair])[0] is chair
    assert seat_under(Pose2D(on[0], on[1], 3.0), [chair]) is None
    assert seat_under(seat.stance(0.05), [chair]) is None


def test_what_the_robot_hides_by_sitting_on_it_is_where_it_was_seen():
    chair, table = thing(), thing("table", (0.6, 1.2, 0.72), at=(0, 2, 0))
    hidden = Scene((thing(at=(1.3, 0.4, 0.0), confidence=0.1), table), None, 0.0, CAMERA)
    absent = Scene((table,), None, 0.0, CAMERA, ("chair",))
    for scene in (hidden, absent):
        seen = with_seat(scene, chair)
        assert seen.get("chair") is chair and seen.get("table") is table and seen.missing == ()
    sure = Scene((thing(at=(1.1, 0, 0)),), None, 0.0, CAMERA)
    assert with_seat(sure, chair) is sure and with_seat(absent, None) is absent


def test_what_is_sat_on_is_kept_in_a_saved_world():
    chair = thing(yaw=0.3)
    again = noted_seat(seat_note(chair, CAMERA))
    assert again.id == "chair" and again.yaw == pytest.approx(0.3) and again.position == pytest.approx(chair.position)
    assert noted_seat(seat_note(None, CAMERA)) is None


def test_a_bench_that_is_said_to_stand_half_round_has_not_turned():
    bench, square = thing("table", (0.45, 0.9, 0.45), 1.5), thing("table", (0.45, 0.45, 0.45), 1.5)
    assert turned_since(bench, thing("table", (0.45, 0.9, 0.45), -1.54)) == pytest.approx(0.1, abs=0.01)
    assert turned_since(square, thing("table", (0.45, 0.45, 0.45), 0.0)) == pytest.approx(0.07, abs=0.01)
    assert turned_since(thing(yaw=1.5), thing(yaw=-1.54)) == pytest.approx(-3.04)
