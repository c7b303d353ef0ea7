"""Put down what both hands hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from exoactor.grip import level_below
from exoactor.types import Action, Expectation, Scene, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, spoken
from skills.lift import LIFTABLE

HELD_CONFIDENCE = 0.1
"""Hands hide a part of what they hold, and it is seldom quite upright: less is asked of it than of other targets."""
LYING = 0.05
"""A thing on its side that is less than this above what is below it lies there [m]."""


class PutDown(Skill):
    """Let it down onto what is below it, open the hands, and stand up."""

    name = "put_down"
    about = "Put the thing that is held down again, on what is below it."
    arguments = (Argument("target", "object", "id of the thing that is held", kinds=LIFTABLE),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_in_hands": "the robot does not hold it",
        "nothing_below": "what is below it is much nearer or further than in the imagined video",
        "never_let_down": "the imagined video does not let it down",
        "not_put_down": "it is not down on anything",
        "toppled": "it lies on its side",
        "still_held": "the hands are still on it",
    }

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """It has to be held."""
        if symbols.holding == args["target"]:
            return None
        return f"{args['target']} cannot be put down: it is not held; lift it first"

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """The hands are free."""
        return replace(symbols, holding=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """The thing goes down as far as there is nothing below it."""
        robot_pose(scene)
        target = scene.get(args["target"])
        if target is None or target.confidence < HELD_CONFIDENCE:
            raise StageError("perceive", "target_not_seen", f"{args['target']} is not seen in the robot's hands")
        drop = float(target.position[2]) - level_below(target, scene)
        if target.lies and drop < LYING:
            raise StageError("perceive", "toppled", f"{target.id} is not in the robot's hands: it lies on its side")
        text = f"puts the {spoken(target.id)} down, lets go of it and stands up"
        return (Action("put_down", text, 0.4, thing=target.id, rise=-drop),)

    def expectation(self, args: Args) -> Expectation:
        """Standing, out of the hands."""
        return Expectation("put_down", args["target"])
