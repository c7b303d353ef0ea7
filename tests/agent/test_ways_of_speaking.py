"""Order words, and ways of speaking that were collected after the parser was first written."""

from pathlib import Path

import pytest
import yaml
from rooms import ROOM

import skills
from agent.bench.trials import really_achieved
from agent.plan import PlanStatus
from agent.planner import DeterministicPlanner
from exoactor.world.scene_file import load_scene

SAID = yaml.safe_load(Path(__file__).with_name("ways_of_speaking.yaml").read_text())


@pytest.mark.parametrize(("say", "plan"), [*SAID["order"].items(), *SAID["spoken"].items()])
def test_read_as_said(say, plan):
    result = DeterministicPlanner().plan(say, ROOM)
    assert result.status is PlanStatus.OK, result.reason
    assert " ".join(map(str, result.subtasks)) == plan


@pytest.mark.parametrize("say", [*SAID["unclear order"], *SAID["not for it"]])
def test_what_is_unclear_or_not_for_it_is_not_guessed(say):
    result = DeterministicPlanner().plan(say, ROOM)
    assert result.status is PlanStatus.ABSTAIN and result.reason and not result.subtasks


SPENT = yaml.safe_load(Path(__file__).with_name("instructions_spent.yaml").read_text())


@pytest.mark.parametrize("item", SPENT, ids=[i["id"] for i in SPENT])
def test_the_plan_brings_about_what_was_expected(item):
    result = DeterministicPlanner().plan(item["say"], load_scene(item["scene"]).catalogue())
    assert result.status is PlanStatus.OK, result.reason
    wanted = [skills.get(s.skill).expectation(s.args) for s in result.subtasks]
    made = [{"truth": True, "expected": [e.kind, e.target, e.side]} for e in wanted]
    assert really_achieved(item["expect"], made)


IN_SCENES = yaml.safe_load(Path(__file__).with_name("said_in_scenes.yaml").read_text())


@pytest.mark.parametrize("scene", IN_SCENES)
def test_read_as_said_in_the_bundled_scenes(scene):
    catalogue = load_scene(scene).catalogue()
    read = {say: DeterministicPlanner().plan(say, catalogue) for say in IN_SCENES[scene]}
    assert {say: " ".join(map(str, r.subtasks)) or r.reason for say, r in read.items()} == IN_SCENES[scene]
