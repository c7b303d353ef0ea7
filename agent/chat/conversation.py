"""The conversation: lines are taken in one thread while the robot is at work in another.

Who sits at a terminal is never made to wait for the robot: a "stop" is heard at once. From a pipe a line is taken when
what came of the one before it is over.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import FrameType
from typing import Any

from agent.chat import editing, past_answers, scene_answers
from agent.chat.folder import ChatFolder
from agent.chat.meant import Meant
from agent.chat.robot import Question, RobotThread, Task
from agent.chat.terminal import Terminal
from agent.chat.under_way import UnderWay
from agent.chat.words import PAST, SCENE, Line, read
from agent.run_folder import read_job
from agent.second_opinion import BY_WORD
from agent.series import Series
from agent.summary import EXIT_STATUS, FINAL, summarize
from exoactor.types import ExoActorError, Scene

HELP = """\
Say what to do: “walk to the table, then wave”. While it is done: “status”, “pause” and “go on”, “stop”,
“no wait, ...” or simply the next task instead. Ask: “what do you see?”, “where is the chair?”, “what is on the table?”,
“what did you do?”, “why did you stop?”, “how do you know?”, “show the prompt”. “do it again”,
“the other one”. “quit” ends."""
_HALTING = re.compile(r"(stop|halt|no|don't|do not|wait|not)\b")
_STOPPING = "Stopping; the robot is brought to a stand."


class Conversation:
    """One person, one robot, one world.

    Args:
        folder: of the conversation.
        open_series: opens the living world; called in the robot's thread.
        terminal: where it takes place.
        has_model: a language model is asked where the parser abstains.
    """

    def __init__(
        self, folder: ChatFolder, open_series: Callable[[], Series], terminal: Terminal, *, has_model: bool = False
    ) -> None:
        self._folder, self._terminal = folder, terminal
        self._under_way = UnderWay(self._tell)
        self._robot = RobotThread(open_series, self._show, self._under_way.notify)
        self._meant = Meant(folder, self._robot, self._reply, has_model=has_model)
        self._status = 0

    def hold(self) -> int:
        """Talk until the person leaves.

        Returns:
            Exit status: 0; 3 when the robot must not move before a person has looked; 130 after Ctrl-C or SIGTERM.
        """
        terminal = self._terminal
        try:
            with self._on_signals():
                self._show("Getting ready ...", "dim")
                woken = self._robot.open()
                terminal.remember(self._folder.said("person"))
                self._greet(woken)
                while (text := terminal.read()) is not None:
                    if not self._take(text):
                        break
                    if not terminal.interactive:
                        self._wait()
                if not terminal.interactive:
                    self._wait(for_question=False)
        except KeyboardInterrupt:
            self._status = 130
        finally:
            self._leave()
        return self._status

    # -- what is said ----------------------------------------------------------------------------

    def _take(self, text: str) -> bool:
        """Take one line; False to leave."""
        line = read(text)
        if line.kind == "empty":
            return True
        question = self._under_way.question
        # A stop is not kept waiting for the disk.
        halted = line.kind in ("stop", "pause") and question is None and self._under_way.stop(line.kind)
        if halted:
            self._terminal.say(_STOPPING if line.kind == "stop" else "Pausing; the robot is brought to a stand.")
        self._folder.note("person", line.text)
        if line.kind == "leave":
            return False
        if question is not None and self._answered(question, line):
            return True
        if line.kind == "help":
            self._reply(HELP)
        elif line.kind in ("stop", "pause"):
            self._halt(line, halted)
        elif line.kind in SCENE:
            self._about_scene(line)
        elif line.kind in PAST:
            self._about_past(line)
        elif line.kind == "status":
            self._how_far()
        elif line.kind == "go_on":
            self._go_on()
        elif line.kind in ("yes", "no"):
            if line.kind == "no" and self._under_way.stop("stop"):
                self._terminal.say(_STOPPING)
            else:
                self._reply("Nothing was asked.")
        else:
            self._something_to_do(line)
        if line.kind not in SCENE:
            self._put_again(question)
        return True

    def _answered(self, question: Question, line: Line) -> bool:
        """Take the line as the answer, if it is one; another task is an answer too."""
        line = read(line.rest) if line.rest else line
        word = line.kind if line.kind in ("yes", "no", "stop") else line.text.lower().strip(" .!")
        word = BY_WORD if word in ("it is done", "it's done", "it was done") else word
        task = None
        if word not in question.choices and line.kind in ("do", "again", "other"):
            task = self._meant.task(line)
            word = "change" if "change" in question.choices else "stop"
            if task is None:
                return True
        if word not in question.choices:
            return False
        if word == "change" and task is None:
            self._reply("Say what to do instead.")
        if word == "edit" and self._terminal.interactive and (wrong := self._edit()):
            self._reply(wrong)
            self._put_again(question)
            return True
        question.answer = word
        question.given.set()
        if task is not None:
            self._begin(task)
        return True

    def _edit(self) -> str:
        """Let the person edit the file that is asked about; what went wrong, or ""."""
        path = editing.file_asked_about(self._robot.series.turns()[-1])
        return "" if path is None else editing.edit(path)

    def _halt(self, line: Line, halted: bool) -> None:
        """Say how it stands with a stop; then do what is said instead, if something is."""
        if not halted and self._under_way.stop(line.kind):  # a question was open
            self._terminal.say(_STOPPING)
        elif not halted and not line.rest:
            self._reply("The robot is being brought to a stand." if self._under_way.busy else "Nothing is being done.")
        if line.rest:
            inner = read(line.rest)
            task = self._meant.task(inner) if inner.kind in ("do", "again", "other") else None
            if task is not None:
                self._begin(task)
            elif inner.kind not in ("do", "again", "other"):
                self._take(line.rest)

    def _something_to_do(self, line: Line) -> None:
        busy = self._under_way.busy
        if busy and _HALTING.match(line.text.lower().replace("\u2019", "'")) and not self._meant.parses(line.text):
            self._under_way.stop("stop")
            self._terminal.say(_STOPPING)
            return
        task = self._meant.task(line)
        if task is None:
            if busy:
                self._reply("The robot goes on with what it does; “stop” stops it.")
            return
        if busy:
            self._under_way.stop("stop")
            self._terminal.say("Stopping first; the robot is brought to a stand, then does that.")
        self._begin(task)

    # -- questions -------------------------------------------------------------------------------

    def _about_scene(self, line: Line) -> None:
        """Answer from a fresh look, or from the last one where the robot is at work."""
        mentioned, spec = self._robot.series.mentioned(), self._folder.spec

        def tell(scene: Scene, when: str = "") -> None:
            self._reply(when + scene_answers.answer(line, scene, spec.catalogue(), self._robot.body, mentioned))
            self._put_again(self._under_way.question)

        if not self._under_way.busy or self._under_way.question is not None:
            self._under_way.keep(None, self._robot.look(tell))
            return
        last = scene_answers.last_look(self._robot.series.path)
        if last is None:
            self._reply("I have not looked yet.")
        else:
            tell(last[0], f"At the last look, {last[1]:.0f} s ago: ")

    def _about_past(self, line: Line) -> None:
        turns = self._robot.series.turns()
        task = self._under_way.task
        if line.kind == "why" and task is not None and task.question is None and not task.stop.asked():
            self._reply("I have not stopped.")
            self._how_far()
            return
        self._reply(past_answers.answer(line.kind, turns))

    def _how_far(self) -> None:
        task = self._under_way.task
        if task is not None and task.view is not None:
            self._terminal.say(task.view.board.draw())
        else:
            turns = self._robot.series.turns()
            self._reply(past_answers.answer("did", turns[-1:]))

    # -- the robot at work -----------------------------------------------------------------------

    def _begin(self, task: Task) -> None:
        self._under_way.keep(task, self._robot.do(task))

    def _go_on(self) -> None:
        turns = self._robot.series.turns()
        if self._under_way.busy:
            self._reply("It is being done.")
        elif not turns or summarize(turns[-1])["status"] in FINAL:
            self._reply("There is nothing to go on with.")
        else:
            self._begin(Task(read_job(turns[-1]).instruction, turn=turns[-1]))

    def _tell(self, task: Task | None, done: Future[Any]) -> None:
        """Say what came of it, or what went wrong."""
        error = done.exception()
        if isinstance(error, (ExoActorError, OSError)):
            self._reply(f"error: {error}")
        elif error is not None:
            self._reply(f"error: {type(error).__name__}: {error}")
        elif task is not None and done.result() is not None:
            summary = done.result()
            self._reply(past_answers.ended(summary, paused=task.halted == "pause"))
            if summary["status"] == "safety_stop":
                self._status = EXIT_STATUS["safety_stop"]

    def _put_again(self, question: Question | None) -> None:
        """Show a question that is still open once more."""
        if question is not None and self._under_way.question is question and not question.given.is_set():
            self._show(f"{question.text} [{'/'.join(question.choices)}]", "bold")

    def _wait(self, *, for_question: bool = True) -> None:
        """Wait until all is done and told, or a question is open."""
        if not for_question:
            self._robot.hung_up.set()
        self._under_way.wait(for_question=for_question)

    # -- coming and going ------------------------------------------------------------------------

    def _greet(self, woken: bool) -> None:
        turns = self._robot.series.turns()
        if turns:
            self._show(f"Going on with {self._folder.path}.", "")
            self._show(past_answers.answer("did", turns), "dim")
            if summarize(turns[-1])["status"] not in FINAL:
                self._show("The last task is not finished; “go on” takes it up again after a fresh look.", "")
        else:
            self._show(f"{self._folder.spec.name}: {self._folder.spec.about} “help” says what can be said.", "")
        if turns and not woken:
            self._show("The world could not be found again and begins anew.", "")

    def _leave(self) -> None:
        """Bring the robot to a stand if it is at work, and close the world."""
        self._robot.hung_up.set()
        if self._under_way.stop("stop"):
            self._show(_STOPPING, "")
        self._robot.close()
        self._show(f"To go on: exoactor chat --resume {self._folder.path}", "dim")

    @contextmanager
    def _on_signals(self) -> Iterator[None]:
        """Ctrl-C stops what is done, or leaves; SIGTERM does both."""

        def handler(number: int, frame: FrameType | None) -> None:
            busy = self._under_way.busy
            if self._under_way.stop("stop"):
                self._terminal.at_once(_STOPPING)
            if not busy or number == signal.SIGTERM:
                raise KeyboardInterrupt

        old = {s: signal.signal(s, handler) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, previous in old.items():
                signal.signal(number, previous)

    def _reply(self, text: str) -> None:
        """Say something that belongs to the conversation."""
        self._folder.note("robot", text)
        self._terminal.say(text)

    def _show(self, text: str, style: str) -> None:
        """Show something of the work."""
        self._terminal.say(text, style or None)
