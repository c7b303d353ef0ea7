"""The cases of `bench loop --faults` can be planted, are of every kind, ask for what is listed, and are counted."""

import pytest
from typer.testing import CliRunner

import skills
from agent.bench.faults import BENCH, blamed_stage, cases, planted, summarize, trial
from agent.bench.trials import committed, really_achieved
from agent.cli import app
from agent.plan import PlanStatus
from agent.planner import DeterministicPlanner
from agent.stages import STAGES
from agent.summary import EXIT_STATUS
from exoactor.world.faults import DEFECTS, FAULT_KINDS, parse_faults
from exoactor.world.scene_file import load_scene

ITEMS = committed("faults.yaml")


@pytest.mark.parametrize("item", ITEMS, ids=[i["id"] for i in ITEMS])
def test_it_asks_for_what_is_expected_and_can_be_planted(item):
    spec = load_scene(item["scene"])
    result = DeterministicPlanner().plan(item["say"], spec.catalogue())
    if item["id"] == "model-down-alone":
        assert result.status is PlanStatus.ABSTAIN
    else:
        wanted = [skills.get(s.skill).expectation(s.args) for s in result.subtasks]
        made = [{"truth": True, "expected": [e.kind, e.target, e.side, e.on]} for e in wanted]
        assert really_achieved(item["expect"], made)
        assert all(f.subtask <= len(result.subtasks) for f in parse_faults(item.get("faults", ()), spec))
    assert parse_faults(planted(item), spec)
    assert set(item["blame"]) <= set(STAGES)
    assert item["recoverable"] or (item["status"] in EXIT_STATUS and item["status"] != "achieved")


def test_every_kind_is_planted_and_every_way_a_video_is_spoilt():
    faults = [f for item in ITEMS for f in parse_faults(planted(item), load_scene(item["scene"]))]
    assert {f.kind for f in faults} == set(FAULT_KINDS)
    assert {f.options["defect"] for f in faults if f.kind == "bad_video"} == set(DEFECTS)
    assert {f.kind for i in ITEMS if i["recoverable"] for f in parse_faults(planted(i))} == set(FAULT_KINDS)


def test_arms_are_paired_and_what_cannot_be_recovered_from_runs_closed_only():
    made = cases(None, 5000)
    assert len({c["id"] for c in made}) == len(made)
    assert all(sum(c["fault"] == i["id"] and c["arm"] == "closed" for c in made) == 3 for i in ITEMS)
    opened = {(c["fault"], c["seed"]) for c in made if c["arm"] == "open"}
    assert opened == {(i["id"], 5000 + k) for i in ITEMS if i["recoverable"] for k in range(3)}


def record(fault, arm, *, true, status, recoverable=True, blamed=None, attributed=None):
    return {
        "fault": fault, "arm": arm, "true": true, "status": status, "recoverable": recoverable,
        "honest": true or status != "achieved", "as_committed": true or not recoverable,
        "blamed": blamed, "attributed": attributed,
    }  # fmt: skip


def test_the_table_counts_truth_and_honesty():
    told = summarize(
        [
            record("cut", "closed", true=True, status="achieved", blamed="gate", attributed=True),
            record("cut", "closed", true=False, status="achieved", blamed="track", attributed=False),
            record("over", "closed", true=False, status="safety_stop", recoverable=False),
            record("cut", "open", true=False, status="failed"),
        ]
    ).summary
    assert told["closed/recovered"] == [1, 2] and told["open/recovered"] == [0, 1]
    assert told["closed/honest"] == [2, 3] and told["closed/as_committed"] == [2, 3]
    assert told["closed/attributed"] == [1, 2]
    assert told["closed_minus_open_points"] == 50.0


@pytest.mark.assets
def test_a_model_that_is_down_leaves_what_the_parser_did_not_understand_to_a_person():
    found = trial({"arm": "closed", "fault": "model-down-alone", "seed": 3})
    assert found["status"] == "needs_human" and found["as_committed"] and found["honest"] and not found["attempts"]
    assert "server_error" in found["reason"]


def test_the_option_belongs_to_the_loop():
    refused = CliRunner().invoke(app, ["bench", "lift", "--faults"])
    assert refused.exit_code == 2
    assert "exoactor bench loop --faults" in refused.output
    assert BENCH.name == "faults"


def test_the_blame_is_that_of_the_step_with_the_fault():
    made = [
        {"attempt": "subtasks/01-lift/attempt-1", "outcome": "error", "stage": "gate"},
        {"attempt": "subtasks/01-lift/attempt-2", "outcome": "done", "stage": "check"},
        {"attempt": "subtasks/02-wave/attempt-1", "outcome": "not_done", "stage": "check"},
    ]
    assert blamed_stage(made, ["occlude@2.1"]) == "check"
    assert blamed_stage(made[:2], ["occlude@2.1"]) is None
    assert blamed_stage(made, ["occlude@1.1"]) == "gate"
