"""Put down what both hands hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from exoactor.grip import TOPS, level_below, tops_below
from exoactor.placing import HIGHEST
from exoactor.types import Action, Catalogue, Expectation, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Fact, Skill, Symbols, robot_pose, spoken
from skills.lift import LIFTABLE

HELD_CONFIDENCE = 0.1
"""Hands hide a part of what they hold, and it is seldom quite upright: less is asked of it than of other targets."""
LYING = 0.05
"""A thing on its side that is less than this above what is below it lies there [m]."""


class PutDown(Skill):
    """Let it down onto what is below it, open the hands, and stand up."""

    name = "put_down"
    about = "Put the thing that is held down again, on what is below it, or on a certain thing."
    on_foot = True
    arguments = (
        Argument("target", "object", "id of the thing that is held", kinds=LIFTABLE),
        Argument("on", "object", "id of what it is put on; it is carried there first", required=False, kinds=TOPS),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_in_hands": "the robot does not hold it",
        "nothing_below": "what is below it is much nearer or further than in the imagined video",
        "elsewhere": "it is not over what it is to stand on, or not on it",
        "never_let_down": "the imagined video does not let it down",
        "not_put_down": "it is not down on anything",
        "toppled": "it lies on its side",
        "still_held": "the hands are still on it",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Also refuses tops that are too high, and to put a thing on itself."""
        found = super().problems(args, catalogue)
        if found or not args.get("on"):
            return found
        if args["on"] == args["target"]:
            found.append(f"put_down: {args['on']} cannot stand on itself")
        height = next(float(item.size[2]) for item in catalogue if item.id == args["on"])
        if height > HIGHEST:
            found.append(f"put_down: {args['on']} is {height:.2f} m high, {HIGHEST} m at most")
        return found

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """It has to be held."""
        if symbols.holding == args["target"]:
            return None
        return f"{args['target']} cannot be put down: it is not held; lift it first"

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """The hands are free."""
        return replace(symbols, holding=None)

    def preconditions(self, args: Args) -> tuple[Fact, ...]:
        """To be put on something it is lifted, if need be, and brought there."""
        return (Fact("holding", args["target"]), Fact("near", args["on"])) if args.get("on") else ()

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """The thing goes down as far as there is nothing below it."""
        robot_pose(scene)
        target = seen_in_hands(scene, args["target"])
        on = args.get("on")
        if on and all(below.id != on for below in tops_below(target, scene)):
            raise StageError("imagine", "elsewhere", f"{target.id} is not held over {on}")
        drop = float(target.position[2]) - level_below(target, scene)
        if target.lies and drop < LYING:
            raise StageError("perceive", "toppled", f"{target.id} is not in the robot's hands: it lies on its side")
        text = f"puts the {spoken(target.id)} down, lets go of it and stands up"
        return (Action("put_down", text, 0.4, thing=target.id, rise=-drop),)

    def expectation(self, args: Args) -> Expectation:
        """Standing, out of the hands."""
        return Expectation("put_down", args["target"], on=args.get("on"))


def seen_in_hands(scene: Scene, id: str) -> SceneObject:
    """A thing that the robot holds, or `StageError("perceive", "target_not_seen")`."""
    target = scene.get(id)
    if target is None or target.confidence < HELD_CONFIDENCE:
        raise StageError("perceive", "target_not_seen", f"{id} is not seen in the robot's hands")
    return target
