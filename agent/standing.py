"""A goal that stands: look, tell from what is seen whether it holds, act where it does not, for as long as is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agent.given import GivenPlan
from agent.journal import Journal
from agent.passer_by import PasserBy, in_words
from agent.plan import Subtask
from agent.script import Hands
from agent.series import Series
from agent.standing_goal import StandingGoal
from exoactor.files import write_json
from exoactor.types import Interrupted, SafetyStop, Scene, StageError
from skills import acted_on

WATCH = 2.0
"""Between two looks while it holds [simulated s]."""
HELD_LOOKS = 2
"""Looks in a row at which it holds before somebody disturbs it."""
MOST_LATE = 3
"""Deeds that are begun when the time is over."""
JOURNAL = "standing.jsonl"


@dataclass
class Disturbance:
    """One, and what came of it.

    Args:
        what: was done, in words.
        at: since the goal was taken up [wall s].
        noticed: a look told that the goal no longer holds, after so long [wall s]; None if none did.
        reactions: what was done about it: step, status, reason, turn.
        restored: a look told that the goal holds again, after so long [wall s]; None if none did.
    """

    what: str
    at: float
    noticed: float | None = None
    reactions: list[dict[str, Any]] = field(default_factory=list)
    restored: float | None = None


class Standing:
    """One process pursuing one goal.

    Args:
        series: the living world.
        goal: that stands.
        passer_by: who disturbs it, or None.
        hands: who watches, and may stop it.
        clock: by which its time is measured [s].
    """

    def __init__(
        self,
        series: Series,
        goal: StandingGoal,
        passer_by: PasserBy | None,
        hands: Hands,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._series, self._goal, self._passer_by, self._hands = series, goal, passer_by, hands
        self._journal = Journal(series.path / JOURNAL)
        self._disturbances = [Disturbance("as it was found", 0.0)]
        self._vain: set[str] = set()
        self._done: set[str] = set()
        self._looks: list[str] = []
        self._held = 0
        self._clock, self._began = clock, clock()

    def pursue(self, seconds: float) -> dict[str, Any]:
        """Pursue the goal; what was begun is seen to its end.

        Args:
            seconds: how long [wall s].

        Returns:
            status, reason, run_dir, looks (holds, broken, cannot_tell), disturbances, seconds; also in result.json.
        """
        try:
            status, reason = self._until(seconds)
        except Interrupted as stopped:
            status, reason = "interrupted", str(stopped)
        except SafetyStop as unsafe:
            status, reason = "safety_stop", str(unsafe)
        return self._result(status, reason)

    def _until(self, seconds: float) -> tuple[str, str]:
        """Pursue it for so long [wall s], and then until it holds or what is left was tried; status and reason."""
        late = 0
        while True:
            if self._hands.stop.asked():
                raise Interrupted("stopped by the user")
            told, why, scene = self._look()
            over = self._seconds() >= seconds
            deed = None
            if told is False and scene is not None and late < MOST_LATE:
                deed = self._goal.deed(scene, frozenset(self._vain))
            if over and deed is None:
                return ("achieved", "") if told else ("failed", why)
            if deed is None:
                self._wait(scene, held=bool(told))
            else:
                late += over
                self._act(deed)

    def _look(self) -> tuple[bool | None, str, Scene | None]:
        try:
            scene: Scene | None = self._series.look()
        except StageError as error:
            scene, told, why = None, None, [str(error)]
        if scene is not None:
            told, why = self._goal.told(scene, frozenset(self._done))
            self._done -= {c.of for c in self._goal.conditions if c.told(scene, None, "") is False}
        said = {True: "holds", False: "broken", None: "cannot_tell"}[told]
        self._journal.write("looked", told=said, why=why, after=self._seconds())
        if said != (self._looks[-1] if self._looks else ""):
            self._hands.say(
                f"{self._seconds():5.0f} s  the goal {said.replace('_', ' ')}: {'; '.join(why) or 'all of it'}"
            )
        self._looks.append(said)
        last = self._disturbances[-1]
        if told is False and last.noticed is None:
            last.noticed = self._seconds() - last.at
        if told and last.restored is None and (last.noticed is not None or last.at == 0.0):
            last.restored = self._seconds() - last.at
        return told, "; ".join(why), scene

    def _act(self, deed: Subtask) -> None:
        """Do it as a run of its own, with its attempts, checks and replans."""
        self._held = 0
        faults = () if self._passer_by is None else self._passer_by.in_reaction()
        said = list(map(in_words, faults))
        self._hands.say(f"{self._seconds():5.0f} s  {'; meanwhile '.join([str(deed), *said])}")
        run = self._series.begin(str(deed), faults)
        summary = self._series.work(
            run,
            planner=GivenPlan([deed]),
            faults=faults,
            watcher=self._hands.watch(str(deed)),
            stop=self._hands.stop,
            asker=lambda question, choices: "stop" if "stop" in choices else None,
        )
        row = {"step": str(deed), "status": summary["status"], "reason": summary["reason"], "turn": run.path.name}
        self._journal.write("reacted", **row, faults=said, after=self._seconds())
        self._disturbances[-1].reactions.append({**row, "faults": said})
        if summary["status"] == "interrupted":
            raise Interrupted("stopped by the user")
        if summary["status"] == "safety_stop":
            raise SafetyStop("robot_fell", str(summary["reason"]))
        if summary["status"] != "achieved":
            self._vain.add(str(acted_on(deed.args)))
        elif self._goal.kind == "clear":
            self._done.add(str(acted_on(deed.args)))

    def _wait(self, scene: Scene | None, *, held: bool) -> None:
        """Let time pass; where the goal has held for a while, somebody disturbs it."""
        self._held = self._held + 1 if held else 0
        if self._passer_by is not None and scene is not None and self._held >= HELD_LOOKS:
            fault = self._passer_by.does(scene)
            if fault is not None:
                self._held = 0
                self._series.pipeline.disturb(fault)
                self._vain.discard(str(fault.options["id"]))
                self._disturbances.append(Disturbance(in_words(fault), self._seconds()))
                self._journal.write("disturbed", fault=str(fault), after=self._seconds())
                self._hands.say(f"{self._seconds():5.0f} s  {self._disturbances[-1].what}")
        self._series.pipeline.wait(WATCH)

    def _seconds(self) -> float:
        return round(self._clock() - self._began, 1)

    def _result(self, status: str, reason: str) -> dict[str, Any]:
        result = {
            "status": status,
            "reason": reason,
            "run_dir": str(self._series.path),
            "seconds": self._seconds(),
            "looks": {kind: self._looks.count(kind) for kind in ("holds", "broken", "cannot_tell")},
            "disturbances": [vars(d) for d in self._disturbances],
        }
        self._journal.write("ended", status=status, reason=reason)
        write_json(self._series.path / "result.json", result)
        return result
