"""Take hold of a thing with both hands and lift it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from exoactor.grip import FARTHEST, LOWEST, WIDEST, Grip, sides, stance_for
from exoactor.types import Action, Expectation, Pose2D, Scene, SceneObject, StageError
from skills import approach
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import PERSON_HEIGHT, SHORT_PERSON, effort, is_free, is_in_view

LIFTABLE = ("box", "cylinder", "bin", "basket", "chair", "table")
GRIPPED_LYING = ("box",)
"""Kinds that are lifted as they lie; a cylinder rolls away from the hands, and of chairs much is in the way."""
RISE = (0.28, 0.40)
"""Least and most [m]; who lifts something off the floor comes up with it ..."""
HELD_UP = 0.56
"""... until the hands are so high [m]."""
CHAIR_RISE = 0.25
"""[m]; a chair's back is held high already."""
SECONDS = 2.2
"""For how long the person holds it up [s]."""
THERE = 0.06
"""Nearer than this to the stance [m], and turned to it, nobody takes a step."""
THERE_ANGLE = np.radians(6.0)


class Lift(Skill):
    """Stand square before a side that is free, reach down to both sides of the thing, and raise it."""

    name = "lift"
    about = "Walk up to a thing that takes two hands, such as a box, and lift it off what it stands on."
    on_foot = True
    arguments = (Argument("target", "object", "id of the thing to lift", kinds=LIFTABLE), *approach.ARGUMENTS)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        **approach.SIDE_FAILURES,
        "not_shown": "from the side that is asked for the camera would look along the arms",
        "no_free_place": "no side of the target has room to stand inside the camera's view",
        "out_of_reach": "where it stands, no side of it can be reached with both hands",
        "too_low": "it would have to be held nearer to the floor than the robot can reach",
        "too_wide": "it is wider than two hands can press",
        "fixed": "it cannot be moved",
        "never_lifted": "the imagined video does not lift it",
        "not_in_place": "the robot did not get near enough to reach it",
        "toppled": "it lies as hands cannot hold it; somebody has to set it up",
        "not_lifted": "it still stands, or stands again",
        "dropped": "it was lifted and lost",
    }

    def settled(self, scene: Scene, args: Args) -> Args:
        """The side as one in the world."""
        return approach.settled(scene, args, args["target"], sides(seen_target(scene, args["target"])))

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near the target, facing it, holding it."""
        return replace(symbols, near=args["target"], facing=args["target"], holding=args["target"])

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to where both hands reach it, if need be, and the lift."""
        robot, target = robot_pose(scene), seen_target(scene, args["target"])
        if not target.item.movable:
            raise StageError("imagine", "fixed", f"{target.id} is furniture that stays where it is")
        if target.lies and target.item.kind not in GRIPPED_LYING:
            raise StageError("perceive", "toppled", f"{target.id} lies on the floor as hands cannot hold it")
        args = self.settled(scene, args)
        goal, held = _stance(scene, target, robot, args)
        name = spoken(target.id)
        rise = float(np.clip(HELD_UP - held.middle[2], *RISE)) if target.item.kind != "chair" else CHAIR_RISE
        lift = Action("lift", f"lifts the {name} with both hands and holds it up", SECONDS, thing=target.id, rise=rise)
        if goal.is_near(robot, THERE, THERE_ANGLE):
            return (lift,)
        return (Action("walk", f"{approach.way_to(args, target.id)}, close enough to take hold of it", goal=goal), lift)

    def expectation(self, args: Args) -> Expectation:
        """Off what it stood on."""
        return Expectation("lifted", args["target"])


def _stance(scene: Scene, target: SceneObject, robot: Pose2D, args: Args) -> tuple[Pose2D, Grip]:
    """Before the nearest of the sides it can be held from that is free, in view and narrow enough."""
    why = ("no_free_place", f"{approach.side_of(args, target.id)} has room to stand in view")
    found: list[tuple[float, Pose2D, Grip]] = []
    for heading in sides(target):
        held, stance, reach = stance_for(target, heading, scene.objects)
        if not approach.fits(args, stance.yaw):
            continue
        if "approach" in args and not approach.is_shown(scene, target.id, stance.yaw):
            side = approach.side_of(args, target.id)
            raise StageError("imagine", "not_shown", f"{side} shows the camera how far the arms reach; try another one")
        if held.middle[2] < LOWEST:
            why = ("too_low", f"{target.id} would be held {held.middle[2]:.2f} m above the floor, {LOWEST} m at least")
            continue
        if 2 * held.half > WIDEST:
            why = ("too_wide", f"{target.id} is {2 * held.half:.2f} m wide there, {WIDEST} m at most")
            continue
        if reach > FARTHEST:
            why = ("out_of_reach", f"{target.id} is {reach:.2f} m from where one can stand, {FARTHEST} m at most")
            continue
        own = {o.id for o in scene.objects if np.linalg.norm(o.position[:2] - target.position[:2]) < 0.6}
        height = next((h for h in (PERSON_HEIGHT, SHORT_PERSON) if is_in_view(scene, stance.xy, h)), None)
        if height is None or not is_free(scene, stance.xy, tuple(own)):
            continue
        ahead, half = float(np.linalg.norm(held.middle[:2] - stance.xy)), held.half
        found.append((effort(scene, robot, stance, ahead=ahead, half=half), stance, held))
    if not found:
        raise StageError("imagine", *why)
    return min(found, key=lambda side: side[0])[1:]
