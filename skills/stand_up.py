"""Stand up from what one sits on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from exoactor.seat import seat_under
from exoactor.types import Action, Expectation, Scene
from skills.base import Args, Skill, Symbols, robot_pose, spoken
from skills.sit_on import BEFORE

FREE = 0.45
"""Having stood up a person steps forward to here, free of the seat [m]."""


class StandUp(Skill):
    """Lean forward until the weight is over the feet, rise, and step away from the seat."""

    name = "stand_up"
    about = "Stand up from the chair, bench or box that one sits on."
    failure_codes: ClassVar[Mapping[str, str]] = {
        "robot_not_seen": "the robot was not found in the image",
        "never_rose": "the imagined video does not stand up",
        "not_risen": "the robot could not bring its weight over its feet, and sits again",
        "still_seated": "the robot does not stand",
        "too_close": "it stands, but not free of the seat",
    }

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """None: whoever stands already has nothing to do."""
        return None

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Standing, the back to the seat."""
        return symbols if symbols.seat is None else replace(symbols, near=None, facing=None, seat=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """Rising and a step forward; a short stand for one who stands already."""
        found = seat_under(robot_pose(scene), scene.objects)
        if found is None:
            return (Action("stand", "stands still, arms at the sides", seconds=1.5),)
        thing, seat = found
        aside = seat.aside(robot_pose(scene).xy)
        return (
            Action(
                "stand_up", f"stands up from the {spoken(thing.id)}", 0.5, seat.stance(BEFORE, aside), thing=thing.id
            ),
            Action("walk", "takes a step forward, away from it", goal=seat.stance(FREE, aside)),
        )

    def expectation(self, args: Args) -> Expectation:
        """Standing free of everything."""
        return Expectation("standing")
