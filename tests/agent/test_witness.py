"""A model's word beside what was measured, in the loop, over a real socket: written down, bounded, never above it."""

import json

import cv2
import pytest
from rich.console import Console
from seeing import SeeingPipeline, missed, picture, reached, shows, shows_other

from agent.bench.endpoint import Reply, serving, way_asked
from agent.bench.trials import attempts
from agent.chat.past_answers import plan
from agent.live import Lines
from agent.loop import nobody, work
from agent.models.config import ModelCfg, ModelLimits
from agent.planner import DeterministicPlanner
from agent.report import write_report
from agent.run_folder import Job, RunFolder
from agent.series import Series
from agent.session import Session
from agent.witness import eyes_for
from exoactor import attempt
from exoactor.types import Outcome, StageError, Verdict
from exoactor.world.faults import parse_fault
from exoactor.world.scene_file import load_scene

SCRIPT = {
    "reached": reached("yes"),
    "missed": missed("no"),
    "shows_step": shows(),
    "something_else": shows_other(),
}
NO = {"reached": reached("no"), "missed": missed("yes")}
OTHER = {"shows_step": shows("no"), "something_else": shows_other("yes")}
HIDDEN = Verdict(Outcome.CANNOT_TELL, "arm_not_seen", 1.0, 0.5, "s", 0.3)
FAR = Verdict(Outcome.NOT_DONE, "too_far", 1.2, 0.7, "m")


def asked(body):
    """Which question a request puts: the name of its first claim."""
    return next(name for name in SCRIPT if name in body["response_format"]["json_schema"]["schema"]["properties"])


def saying(**answers):
    """A model that answers each question as it always does, or as told."""
    return lambda body: Reply({**SCRIPT, **answers}[asked(body)])


def run(
    path, endpoint, pipeline=None, *, check="confirm", text="wave", faults=(), open_loop=False, asker=nobody, **settings
):
    """Work on a run, a new one or the one that is there; the summary."""
    cfg = ModelCfg("m", endpoint.url, check=check, retry_delay=0.01, **settings).to_json()
    job = Job(text, "room", 7, open_loop=open_loop, config={"model": cfg})
    folder = RunFolder(path) if path.exists() else RunFolder.create(job, path)
    eyes = eyes_for(cfg, "k")
    parts = (folder, pipeline or SeeingPipeline(), DeterministicPlanner())
    session = Session(*parts, faults=tuple(map(parse_fault, faults)), eyes=eyes)
    try:
        return work(session, asker)
    finally:
        folder.close()


def events(path, kind):
    return [e for e in map(json.loads, (path / "journal.jsonl").read_text().splitlines()) if e["event"] == kind]


def stage(path, name):
    return [e for e in events(path, "stage_finished") if e["stage"] == name]


def folder_of(path, number=1):
    return path / f"subtasks/01-wave/attempt-{number}"


def test_who_agrees_is_asked_once_about_each_and_told_nothing_of_what_was_measured(tmp_path):
    path = tmp_path / "run"
    with serving(saying()) as endpoint:
        summary = run(path, endpoint)
        said = [json.dumps(r["messages"]) for r in endpoint.requests]
    assert summary["status"] == "achieved" and summary["model"]["calls"] == 2
    assert [asked(r) for r in endpoint.requests] == ["shows_step", "reached"]
    assert [e["purpose"] for e in events(path, "model_called")] == ["gate", "check"]
    assert [e["model"]["flag"] for e in (*stage(path, "gate"), *stage(path, "check"))] == ["agrees", "agrees"]
    content = endpoint.requests[1]["messages"][1]["content"]
    assert json.loads(content[0]["text"]) == {
        "expected": "The robot raised one hand and swung it to and fro.",
        "things": [],
    }
    assert [c["text"] for c in content[1::2]] == ["before:", *(f"on the way {i}:" for i in (1, 2, 3, 4)), "after:"]
    step = json.loads(endpoint.requests[0]["messages"][1]["content"][0]["text"])
    assert step["step"][0].endswith("hand and waves") and {t["id"] for t in step["things"]} >= {"table", "door"}
    assert all("distance_m" not in t for t in step["things"])
    for word in ("geometric", "verdict", "measured", 'seen\\": true', "truth"):
        assert not any(word in s for s in said), "its word is evidence of its own"
    written = json.loads((folder_of(path) / "model-check.json").read_text())
    assert written["opinion"] == "yes" and written["answers"][0]["seen"]["after"] == "the robot, an arm up"
    assert [(folder_of(path) / p).exists() for p in written["asked"]["pictures"]] == [True] * 6
    assert json.loads((folder_of(path) / "verdict.json").read_text())["outcome"] == "done"
    assert not (folder_of(path) / attempt.FRAMES).exists(), "wanted no more once it is decided"


