"""The model in the loop: planning and replanning over a real socket, costs on record, faults survived, runs resumed."""

import json

import pytest
from fakes import FakePipeline, room
from typer.testing import CliRunner

from agent.bench.contract import answer
from agent.bench.endpoint import Reply, serving
from agent.chain import planner_for
from agent.cli import app
from agent.loop import work
from agent.models.config import ModelCfg, ModelLimits
from agent.report import write_report
from agent.run_folder import Job, RunFolder
from agent.session import Session
from exoactor.types import Interrupted, Outcome, StageError, Verdict
from exoactor.world.faults import parse_fault

GREET = "greet whoever is at the door"
GOOD = answer(("turn_to", {"target": "door"}, "at the door"), ("wave", {"side": None}, "greet"))


def session(path, url, pipeline, text=GREET, faults=(), **settings):
    config = ModelCfg("m", url, retry_delay=0.01, **settings).to_json()
    folder = (
        RunFolder(path) if path.exists() else RunFolder.create(Job(text, "room", 7, config={"model": config}), path)
    )
    planner = planner_for(config, "k")
    return Session(folder, pipeline, planner, faults=tuple(parse_fault(f) for f in faults))


def run(path, url, pipeline, **more):
    s = session(path, url, pipeline, **more)
    try:
        return work(s)
    finally:
        s.run.close()


def events(path, kind):
    return [e for e in map(json.loads, (path / "journal.jsonl").read_text().splitlines()) if e["event"] == kind]


def test_what_the_parser_does_not_understand_is_done(tmp_path):
    with serving([Reply("busy", 503), Reply(GOOD)]) as endpoint:
        summary = run(tmp_path / "run", endpoint.url, FakePipeline())
        seen = json.loads(endpoint.requests[1]["messages"][1]["content"])["things"]
    assert summary["status"] == "achieved"
    assert [(s["skill"], s["verdict"]["outcome"]) for s in summary["subtasks"]] == [
        ("turn_to", "done"),
        ("wave", "done"),
    ]
    assert all(thing["seen"] for thing in seen), "the model is told what the camera saw"
    (plan,) = events(tmp_path / "run", "planned")
    assert plan["planner"] == "model"
    cost = summary["model"]
    assert (cost["calls"], cost["tokens_in"], cost["tokens_out"], cost["failed"]) == (2, 100, 20, ["server_error"])
    assert cost["limits"]["calls"] == 12
    page = write_report(tmp_path / "run").read_text()
    assert "m: 2 of 12 calls" in page and "120 of 60000 tokens" in page
    call = json.loads((tmp_path / "run/model/call-02.json").read_text())
    assert json.loads(call["reply"]) == GOOD and call["request"][0]["role"] == "system"


def test_what_the_parser_understands_asks_nobody(tmp_path):
    with serving([]) as endpoint:
        summary = run(tmp_path / "run", endpoint.url, FakePipeline(), text="walk to the table and wave")
    assert summary["status"] == "achieved" and not endpoint.requests
    assert summary["model"]["calls"] == 0


def blind(step_calls=(1, 2)):
    """What is to be done cannot be seen, twice."""
    return {("ground", n): StageError("ground", "target_not_seen", "[red]it[/red] is not there") for n in step_calls}


def test_where_rules_have_no_other_way_the_model_has_one(tmp_path):
    other = answer(("wave", {"side": "right"}, "wave"))
    with serving([Reply(other)]) as endpoint:
        summary = run(tmp_path / "run", endpoint.url, FakePipeline(script=blind()), text="walk to the table, then wave")
        told = json.loads(endpoint.requests[0]["messages"][1]["content"].splitlines()[-1])
    assert summary["replans"] == 1 and [s["skill"] for s in summary["subtasks"]] == ["wave"]
    assert told["remaining"][0]["skill"] == "walk_to" and told["done"] == []
    assert [f["code"] for f in told["failures"]] == ["target_not_seen"] * 2
    assert told["failures"][0]["says"] == "[red]it[/red] is not there"


def test_the_same_way_a_third_time_is_not_tried_whatever_the_model_says(tmp_path):
    same = answer(("walk_to", {"target": "table"}, "walk to the table"), ("wave", {"side": None}, "wave"))
    with serving(lambda body: Reply(same)) as endpoint:
        pipeline = FakePipeline(script=blind())
        summary = run(tmp_path / "run", endpoint.url, pipeline, text="walk to the table, then wave")
    assert summary["status"] == "needs_human" and "target not seen" in summary["question"]
    assert len(endpoint.requests) == 3 and pipeline.calls.count("ground") == 2
    assert "failed 2 times in this way" in json.dumps(endpoint.requests[1])


