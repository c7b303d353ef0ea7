"""The benchmark of pushing: its cases, rooms that can be made, and its table."""

import pytest

from agent.bench.push import BENCH, TASKS, scene_of
from agent.planner import DeterministicPlanner
from exoactor.world.scene_file import read_scene


def test_half_are_sweeps_and_every_room_can_be_made_and_is_understood():
    made = BENCH.cases(24, 40)
    assert len({case["id"] for case in made}) == 24
    assert [case["task"] for case in made[:4]] == list(TASKS)
    assert {case["how"] for case in made if case["task"] == "sweep"} == {"bottle", "can", "box", "ball"}
    assert {case["how"] for case in made if case["task"] == "floor"} == {"forward", "left", "right"}
    for case in made:
        text, say = scene_of(case)
        plan = DeterministicPlanner().plan(say, read_scene(text).catalogue())
        skill = "sweep" if case["task"] == "sweep" else "push"
        assert [step.skill for step in plan.subtasks] == [skill]
        assert plan.subtasks[0].args.get("direction", case["how"]) == case["how"]


def record(task, how, attempts):
    return {"id": "x", "task": task, "how": how, "status": "", "attempts": attempts}


def attempt(skill, truth, outcome, measured=0.3):
    return {"skill": skill, "truth": truth, "outcome": outcome, "measured": measured, "fell": False, "seconds": 20.0}


def test_the_table_counts_attempts_and_wrong_words():
    good, bad = attempt("push", True, "done"), attempt("push", False, "not_done", 0.05)
    lie = attempt("sweep", False, "done", 0.0)
    table = BENCH.summarize(
        [record("floor", "forward", [good]), record("floor", "left", [bad, good]), record("sweep", "can", [lie])]
    )
    assert (table.summary["floor"]["first"], table.summary["floor"]["done"], table.summary["floor"]["n"]) == (1, 2, 2)
    assert table.summary["floor/left"]["done"] == 1 and table.summary["table"]["n"] == 0
    assert table.summary["sweep"]["wrong"] == 1
    assert table.rows[1][:2] == ("... moved by [m], median", "0.30")
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_number_of_cases_is_that_asked_for():
    assert len(BENCH.cases(3, 5)) == 3
    with pytest.raises(KeyError):
        scene_of({"task": "floor", "how": "left"})
