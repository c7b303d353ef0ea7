"""`exoactor bench tiers`: every skill of the hands, in rooms made at random, within the loop's own attempts."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from agent.bench.lift import scene_of
from agent.bench.trials import run_instruction
from exoactor.bench.runner import Bench, Record, Table, share

KINDS = ("box", "cylinder")
SKILLS = ("lift", "put_down")
WHERE = ("stand", "floor")
TRIALS = 40


def cases(trials: int | None, seed: int) -> list[Record]:
    """Things of both kinds, 1 to 2 m away, on a stand of 0.3 to 0.5 m and on the floor in turn."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        kind = KINDS[k % len(KINDS)]
        distance = round(float(np.random.default_rng([seed + k, 29]).uniform(1.0, 2.0)), 2)
        where = WHERE[k // len(KINDS) % len(WHERE)]
        case: Record = {"id": f"{kind}/{where}/{seed + k}", "kind": kind, "distance": distance, "offset": 0.0}
        case["seed"] = seed + k
        if where == "floor":
            case["stand"] = 0.0
        made.append(case)
    return made


def trial(case: Record) -> Record:
    """Lift it, put it down again; every attempt of either with what the check said and what was true."""
    with tempfile.TemporaryDirectory(prefix="exoactor-tiers-") as folder:
        path = Path(folder) / "scene.yaml"
        path.write_text(scene_of(case)[0])
        say = f"lift the orange {case['kind']}, then put it down again"
        return run_instruction(say, str(path), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per skill and place: done at the first attempt, done within all, judged wrongly, falls."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill, where in [(skill, where) for skill in SKILLS for where in WHERE]:
        tried = [[a for a in r["attempts"] if a["skill"] == skill] for r in records if f"/{where}/" in str(r["id"])]
        tried = [attempts for attempts in tried if attempts]
        first = sum(bool(attempts[0].get("truth")) for attempts in tried)
        done = sum(any(a.get("truth") for a in attempts) for attempts in tried)
        judged = [a for attempts in tried for a in attempts if a["outcome"] == "done"]
        wrong = sum(not a.get("truth") for a in judged)
        falls = sum(bool(a.get("fell")) for attempts in tried for a in attempts)
        seconds = [a["seconds"] for attempts in tried for a in attempts if a.get("seconds")]
        median = f"{np.median(seconds):.1f}" if seconds else "-"
        rows.append(
            (
                f"{skill}, {where}",
                share(first, len(tried)),
                share(done, len(tried)),
                f"{wrong}/{len(judged)}",
                str(falls),
                median,
            )
        )
        summary[f"{skill}/{where}"] = {
            "first": first,
            "done": done,
            "n": len(tried),
            "wrong": wrong,
            "judged": len(judged),
            "falls": falls,
        }
    whole = sum(r["status"] == "achieved" for r in records)
    rows.append(("both, as one instruction", "", share(whole, len(records)), "", "", ""))
    summary["achieved"] = [whole, len(records)]
    columns = ("skill", "first attempt", "within three attempts", "said done but was not", "falls", "robot's time [s]")
    return Table("skills of the hands", columns, tuple(rows), summary)


BENCH = Bench("tiers", "things are lifted and put down again in rooms made at random", cases, trial, summarize)
