"""Sweep a small thing off a table with one hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from exoactor import push as rule
from exoactor.grasp import Side
from exoactor.stance import support_of
from exoactor.types import Action, Expectation, Pose2D, Scene, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import effort
from skills.push import THERE, THERE_ANGLE, beside, refuse_on_table

SWEPT = ("bottle", "can", "ball", "box", "cylinder")
FARTHEST = 0.60
"""From the thing to an edge that a hand sweeps it over [m]."""


class Sweep(Skill):
    """Stand before the table, a hand on the thing's far side from an edge beside it; push it over that edge."""

    name = "sweep"
    about = "Sweep a small thing, such as a bottle or a can, off the side of the table it stands on, onto the floor."
    arguments = (Argument("object", "object", "id of the thing to sweep off", kinds=SWEPT),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "fixed": "it cannot be moved",
        "too_large": "one hand does not sweep a thing so wide",
        "not_on_anything": "it stands on the floor",
        "not_on_a_table": "what it stands on is too low or too high",
        "in_the_way": "something stands between it and every edge that is near enough",
        "no_free_place": "there is no room in view to stand where it is reached",
        "out_of_reach": "it stands too far from every edge",
        "never_pushed": "the imagined video does not sweep it off",
        "not_in_place": "the robot did not get near enough to reach it",
        "still_on_it": "it is still on what it stood on",
        "top_not_seen": "it is not seen, but neither is all of what it stood on",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near what it stood on; the thing itself is somewhere on the floor."""
        return replace(symbols, near=None, facing=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to before the table, if need be, and the sweep over the edge that costs least."""
        robot, thing = robot_pose(scene), seen_target(scene, args["object"])
        if not thing.item.movable:
            raise StageError("imagine", "fixed", f"{thing.id} stays where it is")
        carrier = support_of(thing, scene.objects)
        if carrier is None:
            raise StageError("imagine", "not_on_anything", f"{thing.id} is on the floor")
        refuse_on_table(thing, carrier)
        others = [o for o in scene.objects if o.id not in (thing.id, carrier.id)]
        why = StageError("imagine", "out_of_reach", f"{thing.id} is more than {FARTHEST} m from every edge")
        found: list[tuple[float, Pose2D, Side, float, float]] = []
        for toward in rule.axes(carrier):
            edge = rule.to_edge(thing, toward, carrier)
            if edge > FARTHEST:
                continue
            way = edge + rule.OVER_EDGE
            direction = np.array([np.cos(toward), np.sin(toward)])
            # what falls goes on a little
            blocker = rule.meets(thing, (way + 0.15) * direction, others)
            if blocker is not None:
                why = StageError("imagine", "in_the_way", f"{blocker} stands between {thing.id} and the edge")
                continue
            try:
                stance, side = beside(scene, thing, carrier, robot, toward, way)
            except StageError as error:
                why = error
                continue
            found.append((effort(scene, robot, stance) + 2.0 * edge, stance, side, toward, way))
        if not found:
            raise why
        _, stance, side, toward, way = min(found, key=lambda option: option[0])
        name = spoken(thing.id)
        sweep = Action(
            "push",
            f"sweeps the {name} off the {spoken(carrier.id)} with the {side} hand",
            side=side,
            thing=thing.id,
            rise=-float(thing.position[2]),
            shift=(float(way * np.cos(toward)), float(way * np.sin(toward))),
        )
        if stance.is_near(robot, THERE, THERE_ANGLE):
            return (sweep,)
        return (Action("walk", f"walks up to the {spoken(carrier.id)}, within reach of the {name}", goal=stance), sweep)

    def expectation(self, args: Args) -> Expectation:
        """No longer on what it stood on, and lower."""
        return Expectation("swept", args["object"])
