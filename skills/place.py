"""Put down what one hand holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from exoactor.grasp import GRASPABLE
from exoactor.grip import MARGIN, TOPS, level_below
from exoactor.placing import LEVEL
from exoactor.stance import distance_to_footprint
from exoactor.types import Action, Catalogue, Expectation, Scene, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Fact, Skill, Symbols, robot_pose, seen_target, spoken
from skills.pick import HAND
from skills.put_down import seen_in_hands


class Place(Skill):
    """Let it down onto what is below it, upright, open the fingers, and step back."""

    name = "place"
    about = "Put the small thing that one hand holds upright onto the table below it, or onto a certain one."
    on_foot = True
    arguments = (
        Argument("object", "object", "id of the thing that is held", kinds=GRASPABLE),
        Argument("target", "object", "id of what it is put on; it is carried there first", False, TOPS),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_in_hands": "the robot does not hold it",
        "not_above": "it is not held above the target",
        "nothing_below": "what is below it is much nearer or further than in the imagined video",
        "never_let_down": "the imagined video does not let it down",
        "not_put_down": "it is not down on anything",
        "not_on_target": "it stands on something else",
        "toppled": "it lies on its side",
        "still_held": "the hand is still on it",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Also refuses tops that are too low or too high for one hand."""
        found = super().problems(args, catalogue)
        if found or not args.get("target"):
            return found
        height = next(float(item.size[2]) for item in catalogue if item.id == args["target"])
        if not LEVEL[0] <= height <= LEVEL[1]:
            found.append(f"place: {args['target']} is {height:.2f} m high, {LEVEL[0]} to {LEVEL[1]} m wanted")
        return found

    def preconditions(self, args: Args) -> tuple[Fact, ...]:
        """To be put on something it is picked up, if need be, and brought there."""
        if not args.get("target"):
            return ()
        return (Fact("holding", args["object"]), Fact("above", args["target"]))

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """It has to be held."""
        if symbols.holding == args["object"]:
            return None
        return f"{args['object']} cannot be placed: it is not held; pick it up first"

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """The hand is free."""
        return replace(symbols, holding=None, above=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """The thing goes down as far as there is nothing below it."""
        robot_pose(scene)
        thing = seen_in_hands(scene, args["object"])
        level = level_below(thing, scene)
        if args.get("target") is not None:
            target = seen_target(scene, args["target"])
            if distance_to_footprint(target, thing.position[:2]) > MARGIN:
                raise StageError("imagine", "not_above", f"{thing.id} is not held above {target.id}")
            level = target.top
        name = spoken(thing.id)
        text = f"puts the {name} down, lets go of it and takes the hand away"
        drop = float(thing.position[2]) - level
        return (Action("place", text, 0.4, side=HAND, thing=thing.id, rise=-drop),)

    def expectation(self, args: Args) -> Expectation:
        """Standing on the target, out of the hand."""
        return Expectation("placed", args["object"], on=args.get("target"))
