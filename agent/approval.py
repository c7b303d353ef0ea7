"""What a person wants to be asked about before it is done: plans and imagined videos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Policy = Literal["never", "first", "always"]
POLICIES: tuple[Policy, ...] = ("never", "first", "always")


@dataclass
class Approval:
    """Whether a person is asked.

    Args:
        policy: "never"; "always", about every plan and every imagined video; "first", until a video of each skill in
            it was approved of once.
        approved: skills of which a video was approved of.
    """

    policy: Policy = "never"
    approved: set[str] = field(default_factory=set)

    def wants(self, skills: Iterable[str]) -> bool:
        """Whether a person is asked about something with these skills in it."""
        return self.policy == "always" or (self.policy == "first" and not set(skills) <= self.approved)

    def given(self, skill: str) -> None:
        """A video of the skill was approved of."""
        self.approved.add(skill)
