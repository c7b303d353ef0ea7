import numpy as np
import pytest

from exoactor.types import CatalogueItem, Expectation
from exoactor.world.happened import happened
from exoactor.world.truth import TruthTrack

TABLE = CatalogueItem("table", "table", "wood", np.array([0.6, 1.2, 0.72]), False)
OBJECTS = {"table": (TABLE, np.array([1.6, 0.0, 0.0]), 0.0)}


def track(path, hand=(0.1, -0.3, 0.8)):
    t = TruthTrack(10.0)
    for i, (x, y, yaw) in enumerate(path):
        t.root.append(np.array([x, y, yaw]))
        for side, sign in (("left", 1), ("right", -1)):
            t.shoulders[side].append(np.array([x, y + 0.15 * sign, 1.05]))
            offset = hand(i) if callable(hand) and side == "right" else (0.1, 0.3 * sign, 0.8)
            t.hands[side].append(np.array([x, y, 0.0]) + offset)
    return t


@pytest.mark.parametrize(
    ("end", "true"),
    [((0.85, 0.0, 0.0), True), ((0.2, 0.0, 0.0), False), ((0.85, 0.0, 1.2), False), ((0.85, 0.5, 0.3), True)],
)
def test_at_needs_nearness_and_heading(end, true):
    assert happened(Expectation("at", "table"), track([(0, 0, 0), end]), OBJECTS)["true"] is true


def test_circled_counts_the_swept_angle():
    angles = np.linspace(np.pi, 2 * np.pi, 30)
    path = [(1.6 + np.cos(a), np.sin(a), a + np.pi / 2) for a in angles]
    result = happened(Expectation("circled", "table"), track(path), OBJECTS)
    assert result["true"] is True
    assert result["measured"] == pytest.approx(180)
    assert happened(Expectation("circled", "table"), track(path[:15]), OBJECTS)["true"] is False


def test_waving_is_raised_and_to_and_fro():
    still = [(0.0, 0.0, 0.0)] * 30
    waving = track(still, lambda i: (0.1, -0.35 + 0.12 * np.sin(i), 1.3))
    held = track(still, lambda i: (0.1, -0.35, 1.3))
    low = track(still, lambda i: (0.1, -0.35 + 0.12 * np.sin(i), 0.7))
    found = [happened(Expectation("waved"), t, OBJECTS)["true"] for t in (waving, held, low)]
    assert found == [True, False, False]
    assert happened(Expectation("waved", side="left"), waving, OBJECTS)["true"] is False


def test_pointing_is_held_towards_the_target():
    still = [(0.0, 0.0, 0.0)] * 20
    toward = track(still, lambda i: (0.45, -0.12, 0.9))
    away = track(still, lambda i: (0.1, -0.6, 0.9))
    brief = track(still, lambda i: (0.45, -0.12, 0.9) if i == 5 else (0.1, -0.3, 0.7))
    found = [happened(Expectation("pointing", "table"), t, OBJECTS)["true"] for t in (toward, away, brief)]
    assert found == [True, False, False]


def test_a_fall_is_never_a_success():
    lying = track([(0.85, 0, 0), (0.85, 0, 0)])
    lying.fallen = True
    assert happened(Expectation("at", "table"), lying, OBJECTS)["true"] is False


BOX = CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True)
BENCH = CatalogueItem("bench", "table", "wood", np.array([0.5, 0.9, 0.45]), False)
UPRIGHT, UPSIDE_DOWN = (1.0, 0, 0, 0), (0.0, 1, 0, 0)


def moved(underside, quat, held):
    """What is recorded of a box that ends there, in the robot's hands or not."""
    t = track([(0.0, 0.0, 0.0)] * 20)
    t.things["box"] = [np.array([*underside, *quat])] * 20
    t.lifted["box"] = list(range(20 if held else 10))
    where = {"box": (BOX, np.array(underside), 0.0), "bench": (BENCH, np.array([1.0, 0.0, 0.0]), 0.0)}
    return lambda expectation: happened(expectation, t, where)["true"]


