"""Under a bar on the real parts: imagined, read from pixels, walked, and seen to be done."""

import json

import pytest

import skills
from exoactor import attempt
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Outcome
from exoactor.world.scene_file import read_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]
ROOM = """
name: room
robot: {pos: [0, 0]}
camera: {pos: [0.7, -3.7, 1.7], target: [0.7, 0.1, 0.68], fovy_deg: 54}
furniture:
  - {id: bin, kind: bin, pos: [0.7, 1.4], color: blue}
objects:
  - {id: bar, kind: KIND, pos: [0.85, 0.0], size: SIZE}
"""


@pytest.mark.parametrize(
    ("name", "kind", "size"), [("duck_under", "beam", "[0.36, 1.3, 1.2]"), ("step_over", "hurdle", "[0.05, 1.0, 0.04]")]
)
def test_the_robot_goes_across_and_the_bar_stands(tmp_path, name, kind, size):
    spec = read_scene(ROOM.replace("KIND", kind).replace("SIZE", size))
    pipeline, skill, args = (
        SimPipeline(spec, seed=3, cfg=PipelineCfg(record=False)),
        skills.get(name),
        {"object": "bar"},
    )
    try:
        scene = pipeline.observe(tmp_path)
        pipeline.imagine(tmp_path, scene, skill.actions(scene, args), seed=3)
        pipeline.gate(tmp_path)
        pipeline.estimate(tmp_path)
        assert attempt.load_passage(tmp_path).thing == "bar"
        pipeline.ground(tmp_path, skill.expectation(args))
        pipeline.retarget(tmp_path)
        assert not pipeline.track(tmp_path)["fell"]
        verdict = pipeline.check(tmp_path, skill.expectation(args))
        truth = json.loads((tmp_path / attempt.TRUTH).read_text())
        assert verdict.outcome is Outcome.DONE and truth["true"] is True, (verdict, truth)
    finally:
        pipeline.close()
