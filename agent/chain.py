"""Who plans: the parser first, a language model where the parser abstains, and a person where both do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.plan import ALONE, Context, Failure, Planner, PlanResult, PlanStatus, Subtask
from agent.planner import DeterministicPlanner
from exoactor.types import Catalogue


class PlannerChain:
    """Planners in turn; the first plan counts. Where none has one, the last that said why is heard.

    Args:
        first: asked always.
        second: asked where the first abstains.
    """

    def __init__(self, first: Planner, second: Planner) -> None:
        self.first, self.second = first, second
        self.name = f"{first.name}, then {second.name}"

    def plan(self, instruction: str, catalogue: Catalogue, context: Context = ALONE) -> PlanResult:
        """Plan the whole instruction."""
        found = self.first.plan(instruction, catalogue, context)
        if found.status is PlanStatus.OK:
            return replace(found, planner=found.planner or self.first.name)
        return _heard(found, self.second.plan(instruction, catalogue, context))

    def replan(
        self,
        instruction: str,
        remaining: Sequence[Subtask],
        catalogue: Catalogue,
        history: Sequence[Failure],
        context: Context = ALONE,
    ) -> PlanResult:
        """Another way: by rule, else as the second sees it."""
        found = self.first.replan(instruction, remaining, catalogue, history, context)
        if found.status is PlanStatus.OK:
            return replace(found, planner=found.planner or self.first.name)
        return _heard(found, self.second.replan(instruction, remaining, catalogue, history, context))


def _heard(first: PlanResult, second: PlanResult) -> PlanResult:
    if second.status is PlanStatus.OK:
        return second
    if second.failure:  # it had no say; what the first did not understand stands, and why there was no second opinion
        reason = f"{first.reason}; no help from the language model: {second.reason}"
        return replace(first, reason=reason, failure=second.failure, planner=second.planner)
    return replace(second, question=second.question or first.question, unknown=first.unknown)


def planner_for(config: Mapping[str, Any] | None, key: str | None = None) -> Planner:
    """The planner of a job.

    Args:
        config: a `ModelCfg` as in job.json, or None for no model.
        key: for the endpoint; by default from the environment or the file of settings.

    Raises:
        ConfigError: settings that cannot be used.
    """
    if not config:
        return DeterministicPlanner()
    from agent.model_planner import ModelPlanner  # takes a second, which who has no model need not wait
    from agent.models.connect import of_job

    return PlannerChain(DeterministicPlanner(), of_job(ModelPlanner, config, key))
