"""A plan that is given, not made from words: explicit steps of a script, an earlier plan done with another thing."""

from __future__ import annotations

from collections.abc import Sequence

from agent.language.clauses import Step
from agent.plan import ALONE, Context, PlanResult, Subtask
from agent.planner import DeterministicPlanner
from agent.symbolic import validate
from exoactor.types import Catalogue


class GivenPlan(DeterministicPlanner):
    """Plans what it was made with; the validator checks it and adds what it silently needs. Other ways are by rule.

    Args:
        steps: in order.
    """

    name = "given"

    def __init__(self, steps: Sequence[Subtask]) -> None:
        self.steps = tuple(steps)

    def plan(self, instruction: str, catalogue: Catalogue, context: Context = ALONE) -> PlanResult:
        """The steps, validated; the instruction is not read."""
        return validate([Step(s.skill, dict(s.args)) for s in self.steps], catalogue, context.symbols)
