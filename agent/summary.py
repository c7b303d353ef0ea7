"""What came of a run, from its journal and folder alone; what `--json` prints and the report shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent.journal import read_events
from agent.models.spent import CALLED, Spent
from agent.plan import Subtask
from agent.run_folder import attempt_name, read_job

EXIT_STATUS = {"achieved": 0, "failed": 1, "aborted": 1, "needs_human": 1, "safety_stop": 3, "interrupted": 130}
FINAL = frozenset({"achieved", "failed", "aborted", "safety_stop"})
"""Statuses after which nothing is left to resume."""


def summarize(run_dir: Path) -> dict[str, Any]:
    """The run so far.

    Returns:
        status, reason, question, choices (the answers it may have), run_dir,
        subtasks (id, skill, args, attempts, verdict, with "person" where one said otherwise, truth), replans,
        seconds per stage (wall) and cpu_seconds per stage, model (what language models cost and might have cost, or
        None where none is configured).

    Raises:
        ConfigError: not a run folder.
    """
    job = read_job(run_dir)
    events = list(read_events(run_dir / "journal.jsonl"))
    finished = [e for e in events if e["event"] in ("run_finished", "run_started")]
    running = not finished or finished[-1]["event"] == "run_started"
    plans = [e for e in events if e["event"] == "planned" and e["status"] == "ok"]
    last = {} if running else finished[-1]
    seconds: dict[str, float] = {}
    cpu: dict[str, float] = {}
    for event in events:
        if event["event"] in ("stage_finished", "stage_failed"):
            stage = event["stage"]
            seconds[stage] = round(seconds.get(stage, 0.0) + event["seconds"], 3)
            cpu[stage] = round(cpu.get(stage, 0.0) + event["cpu_seconds"], 3)
    return {
        "status": "interrupted" if running else last["status"],
        "reason": "" if running else last.get("reason", ""),
        "question": last.get("question") or ("" if plans or running else _asked(events)),
        "choices": next((e["choices"] for e in reversed(events) if e["event"] == "asked"), []),
        "run_dir": str(run_dir),
        "subtasks": [_subtask(run_dir, entry, events) for entry in (plans[-1]["plan"] if plans else [])],
        "replans": max((e["replans"] for e in events if e["event"] == "planned"), default=0),
        "seconds": seconds,
        "cpu_seconds": cpu,
        "model": _model(job.config.get("model"), events),
    }


def _asked(events: list[dict[str, Any]]) -> str:
    """What the planner would have to know to plan at all."""
    return next((str(e["question"]) for e in events if e["event"] == "planned"), "")


def _model(config: dict[str, Any] | None, events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Name, way there or file (as it was run), what was spent, the limits, and how the calls ended."""
    if not config:
        return None
    calls = [e for e in events if e["event"] == CALLED]
    failed = [e["code"] for e in calls if e["code"] != "ok"]
    named = {"model": config["model"], "base_url": config["base_url"], "limits": config["limits"]}
    if config.get("gguf"):
        named |= {"gguf": config["gguf"], "sha256": next((e["sha256"] for e in reversed(calls) if "sha256" in e), None)}
    return {**named, **Spent.of(calls).to_json(), "failed": failed}


def attempts_of(run_dir: Path, entry: dict[str, Any], events: list[dict[str, Any]]) -> list[str]:
    """Names of the attempts at a subtask of the plan, in order."""
    prefix = attempt_name(entry["id"], entry["skill"], 0).rsplit("-", 1)[0] + "-"
    names = {str(e["attempt"]) for e in events if str(e.get("attempt", "")).startswith(prefix)}
    return sorted(names, key=lambda n: int(n.rsplit("-", 1)[1]))


def _subtask(run_dir: Path, entry: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    names = attempts_of(run_dir, entry, events)
    last = names[-1] if names else None
    checks = [e for e in events if e["event"] == "stage_finished" and e["stage"] == "check" and e["attempt"] == last]
    failed = [e for e in events if e["event"] == "stage_failed" and e["attempt"] == last]
    verdict = None
    if checks and (not failed or checks[-1]["n"] > failed[-1]["n"]):
        verdict = {k: checks[-1]["verdict"][k] for k in ("outcome", "code", "measured", "threshold", "unit")}
    elif failed:
        outcome = "cannot_tell" if failed[-1]["result"]["kind"] == "cannot_tell" else "not_done"
        verdict = {"outcome": outcome, "code": failed[-1]["result"]["code"], "stage": failed[-1]["result"]["stage"]}
    said = [e["says"] for e in events if e["event"] == "by_word" and e["attempt"] == last]
    if verdict is not None and said:
        verdict["person"] = said[-1]
    truth = None
    if last and (run_dir / last / "truth.json").exists():
        truth = json.loads((run_dir / last / "truth.json").read_text())
    plain = Subtask.from_json(entry).to_json()
    return {"id": entry["id"], **plain, "attempts": len(names), "verdict": verdict, "truth": truth}
