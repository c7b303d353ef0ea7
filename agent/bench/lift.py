"""`exoactor bench lift`: our reconstruction of GenHOI's MuJoCo protocol, closed loop and the paper's way, in one run.

A G1 is told to lift a thing 1 to 2 m away; four classes, five distances, three trials each. Then the thing is moved
after the video was imagined, from a reference distance of 2 m. Sizes and masses are not published; ours are here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.trials import run_in_room
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.types import Array

CLASSES = ("box", "cylinder", "chair", "table")
DISTANCES = (1.0, 1.25, 1.5, 1.75, 2.0)
"""Robot to the thing's middle [m]."""
TRIALS = 3
OFFSETS = (-1.0, -0.5, 0.5, 1.0, 1.5)
"""The thing is moved by this along the robot's way after imagining [m]."""
MOVED_TRIALS = 10
REFERENCE = 2.0
ARMS = ("closed", "open")

PUBLISHED = {
    "GenHOI": "46/60 = 76.7 %, hand-contact error 0.22 m, moved 8, 10, 8, 7, 8 of 10",
    "ExoActor": "7/60 = 11.7 %, moved 0/10 at every offset",
}
"""Success in the protocol as GenHOI (arXiv 2606.12995, tables II and IV) prints it for itself and for ExoActor."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """All distances, then all offsets; each closed loop, and the first of each kind also the paper's way."""
    made: list[Record] = []
    still = [(kind, distance, 0.0, k) for k in range(TRIALS) for distance in DISTANCES for kind in CLASSES]
    moved = [(CLASSES[k % len(CLASSES)], REFERENCE, offset, k) for k in range(MOVED_TRIALS) for offset in OFFSETS]
    for number, (kind, distance, offset, k) in enumerate([*still, *moved][: trials or None]):
        arms = ARMS if k == 0 else ARMS[:1]
        made += [
            {
                "id": f"{arm}/{kind}/{distance}/{offset:+}/{seed + number}",
                "arm": arm,
                "kind": kind,
                "distance": distance,
                "offset": offset,
                "seed": seed + number,
            }
            for arm in arms
        ]
    return sorted(made, key=lambda case: ARMS.index(str(case["arm"])))


def trial(case: Record) -> Record:
    """One instruction, from the first look to the last verdict."""
    room, moves = scene_of(case)
    faults = [f"move_object:id={moves},dx={case['offset']},dy=0@1.1"] if case["offset"] else []
    closed = case["arm"] == "closed"
    result = run_in_room(f"lift the orange {case['kind']}", room, case["seed"], closed_loop=closed, faults=faults)
    attempts = result["attempts"]
    truth = [bool(a.get("truth")) for a in attempts]
    contacts = [a["contact_m"] for a in attempts if a.get("contact_m") is not None]
    return {
        **result,
        "achieved": result["status"] == "achieved",
        "true": bool(truth and truth[-1]),
        "first": bool(truth and truth[0]),
        "fell": any(a.get("fell") for a in attempts),
        "contact_m": contacts[-1] if contacts else None,
    }


def scene_of(case: Record) -> tuple[str, str]:
    """The scene's YAML, and the id of what is moved in it; a case may say how high the stand is [m], 0 for none."""
    rng = np.random.default_rng([case["seed"], 23])
    kind, distance = case["kind"], case["distance"]
    bearing, turned = rng.uniform(-0.17, 0.17, 2)
    x, y = distance * np.cos(bearing), distance * np.sin(bearing)
    size, mass, stand = _thing(kind, rng)
    stand = float(case.get("stand", stand))
    yaw = float(np.degrees(turned))  # a chair's back is towards the robot
    far = max(distance, distance + case["offset"])
    middle, back = far / 2, 3.6 + 0.45 * max(far - 1.4, 0.0)
    where = f"pos: [{x:.3f}, {y:.3f}], yaw_deg: {yaw:.1f}"
    about = f"mass: {mass:.2f}, friction: {rng.uniform(0.5, 0.8):.2f}, color: orange"
    if stand:
        under = _size([size[0] + 0.06, size[1] + 0.08, stand])
        furniture, on = f"  - {{id: stand, kind: box, {where}, {under}, color: blue}}\n", "on: stand, "
    else:
        furniture, on = "", ""
    corner = f"{far + 0.7:.2f}, 1.5"  # the room has to reach as far as the thing will be moved
    facing = float(np.degrees(rng.uniform(-0.17, 0.17)))
    text = f"""name: lift_{kind}
robot: {{pos: [0, 0], yaw_deg: {facing:.1f}}}
camera: {{pos: [{middle:.2f}, {-back:.2f}, 1.75], target: [{middle:.2f}, 0, 0.62], fovy_deg: 55, size: [640, 480]}}
furniture:
  - {{id: bin, kind: bin, pos: [{corner}], color: green}}
{furniture}objects:
  - {{id: {kind}, kind: {kind}, {where}, {on}{_size(size)}, {about}}}
"""
    return text, "stand" if stand else kind


