"""Whether open, half closed and closed hands are told apart, by cameras that the network has never seen.

Hands are rendered, as many of each state, one trial a person; no person, room or direction of view is one of those it
was trained on. "flexion" is what the landmark network's finger angles say with two thresholds, set on the training
cameras; it always answers.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from exoactor.assets import asset
from exoactor.bench.hand_pictures import Part, pictures
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.estimate.hand_landmarks import HandNetwork
from exoactor.estimate.hand_states import read_hands
from exoactor.estimate.hand_view import patch_of
from exoactor.types import FINGER_STATES, Array

BANDS = (12, 16, 22, 30, 45, 65, 90)
"""Bounds of the sizes of hands [px]."""
FLEXION = (0.54, 0.78)
"""Mean flexion between open and half closed, and between that and closed [rad]: best on the training cameras."""
SHOWN = 0.35
"""A hand of whose fingers less is shown is hidden: nobody can say what it does."""
TRIALS, EACH, HIGH_EVERY = 40, 60, 4


def cases(trials: int | None, seed: int) -> list[Record]:
    """People; one in so many is seen from high above."""
    parts: list[Part] = ["high" if k % HIGH_EVERY == HIGH_EVERY - 1 else "unseen" for k in range(trials or TRIALS)]
    return [{"id": f"{part}/{seed + k}", "part": part, "seed": seed + k} for k, part in enumerate(parts)]


def trial(case: Record) -> Record:
    """One person's hands: what they are, and what network and threshold say."""
    network = HandNetwork(asset("landmarks/hand_landmark_full.tflite"))
    shown = list(pictures(case["part"], case["seed"], EACH))
    pixels, foreshortening = (np.array([getattr(p.view, n) for p in shown]) for n in ("pixels", "foreshortening"))
    began = time.process_time()
    odds, told = read_hands(np.array([patch_of(p.rgb, p.view) for p in shown]), pixels, foreshortening)
    ours = time.process_time()
    bent = np.array([network(p.rgb, p.view.region).flexion.mean() for p in shown])
    theirs = time.process_time()
    rows = zip(shown, odds, told, np.digitize(bent, FLEXION), strict=True)
    return {
        "ms": round(1000 * (ours - began) / EACH, 2),
        "ms_flexion": round(1000 * (theirs - ours) / EACH, 2),
        "hands": [
            {
                "state": p.state,
                "pixels": round(p.view.pixels, 1),
                "shown": round(p.shown, 2),
                "thing": p.thing,
                "said": int(row.argmax()) if tells else -1,
                "sure": round(float(row.max()), 3),
                "flexion": int(by_flexion),
            }
            for p, row, tells, by_flexion in rows
        ],
    }


def summarize(records: Sequence[Record]) -> Table:
    """Per size: right among those it tells, what it leaves untold, the table of what it says, and the threshold."""
    hands = [{**hand, "part": r["part"]} for r in records for hand in r["hands"]]
    seen = [h for h in hands if h["shown"] >= SHOWN]
    level = [h for h in seen if h["part"] == "unseen"]
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    groups = [(f"{low} to {high} px", [h for h in level if low <= h["pixels"] < high]) for low, high in pairwise(BANDS)]
    groups += [
        ("all sizes", level),
        ("with a thing at the hand", [h for h in level if h["thing"]]),
        ("from high above, all sizes", [h for h in seen if h["part"] == "high"]),
    ]
    for name, chosen in groups:
        line, summary[name] = _row(name, chosen)
        rows.append(line)
    gone = [h for h in hands if h["shown"] < SHOWN]
    told = sum(h["said"] >= 0 for h in gone)
    rows.append(("hidden hands that it tells", str(len(gone)), share(told, len(gone)), "", "", "", ""))
    ms = [float(np.median([r[k] for r in records])) for k in ("ms", "ms_flexion")] if records else [0.0, 0.0]
    rows.append(("CPU of a hand [ms]", "", f"{ms[0]:.1f}", "", "", "", f"{ms[1]:.1f}"))
    summary |= {"hidden": len(gone), "hidden told": told, "cpu ms": ms[0], "cpu ms flexion": ms[1]}
    return Table(
        "hands: open, half closed or closed, cameras never seen",
        (
            "hands",
            "n",
            "right of those told",
            "cannot tell",
            "said o/h/c of open | half | closed",
            "flexion: of those",
            "of all",
        ),
        tuple(rows),
        summary,
    )


def _row(name: str, hands: Sequence[Record]) -> tuple[tuple[str, ...], Record]:
    told = [h for h in hands if h["said"] >= 0]
    right, flexion = (sum(h[k] == h["state"] for h in hands) for k in ("said", "flexion"))
    table = _table(told)
    untold = f"{100 * (1 - len(told) / len(hands)):.0f} %" if hands else ""
    counts = " | ".join("/".join(str(n) for n in row) for row in table)
    same = sum(h["flexion"] == h["state"] for h in told)
    line = (
        name, str(len(hands)), share(right, len(told)), untold, counts,
        share(same, len(told)), share(flexion, len(hands)),
    )  # fmt: skip
    return line, {
        "n": len(hands),
        "told": len(told),
        "right": right,
        "flexion right": flexion,
        "flexion right of those told": same,
        "table": {state: row.tolist() for state, row in zip(FINGER_STATES, table, strict=True)},
    }


def _table(told: Sequence[Record]) -> Array:
    """(3, 3) counts, rows what hands are, columns what is said."""
    table = np.zeros((3, 3), int)
    for hand in told:
        table[hand["state"], hand["said"]] += 1
    return table


BENCH = Bench("hands", "open, half closed and closed hands told apart from cameras never seen", cases, trial, summarize)
