"""Take a small thing off a table with one hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import ClassVar

import numpy as np

from exoactor.container import lies_in
from exoactor.grasp import FARTHEST, GRASPABLE, SIDES, THICKEST, Side, is_graspable, stance_to_grasp
from exoactor.stance import inward, sides, support_of
from exoactor.types import Action, Expectation, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import effort, is_room

RISE = 0.16
"""How far it is lifted [m]."""
SECONDS = 2.4
"""For how long the person holds it up [s]."""
LEVEL = (0.45, 0.95)
"""Least and most height of what it stands on [m]; lower, the robot would have to squat, higher, to reach over it."""
THERE = 0.06
"""Nearer than this to the stance [m], and turned to it, nobody takes a step."""
THERE_ANGLE = np.radians(6.0)


class Pick(Skill):
    """Stand before the edge of what it stands on, bring one hand round it, close it, and lift."""

    name = "pick"
    about = "Walk up to a table and take a small thing that stands on it, such as a bottle or a can, with one hand."
    on_foot = True
    arguments = (
        Argument("object", "object", "id of the thing to take", kinds=GRASPABLE),
        Argument("side", "side", "hand; the one that the camera sees by default", False),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "no_fingers": "the robot's hands have no fingers",
        "fixed": "it cannot be moved",
        "too_thick": "the hand does not close round it",
        "walled_in": "it is in a basket or bin",
        "not_on_anything": "it stands on the floor or on something too low or too high",
        "no_free_place": "no side of what it stands on has room to stand inside the camera's view",
        "out_of_reach": "it stands too far from every edge",
        "never_lifted": "the imagined video does not lift it",
        "hand_stays_open": "in the imagined video the fingers never close round it",
        "not_in_place": "the robot did not get near enough to reach it",
        "not_lifted": "it still stands, or stands again",
        "dropped": "it was lifted and lost",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near the thing, facing it, holding it."""
        id = args["object"]
        return replace(symbols, near=id, facing=id, holding=id, above=symbols.on.get(id))

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to where the hand reaches it, if need be, and the pick."""
        robot, thing = robot_pose(scene), seen_target(scene, args["object"])
        if not thing.item.movable:
            raise StageError("imagine", "fixed", f"{thing.id} stays where it is")
        if not is_graspable(thing.item):
            wide = float(max(thing.item.size[:2]))
            raise StageError("imagine", "too_thick", f"{thing.id} is {wide:.2f} m thick, {THICKEST} m at most")
        if (container := lies_in(thing, scene.objects)) is not None:
            raise StageError("imagine", "walled_in", f"{thing.id} is in {container.id}, whose walls the hand would hit")
        goal, side = _stance(scene, thing, robot, (args["side"],) if "side" in args else SIDES)
        name = spoken(thing.id)
        text = f"takes the {name} with the {side} hand and lifts it"
        pick = Action("pick", text, SECONDS, side=side, thing=thing.id, rise=RISE)
        if goal.is_near(robot, THERE, THERE_ANGLE):
            return (pick,)
        return (Action("walk", f"walks up to the {name}, within reach of it", goal=goal), pick)

    def expectation(self, args: Args) -> Expectation:
        """Off what it stood on."""
        return Expectation("lifted", args["object"], side=args.get("side"))


def _stance(scene: Scene, thing: SceneObject, robot: Pose2D, hands: tuple[Side, ...]) -> tuple[Pose2D, Side]:
    """Before a side of what it stands on from which a hand reaches it, free and in view; and which of the hands.

    The nearest one, unless the trunk would hide the arm there.
    """
    carrier = support_of(thing, scene.objects)
    top = 0.0 if carrier is None else carrier.top
    if carrier is None or not LEVEL[0] <= top <= LEVEL[1]:
        raise StageError(
            "imagine", "not_on_anything", f"{thing.id} stands {top:.2f} m up, {LEVEL[0]} to {LEVEL[1]} m wanted"
        )
    why = ("no_free_place", f"no side of {carrier.id} has room to stand in view")
    found: list[tuple[float, Pose2D, Side]] = []
    on_it = {o.id for o in scene.objects if support_of(o, scene.objects) is carrier}
    half = float(thing.item.size[:2].max()) / 2
    for (_, normal, _), side in product(sides(carrier), hands):
        stance, ahead = stance_to_grasp(thing.position[:2], inward(normal), side, carrier)
        if ahead > FARTHEST:
            if not found:
                why = ("out_of_reach", f"{thing.id} is {ahead:.2f} m from where one can stand, {FARTHEST} m at most")
            continue
        if not is_room(scene, stance, (carrier.id, *on_it)):
            why = (
                "no_free_place",
                f"no side of {carrier.id} from which {thing.id} is reached has room to stand in view",
            )
            continue
        cost = effort(scene, robot, stance, ahead=ahead, half=half, hand_at=thing.position[:2])
        found.append((cost, stance, side))
    if not found:
        raise StageError("imagine", *why)
    _, stance, side = min(found, key=lambda option: option[0])
    return stance, side
