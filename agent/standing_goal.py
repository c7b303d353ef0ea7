"""Goals that stand: what is to be so, how a look tells, and what is done where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.conditions import Condition, unmet
from agent.facts import Told
from agent.language.nouns import NotUnderstood, Nouns
from agent.language.tokens import Cursor, tokens
from agent.plan import Subtask
from exoactor.types import Catalogue, ConfigError, Scene
from skills.sweep import SWEPT

Kind = Literal["clear", "at", "facing"]
_WAYS: tuple[tuple[Kind, tuple[str, ...], str], ...] = (
    ("clear", ("keep", "leave"), "clear"),
    ("clear", ("keep everything off", "keep all things off", "keep things off"), ""),
    ("at", ("stay at", "stay by", "stay near", "stay beside", "keep close to", "stay with", "stand by"), ""),
    ("facing", ("keep facing", "keep looking at", "stay facing", "keep an eye on", "watch"), ""),
)
ALLOWED = "“keep the TABLE clear”, “stay at the THING”, “keep facing the THING”"


@dataclass(frozen=True)
class StandingGoal:
    """A goal that stands.

    Args:
        kind: "clear": nothing that can be swept off is on it; "at": the robot stands at it; "facing": it faces it.
        target: id of the thing it is about.
        conditions: what has to hold, all of it.
    """

    kind: Kind
    target: str
    conditions: tuple[Condition, ...]

    def told(self, scene: Scene, done: frozenset[str] = frozenset()) -> tuple[Told, list[str]]:
        """Whether it holds, and which conditions do not or cannot be told, in words.

        Args:
            scene: as perceived.
            done: things that a check saw to be off it and no look has seen on it since; a small thing that lies on the
                floor is often not told for sure.
        """
        told = [(c, c.told(scene, None, "")) for c in self.conditions]
        told = [(c, True if t is None and c.of in done else t) for c, t in told]
        why = unmet(told)
        if any(t is False for _, t in told):
            return False, why
        return (None if why else True), why

    def deed(self, scene: Scene, vain: frozenset[str] = frozenset()) -> Subtask | None:
        """What is done about the first condition that does not hold; None where nothing is left to try.

        Args:
            scene: in which it does not hold.
            vain: things that were dealt with in vain since they were last moved.
        """
        failing = [c.of for c in self.conditions if c.told(scene, None, "") is False and c.of not in vain]
        if not failing:
            return None
        if self.kind == "clear":
            return Subtask("sweep", {"object": failing[0]})
        return Subtask("walk_to" if self.kind == "at" else "turn_to", {"target": failing[0]})


def read_goal(text: str, catalogue: Catalogue) -> StandingGoal:
    """A standing goal from words.

    Raises:
        ConfigError: not one that is known, or about no thing that there is.
    """
    said = " ".join(text.lower().split()).strip(" .!")
    for kind, heads, tail in _WAYS:
        for head in heads:
            if said.startswith(f"{head} ") and said.endswith(tail):
                return _goal(kind, _thing(text, said[len(head) : len(said) - len(tail)].strip(), catalogue), catalogue)
    raise ConfigError(f"goal {text!r} is not understood. Allowed: {ALLOWED}")


def _thing(text: str, words: str, catalogue: Catalogue) -> str:
    try:
        cursor = Cursor(tokens(words))
        id = Nouns(catalogue).one(cursor)
    except NotUnderstood as problem:
        raise ConfigError(f"goal {text!r}: {problem.reason}. {problem.question or f'Allowed: {ALLOWED}'}") from None
    if cursor:
        raise ConfigError(f"goal {text!r}: {cursor.word!r} is not understood. Allowed: {ALLOWED}")
    return id


def _goal(kind: Kind, target: str, catalogue: Catalogue) -> StandingGoal:
    if kind != "clear":
        return StandingGoal(kind, target, (Condition(kind, target),))
    loose = [item.id for item in catalogue if item.movable and item.kind in SWEPT and item.id != target]
    if not loose:
        raise ConfigError(f"goal: there is nothing in this scene that could be swept off {target}; try another --scene")
    return StandingGoal(kind, target, tuple(Condition("not_on", id, target) for id in loose))
