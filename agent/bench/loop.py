"""`exoactor bench loop`: 60 instructions closed loop, and paired arms open loop and with planted faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from agent.bench.trials import instructions, really_achieved, run_instruction
from agent.stages import STAGES
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.types import Outcome

Row = Callable[[str, str, str, object], None]

PAIRED = 20
"""Instructions of the arms beside the main one."""

FAULTS = (
    "push_robot:newton_seconds=25,direction_deg=90,t=2.0@1.1",
    "bad_video:defect=cut@1.1",
    "occlude@1.1",
    "bad_video:defect=freeze@2.1",
    "push_robot:newton_seconds=20,direction_deg=200,t=1.5@2.1",
    "bad_video:defect=vanish@1.1",
    "occlude@2.1",
    "bad_video:defect=teleport@2.1",
    "slip:friction=0.35@1.1",
    "bad_video:defect=pan@1.1",
)
"""Planted in turn, one a run; all are recoverable (list committed before the first run)."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """All instructions closed loop; the first of each half also open loop and, both ways, with a fault."""
    opened, sealed = instructions("open"), instructions("sealed")
    both = [item for pair in zip(opened, sealed, strict=True) for item in pair][: trials or None]
    made = [_case("closed", item, seed + i) for i, item in enumerate(both)]
    for i, item in enumerate(both[: PAIRED if trials is None else max(1, trials // 3)]):
        fault = FAULTS[i % len(FAULTS)]
        made.append(_case("open", item, seed + i))
        made.append(_case("closed+fault", item, seed + i, fault))
        made.append(_case("open+fault", item, seed + i, fault))
    return made


def trial(case: Record) -> Record:
    """One run."""
    item = next(i for i in instructions(case["half"]) if i["id"] == case["instruction"])
    result = run_instruction(
        item["say"],
        item["scene"],
        case["seed"],
        closed_loop=case["arm"].startswith("closed"),
        faults=case["faults"],
    )
    if case["half"] == "sealed":
        del result["reason"]  # it quotes the words that were not understood
    return {
        **result,
        "achieved": result["status"] == "achieved",
        "true": really_achieved(item["expect"], result["attempts"]),
    }


def summarize(records: Sequence[Record]) -> Table:
    """Success by arm and half, ends of walks, the check against truth, CPU seconds by stage."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}

    def row(name: str, text: str, key: str, value: object) -> None:
        rows.append((name, text))
        summary[key] = value

    for arm in dict.fromkeys(r["arm"] for r in records):
        of_arm = [r for r in records if r["arm"] == arm]
        true = sum(r["true"] for r in of_arm)
        row(f"{arm}: truly achieved", share(true, len(of_arm)), f"{arm}/true", [true, len(of_arm)])
        lies = sum(r["achieved"] and not r["true"] for r in of_arm)
        row(
            f"{arm}: said achieved, truth denies", f"{lies}/{len(of_arm)}", f"{arm}/false_achieved", [lies, len(of_arm)]
        )
        falls = sum(r["status"] == "safety_stop" for r in of_arm)
        row(f"{arm}: safety stops", f"{falls}/{len(of_arm)}", f"{arm}/safety_stop", [falls, len(of_arm)])
    for half in ("open", "sealed"):
        part = [r for r in records if r["arm"] == "closed" and r["half"] == half]
        true = sum(r["true"] for r in part)
        row(f"closed, {half} half", share(true, len(part)), f"closed/{half}", [true, len(part)])
    _walks(records, row)
    _check(records, row)
    _cost(records, row)
    return Table("the loop", ("what", "result"), tuple(rows), summary)


def _case(arm: str, item: Record, seed: int, fault: str | None = None) -> Record:
    # The sentence stays in its file: who reads results must not come to know the sealed half.
    return {
        "id": f"{arm}/{item['id']}/{seed}",
        "arm": arm,
        "half": item["id"].split("-")[0],
        "instruction": item["id"],
        "scene": item["scene"],
        "seed": seed,
        "faults": [fault] if fault else [],
    }


def _walks(records: Sequence[Record], row: Row) -> None:
    made = [
        a for r in records if r["arm"] == "closed" for a in r["attempts"] if "stance_m" in a and a["walked_m"] > 0.4
    ]
    if not made:
        return
    metres, degrees = [a["stance_m"] for a in made], [a["stance_deg"] for a in made]
    for name, values, unit in (("place", metres, "m"), ("heading", degrees, "deg")):
        median, p95 = float(np.median(values)), float(np.percentile(values, 95))
        row(
            f"end of walk_to, {name} [{unit}]",
            f"median {median:.2f}, p95 {p95:.2f} (n={len(values)})",
            f"walk/{name}",
            [median, p95],
        )
    walks = [a for a in made if 1.2 <= a["walked_m"] <= 1.8]
    straight = [a for a in walks if a["turned_deg"] < 60]
    for name, key, some in (
        ("walks of 1.2-1.8 m", "walk/seconds", walks),
        ("... that turn by less than 60 degrees in all", "walk/seconds/straight", straight),
    ):
        timed = [a["seconds"] for a in some]
        if timed:
            row(
                f"{name} [s]",
                f"median {np.median(timed):.1f}, max {max(timed):.1f} (n={len(timed)})",
                key,
                [float(np.median(timed)), max(timed)],
            )


def _check(records: Sequence[Record], row: Row) -> None:
    """Over the main arm, and over all: there cameras are covered and robots stand where nobody looks for them."""
    _verdicts("closed", [r for r in records if r["arm"] == "closed"], row)
    if any(r["arm"] != "closed" for r in records):
        _verdicts("all arms", records, row)


def _verdicts(arm: str, records: Sequence[Record], row: Row) -> None:
    judged = [a for r in records for a in r["attempts"] if a["stage"] == "check" and "truth" in a]
    done = [a for a in judged if a["outcome"] == Outcome.DONE.value]
    true = [a for a in judged if a["truth"]]
    unsure = sum(a["outcome"] == Outcome.CANNOT_TELL.value for a in judged)
    right = sum(a["truth"] for a in done)
    row(f"check, {arm}: precision of done", share(right, len(done)), f"check/{arm}/precision", [right, len(done)])
    found = sum(a["outcome"] == Outcome.DONE.value for a in true)
    row(f"check, {arm}: recall of done", share(found, len(true)), f"check/{arm}/recall", [found, len(true)])
    row(f"check, {arm}: cannot tell", share(unsure, len(judged)), f"check/{arm}/cannot_tell", [unsure, len(judged)])


def _cost(records: Sequence[Record], row: Row) -> None:
    """CPU seconds per second of video over the closed arm; track includes its looks, no performed video is made."""
    part = [r for r in records if r["arm"] == "closed"]
    imagined = sum(a.get("imagined_s", 0.0) for r in part for a in r["attempts"])
    performed = sum(a.get("seconds", 0.0) for r in part for a in r["attempts"])
    for stage in STAGES:
        spent = sum(r["cpu_stage_s"].get(stage, 0.0) for r in part)
        seconds = performed if stage in ("track", "check") else imagined
        if seconds:
            of = "performed" if stage in ("track", "check") else "imagined"
            row(f"{stage} [CPU s per s of {of} video]", f"{spent / seconds:.2f}", f"cost/{stage}", spent / seconds)
    if part:
        row("peak memory [GB]", f"{max(r['peak_gb'] for r in part):.2f}", "peak_gb", max(r["peak_gb"] for r in part))


BENCH = Bench(
    "loop", "60 instructions of 2-4 steps, closed and open loop, with and without faults", cases, trial, summarize
)
