"""Which hand an action is done with, and texts that have another one do something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.wording.names import Token
from agent.wording.vocabulary import is_one_of, listed
from exoactor.grasp import Side, is_graspable
from exoactor.types import Action, Scene

BODY_PARTS = listed(
    "hand arm forearm elbow wrist palm finger fingertip thumb fist foot feet leg knee heel shoulder hip thigh toe ankle"
    " shin calf sole"
)
_ARMS = listed("hand arm forearm elbow wrist palm finger fist thumb fingertip")
_HANGS = listed("hang hung rest stay remain")
_LOOSE = listed("relax relaxed loose loosely down side")
"""An arm of which the first is said does nothing, nor does one of which the second is said and no other verb."""

Hand = Side | str | None


def hand_of(action: Action, scene: Scene) -> Hand:
    """The hand that an action is done with: "left", "right", "both", or None where no hand does anything."""
    if action.kind in ("wave", "point", "pick", "place", "wipe"):
        return action.side
    if action.kind == "push":
        return action.side if action.goal is None else "both"
    if action.kind == "carry":
        thing = scene.get(action.thing or "")
        return action.side if thing is not None and is_graspable(thing.item) else "both"
    return "both" if action.kind in ("lift", "put_down") else None


def sides(tokens: Sequence[Token], hands: set[Hand], verbs: frozenset[str]) -> list[str]:
    """Another hand than the demanded ones at work, and directions, which are the skill's."""
    one = {hand for hand in hands if hand in ("left", "right")}
    found = []
    for clause in _clauses(tokens):
        acts = any(is_one_of(w, verbs) for w in clause)
        at_rest = any(is_one_of(w, _HANGS if acts else _HANGS | _LOOSE) for w in clause)
        for side, part in ((w, _part_after(clause, i)) for i, w in enumerate(clause) if w in ("left", "right")):
            if not part and not at_rest:
                found.append(f"{side!r}: which way it goes is settled; name a thing to go by, or a part of the body")
            elif is_one_of(part, _ARMS) and not at_rest and one and side not in one and "both" not in hands:
                found.append(f"'{side} {part}': this is done with the {' and the '.join(sorted(one))} hand")
            elif is_one_of(part, _ARMS) and "both" in hands and not one and not at_rest and "each" not in clause:
                found.append(f"'{side} {part}': this is done with both hands")
        if one and "both" not in hands and not at_rest and {"both", "two"} & set(clause) and _has_arms(clause):
            found.append(f"this is done with the {' and the '.join(sorted(one))} hand alone")
        if hands == {"both"} and "one" in clause and _has_arms(clause) and not {"each", "other"} & set(clause):
            found.append("this is done with both hands")
    return list(dict.fromkeys(found))


def _part_after(clause: Sequence[str], i: int) -> str:
    """The part of the body that a "left" or "right" belongs to, or ""."""
    after = [w for w in clause[i + 1 : i + 3] if w not in ("upper", "lower", "own")]
    return after[0] if after and is_one_of(after[0], BODY_PARTS) else ""


def _clauses(tokens: Sequence[Token]) -> list[list[str]]:
    clauses: list[list[str]] = [[]]
    for token in tokens:
        if token in (",", ";", ":", "and", "while", "then"):
            clauses.append([])
        elif isinstance(token, str):
            clauses[-1].append(token)
    return clauses


def _has_arms(clause: Iterable[str]) -> bool:
    return any(is_one_of(w, _ARMS) for w in clause)
