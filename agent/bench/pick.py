"""`exoactor bench pick`: bottles and cans are taken off tables with one hand and put down again, in rooms at random.

The hand is the one that the camera sees: in every other pair of rooms it looks from the robot's left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row, whole_row
from exoactor.bench.runner import Bench, Record, Table

KINDS = ("bottle", "can")
SKILLS = ("pick", "place")
SEEN_FROM = ("right", "left")
"""Side of the robot from which the camera looks, while it faces the table."""
LOW, HIGH = 0.55, 0.85
"""Height of the tables [m]."""
TRIALS = 60


def cases(trials: int | None, seed: int) -> list[Record]:
    """Both kinds in turn, each on a table of its own height, two seen from one side and two from the other."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        kind = KINDS[k % len(KINDS)]
        height = round(float(np.random.default_rng([seed + k, 31]).uniform(LOW, HIGH)), 3)
        seen_from = SEEN_FROM[k // len(KINDS) % len(SEEN_FROM)]
        case = {"kind": kind, "height": height, "seen_from": seen_from, "seed": seed + k}
        made.append({"id": f"{kind}/{seen_from}/{seed + k}", **case})
    return made


def scene_of(case: Record) -> str:
    """A room with a table 1.3 to 1.7 m from the robot to its edge, and the thing 6 to 16 cm behind the edge."""
    rng = np.random.default_rng([case["seed"], 37])
    edge, depth, width = rng.uniform(1.3, 1.7), rng.uniform(0.5, 0.7), rng.uniform(0.9, 1.3)
    behind, aside, facing = rng.uniform(0.06, 0.16), rng.uniform(-0.25, 0.25), rng.uniform(-10, 10)
    across = rng.uniform(0.060, 0.070)
    tall, mass = (rng.uniform(0.20, 0.26), rng.uniform(0.2, 0.5)) if case["kind"] == "bottle" else (0.12, 0.3)
    middle, left = edge / 2 + 0.2, 1.0 if case["seen_from"] == "left" else -1.0
    return f"""name: pick_{case["kind"]}
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}, hands: dex3}}
camera: {{pos: [{middle:.2f}, {3.5 * left}, 1.7], target: [{middle:.2f}, {-0.1 * left}, 0.72], fovy_deg: 52,
  size: [640, 480]}}
furniture:
  - {{id: table, kind: table, pos: [{edge + depth / 2:.3f}, 0], size: [{depth:.3f}, {width:.3f}, {case["height"]:.3f}]}}
  - {{id: bin, kind: bin, pos: [0.4, {-1.3 * left}], color: blue}}
objects:
  - {{id: {case["kind"]}, kind: {case["kind"]}, pos: [{edge + behind:.3f}, {aside:.3f}], on: table, color: red,
      size: [{across:.4f}, {across:.4f}, {tall:.4f}], mass: {mass:.2f}}}
"""


def trial(case: Record) -> Record:
    """Take it, put it down again; every attempt of either with what the check said and what was true."""
    say = f"take the red {case['kind']} with one hand, then put it back on the table"
    return run_in_room(say, scene_of(case), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per skill, kind and hand: done at the first attempt, done within all, judged wrongly, falls."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill, kind in [(skill, kind) for skill in SKILLS for kind in KINDS]:
        chosen = [r for r in records if r["kind"] == kind]
        line, summary[f"{skill}/{kind}"] = skill_row(chosen, skill, f"{skill}, {kind}")
        rows.append(line)
    for skill, side in [(skill, side) for skill in SKILLS for side in SEEN_FROM]:
        chosen = [r for r in records if r["seen_from"] == side]
        line, summary[f"{skill}/{side}"] = skill_row(chosen, skill, f"{skill}, seen from the {side}")
        rows.append(line)
    line, summary["achieved"] = whole_row(records, "both, as one instruction")
    rows.append(line)
    return Table("one hand", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("pick", "a Dex3 hand takes bottles and cans off tables and puts them down", cases, trial, summarize)
