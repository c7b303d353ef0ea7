"""Walking with what one hand holds on the real parts: a bottle is taken off one table and placed on another."""

import pytest

from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Outcome
from exoactor.world.scene_file import load_scene
from tests.test_pick import done

pytestmark = [pytest.mark.assets, pytest.mark.slow]
BOTTLE = {"object": "bottle"}


def test_a_bottle_is_carried_to_another_table_in_one_hand_and_placed_there(tmp_path):
    pipeline = SimPipeline(load_scene("parlour"), seed=4, cfg=PipelineCfg(record=False))
    steps = (
        ("pick", BOTTLE, "lift"),
        ("carry", {"target": "bottle", "to": "sideboard"}, "carry"),
        ("place", {**BOTTLE, "target": "sideboard"}, "put_down"),
    )
    try:
        for name, args, kind in steps:
            contact, verdict, truth = done(pipeline, tmp_path / name, name, args, 4)
            assert (contact.kind, contact.thing, contact.hands) == (kind, "bottle", ("right",))
            assert verdict.outcome is Outcome.DONE and truth["true"] is True, (name, verdict.code)
        assert pipeline.observe(tmp_path).get("bottle").position[2] == pytest.approx(0.62, abs=0.03)
    finally:
        pipeline.close()