def test_a_veto_is_looked_at_once_more_and_ends_with_a_person(tmp_path):
    path, pipeline = tmp_path / "run", SeeingPipeline()
    with serving(saying(**NO)) as endpoint:
        summary = run(path, endpoint, pipeline, limits=ModelLimits(calls=200, tokens=1_000_000))
    assert summary["status"] == "needs_human" and "vetoed by model" in summary["question"]
    decided = [e["do"] for e in events(path, "decided")]
    assert decided[:4] == ["look", "retry", "look", "replan"], "then a person is asked"
    first = stage(path, "check")[0]
    assert first["result"]["kind"] == "cannot_tell" and first["verdict"]["code"] == "vetoed_by_model"
    assert first["model"] == {"opinion": "no", "flag": "vetoed", "measured": "done", "measured_code": "seen"}
    assert [asked(r) for r in endpoint.requests][:3] == ["shows_step", "reached", "missed"], "a veto is asked for twice"
    assert summary["subtasks"][0]["verdict"]["outcome"] == "cannot_tell"
    assert pipeline.calls.count("track") < 10


def test_a_veto_of_what_is_held_is_for_a_person_to_settle(tmp_path):
    class Holding(SeeingPipeline):
        def check(self, folder, expectation):
            self.holding = "table"
            return super().check(folder, expectation)

    pipeline = Holding()
    with serving(saying(**NO)) as endpoint:
        assert run(tmp_path / "run", endpoint, pipeline)["status"] == "needs_human"
    assert [e["do"] for e in events(tmp_path / "run", "decided")] == ["look", "ask"]
    assert pipeline.calls.count("track") == 1


@pytest.mark.parametrize(("says", "status"), [("done", "achieved"), ("skip", "failed")])
def test_a_person_may_say_that_it_is_done_and_that_is_their_word_and_no_verdict(tmp_path, says, status):
    asked_with = []

    def asker(question, choices):
        asked_with.append((question, choices))
        return says

    path = tmp_path / "run"
    with serving(saying(**NO)) as endpoint:
        generous = ModelLimits(calls=200, tokens=1_000_000)
        summary = run(path, endpoint, text="wave, then turn to the door", asker=asker, limits=generous)
    assert all("measured to be done; is it done?" in question for question, _ in asked_with)
    assert asked_with and all(choices == ("retry", "skip", "stop", "done") for _, choices in asked_with)
    assert summary["status"] == status
    assert {s["verdict"]["outcome"] for s in summary["subtasks"]} == {"cannot_tell"}
    for truth in path.rglob("truth.json"):  # nobody made one up that knows what was expected
        truth.unlink()
    outcomes = {a["outcome"] for a in attempts(path, "room") if a["stage"] == "check"}
    assert outcomes == {"cannot_tell"}, "benchmarks count no done"
    words = events(path, "by_word")
    if says == "skip":
        assert not words and "steps were not seen to be done" in summary["reason"]
        return
    n = len(summary["subtasks"])
    assert summary["reason"] == f"{n} of {n} steps by a person's word alone"
    assert [s["verdict"]["person"] for s in summary["subtasks"]] == ["done"] * n == [e["says"] for e in words]
    assert not [e for e in events(path, "decided") if e["do"] == "next"]
    assert "a person says it is done" in write_report(path).read_text()
    assert "cannot tell, vetoed by model" in plan(path) and "done, says a person" in plan(path)


