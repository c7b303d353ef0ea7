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


SPENT = [
    {**item, "id": f"{name}/{item['id']}"}
    for name in ("instructions_spent", "instructions_spent_2")
    for item in yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text())
]
"""Sealed halves of earlier benchmarks, which have been read since."""


def brought_about(item):
    """Whether the plan brings about what is expected; None if the planner abstains."""
    result = DeterministicPlanner().plan(item["say"], load_scene(item["scene"]).catalogue())
    if result.status is not PlanStatus.OK:
        assert result.reason
        return None
    wanted = [skills.get(s.skill).expectation(s.args) for s in result.subtasks]
    made = [{"truth": True, "expected": [e.kind, e.target, e.side]} for e in wanted]
    return really_achieved(item["expect"], made)


@pytest.mark.parametrize("item", SPENT, ids=[i["id"] for i in SPENT])
def test_the_plan_brings_about_what_was_expected(item):
    assert brought_about(item)


@pytest.mark.parametrize(
    ("name", "read"),
    [("instructions_spent_3", 27), ("new_speakers_a", 21), ("new_speakers_b", 53), ("new_speakers_c", 56)],
)
def test_new_speakers_are_read_rightly_or_not_at_all(name, read):
    items = yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text())
    found = {item["id"]: brought_about(item) for item in items}
    assert not [id for id, right in found.items() if right is False]
    assert sum(right is True for right in found.values()) >= read


IN_SCENES = yaml.safe_load(Path(__file__).with_name("said_in_scenes.yaml").read_text())


@pytest.mark.parametrize("scene", IN_SCENES)
def test_read_as_said_in_the_bundled_scenes(scene):
    catalogue = load_scene(scene).catalogue()
    read = {say: DeterministicPlanner().plan(say, catalogue) for say in IN_SCENES[scene]}
    assert {say: " ".join(map(str, r.subtasks)) or r.reason for say, r in read.items()} == IN_SCENES[scene]


OTHERS = yaml.safe_load(Path(__file__).with_name("other_speakers.yaml").read_text())


@pytest.mark.parametrize("scene", OTHERS["read"])
def test_other_speakers_are_read_as_they_said(scene):
    catalogue = load_scene(scene).catalogue()
    read = {say: DeterministicPlanner().plan(say, catalogue) for say in OTHERS["read"][scene]}
    assert {say: " ".join(map(str, r.subtasks)) or r.reason for say, r in read.items()} == OTHERS["read"][scene]


@pytest.mark.parametrize(("scene", "say"), [(scene, say) for scene, all_ in OTHERS["refused"].items() for say in all_])
def test_other_speakers_are_not_guessed_at(scene, say):
    result = DeterministicPlanner().plan(say, load_scene(scene).catalogue())
    assert result.status is PlanStatus.ABSTAIN and result.reason and not result.subtasks


@pytest.mark.parametrize("say", ["wave. before that", "start by", "wave, finish with", "step 1", "wave when", "after"])
def test_a_sentence_that_breaks_off_is_not_acted_on(say):
    result = DeterministicPlanner().plan(say, ROOM)
    assert result.status is PlanStatus.ABSTAIN and result.reason
