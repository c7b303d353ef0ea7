"""`exoactor bench tiers`: every skill of the hands, in rooms made at random, within the loop's own attempts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.lift import scene_of
from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row
from exoactor.bench.runner import Bench, Record, Table, share

KINDS = ("box", "cylinder")
WHERE = ("stand", "floor")
TASKS = ("down", "over")
"""It is put down again where it is lifted, or brought to a low table on the other side of the room."""
TRIALS = 40


def cases(trials: int | None, seed: int) -> list[Record]:
    """Things of both kinds, 1 to 2 m away, on a stand of 0.3 to 0.5 m and on the floor, for both tasks, in turn."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        kind = KINDS[k % len(KINDS)]
        distance = round(float(np.random.default_rng([seed + k, 29]).uniform(1.0, 2.0)), 2)
        where = WHERE[k // len(KINDS) % len(WHERE)]
        task = TASKS[k // len(KINDS) // len(WHERE) % len(TASKS)]
        case: Record = {"id": f"{kind}/{where}/{task}/{seed + k}", "kind": kind, "distance": distance, "offset": 0.0}
        case |= {"seed": seed + k, "task": task}
        if where == "floor":
            case["stand"] = 0.0
        made.append(case)
    return made


def trial(case: Record) -> Record:
    """Lift it, and put it down; every attempt with what the check said and what was true."""
    room, say = scene_of(case)[0], f"lift the orange {case['kind']}, then put it down again"
    if case["task"] == "over":
        room, say = with_table(room, case), f"put the orange {case['kind']} on the low table"
    return run_in_room(say, room, case["seed"])


def with_table(scene: str, case: Record) -> str:
    """The scene with a low table 1.2 to 1.7 m to the left of the robot's way."""
    rng = np.random.default_rng([case["seed"], 31])
    x, y = rng.uniform(-0.4, 0.7), rng.uniform(1.2, 1.7)
    size = f"[{rng.uniform(0.42, 0.55):.2f}, {rng.uniform(0.7, 1.0):.2f}, {rng.uniform(0.32, 0.52):.2f}]"
    turned = float(rng.choice([0.0, 90.0]) + rng.uniform(-10.0, 10.0))
    table = (
        f"  - {{id: low_table, kind: table, pos: [{x:.2f}, {y:.2f}], yaw_deg: {turned:.1f}, size: {size}, color: wood}}"
    )
    return scene.replace("objects:", f"{table}\nobjects:")


_PARTS = {"stand": "off a stand", "floor": "off the floor", "down": "where it was", "over": "on a low table"}
_ROWS = (("lift", "stand"), ("lift", "floor"), ("carry", "over"), ("put_down", "down"), ("put_down", "over"))


def summarize(records: Sequence[Record]) -> Table:
    """Per skill and place: done at the first attempt, done within all, judged wrongly, falls."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill, part in _ROWS:
        chosen = [r for r in records if f"/{part}/" in str(r["id"])]
        line, summary[f"{skill}/{part}"] = skill_row(chosen, skill, f"{skill}, {_PARTS[part]}")
        rows.append(line)
    for task in TASKS:
        of_task = [r for r in records if f"/{task}/" in str(r["id"])]
        whole = sum(r["status"] == "achieved" for r in of_task)
        rows.append((f"the whole instruction, {_PARTS[task]}", "", share(whole, len(of_task)), "", "", ""))
        summary[f"achieved/{task}"] = [whole, len(of_task)]
    return Table("skills of the hands", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("tiers", "things are lifted, carried and put down in rooms made at random", cases, trial, summarize)
