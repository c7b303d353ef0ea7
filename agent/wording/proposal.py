"""What may be answered when it is asked how a step is said: a schema, and a reading that trusts nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from agent.wording.rules import LONGEST, MOST_AVOIDED, MOST_PIECES, Problem, Rules
from exoactor.imagine.prompt import label, own_end
from exoactor.types import Action, Piece, Scene, Wording
from skills import Args
from skills.variation import Choice, Open, open_fields, varied

Author = Literal["model", "person"]


@dataclass(frozen=True)
class Asked:
    """What is to be said: one action chain in one room.

    Args:
        scene: the room as perceived.
        actions: the skill's chain.
        args: of the skill, as they are settled.
    """

    scene: Scene
    actions: tuple[Action, ...]
    args: Args = field(default_factory=dict)

    @property
    def open(self) -> list[Open]:
        """For each action, what may be set of it."""
        return [open_fields(action, self.args) for action in self.actions]


@dataclass(frozen=True)
class Draft:
    """An answer as far as it could be read.

    Args:
        actions: the chain with what was set.
        wording: the words.
        problems: what is wrong with it; empty when it may be used.
    """

    actions: tuple[Action, ...]
    wording: Wording
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Row:
    """A piece as it was given, with the number of its action from 1."""

    step: int
    text: str
    manner: str = ""


def wording_schema(asked: Asked) -> dict[str, Any]:
    """JSON schema of an answer; every property is required and no other is allowed, as strict endpoints want it."""
    numbers = list(range(1, len(asked.actions) + 1))
    row = _object({"step": {"type": "integer", "enum": numbers}, "text": _text(), "manner": _text()})
    properties: dict[str, Any] = {"actions": {"type": "array", "items": row}}
    settings = [_settings(number, fields) for number, fields in zip(numbers, asked.open, strict=True) if fields]
    if settings:
        properties["settings"] = {"type": "array", "items": {"anyOf": settings}}
    properties |= {"end_state": _text(), "must_not_happen": {"type": "array", "items": _text()}}
    about = "The actions in words, piece by piece, how they end, and what must not happen."
    return {"title": "wording", "description": about, **_object(properties)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _text() -> dict[str, Any]:
    return {"type": "string"}


def _settings(number: int, fields: Open) -> dict[str, Any]:
    types = {
        name: {"type": "string", "enum": list(allowed.words)}
        if isinstance(allowed, Choice)
        else {"type": "integer" if allowed.whole else "number"}
        for name, allowed in fields.items()
    }
    nullable = {name: {"anyOf": [kind, {"type": "null"}]} for name, kind in types.items()}
    return _object({"step": {"type": "integer", "enum": [number]}, **nullable})


def read_wording(reply: Mapping[str, Any], asked: Asked) -> Draft:
    """A model's answer, read and held against the rules."""
    wrong: list[Problem] = []
    extra = sorted(str(k)[:30] for k in {*reply} - {"actions", "settings", "end_state", "must_not_happen"})
    if extra:
        wrong.append(Problem("chain", f"{', '.join(map(repr, extra[:5]))} not wanted"))
    given = reply.get("actions")
    rows: list[Row] = []
    for entry in given[: MOST_PIECES * len(asked.actions) + 1] if isinstance(given, list) else ():
        row = entry if isinstance(entry, dict) else {}
        step, text, manner = row.get("step"), row.get("text"), row.get("manner") or ""
        if type(step) is int and isinstance(text, str) and isinstance(manner, str) and len(row) <= 3:
            rows.append(Row(step, text, manner))
        else:
            wrong.append(Problem("chain", 'each of "actions" has to be an object with "step", "text" and "manner"'))
    end, avoid = reply.get("end_state") or "", reply.get("must_not_happen") or []
    if not isinstance(end, str) or not isinstance(avoid, list) or not all(isinstance(a, str) for a in avoid):
        wrong.append(Problem("chain", '"end_state" has to be a text and "must_not_happen" a list of texts'))
        end, avoid = "", []
    settings, bad = _read_settings(reply.get("settings") or [])
    draft = checked(asked, rows, settings, end, avoid, "model")
    return replace(draft, problems=(*dict.fromkeys(wrong), *bad, *draft.problems))


def _read_settings(given: Any) -> tuple[dict[int, dict[str, Any]], list[Problem]]:
    found: dict[int, dict[str, Any]] = {}
    for entry in given if isinstance(given, list) else [None]:
        if not isinstance(entry, dict) or type(entry.get("step")) is not int:
            return {}, [Problem("chain", 'each of "settings" has to be an object with "step" and what is set')]
        values = {str(k): v for k, v in entry.items() if k != "step" and v is not None}
        found.setdefault(entry["step"], {}).update(values)
    return found, []


