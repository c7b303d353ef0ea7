"""Symbolic simulation of a plan before anything moves: checks it, and puts in the steps it silently needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import skills
from agent.plan import MAX_SUBTASKS, PlanResult, PlanStatus, Subtask
from exoactor.container import lies_in
from exoactor.grasp import GRASPABLE
from exoactor.grip import tops_below
from exoactor.stance import support_of
from exoactor.types import Catalogue, ConfigError, Scene
from skills import Fact, Symbols

FLOOR = "floor"
UNKNOWN = Symbols()
"""Nothing is believed."""


def known_from(scene: Scene | None, symbols: Symbols = UNKNOWN) -> Symbols:
    """What is believed, and what a look tells besides: what things stand on, what is below what is held, and tops."""
    if scene is None:
        return symbols
    held = scene.get(symbols.holding or "")
    above = None if held is None else next((top.id for top in tops_below(held, scene)), FLOOR)
    below = (
        (thing.id, lies_in(thing, scene.objects) or support_of(thing, scene.objects))
        for thing in scene.objects
        if thing.item.movable
    )
    on = {id: FLOOR if carrier is None else carrier.id for id, carrier in below if id != symbols.holding}
    return replace(symbols, on=on, above=above, tops={thing.id: thing.top for thing in scene.objects})


class Draft(Protocol):
    """A step with facts that must hold before it."""

    skill: str
    args: dict[str, Any]
    needs: list[Fact]


def validate(drafts: Iterable[Draft], catalogue: Catalogue, symbols: Symbols = UNKNOWN) -> PlanResult:
    """Check arguments of every step, simulate, and insert walk_to or turn_to where a needed fact does not hold.

    A turn_to that repeats the one just before is left out; with something in the hands one does not walk to a thing,
    one carries it there. All problems are reported at once. `symbols` is what is believed before the first step.
    """
    plan: list[Subtask] = []
    problems: list[str] = []
    for draft in drafts:
        problems += (found := problems_of(draft.skill, draft.args, catalogue))
        if found:
            continue
        skill = skills.get(draft.skill)
        for fact in (*draft.needs, *skill.preconditions(draft.args)):
            if symbols.holds(fact):
                continue
            name, args = _brings_about(fact, symbols, catalogue)
            symbols = _on_its_feet(name, symbols, plan)
            helper = skills.get(name)
            problems += problems_of(name, args, catalogue)
            if (hindrance := helper.hindrance(symbols, args)) is not None:
                problems.append(hindrance)
            symbols = helper.effects(symbols, args)
            plan.append(Subtask(name, args, f"{draft.skill} asks for being {fact.name} {fact.thing}"))
        if symbols.seat is not None and (draft.skill, draft.args.get("target")) == ("sit_on", symbols.seat):
            continue  # it sits there already
        if draft.skill == "walk_to" and symbols.holding is not None:
            name, args = _brings_about(Fact("near", draft.args["target"]), symbols, catalogue)
            if not problems_of(name, args, catalogue):
                symbols = skills.get(name).effects(symbols, args)
                plan.append(Subtask(name, args, f"{symbols.holding} is held"))
                continue
        symbols = _on_its_feet(draft.skill, symbols, plan)
        hindrance = skill.hindrance(symbols, draft.args)
        if hindrance is not None:
            problems.append(hindrance)
            continue
        if draft.skill == "turn_to" and plan and plan[-1] == Subtask("turn_to", draft.args):
            continue
        symbols = skill.effects(symbols, draft.args)
        plan.append(Subtask(draft.skill, dict(draft.args)))
    if not plan and not problems:
        problems.append("the plan has no step")
    if len(plan) > MAX_SUBTASKS:
        problems.append(f"the plan has {len(plan)} steps, at most {MAX_SUBTASKS} are allowed. Split the task.")
    if problems:
        return PlanResult(PlanStatus.INVALID, reason="; ".join(dict.fromkeys(problems)))
    return PlanResult(PlanStatus.OK, tuple(plan))


def _on_its_feet(skill: str, symbols: Symbols, plan: list[Subtask]) -> Symbols:
    """The beliefs before a skill that needs the feet: who sits stands up first, which is added to the plan."""
    if symbols.seat is None or not skills.get(skill).on_foot:
        return symbols
    plan.append(Subtask("stand_up", {}, f"{skill} is done on foot, and the robot sits on {symbols.seat}"))
    return skills.get("stand_up").effects(symbols, {})


def _brings_about(fact: Fact, symbols: Symbols, catalogue: Catalogue) -> tuple[str, dict[str, Any]]:
    """The skill that makes a fact true, and its arguments."""
    if fact.name == "holding":
        small = next(item.kind in GRASPABLE for item in catalogue if item.id == fact.thing)
        return ("pick", {"object": fact.thing}) if small else ("lift", {"target": fact.thing})
    if fact.name in ("near", "above") and symbols.holding is not None:
        return "carry", {"target": symbols.holding, "to": fact.thing}
    return {"near": "walk_to", "facing": "turn_to"}[fact.name], {"target": fact.thing}


def problems_of(skill: str, args: dict[str, Any], catalogue: Catalogue) -> list[str]:
    """Everything wrong with one step."""
    try:
        return skills.get(skill).problems(args, catalogue)
    except ConfigError as error:
        return [str(error)]


def check_subtasks(subtasks: Sequence[Subtask], catalogue: Catalogue) -> None:
    """Refuse a plan from elsewhere (a file, a language model) that names unknown skills or things.

    Raises:
        ConfigError: with all problems.
    """
    problems = [p for s in subtasks for p in problems_of(s.skill, dict(s.args), catalogue)]
    if problems:
        raise ConfigError("; ".join(problems))
