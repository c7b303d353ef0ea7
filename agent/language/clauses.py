"""What is read from an instruction before it is checked: steps, clauses, sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.language.nouns import NotUnderstood
from skills import Fact


@dataclass
class Step:
    """A step as said.

    Args:
        skill: name.
        args: its arguments.
        needs: facts that the words ask for besides ("wave at the door": facing the door).
        marks: what its words say of its place among the others: "last", "later", "1", "2", ...
    """

    skill: str
    args: dict[str, Any] = field(default_factory=dict)
    needs: list[Fact] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)

    def same(self, other: Step) -> bool:
        """Whether it asks for the same thing."""
        return self.skill == other.skill and self.args == other.args


@dataclass
class Clause:
    """Steps of one verb, and what of it a following clause may leave out.

    Args:
        steps: in order.
        family: verb family, for "and then to the door".
        way: "to" or "around" for walking; "target" where a thing was named.
    """

    steps: list[Step]
    family: str
    way: str = ""


@dataclass
class Sentence:
    """Clauses of one sentence and how they hang together."""

    clauses: list[list[Step]] = field(default_factory=list)
    joints: list[str] = field(default_factory=list)
    """What stood before each clause: "", ",", "and", "then", "before", ..."""
    at_end: list[Step] = field(default_factory=list)
    """Steps of a leading "before ..." and those before which all of this is to be done: they come last."""
    whole: bool = False
    """All that is said comes before `at_end`, in the order said ("wave; before that, X and then Y")."""
    turned: bool = False
    """A clause said to be the first was put before another."""
    on_the_way: bool = False
    """`at_end` is a walk on whose way the rest is to be done."""
    wished: bool = False
    """It began with a wish, so that past forms ask for something."""

    @property
    def sequenced(self) -> bool:
        """Whether a word like "then" parts it."""
        return any(joint == "then" for joint in self.joints)

    def add(self, steps: list[Step], joint: str, order: str = "", *, begun: bool = False) -> None:
        """Put a clause where its words say.

        Args:
            steps: of the clause.
            joint: what stood before it.
            order: "first" or a mark of its place, else "".
            begun: there were sentences before this one.

        Raises:
            NotUnderstood: "first" said of a step that more than one other stands before.
        """
        if order == "first" and any(step.same(said) for step in steps for clause in self.clauses for said in clause):
            raise NotUnderstood("a step said before is said once more to be the first", "What comes first?")
        if order == "first" and (self.clauses or begun):
            if len(self.clauses) != 1 or begun or joint == "then":
                raise NotUnderstood("'first' comes after other steps; the order is not clear", "What comes first?")
            self.clauses.insert(0, steps)
            self.joints.insert(0, "")
            self.turned = True
            return
        if self.turned and not order:
            # "wave, but first go there and turn": both before the wave, or one of them?
            raise NotUnderstood("what follows after a step that is to be first can be read in two orders", "In which?")
        self.clauses.append(steps)
        self.joints.append(joint)

    def problems(self) -> Iterator[NotUnderstood]:
        """What is wrong with the order of the whole."""
        if self.at_end and not self.clauses:
            yield NotUnderstood("it is not said what to do before that")
        if self.on_the_way and any(not is_on_a_way(step) for clause in self.clauses for step in clause):
            yield NotUnderstood("'on the way' asks for two things at once")
        if self.at_end and self.sequenced and not self.whole:
            yield NotUnderstood("'before ...' with a later 'then' can be read in two orders", "In which order?")


def is_on_a_way(step: Step) -> bool:
    """Whether it is a stage of a way: a walk, or a stop at a thing."""
    return step.skill in ("walk_to", "walk_around") or (
        step.skill == "stand_still" and any(need.name == "near" for need in step.needs)
    )
