"""Walk to a thing and stop in front of it, facing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from exoactor.stance import stances, support_of
from exoactor.types import Action, Expectation, Pose2D, Scene, StageError
from skills import approach
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import PERSON_HEIGHT, SEEN, SHORT_PERSON, is_free, is_in_view, visible_share

THERE_DISTANCE = 0.10
"""Nearer than this to the stance [m], and turned to it, the robot need not walk."""
THERE_ANGLE = np.radians(8.0)
EITHER_SIDE: Args = {}


class WalkTo(Skill):
    """Choose the nearest free side of the target and walk there."""

    name = "walk_to"
    about = "Walk to a thing and stop in front of it, facing it."
    on_foot = True
    arguments = (Argument("target", "object", "id of the thing to walk to"), *approach.ARGUMENTS)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        **approach.SIDE_FAILURES,
        "no_free_place": "no side of the target has room to stand inside the camera's view",
        "too_far": "stopped short of the target",
        "not_facing": "stands there but looks elsewhere",
        "other_side": "stands at another side than was asked for",
    }

    def settled(self, scene: Scene, args: Args) -> Args:
        """The side as one in the world."""
        return approach.settled(scene, args, args["target"], approach.edges(scene, args["target"]))

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near the target, facing it."""
        return symbols.moved(near=args["target"], facing=args["target"])

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """One walk to the nearest stance that is free and in view; a short stand when already there."""
        robot, args = robot_pose(scene), self.settled(scene, args)
        goal = stance_at(scene, args["target"], args)
        if goal.is_near(robot, THERE_DISTANCE, THERE_ANGLE):
            return (Action("stand", f"stands still in front of the {spoken(args['target'])}", seconds=1.5),)
        if "approach" in args:
            return (Action("walk", f"{approach.way_to(args, args['target'])} and stops, facing it", goal=goal),)
        return (Action("walk", f"walks to the {spoken(args['target'])} and stops, facing it", goal=goal),)

    def expectation(self, args: Args) -> Expectation:
        """At the target, on the side that is asked for."""
        toward = args.get("toward")
        return Expectation("at", args["target"], toward=None if toward is None else float(np.radians(toward)))


def stance_at(scene: Scene, id: str, args: Args = EITHER_SIDE) -> Pose2D:
    """The best place to be "at" the thing: free, in view, not hidden if possible, nearest to the robot.

    A thing that stands on furniture is approached from the furniture's side nearest to it.

    Args:
        scene: as perceived.
        id: of the thing.
        args: of a skill; with "toward" only the stance of that side will do.

    Raises:
        StageError: "perceive" robot_not_seen or target_not_seen, "imagine" no_free_place.
    """
    robot, target = robot_pose(scene), seen_target(scene, id)
    support = support_of(target, scene.objects)
    candidates = stances(target, robot.xy) if support is None else stances(support, target.position[:2])
    own = (target.id,) if support is None else (target.id, support.id)
    candidates = [pose for pose in candidates if approach.fits(args, pose.yaw)]
    free = [pose for pose in candidates if is_free(scene, pose.xy, ignore=own)]
    for height in (PERSON_HEIGHT, SHORT_PERSON):
        in_view = [pose for pose in free if is_in_view(scene, pose.xy, height)]
        if in_view:
            return next((pose for pose in in_view if visible_share(scene, pose.xy) >= SEEN), in_view[0])
    raise StageError(
        "imagine",
        "no_free_place",
        f"{approach.side_of(args, id)} has room to stand in view "
        f"({len(free)} of {len(candidates)} are free of other things)",
    )
