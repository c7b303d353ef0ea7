"""`exoactor bench wipe`: a G1 walks up to a table in rooms at random and wipes a patch of its top with one hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from agent.bench.trials import SKILL_COLUMNS, run_in_room, skill_row, whole_row
from exoactor.bench.runner import Bench, Record, Table

HANDS = ("right", "left")
TRIALS = 40


def cases(trials: int | None, seed: int) -> list[Record]:
    """Right and left hands in turn."""
    return [
        {"id": f"{HANDS[k % 2]}/{seed + k}", "hand": HANDS[k % 2], "seed": seed + k}
        for k in range(TRIALS if trials is None else trials)
    ]


def scene_of(case: Record) -> str:
    """A table of 0.55 to 0.85 m, 1.2 to 1.7 m from the robot and turned, with up to two things on it, and a bin."""
    rng = np.random.default_rng([case["seed"], 61])
    size = [rng.uniform(0.5, 0.75), rng.uniform(0.9, 1.3), rng.uniform(0.55, 0.85)]
    edge, y, yaw = rng.uniform(1.2, 1.7), rng.uniform(-0.25, 0.25), rng.uniform(-12, 12)
    x = edge + size[0] / 2
    facing, middle = rng.uniform(-20, 20), x / 2 + 0.1
    camera = [middle + rng.uniform(-0.4, 0.4), -3.8, rng.uniform(1.65, 1.9)]
    sizes = ", ".join(f"{v:.3f}" for v in size)
    things: list[tuple[str, str, list[float]]] = []
    for kind, color in (("can", "red"), ("bottle", "green"))[: rng.integers(0, 3)]:
        along, across = rng.uniform(-0.42, 0.42) * size[1], rng.uniform(-0.3, 0.35) * size[0]
        c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
        place = [x + c * across - s * along, y + s * across + c * along]
        if any(np.hypot(place[0] - other[0], place[1] - other[1]) < 0.12 for _, _, other in things):
            continue
        things.append((kind, color, place))
    standing = "".join(
        f"\n  - {{id: {kind}, kind: {kind}, pos: [{px:.3f}, {py:.3f}], on: table, color: {color}}}"
        for kind, color, (px, py) in things
    )
    return f"""name: wipe
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}}}
camera: {{pos: [{camera[0]:.2f}, {camera[1]}, {camera[2]:.2f}], target: [{middle:.2f}, 0.1, 0.70], fovy_deg: 54,
  size: [640, 480]}}
furniture:
  - {{id: table, kind: table, pos: [{x:.3f}, {y:.3f}], yaw_deg: {yaw:.1f}, size: [{sizes}]}}
  - {{id: bin, kind: bin, pos: [0.2, 1.6], color: blue}}
objects:{standing or " []"}
"""


def trial(case: Record) -> Record:
    """One instruction; every attempt with what the check said and what was true."""
    return run_in_room(f"wipe the table with the {case['hand']} hand", scene_of(case), case["seed"])


def summarize(records: Sequence[Record]) -> Table:
    """Per hand: done at the first attempt, done within all, judged wrongly, falls; press; and why it failed."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for hand in (*HANDS, "all"):
        chosen = [r for r in records if hand in ("all", r["hand"])]
        name = "wipe a table's top" if hand == "all" else f"... with the {hand} hand"
        line, summary[hand] = skill_row(chosen, "wipe", name)
        rows.append(line)
    line, summary["achieved"] = whole_row(records, "... and seen to be done")
    rows.append(line)
    tried = [a for r in records for a in r["attempts"] if a["skill"] == "wipe"]
    for key, title in (
        ("measured", "share of the patch passed over, median"),
        ("press_n", "mean press [N], median"),
        ("press_most_n", "hardest press [N], median"),
    ):
        values = [a[key] for a in tried if a.get(key) is not None]
        if values:
            summary[key] = float(np.median(values))
            rows.append((title, f"{np.median(values):.2f}", *[""] * 4))
    causes = Counter(f"{a['stage']}: {a['code']}" for a in tried if a["outcome"] != "done")
    summary["causes"] = dict(causes.most_common())
    rows.append(("failed by", "; ".join(f"{c} {n}" for c, n in causes.most_common()) or "-", *[""] * 4))
    return Table("wiping", SKILL_COLUMNS, tuple(rows), summary)


BENCH = Bench("wipe", "a G1 wipes a patch of a table's top with one hand", cases, trial, summarize)
