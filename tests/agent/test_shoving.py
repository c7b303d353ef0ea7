"""Pushing and sweeping as they are said, and what is done when a push was not enough."""

import pytest

from agent.plan import Failure, PlanStatus, Subtask
from agent.planner import DeterministicPlanner
from agent.recover import another_way
from exoactor.world.scene_file import load_scene

PLANNER, ROOM = DeterministicPlanner(), load_scene("stockroom").catalogue()


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("push the crate forward", "push(crate, direction=forward)"),
        ("push the crate", "push(crate, direction=forward)"),
        ("shove the orange box away", "push(crate, direction=forward)"),
        ("push the crate straight ahead with both hands", "push(crate, direction=forward)"),
        ("push the crate to the left", "push(crate, direction=left)"),
        ("please slide the parcel on the table a little to the right", "push(parcel, direction=right)"),
        ("nudge the parcel to your left with one hand", "push(parcel, direction=left)"),
        ("push the crate to the table", "push(crate, to=table)"),
        ("push the crate over to the door, then wave at it", "push(crate, to=door) wave()"),
        (
            "push the crate forward and then push it to the left",
            "push(crate, direction=forward) push(crate, direction=left)",
        ),
        ("sweep the bottle off the table", "sweep(red_bottle)"),
        ("knock the red bottle off", "sweep(red_bottle)"),
        ("sweep the bottle onto the floor", "sweep(red_bottle)"),
        ("push the bottle off the table and walk to the door", "sweep(red_bottle) walk_to(door)"),
        ("start by pushing the crate forward, then sweep the bottle off the table",
         "push(crate, direction=forward) sweep(red_bottle)"),
    ],
)  # fmt: skip
def test_what_is_pushed_where(text, plan):
    result = PLANNER.plan(text, ROOM)
    assert " ".join(map(str, result.subtasks)) == plan, result.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("knock the bottle", "not said what to sweep it off"),
        ("push the crate up", "up"),
        ("push the crate by 30 cm", "cm"),
        ("push the crate to the left and to the right", "to the right"),
        ("push the crate to the crate", "cannot be pushed to itself"),
        ("lift the parcel and push the crate forward", "while holding parcel"),
        ("push the door forward", "door is a door"),
    ],
)
def test_what_is_not_plain_or_cannot_be_is_not_planned(text, reason):
    result = PLANNER.plan(text, ROOM)
    assert result.status is not PlanStatus.OK and reason in f"{result.reason} {result.unknown}"


def test_what_came_nearer_is_pushed_on_once_more_as_it_is_seen_then():
    failed = Subtask("push", {"object": "crate", "to": "table", "toward": 3.0})
    rest = (failed, Subtask("wave"))
    again = another_way(rest, [Failure(failed, "check", "too_far")])
    assert [s.skill for s in again] == ["push", "wave"] and again[0].args == {"object": "crate", "to": "table"}
    assert another_way((again[0],), [Failure(again[0], "check", "too_far")]) is None
    assert another_way(rest, [Failure(failed, "check", "not_moved")]) is None
