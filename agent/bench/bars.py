"""`exoactor bench bars`: a low bar is stepped over, or a high one gone under, in rooms at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.passage import HIGHEST, LOWEST
from exoactor.world.furniture import BEAM

SAY = {"step_over": "step over the bar", "duck_under": "duck under the bar"}
TRIALS = 40
LOW = (0.03, HIGHEST)
"""Height of the low bars [m]."""
ROOM = (LOWEST, 1.25)
"""Height of the underside of the high bars [m]; the G1 is 1.32 m tall."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """Both ways in turn, each with a bar of its own."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        skill = tuple(SAY)[k % 2]
        low, high = LOW if skill == "step_over" else ROOM
        height = round(float(np.random.default_rng([seed + k, 41]).uniform(low, high)), 3)
        made.append({"id": f"{skill}/{seed + k}", "skill": skill, "height": height, "seed": seed + k})
    return made


def scene_of(case: Record) -> str:
    """A room with a bar 0.9 to 1.5 m before the robot, turned by up to 15 degrees, and a bin beside the way."""
    rng = np.random.default_rng([case["seed"], 43])
    distance, aside = rng.uniform(0.9, 1.5), rng.uniform(-0.15, 0.15)
    turned, facing = rng.uniform(-15, 15), rng.uniform(-10, 10)
    thick, mass = rng.uniform(0.04, 0.06), rng.uniform(0.3, 0.8)
    width = rng.uniform(0.9, 1.2)
    if case["skill"] == "step_over":
        kind, size = "hurdle", f"[{thick:.3f}, {width:.3f}, {case['height']:.3f}]"
    else:
        kind, size, mass = "beam", f"[0.36, {width + 0.25:.3f}, {case['height'] + BEAM:.3f}]", mass + 1.5
    middle = distance / 2 + 0.2
    return f"""name: {kind}
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}}}
camera: {{pos: [{middle:.2f}, -3.7, 1.7], target: [{middle:.2f}, 0.1, 0.68], fovy_deg: 54, size: [640, 480]}}
furniture:
  - {{id: bin, kind: bin, pos: [{middle:.2f}, 1.4], color: blue}}
objects:
  - {{id: bar, kind: {kind}, pos: [{distance:.3f}, {aside:.3f}], yaw_deg: {turned:.1f}, size: {size}, mass: {mass:.2f},
      color: {rng.choice(["red", "orange", "purple", "yellow"])}}}
"""


def trial(case: Record) -> Record:
    """Once across; every attempt with what the check said and what was true."""
    return run_in_room(SAY[case["skill"]], scene_of(case), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per skill: done at the first attempt, done within all, judged wrongly, falls; and how often untouched."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill in SAY:
        chosen = [r for r in records if r["skill"] == skill]
        line, summary[skill] = skill_row(chosen, skill, skill)
        rows.append(line)
        done = [a for r in chosen for a in r["attempts"] if a["skill"] == skill and a["outcome"] == "done"]
        clean = sum(bool(a.get("clean")) for a in done)
        rows.append((f"{skill}, of those never touching it", "", share(clean, len(done)), "", "", ""))
        summary[f"{skill}/clean"] = [clean, len(done)]
    return Table("bars", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("bars", "low bars are stepped over and high ones gone under", cases, trial, summarize)
