"""Into a basket on the real parts: a bottle is taken off a table, carried to a basket on a stand, and let drop in."""

import pytest

from agent.bench import basket as bench
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Outcome
from exoactor.world.scene_file import load_scene, read_scene
from tests.test_pick import done

BOTTLE = {"object": "red_bottle"}


@pytest.mark.assets
@pytest.mark.slow
def test_a_bottle_is_carried_to_a_basket_and_let_drop_into_it(tmp_path):
    pipeline = SimPipeline(load_scene("laundry"), seed=2, cfg=PipelineCfg(record=False))
    steps = (
        ("pick", BOTTLE, "lift", None),
        ("carry", {"target": "red_bottle", "to": "basket"}, "carry", None),
        ("place", {**BOTTLE, "target": "basket", "relation": "in"}, "put_down", "basket"),
    )
    try:
        for name, args, kind, into in steps:
            contact, verdict, truth = done(pipeline, tmp_path / name, name, args, 2)
            assert (contact.kind, contact.thing, contact.into) == (kind, "red_bottle", into)
            assert verdict.outcome is Outcome.DONE and truth["true"] is True, (name, verdict.code)
        assert pipeline.holding is None
    finally:
        pipeline.close()


def test_the_benchmarks_rooms_are_sound_and_every_fourth_asks_for_two_things():
    cases = bench.cases(8, 0)
    assert [case["kind"] for case in cases] == ["bottle", "can", "bottle", "cans"] * 2
    for case in cases:
        spec = read_scene(bench.scene_of(case))
        rim = spec.thing("basket").position[2] + spec.thing("basket").item.size[2]
        assert rim == pytest.approx(case["rim"], abs=2e-3)
        assert sum(thing.on == "table" for thing in spec.things) == 1 + case["kind"].endswith("s")
