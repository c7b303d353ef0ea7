"""`exoactor bench eyes`: what a model's word does to recorded verdicts whose truth is known, for models of known error.

Nothing moves and no picture is looked at: the attempts are those of `docs/results`, the model is a script that knows
the truth and errs as often as it is told to. So this measures the table, not any model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np

import skills
from agent.decide import Result, Situation, decide
from agent.models.config import Power
from agent.second_opinion import CONFIRMED, VETOED, Answer, ask_twice, combine
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.types import ConfigError, Outcome

RESULTS = Path(__file__).parents[2] / "docs" / "results"
POWERS: Final[tuple[Power, ...]] = ("veto", "confirm")
ERRORS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares of wrong answers."""
ALIKE = ("always says done", "always says not done", "says yes to every question", "says no to every question")
NEVER = "never answers"

Script = Callable[[bool], Answer]
"""Whether the question is turned round -> the answer, as of the plain question."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """Every power with every model: errors that come and go, errors that stay for an attempt, and extremes."""
    models = [*(f"errs {p:g}" for p in ERRORS), *(f"errs {p:g}, and stays by it" for p in ERRORS[1:]), *ALIKE, NEVER]
    rows = [(power, model) for power, model in product(POWERS, models)]
    return [{"id": f"{p}/{m}", "power": p, "model": m, "seed": seed + i} for i, (p, m) in enumerate(rows)][:trials]


@cache
def recorded() -> tuple[Record, ...]:
    """Every recorded attempt whose outcome was checked and whose truth is known: skill, outcome, code, truth.

    Raises:
        ConfigError: there are none.
    """
    found = []
    for path in sorted(RESULTS.glob("*.json")):
        for trial in json.loads(path.read_text()).get("trials", []):
            made = trial.get("attempts")
            found += [a for a in (made if isinstance(made, list) else []) if a["stage"] == "check" and "truth" in a]
    if not found:
        raise ConfigError(f"{RESULTS} holds no recorded attempts; run this from a checkout of the repository")
    return tuple(found)


def trial(case: Record) -> Record:
    """Lay one model over all recorded attempts."""
    rng = np.random.default_rng(case["seed"])
    count = dict.fromkeys(("right", "wrong", "vetoed_true", "vetoed_false", "confirmed_true", "confirmed_false"), 0)
    calls, broken = 0, []
    for made in recorded():
        script, asked = _script(case["model"], bool(made["truth"]), rng)
        outcome, code = judged(made, script, case["power"])
        calls += len(asked)
        kind = "true" if made["truth"] else "false"
        count["right" if made["truth"] else "wrong"] += outcome is Outcome.DONE
        count[f"vetoed_{kind}"] += code == VETOED
        count[f"confirmed_{kind}"] += code == CONFIRMED
        if why := _broken(made, outcome, case["power"], case["model"]):
            broken.append(why)
    return {**count, "calls": calls / len(recorded()), "broken": broken}


def judged(made: Record, script: Script, power: Power) -> tuple[Outcome, str]:
    """What an attempt comes to, with the second look that the loop takes where it cannot tell."""
    measured, may_confirm = Outcome(made["outcome"]), skills.get(made["skill"]).model_may_confirm
    for looked_again in (False, True):
        opinion = ask_twice(script, measured, made["code"], power, may_confirm)
        ruling = combine(measured, made["code"], opinion, power, may_confirm)
        if decide(Situation(Result(ruling.outcome.value, ruling.code), (), looked_again)).do != "look":
            break
    return ruling.outcome, ruling.code


def _script(model: str, truth: bool, rng: np.random.Generator) -> tuple[Script, list[bool]]:
    """How it answers about one attempt, and the list that its questions go into."""
    asked: list[bool] = []
    error = float(model.removeprefix("errs ").split(",")[0]) if model.startswith("errs") else 0.0
    stays = rng.random() < error if model.endswith("stays by it") else None

    def answer(turned: bool) -> Answer:
        asked.append(turned)
        if model == NEVER:
            return "failed"
        if model in ALIKE:
            # whether it is missed is the turned question: a yes to it is a no to the plain one
            return ("yes", "no", "no" if turned else "yes", "yes" if turned else "no")[ALIKE.index(model)]
        errs = rng.random() < error if stays is None else stays
        return "yes" if truth is not errs else "no"

    return answer, asked


def _broken(made: Record, outcome: Outcome, power: Power, model: str) -> str:
    """Which promise was not kept, or ""."""
    before = Outcome(made["outcome"])
    if before is Outcome.NOT_DONE and outcome is not before:
        return "a measured not_done was changed"
    allowed = power == "confirm" and before is Outcome.CANNOT_TELL and skills.get(made["skill"]).model_may_confirm
    if outcome is Outcome.DONE and before is not outcome and not allowed:
        return "something became done that may not"
    if outcome is not before and model in (*ALIKE[2:], NEVER):
        return "a model that gives no answer of its own changed something"
    return ""


def summarize(records: Sequence[Record]) -> Table:
    """What is measured alone, then one row a model and power."""
    made = recorded()
    true = sum(bool(a["truth"]) for a in made)
    done = [a for a in made if a["outcome"] == Outcome.DONE.value]
    right = sum(bool(a["truth"]) for a in done)
    alone = {"right": right, "wrong": len(done) - right, "true": true, "n": len(made)}
    rows = [("measured alone", "", share(right, len(done)), share(right, true), str(len(done) - right), *[""] * 4)]
    for r in records:
        changed = [f"{r[f'{kind}_true']} / {r[f'{kind}_false']}" for kind in ("vetoed", "confirmed")]
        precision, recall = share(r["right"], r["right"] + r["wrong"]), share(r["right"], true)
        ends = (str(r["wrong"]), *changed, f"{r['calls']:.2f}", str(len(r["broken"])))
        rows.append((r["model"], r["power"], precision, recall, *ends))
    columns = (
        "model",
        "may",
        "precision of done",
        "recall of done",
        "false done",
        "vetoed: truly done / not",
        "confirmed: truly done / not",
        "calls an attempt",
        "promises broken",
    )
    summary = {"alone": alone, **{r["id"]: {k: v for k, v in r.items() if k in _KEPT} for r in records}}
    return Table(f"a scripted model beside {len(made)} recorded verdicts", columns, tuple(rows), summary)


_KEPT = ("right", "wrong", "vetoed_true", "vetoed_false", "confirmed_true", "confirmed_false", "calls", "broken")

BENCH = Bench(
    "eyes",
    "what a model's word beside measuring does to recorded verdicts whose truth is known, by how often it errs",
    cases,
    trial,
    summarize,
)
