"""Turn on the spot until facing a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from exoactor.types import Action, Expectation, Pose2D, Scene, SceneObject
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import bearing

THERE_ANGLE = np.radians(6.0)
"""Turned to the target within this [rad], the robot need not turn."""


class TurnTo(Skill):
    """Turn to the target's centre."""

    name = "turn_to"
    about = "Turn on the spot until facing a thing."
    on_foot = True
    arguments = (Argument("target", "object", "id of the thing to face"),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_facing": "looks elsewhere",
        "moved": "went away from the spot",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Facing the target."""
        return symbols.turned(args["target"])

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """One turn; a short stand when already facing."""
        robot, target = robot_pose(scene), seen_target(scene, args["target"])
        if abs(bearing(robot, target.position[:2])) < THERE_ANGLE:
            return (Action("stand", f"stands still, facing the {spoken(target.id)}", seconds=1.5),)
        return (turn_towards(robot, target),)

    def expectation(self, args: Args) -> Expectation:
        """Facing the target."""
        return Expectation("facing", args["target"])


def turn_towards(robot: Pose2D, target: SceneObject) -> Action:
    """The turn on the spot from `robot` to the centre of `target`."""
    delta = target.position[:2] - robot.xy
    goal = Pose2D(robot.x, robot.y, float(np.arctan2(delta[1], delta[0])))
    return Action("turn", f"turns on the spot to face the {spoken(target.id)}", goal=goal)