def _size(values: Sequence[float] | Array) -> str:
    return "size: [" + ", ".join(f"{value:.3f}" for value in values) + "]"


def _thing(kind: str, rng: np.random.Generator) -> tuple[Array, float, float]:
    """Size (3,) [m], mass [kg], and height of what it stands on [m], 0 for the floor."""
    if kind == "box":
        return np.array([0.30, 0.35, 0.25]) * rng.uniform(0.92, 1.08, 3), rng.uniform(1.0, 2.0), rng.uniform(0.3, 0.5)
    if kind == "cylinder":
        across = rng.uniform(0.26, 0.34)
        return np.array([across, across, rng.uniform(0.25, 0.35)]), rng.uniform(1.0, 2.0), rng.uniform(0.3, 0.5)
    if kind == "chair":
        return np.array([*rng.uniform(0.36, 0.42, 2), rng.uniform(0.88, 0.98)]), rng.uniform(1.5, 2.5), 0.0
    return (
        np.array([rng.uniform(0.34, 0.42), rng.uniform(0.36, 0.46), rng.uniform(0.50, 0.60)]),
        rng.uniform(1.5, 3),
        0.0,
    )


def summarize(records: Sequence[Record]) -> Table:
    """Success by arm, by class, by distance and by offset, beside the published figures."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {"published": PUBLISHED}

    def row(name: str, chosen: list[Record], published: str = "") -> None:
        if chosen:
            true = sum(r["true"] for r in chosen)
            first = sum(r["first"] for r in chosen)
            rows.append((name, share(true, len(chosen)), share(first, len(chosen)), published))
            summary[name] = {"true": true, "first": first, "n": len(chosen)}

    for arm in ARMS:
        of_arm = [r for r in records if r["arm"] == arm]
        still = [r for r in of_arm if not r["offset"]]
        published = "11.7 %; GenHOI 76.7 %" if arm == "open" else ""
        row(f"{arm}: where it was imagined", still, published)
        for kind in CLASSES:
            row(f"{arm}: … {kind}", [r for r in still if r["kind"] == kind])
        for offset in OFFSETS:
            row(
                f"{arm}: moved by {offset:+g} m",
                [r for r in of_arm if r["offset"] == offset],
                "0/10" if arm == "open" else "",
            )
        lies = sum(r["achieved"] and not r["true"] for r in of_arm)
        falls = sum(r["fell"] for r in of_arm)
        errors = [r["contact_m"] for r in of_arm if r["contact_m"] is not None and r["true"]]
        if of_arm:
            mean = f"{np.mean(errors):.3f} m over {len(errors)}" if errors else "no lift"
            rows.append((f"{arm}: hand-contact error", mean, "", ""))
            rows.append(
                (f"{arm}: said achieved but was not; runs with a fall", f"{lies}; {falls} of {len(of_arm)}", "", "")
            )
            summary[f"{arm}/contact_m"] = float(np.mean(errors)) if errors else None
            summary[f"{arm}/lies"], summary[f"{arm}/falls"] = lies, falls
    return Table(
        "lifting (GenHOI's protocol, reconstructed)",
        ("what", "lifted", "at the first attempt", "published"),
        tuple(rows),
        summary,
    )


BENCH = Bench(
    "lift", "a G1 lifts boxes, cylinders, chairs and tables that may have been moved", cases, trial, summarize
)
