"""Running task scripts: each step a run in one living world, all of it on disk, so that another process can go on.

From Python: `run_script("my_script.yaml")`, or `run_script("my_script.yaml", out=folder, hands=Hands(say=print))`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent.chain import planner_for
from agent.conditions import Condition, judge
from agent.given import GivenPlan
from agent.loop import Asker, nobody
from agent.run_folder import RunFolder, check_new, new_id
from agent.script_file import load_script
from agent.script_folder import ScriptFolder
from agent.script_steps import Script, Step
from agent.series import PipelineFactory, Series, living_config, sim_pipeline
from agent.session import Silent, Stop, Watcher
from exoactor.files import write_json
from exoactor.types import Scene, StageError


@dataclass
class Hands:
    """Who watches a script at work, answers its questions, and may stop it.

    Args:
        say: is told how each step came out, a line each.
        watch: gives the watcher of a step's run, by what is said or done in it.
        stop: whether to stop.
        asker: puts a question to a person.
    """

    say: Callable[[str], None] = lambda line: None
    watch: Callable[[str], Watcher] = lambda instruction: Silent()
    stop: Stop = field(default_factory=Stop)
    asker: Asker = nobody


def run_script(
    script: str | Path | Script,
    *,
    out: Path | None = None,
    model: dict[str, Any] | None = None,
    hands: Hands | None = None,
    pipeline: PipelineFactory = sim_pipeline,
    memory: str | None = None,
) -> dict[str, Any]:
    """Carry out a script in a new folder.

    Args:
        script: a file, the name of a bundled script, or one that was read.
        out: the folder; a new one under runs/ by default.
        model: settings of a language model, as in job.json; None for none.
        hands: who watches and answers.
        pipeline: makes the pipeline.
        memory: file in which it is remembered beyond the script what worked.

    Returns:
        status, reason, question, run_dir, seconds, and steps (id, line, step, status, met, why, turn, seconds); also in
        result.json. What `exoactor script --json` prints.

    Raises:
        ConfigError: what is wrong with the script, all at once, before anything is written or moves.
    """
    read = script if isinstance(script, Script) else load_script(script, has_model=model is not None)
    path = out or Path("runs") / new_id(read.name)
    check_new(path)
    return _carried_out(ScriptFolder.create(path, read, living_config(model, read.budgets, memory)), hands, pipeline)


def resume_script(
    path: Path, *, rewind: str = "", hands: Hands | None = None, pipeline: PipelineFactory = sim_pipeline
) -> dict[str, Any]:
    """Go on with a script that was killed, interrupted or waits for an answer; of an ended one the result is given.

    Args:
        path: its folder.
        rewind: go back to this checkpoint first, world and all: only a simulated world can.
        hands: see `run_script`.
        pipeline: see `run_script`.

    Raises:
        ConfigError: no such folder or checkpoint, or another process works on it.
    """
    folder = ScriptFolder(path)
    if rewind:
        folder.rewind(rewind)
    return _carried_out(folder, hands, pipeline)


def _carried_out(folder: ScriptFolder, hands: Hands | None, pipeline: PipelineFactory) -> dict[str, Any]:
    try:
        return folder.result() if folder.ended() else _Work(folder, hands or Hands()).carry_out(pipeline)
    finally:
        folder.close()


class _Ended(Exception):
    """The script ends here.

    Args:
        status: one of `EXIT_STATUS`.
        reason: for a person.
        question: that is open.
    """

    def __init__(self, status: str, reason: str, question: str = "") -> None:
        super().__init__(reason)
        self.status, self.reason, self.question = status, reason, question


class _Work:
    """One process at work on a script."""

    def __init__(self, folder: ScriptFolder, hands: Hands) -> None:
        self.folder, self.script, self.hands = folder, folder.script, hands
        self.series: Series

    def carry_out(self, pipeline: PipelineFactory) -> dict[str, Any]:
        """All steps that are still to be done."""
        script, config = self.script, self.folder.config
        world = pipeline(script.spec, script.seed, config)
        try:
            planner = planner_for(config["model"])
            self.series = Series(self.folder.path, script.spec, world, planner, script.seed, config, script.budgets)
            self.folder.note("script_started", resumed=self.series.wake())
            try:
                self._steps(script.steps)
                missed = [row["id"] for row in self.folder.rows() if row["met"] is False]
                why = f"not as expected: {', '.join(missed)}" if missed else ""
                end = _Ended("failed" if missed else "achieved", why)
            except _Ended as ended:
                end = ended
        finally:
            world.close()
        self.folder.note("script_finished", status=end.status, reason=end.reason, question=end.question)
        result = self.folder.result()
        write_json(self.folder.path / "result.json", result)
        return result

    def _steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.id in self.folder.finished:
                continue
            if self.hands.stop.asked():
                raise _Ended("interrupted", "stopped by the user")
            if not self._is_time(step):
                continue
            if step.kind == "repeat":
                for inner in step.rounds():
                    self._steps(inner)
                self.folder.finish(step)
            elif step.kind == "checkpoint":
                self.folder.finish(step, checkpoint=str(self.series.keep_world(step.text)))
                self.hands.say(f"{step.id}. checkpoint {step.text}")
            else:
                self._do(step)

    def _is_time(self, step: Step) -> bool:
        """Whether the step's conditions hold; decided once."""
        if not step.when or step.id in self.folder.begun:
            return True
        holds, failing = self._judged(step.when)
        if holds:
            self.folder.begin(step)
        else:
            self.folder.finish(step, status="skipped", why="; ".join(failing))
            self.hands.say(f"{step.id}. {step}: left out ({'; '.join(failing)})")
        return holds

    def _do(self, step: Step) -> None:
        """Carry out a step and hold what came of it against what is expected."""
        status, reason, turn = "", "", ""
        if step.kind != "expect":
            summary = self._run(step)
            status, turn = summary["status"], Path(summary["run_dir"]).name
            reason = str(summary["reason"])
            if status == "safety_stop":
                self.folder.finish(step, status=status, met=False, why=reason, turn=turn)
                raise _Ended(status, reason)
            if status == "interrupted" or (status == "needs_human" and not self.script.go_on):
                raise _Ended(status, reason or summary["question"], summary["question"])
        met, failing = self._judged(self._expected(step), status)
        told = reason and (failing or status == "achieved")
        why = "; ".join([*failing, *([reason] if told else [])])
        seconds = 0.0 if not turn else self.folder.seconds_of(turn)
        self.folder.finish(step, status=status, met=met, why=why, turn=turn, seconds=seconds)
        self.hands.say(f"{step.id}. {step}: {'as expected' if met else 'not as expected'}{f' ({why})' if why else ''}")
        if not met and not self.script.go_on:
            raise _Ended("failed", f"{step.id}. {step}: {why}")

    @staticmethod
    def _expected(step: Step) -> tuple[Condition, ...]:
        if step.kind == "expect" or any(c.name == "last" for c in step.expect):
            return step.expect
        return (Condition("last", "achieved"), *step.expect)

    def _run(self, step: Step) -> dict[str, Any]:
        """The step's run: a new one, or the one that another process began."""
        left = self.script.budgets.seconds - self.folder.seconds()
        if left <= 0:
            raise _Ended("aborted", f"out of time: the {self.script.budgets.seconds:.0f} s of the script are used")
        planner = None if step.subtask is None else GivenPlan([step.subtask])
        text = step.text if step.subtask is None else str(step.subtask)
        turn = self.folder.begun.get(step.id, "")
        if turn:
            run = RunFolder(self.folder.path / "turns" / turn)
        else:
            run = self.series.begin(text)
            self.folder.begin(step, run.path.name)
        budgets = step.budgets or self.script.budgets
        self.hands.say(f"{step.id}. {step}")
        return self.series.work(
            run,
            planner=planner,
            watcher=self.hands.watch(text),
            stop=self.hands.stop,
            asker=self.hands.asker,
            budgets=replace(budgets, seconds=min(budgets.seconds, left)),
        )

    def _judged(self, conditions: tuple[Condition, ...], last: str | None = None) -> tuple[bool, list[str]]:
        """Hold conditions against a fresh look, if one of them needs it."""
        scene: Scene | None = None
        if any(condition.needs_look for condition in conditions):
            try:
                scene = self.series.look()
            except StageError:  # what cannot be seen cannot be told
                scene = None
        return judge(conditions, scene, self.series.pipeline.holding, self.folder.last if last is None else last)
