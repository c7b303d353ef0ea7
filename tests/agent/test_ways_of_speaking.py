"""Order words, and ways of speaking that were collected after the parser was first written."""

from pathlib import Path

import pytest
import yaml
from rooms import ROOM

from agent.plan import PlanStatus
from agent.planner import DeterministicPlanner

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
