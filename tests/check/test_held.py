"""Off what it stood on for a second: judged by the lowest and highest part seen in each look."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.check.cfg import CheckCfg
from exoactor.check.held import HeightLook, carried, lifted, on_target, put_down
from exoactor.types import CatalogueItem, Outcome, Pose2D, SceneObject

BOX = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.3, 0.25]), True), [1.0, 0, 0.4], 0.0, 1.0)
CAN = SceneObject(CatalogueItem("can", "can", "red", np.array([0.066, 0.066, 0.12]), True), [1.0, 0, 0.4], 0.0, 1.0)
UP, DOWN, TILTED, FOOT_HIDDEN = (0.58, 0.83), (0.40, 0.65), (0.41, 0.78), (0.52, 0.65)
TOP_HIDDEN = (0.58, 0.58)


def looks(*heights, hz=4.0):
    return [HeightLook(k / hz, h) for k, h in enumerate(heights)]


@pytest.mark.parametrize(
    ("heights", "outcome", "code"),
    [
        ([DOWN, DOWN, UP, UP, UP, UP, UP, UP], Outcome.DONE, "lifted"),
        ([DOWN] * 8, Outcome.NOT_DONE, "not_lifted"),
        ([DOWN, UP, UP, UP, UP, UP, DOWN], Outcome.NOT_DONE, "dropped"),
        ([TILTED] * 8, Outcome.NOT_DONE, "not_lifted"),
        ([FOOT_HIDDEN] * 8, Outcome.NOT_DONE, "not_lifted"),
        ([DOWN, UP, UP, TOP_HIDDEN, TOP_HIDDEN, UP, UP], Outcome.DONE, "lifted"),
        ([DOWN, UP, UP, UP, UP, UP, TOP_HIDDEN, TOP_HIDDEN, TOP_HIDDEN], Outcome.CANNOT_TELL, "target_not_seen"),
        ([TOP_HIDDEN] * 8, Outcome.CANNOT_TELL, "target_not_seen"),
        ([DOWN] * 6 + [UP, UP], Outcome.CANNOT_TELL, "held_too_short"),
        ([UP] * 7 + [None], Outcome.CANNOT_TELL, "target_not_seen"),
        ([None] * 6 + [UP], Outcome.CANNOT_TELL, "target_not_seen"),
        ([], Outcome.CANNOT_TELL, "target_not_seen"),
    ],
)
def test_only_what_is_up_for_a_second_and_still_is_counts(heights, outcome, code):
    verdict = lifted(looks(*heights), BOX, CheckCfg())
    assert (verdict.outcome, verdict.code) == (outcome, code)


@pytest.mark.parametrize(
    ("heights", "thing", "open_below", "code"),
    [
        ((0.50, 0.53), CAN, True, "lifted"),
        ((0.50, 0.53), CAN, False, "not_lifted"),  # a can that stands, its foot hidden by fingers
        ((0.47, 0.48), CAN, True, "lifted"),
        ((0.40, 0.52), CAN, True, "not_lifted"),  # at the edge of a table one sees past it, too
        (FOOT_HIDDEN, BOX, True, "not_lifted"),
        (TOP_HIDDEN, BOX, True, "target_not_seen"),
    ],
)
def test_a_small_thing_most_of_which_a_hand_hides_is_up_where_its_lower_end_is_in_the_air(
    heights, thing, open_below, code
):
    assert lifted([HeightLook(k / 4, heights, open_below) for k in range(8)], thing, CheckCfg()).code == code


def test_a_look_in_which_it_is_down_begins_the_second_anew():
    heights = [UP, UP, UP, UP, DOWN, UP, UP, UP]
    assert lifted(looks(*heights), BOX, CheckCfg()).code == "held_too_short"
    assert lifted(looks(*heights, UP, UP, UP), BOX, CheckCfg()).code == "lifted"


@pytest.mark.parametrize(
    ("heights", "robot", "outcome", "code"),
    [
        (DOWN, Pose2D(0, 0, 0), Outcome.DONE, "put_down"),
        (UP, Pose2D(0, 0, 0), Outcome.NOT_DONE, "not_put_down"),
        ((0.0, 0.25), Pose2D(0, 0, 0), Outcome.NOT_DONE, "not_put_down"),
        ((0.41, 0.80), Pose2D(0, 0, 0), Outcome.NOT_DONE, "toppled"),
        ((0.41, 0.70), Pose2D(0, 0, 0), Outcome.NOT_DONE, "toppled"),
        (DOWN, None, Outcome.CANNOT_TELL, "robot_not_seen"),
        (None, Pose2D(0, 0, 0), Outcome.CANNOT_TELL, "target_not_seen"),
    ],
)
def test_put_down_is_upright_on_what_is_below_and_the_robot_seen_beside_it(heights, robot, outcome, code):
    verdict = put_down(HeightLook(1.0, heights), BOX, robot, 0.05, 0.4, CheckCfg())
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_what_lies_is_toppled_though_it_is_as_high_as_it_lies():
    lying = replace(BOX, item=replace(BOX.item, size=np.array([0.25, 0.3, 0.3])), lies=True)
    verdict = put_down(HeightLook(1.0, (0.40, 0.70)), lying, Pose2D(0, 0, 0), 0.05, 0.4, CheckCfg())
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_DONE, "toppled")
    standing = replace(lying, lies=False)
    assert put_down(HeightLook(1.0, (0.40, 0.70)), standing, Pose2D(0, 0, 0), 0.05, 0.4, CheckCfg()).code == "put_down"
    # as high as it would be if it stood: a drum that is as high as it is wide
    look = HeightLook(1.0, (0.41, 0.74))
    assert put_down(look, lying, Pose2D(0, 0, 0), 0.05, 0.4, CheckCfg(), None, 0.32).outcome is Outcome.CANNOT_TELL
    assert put_down(look, lying, Pose2D(0, 0, 0), 0.05, 0.4, CheckCfg(), None, 0.25).code == "toppled"


def test_what_the_hands_still_touch_is_not_put_down():
    verdict = put_down(HeightLook(1.0, DOWN), BOX, Pose2D(0, 0, 0), 0.0, 0.4, CheckCfg())
    assert (verdict.outcome, verdict.code, verdict.unit) == (Outcome.NOT_DONE, "still_held", "m")


@pytest.mark.parametrize(
    ("place", "outcome", "code"),
    [
        ([1.0, 0, 0.4], Outcome.DONE, "placed"),
        ([1.0, 0.6, 0.4], Outcome.NOT_DONE, "not_on_target"),
        ([1.0, 0, 0.7], Outcome.NOT_DONE, "not_on_target"),
    ],
)
def test_placed_is_on_the_target_and_not_beside_it(place, outcome, code):
    table = SceneObject(CatalogueItem("table", "table", "wood", np.array([0.6, 0.8, 0.4]), False), [1, 0, 0], 0.0, 1.0)
    stands = put_down(HeightLook(1.0, DOWN), BOX, Pose2D(0, 0, 0), 0.05, 0.4, CheckCfg())
    verdict = on_target(stands, replace(BOX, position=np.array(place)), table)
    assert (verdict.outcome, verdict.code) == (outcome, code)
    assert on_target(stands, BOX, None).outcome is Outcome.CANNOT_TELL
    still = put_down(HeightLook(1.0, DOWN), BOX, Pose2D(0, 0, 0), 0.0, 0.4, CheckCfg())
    assert on_target(still, BOX, table).code == "still_held"


BENCH = SceneObject(CatalogueItem("bench", "table", "wood", np.array([0.5, 0.9, 0.45]), False), [1.0, 0, 0], 0.0, 1.0)
DOOR = SceneObject(CatalogueItem("door", "door", "wood", np.array([0.1, 0.9, 2.0]), False), [1.8, 0, 0], 0.0, 1.0)
HELD = replace(BOX, position=np.array([0.9, 0.0, 0.55]), confidence=0.3)


@pytest.mark.parametrize(
    ("low", "place", "to", "over", "outcome", "code"),
    [
        (0.55, 0.9, BENCH, True, Outcome.DONE, "carried"),
        (0.46, 0.9, BENCH, True, Outcome.NOT_DONE, "lost"),  # it lies on the bench
        (0.55, 0.6, BENCH, True, Outcome.NOT_DONE, "too_far"),  # held before the bench
        (0.55, 1.3, DOOR, False, Outcome.DONE, "carried"),
        (0.55, 0.4, DOOR, False, Outcome.NOT_DONE, "too_far"),
    ],
)
def test_what_is_carried_is_in_the_air_where_it_was_to_go(low, place, to, over, outcome, code):
    thing = replace(HELD, position=np.array([place, 0.0, low]))
    level = 0.45 if over else 0.0
    verdict = carried(looks(*[(low, low + 0.25)] * 4), thing, to, over, level, CheckCfg())
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_what_is_not_seen_in_three_looks_is_not_known_to_be_held():
    seen = (0.6, 0.85)
    for heights in ([seen, seen], [seen, seen, seen, None], [seen, None, None, seen]):
        assert carried(looks(*heights), HELD, BENCH, True, 0.45, CheckCfg()).outcome is Outcome.CANNOT_TELL
    assert carried(looks(*[seen] * 4), None, BENCH, True, 0.45, CheckCfg()).outcome is Outcome.CANNOT_TELL


def test_what_is_put_down_beside_the_thing_it_was_to_stand_on_is_elsewhere():
    robot, look = Pose2D(0.5, 0.0, 0.0), HeightLook(0.0, (0.45, 0.70))
    on = replace(BOX, position=np.array([0.9, 0.0, 0.45]))
    assert put_down(look, on, robot, 0.2, 0.45, CheckCfg(), BENCH).outcome is Outcome.DONE
    beside = replace(on, position=np.array([0.5, 0.0, 0.45]))
    verdict = put_down(look, beside, robot, 0.2, 0.45, CheckCfg(), BENCH)
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_DONE, "elsewhere")
