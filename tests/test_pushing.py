"""Pushing on the real parts: pixels in, a crate further on and upright."""

import json

import pytest

import skills
from exoactor import attempt
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Outcome
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]


def test_a_crate_is_pushed_forward_and_the_check_sees_how_far(tmp_path):
    pipeline = SimPipeline(load_scene("stockroom"), seed=3, cfg=PipelineCfg(record=False, imagine_fps=15))
    push = skills.get("push")
    try:
        scene = pipeline.observe(tmp_path)
        args = push.settled(scene, {"object": "crate", "direction": "forward"})
        pipeline.imagine(tmp_path, scene, push.actions(scene, args), seed=3)
        pipeline.estimate(tmp_path)
        contact = attempt.load_contact(tmp_path)
        assert (contact.thing, contact.kind, contact.hands) == ("crate", "push", ("left", "right"))
        assert contact.way[0] == pytest.approx(0.4, abs=0.06)
        pipeline.ground(tmp_path, push.expectation(args))
        pipeline.retarget(tmp_path)
        assert not pipeline.track(tmp_path)["fell"]
        verdict = pipeline.check(tmp_path, push.expectation(args))
        truth = json.loads((tmp_path / attempt.TRUTH).read_text())
        assert (verdict.outcome, verdict.code) == (Outcome.DONE, "pushed") and truth["true"] is True
        assert verdict.measured == pytest.approx(truth["measured"], abs=0.05)
    finally:
        pipeline.close()