def checked(
    asked: Asked,
    rows: Sequence[Row],
    settings: Mapping[int, Mapping[str, Any]],
    end: str,
    avoid: Sequence[str],
    by: Author,
) -> Draft:
    """Words and settings from outside, held against every rule.

    Args:
        asked: what they are for.
        rows: the pieces in order.
        settings: by the number of the action, from 1.
        end: how it ends; empty for the skill's own.
        avoid: what must not happen.
        by: who wrote them.
    """
    actions, problems = _set(asked, settings)
    rules = Rules(asked.scene, actions)
    rows = [replace(row, text=_plain(row.text), manner=_plain(row.manner)) for row in rows]
    problems += _order(rows, len(actions))
    if problems:
        return Draft(asked.actions, Wording.of(asked.actions), tuple(problems))
    pieces = tuple(_pieces(n, [row for row in rows if row.step == n + 1], rules) for n in range(len(actions)))
    end = _plain(end).rstrip(",")
    end = "" if end == own_end(actions, asked.scene).rstrip(",") else end
    wording = Wording(pieces, end, tuple(_plain(a) for a in avoid), by)
    for step, told in enumerate(pieces):
        own = asked.actions[step].text if actions[step].side == asked.actions[step].side else None
        for part, piece in enumerate(told):
            where = label(wording, step, part)
            texts = [] if piece.text == own else [("text", piece.text)]
            texts += [("manner", piece.manner)] if piece.manner else []
            problems += [Problem(where, says) for part_of, text in texts for says in rules.piece(step, text, part_of)]
        if all(piece.text != own for piece in told):
            problems += [Problem(label(wording, step, 0), says) for says in rules.whole(step, (p.text for p in told))]
    problems += [Problem("end", says) for says in (rules.end(wording.end) if wording.end else ())]
    if len(avoid) > MOST_AVOIDED:
        problems.append(Problem("avoid", f"{len(avoid)} things given, at most {MOST_AVOIDED} are allowed"))
    for number, text in enumerate(wording.avoid[:MOST_AVOIDED], 1):
        problems += [Problem(f"avoid {number}", says) for says in rules.avoided(text)]
    said = (replace(a, text="; ".join(p.text for p in told)) for a, told in zip(actions, pieces, strict=True))
    return Draft(tuple(said), wording, tuple(problems))


def _pieces(step: int, rows: Sequence[Row], rules: Rules) -> tuple[Piece, ...]:
    """The pieces of an action (counted from 0); the first that says it is the main one, else the last."""
    says = [n for n, row in enumerate(rows) if not rules.whole(step, [row.text])]
    main = says[0] if says else len(rows) - 1
    return tuple(Piece(row.text, row.manner, n == main) for n, row in enumerate(rows))


def _set(asked: Asked, settings: Mapping[int, Mapping[str, Any]]) -> tuple[tuple[Action, ...], list[Problem]]:
    """The chain with what may be set of it set, and what must not be."""
    problems, actions = [], list(asked.actions)
    for number, values in settings.items():
        if not 1 <= number <= len(actions):
            problems.append(Problem("chain", f"a setting is of no step; there are 1 to {len(actions)}"))
            continue
        fields, wrong = asked.open[number - 1], []
        for name, value in values.items():
            if name not in fields:
                may = ", ".join(f"{k} ({v})" for k, v in fields.items()) or "nothing"
                wrong.append(f"{name[:20]!r} cannot be set; what may be: {may}")
            elif says := fields[name].problem(value):
                wrong.append(f"{name}: {says}")
        problems += [Problem(f"{number}, what is set", says) for says in wrong]
        if not wrong:
            actions[number - 1] = varied(actions[number - 1], values)
    return tuple(actions), problems


def _order(rows: Sequence[Row], count: int) -> list[Problem]:
    """Whether each action is there, in order, in not too many pieces."""
    numbers = [row.step for row in rows]
    if any(not 1 <= n <= count for n in numbers):
        return [Problem("chain", f"an action is of no step; there are 1 to {count}")]
    problems = []
    if missing := [n for n in range(1, count + 1) if n not in numbers]:
        problems.append(Problem("chain", f"step {', '.join(map(str, missing))} is left out; none may be"))
    if numbers != sorted(numbers):
        problems.append(Problem("chain", "the steps are not in their order; it is settled"))
    for n in range(1, count + 1):
        if numbers.count(n) > MOST_PIECES:
            problems.append(Problem(str(n), f"told in {numbers.count(n)} pieces, at most {MOST_PIECES} are allowed"))
    return problems


def _plain(text: str) -> str:
    """Without what the template says itself, "The person" and the full stop."""
    text = text[: max(LONGEST.values()) + 40].strip(" ").replace("\u2019", "'")
    text = re.sub(r"^(?i:the person) +", "", text).rstrip(".")
    return text[:1].lower() + text[1:]