def test_model_down_is_a_500_of_the_endpoint_and_ends_in_a_question(tmp_path):
    with serving(lambda body: Reply(GOOD)) as endpoint:
        summary = run(tmp_path / "run", endpoint.url, FakePipeline(), faults=["model_down@1.1"])
    assert summary["status"] == "needs_human" and not endpoint.requests
    assert "server_error" in summary["reason"] and summary["model"]["failed"] == ["server_error"] * 3
    assert summary["subtasks"] == []


def test_model_down_while_replanning_leaves_the_rules(tmp_path):
    far = Verdict(Outcome.NOT_DONE, "too_far", 1.2, 0.7, "m")
    with serving([]) as endpoint:
        pipeline = FakePipeline(script={("check", 1): far, ("check", 2): far})
        summary = run(
            tmp_path / "run", endpoint.url, pipeline, text="walk to the table, then wave", faults=["model_down@1.2"]
        )
    assert summary["status"] == "achieved" and summary["replans"] == 1 and summary["model"]["calls"] == 0


def test_model_down_where_the_rules_have_nothing_left_ends_in_their_question(tmp_path):
    with serving([]) as endpoint:
        pipeline, text = FakePipeline(script=blind()), "walk to the table, then wave"
        summary = run(tmp_path / "run", endpoint.url, pipeline, text=text, faults=["model_down@1.2"])
    assert summary["status"] == "needs_human" and summary["model"]["failed"] == ["server_error"] * 3
    assert "target not seen. Try it again, skip it or stop?" in summary["question"] and not endpoint.requests


def test_the_budget_holds_over_the_end_of_a_process(tmp_path):
    """Two calls were paid for before the process was stopped; the next process has one left."""
    path, bad = tmp_path / "run", answer(("fly", {}, "greet"))
    count = []

    def replies(body):
        count.append(1)
        if len(count) == 2:
            first.stop.ask()
        return Reply(bad, wait=0.3 if len(count) == 2 else 0.0)

    with serving(replies) as endpoint:
        limits = {"limits": ModelLimits(calls=3)}
        first = session(path, endpoint.url, FakePipeline(), **limits)
        assert work(first)["status"] == "interrupted"
        first.run.close()
        assert [e["code"] for e in events(path, "model_called")] == ["ok", "stopped"]
        summary = run(path, endpoint.url, FakePipeline(), **limits)
    assert summary["model"]["calls"] == 3 and len(count) == 3
    assert summary["status"] == "needs_human" and "budget_spent" in summary["reason"]


def test_a_plan_that_was_made_is_not_paid_for_again(tmp_path):
    path = tmp_path / "run"
    with serving([Reply(GOOD)]) as endpoint:
        stopped = FakePipeline(script={("imagine", 1): Interrupted("stopped")})
        assert run(path, endpoint.url, stopped)["status"] == "interrupted"
        assert run(path, endpoint.url, FakePipeline())["status"] == "achieved"
    assert len(endpoint.requests) == 1


def test_who_cannot_see_plans_without_looking(tmp_path):
    pipeline = FakePipeline(script={("observe", 1): StageError("perceive", "camera_blind")})
    with serving([Reply(GOOD)]) as endpoint:
        assert run(tmp_path / "run", endpoint.url, pipeline)["status"] == "achieved"
    assert "seen" not in json.loads(endpoint.requests[0]["messages"][1]["content"])["things"][0]


# -- the command line ---------------------------------------------------------------------------


@pytest.fixture
def world(monkeypatch):
    import exoactor.assets
    import exoactor.pipeline

    class Sim(FakePipeline):
        def __init__(self, spec, **more):
            super().__init__(room())

    monkeypatch.setattr(exoactor.pipeline, "SimPipeline", Sim)
    monkeypatch.setattr(exoactor.assets, "check", list)


def exoactor(*args):
    result = CliRunner().invoke(app, list(args))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def last(result):
    return json.loads(result.stdout.strip().splitlines()[-1])


def test_plan_asks_the_model_that_options_or_environment_name(world, monkeypatch):
    with serving(lambda body: Reply(GOOD)) as endpoint:
        result = exoactor("plan", GREET, "--scene", "open_room", "--model", "m", "--base-url", endpoint.url, "--json")
        monkeypatch.setenv("EXOACTOR_MODEL", "of-env")
        monkeypatch.setenv("EXOACTOR_BASE_URL", endpoint.url)
        monkeypatch.setenv("EXOACTOR_API_KEY", "sk-of-environment")
        again = exoactor("plan", GREET, "--scene", "open_room")
    assert result.exit_code == again.exit_code == 0
    assert last(result)["planner"] == "model" and last(result)["model"]["calls"] == 1
    assert [s["skill"] for s in last(result)["subtasks"]] == ["turn_to", "wave"]
    assert "turn_to(door)" in again.stdout and "1 calls, 100 + 20 tokens" in again.stdout
    assert endpoint.requests[1]["model"] == "of-env"
    assert endpoint.headers[1]["authorization"] == "Bearer sk-of-environment"


