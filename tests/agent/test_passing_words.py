"""How one says that something is to be gone over or under, in a room with a bar of either kind."""

import pytest

from agent.plan import PlanStatus
from agent.planner import DeterministicPlanner
from exoactor.world.scene_file import load_scene

CATALOGUE = load_scene("obstacles").catalogue()
OVER, UNDER = ("step_over", {"object": "hurdle"}), ("duck_under", {"object": "beam"})
TO_TABLE = ("walk_to", {"target": "table"})


def plan(say):
    return DeterministicPlanner().plan(say, CATALOGUE)


@pytest.mark.parametrize(
    ("say", "steps"),
    [
        ("step over the bar", [OVER]),
        ("step over the hurdle and go to the table", [OVER, TO_TABLE]),
        ("duck under the bar", [UNDER]),
        ("go under the beam", [UNDER]),
        ("please walk over the hurdle, then duck under the high bar and walk to the table", [OVER, UNDER, TO_TABLE]),
        ("Go to the beam. Then walk under it.", [("walk_to", {"target": "beam"}), UNDER]),
        ("go over to the table", [TO_TABLE]),
        ("walk over and stand by the table", [TO_TABLE, ("stand_still", {})]),
    ],
)
def test_read_as_said(say, steps):
    result = plan(say)
    assert result.status is PlanStatus.OK, result.reason
    assert [(s.skill, dict(s.args)) for s in result.subtasks] == steps


@pytest.mark.parametrize(
    ("say", "why"), [("step over the table", "allowed are: hurdle"), ("go to the bar", "could be hurdle")]
)
def test_what_cannot_be_meant_is_refused(say, why):
    result = plan(say)
    assert result.status is not PlanStatus.OK and why in result.reason
