"""`exoactor bench push`: things are pushed over floors and tables, and swept off tables, in rooms made at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row
from exoactor.bench.runner import Bench, Record, Table
from exoactor.types import Array

TASKS = ("floor", "sweep", "table", "sweep")
DIRECTIONS = ("forward", "left", "forward", "right")
"""Over the floor; along a table only to the left and to the right."""
SMALL = ("bottle", "can", "box", "ball")
"""What is swept off."""
TRIALS = 80


def cases(trials: int | None, seed: int) -> list[Record]:
    """The tasks in turn, half of them sweeps, each with its directions or kinds in turn."""
    made: list[Record] = []
    for k in range(TRIALS if trials is None else trials):
        task = TASKS[k % len(TASKS)]
        turn = sum(before["task"] == task for before in made)
        if task == "floor":
            how = DIRECTIONS[turn % len(DIRECTIONS)]
        elif task == "table":
            how = ("left", "right")[turn % 2]
        else:
            how = SMALL[turn % len(SMALL)]
        made.append({"id": f"{task}/{how}/{seed + k}", "task": task, "how": how, "seed": seed + k})
    return made


def scene_of(case: Record) -> tuple[str, str]:
    """The scene's YAML, and what is said."""
    rng = np.random.default_rng([case["seed"], 41])
    return _floor(case, rng) if case["task"] == "floor" else _table(case, rng)


def _floor(case: Record, rng: np.random.Generator) -> tuple[str, str]:
    """A box of 2 to 5 kg on a smooth floor, 1.1 to 1.7 m away; 6 to 25 N move it."""
    distance, bearing = rng.uniform(1.1, 1.7), rng.uniform(-0.17, 0.17)
    x, y = distance * np.cos(bearing), distance * np.sin(bearing)
    size = np.array([0.42, 0.46, 0.62]) * rng.uniform(0.88, 1.15, 3)
    yaw, facing = rng.uniform(-12, 12), rng.uniform(-12, 12)
    mass, friction = rng.uniform(2.0, 5.0), rng.uniform(0.3, 0.5)
    middle = x / 2 + 0.2
    text = f"""name: push_floor
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}}}
camera: {{pos: [{middle:.2f}, -4.2, 1.8], target: [{middle:.2f}, 0.1, 0.66], fovy_deg: 56, size: [640, 480]}}
furniture:
  - {{id: bin, kind: bin, pos: [-0.6, 1.6], color: green}}
objects:
  - {{id: crate, kind: box, pos: [{x:.3f}, {y:.3f}], yaw_deg: {yaw:.1f}, on: floor, color: orange,
      {_size(size)}, mass: {mass:.2f}, friction: {friction:.2f}}}
"""
    where = "forward" if case["how"] == "forward" else f"to the {case['how']}"
    return text, f"push the orange box {where}"


def _table(case: Record, rng: np.random.Generator) -> tuple[str, str]:
    """A table of 0.58 to 0.85 m, 1.3 to 1.6 m away; what stands on it is pushed along it or swept off its side."""
    edge, depth, height = rng.uniform(1.3, 1.6), rng.uniform(0.5, 0.65), rng.uniform(0.58, 0.85)
    facing = rng.uniform(-10, 10)
    if case["task"] == "table":
        kind = "box"
        size = np.array([*rng.uniform(0.11, 0.20, 2), rng.uniform(0.12, 0.22)])
        mass, width = rng.uniform(0.4, 2.0), rng.uniform(1.0, 1.3)
        # so much room that it need not stop early
        y = rng.uniform(-0.5, 0.5) * (width - 0.9) + (-0.12 if case["how"] == "left" else 0.12)
        say = f"push the red box to the {case['how']}"
    else:
        kind, across = case["how"], rng.uniform(0.060, 0.075)
        tall = {"bottle": rng.uniform(0.18, 0.26), "can": 0.12, "box": rng.uniform(0.07, 0.12), "ball": across}[kind]
        size = np.array([across, across, tall])
        mass, width = rng.uniform(0.15, 0.6), rng.uniform(0.8, 1.2)
        y = rng.choice([-1.0, 1.0]) * (width / 2 - rng.uniform(0.12, 0.45))
        say = f"sweep the red {kind} off the table"
    behind = size[0] / 2 + rng.uniform(0.03, 0.10)
    middle = edge / 2 + 0.2
    text = f"""name: push_table
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}}}
camera: {{pos: [{middle:.2f}, -3.7, 1.75], target: [{middle:.2f}, 0.1, 0.70], fovy_deg: 54, size: [640, 480]}}
furniture:
  - {{id: table, kind: table, pos: [{edge + depth / 2:.3f}, 0], {_size([depth, width, height])}}}
  - {{id: bin, kind: bin, pos: [0.4, 1.6], color: blue}}
objects:
  - {{id: thing, kind: {kind}, pos: [{edge + behind:.3f}, {y:.3f}], on: table, color: red,
      {_size(size)}, mass: {mass:.2f}, friction: {rng.uniform(0.3, 0.6):.2f}}}
"""
    return text, say


def _size(values: Sequence[float] | Array) -> str:
    return "size: [" + ", ".join(f"{value:.3f}" for value in values) + "]"


def trial(case: Record) -> Record:
    """One instruction; every attempt with what the check said and what was true."""
    room, say = scene_of(case)
    return run_in_room(say, room, case["seed"])


_ROWS = (
    ("push", "floor", "", "push a box over the floor with both palms"),
    ("push", "floor", "forward", "... forward"),
    ("push", "floor", "left", "... to the left, walking round it"),
    ("push", "floor", "right", "... to the right, walking round it"),
    ("push", "table", "", "push a box along a table with one hand"),
    ("sweep", "sweep", "", "sweep a bottle, can, small box or ball off a table"),
)


def summarize(records: Sequence[Record]) -> Table:
    """Per task: done at the first attempt, done within all, judged wrongly, falls."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for skill, task, how, name in _ROWS:
        chosen = [r for r in records if r["task"] == task and how in ("", r["how"])]
        line, summary[f"{task}/{how}" if how else task] = skill_row(chosen, skill, name)
        rows.append(line)
        ways = [a["measured"] for r in chosen for a in r["attempts"] if a.get("truth") and a.get("measured")]
        if ways and not how:
            rows.append(
                (f"... {'fell' if skill == 'sweep' else 'moved'} by [m], median", f"{np.median(ways):.2f}", *[""] * 4)
            )
    return Table("pushing", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("push", "things are pushed over floors and tables, and swept off tables", cases, trial, summarize)
