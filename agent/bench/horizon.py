"""`exoactor bench horizon`: instructions of five to eight mixed steps, with a planted fault and without, both loops.

What counts is the truth: that all that was asked for happened, in order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.bench.trials import instructions, really_achieved, run_instruction
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.types import Outcome

ARMS = ("closed", "closed+fault", "open+fault", "open")


def cases(trials: int | None, seed: int) -> list[Record]:
    """Every instruction in each arm, in turn, so that a benchmark cut short has some of all; the last arm last."""
    made: list[Record] = []
    items = list(enumerate(instructions("horizon")[: trials or None]))
    for k, item, arm in [
        *((k, item, arm) for k, item in items for arm in ARMS[:-1]),
        *((k, i, ARMS[-1]) for k, i in items),
    ]:
        made.append(
            {
                "id": f"{arm}/{item['id']}/{seed + k}",
                "arm": arm,
                "instruction": item["id"],
                "seed": seed + k,
                "faults": [item["fault"]] if arm.endswith("+fault") else [],
            }
        )
    return made


def trial(case: Record) -> Record:
    """One run."""
    item = next(i for i in instructions("horizon") if i["id"] == case["instruction"])
    closed = case["arm"].startswith("closed")
    result = run_instruction(item["say"], item["scene"], case["seed"], closed_loop=closed, faults=case["faults"])
    achieved = result["status"] == "achieved"
    return {**result, "achieved": achieved, "true": really_achieved(item["expect"], result["attempts"])}


def summarize(records: Sequence[Record]) -> Table:
    """One row an arm."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for arm in ARMS:
        some = [r for r in records if r["arm"] == arm]
        if not some:
            continue
        attempts = [a for r in some for a in r["attempts"]]
        judged = [a for a in attempts if a["outcome"] == Outcome.DONE.value]
        numbers = {
            "true": sum(r["true"] for r in some),
            "n": len(some),
            "false_achieved": sum(r["achieved"] and not r["true"] for r in some),
            "done": len(judged),
            "done_right": sum(bool(a.get("truth")) for a in judged),
            "falls": sum(r["status"] == "safety_stop" for r in some),
            "attempts": len(attempts),
            "minutes": float(np.median([sum(a.get("seconds") or 0.0 for a in r["attempts"]) for r in some]) / 60),
        }
        summary[arm] = numbers
        rows.append(
            (
                arm,
                share(int(numbers["true"]), len(some)),
                f"{numbers['false_achieved']}/{len(some)}",
                share(int(numbers["done_right"]), len(judged)),
                str(numbers["falls"]),
                f"{len(attempts) / len(some):.1f}",
                f"{numbers['minutes']:.1f}",
            )
        )
    columns = (
        "arm", "truly achieved", "said achieved, truth denies", "done, rightly", "falls", "attempts a run",
        "robot's time, median [min]",
    )  # fmt: skip
    return Table("instructions of five to eight steps", columns, tuple(rows), summary)


BENCH = Bench(
    "horizon",
    "instructions of 5-8 mixed steps, closed and open loop, with and without a fault",
    cases,
    trial,
    summarize,
)