def test_carried_is_held_over_what_it_was_brought_to():
    carried = Expectation("carried", "box", on="bench")
    assert moved((0.9, 0.0, 0.6), UPRIGHT, True)(carried)
    assert not moved((0.9, 0.0, 0.6), UPRIGHT, False)(carried)
    assert not moved((0.5, 0.0, 0.6), UPRIGHT, True)(carried)


def pushed(end, quat=UPRIGHT):
    """What is recorded of a box that stood at the origin of the floor, or of the bench, and ends there."""
    t = track([(0.0, 0.0, 0.0)] * 20)
    t.things["box"] = [np.array([0.0, 0.0, 0.45, *UPRIGHT])] * 10 + [np.array([*end, *quat])] * 10
    where = {"box": (BOX, np.array(end), 0.0), "bench": (BENCH, np.array([0.9, 0.0, 0.0]), 0.0)}
    return lambda expectation: happened(expectation, t, where)


def test_pushed_is_further_that_way_upright_and_on_what_it_stood_on():
    that_way = Expectation("pushed", "box", toward=0.0)
    found = pushed((0.3, 0.05, 0.45))(that_way)
    assert found["true"] is True and found["measured"] == pytest.approx(0.3)
    assert not pushed((-0.3, 0.0, 0.45))(that_way)["true"]
    assert not pushed((0.05, 0.0, 0.45))(that_way)["true"]
    assert not pushed((0.2, 0.3, 0.45))(that_way)["true"]
    assert not pushed((0.3, 0.0, 0.0))(that_way)["true"]  # over the edge
    assert not pushed((0.3, 0.0, 0.45), (np.cos(0.4), np.sin(0.4), 0, 0))(that_way)["true"]  # tilted by 46 degrees
    up_to = Expectation("pushed", "box", on="bench", toward=0.0)
    assert pushed((0.3, 0.0, 0.45))(up_to)["true"] and not pushed((0.13, 0.0, 0.45))(up_to)["true"]


def test_swept_is_lower():
    assert pushed((0.3, 0.0, 0.0))(Expectation("swept", "box"))["true"] is True
    assert pushed((0.3, 0.0, 0.45))(Expectation("swept", "box"))["true"] is False


def test_put_down_on_something_stands_on_that_either_way_up():
    down = Expectation("put_down", "box", on="bench")
    assert moved((0.9, 0.0, 0.45), UPRIGHT, False)(down)
    assert moved((0.9, 0.0, 0.70), UPSIDE_DOWN, False)(down)  # a plain box has no top
    assert not moved((0.9, 0.0, 0.0), UPRIGHT, False)(down)
    assert not moved((0.9, 0.0, 0.45), UPRIGHT, True)(down)


def _crossing(xs, shift=0.0, touched=0.0):
    """A track of a robot that walks along x past a low bar at x = 1, which ends `shift` [m] from where it stood."""
    item = CatalogueItem("bar", "hurdle", "red", np.array([0.05, 1.0, 0.05]), True)
    track = TruthTrack(10.0)
    for k, x in enumerate(xs):
        track.root.append(np.array([x, 0.1, 0.0]))
        track.things.setdefault("bar", []).append(np.array([1.0 + shift * k / (len(xs) - 1), 0, 0, 1, 0, 0, 0]))
    track.touched["bar"] = touched
    again = TruthTrack.from_arrays(track.to_arrays() | {f"hand_{s}": np.zeros((1, 3)) for s in ("left", "right")})
    return happened(Expectation("stepped_over", "bar"), again, {"bar": (item, np.array([1.0 + shift, 0, 0]), 0.0)})


