"""Thresholds of the places, from known poses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.check import CheckCfg
from exoactor.check.places import at, circled, facing, still
from exoactor.stance import stances
from exoactor.types import CatalogueItem, Outcome, Pose2D, SceneObject

CFG = CheckCfg()
TABLE = SceneObject(
    CatalogueItem("table", "table", "wood", np.array([0.6, 1.2, 0.72]), False), np.array([1.6, 0.3, 0.0]), 0.4, 1.0
)
BOTTLE = SceneObject(
    CatalogueItem("bottle", "bottle", "red", np.array([0.07, 0.07, 0.24]), True), np.array([1.55, 0.2, 0.72]), 0.0, 1.0
)


@given(st.floats(-3, 5), st.floats(-3, 4))
def test_every_stance_counts_as_at(x, y):
    for pose in stances(TABLE, np.array([x, y])):
        assert at(pose, TABLE, (TABLE,), CFG).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("standoff", "turn", "code"),
    [(0.45, 0.0, "reached"), (0.9, 0.0, "too_far"), (0.1, 0.0, "too_close"), (0.45, 1.0, "not_facing")],
)
def test_codes(standoff, turn, code):
    pose = stances(TABLE, np.array([0.0, 0.0]), standoff)[0]
    verdict = at(Pose2D(pose.x, pose.y, pose.yaw + turn), TABLE, (TABLE,), CFG)
    assert verdict.code == code
    assert (verdict.outcome is Outcome.DONE) == (code == "reached")


def test_another_side_than_was_asked_for_is_not_done():
    pose = stances(TABLE, np.array([0.0, 0.0]))[0]
    for turn, code in ((0.3, "reached"), (-0.3, "reached"), (np.pi / 2, "other_side"), (np.pi, "other_side")):
        verdict = at(pose, TABLE, (TABLE,), CFG, float(pose.yaw + turn))
        assert verdict.code == code and (verdict.outcome is Outcome.DONE) == (code == "reached")


def test_the_table_under_a_bottle_counts_for_too_close():
    pose = stances(TABLE, np.array([0.0, 0.0]), 0.1)[0]
    aimed = Pose2D(pose.x, pose.y, float(np.arctan2(BOTTLE.position[1] - pose.y, BOTTLE.position[0] - pose.x)))
    assert at(aimed, BOTTLE, (TABLE, BOTTLE), CFG).code == "too_close"
    assert at(aimed, BOTTLE, (BOTTLE,), CFG).code == "reached"


def test_facing_needs_the_spot_and_its_start():
    here = Pose2D(0.0, 0.0, float(np.arctan2(0.3, 1.6)))
    assert facing(Pose2D(0.1, 0.0, 2.0), here, TABLE, CFG).code == "facing"
    assert facing(Pose2D(0.6, 0.0, 2.0), here, TABLE, CFG).code == "moved_away"
    assert facing(None, here, TABLE, CFG).outcome is Outcome.CANNOT_TELL
    assert facing(here, Pose2D(0.0, 0.0, 1.0), TABLE, CFG).code == "not_facing"


def ring(degrees, step):
    angles = np.radians(np.arange(0, degrees + 1e-6, step))
    return [Pose2D(1.6 + 1.1 * np.cos(a), 0.3 + 1.1 * np.sin(a), a + np.pi / 2) for a in angles]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (ring(180, 15), "circled"),
        (ring(180, 15)[::-1], "circled"),
        (ring(120, 15), "not_round"),
        (ring(180, 15) + ring(180, 15)[::-1], "not_round"),
        (ring(240, 120) * 2, "path_not_seen"),
        (ring(180, 90), "robot_not_seen"),
    ],
)
def test_winding(path, code):
    assert circled(path, TABLE, CFG).code == code


def test_still():
    path = [Pose2D(0, 0, 0), Pose2D(0.02, 0.01, 0.03), Pose2D(0, 0, 0)]
    assert still(path, CFG).code == "still"
    assert still([*path, Pose2D(0.2, 0, 0)], CFG).code == "moved"
    assert still([path[0], Pose2D(0, 0, 0.5), path[2]], CFG).code == "turned"