def test_run_writes_which_model_it_was_and_resume_uses_it(world, tmp_path):
    out = tmp_path / "run"
    with serving(lambda body: Reply(GOOD)) as endpoint:
        options = ("--scene", "open_room", "--model", "m", "--base-url", endpoint.url, "--out", str(out), "--json")
        result = exoactor("run", GREET, *options)
    assert result.exit_code == 0 and last(result)["status"] == "achieved"
    job = json.loads((out / "job.json").read_text())
    assert job["config"]["model"]["model"] == "m" and job["config"]["planner"] == "deterministic, then model"
    assert "planner.system.md.j2" in job["prompts"]
    assert exoactor("resume", str(out)).exit_code == 0


def test_what_neither_understands_is_bad_input_with_the_question(world, tmp_path):
    with serving(lambda body: Reply(answer(answer="ask", question="Greet whom?"))) as endpoint:
        options = ("--scene", "open_room", "--model", "m", "--base-url", endpoint.url, "--out", str(tmp_path / "run"))
        result = exoactor("run", GREET, *options, "--json")
    assert result.exit_code == 2
    assert last(result)["status"] == "needs_human" and last(result)["question"] == "Greet whom?"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--base-url", "http://127.0.0.1:9/v1"], "EXOACTOR_MODEL"),
        (["--model", "m", "--base-url", "ftp://x"], "http://HOST"),
        (["--model", "nobody:knows"], "language model"),
    ],
)
def test_settings_that_cannot_be_used_are_told_before_anything_is_written(options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = exoactor("run", GREET, "--scene", "open_room", *options)
    assert result.exit_code == 2 and message in result.output
    assert not list(tmp_path.iterdir())


def test_without_a_model_nothing_has_changed(world, tmp_path):
    result = exoactor("run", GREET, "--scene", "open_room", "--json")
    assert result.exit_code == 2 and last(result)["run_dir"] is None
    assert exoactor("plan", GREET, "--scene", "open_room", "--json").exit_code == 1


def test_a_key_is_written_nowhere(world, tmp_path, monkeypatch):
    """Not even where the endpoint repeats it in its errors."""
    key = "sk-everywhere-9876543210"
    monkeypatch.setenv("EXOACTOR_API_KEY", key)
    replies = [Reply(f"bad key {key}", 400), Reply(f"you sent {key}", 500), Reply(f"who is {key}", 401)]
    with serving(replies) as endpoint:
        options = ("--scene", "open_room", "--model", "m", "--base-url", endpoint.url, "--out", str(tmp_path / "run"))
        result = exoactor("run", GREET, *options, "--json")
    assert [h["authorization"] for h in endpoint.headers] == [f"Bearer {key}"] * 3
    assert last(result)["model"]["failed"] == ["bad_request", "server_error", "unauthorized"]
    assert "9876543210" not in result.output
    written = [p for p in (tmp_path / "run").rglob("*") if p.is_file()]
    assert {"job.json", "journal.jsonl", "call-01.json", "result.json", "report.html"} <= {p.name for p in written}
    for path in written:
        assert b"9876543210" not in path.read_bytes(), path


def test_run_says_what_a_model_may_do_beside_the_check(world, tmp_path):
    out = tmp_path / "run"
    with serving([]) as endpoint:
        options = ("--scene", "open_room", "--model", "m", "--base-url", endpoint.url, "--out", str(out))
        assert exoactor("run", "wave", *options, "--check-by-model", "veto").exit_code == 0
    assert json.loads((out / "job.json").read_text())["config"]["model"]["check"] == "veto"
    assert [e["failure"] for e in events(out, "model_saw")] == ["no_pictures"] * 2, "this world leaves none"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--check-by-model", "veto"], "no language model is configured"),
        (["--model", "none", "--check-by-model", "flag"], "no language model is configured"),
        (["--model", "m", "--base-url", "http://127.0.0.1:9/v1", "--check-by-model", "maybe"], "off, flag, veto"),
    ],
)
def test_a_check_that_cannot_be_is_told_before_anything_is_written(options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = exoactor("run", "wave", "--scene", "open_room", *options)
    assert result.exit_code == 2 and message in result.output
    assert not list(tmp_path.iterdir())
    assert exoactor("plan", "wave", "--scene", "open_room").exit_code == 0
