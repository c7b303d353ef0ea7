"""What a client may have the robot do: one job at a time in one living world, told of as plain data."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.asking import ANSWERS
from agent.chat import past_answers
from agent.chat.folder import ChatFolder
from agent.chat.robot import RobotThread, Say, Task
from agent.chat.scene_answers import newest_look, seen_at
from agent.models.calls import Calls
from agent.models.failures import quoted
from agent.models.spent import Spent
from agent.plan import Context, Planner, checked_instruction
from agent.run_folder import read_job
from agent.scene_data import scene_data
from agent.series import Series
from agent.summary import summarize
from exoactor.types import ConfigError, ExoActorError, Scene, StageError
from skills import Symbols

OVER = "over"
"""State of a job on which nothing works any more."""


@dataclass
class Job:
    """A run that a client asked for.

    Args:
        task: as the robot's thread has it.
        future: of its summary.
    """

    task: Task
    future: Future[dict[str, Any] | None]


class Jobs:
    """The robot's jobs. One thread gives orders and asks; the robot works in another.

    Args:
        folder: of the world and its runs.
        open_series: opens the living world; called in the robot's thread.
        planner: of instructions that are planned and not carried out.
        say: prints a line, with a style.
        changed: called from any thread when there is something new to tell.
    """

    def __init__(
        self,
        folder: ChatFolder,
        open_series: Callable[[], Series],
        planner: Planner,
        say: Say,
        changed: Callable[[], None],
    ) -> None:
        self._folder, self._planner, self._say, self._changed = folder, planner, say, changed
        self._robot = RobotThread(open_series, self._told, changed)
        self._jobs: dict[str, Job] = {}
        self._last_line = ""

    def open(self) -> bool:
        """Open the world; whether it is one that another process left."""
        return self._robot.open()

    def close(self) -> None:
        """Bring the robot to a stand if it is at work, and close the world."""
        self.stop_all()
        self._robot.hung_up.set()
        self._robot.close()

    def stop_all(self) -> None:
        """Ask whatever is at work to stop; a signal handler may call it."""
        for job in self._jobs.values():
            job.task.stop.ask()

    # -- orders ----------------------------------------------------------------------------------

    def run(self, instruction: str) -> str:
        """Begin a job and give its id, while the robot begins to work.

        Raises:
            ConfigError: a job is at work, the instruction is absurd, or a person has to look at the robot first.
        """
        text = checked_instruction(instruction)
        busy = self.at_work()
        if busy is not None:
            raise ConfigError(f"job {busy} is at work, and there is one robot. Wait: status({busy}), or stop({busy})")
        turns = self._robot.series.turns()
        if turns and _unsafe(summarize(turns[-1])):
            raise ConfigError(
                f"the robot must not move before a person has looked: {past_answers.why(turns[-1])} "
                "A person ends this server and starts another one."
            )
        self._folder.note("client", text)
        run = self._robot.series.begin(text)
        run.close()  # it is on disk under its id now; the robot's thread takes it from there
        self._begin(run.path.name, Task(text, turn=run.path))
        return run.path.name

    def stop(self, id: str) -> bool:
        """Have a job stopped; whether it was still at work. The robot comes to a stand after this has returned."""
        self._turn(id)
        if self.at_work() != id:
            return False
        self._jobs[id].task.stop.ask()
        self._folder.note("client", f"stop {id}")
        return True

    def answer(self, id: str, choice: str) -> None:
        """Answer the question of a step that failed: retry, skip or stop.

        A program may say whether to go on trying, which every check and every gate still has a say in. What a person
        wanted to be asked about (plans, imagined videos) a program cannot approve of, and that a step is done in spite
        of a veto is a person's word.

        Raises:
            ConfigError: no such question is open, or it is not an answer.
        """
        self._turn(id)
        job = self._jobs.get(id)
        question = None if job is None or job.future.done() else job.task.question
        if question is None:
            raise ConfigError(f"job {id} asks nothing now. Do: status({id})")
        if not set(ANSWERS) <= set(question.choices):
            raise ConfigError(f"job {id} asks a person: {question.text} A program cannot approve of it")
        if choice not in ANSWERS:
            raise ConfigError(f"answer {quoted(choice, 40)!r} given, one of {', '.join(ANSWERS)} wanted")
        self._folder.note("client", f"answer {id}: {choice}")
        question.answer = choice
        question.given.set()

    def person_says(self, line: str) -> None:
        """Take a line from the person at the server, who may answer every question and stop everything."""
        busy = self.at_work()
        question = None if busy is None else self._jobs[busy].task.question
        word = line.strip().lower()
        if question is not None and word in question.choices:
            self._folder.note("person", word)
            question.answer = word
            question.given.set()
        elif word == "stop" and busy is not None:
            self._folder.note("person", word)
            self.stop_all()
            self._say("Stopping; the robot is brought to a stand.", "")
        elif word:
            open_now = f"one of {', '.join(question.choices)}, or stop" if question is not None else "stop"
            self._say(f"{line.strip()!r} is no answer now; what can be said here: {open_now}", "")

    # -- what can be asked -----------------------------------------------------------------------

    def at_work(self) -> str | None:
        """Id of the job that is not over, or None."""
        return next((id for id, job in self._jobs.items() if not job.future.done()), None)

    def look(self) -> Future[Any] | None:
        """Have the robot look afresh; None where it is at work and cannot."""
        busy = self.at_work()
        if busy is not None and self._jobs[busy].task.question is None:
            return None
        return self._robot.look(lambda scene: None)

    def seen(self, *, fresh: bool) -> tuple[dict[str, Any], Path]:
        """What the last look found, as data, and the picture of it.

        Raises:
            StageError: nobody has looked yet.
        """
        found = newest_look(self._folder.path)
        if found is None:
            raise StageError("observe", "not_looked", "the robot is at work and has not looked yet. Ask again")
        scene, age = seen_at(found)
        body, robot = self._robot.body, scene.robot
        data = {
            "fresh": fresh,
            "seconds_ago": round(age, 1),
            "robot": None if robot is None else {"x": robot.x, "y": robot.y, "yaw": robot.yaw},
            "robot_confidence": round(float(scene.robot_confidence), 2),
            "holding": body.holding,
            "sits_on": body.seat,
            "things": _things(self._folder, scene),
        }
        return data, found.with_suffix(".png")

    def plan(self, instruction: str) -> dict[str, Any]:
        """The plan for an instruction as the robot stands now; nothing moves. May take as long as a model does.

        Raises:
            ConfigError: empty or absurd instruction.
        """
        calls: list[dict[str, Any]] = []
        body = self._robot.body
        context = Context(
            self._scene,
            calls=Calls(record=calls.append),
            symbols=Symbols(holding=body.holding, seat=body.seat),
            mentioned=self._robot.series.mentioned(),
        )
        result = self._planner.plan(checked_instruction(instruction), self._folder.spec.catalogue(), context)
        return {**result.to_json(), "model": Spent.of(calls).to_json() if calls else None}

    def status(self, id: str) -> dict[str, Any]:
        """How far a job is.

        Returns:
            state (waiting, working, asking, stopping, over), status (of the run, once over), reason, now (a line),
            step (id, stage, fraction) or None, steps (id, skill, args, attempts, verdict), question, choices, budgets.
        """
        told = self.report(id)
        job = self._jobs.get(id)
        alive = job is not None and not job.future.done()
        view = job.task.view if job is not None else None
        question = job.task.question if job is not None and alive else None
        at = view.board.now if view is not None and alive else None
        limits = self._folder.cfg.config["budgets"]
        return {
            "id": id,
            "instruction": read_job(self._turn(id)).instruction,
            "state": self._state(job),
            "status": None if alive else told["status"],
            "reason": "" if alive else told["reason"],
            "now": self._last_line if alive else "",
            "step": None if at is None else {"id": at[0], "stage": at[1], "fraction": round(at[2], 2)},
            "steps": told["subtasks"],
            "question": question.text if question is not None else told["question"],
            "choices": list(question.choices) if question is not None else [],
            "budgets": {
                "attempts": limits["attempts"],
                "replans": {"used": told["replans"], "of": limits["replans"]},
                "seconds": {"used": round(sum(told["seconds"].values()), 1), "of": limits["seconds"]},
            },
        }

    def report(self, id: str) -> dict[str, Any]:
        """The summary of a job, without what only the simulator knows.

        Raises:
            ConfigError: there is no such job.
        """
        summary = summarize(self._turn(id))
        steps = [{k: v for k, v in step.items() if k != "truth"} for step in summary["subtasks"]]
        told = {**summary, "subtasks": steps}
        job = self._jobs.get(id)
        if job is not None and job.future.done():
            if job.future.exception() is not None:
                told |= {"status": "error", "reason": _wrong(job.future.exception())}
            elif job.task.stop.asked() and told["status"] in ("interrupted", "needs_human"):
                told |= {"status": "stopped", "reason": told["reason"] or "stopped by the client", "question": ""}
        return told

    def folder(self, id: str) -> Path:
        """The run folder of a job.

        Raises:
            ConfigError: there is no such job.
        """
        return self._turn(id)

    # -- inside ----------------------------------------------------------------------------------

    def _begin(self, id: str, task: Task) -> None:
        self._say(f"job {id}: {task.text}", "bold")
        future = self._robot.do(task)
        self._jobs[id] = Job(task, future)
        future.add_done_callback(lambda done: self._over(id))

    def _over(self, id: str) -> None:
        told = self.report(id)
        self._told(f"job {id} is over: {told['status'].replace('_', ' ')}. {told['reason']}".rstrip(), "bold")

    def _told(self, line: str, style: str) -> None:
        self._last_line = line.strip()
        self._say(line, style)
        self._changed()

    def _turn(self, id: str) -> Path:
        turns = {path.name: path for path in self._robot.series.turns()}
        if id not in turns:
            known = f"there are {', '.join(turns)}" if turns else "there is none yet. Do: run(instruction)"
            raise ConfigError(f"job {quoted(id, 40)!r} is not known; {known}")
        return turns[id]

    def _state(self, job: Job | None) -> str:
        if job is None or job.future.done():
            return OVER
        if job.task.stop.asked():
            return "stopping"
        if job.task.question is not None:
            return "asking"
        return "waiting" if job.task.view is None else "working"

    def _scene(self) -> Scene | None:
        """For a planner: the room as it is, or as it was last seen where the robot is at work."""
        try:
            look = self.look()
            if look is not None:
                look.result()
        except StageError:
            return None
        found = newest_look(self._folder.path)
        return None if found is None else seen_at(found)[0]


def _things(folder: ChatFolder, scene: Scene) -> list[dict[str, Any]]:
    """What is known of each thing, by its id; names that are no ids are not passed on."""
    things = []
    for entry in scene_data(folder.spec.catalogue(), scene):
        thing = scene.get(entry["id"])
        where = (
            {}
            if thing is None
            else {
                "position": [round(float(v), 3) for v in thing.position],
                "yaw": round(float(thing.yaw), 3),
                "size": [round(float(v), 3) for v in thing.item.size],
                "confidence": round(float(thing.confidence), 2),
            }
        )
        things.append({**entry, **where})
    return things


def _unsafe(summary: dict[str, Any]) -> bool:
    """Whether the robot fell; then nobody but a person may have it move."""
    stopped_in_a_fall = summary["status"] == "interrupted" and "fell" in summary["reason"]
    return summary["status"] == "safety_stop" or stopped_in_a_fall


def _wrong(error: BaseException | None) -> str:
    return str(error) if isinstance(error, (ExoActorError, OSError)) else f"{type(error).__name__}: {error}"
