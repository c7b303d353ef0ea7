"""Stand still for some seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from exoactor.types import Action, Expectation, Scene
from skills.base import Args, Argument, Skill, Symbols, robot_pose

SECONDS = 3.0


class StandStill(Skill):
    """Stay on the spot, arms at rest."""

    name = "stand_still"
    about = "Stand still on the spot for some seconds."
    arguments = (Argument("seconds", "seconds", f"how long [s], {SECONDS:g} by default", required=False),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        "robot_not_seen": "the robot was not found in the image",
        "moved": "went away from the spot or turned",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Nothing."""
        return symbols

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """One stand."""
        robot_pose(scene)
        seconds = float(args.get("seconds", SECONDS))
        return (Action("stand", "stands still, arms at the sides", seconds=seconds),)

    def expectation(self, args: Args) -> Expectation:
        """On the same spot, turned the same way."""
        return Expectation("still")
