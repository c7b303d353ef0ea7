"""Put down what one hand holds, on a top or into a basket or bin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from exoactor.container import (
    BESIDE,
    BESIDE_IT,
    CONTAINERS,
    RIMS,
    is_container,
    is_wide_enough,
    let_go_at,
    opening,
    receives,
)
from exoactor.grasp import GRASPABLE, Side, hand_that_holds
from exoactor.grip import MARGIN, TOPS, level_below
from exoactor.placing import LEVEL
from exoactor.stance import distance_to_footprint
from exoactor.types import Action, Catalogue, Expectation, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Fact, Skill, Symbols, robot_pose, seen_target, spoken
from skills.put_down import seen_in_hands

INTO = "in"
"""The relation to what is open above; without one a thing is put on something."""


class Place(Skill):
    """Let it down onto what is below it, upright, or let it drop into a basket; open the fingers, and step back."""

    name = "place"
    about = (
        "Put the small thing that one hand holds upright onto the table below it, or onto a certain one, or let it "
        "drop into a basket or bin."
    )
    on_foot = True
    arguments = (
        Argument("object", "object", "id of the thing that is held", kinds=GRASPABLE),
        Argument(
            "target", "object", "id of what it is put on or in; it is carried there first", False, TOPS + CONTAINERS
        ),
        Argument("relation", "relation", "on (the default) or in; in for baskets and bins", False),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "not_in_hands": "the robot does not hold it",
        "not_above": "it is not held above the target",
        "rim_out_of_reach": "the rim of the basket or bin is too low or too high for one hand",
        "nothing_below": "what is below it is much nearer or further than in the imagined video",
        "never_let_down": "the imagined video does not let it down, or not into the target",
        "hand_stays_open": "in the imagined video the fingers never close round it",
        "not_put_down": "it is not down on anything",
        "not_on_target": "it stands on something else",
        "not_in_target": "it is not inside the basket or bin",
        "not_seen_inside": "it is seen nowhere, and where it could be beside the basket or bin was not seen either",
        "toppled": "it lies on its side",
        "still_held": "the hand is still on it",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Also refuses tops that are too low or too high for one hand, and what is not open or not wide enough."""
        found = super().problems(args, catalogue)
        if not args.get("target") and args.get("relation") == INTO:
            found.append(f"place: relation 'in' needs a target, a {' or '.join(CONTAINERS)}")
        if found or not args.get("target"):
            return found
        items = {item.id: item for item in catalogue}
        target, thing = items[args["target"]], items[args["object"]]
        if (args.get("relation") == INTO) != is_container(target):
            how = "open above: say relation 'in'" if is_container(target) else f"no {' or '.join(CONTAINERS)}: 'on' it"
            return [f"place: {target.id} is a {target.kind}, {how}"]
        height = float(target.size[2])
        if not is_container(target) and not LEVEL[0] <= height <= LEVEL[1]:
            found.append(f"place: {target.id} is {height:.2f} m high, {LEVEL[0]} to {LEVEL[1]} m wanted")
        if is_container(target) and not target.movable and (why := _rim_out_of_reach(target.id, height)) is not None:
            found.append(f"place: {why}")  # what cannot be moved stands on the floor
        if is_container(target) and not is_wide_enough(target, thing):
            wide = float(max(thing.size[:2])) + 2 * BESIDE
            found.append(f"place: the opening of {target.id} is too small for {thing.id}, which needs {wide:.2f} m")
        return found

    def preconditions(self, args: Args) -> tuple[Fact, ...]:
        """To be put on something it is picked up, if need be, and brought there."""
        if not args.get("target"):
            return ()
        return (Fact("holding", args["object"]), Fact("above", args["target"]))

    def hindrance(self, symbols: Symbols, args: Args) -> str | None:
        """It has to be held; and a rim as low as that of a basket on the floor is out of reach of a hand."""
        if symbols.holding != args["object"]:
            return f"{args['object']} cannot be placed: it is not held; pick it up first"
        rim = symbols.tops.get(args.get("target") or "")
        return None if rim is None or args.get("relation") != INTO else _rim_out_of_reach(args["target"], rim)

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """The hand is free."""
        return replace(symbols, holding=None, above=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """The thing goes down as far as there is nothing below it, or to above the rim and then falls."""
        robot, thing = robot_pose(scene), seen_in_hands(scene, args["object"])
        side = hand_that_holds(thing, robot)
        name = spoken(thing.id)
        if args.get("relation") == INTO:
            return (_drop(thing, seen_target(scene, args["target"]), side),)
        below = (o.id for o in scene.objects if is_container(o.item) and not opening(o).distance(thing.position[:2]))
        if args.get("target") is None and (container := next(below, None)) is not None:
            raise StageError("imagine", "not_above", f"{thing.id} is held over {container}; say that it goes into it")
        level = level_below(thing, scene)
        if args.get("target") is not None:
            target = seen_target(scene, args["target"])
            if distance_to_footprint(target, thing.position[:2]) > MARGIN:
                raise StageError("imagine", "not_above", f"{thing.id} is not held above {target.id}")
            level = target.top
        text = f"puts the {name} down, lets go of it and takes the hand away"
        drop = float(thing.position[2]) - level
        return (Action("place", text, 0.4, side=side, thing=thing.id, rise=-drop),)

    def expectation(self, args: Args) -> Expectation:
        """Standing on the target or inside it, out of the hand."""
        return Expectation("placed", args["object"], on=args.get("target"), inside=args.get("relation") == INTO)


def _rim_out_of_reach(target: str, rim: float) -> str | None:
    """Why no hand reaches over a rim of that height [m], or None."""
    if RIMS[0] <= rim <= RIMS[1]:
        return None
    return f"the rim of {target} is {rim:.2f} m high, {RIMS[0]} to {RIMS[1]} m wanted"


def _drop(thing: SceneObject, target: SceneObject, side: Side) -> Action:
    """The hand goes over the opening and opens above the rim."""
    if (why := _rim_out_of_reach(target.id, target.top)) is not None:
        raise StageError("imagine", "rim_out_of_reach", why)
    at = let_go_at(target, thing, thing.position[:2])
    aside = at[:2] - thing.position[:2]
    if not receives(target, thing) or float(np.linalg.norm(aside)) > BESIDE_IT:
        raise StageError("imagine", "not_above", f"{thing.id} is not held above the opening of {target.id}")
    text = f"holds the {spoken(thing.id)} over the {spoken(target.id)}, lets it drop into it and takes the hand away"
    return Action(
        "place",
        text,
        0.4,
        side=side,
        thing=thing.id,
        rise=float(at[2] - thing.position[2]),
        shift=(float(aside[0]), float(aside[1])),
        drop=float(at[2]) - opening(target).floor,
    )
