"""What is read from an instruction before it is checked: steps, clauses, sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skills import Fact


@dataclass
class Step:
    """A step as said.

    Args:
        skill: name.
        args: its arguments.
        needs: facts that the words ask for besides ("wave at the door": facing the door).
    """

    skill: str
    args: dict[str, Any] = field(default_factory=dict)
    needs: list[Fact] = field(default_factory=list)

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
    """Steps of a leading "before ...": they come last."""

    @property
    def sequenced(self) -> bool:
        """Whether a word like "then" parts it."""
        return any(joint == "then" for joint in self.joints)
