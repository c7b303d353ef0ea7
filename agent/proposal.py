"""What a language model may answer when it is asked for a plan: a schema, and a reading that trusts nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import skills
from agent.models.failures import quoted
from agent.plan import MAX_SUBTASKS, Subtask
from agent.quoting import objection
from agent.scene_data import shown
from exoactor.types import Catalogue
from skills import Argument, Fact, Skill
from skills.base import APPROACHES, DIRECTIONS, RELATIONS

ANSWERS = ("plan", "ask", "abstain")
TYPES: Final[dict[str, dict[str, Any]]] = {
    "object": {},
    "side": {"type": "string", "enum": ["left", "right"]},
    "direction": {"type": "string", "enum": list(DIRECTIONS)},
    "relation": {"type": "string", "enum": list(RELATIONS)},
    "approach": {"type": "string", "enum": list(APPROACHES)},
    "seconds": {"type": "number"},
    "flag": {"type": "boolean"},
}
"""Types of arguments that a model may give, as JSON schema; of an object it gives the id."""


@dataclass
class Event:
    """A step that a model proposes; a draft for `agent.symbolic.validate`."""

    skill: str
    args: dict[str, Any]
    needs: list[Fact] = field(default_factory=list)


@dataclass(frozen=True)
class Proposal:
    """A model's answer as far as it could be read.

    Args:
        answer: plan, ask or abstain.
        events: the steps in order.
        not_served: what the instruction asks for and no step does.
        question: to the person.
        reason: for the person.
        problems: what is wrong with the answer itself, in words that are sent back.
    """

    answer: str
    events: tuple[Event, ...] = ()
    not_served: tuple[str, ...] = ()
    question: str = ""
    reason: str = ""
    problems: tuple[str, ...] = ()


def plan_schema(catalogue: Catalogue) -> dict[str, Any]:
    """JSON schema of an answer: known skills with their arguments, ids of this scene and no others.

    Every property is required and no other is allowed, as strict endpoints want it; what is optional may be null.
    """
    branches = [_branch(skill, catalogue) for skill in offered(catalogue)]
    return {
        "title": "plan",
        "description": "The ordered events that carry out the instruction, or a question, or a refusal.",
        "type": "object",
        "properties": {
            "answer": {"type": "string", "enum": list(ANSWERS)},
            "events": {"type": "array", "items": {"anyOf": branches}},
            "not_served": {"type": "array", "items": {"type": "string"}},
            "question": {"type": "string"},
            "reason": {"type": "string"},
        },
        "required": ["answer", "events", "not_served", "question", "reason"],
        "additionalProperties": False,
    }


def offered(catalogue: Catalogue) -> list[Skill]:
    """The skills that have something to be done to in this scene."""
    return [
        skill
        for skill in skills.registry().values()
        if all(a.type in TYPES and (a.type != "object" or _ids(a, catalogue)) for a in skill.arguments if a.required)
    ]


def asked_for(skill: Skill) -> list[Argument]:
    """The arguments that are for planners; others, such as a direction in the world, are settled by a look."""
    return [a for a in skill.arguments if a.type in TYPES]


def as_said(step: Subtask) -> dict[str, Any]:
    """The arguments of a step as it was asked for: what a look settled since makes no other way of it."""
    said = {a.name for a in asked_for(skills.get(step.skill))}
    return {k: v for k, v in step.args.items() if k in said}


def _ids(argument: Argument, catalogue: Catalogue) -> list[str]:
    return [item.id for item in shown(catalogue) if item.kind in argument.kinds]


def _branch(skill: Skill, catalogue: Catalogue) -> dict[str, Any]:
    arguments = [a for a in asked_for(skill) if a.type != "object" or _ids(a, catalogue)]
    args = {
        "type": "object",
        "properties": {a.name: _type(a, catalogue) for a in arguments},
        "required": [a.name for a in arguments],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"skill": {"type": "string", "enum": [skill.name]}, "args": args, "said": {"type": "string"}},
        "required": ["skill", "args", "said"],
        "additionalProperties": False,
    }


def _type(argument: Argument, catalogue: Catalogue) -> dict[str, Any]:
    plain = {"type": "string", "enum": _ids(argument, catalogue)} if argument.type == "object" else TYPES[argument.type]
    return plain if argument.required else {"anyOf": [plain, {"type": "null"}]}


def read_proposal(reply: Mapping[str, Any], instruction: str) -> Proposal:
    """A model's answer, read; ids are normalised, texts cut and stripped of control characters.

    Each step has to quote the words of the instruction that it carries out, so that what the instruction does not
    ask for is found out here.
    """
    answer = str(reply.get("answer", "plan" if reply.get("events") else "")).strip().lower()
    question, reason = quoted(str(reply.get("question") or "")), quoted(str(reply.get("reason") or ""))
    left = reply.get("not_served") or []
    not_served = tuple(quoted(str(s), 80) for s in left[:10] if str(s).strip()) if isinstance(left, list) else ()
    if answer not in ANSWERS:
        return Proposal("plan", problems=(f'"answer" has to be one of {", ".join(ANSWERS)}',))
    if answer != "plan":
        return Proposal(answer, (), not_served, question, reason)
    rows = reply.get("events")
    if not isinstance(rows, list) or not rows:
        return Proposal("plan", problems=('"events" has to be a list with at least one event; or ask, or abstain',))
    problems: list[str] = []
    if len(rows) > MAX_SUBTASKS:
        problems.append(f"{len(rows)} events given, at most {MAX_SUBTASKS} are allowed")
    events = []
    for number, row in enumerate(rows[:MAX_SUBTASKS], 1):
        if not isinstance(row, dict) or not isinstance(row.get("skill"), str) or not isinstance(row.get("args"), dict):
            problems.append(f'event {number} has to be an object with "skill", "args" and "said"')
            continue
        if wrong := objection(row.get("said"), instruction, list(row["args"].values())):
            problems.append(f"event {number} ({quoted(row['skill'], 40)}): {wrong}")
        name, args = (
            _id(row["skill"]),
            {quoted(str(k), 40): _normal(v) for k, v in row["args"].items() if v is not None},
        )
        skill = skills.registry().get(name)
        if skill is not None and (more := sorted({*args} - {a.name for a in asked_for(skill)})):
            problems.append(f"event {number} ({name}) has no argument {', '.join(more)}")
            continue
        events.append(Event(name, args))
    return Proposal("plan", tuple(events), not_served, question, reason, tuple(problems))


def _normal(value: Any) -> Any:
    """Ids as ids; other values as they are, for the skill to judge."""
    return _id(value) if isinstance(value, str) else value


def _id(text: str) -> str:
    """A name as an id: "Red Bottle" means red_bottle. What has other signs in it is no name and stays what it is."""
    name = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9_ -]{1,40}", name):
        return quoted(text, 40)
    return re.sub(r"[ _-]+", "_", name).strip("_")
