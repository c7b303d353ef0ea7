"""`exoactor bench resume`: a run is killed with SIGKILL at many moments and taken up again by another process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from agent.journal import read_events
from agent.summary import FINAL
from exoactor.bench.runner import Bench, Record, Table, share

SAY, SCENE = "turn to the door, then wave", "living_room"
MOMENTS = 30
LONGEST_WAIT = 2.5
"""Killed up to this long after an event, so that stages are hit in their middle [s]."""
PATIENCE = 420.0
"""A run that takes longer than this is stuck [s]."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """After the 1st, 2nd, ... event of the journal and a random wait."""
    rng = np.random.default_rng(seed)
    waits = rng.uniform(0.0, LONGEST_WAIT, MOMENTS)
    return [
        {"id": f"event-{i}", "event": i, "wait": float(waits[i]), "seed": seed + i} for i in range(trials or MOMENTS)
    ]


def trial(case: Record) -> Record:
    """Start, kill, take up again; then read the journal."""
    folder = Path(tempfile.mkdtemp(prefix="exoactor-resume-")) / "run"
    try:
        killed_at = _start_and_kill(folder, case)
        if not (folder / "job.json").exists():
            return {"killed_at": killed_at, "status": "nothing begun", "whole": True, "fresh": True, "ended": True}
        done = _exoactor("resume", str(folder), "--json")
        summary = json.loads(done.stdout.strip().splitlines()[-1])
        torn = _torn_lines(folder / "journal.jsonl")
        return {
            "killed_at": killed_at,
            "status": summary["status"],
            "whole": torn <= 1,
            "fresh": _looked_before_every_motion(folder),
            "ended": summary["status"] in {*FINAL, "needs_human"},
        }
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


def summarize(records: Sequence[Record]) -> Table:
    """How the runs ended and whether the rules held."""
    n = len(records)
    counts = {
        "achieved after being killed": sum(r["status"] == "achieved" for r in records),
        "ended achieved or honestly": sum(r["ended"] for r in records),
        "journal whole": sum(r["whole"] for r in records),
        "no motion without a fresh look": sum(r["fresh"] for r in records),
    }
    rows = [(name, share(k, n)) for name, k in counts.items()]
    stages = sorted({str(r["killed_at"]) for r in records})
    rows.append(("killed after", ", ".join(stages)))
    return Table(
        "killed and taken up again", ("what", "share"), tuple(rows), {**counts, "n": n, "killed_after": stages}
    )


def _start_and_kill(folder: Path, case: Record) -> str:
    """Run until the event and a bit, then SIGKILL; name the last event on disk."""
    command = [sys.executable, "-m", "agent.cli", "run", SAY, "--scene", SCENE, "--seed", str(case["seed"])]
    process = subprocess.Popen(
        [*command, "--out", str(folder), "--json"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    journal, began = folder / "journal.jsonl", time.monotonic()
    while process.poll() is None and time.monotonic() - began < PATIENCE:
        if journal.exists() and journal.read_bytes().count(b"\n") > case["event"]:
            break
        time.sleep(0.02)
    time.sleep(case["wait"])
    process.send_signal(signal.SIGKILL)
    process.wait()
    events = list(read_events(journal)) if journal.exists() else []
    if not events:
        return "start"
    return str(events[-1].get("stage") or events[-1]["event"])


def _exoactor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent.cli", *arguments],
        capture_output=True, text=True, timeout=PATIENCE, env=dict(os.environ), check=False,
    )  # fmt: skip


def _torn_lines(journal: Path) -> int:
    """Lines that are not JSON; one may be torn by the kill itself."""
    torn = 0
    for line in journal.read_text().splitlines():
        try:
            json.loads(line)
        except json.JSONDecodeError:
            torn += 1
    return torn


def _looked_before_every_motion(folder: Path) -> bool:
    """Every motion follows a look by the process that makes it, and no attempt is moved twice."""
    looked, moved = False, set()
    for event in read_events(folder / "journal.jsonl"):
        if event["event"] == "run_started":
            looked = False
        elif event["event"] in ("stage_finished", "stage_failed") and event["stage"] in ("observe", "check", "ground"):
            looked = True
        elif event["event"] == "motion_started":
            if not looked or event["attempt"] in moved:
                return False
            moved.add(event["attempt"])
    return True


BENCH = Bench("resume", "killed with SIGKILL at 30 moments and taken up again", cases, trial, summarize)