def test_what_was_not_measured_to_be_done_is_not_done_by_word(tmp_path):
    choices = []
    script = {("check", n): FAR for n in range(1, 30)}
    with serving(saying()) as endpoint:
        run(tmp_path / "run", endpoint, SeeingPipeline(script=script), asker=lambda q, c: choices.append(c))
    assert choices == [("retry", "skip", "stop")]


def test_a_second_look_that_is_not_vetoed_is_done(tmp_path):
    script = iter([shows(), reached("no"), missed("yes"), reached("yes")])
    with serving(lambda body: Reply(next(script))) as endpoint:
        pipeline = SeeingPipeline()
        summary = run(tmp_path / "run", endpoint, pipeline, check="veto")
    assert summary["status"] == "achieved" and pipeline.calls.count("track") == 1
    assert [e["do"] for e in events(tmp_path / "run", "decided")] == ["look", "next"]


def test_the_looks_on_the_way_are_there_for_the_second_look(tmp_path):
    had = []

    class Watching(SeeingPipeline):
        def check(self, folder, expectation):
            had.append((folder / attempt.FRAMES).exists())
            return super().check(folder, expectation)

    script = iter([shows(), reached("no"), missed("yes"), reached("yes")])
    with serving(lambda body: Reply(next(script))) as endpoint:
        run(tmp_path / "run", endpoint, Watching(), check="veto")
    assert had == [True, True]


@pytest.mark.parametrize(
    ("answers", "flag"),
    [
        ({"reached": reached("no"), "missed": missed("no")}, "contradictory"),
        ({"reached": reached("no"), "missed": missed("cannot_tell")}, "contradictory"),
        ({"reached": reached("cannot_tell")}, "unsure"),
        ({"reached": {"done": False}}, "failed"),
        ({"reached": reached("no"), "missed": {"done": False}}, "failed"),
        ({"reached": reached("yes", verdict="not_done", outcome="cannot_tell")}, "agrees"),
    ],
)
def test_half_a_doubt_changes_nothing(tmp_path, answers, flag):
    with serving(saying(**answers)) as endpoint:
        assert run(tmp_path / "run", endpoint)["status"] == "achieved"
    assert stage(tmp_path / "run", "check")[0]["model"]["flag"] == flag


def test_who_may_only_flag_flags(tmp_path):
    with serving(saying(**NO, **OTHER)) as endpoint:
        assert run(tmp_path / "run", endpoint, check="flag")["status"] == "achieved"
    (gate,), (check,) = stage(tmp_path / "run", "gate"), stage(tmp_path / "run", "check")
    assert gate["model"]["flag"] == check["model"]["flag"] == "would_veto"
    assert check["verdict"]["outcome"] == "done"


def test_what_was_measured_not_to_be_done_is_not_even_asked_about(tmp_path):
    pipeline = SeeingPipeline(script={("check", 1): FAR})
    with serving(saying()) as endpoint:
        assert run(tmp_path / "run", endpoint, pipeline)["status"] == "achieved"
    checks = stage(tmp_path / "run", "check")
    assert checks[0]["verdict"]["code"] == "too_far" and "model" not in checks[0]
    assert pipeline.calls.count("track") == 2


