"""When a bar counts as passed, from poses that were located and the bar as perceived."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.check import CheckCfg
from exoactor.check.passages import passed
from exoactor.passage import pose_by
from exoactor.types import CatalogueItem, Outcome, SceneObject

CFG = CheckCfg()
BAR = SceneObject(
    CatalogueItem("bar", "hurdle", "red", np.array([0.05, 1.0, 0.06]), True), np.array([1.0, 0.2, 0.0]), 1.4, 0.9
)


def way(*along, aside=0.0):
    return [pose_by(BAR, True, aside, a) for a in along]


def moved(shift=(0.0, 0.0), turn=0.0, **changes):
    return replace(BAR.moved(np.array([*shift, 0.0]), turn), **changes)


@pytest.mark.parametrize(
    ("path", "after", "outcome", "code"),
    [
        (way(-0.9, -0.4, 0.3), moved(), "done", "passed"),
        (way(-0.9, 0.3), moved(turn=np.pi), "done", "passed"),
        (way(-0.9, -0.4), moved(), "not_done", "not_beyond"),
        (way(-0.9, 0.1), moved(), "not_done", "astride"),
        (way(-0.9, 0.3), moved((0.08, 0.0)), "not_done", "bar_moved"),
        (way(-0.9, 0.3), moved(turn=0.2), "not_done", "bar_moved"),
        (way(-0.9, 0.3), moved(lies=True), "not_done", "bar_fell"),
        ([*way(-0.9), *way(-0.2, 0.2, aside=0.9), *way(0.4)], moved(), "not_done", "went_round"),
        (way(-0.9, 0.3, aside=0.55), moved(), "cannot_tell", "near_its_end"),
        (way(-0.9, 0.3), moved(confidence=0.3), "cannot_tell", "bar_not_seen"),
        (way(-0.9, 0.3), None, "cannot_tell", "bar_not_seen"),
    ],
)
def test_codes(path, after, outcome, code):
    verdict = passed(path, BAR, after, CFG)
    assert (verdict.outcome, verdict.code) == (Outcome(outcome), code)


def test_without_a_look_before_nothing_can_be_said():
    assert passed(way(-0.9, 0.3), None, BAR, CFG).outcome is Outcome.CANNOT_TELL
