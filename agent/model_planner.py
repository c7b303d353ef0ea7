"""A language model as planner: it chooses the ordered events; code checks them, adds to them, and sends errors back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

import skills
from agent.guard import repeats
from agent.models.config import ModelCfg
from agent.models.connect import structured
from agent.models.failures import ModelFailure, quoted
from agent.models.meter import Meter
from agent.plan import ALONE, Context, Failure, PlanResult, PlanStatus, Subtask, checked_instruction
from agent.planner_examples import EXAMPLES
from agent.prompting import as_data, render
from agent.proposal import Proposal, as_said, asked_for, offered, plan_schema, read_proposal
from agent.recover import LOST
from agent.remembered import MOST_TOLD, to_json
from agent.scene_data import scene_data
from agent.symbolic import check_subtasks, known_from, validate
from exoactor.types import Catalogue
from skills import Argument, Skill, Symbols

MAX_PROBLEMS = 12
"""So many are sent back at once."""


class ModelPlanner:
    """Asks a chat model for events and lets through what the validator lets through.

    Args:
        cfg: which model, how it is asked, what it may spend.
        key: for the endpoint; it goes into requests and nowhere else.
        chat: the model, where it is not to be made from `cfg`.

    Raises:
        ModelFailure: "no_model".
    """

    name = "model"

    def __init__(self, cfg: ModelCfg, key: str = "", chat: BaseChatModel | None = None) -> None:
        self.cfg = cfg
        self._structured = structured(cfg, key, chat)

    def plan(self, instruction: str, catalogue: Catalogue, context: Context = ALONE) -> PlanResult:
        """Plan the whole instruction.

        Raises:
            ConfigError: empty or absurd instruction.
        """
        text = checked_instruction(instruction)
        scene, symbols = context.look(), context.symbols
        data: dict[str, Any] = {"instruction": text, "things": scene_data(catalogue, scene)}
        if symbols.holding is not None:
            data["holding"] = symbols.holding
        if context.mentioned:
            data["spoken_of_before"] = list(context.mentioned)
        data |= remembered(context)
        request = render("planner.request.md.j2", request=as_data(data))
        return self._settle("plan", text, request, catalogue, context, known_from(scene, symbols), lambda plan: [])

    def replan(
        self,
        instruction: str,
        remaining: Sequence[Subtask],
        catalogue: Catalogue,
        history: Sequence[Failure],
        context: Context = ALONE,
    ) -> PlanResult:
        """Plan what is left, knowing what was done and what failed, and why."""
        symbols = believed(context.done, history)
        data = {
            "instruction": instruction,
            "done": [_plain(s) for s in context.done],
            "remaining": [_plain(s) for s in remaining],
            "failures": [_told(f) for f in history],
            "holding": symbols.holding,
            "things": scene_data(catalogue, context.look()),
            **remembered(context),
        }
        request = render("planner.replan.md.j2", request=as_data(data))
        return self._settle(
            "replan",
            instruction,
            request,
            catalogue,
            context,
            symbols,
            lambda plan: repeats(plan, context.done, history),
        )

    def _settle(
        self,
        purpose: str,
        instruction: str,
        request: str,
        catalogue: Catalogue,
        context: Context,
        symbols: Symbols,
        objections: Callable[[Sequence[Subtask]], list[str]],
    ) -> PlanResult:
        """Ask until the answer stands, is no plan, or the corrections are used up."""
        messages: list[BaseMessage] = [SystemMessage(system_prompt(catalogue)), HumanMessage(request)]
        meter = Meter(self.cfg, context.calls)
        problems: list[str] = []
        for _ in range(self.cfg.corrections + 1):
            try:
                reply = self._structured.ask(messages, plan_schema(catalogue), meter, purpose)
            except ModelFailure as failure:
                return PlanResult(
                    PlanStatus.ABSTAIN, reason=f"{failure.code}: {failure}", planner=self.name, failure=failure.code
                )
            proposal = read_proposal(reply, instruction)
            if proposal.answer != "plan" or (proposal.not_served and not proposal.problems):
                return _no_plan(proposal)
            result = validate(proposal.events, catalogue, symbols)
            problems = [*proposal.problems, *([result.reason] if result.reason else []), *objections(result.subtasks)]
            if not problems:
                check_subtasks(result.subtasks, catalogue)
                return PlanResult(PlanStatus.OK, result.subtasks, planner=self.name)
            said = [quoted(p, 400) for p in problems[:MAX_PROBLEMS]]
            messages += [
                AIMessage(json.dumps(reply)[:4000]),
                HumanMessage(render("planner.correction.md.j2", problems=said)),
            ]
        why = f"its plan was not valid after {self.cfg.corrections} corrections: {quoted('; '.join(problems), 400)}"
        return PlanResult(PlanStatus.ABSTAIN, reason=why, planner=self.name, failure="nonsense")


def system_prompt(catalogue: Catalogue) -> str:
    """Skills, rules and examples. No name of a thing is in it: things are data and come in the request."""
    rows = [
        {"name": s.name, "arguments": _arguments(s), "about": s.about, "needs": _needs(s)} for s in offered(catalogue)
    ]
    examples = [
        {"request": as_data({"instruction": say, "things": things}), "answer": as_data(answer)}
        for say, things, answer in EXAMPLES
    ]
    return render("planner.system.md.j2", skills=rows, examples=examples)


def _arguments(skill: Skill) -> str:
    return ", ".join(f"{a.name}: {_about(a)}" for a in asked_for(skill))


def _about(argument: Argument) -> str:
    bounds = f", {argument.low:g} to {argument.high:g}" if argument.type == "seconds" else ""
    return f"{argument.about}{bounds}{'' if argument.required else ' (optional)'}"


def _needs(skill: Skill) -> str:
    """Its preconditions in words, for arguments called after themselves."""
    facts = skill.preconditions({a.name: a.name for a in skill.arguments})
    return ", ".join(f"{fact.name} {fact.thing}" for fact in facts)


def believed(done: Sequence[Subtask], history: Sequence[Failure]) -> Symbols:
    """What is held, or sat on, after some steps and a failure; where the robot stands is not known then."""
    symbols = Symbols()
    for step in done:
        symbols = skills.get(step.skill).effects(symbols, step.args)
    lost = bool(history) and history[-1].code in LOST
    return replace(symbols, near=None, facing=None, above=None, holding=None if lost else symbols.holding)


def remembered(context: Context) -> dict[str, Any]:
    """What was tried in this scene before, as data; nothing where nothing was."""
    told = [to_json(t) for t in context.tried[:MOST_TOLD]]
    return {"tried_here_before": told} if told else {}


def _plain(step: Subtask) -> dict[str, Any]:
    return {"skill": step.skill, "args": as_said(step)}


def _told(failure: Failure) -> dict[str, Any]:
    before = None if failure.before is None else _plain(failure.before)
    told = {} if failure.hand is None else {"hand": failure.hand}
    told |= {"stage": failure.stage, "code": failure.code, "says": quoted(failure.hint)}
    return {"step": _plain(failure.subtask), "before": before, **told}


def _no_plan(proposal: Proposal) -> PlanResult:
    """It asks, abstains, or says that a part of the instruction would not be done."""
    reason = proposal.reason
    if proposal.not_served:
        reason = f"{reason}{' ' if reason else ''}Not served: {'; '.join(proposal.not_served)}"
    return PlanResult(
        PlanStatus.ABSTAIN,
        reason=reason or ("it asks" if proposal.question else "no reason given"),
        question=proposal.question,
        planner=ModelPlanner.name,
    )
