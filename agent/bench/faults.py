"""`exoactor bench loop --faults`: every kind of planted fault, closed loop and open, on the same videos.

What a fault may come to is committed in faults.yaml. A run recovers when all that was asked for truly happened; it
fails honestly when it did not and the run says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from agent.bench.contract import GOOD, KEY, PATIENCE
from agent.bench.endpoint import Reply, serving
from agent.bench.trials import committed, really_achieved, run_instruction
from agent.chain import PlannerChain
from agent.model_planner import ModelPlanner
from agent.models.config import ModelCfg
from agent.plan import Planner
from agent.planner import DeterministicPlanner
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.world.faults import parse_faults

SEEDS = 3
ARMS = ("closed", "open")
STEPS, ATTEMPTS = 12, 8
"""What is always planted is planted in so many steps, those of replans among them, and attempts of each."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """Every fault closed loop with three seeds in turn, then those that can be recovered from open loop.

    Args:
        trials: of each fault in each arm.
        seed: of the first.
    """
    faults = committed("faults.yaml")
    turns = range(SEEDS if trials is None else trials)
    return [
        {"id": f"{arm}/{item['id']}/{seed + k}", "arm": arm, "fault": item["id"], "seed": seed + k}
        for arm in ARMS
        for k in turns
        for item in faults
        if arm == "closed" or item["recoverable"]
    ]


def trial(case: Record) -> Record:
    """One run, and what it came to."""
    item = next(i for i in committed("faults.yaml") if i["id"] == case["fault"])
    closed = case["arm"] == "closed"
    with _planner(item) as planner:
        result = run_instruction(
            item["say"], item["scene"], case["seed"], closed_loop=closed, faults=planted(item), planner=planner
        )
    true, said = really_achieved(item["expect"], result["attempts"]), result["status"] == "achieved"
    blamed = blamed_stage(result["attempts"], planted(item))
    return {
        **result,
        "recoverable": item["recoverable"],
        "true": true,
        "honest": true or not said,
        "as_committed": true and said if item["recoverable"] else result["status"] == item["status"],
        "blamed": blamed,
        "attributed": None if blamed is None or not item["blame"] else blamed in item["blame"],
    }


def blamed_stage(attempts: Sequence[Record], faults: Sequence[str]) -> str | None:
    """The stage that the first failure of the step with the fault was put down to; None where feedback made it good."""
    steps = {fault.subtask for fault in parse_faults(faults)}
    of_step = [a for a in attempts if int(a["attempt"].split("/")[1].split("-")[0]) in steps]
    return next((a["stage"] for a in of_step if a["outcome"] not in (None, "done")), None)


def planted(item: Record) -> list[str]:
    """The faults of a case, as `--fault` takes them."""
    always = item.get("always")
    everywhere = [f"{always}@{k + 1}.{n + 1}" for k in range(STEPS) for n in range(ATTEMPTS)] if always else []
    return [*item.get("faults", ()), *everywhere]


@contextmanager
def _planner(item: Record) -> Iterator[Planner]:
    """The parser; with a language model behind it where the case asks for one."""
    if not item.get("model"):
        yield DeterministicPlanner()
        return
    with serving(lambda body: Reply(GOOD)) as endpoint:
        cfg = ModelCfg("scripted", endpoint.url, retry_delay=0.02, timeout=PATIENCE)
        yield PlannerChain(DeterministicPlanner(), ModelPlanner(cfg, KEY))


def summarize(records: Sequence[Record]) -> Table:
    """One row a fault, and all together; closed minus open loop in points."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    by_arm = {arm: [r for r in records if r["arm"] == arm] for arm in ARMS}
    for name in dict.fromkeys(r["fault"] for r in records):
        closed, opened = ([r for r in by_arm[arm] if r["fault"] == name] for arm in ARMS)
        kept = [r for r in closed if r["as_committed"]]
        blamed = ", ".join(sorted({str(r["blamed"]) for r in closed if r["blamed"]}))
        wanted = "to recover" if (closed or opened)[0]["recoverable"] else "to stop and say so"
        row = (name, wanted, _true(closed), _true(opened), f"{len(kept)}/{len(closed)}", blamed or "-")
        rows.append(row)
    can = {arm: [r for r in some if r["recoverable"]] for arm, some in by_arm.items()}
    for arm, some in can.items():
        summary[f"{arm}/recovered"] = [sum(r["true"] for r in some), len(some)]
    for arm, some in by_arm.items():
        summary[f"{arm}/honest"] = [sum(r["honest"] for r in some), len(some)]
        summary[f"{arm}/falls"] = [sum(r["status"] == "safety_stop" for r in some if r["recoverable"]), len(some)]
    closed = by_arm["closed"]
    honest = sum(r["honest"] for r in closed)
    judged = [r for r in closed if r["attributed"] is not None]
    summary["closed/as_committed"] = [sum(r["as_committed"] for r in closed), len(closed)]
    summary["closed/attributed"] = [sum(r["attributed"] for r in judged), len(judged)]
    rows.append(
        (
            "those that can be recovered from",
            "",
            share(sum(r["true"] for r in can["closed"]), len(can["closed"])),
            share(sum(r["true"] for r in can["open"]), len(can["open"])),
            "",
            "",
        )
    )
    rows.append(("recovered or honestly failed", "", share(honest, len(closed)), "", "", ""))
    rows.append(
        (
            "failure attributed to a stage that fits",
            "",
            share(sum(r["attributed"] for r in judged), len(judged)),
            "",
            "",
            "",
        )
    )
    if can["closed"] and can["open"]:
        points = 100 * (_rate(can["closed"]) - _rate(can["open"]))
        summary["closed_minus_open_points"] = points
        rows.append(("closed minus open loop [points]", "", f"{points:.0f}", "", "", ""))
    columns = ("fault", "what it has to come to", "closed: truly achieved", "open", "closed: as committed", "blamed")
    return Table("planted faults of every kind", columns, tuple(rows), summary)


def _true(records: Sequence[Record]) -> str:
    return f"{sum(r['true'] for r in records)}/{len(records)}" if records else "-"


def _rate(records: Sequence[Record]) -> float:
    return float(np.mean([r["true"] for r in records]))


BENCH = Bench("faults", "every kind of planted fault, closed and open loop (`loop --faults`)", cases, trial, summarize)
