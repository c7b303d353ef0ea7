"""The deterministic planner: understands plain imperatives, abstains on the rest, needs no model and no network."""

from __future__ import annotations

from collections.abc import Sequence

from agent.language.parser import Parser
from agent.plan import ALONE, Context, Failure, PlanResult, PlanStatus, Subtask, checked_instruction
from agent.recover import another_way
from agent.symbolic import known_from, validate
from exoactor.types import Catalogue


class DeterministicPlanner:
    """Parser, object grounding, symbolic validation and repair.

    Every content word and every thing that is named must be accounted for; otherwise the planner
    abstains and names what it did not understand.
    """

    name = "deterministic"

    def plan(self, instruction: str, catalogue: Catalogue, context: Context = ALONE) -> PlanResult:
        """Plan the whole instruction.

        Raises:
            ConfigError: empty or absurd instruction.
        """
        parser = Parser(catalogue)
        for id in context.mentioned:
            parser.nouns.mentioned.note((id,))
        drafts = parser.parse(checked_instruction(instruction))
        if parser.problems:
            return PlanResult(
                PlanStatus.ABSTAIN,
                reason="; ".join(dict.fromkeys(p.reason for p in parser.problems)),
                question=next((p.question for p in parser.problems if p.question), ""),
                unknown=tuple(dict.fromkeys(w for p in parser.problems for w in p.unknown)),
            )
        asks_where = any(draft.skill == "place" and draft.args.get("target") for draft in drafts)
        scene = context.look() if asks_where else None
        result = validate(drafts, catalogue, known_from(scene, context.symbols))
        if result.status is PlanStatus.INVALID:
            return PlanResult(PlanStatus.ABSTAIN, reason=result.reason)
        return result

    def replan(
        self,
        instruction: str,
        remaining: Sequence[Subtask],
        catalogue: Catalogue,
        history: Sequence[Failure],
        context: Context = ALONE,
    ) -> PlanResult:
        """Go at the failed step in another way, by rule; abstain where no rule has one that was not tried."""
        way = another_way(remaining, history, catalogue, context.done, context.tried)
        if way is None:
            failed = history[-1]
            return PlanResult(
                PlanStatus.ABSTAIN,
                reason=f"{failed.subtask} failed ({failed.code}) and there is no other way that was not tried",
                question=f"{failed.subtask} failed: {failed.code.replace('_', ' ')}. Try it again, skip it or stop?",
            )
        return PlanResult(PlanStatus.OK, way)
