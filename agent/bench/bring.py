"""`exoactor bench bring`: one hand brings bottles and cans from one table to another, in rooms at random.

As in `bench pick` the hand is the one that the camera sees; the rooms seen from the left are mirror images.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.pick import KINDS, SEEN_FROM
from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row, whole_row
from exoactor.bench.runner import Bench, Record, Table

SKILLS = ("pick", "carry", "place")
LOW, HIGH = 0.55, 0.85
"""Height of both tables [m]."""
TRIALS = 40


def cases(trials: int | None, seed: int) -> list[Record]:
    """Both kinds in turn, each between two tables of their own heights."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        first, second = np.random.default_rng([seed + k, 41]).uniform(LOW, HIGH, 2).round(3).tolist()
        kind, seen_from = KINDS[k % len(KINDS)], SEEN_FROM[k // len(KINDS) % len(SEEN_FROM)]
        case = {"kind": kind, "heights": [first, second], "seen_from": seen_from, "seed": seed + k}
        made.append({"id": f"{kind}/{seen_from}/{seed + k}", **case})
    return made


def scene_of(case: Record) -> str:
    """A table with the thing ahead of the robot, 1.2 to 1.5 m from it, and another behind it on its far side."""
    rng = np.random.default_rng([case["seed"], 43])
    edge, depth, width = rng.uniform(1.2, 1.5), rng.uniform(0.5, 0.65), rng.uniform(0.9, 1.2)
    behind, aside, facing = rng.uniform(0.06, 0.14), rng.uniform(-0.2, 0.2), rng.uniform(-10, 10)
    x, y, turned = rng.uniform(-0.4, -0.1), rng.uniform(1.2, 1.5), rng.uniform(-100, -80)
    deep, wide, across = rng.uniform(0.45, 0.6), rng.uniform(0.8, 1.1), rng.uniform(0.060, 0.070)
    tall, mass = (rng.uniform(0.20, 0.26), rng.uniform(0.2, 0.5)) if case["kind"] == "bottle" else (0.12, 0.3)
    (first, second), far = case["heights"], 1.0 if case["seen_from"] == "right" else -1.0
    return f"""name: bring_{case["kind"]}
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}, hands: dex3}}
camera: {{pos: [0.7, {-3.0 * far}, 1.75], target: [0.7, {0.3 * far}, 0.7], fovy_deg: 58, size: [640, 480]}}
furniture:
  - {{id: table, kind: table, pos: [{edge + depth / 2:.3f}, 0], size: [{depth:.3f}, {width:.3f}, {first:.3f}]}}
  - {{id: sideboard, kind: table, pos: [{x:.3f}, {far * y:.3f}], yaw_deg: {far * turned:.1f}, color: blue,
      size: [{deep:.3f}, {wide:.3f}, {second:.3f}]}}
objects:
  - {{id: {case["kind"]}, kind: {case["kind"]}, pos: [{edge + behind:.3f}, {aside:.3f}], on: table, color: red,
      size: [{across:.4f}, {across:.4f}, {tall:.4f}], mass: {mass:.2f}}}
"""


def trial(case: Record) -> Record:
    """Take it, walk with it, put it down; every attempt of each with what the check said and what was true."""
    return run_in_room(f"put the red {case['kind']} on the sideboard", scene_of(case), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per skill: done at the first attempt, done within all, judged wrongly, falls; and the whole instruction."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill in SKILLS:
        line, summary[skill] = skill_row(records, skill, skill)
        rows.append(line)
    line, summary["achieved"] = whole_row(records, "the whole instruction")
    rows.append(line)
    return Table("from one table to another", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("bring", "a Dex3 hand brings bottles and cans from one table to another", cases, trial, summarize)
