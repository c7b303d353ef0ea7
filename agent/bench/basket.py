"""`exoactor bench basket`: one hand puts bottles and cans into a basket on a stand, one or two, in rooms at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row, whole_row
from exoactor.bench.runner import Bench, Record, Table

KINDS = ("bottle", "can")
SKILLS = ("pick", "carry", "place")
TABLES, RIMS = (0.55, 0.85), (0.60, 0.78)
"""Heights of the table and of the basket's rim [m]."""
EVERY = 4
"""Each such trial asks for two things, one after the other."""
TRIALS = 40


def cases(trials: int | None, seed: int) -> list[Record]:
    """Both kinds in turn, the last of every few trials with two of them, each table and rim of its own height."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        rng, kind, both = np.random.default_rng([seed + k, 51]), KINDS[k % len(KINDS)], k % EVERY == EVERY - 1
        table, rim = round(float(rng.uniform(*TABLES)), 3), round(float(rng.uniform(*RIMS)), 3)
        name = f"{kind}s" if both else kind
        made.append({"id": f"{name}/{seed + k}", "kind": name, "table": table, "rim": rim, "seed": seed + k})
    return made


def scene_of(case: Record) -> str:
    """A table with one or two things ahead of the robot, 1.2 to 1.5 m from it, and a basket on a stand behind it."""
    rng = np.random.default_rng([case["seed"], 53])
    edge, depth, width = rng.uniform(1.2, 1.5), rng.uniform(0.5, 0.65), rng.uniform(0.9, 1.2)
    behind, aside, facing = rng.uniform(0.06, 0.14), rng.uniform(-0.3, 0.0), rng.uniform(-10, 10)
    x, y, turned = rng.uniform(-0.3, 0.0), rng.uniform(1.15, 1.35), rng.uniform(-10, 10)
    long, wide, tall = rng.uniform(0.32, 0.40), rng.uniform(0.26, 0.30), rng.uniform(0.18, 0.24)
    across, high, mass = rng.uniform(0.060, 0.070), rng.uniform(0.20, 0.26), rng.uniform(0.2, 0.5)
    kind = case["kind"].removesuffix("s")
    if kind == "can":
        high, mass = 0.12, 0.3
    things = [("red", aside), ("green", aside + rng.uniform(0.26, 0.34))][: 1 + (case["kind"] != kind)]
    listed = "".join(
        f"""
  - {{id: {color}_{kind}, kind: {kind}, pos: [{edge + behind:.3f}, {off:.3f}], on: table, color: {color},
      size: [{across:.4f}, {across:.4f}, {high:.4f}], mass: {mass:.2f}}}"""
        for color, off in things
    )
    return f"""name: basket_{case["kind"]}
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}, hands: dex3}}
camera: {{pos: [0.6, -2.95, 2.1], target: [0.6, 0.4, 0.68], fovy_deg: 57, size: [640, 480]}}
furniture:
  - {{id: table, kind: table, pos: [{edge + depth / 2:.3f}, 0], size: [{depth:.3f}, {width:.3f}, {case["table"]:.3f}]}}
  - {{id: stand, kind: table, pos: [{x:.3f}, {y:.3f}], yaw_deg: {turned:.1f}, color: blue,
      size: [{long + 0.06:.3f}, {wide + 0.06:.3f}, {case["rim"] - tall:.3f}]}}
objects:{listed}
  - {{id: basket, kind: basket, pos: [{x:.3f}, {y:.3f}], yaw_deg: {turned:.1f}, on: stand, color: yellow,
      size: [{long:.3f}, {wide:.3f}, {tall:.3f}]}}
"""


def trial(case: Record) -> Record:
    """Take it, walk with it, let it drop in; every attempt of each with what the check said and what was true."""
    kind = case["kind"].removesuffix("s")
    what = f"the red {kind}" if kind == case["kind"] else f"both {case['kind']}"
    return run_in_room(f"put {what} in the basket", scene_of(case), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per skill, where one thing is asked for: done at first, within all, judged wrongly, falls; whole instructions."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill in SKILLS:
        line, summary[skill] = skill_row([r for r in records if not r["kind"].endswith("s")], skill, skill)
        rows.append(line)
    for name, several in (("one thing", False), ("two things", True)):
        chosen = [r for r in records if r["kind"].endswith("s") == several]
        line, summary[name] = whole_row(chosen, f"the whole instruction, {name}")
        rows.append(line)
    return Table("into a basket", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("basket", "a Dex3 hand puts bottles and cans into a basket on a stand", cases, trial, summarize)
