import pytest

from agent.bench import planner as bench
from agent.bench.contract import CASES, answer, end
from agent.bench.endpoint import Reply, serving
from agent.bench.trials import instructions


@pytest.mark.parametrize("name", CASES)
def test_whatever_an_endpoint_does_planning_ends_as_it_has_to(name):
    assert end(CASES[name])["wrong"] == ""


def test_the_parser_does_what_is_plain_and_never_what_was_not_asked_for():
    found = [(item, bench.judged(item)) for item in instructions("planner")]
    assert [(i["id"], f["why"]) for i, f in found if f["result"] == "wrong"] == []
    plain = [f["result"] == "right" for i, f in found if i["class"] == "plain"]
    assert sum(plain) >= 0.95 * len(plain)


def test_a_configured_model_is_measured_too_and_its_mistakes_count(monkeypatch):
    by_id = {i["id"]: i for i in instructions("planner")}
    door = answer(("walk_to", {"target": "door"}, "leave"))
    bye = answer(("wave", {"side": None}, "Say goodbye"), ("walk_to", {"target": "door"}, "leave"))
    with serving([Reply(door), Reply(bye), Reply(answer(answer="ask", question="?"))]) as endpoint:
        monkeypatch.setenv("EXOACTOR_MODEL", "m")
        monkeypatch.setenv("EXOACTOR_BASE_URL", endpoint.url)
        found = [bench.judged(by_id[i], with_model=True) for i in ("free-10", "free-10", "ambiguous-05", "plain-01")]
        assert {c["arm"] for c in bench.cases(None, 5000)} == {"parser", "parser, then model", "contract"}
    assert [(f["result"], f["calls"]) for f in found] == [("wrong", 1), ("right", 1), ("right", 1), ("right", 0)]


def test_the_judge_sees_a_wrong_plan():
    item = next(i for i in instructions("planner") if i["id"] == "plain-01")
    assert bench.judged({**item, "ends": [{"events": [["circled", "table"]]}]})["result"] == "wrong"
    assert bench.judged({**item, "want": "nothing"})["result"] == "wrong"
    assert bench.judged({**item, "say": "frobnicate"})["result"] == "abstained"


def test_the_table_counts_what_is_wrong():
    rows = [
        {"id": "parser/a", "arm": "parser", "class": "plain", "result": "right", "plan": ["wave()"]},
        {"id": "parser/b", "arm": "parser", "class": "plain", "result": "wrong", "plan": ["wave()"]},
        {"id": "contract/c", "arm": "contract", "wrong": "came to ok"},
    ]
    table = bench.summarize(rows)
    assert table.summary["parser/all"] == {"right": 1, "abstained": 0, "wrong": 1, "planned": 1, "n": 2}
    assert table.summary["contract"] == {"right": 0, "n": 1, "wrong": ["contract/c"]}
