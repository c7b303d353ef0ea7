"""A real model, where one is at hand: EXOACTOR_LIVE_MODEL and EXOACTOR_LIVE_URL (an OpenAI-compatible address).

It tests the wire, not the model: whatever it answers has to be read, and nothing but a valid plan may come of it.
"""

import os

import pytest

from agent.model_planner import ModelPlanner
from agent.models.calls import Calls
from agent.models.config import ModelCfg
from agent.plan import Context
from agent.symbolic import problems_of
from exoactor.world.scene_file import load_scene

MODEL, URL = os.environ.get("EXOACTOR_LIVE_MODEL", ""), os.environ.get("EXOACTOR_LIVE_URL", "")


@pytest.mark.slow
@pytest.mark.skipif(not (MODEL and URL), reason="no EXOACTOR_LIVE_MODEL and EXOACTOR_LIVE_URL")
@pytest.mark.parametrize("way", ["json_schema", "json"])
def test_a_real_model_is_understood(way):
    catalogue, calls = load_scene("depot").catalogue(), []
    cfg = ModelCfg(MODEL, URL, structured=way, timeout=280.0, retries=0, corrections=0, max_output=200)
    say = "the bench would be a better place for the box"
    result = ModelPlanner(cfg, os.environ.get("EXOACTOR_LIVE_KEY", "")).plan(
        say, catalogue, Context(calls=Calls(record=calls.append))
    )
    print(
        way,
        result,
        [(c["code"], c["detail"], c["seconds"], c["tokens_in"], c["tokens_out"], c["reply"]) for c in calls],
    )
    assert len(calls) == 1 and calls[0]["tokens_in"] > 0
    assert calls[0]["code"] in ("ok", "nonsense", "truncated")
    assert all(not problems_of(s.skill, dict(s.args), catalogue) for s in result.subtasks)
