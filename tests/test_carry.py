"""Bringing a thing somewhere on the real parts: lifted, walked with, put down on a bench, all from pixels."""

import json

import pytest

import skills
from exoactor import attempt
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Outcome
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]
STEPS = (
    ("lift", {"target": "box"}, "lift"),
    ("carry", {"target": "box", "to": "bench"}, "carry"),
    ("put_down", {"target": "box", "on": "bench"}, "put_down"),
)


def test_a_box_is_lifted_carried_and_put_down_on_a_bench(tmp_path):
    pipeline = SimPipeline(load_scene("depot"), seed=11, cfg=PipelineCfg(record=False))
    try:
        for name, args, contact in STEPS:
            folder, skill = tmp_path / name, skills.get(name)
            folder.mkdir()
            scene = pipeline.observe(folder)
            pipeline.imagine(folder, scene, skill.actions(scene, args), seed=11)
            pipeline.gate(folder)
            pipeline.estimate(folder)
            found = attempt.load_contact(folder)
            assert (found.kind, found.thing, found.hands) == (contact, "box", ("left", "right"))
            pipeline.ground(folder, skill.expectation(args))
            pipeline.retarget(folder)
            assert not pipeline.track(folder)["fell"]
            verdict = pipeline.check(folder, skill.expectation(args))
            truth = json.loads((folder / attempt.TRUTH).read_text())
            assert verdict.outcome is Outcome.DONE and truth["true"] is True, (name, verdict, truth)
    finally:
        pipeline.close()
