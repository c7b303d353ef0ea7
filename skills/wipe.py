"""Wipe a table top with one hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from exoactor import wipe as rule
from exoactor.grasp import FARTHEST, SIDES, Side, stance_to_grasp
from exoactor.stance import inward, sides, support_of
from exoactor.types import Action, Array, Catalogue, Expectation, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import effort, is_room
from skills.push import THERE, THERE_ANGLE

ROOM = 0.10
"""So much is free round the patch that is imagined [m]: where it is wiped then differs by some centimetres."""
APART = 0.10
"""Places along an edge that are tried are so far apart [m]."""


class Wipe(Skill):
    """Stand before a side of the surface, lay a palm on a free patch of its top, and stroke to and fro."""

    name = "wipe"
    about = "Walk up to a table and wipe a free patch of its top with one hand, stroking to and fro."
    on_foot = True
    model_may_confirm = True
    arguments = (
        Argument("surface", "object", "id of the table to wipe", kinds=rule.SURFACES),
        Argument("side", "side", "hand; the one that is nearer by default", False),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "thumb_in_the_way": "the robot's hands have fingers, and a thumb that stands off the palm",
        "no_free_patch": "things stand everywhere where a hand would reach its top, or it is too small",
        "no_free_place": "no side of it has room to stand inside the camera's view",
        "out_of_reach": "from where a robot can stand the hand does not reach the patch",
        "never_wiped": "the imagined video does not wipe it",
        "in_the_way": "something stands where the video wipes",
        "not_in_place": "the robot did not get near enough to reach it",
        "not_wiped": "no hand was seen to pass over the patch at the height of its top",
        "wiped_too_little": "a hand passed over a part of the patch only",
        "patch_not_seen": "too much of the patch was hidden from the camera",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Also refuses what is too high or too low, or would slide away."""
        found = super().problems(args, catalogue)
        if not found:
            item = next(item for item in catalogue if item.id == args["surface"])
            low, high = rule.LEVEL
            if item.movable:
                found.append(f"wipe: {item.id} can be moved and would slide away; only what stands fast is wiped")
            elif not rule.is_surface(item):
                found.append(f"wipe: {item.id} is {item.size[2]:.2f} m high; a top of {low} to {high} m is wiped")
        return found

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near the surface, facing it."""
        return replace(symbols, near=args["surface"], facing=args["surface"])

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to before the surface, if need be, and the strokes over the patch that costs least."""
        robot, surface = robot_pose(scene), seen_target(scene, args["surface"])
        hands: tuple[Side, ...] = (args["side"],) if "side" in args else SIDES
        why = StageError("imagine", "no_free_patch", f"no patch of {surface.id} that a hand reaches is free")
        on_it = tuple(o.id for o in scene.objects if support_of(o, scene.objects) is surface)
        found: list[tuple[float, Pose2D, Side, Array]] = []
        for middle, heading in _patches(surface, scene):
            for side in hands:
                stance, ahead = stance_to_grasp(middle, heading, side, surface)
                if ahead > FARTHEST:
                    why = StageError("imagine", "out_of_reach", f"it is {ahead:.2f} m away, {FARTHEST} m at most")
                elif not is_room(scene, stance, (surface.id, *on_it)):
                    where = f"no side of {surface.id} with a free patch has room to stand in view"
                    why = StageError("imagine", "no_free_place", where)
                else:
                    cost = effort(scene, robot, stance, ahead=ahead, half=rule.SPAN / 2, hand_at=middle)
                    found.append((cost, stance, side, middle))
        if not found:
            raise why
        _, stance, side, middle = min(found, key=lambda option: option[0])
        name = spoken(surface.id)
        wipe = Action(
            "wipe",
            f"wipes the top of the {name} with the {side} hand, to and fro",
            side=side,
            thing=surface.id,
            at=(float(middle[0]), float(middle[1]), surface.top),
            shift=(rule.DRIFT, rule.SPAN),
            strokes=rule.STROKES,
        )
        if stance.is_near(robot, THERE, THERE_ANGLE):
            return (wipe,)
        return (Action("walk", f"walks up to the {name}, within reach of its top", goal=stance), wipe)

    def expectation(self, args: Args) -> Expectation:
        """A hand passed over what the video wipes."""
        return Expectation("wiped", args["surface"], side=args.get("side"))


def _patches(surface: SceneObject, scene: Scene) -> Iterator[tuple[Array, float]]:
    """Middles (2,) [m] of patches along the edges that are free, and the heading of one who faces them [rad]."""
    way = (rule.DRIFT, rule.SPAN)
    for edge, normal, half in sides(surface):
        heading = inward(normal)
        along = np.array([-normal[1], normal[0]])
        reach = half - rule.SPAN / 2
        for aside in np.arange(-np.floor(reach / APART), np.floor(reach / APART) + 1) * APART:
            middle = edge - rule.BEHIND_EDGE * normal + aside * along
            free = rule.in_the_way(surface, middle, heading, way, scene.objects, ROOM) is None
            if free and rule.fits(surface, middle, heading, way):
                yield middle, heading