def test_a_wave_that_could_not_be_measured_is_confirmed_where_that_is_allowed(tmp_path):
    for check, status, tries in (("confirm", "achieved", 1), ("veto", "achieved", 3)):
        pipeline = SeeingPipeline(script={("check", n): HIDDEN for n in (1, 2)})
        with serving(saying()) as endpoint:
            assert run(tmp_path / check, endpoint, pipeline, check=check)["status"] == status
        assert pipeline.calls.count("track") == tries
    check = stage(tmp_path / "confirm", "check")[0]
    assert (check["verdict"]["outcome"], check["verdict"]["code"]) == ("done", "confirmed_by_model")
    assert check["model"]["measured"] == "cannot_tell" and check["model"]["measured_code"] == "arm_not_seen"
    assert [e["about"] for e in events(tmp_path / "confirm", "model_saw")] == ["video", "outcome", "outcome"]
    assert json.loads((folder_of(tmp_path / "confirm") / "verdict.json").read_text())["outcome"] == "cannot_tell"


@pytest.mark.parametrize(
    ("text", "verdict", "motions"),
    [
        ("turn to the door", Verdict(Outcome.CANNOT_TELL, "start_not_seen", confidence=0.3), 2),
        # looked at once more before anything moves again, and measured to be done
        ("wave", Verdict(Outcome.CANNOT_TELL, "camera_blind", confidence=0.0), 1),
        ("wave", StageError("perceive", "camera_blind"), 1),
    ],
)
def test_no_model_confirms_another_skill_or_what_no_camera_saw(tmp_path, text, verdict, motions):
    pipeline = SeeingPipeline(script={("check", n): verdict for n in (1, 2)})
    with serving(saying()) as endpoint:
        assert run(tmp_path / "run", endpoint, pipeline, text=text)["status"] == "achieved"
    assert pipeline.calls.count("track") == motions
    assert [e["do"] for e in events(tmp_path / "run", "decided")] == ["look", "retry", "next"]


def test_a_video_that_shows_something_else_is_imagined_anew(tmp_path):
    script = iter([shows("no"), shows_other("yes"), shows(), reached("yes")])
    pipeline, path = SeeingPipeline(), tmp_path / "run"
    with serving(lambda body: Reply(next(script))) as endpoint:
        assert run(path, endpoint, pipeline, check="veto")["status"] == "achieved"
    (failed,) = events(path, "stage_failed")
    assert (failed["result"]["stage"], failed["result"]["code"]) == ("gate", "video_shows_other")
    assert "a person sits down" not in failed["result"]["hint"]
    assert "a person sits down" in json.dumps(events(path, "model_saw"))
    assert pipeline.calls.count("imagine") == 2 and pipeline.calls.count("track") == 1
    assert len({json.loads((folder_of(path, n) / "attempt.json").read_text())["seed"] for n in (1, 2)}) == 2
    assert json.loads((folder_of(path) / "model-gate.json").read_text())["flag"] == "vetoed"


def test_videos_that_are_always_refused_end_with_a_person_and_nothing_moves(tmp_path):
    pipeline = SeeingPipeline()
    with serving(saying(**OTHER)) as endpoint:
        limits = ModelLimits(calls=200, tokens=1_000_000)
        summary = run(tmp_path / "run", endpoint, pipeline, limits=limits)
    assert summary["status"] == "needs_human" and "video shows other" in summary["question"]
    assert "track" not in pipeline.calls and pipeline.calls.count("imagine") < 10


@pytest.mark.parametrize(
    "answers",
    [{"shows_step": shows("cannot_tell")}, {"shows_step": "so it seems"}, OTHER | {"something_else": shows_other()}],
)
def test_a_video_that_is_not_surely_another_one_passes(tmp_path, answers):
    with serving(saying(**answers)) as endpoint:
        assert run(tmp_path / "run", endpoint)["status"] == "achieved"
    assert stage(tmp_path / "run", "gate")[0]["model"]["flag"] in ("unsure", "failed", "contradictory")


def test_pixels_are_looked_at_before_any_model_is(tmp_path):
    pipeline = SeeingPipeline(script={("gate", 1): StageError("gate", "cut", "at frame 9")})
    with serving(saying()) as endpoint:
        assert run(tmp_path / "run", endpoint, pipeline)["status"] == "achieved"
        assert [asked(r) for r in endpoint.requests] == ["shows_step", "reached"], "none about the video with a cut"


