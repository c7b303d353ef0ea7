"""One attempt at one subtask: its folder, its seed, what was seen and what is to be imagined."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import skills
from agent.plan import Subtask
from agent.run_folder import attempt_name
from agent.session import Session
from exoactor.files import write_json
from exoactor.types import Action, ConfigError, Expectation, Pose2D, Scene

FILE = "attempt.json"


@dataclass(frozen=True)
class Attempt:
    """Args: subtask, its id in the plan, the attempt's number from 1, folder, name in the run, seed, edited takes."""

    subtask: Subtask
    subtask_id: int
    number: int
    folder: Path
    name: str
    seed: int
    take: int = 0

    @property
    def expectation(self) -> Expectation:
        """What must be seen when it is done."""
        return skills.get(self.subtask.skill).expectation(self.subtask.args)

    @property
    def motion_started(self) -> str:
        """Journal key."""
        return f"{self.name}/motion-started"

    @property
    def motion_finished(self) -> str:
        """Journal key."""
        return f"{self.name}/motion-finished"

    def key(self, what: str) -> str:
        """Journal key of something that is done anew when a person has edited the prompt."""
        return f"{self.name}/{what}" + (f"-take-{self.take}" if self.take else "")

    def save(self, scene: Scene, actions: Sequence[Action]) -> None:
        """Write attempt.json: the subtask, the scene as perceived, the action chain, the expectation."""
        data = {
            "subtask": self.subtask.to_json(),
            "seed": self.seed,
            "scene": scene.to_json(),
            "actions": [asdict(a) for a in actions],
            "expectation": asdict(self.expectation),
        }
        write_json(self.folder / FILE, data)

    def load(self) -> tuple[Scene, tuple[Action, ...]]:
        """Scene and actions that `save` wrote.

        Raises:
            ConfigError: the file is missing or damaged.
        """
        path = self.folder / FILE
        try:
            data = json.loads(path.read_text())
            return Scene.from_json(data["scene"]), tuple(action_from(a) for a in data["actions"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path} is missing or damaged: {error}") from error


def attempt_of(session: Session, state: Mapping[str, Any]) -> Attempt:
    """The attempt that the graph's state is in; makes its folder."""
    entry = state["plan"][state["cursor"]]
    subtask, number = Subtask.from_json(entry), state["attempt"]
    seed = session.run.job.seed + 1000 * entry["id"] + number
    folder = session.run.attempt(entry["id"], subtask.skill, number)
    name = attempt_name(entry["id"], subtask.skill, number)
    return Attempt(subtask, entry["id"], number, folder, name, seed, state.get("takes", 0))


def action_from(data: Mapping[str, Any]) -> Action:
    """An action as `dataclasses.asdict` and JSON leave it."""
    goal, at = data["goal"], data["at"]
    known = {
        "goal": None if goal is None else Pose2D(**goal),
        "via": tuple((x, y) for x, y in data["via"]),
        "at": None if at is None else (at[0], at[1], at[2]),
        "shift": (data["shift"][0], data["shift"][1]),
    }
    return Action(**{**data, **known})
