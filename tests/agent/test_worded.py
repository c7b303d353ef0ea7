"""The words of prompts in the loop: asked for once an attempt, on record, edited by a person, kept over restarts."""

import json

import pytest
from fakes import FakePipeline
from wordings import reply

from agent.approval import Approval
from agent.bench.endpoint import Reply, serving
from agent.chain import planner_for
from agent.journal import read_events
from agent.loop import work
from agent.models.config import ModelCfg
from agent.report import write_report
from agent.run_folder import Job, RunFolder
from agent.session import Session
from exoactor.types import Interrupted, Outcome, Verdict, Wording
from exoactor.world.faults import parse_fault

SAY = "walk to the table"
GOOD = reply((1, "walks to the table with even steps"), end="stands upright, facing the table")
ATTEMPT = "subtasks/01-walk_to/attempt-1"


class Pipeline(FakePipeline):
    """Keeps what it was asked to imagine."""

    def __init__(self, **more):
        super().__init__(**more)
        self.imagined = []

    def imagine(self, folder, scene, actions, seed, progress=None, wording=None):
        self.imagined.append((actions, wording))
        return super().imagine(folder, scene, actions, seed, progress, wording)


def run(path, pipeline, url="", text=SAY, answers=(), policy="never", faults=(), **settings):
    config = ModelCfg("m", url, retry_delay=0.01, **{"prompts": True, **settings}).to_json() if url else None
    job = Job(text, "room", 7, config={"model": config})
    folder = RunFolder(path) if path.exists() else RunFolder.create(job, path)
    given = iter(answers)
    session = Session(
        folder,
        pipeline,
        planner_for(config, "k"),
        faults=tuple(parse_fault(f) for f in faults),
        approval=Approval(policy),
    )

    def asker(question, choices):
        answer = next(given, None)
        return answer(question, choices) if callable(answer) else answer

    try:
        return work(session, asker)
    finally:
        folder.close()


def events(path, kind):
    return [e for e in read_events(path / "journal.jsonl") if e["event"] == kind]


def test_the_models_words_reach_the_video_model_and_the_record(tmp_path):
    path, pipeline = tmp_path / "run", Pipeline()
    with serving([Reply(GOOD)]) as endpoint:
        summary = run(path, pipeline, endpoint.url)
    assert summary["status"] == "achieved" and summary["model"]["calls"] == 1
    ((actions, wording),) = pipeline.imagined
    assert wording.by == "model" and actions[0].text == "walks to the table with even steps"
    (event,) = events(path, "worded")
    assert event["attempt"] == ATTEMPT and Wording.from_json(event["wording"]) == wording and event["failure"] == ""
    assert event["template"] == json.loads((path / "job.json").read_text())["prompts"]["video.md.j2"]
    prompt = (path / ATTEMPT / "prompt.md").read_text()
    assert "1. The person walks to the table with even steps (at a comfortable pace" in prompt
    assert json.loads((path / ATTEMPT / "imagined.json").read_text())["prompt"] == prompt
    page = write_report(path).read_text()
    assert "Prompt, worded by the model" in page and "walks to the table with even steps (at a" in page
    assert [e["purpose"] for e in events(path, "model_called")] == ["wording"]


def test_without_the_setting_the_model_words_nothing_and_the_skill_does(tmp_path):
    with serving([]) as endpoint:
        pipeline = Pipeline()
        summary = run(tmp_path / "run", pipeline, endpoint.url, prompts=False)
    assert summary["status"] == "achieved" and not endpoint.requests
    assert pipeline.imagined[0][1].by == events(tmp_path / "run", "worded")[0]["wording"]["by"] == "skill"
    assert "Prompt, worded by the skill" in write_report(tmp_path / "run").read_text()


def test_a_model_that_fails_stops_nothing(tmp_path):
    with serving(lambda body: Reply("oops", 500)) as endpoint:
        summary = run(tmp_path / "run", Pipeline(), endpoint.url)
    assert summary["status"] == "achieved" and summary["model"]["failed"] == ["server_error"] * 3
    (event,) = events(tmp_path / "run", "worded")
    assert event["wording"]["by"] == "skill" and event["failure"] == "server_error"


def test_the_fault_model_down_is_of_its_attempt(tmp_path):
    with serving([Reply(reply((1, "waves with the right hand"), settings=[{"step": 1, "seconds": 5}]))]) as endpoint:
        pipeline = Pipeline()
        run(tmp_path / "run", pipeline, endpoint.url, text=f"{SAY}, then wave", faults=["model_down@1.1"])
    assert [w.by for _, w in pipeline.imagined] == ["skill", "model"] and len(endpoint.requests) == 1
    assert pipeline.imagined[1][0][0].seconds == 5.0


