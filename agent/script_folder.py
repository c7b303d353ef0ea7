"""The folder of a script at work: what it is, which steps have begun and ended, and what came of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from agent.journal import Event, Journal, read_events, stage_seconds
from agent.run_folder import lock
from agent.script_file import read_script
from agent.script_steps import Script, Step
from agent.series import WORLD
from agent.summary import FINAL
from exoactor.files import atomic_path, write_json, write_text
from exoactor.types import ConfigError
from exoactor.world.scene_file import read_scene

FORMAT = 1
FILE, SCRIPT, SCENE, JOURNAL = "script.json", "script.yaml", "scene.yaml", "script.jsonl"


class ScriptFolder:
    """The folder, locked by this process until `close`.

    Args:
        path: existing folder of a script; use `create` for a new one.

    Attributes:
        script: as it was when the folder was made.
        config: resolved configuration, as in job.json.
        begun: name of the run of each step that has begun, "" for none.
        finished: ids of the steps that are over.
        last: outcome of the last run of a step, "" before the first.

    Raises:
        ConfigError: not such a folder, damaged, of another format, or in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        try:
            data = json.loads((path / FILE).read_text())
            spec = read_scene((path / SCENE).read_text(), str(path / SCENE))
            text = (path / SCRIPT).read_text()
            self.config: dict[str, Any] = data["config"]
            form = data["format"]
        except (FileNotFoundError, NotADirectoryError):
            raise ConfigError(f"{path} is not the folder of a script: {FILE}, {SCRIPT}, {SCENE} are wanted") from None
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise ConfigError(f"{path / FILE} is damaged: {error}") from error
        if form != FORMAT:
            raise ConfigError(f"{path}: script folder of format {form}, this version reads {FORMAT}")
        has_model = self.config.get("model") is not None
        self.script: Script = read_script(text, str(path / SCRIPT), spec=spec, has_model=has_model)
        self._lock = lock(self.path)
        self._journal = Journal(self.path / JOURNAL)
        self.begun: dict[str, str] = {}
        self.finished: dict[str, Event] = {}
        self.last = ""
        for event in _valid(self._journal.events):
            self._take(event)

    @classmethod
    def create(cls, path: Path, script: Script, config: dict[str, Any]) -> ScriptFolder:
        """Make the folder; the place has to be free."""
        write_text(path / SCRIPT, script.text)
        write_text(path / SCENE, script.spec.text)
        write_json(path / FILE, {"config": config, "format": FORMAT})
        return cls(path)

    def note(self, event: str, **data: Any) -> None:
        """Write an event."""
        self._take(self._journal.write(event, **data))

    def begin(self, step: Step, turn: str = "") -> None:
        """The step begins; its run, if it has one, has this name."""
        self.note("step_begun", step=step.id, turn=turn)

    def finish(self, step: Step, **data: Any) -> None:
        """The step is over."""
        self.note("step_finished", step=step.id, line=step.line, said=str(step), kind=step.kind, **data)

    def _take(self, event: Event) -> None:
        if event["event"] == "step_begun":
            self.begun[event["step"]] = event["turn"]
        if event["event"] == "step_finished":
            self.finished[event["step"]] = event
            if event.get("turn"):
                self.last = event["status"]

    def rewind(self, checkpoint: str) -> None:
        """Forget what came after a checkpoint, and take up the world as it was then.

        Raises:
            ConfigError: it was not come to.
        """
        reached = {e["said"].removeprefix("checkpoint: "): e for e in self.finished.values() if "checkpoint" in e}
        if checkpoint not in reached:
            raise ConfigError(f"checkpoint {checkpoint!r} given, reached so far: {', '.join(reached) or 'none'}")
        with atomic_path(self.path / WORLD) as temporary:
            shutil.copyfile(reached[checkpoint]["checkpoint"], temporary)
        self.note("rewound", to=reached[checkpoint]["n"], checkpoint=checkpoint)
        self.begun, self.finished, self.last = {}, {}, ""
        for event in _valid(self._journal.events):
            self._take(event)

    def ended(self) -> bool:
        """Whether nothing is left to go on with."""
        ends = [e for e in _valid(self._journal.events) if e["event"] == "script_finished"]
        return bool(ends) and ends[-1]["status"] in FINAL

    def rows(self) -> list[dict[str, Any]]:
        """What came of each step that is over, repeats left out."""
        return [
            {
                "id": e["step"],
                "line": e["line"],
                "step": e["said"],
                "status": e.get("status", ""),
                "met": e.get("met"),
                "why": e.get("why", ""),
                "turn": e.get("turn", ""),
                "seconds": e.get("seconds", 0.0),
            }
            for e in self.finished.values()
            if e["kind"] != "repeat"
        ]

    def result(self) -> dict[str, Any]:
        """The script so far, as `run_script` gives it."""
        ends = [e for e in self._journal.events if e["event"] == "script_finished"]
        last = ends[-1] if ends else {"status": "interrupted", "reason": "", "question": ""}
        return {
            "status": last["status"],
            "reason": last["reason"],
            "question": last["question"],
            "run_dir": str(self.path),
            "seconds": round(self.seconds(), 3),
            "steps": self.rows(),
        }

    def seconds(self) -> float:
        """Wall time that all runs took so far [s]."""
        return sum(self.seconds_of(turn.name) for turn in self.path.glob("turns/*"))

    def seconds_of(self, turn: str) -> float:
        """Wall time that a run took [s]."""
        events = read_events(self.path / "turns" / turn / "journal.jsonl")
        return round(stage_seconds(events), 3)

    def close(self) -> None:
        """Let other processes have it."""
        self._lock.release()


def _valid(events: list[Event]) -> list[Event]:
    """The events without those that were gone back behind."""
    kept: list[Event] = []
    for event in events:
        if event["event"] == "rewound":
            kept = [e for e in kept if e["n"] <= event["to"]]
        else:
            kept.append(event)
    return kept
