"""Raise a hand and wave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from exoactor.types import Action, Expectation, Scene
from skills.base import Args, Argument, Skill, Symbols, robot_pose

SECONDS = 3.0
"""Long enough for the four swings that the check counts [s]."""


class Wave(Skill):
    """Wave with the right hand unless told otherwise."""

    name = "wave"
    about = "Raise a hand and wave."
    arguments = (Argument("side", "side", "hand to wave with, right by default", required=False),)
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
        robot_pose(scene)
        side = args.get("side", "right")
        return (Action("wave", f"raises the {side} hand and waves", seconds=SECONDS, side=side),)

    def expectation(self, args: Args) -> Expectation:
        """Waved, with the hand if one was told."""
        return Expectation("waved", side=args.get("side"))
