"""Conversations at a pseudo-terminal, as a person has them; the robot has no physics, but takes its time."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from person import ACKNOWLEDGED, Person
from typer.testing import CliRunner

import exoactor.assets
from agent.chat.folder import ChatCfg, ChatFolder
from agent.cli import app
from exoactor.world.scene_file import load_scene

PROGRAM = str(Path(__file__).with_name("fake_exoactor.py"))


@pytest.fixture
def talk(tmp_path):
    """Starts conversations, and ends those that a failed test leaves."""
    people = []

    def start(*args, moves=(), resume=False):
        (tmp_path / "moves.json").write_text(json.dumps(list(moves)))
        where = ("--resume",) if resume else ("--scene", "open_room", "--out")
        env = {"FAKE_MOVES": str(tmp_path / "moves.json")}
        people.append(Person(PROGRAM, "chat", *where, str(tmp_path / "chat"), *args, env=env))
        people[-1].reads("> ")
        return people[-1]

    yield start
    for person in people:
        person.leaves()


def said(tmp_path, who):
    lines = map(json.loads, (tmp_path / "chat/said.jsonl").read_text().splitlines())
    return [e["text"] for e in lines if e["who"] == who]


def test_tasks_and_questions_in_one_living_world(talk, tmp_path):
    person = talk()
    person.says("what do you see?")
    person.reads("I see 3 things")
    person.says("walk to the table")
    person.reads("plan: 1. walk_to(table)")
    person.reads("Done: every step was seen to be done.")
    person.says("where are you?")
    person.reads("I stand at the table")
    person.says("what did you do?")
    person.reads("achieved, 1 of 1 steps seen to be done")
    person.says("how do you know?")
    person.reads("verdict.json")
    person.says("fly to the moon")
    person.reads("I did not understand: I do not understand 'fly'")
    person.says("turn to it")
    person.reads("plan: 1. turn_to(table)")
    person.reads("Done")
    assert person.hangs_up() == 0
    assert [json.loads(p.read_text())["instruction"] for p in sorted(tmp_path.glob("chat/turns/*/job.json"))] == [
        "walk to the table",
        "turn to it",
    ], "what was not understood is no turn"
    assert (tmp_path / "chat/turns/02/report.html").exists()


def test_a_stop_is_acknowledged_at_once_and_explained_and_the_task_taken_up_again(talk, tmp_path):
    person = talk(moves=[[30, None]])
    person.says("walk to the table")
    person.reads("performing walk_to(table)")
    person.says("status")
    person.reads("track")
    person.says("stop")
    assert person.reads("Stopping") < ACKNOWLEDGED
    person.reads("Stopped; the robot stands", 5)
    person.says("why did you stop?")
    person.reads("I was told to stop in 01-walk_to, attempt 1 in mid-motion")
    person.says("go on")
    person.reads("the motion had begun and is not repeated")
    person.reads("Done")
    person.says("quit")
    assert person.waits() == 0
    journal = (tmp_path / "chat/turns/01/journal.jsonl").read_text()
    assert journal.count('"motion_started"') == 2 and '"attempt-1/motion-finished"' not in journal


def test_a_change_of_mind_replaces_what_remains_once_the_robot_stands(talk, tmp_path):
    person = talk(moves=[[30, None], [30, None], [30, None]])
    person.says("walk to the table, then wave")
    person.reads("performing walk_to(table)")
    person.says("where is the door?")
    person.reads("At the last look")
    person.reads("The door is on the floor")
    person.says("fly away")
    person.reads("The robot goes on with what it does")
    person.says("no wait, walk to the chair")
    assert person.reads("Stopping") < ACKNOWLEDGED
    person.reads("plan: 1. walk_to(red_chair)")
    person.reads("performing")
    person.says("turn to the door instead")
    assert person.reads("Stopping first") < ACKNOWLEDGED
    person.reads("plan: 1. turn_to(door)")
    person.reads("performing")
    person.says("stop walking about")
    assert person.reads("Stopping") < ACKNOWLEDGED, "what begins with a stop is a stop, whatever follows"
    person.reads("Stopped")
    person.says("what happened?")
    person.reads("03. “turn to the door”: interrupted")
    statuses = [json.loads(p.read_text())["status"] for p in sorted(tmp_path.glob("chat/turns/*/result.json"))]
    assert statuses == ["interrupted"] * 3


@pytest.mark.parametrize("how", ["^C", signal.SIGINT])
def test_ctrl_c_stops_the_task_and_when_idle_leaves(talk, how):
    person = talk(moves=[[30, None]])
    person.says("walk to the table")
    person.reads("performing")
    person.presses(how) if how == "^C" else person.signals(how)
    assert person.reads("Stopping") < ACKNOWLEDGED
    person.reads("Stopped; the robot stands")
    person.presses("^C")
    person.reads("To go on: exoactor chat --resume")
    assert person.waits() == 130


def test_sigterm_stops_the_task_and_leaves_and_nothing_is_lost(talk, tmp_path):
    person = talk(moves=[[30, None]])
    person.says("walk to the table, then wave")
    person.reads("performing")
    person.signals(signal.SIGTERM)
    assert person.reads("Stopping") < ACKNOWLEDGED
    person.reads("Stopped; the robot stands")
    assert person.waits() == 130
    person = talk(resume=True)
    assert "interrupted, 0 of 2 steps" in person.shown
    person.says("go on")
    person.reads("taken up again at track")
    person.reads("Done")
    person.says("do it again")
    person.reads("plan: 1. walk_to(table); 2. wave()")
    person.reads("Done")
    person.says("\x1b[A\x1b[A")  # the second line back, said once more
    person.reads("There is nothing to go on with")
    assert person.hangs_up() == 0
    assert said(tmp_path, "person") == ["walk to the table, then wave", "go on", "do it again", "go on"]


def test_killed_in_mid_motion_it_goes_on_after_a_look(talk):
    person = talk(moves=[[30, None]])
    person.says("walk to the table")
    person.reads("performing")
    person.signals(signal.SIGKILL)
    person.waits()
    person = talk(resume=True)
    person.says("why did you stop?")
    person.reads("01-walk_to")
    person.says("go on")
    person.reads("the motion had begun and is not repeated")
    person.reads("Done")


def test_what_failed_is_told_with_its_code_and_the_evidence(talk):
    person = talk(moves=[[0.1, "too_far"]] * 9)
    person.says("walk to the table")
    person.reads("[retry/skip/stop]")
    person.says("why?")
    person.reads("code too_far")
    person.reads("verdict.json")
    person.reads("[retry/skip/stop]")
    person.says("stop")
    person.reads("aborted: stopped by a person's answer")
    person.says("did it work?")
    person.reads("not done, too far")


def test_a_veto_is_settled_by_a_persons_word(talk):
    person = talk(moves=[[0.1, "vetoed_by_model"]] * 4)
    person.says("walk to the table")
    person.reads("It was measured to be done; is it done? [retry/skip/stop/done]")
    person.says("It is done.")
    person.reads("1 of 2 steps by a person's word alone")
    person.says("why?")
    person.reads("by a person's word alone")
    person.says("did it work?")
    person.reads("1 of 2 steps seen to be done")
    person.reads("done, says a person")


def test_after_a_fall_nothing_is_done_before_a_person_has_looked(talk):
    person = talk(moves=[[0.1, "fell"]])
    person.says("walk to the table")
    person.reads("safety stop: robot_fell")
    person.says("wave")
    person.reads("The robot must not move before a person has looked")
    assert person.hangs_up() == 3


def test_plans_and_videos_are_approved_of(talk, tmp_path):
    person = talk("--approve", "first")
    person.says("walk to the table")
    person.reads("The plan: 1. walk_to(table). Shall I? [yes/no/change]")
    person.says("where is the table?")
    person.reads("The table is on the floor")
    person.reads("Shall I?")
    person.says("yes")
    person.reads("imagined.mp4. Shall I do what it shows?")
    assert not list(tmp_path.rglob("rollout.npz")), "nothing moves before it is approved of"
    person.says("no")
    person.reads("not_approved")
    person.reads("attempt-2/imagined.mp4. Shall I do what it shows?")
    person.says("yes")
    person.reads("Done")
    person.says("walk to the door")
    person.reads("Done")  # its skill was approved of
    person.says("wave")
    person.reads("Shall I?")
    person.says("no wait, walk to the table")
    person.reads("aborted: something else is wanted")
    person.reads("Done")
    person.says("wave")
    person.reads("Shall I?")
    assert person.hangs_up() == 0
    person = talk(resume=True)
    person.says("go on")
    person.reads("The plan: 1. wave(). Shall I?")
    person.says("yes")
    person.reads("Shall I do what it shows?")
    person.says("yes")
    person.reads("Done")


def test_from_a_pipe_each_line_waits_for_the_one_before(tmp_path):
    lines = "walk to the table\nwhere are you?\nwhat did you do?\n"
    done = subprocess.run(
        [sys.executable, PROGRAM, "chat", "--scene", "open_room", "--out", str(tmp_path / "chat")],
        input=lines, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.index("Done") < done.stdout.index("I stand at the table") < done.stdout.index("achieved, 1 of 1")
    assert "> " not in done.stdout and "\x1b" not in done.stdout


def test_two_processes_cannot_hold_one_chat(tmp_path):
    held = ChatFolder.create(tmp_path / "chat", load_scene("open_room"), ChatCfg("open_room", 0))
    other = CliRunner().invoke(app, ["chat", "--resume", str(tmp_path / "chat")])
    assert other.exit_code == 2 and "another process" in other.output
    held.close()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--resume", "NOWHERE"], "is not the folder of a chat"),
        (["--resume", "DAMAGED"], "is damaged"),
        (["--scene", "atlantis"], "atlantis"),
        (["--approve", "perhaps"], "never, first, always"),
        (["--out", "DAMAGED"], "not empty"),
    ],
)
def test_bad_input_is_one_clear_error_and_nothing_is_written(args, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exoactor.assets, "check", list)
    (tmp_path / "DAMAGED").mkdir()
    (tmp_path / "DAMAGED" / "chat.json").write_text('{"scene": 3')
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(app, ["chat", *args])
    assert result.exit_code == 2 and message in result.output and "Traceback" not in result.output
    assert sorted(tmp_path.rglob("*")) == before


EDITOR = """\
import pathlib, sys
path = pathlib.Path(sys.argv[1])
text = path.read_text()
assert "seconds: 3.0" in text or "seconds: 60" in text
path.write_text(text.replace("seconds: 60", "seconds: 6").replace("seconds: 3.0", "seconds: 60"))
"""


def test_a_prompt_is_shown_and_edited_in_the_persons_editor(talk, tmp_path, monkeypatch):
    (tmp_path / "editor.py").write_text(EDITOR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {tmp_path / 'editor.py'}")
    person = talk("--approve", "always")
    person.says("show the prompt")
    person.reads("Nothing was asked of me yet")
    person.says("wave")
    person.reads("Shall I? [yes/no/change]")
    person.says("yes")
    person.reads("1. raises the right hand and waves. Worded in ")
    person.reads("[yes/no/change/edit]")
    person.says("show the prompt")
    person.reads("01-wave, attempt 1, worded by the skill:")
    person.reads("## Motion")
    person.reads("Shall I do what it shows?")
    person.says("edit")
    person.reads("'60' given, a number in 3..6 wanted")
    person.reads("[yes/no/change/edit]")
    person.says("edit")
    person.reads("prompt, worded by the person: raises the right hand and waves")
    person.reads("[yes/no/change/edit]")
    assert not list(tmp_path.rglob("rollout.npz")), "nothing moves before it is approved of"
    person.says("yes")
    person.reads("Done")
    assert person.hangs_up() == 0
    assert "for about 5 s" in next(tmp_path.rglob("imagined.json")).read_text()


def test_an_editor_that_cannot_be_started_leaves_the_question_open(talk, monkeypatch):
    monkeypatch.setenv("VISUAL", "no-such-editor")
    person = talk("--approve", "always")
    person.says("wave")
    person.reads("Shall I?")
    person.says("yes")
    person.reads("[yes/no/change/edit]")
    person.says("edit")
    person.reads("'no-such-editor' cannot be started")
    person.reads("[yes/no/change/edit]")
    person.says("yes")
    person.reads("Done")
