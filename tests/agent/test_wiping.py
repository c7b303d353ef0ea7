"""Wiping as it is said, and what its plan comes to."""

import pytest

from agent.goals import Goal, play
from agent.plan import PlanStatus
from agent.planner import DeterministicPlanner
from exoactor.world.scene_file import load_scene

PLANNER, KITCHEN = DeterministicPlanner(), load_scene("kitchen").catalogue()


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("wipe the table", "wipe(table)"),
        ("wipe the table with the left hand", "wipe(table, side=left)"),
        ("clean the table top", "wipe(table)"),
        ("with your right hand, wipe the table", "wipe(table, side=right)"),
        ("please wipe the top of the table clean", "wipe(table)"),
        ("wipe down the tabletop with one hand", "wipe(table)"),
        ("rub the table top to and fro with your left hand", "wipe(table, side=left)"),
        ("go to the table and wipe it, then wave", "walk_to(table) wipe(table) wave()"),
        ("wipe the table with your left hand and wave with the other", "wipe(table, side=left) wave(side=right)"),
        ("sweep the bottle off the table, then polish the table", "sweep(red_bottle) wipe(table)"),
    ],
)
def test_what_is_wiped_by_which_hand(text, plan):
    result = PLANNER.plan(text, KITCHEN)
    assert " ".join(map(str, result.subtasks)) == plan, result.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("wipe the chair", "chair is a chair"),
        ("wipe the bottle off the table", "the table"),
        ("wipe the floor", "floor"),
        ("clean up", "up"),
        ("wipe the table with both hands", "both hands"),
        ("pick up the bottle and wipe the table", "while holding red_bottle"),
    ],
)
def test_what_is_not_plain_or_cannot_be_is_not_planned(text, reason):
    result = PLANNER.plan(text, KITCHEN)
    assert result.status is not PlanStatus.OK and reason in f"{result.reason} {result.unknown}"


def test_a_plan_that_wipes_ends_before_what_was_wiped_and_moves_nothing():
    plan = PLANNER.plan("wipe the table with the left hand", KITCHEN).subtasks
    story = play(plan, {"red_bottle": "table"})
    wiped = Goal(events=(("wiped", "table", "left"),), near="table", facing="table")
    assert wiped.missed(story, {"red_bottle": "table"}) == ""
    assert "was not asked for" in Goal(events=(("wiped", "table", "right"),)).missed(story, {"red_bottle": "table"})
    assert "was not asked for" in Goal(events=(("at", "table"),)).missed(story, {"red_bottle": "table"})