def test_each_attempt_is_worded_anew_knowing_the_codes_before(tmp_path):
    missed = Verdict(Outcome.NOT_DONE, "hand_not_raised", 0.0, 1.0, "looks")
    with serving(lambda body: Reply(reply((1, "raises the right hand and waves")))) as endpoint:
        run(tmp_path / "run", Pipeline(script={("check", 1): missed}), endpoint.url, text="wave")
    told = [json.loads(r["messages"][1]["content"])["failed_before"] for r in endpoint.requests]
    assert told == [[], ["hand_not_raised"]]


def test_what_was_worded_is_not_asked_for_again_after_a_restart(tmp_path):
    path, stopped = tmp_path / "run", Pipeline(script={("imagine", 1): Interrupted("stopped")})
    with serving([Reply(GOOD)]) as endpoint:
        assert run(path, stopped, endpoint.url)["status"] == "interrupted"
        again = Pipeline()
        assert run(path, again, endpoint.url)["status"] == "achieved"
    assert len(endpoint.requests) == 1 and again.imagined == stopped.imagined


def change(path, *changes, then="edit"):
    """An answer: edit prompt.md first."""

    def answer(question, choices):
        assert choices == ("yes", "no", "change", "edit") and str(path / "prompt.md") in question
        text = (path / "prompt.md").read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (path / "prompt.md").write_text(text)
        return then

    return answer


WAVE = "subtasks/01-wave/attempt-1"


def test_an_edited_prompt_is_imagined_anew_in_the_same_attempt(tmp_path):
    path, pipeline = tmp_path / "run", Pipeline()
    edit = change(path / WAVE, ("seconds: 3.0", "seconds: 6"), ("and waves", "and waves calmly"))
    summary = run(path, pipeline, text="wave", policy="always", answers=["yes", edit, "yes"])
    assert summary["status"] == "achieved" and summary["subtasks"][0]["attempts"] == 1
    (first, plain), (second, edited) = pipeline.imagined
    assert (first[0].seconds, second[0].seconds, plain.by, edited.by) == (3.0, 6.0, "skill", "person")
    assert pipeline.calls.count("gate") == 2 and pipeline.calls.count("track") == 1
    assert [e["objection"] for e in events(path, "edited")] == [""]
    assert "and waves calmly" in (path / WAVE / "prompt.md").read_text()
    assert "Prompt, worded by the person" in write_report(path).read_text()


def test_an_edit_that_breaks_a_rule_is_said_so_with_its_line_and_asked_about_again(tmp_path):
    path, pipeline, asked = tmp_path / "run", Pipeline(), []

    def listens(answer):
        return lambda question, choices: (
            asked.append(question) or (answer(question, choices) if callable(answer) else answer)
        )

    bad = change(path / WAVE, ("the right hand and waves", "the left hand and waves"))
    mended = change(path / WAVE, ("the left hand and waves", "the right hand and waves once more"))
    answers = ["yes", *map(listens, ["edit", bad, mended, "yes"])]
    assert run(path, pipeline, text="wave", policy="always", answers=answers)["status"] == "achieved"
    assert "is as it was. Change it" in asked[1]
    line = next(n for n, told in enumerate((path / WAVE / "prompt.md").read_text().splitlines(), 1) if "waves" in told)
    assert f"prompt.md:{line}: 'left hand': this is done with the right hand" in asked[2]
    assert "waves once more" in asked[3] and "this is done with" not in asked[3]
    assert len(pipeline.imagined) == 2


def test_an_edit_survives_the_end_of_the_process(tmp_path):
    path = tmp_path / "run"
    edit = change(path / WAVE, ("seconds: 3.0", "seconds: 6"))
    stopped = Pipeline(script={("imagine", 2): Interrupted("stopped")})
    assert run(path, stopped, text="wave", policy="always", answers=["yes", edit])["status"] == "interrupted"
    (path / WAVE / "prompt.md").write_text("half of an")  # whatever happens to the file later
    again = Pipeline()
    assert run(path, again, policy="always", answers=["yes"])["status"] == "achieved"
    assert [actions[0].seconds for actions, _ in again.imagined] == [6.0]


@pytest.mark.parametrize(("answers", "seconds"), [(["yes"], 6.0), (["no", "yes"], 3.0)])
def test_a_persons_words_hold_for_the_next_attempt_unless_it_was_refused(tmp_path, answers, seconds):
    path = tmp_path / "run"
    edit = change(path / WAVE, ("seconds: 3.0", "seconds: 6"))
    script = {("check", 1): Verdict(Outcome.NOT_DONE, "hand_not_raised", 0.0, 1.0, "looks")}
    pipeline = Pipeline(script=script if answers == ["yes"] else {})
    run(path, pipeline, text="wave", policy="always", answers=["yes", edit, *answers, "yes"])
    assert pipeline.imagined[-1][0][0].seconds == seconds and len(pipeline.imagined) == 3
    assert pipeline.imagined[-1][1].by == ("person" if seconds == 6.0 else "skill")
