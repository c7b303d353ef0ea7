"""A goal that stands: look, tell from what is seen whether it holds, act where it does not, for as long as is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from agent.given import GivenPlan
from agent.passer_by import PasserBy, in_words
from agent.plan import Subtask
from agent.script import Hands
from agent.series import Series
from agent.standing_goal import StandingGoal
from agent.standing_log import StandingLog
from exoactor.files import write_json
from exoactor.types import Interrupted, SafetyStop, Scene, StageError
from skills import acted_on

WATCH = 2.0
"""Between two looks while it holds [simulated s]."""
HELD_LOOKS = 2
"""Looks in a row at which it holds before somebody disturbs it."""
MOST_LATE = 3
"""Deeds that are begun when the time is over."""


class Standing:
    """One process pursuing one goal; what others did before it is in the folder, and counts.

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
        self._log = StandingLog(series.path)
        self._held = 0
        self._clock, self._began = clock, clock()

    def pursue(self, seconds: float) -> dict[str, Any]:
        """Pursue the goal; what was begun is seen to its end. Of a goal that has ended the result is given.

        What another process left begun is not gone on with: the look that comes first says what is to be done.

        Args:
            seconds: how long, with what other processes took [wall s].

        Returns:
            See `StandingLog.result`; also in result.json.
        """
        if self._log.ended():
            return self._log.result()
        if (turn := self._log.close_cut_off()) is not None:
            self._series.report(turn)
        self._began = self._clock() - self._log.seconds
        self._log.note("started", self._seconds(), resumed=self._series.wake())
        try:
            status, reason = self._until(seconds)
        except Interrupted as stopped:
            status, reason = "interrupted", str(stopped)
        except SafetyStop as unsafe:
            status, reason = "safety_stop", str(unsafe)
        self._log.note("ended", self._seconds(), status=status, reason=reason)
        result = self._log.result()
        write_json(self._series.path / "result.json", result)
        return result

    def _until(self, seconds: float) -> tuple[str, str]:
        """Pursue it for so long [wall s], and then until it holds or what is left was tried; status and reason."""
        while True:
            if self._hands.stop.asked():
                raise Interrupted("stopped by the user")
            told, why, scene = self._look()
            over = self._seconds() >= seconds
            deed = None
            if told is False and scene is not None and self._log.begun_after(seconds) < MOST_LATE:
                deed = self._goal.deed(scene, frozenset(self._log.vain))
            if over and deed is None:
                return ("achieved", "") if told else ("failed", why)
            if deed is None:
                self._wait(scene, held=bool(told))
            else:
                self._act(deed)

    def _look(self) -> tuple[bool | None, str, Scene | None]:
        broken: list[str] = []
        try:
            scene: Scene | None = self._series.look()
        except StageError as error:
            scene, told, why = None, None, [str(error)]
        if scene is not None:
            told, why = self._goal.told(scene, frozenset(self._log.done))
            broken = [c.of for c in self._goal.conditions if c.told(scene, None, "") is False]
        said = {True: "holds", False: "broken", None: "cannot_tell"}[told]
        changed = said != (self._log.looks[-1] if self._log.looks else "")
        self._log.note("looked", self._seconds(), told=said, why=why, broken=broken)
        if changed:
            self._hands.say(
                f"{self._seconds():5.0f} s  the goal {said.replace('_', ' ')}: {'; '.join(why) or 'all of it'}"
            )
        return told, "; ".join(why), scene

    def _act(self, deed: Subtask) -> None:
        """Do it as a run of its own, with its attempts, checks and replans."""
        self._held = 0
        faults = () if self._passer_by is None else self._passer_by.in_reaction()
        said = list(map(in_words, faults))
        self._hands.say(f"{self._seconds():5.0f} s  {'; meanwhile '.join([str(deed), *said])}")
        run = self._series.begin(str(deed), faults)
        about = {"step": str(deed), "thing": acted_on(deed.args), "turn": run.path.name, "faults": said}
        self._log.note("reacting", self._seconds(), **about)
        summary = self._series.work(
            run,
            planner=GivenPlan([deed]),
            faults=faults,
            watcher=self._hands.watch(str(deed)),
            stop=self._hands.stop,
            asker=lambda question, choices: "stop" if "stop" in choices else None,
        )
        self._log.note("reacted", self._seconds(), status=summary["status"], reason=summary["reason"], **about)
        if summary["status"] == "interrupted":
            raise Interrupted("stopped by the user")
        if summary["status"] == "safety_stop":
            raise SafetyStop("robot_fell", str(summary["reason"]))

    def _wait(self, scene: Scene | None, *, held: bool) -> None:
        """Let time pass; where the goal has held for a while, somebody disturbs it."""
        self._held = self._held + 1 if held else 0
        if self._passer_by is not None and scene is not None and self._held >= HELD_LOOKS:
            fault = self._passer_by.does(scene)
            if fault is not None:
                self._held = 0
                self._series.pipeline.disturb(fault)
                self._series.save_world()
                self._log.note("disturbed", self._seconds(), fault=str(fault), home=self._passer_by.home)
                self._hands.say(f"{self._seconds():5.0f} s  {in_words(fault)}")
        self._series.pipeline.wait(WATCH)

    def _seconds(self) -> float:
        return round(self._clock() - self._began, 1)
