"""`exoactor bench sit`: a G1 walks to a chair or a bench in rooms at random, sits down on it, and stands up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row, whole_row
from exoactor.bench.runner import Bench, Record, Table

KINDS = ("chair", "bench")
SKILLS = ("sit_on", "stand_up")
HEIGHTS = {"chair": (0.42, 0.45), "bench": (0.40, 0.45)}
"""Of the seats [m]."""
TRIALS = 24


def cases(trials: int | None, seed: int) -> list[Record]:
    """Chairs and benches in turn, each seat of its own height."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        kind = KINDS[k % len(KINDS)]
        height = round(float(np.random.default_rng([seed + k, 53]).uniform(*HEIGHTS[kind])), 3)
        made.append({"id": f"{kind}/{seed + k}", "kind": kind, "height": height, "seed": seed + k})
    return made


def scene_of(case: Record) -> str:
    """A room with the seat 1.3 to 2 m from the robot, opening towards the camera or aside, and a table."""
    rng = np.random.default_rng([case["seed"], 59])
    x, y = rng.uniform(0.9, 1.5), rng.uniform(0.5, 1.1)
    facing, start = rng.uniform(-150, -30), rng.uniform(-25, 25)
    if case["kind"] == "chair":
        size = [rng.uniform(0.42, 0.50), rng.uniform(0.42, 0.50), 2 * case["height"]]
        kind = "chair"
    else:
        size = [rng.uniform(0.40, 0.50), rng.uniform(0.8, 1.1), case["height"]]
        kind = "table"
    sizes = ", ".join(f"{v:.3f}" for v in size)
    return f"""name: sit_{case["kind"]}
robot: {{pos: [-0.2, -0.3], yaw_deg: {start:.1f}}}
camera: {{pos: [0.5, -4.0, 1.75], target: [0.5, 0.3, 0.68], fovy_deg: 55, size: [640, 480]}}
furniture:
  - {{id: {case["kind"]}, kind: {kind}, pos: [{x:.3f}, {y:.3f}], yaw_deg: {facing:.1f}, size: [{sizes}], color: red}}
  - {{id: desk, kind: table, pos: [-1.2, 1.2], yaw_deg: -20, size: [0.6, 1.0, 0.72]}}
"""


def trial(case: Record) -> Record:
    """Sit down, stand up again; every attempt of either with what the check said and what was true."""
    return run_in_room(f"sit down on the {case['kind']}, then stand up", scene_of(case), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per skill and kind: done at the first attempt, done within all, judged wrongly, falls; and why it failed."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill, kind in [(skill, kind) for skill in SKILLS for kind in (*KINDS, "all")]:
        chosen = [r for r in records if kind in ("all", r["kind"])]
        line, summary[f"{skill}/{kind}"] = skill_row(chosen, skill, f"{skill}, {kind}")
        rows.append(line)
    for skill in SKILLS:
        causes = Counter(
            f"{a['stage']}: {a['code']}"
            for r in records
            for a in r["attempts"]
            if a["skill"] == skill and a["outcome"] != "done"
        )
        summary[f"{skill}/causes"] = dict(causes.most_common())
        rows.append(
            (f"{skill} failed by", "; ".join(f"{c} {n}" for c, n in causes.most_common()) or "-", "", "", "", "")
        )
    line, summary["achieved"] = whole_row(records, "both, as one instruction")
    rows.append(line)
    return Table("sitting down and standing up", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("sit", "a G1 sits down on chairs and benches and stands up again", cases, trial, summarize)