def test_a_model_that_fails_leaves_what_was_measured_and_says_so(tmp_path, capsys):
    path = tmp_path / "run"
    with serving(lambda body: Reply("[bold]oops[/bold]", 500)) as endpoint:
        assert run(path, endpoint, text="wave, then wave with your left hand")["status"] == "achieved"
        assert len(endpoint.requests) == 12, "as many calls as the limit allows, and no more"
    saw = events(path, "model_saw")
    assert [e["failure"] for e in saw] == ["server_error"] * 4
    assert {e["code"] for e in events(path, "model_called")} == {"server_error"}
    for event in saw:
        Lines(Console(force_terminal=False)).event(event)
    assert "[bold]oops[/bold]" in capsys.readouterr().out, "what an endpoint says is no markup"


def test_an_endpoint_that_takes_no_pictures_is_not_asked_for_ever(tmp_path):
    path = tmp_path / "run"
    with serving(lambda body: Reply("this model does not support image input", 400)) as endpoint:
        assert run(path, endpoint, text="wave, then wave with your left hand")["status"] == "achieved"
        assert [way_asked(r) for r in endpoint.requests] == ["json_schema", "tools", "json"]
    assert [e["failure"] for e in events(path, "model_saw")] == ["bad_request", *["not_asked"] * 3]


def test_model_down_is_of_the_attempt_that_it_is_planted_in(tmp_path):
    path = tmp_path / "run"
    with serving(saying()) as endpoint:
        summary = run(path, endpoint, text="wave, then wave with your left hand", faults=["model_down@1.1"])
        assert len(endpoint.requests) == 2, "of the second step"
    assert summary["status"] == "achieved" and summary["model"]["failed"] == ["server_error"] * 6
    assert [e["model"]["flag"] for e in stage(path, "check")] == ["failed", "agrees"]


def test_in_an_open_loop_nobody_is_asked(tmp_path):
    with serving([]) as endpoint:
        assert run(tmp_path / "run", endpoint, open_loop=True)["status"] == "achieved"
        assert not endpoint.requests


def test_what_is_off_is_not_there():
    cfg = ModelCfg("m", "http://127.0.0.1:9/v1").to_json()
    assert cfg["check"] == "off" and eyes_for(cfg, "k") is None and eyes_for(None) is None
    assert ModelCfg.from_json({**cfg, "check": False}).check == "off", "YAML reads a plain off as false"
    before = {k: v for k, v in cfg.items() if k != "check"}
    assert eyes_for(before, "k") is None, "job.json of a run from before there was a check"


def test_runs_in_one_living_world_are_looked_at_too(tmp_path):
    with serving(saying()) as endpoint:
        config = {"pipeline": {}, "model": ModelCfg("m", endpoint.url, check="flag").to_json()}
        spec = load_scene("open_room")
        series = Series(tmp_path / "series", spec, SeeingPipeline(), DeterministicPlanner(), 7, config)
        assert series.work(series.begin("wave"))["status"] == "achieved"
        assert [asked(r) for r in endpoint.requests] == ["shows_step", "reached"]


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


def test_an_answer_about_a_video_is_not_asked_for_again_after_a_crash(tmp_path, monkeypatch):
    path = tmp_path / "run"
    dies = iter([True])

    def last_words(*args):
        if next(dies, False):
            raise Killed
        return write(*args)

    from agent import witness

    write = witness.write_json
    monkeypatch.setattr(witness, "write_json", last_words)
    with serving(saying()) as endpoint:
        with pytest.raises(Killed):
            run(path, endpoint)
        assert [asked(r) for r in endpoint.requests] == ["shows_step"]
        assert run(path, endpoint)["status"] == "achieved"
        assert [asked(r) for r in endpoint.requests] == ["shows_step", "reached"]