@pytest.mark.parametrize(
    ("xs", "more", "true", "clean"),
    [
        ([0.3, 0.9, 1.4], {}, True, True),
        ([0.3, 0.9, 1.4], {"touched": 0.04}, True, False),
        ([0.3, 0.9, 1.4], {"shift": 0.03}, True, False),
        ([0.3, 0.9, 1.4], {"shift": 0.2, "touched": 0.3}, False, False),
        ([0.3, 0.9], {}, False, False),
        ([0.3, 1.2, 0.8], {}, False, False),
    ],
)
def test_a_bar_is_passed_when_the_robot_is_beyond_it_and_it_stands_where_it_stood(xs, more, true, clean):
    found = _crossing(xs, **more)
    assert (found["true"], found["clean"]) == (true, clean)


def _wiping(height, aside, side="right"):
    """A track of a robot whose right hand goes over (1.5, `aside`) with its lowest so high, pressing with 4 N."""
    t = track([(1.1, 0.0, 0.0)] * len(aside))
    t.lowest = {"left": [1.0] * len(aside), "right": [height] * len(aside)}
    t.palms = [np.array([[1.2, 0.3, 0.9], [1.5, y, height + 0.03]]) for y in aside]
    t.hands["right"] = [np.array([1.39, y, height + 0.04]) for y in aside]
    t.pressed = [4.0] * len(aside)
    wiped = Expectation("wiped", "table", side=side, patch=(1.5, 0.0, 0.0, 0.08, 0.30))
    return happened(wiped, TruthTrack.from_arrays(t.to_arrays()), OBJECTS)


def test_wiped_is_most_of_the_patch_under_a_palm_that_touches_or_nearly():
    whole, half = np.linspace(-0.15, 0.15, 20), np.linspace(-0.15, -0.05, 10)
    found = _wiping(0.725, whole)
    assert found["true"] is True and found["measured"] == pytest.approx(1.0)
    assert found["press_n"] == pytest.approx(4.0) and found["press_most_n"] == pytest.approx(4.0)
    assert _wiping(0.725, half)["true"] is False and _wiping(0.725, half)["measured"] == pytest.approx(0.45, abs=0.05)
    assert _wiping(0.745, whole)["measured"] == 0.0  # it hovers
    assert _wiping(0.60, whole)["measured"] == 0.0  # beside the table
    assert _wiping(0.725, whole, side="left")["true"] is False
    nothing_shown = happened(Expectation("wiped", "table"), track([(0, 0, 0)]), OBJECTS)
    assert nothing_shown["true"] is False


BOTTLE = CatalogueItem("bottle", "bottle", "red", np.array([0.07, 0.07, 0.24]), True)
BASKET = CatalogueItem("basket", "basket", "yellow", np.array([0.36, 0.28, 0.22]), True)
LYING = (np.sqrt(0.5), np.sqrt(0.5), 0, 0)


@pytest.mark.parametrize(
    ("place", "quat", "released", "true"),
    [
        ((1.0, 0.0, 0.512), UPRIGHT, True, True),
        ((1.0, 0.1, 0.55), LYING, True, True),  # its middle is 12 cm nearer along y
        ((1.0, 0.0, 0.512), UPRIGHT, False, False),  # still in the hand
        ((1.0, 0.0, 0.77), UPRIGHT, False, False),  # held over it
        ((1.25, 0.0, 0.5), UPRIGHT, True, False),  # beside it
        ((1.0, 0.0, 0.0), UPRIGHT, True, False),  # below it
    ],
)
def test_inside_is_between_the_walls_at_rest_and_out_of_the_hand(place, quat, released, true):
    t = track([(0.0, 0.0, 0.0)] * 20)
    t.things["bottle"] = [np.array([*place, *quat])] * 20
    t.lifted["bottle"] = list(range(10 if released else 20))
    where = {"bottle": (BOTTLE, np.array(place), 0.0), "basket": (BASKET, np.array([1.0, 0.0, 0.5]), 0.0)}
    expectation = Expectation("placed", "bottle", on="basket", inside=True)
    assert happened(expectation, t, where)["true"] is true
    t.lifted.clear()  # never held
    assert happened(expectation, t, where)["true"] is False
