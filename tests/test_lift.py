"""Taking hold of a thing on the real parts: pixels in, a box in the air, and the check sees it."""

import json

import pytest

import skills
from exoactor import attempt
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Action, Outcome, StageError
from exoactor.world.faults import parse_fault
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]
LIFT, PUT_DOWN, ARGS = skills.get("lift"), skills.get("put_down"), {"target": "box"}


def begun(folder, seed=3):
    """A lift in the storeroom up to its estimated motion."""
    pipeline = SimPipeline(load_scene("storeroom"), seed=seed, cfg=PipelineCfg(record=False))
    scene = pipeline.observe(folder)
    pipeline.imagine(folder, scene, LIFT.actions(scene, ARGS), seed=seed)
    pipeline.estimate(folder)
    return pipeline


def finished(pipeline, folder, skill):
    """The rest of an attempt: verdict and truth."""
    pipeline.ground(folder, skill.expectation(ARGS))
    pipeline.retarget(folder)
    assert not pipeline.track(folder)["fell"]
    verdict = pipeline.check(folder, skill.expectation(ARGS))
    return verdict, json.loads((folder / attempt.TRUTH).read_text())


def test_a_box_is_lifted_and_put_down_again(tmp_path):
    up, down = tmp_path / "up", tmp_path / "down"
    up.mkdir()
    down.mkdir()
    pipeline = begun(up)
    try:
        contact = attempt.load_contact(up)
        assert contact is not None and contact.thing == "box" and contact.hands == ("left", "right")
        verdict, truth = finished(pipeline, up, LIFT)
        assert verdict.outcome is Outcome.DONE
        assert truth["true"] is True and truth["measured"] >= 1.0 and truth["contact_m"] < 0.08

        scene = pipeline.observe(down)
        assert scene.get("box").position[2] > 0.5
        pipeline.imagine(down, scene, PUT_DOWN.actions(scene, ARGS), seed=3)
        pipeline.estimate(down)
        verdict, truth = finished(pipeline, down, PUT_DOWN)
        assert verdict.outcome is Outcome.DONE and truth["true"] is True
    finally:
        pipeline.close()


def test_a_robot_that_falls_on_the_way_has_taken_hold_of_nothing(tmp_path):
    pipeline = begun(tmp_path)
    try:
        pipeline.ground(tmp_path, LIFT.expectation(ARGS))
        pipeline.retarget(tmp_path)
        pipeline.arm([parse_fault("push_robot:newton_seconds=100,t=2@1.1")])
        assert pipeline.track(tmp_path)["fell"]
        assert not (tmp_path / attempt.ROBOT_HOLD).exists()
    finally:
        pipeline.close()


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
