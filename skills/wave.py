"""Raise a hand and wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from exoactor.types import Action, Expectation, Scene
from skills.base import Args, Argument, Skill, Symbols, robot_pose
from skills.places import bearing

SECONDS = 3.0
"""Long enough for the four swings that the check counts [s]."""


class Wave(Skill):
    """Wave with the hand on the camera's side unless told otherwise: the other one may be hidden by the body."""

    name = "wave"
    about = "Raise a hand and wave."
    arguments = (Argument("side", "side", "hand to wave with; by default the one that is seen best", required=False),)
    model_may_confirm = True
    failure_codes: ClassVar[Mapping[str, str]] = {
        "robot_not_seen": "the robot was not found in the image",
        "no_wave": "no raised hand swung to and fro",
        "wrong_side": "the other hand waved",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Nothing lasting."""
        return symbols

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """One wave."""
        off = bearing(robot_pose(scene), scene.camera.position[:2])
        seen: Literal["left", "right"] = "left" if off > 0 else "right"
        side: Literal["left", "right"] = args.get("side", seen)
        return (Action("wave", f"raises the {side} hand and waves", seconds=SECONDS, side=side),)

    def expectation(self, args: Args) -> Expectation:
        """Waved, with the hand if one was told."""
        return Expectation("waved", side=args.get("side"))
