"""`exoactor bench planner`: instructions against the end states they ask for, and how bad endpoints are survived.

Nothing moves. A plan is played through in symbols, and what it comes to is compared with what the instruction asks for;
abstaining is right where nothing should be done, allowed where the goal alone is said, and wrong nowhere but a miss
where the steps are plain. Where a language model is configured (EXOACTOR_MODEL), a further arm asks it too.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.bench.contract import CASES, end
from agent.bench.trials import instructions
from agent.chain import planner_for
from agent.goals import Goal, play
from agent.models.calls import Calls
from agent.models.config import find_model
from agent.plan import Context, PlanStatus
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.types import ConfigError
from exoactor.world.scene_file import load_scene

CLASSES = ("plain", "long", "free", "impossible", "ambiguous", "adversarial")
PARSER, MODEL, CONTRACT = "parser", "parser, then model", "contract"


def cases(trials: int | None, seed: int) -> list[Record]:
    """Every instruction for each planner there is, and every contract case; nothing is drawn at random."""
    planners = [PARSER, *([MODEL] if find_model() is not None else [])]
    asked = [{"id": f"{p}/{item['id']}", "arm": p, "item": item["id"]} for p in planners for item in _all()]
    kept = [{"id": f"{CONTRACT}/{name}", "arm": CONTRACT, "item": name} for name in CASES]
    return (asked + kept)[: trials or None]


def _all() -> list[Record]:
    return instructions("planner")


def trial(case: Record) -> Record:
    """Plan one instruction and judge what the plan comes to, or run one contract case."""
    if case["arm"] == CONTRACT:
        return {"arm": CONTRACT, **end(CASES[case["item"]])}
    item = next(i for i in _all() if i["id"] == case["item"])
    return {"arm": case["arm"], "class": item["class"], **judged(item, case["arm"] == MODEL)}


def judged(item: Record, with_model: bool = False) -> Record:
    """How an instruction was planned.

    Returns:
        "result": right, abstained (where a plan was wanted) or wrong (a plan was accepted that is not what was asked
        for); "why", the plan, and what a model cost.
    """
    spec = load_scene(item["scene"])
    cfg = find_model() if with_model else None
    calls: list[Record] = []
    try:
        planner = planner_for(None if cfg is None else cfg.to_json())
        result = planner.plan(item["say"], spec.catalogue(), Context(calls=Calls(record=calls.append)))
        plan, reason, accepted = result.subtasks, result.question or result.reason, result.status is PlanStatus.OK
    except ConfigError as error:
        plan, reason, accepted = (), str(error), False
    found: Record = {"plan": [str(s) for s in plan], "why": "" if accepted else reason, "calls": len(calls)}
    if not accepted:
        return {**found, "result": "abstained" if item["want"] == "plan" else "right"}
    if item["want"] == "nothing":
        return {**found, "result": "wrong", "why": "a plan was made where nothing should be done"}
    on = {t.id: t.on or "floor" for t in spec.things}
    missed = [Goal.from_json(end).missed(play(plan, on), on) for end in item["ends"]]
    right = not all(missed)
    return {**found, "result": "right" if right else "wrong", "why": "" if right else " / ".join(missed)}


def summarize(records: Sequence[Record]) -> Table:
    """One row a planner and class, one for the contract."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for arm in (PARSER, MODEL):
        for kind in (*CLASSES, "all"):
            some = [r for r in records if r["arm"] == arm and kind in (r["class"], "all")]
            if not some:
                continue
            count = {k: sum(r["result"] == k for r in some) for k in ("right", "abstained", "wrong")}
            planned = sum(bool(r["plan"]) and r["result"] == "right" for r in some)
            rows.append((arm, kind, share(count["right"], len(some)), str(planned), *(str(count[k]) for k in _SHOWN)))
            summary[f"{arm}/{kind}"] = {**count, "planned": planned, "n": len(some)}
    kept = [r for r in records if r["arm"] == CONTRACT]
    if kept:
        bad = [r["id"] for r in kept if r["wrong"]]
        rows.append(
            ("model, scripted endpoint", CONTRACT, share(len(kept) - len(bad), len(kept)), "", "", str(len(bad)))
        )
        summary[CONTRACT] = {"right": len(kept) - len(bad), "n": len(kept), "wrong": bad}
    columns = (
        "planner",
        "class",
        "right",
        "of these by a plan",
        "abstained where a plan was wanted",
        "wrong but accepted",
    )
    return Table("plans and the end states they come to", columns, tuple(rows), summary)


_SHOWN = ("abstained", "wrong")

BENCH = Bench(
    "planner",
    "instructions against their end states in symbols, and endpoints that misbehave",
    cases,
    trial,
    summarize,
)
