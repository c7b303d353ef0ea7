"""What counts as a real sit and as standing, from samples of the simulator's state."""

import numpy as np
import pytest

from exoactor.types import CatalogueItem, Expectation
from exoactor.world.happened import happened
from exoactor.world.truth import TruthTrack

CHAIR = CatalogueItem("chair", "chair", "red", np.array([0.45, 0.45, 0.9]), False)
OBJECTS = {"chair": (CHAIR, np.zeros(3), 0.0)}
SEATED = Expectation("seated", "chair")


def sat(n=60, behind=0.18, share=0.9, yaw=0.0, drift=0.0, hands=(), weak=()):
    t = TruthTrack(10.0)
    for k in range(n):
        t.root.append(np.array([0.225 - behind + drift * k, 0.0, yaw]))
        t.height.append(0.59)
        t.rests.setdefault("chair", []).append((k, 0.1 if k in weak else share))
        t.touches.append(k)
    t.arms_on = list(hands)
    return t


@pytest.mark.parametrize(
    ("what", "true"),
    [
        ({}, True),
        ({"share": 0.5}, False),
        ({"behind": 0.05}, False),
        ({"behind": -0.05}, False),
        ({"yaw": 2.5}, False),
        ({"drift": 0.002}, False),
        ({"hands": [57]}, False),
        ({"hands": [3]}, True),
        ({"weak": range(30, 40)}, False),
        ({"n": 40}, False),
    ],
)
def test_a_sit_is_most_of_the_weight_over_the_seat_at_rest_hands_off_for_five_seconds(what, true):
    found = happened(SEATED, sat(**what), OBJECTS)
    assert found["true"] is true, found


def test_who_fell_did_not_sit():
    track = sat()
    track.fallen = True
    assert happened(SEATED, track, OBJECTS)["true"] is False


def test_standing_is_high_and_touches_nothing():
    def stood(height, touches=()):
        t = TruthTrack(10.0)
        for _ in range(20):
            t.root.append(np.array([1.0, 0.0, 0.0]))
            t.height.append(height)
        t.touches = list(touches)
        return t

    standing = Expectation("standing")
    assert happened(standing, stood(0.77), OBJECTS)["true"] is True
    assert happened(standing, stood(0.6), OBJECTS)["true"] is False
    assert happened(standing, stood(0.77, [18]), OBJECTS)["true"] is False
    assert happened(standing, stood(0.77, [3]), OBJECTS)["true"] is True


def test_a_track_comes_back_from_its_file_as_it_was():
    track = sat(n=5, hands=[2])
    track.hands = {s: [np.zeros(3)] * 5 for s in ("left", "right")}
    track.shoulders = {s: [np.zeros(3)] * 5 for s in ("left", "right")}
    again = TruthTrack.from_arrays({k: np.asarray(v) for k, v in track.to_arrays().items()})
    assert again.rests == track.rests and again.arms_on == [2] and again.height == pytest.approx(track.height)
