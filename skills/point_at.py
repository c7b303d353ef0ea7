"""Point at a thing with an outstretched arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from exoactor.types import Action, Expectation, Pose2D, Scene
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import bearing
from skills.turn_to import turn_towards

SECONDS = 3.5
TURN_BEYOND = np.radians(12.0)
"""A target further off than this [rad] is turned to first: people face what they point at, and where two things
stand close together it is the body as much as the arm that tells which one is meant."""
LOWEST = np.radians(-12.0)
"""Elevation below which nobody lowers an outstretched arm to point at something near or low [rad]."""
SHOULDER_HEIGHT = 1.40
"""Of a person of medium height [m]."""


class PointAt(Skill):
    """Face it, and point with the hand on the camera's side unless told otherwise: the other may be hidden."""

    name = "point_at"
    about = "Point at a thing with an outstretched arm."
    arguments = (
        Argument("target", "object", "id of the thing to point at"),
        Argument("side", "side", "hand to point with; by default the one that is seen best", required=False),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_pointing": "no arm was held towards the target",
        "wrong_side": "the other arm pointed",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """It may have turned to the target, or not: facing is no longer known unless it was that target."""
        return symbols if symbols.facing == args["target"] else symbols.turned(None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A turn if needed, then the pointing arm."""
        robot, target = robot_pose(scene), seen_target(scene, args["target"])
        off = bearing(robot, target.position[:2])
        turn = (turn_towards(robot, target),) if abs(off) > TURN_BEYOND else ()
        facing = Pose2D(robot.x, robot.y, robot.yaw + off)
        seen: Literal["left", "right"] = "left" if bearing(facing, scene.camera.position[:2]) > 0 else "right"
        side: Literal["left", "right"] = args.get("side", seen)
        x, y, z = (float(v) for v in target.position)
        level = float(np.linalg.norm(target.position[:2] - robot.xy))
        aim = (x, y, max(z + float(target.item.size[2]) / 2, SHOULDER_HEIGHT + level * float(np.tan(LOWEST))))
        text = f"points at the {spoken(target.id)} with the {side} arm"
        return (*turn, Action("point", text, seconds=SECONDS, side=side, at=aim))

    def expectation(self, args: Args) -> Expectation:
        """An arm held towards the target."""
        return Expectation("pointing", args["target"], args.get("side"))
