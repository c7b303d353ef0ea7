"""Point at a thing with an outstretched arm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from exoactor.stance import distance_to_footprint
from exoactor.types import Action, Array, Expectation, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import SEEN, bearing, is_free, is_in_view, seen_share, visible_share
from skills.turn_to import turn_towards

SECONDS = 3.5
TURN_BEYOND = np.radians(12.0)
"""A target further off than this [rad] is turned to first: people face what they point at, and where two things
stand close together it is the body as much as the arm that tells which one is meant."""
LOWEST = np.radians(-12.0)
"""Elevation below which nobody lowers an outstretched arm to point at something near or low [rad]."""
ARM_SEEN = 0.7
"""Share of the arm that nothing hides from the camera there."""
SHOULDER_HEIGHT = 1.40
"""Of a person of medium height [m]."""
ASIDE = np.arange(0.4, 3.55, 0.15)
"""How far somebody goes aside whose arm would be hidden from the camera [m]."""
NEAREST = 0.6
"""Nobody points at a thing that is nearer than this [m]."""
APART = 0.95
"""Nor is a step aside made so near to it [m]: it would look like a walk up to it."""
ASIDE_ANGLE = np.radians(32.0)
"""From there the arm and the line of sight differ by at least this [rad]."""


class PointAt(Skill):
    """Face it, and point with the hand on the camera's side unless told otherwise: the other may be hidden."""

    name = "point_at"
    about = "Point at a thing with an outstretched arm."
    arguments = (
        Argument("target", "object", "id of the thing to point at"),
        Argument("side", "side", "hand to point with; by default the one that is seen best", required=False),
        Argument("aside", "flag", "step aside first, to where the camera sees the arm from the side", required=False),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "no_free_place": "nowhere near is there room to step aside to",
        "not_pointing": "no arm was held towards the target",
        "wrong_side": "the other arm pointed",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """It may have turned to the target, or not: facing is no longer known unless it was that target."""
        if args.get("aside"):
            return symbols.moved(near=None, facing=args["target"])
        return symbols if symbols.facing == args["target"] else symbols.turned(None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A turn if needed, then the pointing arm."""
        robot, target = robot_pose(scene), seen_target(scene, args["target"])
        first: tuple[Action, ...] = ()
        if args.get("aside"):
            robot = place_aside(scene, target, args.get("side"))
            first = (Action("walk", f"steps aside and turns to the {spoken(target.id)}", goal=robot),)
        off = bearing(robot, target.position[:2])
        if abs(off) > TURN_BEYOND:
            first = (*first, turn_towards(robot, target))
        facing = Pose2D(robot.x, robot.y, robot.yaw + off)
        seen: Literal["left", "right"] = "left" if bearing(facing, scene.camera.position[:2]) > 0 else "right"
        side: Literal["left", "right"] = args.get("side", seen)
        x, y, z = (float(v) for v in target.position)
        level = float(np.linalg.norm(target.position[:2] - robot.xy))
        aim = (x, y, max(z + float(target.item.size[2]) / 2, SHOULDER_HEIGHT + level * float(np.tan(LOWEST))))
        text = f"points at the {spoken(target.id)} with the {side} arm"
        return (*first, Action("point", text, seconds=SECONDS, side=side, at=aim))

    def expectation(self, args: Args) -> Expectation:
        """An arm held towards the target."""
        return Expectation("pointing", args["target"], args.get("side"))


def place_aside(scene: Scene, target: SceneObject, side: Literal["left", "right"] | None) -> Pose2D:
    """The nearest free place in view from which the arm towards `target` is seen: from the side, and on its own side.

    Raises:
        StageError: ("imagine", "no_free_place").
    """
    robot, eye = robot_pose(scene), scene.camera.position[:2]
    for distance in ASIDE:
        for angle in robot.yaw + np.linspace(0, 2 * np.pi, 16, endpoint=False):
            place = robot.xy + distance * np.array([np.cos(angle), np.sin(angle)])
            toward = target.position[:2] - place
            if np.linalg.norm(toward) < NEAREST or distance_to_footprint(target, place) < APART:
                continue
            pose = Pose2D(float(place[0]), float(place[1]), float(np.arctan2(toward[1], toward[0])))
            viewer = bearing(pose, eye)  # positive: the left arm is the near one
            near = abs(viewer) if side is None else viewer if side == "left" else -viewer
            if not ASIDE_ANGLE <= near <= np.pi - ASIDE_ANGLE:
                continue
            if not is_free(scene, place) or not is_in_view(scene, place, margin=0.2):
                continue
            if visible_share(scene, place) >= SEEN and seen_share(scene, _arm(pose, viewer > 0)) >= ARM_SEEN:
                return pose
    raise StageError("imagine", "no_free_place", f"no room within {ASIDE[-1]:.1f} m to point at {target.id} from aside")


def _arm(pose: Pose2D, left: bool) -> Array:
    """(8, 3) points of a stretched arm of the robot or a person who stands there [m]."""
    aside = np.array([-pose.forward[1], pose.forward[0]]) * (0.18 if left else -0.18)
    along = np.array([0.0, 0.2, 0.4, 0.55])
    arm = pose.xy + aside + along[:, None] * pose.forward
    return np.vstack([np.column_stack([arm, np.full(4, height)]) for height in (1.0, 1.35)])
