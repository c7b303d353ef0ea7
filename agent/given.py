"""A plan that is given, not made from words: explicit steps of a script, an earlier plan done with another thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.plan import ALONE, Context, Failure, PlanResult, Subtask
from agent.planner import DeterministicPlanner
from agent.symbolic import validate
from exoactor.types import Catalogue
from skills import Fact


@dataclass
class Given:
    """A step as it is to be, before the validator adds what it needs.

    Args:
        skill: its name.
        args: its arguments.
        needs: facts that must hold before it, besides those of the skill.
    """

    skill: str
    args: dict[str, Any]
    needs: list[Fact] = field(default_factory=list)


class GivenPlan:
    """Plans what it was made with; the validator checks it and adds what it silently needs.

    Args:
        steps: in order.
    """

    name = "given"

    def __init__(self, steps: Sequence[Subtask]) -> None:
        self.steps = tuple(steps)

    def plan(self, instruction: str, catalogue: Catalogue, context: Context = ALONE) -> PlanResult:
        """The steps, validated; the instruction is not read."""
        return validate([Given(s.skill, dict(s.args)) for s in self.steps], catalogue, context.symbols)

    def replan(
        self,
        instruction: str,
        remaining: Sequence[Subtask],
        catalogue: Catalogue,
        history: Sequence[Failure],
        context: Context = ALONE,
    ) -> PlanResult:
        """Another way by rule, as the deterministic planner has it."""
        return DeterministicPlanner().replan(instruction, remaining, catalogue, history, context)
