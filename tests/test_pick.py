"""Taking a small thing with one hand on the real parts: pixels in, a bottle in the air, and upright again."""

import json

import pytest

import skills
from exoactor import attempt
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Outcome, StageError
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]
ARGS = {"object": "red_bottle"}


def done(pipeline, folder, name, args, seed):
    """One attempt: the contact that its clip shows, the verdict and what was true."""
    folder.mkdir()
    skill = skills.get(name)
    scene = pipeline.observe(folder)
    pipeline.imagine(folder, scene, skill.actions(scene, args), seed=seed)
    pipeline.estimate(folder)
    pipeline.ground(folder, skill.expectation(args))
    pipeline.retarget(folder)
    assert not pipeline.track(folder)["fell"]
    verdict = pipeline.check(folder, skill.expectation(args))
    return attempt.load_contact(folder), verdict, json.loads((folder / attempt.TRUTH).read_text())


def test_a_bottle_is_taken_with_one_hand_and_placed_upright(tmp_path):
    pipeline = SimPipeline(load_scene("pantry"), seed=3, cfg=PipelineCfg(record=False))
    try:
        contact, verdict, truth = done(pipeline, tmp_path / "up", "pick", ARGS, 3)
        assert contact.thing == "red_bottle" and contact.hands == ("right",)
        assert contact.lift == pytest.approx(0.16, abs=0.06)  # the fingers hide where it ends
        assert verdict.outcome is Outcome.DONE and truth["true"] is True and truth["contact_m"] is None
        contact, verdict, truth = done(pipeline, tmp_path / "down", "place", {**ARGS, "target": "table"}, 3)
        assert contact.hands == ("right",) and contact.lift < -0.05
        assert (verdict.outcome, verdict.code) == (Outcome.DONE, "placed") and truth["true"] is True
        assert pipeline.observe(tmp_path).get("red_bottle").position[2] == pytest.approx(0.70, abs=0.03)
    finally:
        pipeline.close()


def test_rubber_hands_take_nothing(tmp_path):
    pipeline = SimPipeline(load_scene("kitchen"), seed=3, cfg=PipelineCfg(record=False))
    try:
        scene = pipeline.observe(tmp_path)
        with pytest.raises(StageError, match="no_fingers"):
            pipeline.imagine(tmp_path, scene, skills.get("pick").actions(scene, ARGS), seed=3)
    finally:
        pipeline.close()
