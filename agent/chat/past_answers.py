"""Answers to questions about what happened: read from the journals of the turns, word for word, with the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.chat.words import Kind
from agent.journal import WORDED, Event, read_events
from agent.live import measured
from agent.plan import Subtask
from agent.run_folder import read_job
from agent.summary import summarize
from agent.wording.sheet import NAME as PROMPT

NOTHING = "Nothing was asked of me yet."


def answer(kind: Kind, turns: Sequence[Path]) -> str:
    """The answer to a question about what happened.

    Args:
        kind: one of `words.PAST`.
        turns: run folders, the last of them last.
    """
    if not turns:
        return NOTHING
    if kind == "why":
        return why(turns[-1])
    if kind == "plan":
        return plan(turns[-1])
    if kind == "sure":
        return sure(turns[-1])
    if kind == "prompt":
        return prompt(turns[-1])
    earlier = [f"{turn.name}. {_headline(turn)}" for turn in turns[:-1]]
    return "\n".join([*earlier, f"{turns[-1].name}. {_headline(turns[-1])}", *_steps(turns[-1])])


def ended(summary: Mapping[str, Any], *, paused: bool) -> str:
    """How a task has ended, said without being asked.

    Args:
        summary: of its run.
        paused: a person put it off.
    """
    status = summary["status"]
    if status == "achieved":
        return f"Done: {summary['reason'] or 'every step was seen to be done'}."
    if status == "interrupted" and "fell" in summary["reason"]:
        return "Stopped, but the robot fell. It must not move before a person has looked."
    if status == "interrupted" and paused:
        return "Paused; the robot stands. “go on” takes it up again."
    if status == "interrupted":
        return "Stopped; the robot stands. “go on” takes it up again after a fresh look."
    if status == "needs_human" and summary["subtasks"]:
        return "It waits for an answer; “go on” asks again."
    return f"{status.replace('_', ' ')}: {summary['question'] or summary['reason']}"


def why(turn: Path) -> str:
    """Why the run came to its end, or waits: the verdict or failure, the decision, and where the evidence is."""
    summary, events = summarize(turn), list(read_events(turn / "journal.jsonl"))
    status = summary["status"]
    if status == "achieved":
        how = summary["reason"] or "every step was seen to be done"
        return f"I was done with “{read_job(turn).instruction}”: {how}.\n{sure(turn)}"
    lines = []
    plan = next((e for e in reversed(events) if e["event"] == "planned"), None)
    if plan is not None and plan["status"] != "ok" and not plan["replans"]:
        return f"I had no plan: {plan['reason']}"
    if status == "interrupted":
        at = next((e for e in reversed(events) if "attempt" in e), None)
        where = "" if at is None else f" in {_short(at['attempt'])}"
        stands = "the robot fell" if "fell" in summary["reason"] else "the robot was brought to a stand"
        how = f" in mid-motion; {stands}" if _stopped_moving(events) else ""
        lines.append(f"I was told to stop{where}{how}.")
    ends = ("stage_finished", "stage_failed")
    last = next((e for e in reversed(events) if e["event"] in ends and _bad(e)), None)
    if last is not None:
        lines.append(_failure(turn, last))
    decided = next((e for e in reversed(events) if e["event"] == "decided"), None)
    if decided is not None and decided["do"] != "next":
        lines.append(f"Decision: {decided['do']}: {decided['why']}.")
    if summary["reason"] and status != "interrupted":
        lines.append(f"Status {status}: {summary['reason']}")
    if summary["question"] and summary["question"] != summary["reason"]:
        lines.append(f"Open question: {summary['question']}")
    return "\n".join(lines) or "I have not stopped."


def plan(turn: Path) -> str:
    """The steps of the last plan."""
    summary = summarize(turn)
    if not summary["subtasks"]:
        return "There is no plan."
    return "\n".join(f"{s['id']}. {Subtask.from_json(s)}: {_outcome(s)}" for s in summary["subtasks"])


def sure(turn: Path) -> str:
    """What the looks at the outcomes measured, and where the pictures are."""
    events = list(read_events(turn / "journal.jsonl"))
    checks = [e for e in events if e["event"] == "stage_finished" and e["stage"] == "check"]
    lines = [f"{_short(e['attempt'])}: {measured(e['verdict'])}{_evidence(turn / e['attempt'])}" for e in checks]
    return "\n".join(lines) or "I have not looked at any outcome yet."


def prompt(turn: Path) -> str:
    """The prompt of the last video, who worded it, and where it is."""
    told = [e for e in read_events(turn / "journal.jsonl") if e["event"] == WORDED]
    if not told:
        return "Nothing was imagined yet."
    path = turn / told[-1]["attempt"] / PROMPT
    if not path.is_file():
        return f"{path} is not there any more."
    by, text = told[-1]["wording"]["by"], path.read_text(errors="replace")
    return f"{_short(told[-1]['attempt'])}, worded by the {by}:\n{text}\n    see {path}"


def _steps(turn: Path) -> list[str]:
    return [f"    {line}" for line in plan(turn).splitlines()]


def _headline(turn: Path) -> str:
    summary = summarize(turn)
    done = sum((s["verdict"] or {}).get("outcome") == "done" for s in summary["subtasks"])
    of = f", {done} of {len(summary['subtasks'])} steps seen to be done" if summary["subtasks"] else ""
    return f"“{read_job(turn).instruction}”: {summary['status'].replace('_', ' ')}{of}"


def _outcome(subtask: dict[str, Any]) -> str:
    verdict = subtask["verdict"]
    if verdict is None:
        return "begun, not judged" if subtask["attempts"] else "not begun"
    tries = f", attempt {subtask['attempts']}" if subtask["attempts"] > 1 else ""
    person = f"; {verdict['person']}, says a person" if "person" in verdict else ""
    return f"{verdict['outcome']}, {verdict['code']}{tries}{person}".replace("_", " ")


def _bad(event: Event) -> bool:
    if event["event"] == "stage_failed":
        return True
    return bool(event["stage"] == "check" and event["verdict"]["outcome"] != "done")


def _failure(turn: Path, event: Event) -> str:
    where, folder = _short(event["attempt"]), turn / event["attempt"]
    if event["event"] == "stage_failed":
        result = event["result"]
        hint = f": {result['hint']}" if result["hint"] else ""
        return f"{where}: stage {result['stage']} failed with {result['code']}{hint}{_evidence(folder)}"
    return f"{where}: {measured(event['verdict'])}, code {event['verdict']['code']}{_evidence(folder)}"


def _evidence(folder: Path) -> str:
    found = sorted(folder.glob("evidence-*.png")) or [p for p in (folder / "verdict.json",) if p.exists()]
    found = found or [p for p in (folder / "observation.png",) if p.exists()]
    return f"\n    see {', '.join(map(str, found[:3]))}" if found else ""


def _short(attempt: str) -> str:
    return attempt.removeprefix("subtasks/").replace("/attempt-", ", attempt ")


def _stopped_moving(events: Sequence[Event]) -> bool:
    last = next((e["event"] for e in reversed(events) if e["event"] in ("motion_stopped", "motion_finished")), "")
    return last == "motion_stopped"
