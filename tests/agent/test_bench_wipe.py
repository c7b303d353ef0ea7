"""The benchmark of wiping: its cases, rooms that can be made, and its table."""

import numpy as np

from agent.bench.wipe import BENCH, scene_of
from agent.planner import DeterministicPlanner
from exoactor.wipe import LEVEL
from exoactor.world.scene_file import read_scene


def test_every_room_can_be_made_and_hands_take_turns():
    made = BENCH.cases(20, 40)
    assert len({case["id"] for case in made}) == 20 and len(BENCH.cases(None, 5000)) == 40
    assert [case["hand"] for case in made[:4]] == ["right", "left", "right", "left"]
    heights, things = [], []
    for case in made:
        catalogue = read_scene(scene_of(case)).catalogue()
        plan = DeterministicPlanner().plan(f"wipe the table with the {case['hand']} hand", catalogue)
        assert [(step.skill, step.args["side"]) for step in plan.subtasks] == [("wipe", case["hand"])]
        heights.append(next(float(item.size[2]) for item in catalogue if item.id == "table"))
        things.append(sum(item.movable for item in catalogue))
    assert LEVEL[0] <= min(heights) and max(heights) <= LEVEL[1] and np.ptp(heights) > 0.2
    assert set(things) == {0, 1, 2}


def record(hand, attempts):
    said = attempts[-1]["outcome"] == "done"
    return {"id": "x", "hand": hand, "status": "achieved" if said else "needs_human", "attempts": attempts}


def attempt(truth, outcome, code="wiped", press=5.0):
    more = {"press_n": press, "press_most_n": 3 * press} if truth is not None else {}
    share = None if truth is None else 0.9 if truth else 0.2
    return {"skill": "wipe", "truth": truth, "outcome": outcome, "code": code, "stage": "check", "measured": share,
            "fell": False, "seconds": 40.0, **more}  # fmt: skip


def test_the_table_counts_attempts_wrong_words_and_causes():
    good, bad = attempt(True, "done"), attempt(False, "not_done", "wiped_too_little", 1.0)
    lie = attempt(False, "done", press=9.0)
    table = BENCH.summarize([record("right", [bad, good]), record("right", [good]), record("left", [lie])])
    right = table.summary["right"]
    assert (right["first"], right["done"], right["n"], right["wrong"]) == (1, 2, 2, 0)
    assert table.summary["left"]["wrong"] == 1 and table.summary["all"]["n"] == 3
    assert table.summary["achieved"] == [3, 3]
    assert table.summary["press_n"] == 5.0 and table.summary["causes"] == {"check: wiped_too_little": 1}
    assert all(len(row) == len(table.columns) for row in table.rows)