def test_an_answer_about_other_pictures_settles_nothing(tmp_path, monkeypatch):
    """The process died between the answer and the verdict; who goes on looks afresh, and asks about that."""
    path = tmp_path / "run"
    from agent import witness

    write, count = witness.write_json, []

    def last_words(*args):
        count.append(1)
        if len(count) == 2:
            raise Killed
        return write(*args)

    monkeypatch.setattr(witness, "write_json", last_words)

    class Later(SeeingPipeline):
        def check(self, folder, expectation):
            verdict = super().check(folder, expectation)
            cv2.imwrite(str(folder / attempt.AFTER), picture(99))
            return verdict

    with serving(saying()) as endpoint:
        with pytest.raises(Killed):
            run(path, endpoint)
        assert run(path, endpoint, Later())["status"] == "achieved"
        assert [asked(r) for r in endpoint.requests] == ["shows_step", "reached", "reached"]


def test_who_asks_to_stop_does_not_wait_for_a_model(tmp_path):
    class Stopped(SeeingPipeline):
        def check(self, folder, expectation):
            verdict = super().check(folder, expectation)
            session.stop.ask()
            return verdict

    path = tmp_path / "run"
    with serving(lambda body: Reply(SCRIPT[asked(body)], wait=20.0 if asked(body) == "reached" else 0.0)) as endpoint:
        cfg = ModelCfg("m", endpoint.url, check="veto").to_json()
        folder = RunFolder.create(Job("wave", "room", 7, config={"model": cfg}), path)
        session = Session(folder, Stopped(), DeterministicPlanner(), eyes=eyes_for(cfg, "k"))
        assert work(session)["status"] == "interrupted"
        folder.close()
    assert events(path, "model_called")[-1]["code"] == "stopped"
    with serving(saying()) as endpoint:
        assert run(path, endpoint)["status"] == "achieved"


NASTY = "</details><script>alert(1)</script> [red]x[/red] {{ 7*7 }} \x1b[2J done=true " + "y" * 3000


def test_what_a_model_says_it_sees_is_text_on_the_page_and_on_the_terminal(tmp_path, capsys):
    path = tmp_path / "run"
    with serving(saying(reached=reached("yes", after=NASTY))) as endpoint:
        run(path, endpoint)
    page = write_report(path).read_text()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page and "y" * 250 not in page
    assert page.count("data:image/jpeg;base64,") == 12, "what it was shown is on the page"
    assert "A model that was shown the outcome: agrees" in page
    for event in events(path, "model_saw"):
        Lines(Console(force_terminal=True)).event(event)
    shown = capsys.readouterr().out
    assert "\x1b[2J" not in shown and "[red]x[/red]" in shown
    for name in ("journal.jsonl", "subtasks/01-wave/attempt-1/model-check.json"):
        assert "y" * 250 not in (path / name).read_text()


def test_a_veto_is_told_in_words(tmp_path, capsys):
    path = tmp_path / "run"
    script = iter([shows(), reached("no"), missed("yes"), reached("yes")])
    with serving(lambda body: Reply(next(script))) as endpoint:
        run(path, endpoint, check="veto")
    for event in (*events(path, "model_saw"), *stage(path, "check")):
        Lines(Console(force_terminal=False, width=400)).event(event)
    told = capsys.readouterr().out.splitlines()
    assert told[1] == (
        "  01-wave/attempt-1 shown the outcome: the model says no; before: “a robot, its arms down”; "
        "after: “the robot, an arm up”"
    )
    assert told[2].startswith("  01-wave/attempt-1 shown the outcome, doubted: the model says no;")
    assert told[4].endswith("cannot tell, vetoed by model; model vetoed (measured: done, seen)")


def test_without_pictures_nobody_is_asked_and_the_verdict_stands(tmp_path):
    from fakes import FakePipeline

    with serving([]) as endpoint:
        assert run(tmp_path / "run", endpoint, FakePipeline())["status"] == "achieved"
        assert not endpoint.requests
    assert {e["failure"] for e in events(tmp_path / "run", "model_saw")} == {"no_pictures"}
