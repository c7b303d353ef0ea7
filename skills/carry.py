"""Walk somewhere with what the hands hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from exoactor.grasp import GRASPABLE, Side, grasp_height, hand_that_holds, is_graspable
from exoactor.placing import carried_ahead, places_at
from exoactor.stance import distance_to_footprint, nearest_point, support_of
from exoactor.types import Action, Catalogue, Expectation, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Fact, Skill, Symbols, robot_pose, seen_target, spoken
from skills.lift import LIFTABLE
from skills.places import PERSON_HEIGHT, SHORT_PERSON, bearing, effort, is_free, is_in_view
from skills.put_down import seen_in_hands

CARRIED = (*(kind for kind in LIFTABLE if kind not in ("chair", "table")), *GRASPABLE)
"""A chair or a table held before the body leaves no room for walking legs."""
CHEST = 0.98
"""A person carries things with both hands so high [m] ..."""
SHOULDER = 1.05
"""... and with one."""
BACK = 0.35
"""Who stands close before something first steps back so far [m]."""
CLOSE = 0.50
"""So close is what the robot would turn into [m]."""


class Carry(Skill):
    """Step back from what is near, walk there with it, and stop where it could be put down."""

    name = "carry"
    about = (
        "Walk to a thing with what is held, and stop before it, or with the load over it if it has a flat top or is "
        "open above."
    )
    on_foot = True
    arguments = (
        Argument("target", "object", "id of the thing that is held", kinds=CARRIED),
        Argument("to", "object", "id of where it is brought"),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_in_hands": "the robot does not hold it",
        "no_free_place": "no side of where it is to go has room to stand inside the camera's view",
        "never_carried": "the imagined video does not carry it",
        "not_in_place": "the robot did not get near enough",
        "too_far": "it is held, but not where it was to go",
        "lost": "it is no longer held",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Also refuses to carry a thing to itself."""
        found = super().problems(args, catalogue)
        if not found and args["target"] == args["to"]:
            found.append(f"carry: {args['to']} cannot be carried to itself")
        return found

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """Nothing else is held."""
        return None if symbols.holding == args["target"] else super().hindrance(symbols, args)

    def preconditions(self, args: Args) -> tuple[Fact, ...]:
        """It is held."""
        return (Fact("holding", args["target"]),)

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near where it was brought, still holding it."""
        return replace(symbols, near=args["to"], facing=args["to"], above=args["to"])

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A step back if something is close, and the way there."""
        robot, held = robot_pose(scene), seen_in_hands(scene, args["target"])
        to = seen_target(scene, args["to"])
        side, alone = hand_that_holds(held, robot), is_graspable(held.item)
        name, hands = spoken(held.id), f"the {side} hand" if alone else "both hands"
        rise = _rise(held)
        here, chain = robot, []
        if _is_close(scene, robot, held):
            behind = robot.ahead(-BACK)
            if is_free(scene, behind.xy, ignore=(held.id,)):
                here = behind
                text = f"steps back with the {name} in {hands}"
                chain.append(Action("carry", text, goal=here, side=side, thing=held.id, rise=rise))
                rise = 0.0
        goal = _goal(scene, here, held, to, side if alone else None)
        text = f"carries the {name} to the {spoken(to.id)} in {hands}"
        return (*chain, Action("carry", text, goal=goal, side=side, thing=held.id, rise=rise))

    def expectation(self, args: Args) -> Expectation:
        """Still held, where it was brought."""
        return Expectation("carried", args["target"], on=args["to"])


def _rise(held: SceneObject) -> float:
    """How far a person raises a thing to walk with it [m]."""
    if is_graspable(held.item):
        return max(SHOULDER - float(held.position[2]) - grasp_height(held.item), 0.0)
    return max(CHEST - float(held.position[2]) - float(held.item.size[2]) / 2, 0.0)


def _is_close(scene: Scene, robot: Pose2D, held: SceneObject) -> bool:
    """Whether something stands before the robot that its load would be swung over or against."""
    reach = CLOSE + carried_ahead(held, robot.yaw) / 2
    return any(
        distance_to_footprint(o, robot.xy) < reach and abs(bearing(robot, nearest_point(o, robot.xy))) < np.pi / 2
        for o in scene.objects
        if o.id != held.id
    )


def _goal(scene: Scene, here: Pose2D, held: SceneObject, to: SceneObject, side: Side | None) -> Pose2D:
    """The nearest place to bring it to that is free, in view and not hidden."""
    places = places_at(to, held, here.yaw, here.xy, scene.objects, side)
    below = support_of(to, scene.objects)
    own = (held.id, to.id) if below is None else (held.id, to.id, below.id)
    free = [p.stance for p in places if is_free(scene, p.stance.xy, ignore=own)]
    ahead, half = carried_ahead(held, here.yaw), float(held.item.size[:2].max()) / 2

    def cost(pose: Pose2D) -> float:
        return effort(scene, here, pose, ahead=ahead, half=half)

    for height in (PERSON_HEIGHT, SHORT_PERSON):
        in_view = [pose for pose in free if is_in_view(scene, pose.xy, height)]
        if in_view:
            return min(in_view, key=cost)
    raise StageError(
        "imagine",
        "no_free_place",
        f"none of {len(places)} places at {to.id} has room to stand in view ({len(free)} are free of other things)",
    )
