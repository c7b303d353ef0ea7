"""Taking hold of a thing on the real parts: pixels in, a box in the air, and the check sees it."""

import json

import pytest

import skills
from exoactor import attempt
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Action, Outcome, StageError
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]
LIFT, ARGS = skills.get("lift"), {"target": "box"}


def begun(folder, seed=3):
    """A lift in the storeroom up to its estimated motion."""
    pipeline = SimPipeline(load_scene("storeroom"), seed=seed, cfg=PipelineCfg(record=False))
    scene = pipeline.observe(folder)
    pipeline.imagine(folder, scene, LIFT.actions(scene, ARGS), seed=seed)
    pipeline.estimate(folder)
    return pipeline


def test_a_box_is_lifted_and_seen_to_be(tmp_path):
    pipeline = begun(tmp_path)
    try:
        contact = attempt.load_contact(tmp_path)
        assert contact is not None and contact.thing == "box" and contact.hands == ("left", "right")
        pipeline.ground(tmp_path, LIFT.expectation(ARGS))
        pipeline.retarget(tmp_path)
        report = pipeline.track(tmp_path)
        verdict = pipeline.check(tmp_path, LIFT.expectation(ARGS))
    finally:
        pipeline.close()
    assert not report["fell"]
    assert verdict.outcome is Outcome.DONE
    truth = json.loads((tmp_path / attempt.TRUTH).read_text())
    assert truth["true"] is True and truth["measured"] >= 1.0
    assert truth["contact_m"] < 0.08


def test_a_video_that_lifts_nothing_or_something_else_is_refused(tmp_path):
    pipeline = SimPipeline(load_scene("storeroom"), seed=3, cfg=PipelineCfg(record=False))
    try:
        scene = pipeline.observe(tmp_path)
        pipeline.imagine(tmp_path, scene, (Action("wave", "waves", seconds=2.0),), seed=3)
        pipeline.estimate(tmp_path)
        assert attempt.load_contact(tmp_path) is None
        with pytest.raises(StageError, match="never_lifted"):
            pipeline.ground(tmp_path, LIFT.expectation(ARGS))
    finally:
        pipeline.close()
