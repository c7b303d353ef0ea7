"""Pushed: far enough that way, upright, not fallen off. Swept: seen lower, or nowhere while the whole top is seen."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.check.cfg import CheckCfg
from exoactor.check.pushed import pushed, seen_of_top, swept
from exoactor.types import Camera, CatalogueItem, Observation, Outcome, Proprioception, SceneObject

CFG = CheckCfg()
BOX = SceneObject(CatalogueItem("box", "box", "red", np.array([0.4, 0.4, 0.6]), True), [1.0, 0, 0], 0.0, 1.0)
TABLE = SceneObject(CatalogueItem("table", "table", "wood", np.array([0.6, 1.0, 0.7]), False), [1.0, 0, 0], 0.0, 1.0)
STANDS = (0.0, 0.6)


def moved(x, y=0.0, z=0.0, **changes):
    return replace(BOX, position=np.array([1.0 + x, y, z]), **changes)


@pytest.mark.parametrize(
    ("after", "heights", "toward", "outcome", "code"),
    [
        (moved(0.3), STANDS, 0.0, Outcome.DONE, "pushed"),
        (moved(0.3), STANDS, None, Outcome.DONE, "pushed"),
        (moved(-0.3), STANDS, np.pi, Outcome.DONE, "pushed"),
        (moved(0.02), STANDS, 0.0, Outcome.NOT_DONE, "not_moved"),
        (moved(0.10), STANDS, 0.0, Outcome.NOT_DONE, "moved_too_little"),
        (moved(-0.3), STANDS, 0.0, Outcome.NOT_DONE, "moved_too_little"),
        (moved(0.3, 0.3), STANDS, 0.0, Outcome.NOT_DONE, "elsewhere"),
        (moved(0.0, 0.3), STANDS, 0.0, Outcome.NOT_DONE, "elsewhere"),
        (moved(0.3, lies=True), (0.0, 0.4), 0.0, Outcome.NOT_DONE, "toppled"),
        (moved(0.3), (0.0, 0.4), 0.0, Outcome.NOT_DONE, "toppled"),
        (moved(0.3, confidence=0.4), STANDS, 0.0, Outcome.CANNOT_TELL, "target_not_seen"),
        (moved(0.3), None, 0.0, Outcome.CANNOT_TELL, "target_not_seen"),
        (None, STANDS, 0.0, Outcome.CANNOT_TELL, "target_not_seen"),
    ],
)
def test_only_what_went_that_way_and_stands_is_done(after, heights, toward, outcome, code):
    verdict = pushed(BOX, after, heights, toward, CFG)
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_how_far_it_went_is_told_and_what_is_lower_fell_off():
    verdict = pushed(BOX, moved(0.34, 0.02), STANDS, 0.0, CFG)
    assert verdict.measured == pytest.approx(0.34) and verdict.details["moved_m"] == 0.34
    high = replace(BOX, position=np.array([1.0, 0, 0.7]))
    assert pushed(high, moved(0.4), STANDS, 0.0, CFG).code == "fell_off"
    assert pushed(None, moved(0.4), STANDS, 0.0, CFG).code == "start_not_seen"


@pytest.mark.parametrize(
    ("seen", "top_seen", "outcome", "code"),
    [
        ([0.05], 0.5, Outcome.DONE, "swept"),
        ([], 1.0, Outcome.DONE, "gone"),
        ([], 0.8, Outcome.CANNOT_TELL, "top_not_seen"),
        ([0.75], 1.0, Outcome.NOT_DONE, "still_on_it"),
        ([0.05, 0.74], 1.0, Outcome.NOT_DONE, "still_on_it"),
        ([0.64], 1.0, Outcome.CANNOT_TELL, "at_the_edge"),
        (None, 1.0, Outcome.CANNOT_TELL, "target_not_seen"),
    ],
)
def test_off_the_table_is_lower_or_nowhere(seen, top_seen, outcome, code):
    verdict = swept(seen, TABLE, top_seen, CFG)
    assert (verdict.outcome, verdict.code) == (outcome, code)


def test_the_share_of_a_top_that_is_seen_falls_with_what_stands_before_it():
    camera = Camera.looking_at(np.array([1.0, -3.0, 1.7]), np.array([1.0, 0, 0.7]), 50.0, (320, 240))
    v, u = np.mgrid[0:240, 0:320]
    rays = camera.rays(np.stack([u + 0.5, v + 0.5], -1).reshape(-1, 2))
    along = (0.7 - camera.position[2]) / np.minimum(rays[:, 2], -1e-6)
    depth = (along * (rays @ camera.rotation[:, 2])).reshape(240, 320).astype(np.float32)
    felt = Proprioception(np.zeros(29), None, np.zeros(3))
    look = Observation(0.0, np.zeros((240, 320, 3), np.uint8), depth, camera, felt)
    assert seen_of_top(look, TABLE).mean() > 0.99
    half = depth.copy()
    half[:, : int(camera.project(np.array([1.0, 0.0, 0.7]))[0][0])] = 1.0
    assert seen_of_top(replace(look, depth=half), TABLE).mean() == pytest.approx(0.5, abs=0.1)
