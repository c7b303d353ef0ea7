"""Which task a line means: planned on trial with what is held and what was spoken of, or why none is understood."""

from __future__ import annotations

from collections.abc import Callable

from agent.chat import past_answers
from agent.chat.folder import ChatFolder
from agent.chat.references import Unclear, the_other_one
from agent.chat.robot import RobotThread, Task
from agent.chat.words import Line, is_question
from agent.given import GivenPlan
from agent.plan import Context, PlanResult, PlanStatus, checked_instruction
from agent.planner import DeterministicPlanner
from agent.run_folder import read_job
from agent.summary import summarize
from exoactor.types import ConfigError
from skills import Symbols


class Meant:
    """Finds the task that is meant.

    Args:
        folder: of the conversation.
        robot: that would do it.
        reply: is told why there is none.
        has_model: a language model is asked where the parser abstains.
    """

    def __init__(
        self, folder: ChatFolder, robot: RobotThread, reply: Callable[[str], None], *, has_model: bool
    ) -> None:
        self._catalogue, self._robot, self._reply, self._has_model = folder.spec.catalogue(), robot, reply, has_model
        self._parser = DeterministicPlanner()

    def task(self, line: Line) -> Task | None:
        """The task that is meant; None, and the person is told why, where it is not understood."""
        turns = self._robot.series.turns()
        if turns and summarize(turns[-1])["status"] == "safety_stop":
            self._reply(f"The robot must not move before a person has looked: {past_answers.why(turns[-1])}")
            return None
        if line.kind == "other":
            try:
                id, steps = the_other_one(turns, self._catalogue)
            except Unclear as why:
                self._reply(str(why))
                return None
            return Task(f"{read_job(turns[-1]).instruction} (with {id} instead)", GivenPlan(steps))
        if line.kind == "again" and not turns:
            self._reply("I did not understand: nothing was done yet that could be done again.")
            return None
        text = read_job(turns[-1]).instruction if line.kind == "again" else line.text
        planned = self._plan(text)
        if planned.status is PlanStatus.OK or (self._has_model and not is_question(text)):
            return Task(text)
        self._reply(f"I did not understand: {planned.reason}. {planned.question}".strip().replace("..", "."))
        if is_question(text):
            self._reply("“help” says what can be asked.")
        return None

    def parses(self, text: str) -> bool:
        """Whether the parser has a plan for it."""
        return self._plan(text).status is PlanStatus.OK

    def _plan(self, text: str) -> PlanResult:
        body = self._robot.body
        symbols = Symbols(holding=body.holding, seat=body.seat)
        try:
            context = Context(symbols=symbols, mentioned=self._robot.series.mentioned())
            return self._parser.plan(checked_instruction(text), self._catalogue, context)
        except ConfigError as error:
            return PlanResult(PlanStatus.ABSTAIN, reason=str(error))
