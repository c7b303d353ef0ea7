"""The instructions of `bench horizon` are long, understood, ask for what is listed, and their faults can be planted."""

import pytest

import skills
from agent.bench.horizon import ARMS, cases, summarize
from agent.bench.trials import instructions, really_achieved
from agent.plan import PlanStatus
from agent.planner import DeterministicPlanner
from exoactor.world.faults import FAULT_KINDS, parse_faults
from exoactor.world.scene_file import load_scene

ITEMS = instructions("horizon")


@pytest.mark.parametrize("item", ITEMS, ids=[i["id"] for i in ITEMS])
def test_the_plan_has_many_steps_and_brings_about_what_is_expected(item):
    spec = load_scene(item["scene"])
    result = DeterministicPlanner().plan(item["say"], spec.catalogue())
    assert result.status is PlanStatus.OK, result.reason
    assert 5 <= len(result.subtasks) <= 8
    wanted = [skills.get(s.skill).expectation(s.args) for s in result.subtasks]
    made = [{"truth": True, "expected": [e.kind, e.target, e.side, e.on]} for e in wanted]
    assert really_achieved(item["expect"], made)
    for left_out in range(len(made)):
        if [made[left_out]["expected"][0], made[left_out]["expected"][1]] in [[*e, None][:2] for e in item["expect"]]:
            assert not really_achieved(item["expect"], made[:left_out] + made[left_out + 1 :])
    (fault,) = parse_faults([item["fault"]], spec)
    assert fault.subtask <= len(result.subtasks)


def test_faults_of_every_kind_that_meets_a_motion_are_planted():
    kinds = {parse_faults([i["fault"]], load_scene(i["scene"]))[0].kind for i in ITEMS}
    assert kinds == set(FAULT_KINDS) - {"model_down", "put_back"}


def test_arms_share_seeds_and_what_is_brought_elsewhere_does_not_count():
    made = cases(2, 5000)
    assert [c["arm"] for c in made] == [*ARMS[:-1], *ARMS[:-1], ARMS[-1], ARMS[-1]]
    assert len({c["seed"] for c in (*made[:3], made[6])}) == 1
    put = {"truth": True, "expected": ["put_down", "box", None, "bench"]}
    assert really_achieved([["put_down", "box", "bench"]], [put])
    assert not really_achieved([["put_down", "box", "stool"]], [put])


def test_the_table_counts_the_truth():
    attempt = {"outcome": "done", "truth": False, "seconds": 30.0, "skill": "lift"}
    record = {"arm": "closed", "true": False, "achieved": True, "status": "achieved", "attempts": [attempt]}
    table = summarize([record])
    assert table.summary["closed"]["true"] == 0 and table.summary["closed"]["false_achieved"] == 1
    assert table.rows[0][1].startswith("0/1") and table.rows[0][3].startswith("0/1")
