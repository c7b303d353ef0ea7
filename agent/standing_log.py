"""What became of a standing goal so far, from its journal alone, over all processes that pursued it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.journal import Event, Journal, read_events
from agent.passer_by import in_words
from agent.summary import FINAL
from exoactor.world.faults import parse_fault

JOURNAL = "standing.jsonl"


@dataclass
class Disturbance:
    """One, and what came of it.

    Args:
        what: was done, in words.
        at: since the goal was taken up [s].
        noticed: a look told that the goal no longer holds, after so long [s]; None if none did.
        reactions: what was done about it: step, status, reason, turn, faults.
        restored: a look told that the goal holds again, after so long [s]; None if none did.
    """

    what: str
    at: float
    noticed: float | None = None
    reactions: list[dict[str, Any]] = field(default_factory=list)
    restored: float | None = None


class StandingLog:
    """The journal of a standing goal, and what it comes to. Times are wall seconds of pursuing it, pauses left out.

    Args:
        path: of the folder.

    Attributes:
        seconds: at which the last event was written [s].
        looks: "holds", "broken" or "cannot_tell", in order.
        disturbances: the first of them is the scene as it was found.
        vain: things that were dealt with in vain since they were last moved.
        done: things that a check saw to be dealt with and no look has seen otherwise since.
        sittings: of each process: from, to [s] and status, "cut_off" where it did not come to write one.
        begun: the reaction that has begun and not ended, or None.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = Journal(path / JOURNAL)
        self.seconds = 0.0
        self.looks: list[str] = []
        self.disturbances = [Disturbance("as it was found", 0.0)]
        self.vain: set[str] = set()
        self.done: set[str] = set()
        self.sittings: list[dict[str, Any]] = []
        self.begun: Event | None = None
        self._reason = ""
        for event in self._journal.events:
            self._take(event)

    def note(self, event: str, after: float, **data: Any) -> None:
        """Write an event.

        Args:
            event: "started", "looked", "disturbed", "reacting", "reacted" or "ended".
            after: when [s].
            data: told (see `looks`), broken (ids seen not to be as wanted); fault; step, thing, turn, faults,
                status, reason.
        """
        self._take(self._journal.write(event, after=after, **data))

    def close_cut_off(self) -> Path | None:
        """Write down how far a reaction came that was cut off, by its own journal; its folder, or None for none."""
        if self.begun is None:
            return None
        about = {k: self.begun[k] for k in ("step", "thing", "turn", "faults")}
        turn: Path = self.path / "turns" / self.begun["turn"]
        took = max((e["time"] for e in read_events(turn / "journal.jsonl")), default=0.0) - self.begun["time"]
        after = round(self.begun["after"] + max(0.0, took), 1)
        self.note("reacted", after, status="interrupted", reason="cut off", **about)
        return turn

    def begun_after(self, seconds: float) -> int:
        """How many reactions were begun after so long [s]."""
        return sum(e["after"] >= seconds for e in self._journal.of("reacting"))

    def ended(self) -> bool:
        """Whether nothing is left to go on with."""
        return bool(self.sittings) and self.sittings[-1]["status"] in FINAL

    def result(self) -> dict[str, Any]:
        """The goal so far.

        Returns:
            status, reason, run_dir, seconds, sittings, looks (holds, broken, cannot_tell), disturbances.
        """
        status = self.sittings[-1]["status"] if self.sittings else "cut_off"
        return {
            "status": "interrupted" if status == "cut_off" else status,
            "reason": self._reason,
            "run_dir": str(self.path),
            "seconds": self.seconds,
            "sittings": self.sittings,
            "looks": {kind: self.looks.count(kind) for kind in ("holds", "broken", "cannot_tell")},
            "disturbances": [vars(d) for d in self.disturbances],
        }

    def _take(self, event: Event) -> None:
        self.seconds, last = event["after"], self.disturbances[-1]
        if event["event"] == "started":
            self.sittings.append({"from": self.seconds, "to": self.seconds, "status": "cut_off"})
            self._reason = ""
        self.sittings[-1]["to"] = self.seconds
        if event["event"] == "looked":
            self.looks.append(event["told"])
            self.done -= set(event["broken"])
            if event["told"] == "broken" and last.noticed is None:
                last.noticed = round(self.seconds - last.at, 1)
            if event["told"] == "holds" and last.restored is None and (last.noticed is not None or last.at == 0.0):
                last.restored = round(self.seconds - last.at, 1)
        if event["event"] == "disturbed":
            fault = parse_fault(event["fault"])
            self.vain.discard(str(fault.options["id"]))
            self.disturbances.append(Disturbance(in_words(fault), self.seconds))
        if event["event"] == "reacting":
            self.begun = event
        if event["event"] == "reacted":
            self.begun = None
            last.reactions.append({k: event[k] for k in ("step", "status", "reason", "turn", "faults")})
            if event["status"] == "achieved" and event["step"].startswith("sweep"):
                self.done.add(event["thing"])
            elif event["status"] != "interrupted":
                self.vain.add(event["thing"])
        if event["event"] == "ended":
            self.sittings[-1]["status"], self._reason = event["status"], event["reason"]
