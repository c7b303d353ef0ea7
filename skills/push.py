"""Push a thing: with both palms over the floor while walking, or with one hand along the edge of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from exoactor import push as rule
from exoactor.grasp import FARTHEST, SIDES, Side
from exoactor.stance import nearest_point, support_of
from exoactor.types import Action, Catalogue, Expectation, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import effort, is_room

PUSHED = ("box", "chair", "cylinder", "bottle", "can", "ball")
OVER_FLOOR = ("box", "chair")
"""What both palms push has a flat back; hands slip under the top of a light table and drag it along when they leave."""
WIDEST = 0.26
"""What one hand pushes is no wider than this [m]."""
FAR, LEAST = (0.4, 0.25), (0.3, 0.2)
"""How far a thing is pushed over the floor and on a table, and with less room at least [m]."""
FAR_TO = (0.8, 0.25)
"""The same to another thing, in one push; further off, it takes more than one."""
NEAR_TO = 0.12
"""What has less way to another thing is there [m]."""
LEVEL = (0.5, 0.95)
"""Least and most height of a table on which one hand pushes [m]."""
THERE, THERE_ANGLE = 0.08, np.radians(8.0)
"""Nearer than this to the stance [m], and turned to it, nobody takes a step."""
TURNS = {"forward": 0.0, "left": np.pi / 2, "right": -np.pi / 2}
"""Directions as seen by the robot that looks at the thing [rad]."""


class Push(Skill):
    """Stand on the far side of where it is to go; push it there."""

    name = "push"
    about = (
        "Push a thing away from the robot, or to its left or right: a large one over the floor with both hands, "
        "a small one along the edge of a table with one."
    )
    arguments = (
        Argument("object", "object", "id of the thing to push", kinds=PUSHED),
        Argument("direction", "direction", "where to, as the robot sees it; forward by default", False),
        Argument("to", "object", "id of a thing to push it up to, in place of a direction", False),
        Argument("toward", "degrees", "the same in the world, once it has been seen", False),
    )
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "fixed": "it cannot be moved",
        "toppled": "it lies; somebody has to set it up",
        "too_low": "on the floor it is lower than the hands of a robot that walks",
        "too_large": "one hand does not push a thing so wide on a table",
        "no_side": "it has no flat side that is pushed in that direction; a chair is pushed by its back",
        "already_there": "it stands before what it is to be pushed to",
        "too_far": "it is nearer to what it is to be pushed to, and not there yet",
        "in_the_way": "something stands where it would go",
        "would_fall": "it would go over the edge of what it stands on; that would be a sweep",
        "not_on_a_table": "what it stands on is too low or too high to push things on it",
        "no_free_place": "there is no room in view to stand behind it",
        "out_of_reach": "on the table it stands too far from every edge along which it is to go",
        "never_pushed": "the imagined video does not push it",
        "not_in_place": "the robot did not get near enough to reach it",
        "not_moved": "it stands where it stood; it may be too heavy",
        "moved_too_little": "it moved, but less than a hand's breadth or two",
        "elsewhere": "it went another way",
        "fell_off": "it is no longer on what it stood on",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """One direction, not up to itself."""
        found = super().problems(args, catalogue)
        if not found and "to" in args and "direction" in args:
            found.append("push: either a direction or a thing to push it to can be given")
        if not found and args.get("to") == args["object"]:
            found.append(f"push: {args['to']} cannot be pushed to itself")
        return found

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Near the thing, facing it."""
        return replace(symbols, near=args["object"], facing=args["object"])

    def settled(self, scene: Scene, args: Args) -> Args:
        """Left and right are those of the robot before it walked round the thing."""
        if "toward" in args:
            return args
        robot, thing = robot_pose(scene), seen_target(scene, args["object"])
        if "to" in args:
            goal = seen_target(scene, args["to"])
            way = nearest_point(goal, thing.position[:2]) - thing.position[:2]
        else:
            way = thing.position[:2] - robot.xy
        toward = float(np.arctan2(way[1], way[0])) + TURNS[args.get("direction", "forward")]
        carrier = support_of(thing, scene.objects)
        if carrier is not None:
            toward = min(rule.axes(carrier), key=lambda axis: abs(float(wrap(axis - toward))))
        else:
            toward = rule.nearest_heading(thing, toward) or toward
        return {**args, "toward": round(float(np.degrees(wrap(toward))), 1)}

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to behind the thing, if need be, and the push."""
        robot, thing = robot_pose(scene), seen_target(scene, args["object"])
        if not thing.item.movable:
            raise StageError("imagine", "fixed", f"{thing.id} stays where it is")
        if thing.lies:
            raise StageError("perceive", "toppled", f"{thing.id} lies")
        toward = float(np.radians(self.settled(scene, args)["toward"]))
        carrier = support_of(thing, scene.objects)
        name = spoken(thing.id)
        others, most = _up_to(scene, thing, toward, args.get("to"), on_floor=carrier is None)
        if carrier is None:
            stance, way = _behind(scene, thing, toward, others, most)
            push = Action(
                "push",
                f"pushes the {name} straight ahead with both hands, walking behind it",
                goal=stance.ahead(way),
                thing=thing.id,
                shift=_pair(way * stance.forward),
            )
        else:
            way = _room_on(thing, carrier, toward, others, most)
            stance, side = beside(scene, thing, carrier, robot, toward, way)
            shift = way * np.array([np.cos(toward), np.sin(toward)])
            where = "left" if side == "right" else "right"
            text = f"pushes the {name} to the {where} with one hand"
            push = Action("push", text, side=side, thing=thing.id, shift=_pair(shift))
        if stance.is_near(robot, THERE, THERE_ANGLE):
            return (push,)
        return (Action("walk", f"walks up to the {name}, behind where it is to go", goal=stance), push)

    def expectation(self, args: Args) -> Expectation:
        """Further that way, upright."""
        toward = args.get("toward")
        heading = None if toward is None else float(np.radians(toward))
        return Expectation("pushed", args["object"], on=args.get("to"), toward=heading)


def beside(
    scene: Scene, thing: SceneObject, carrier: SceneObject, robot: Pose2D, toward: float, way: float
) -> tuple[Pose2D, Side]:
    """The better stance of one whose hand pushes a thing along the edge of what carries it, and the hand.

    Args:
        scene: as perceived.
        thing: what is pushed.
        carrier: what it stands on.
        robot: where the robot stands.
        toward: the direction, one of the carrier's [rad].
        way: how far the thing goes [m].

    Raises:
        StageError: ("imagine", "out_of_reach") or ("imagine", "no_free_place").
    """
    why = ("no_free_place", f"no side of {carrier.id} from which {thing.id} is pushed so has room to stand in view")
    found: list[tuple[float, Pose2D, Side]] = []
    on_it = {o.id for o in scene.objects if support_of(o, scene.objects) is carrier}
    for side in SIDES:
        stance, ahead = rule.stance_beside(thing, toward, side, carrier, way)
        if ahead > FARTHEST:
            why = ("out_of_reach", f"{thing.id} is {ahead:.2f} m from where one can stand, {FARTHEST} m at most")
        elif is_room(scene, stance, (carrier.id, *on_it)):
            found.append((effort(scene, robot, stance), stance, side))
    if not found:
        raise StageError("imagine", *why)
    _, stance, hand = min(found, key=lambda option: option[0])
    return stance, hand


def _up_to(
    scene: Scene, thing: SceneObject, toward: float, to: str | None, *, on_floor: bool
) -> tuple[list[SceneObject], float]:
    """What must not be in the way, and how far the thing is to go [m]."""
    around = [o for o in scene.objects if o.id != thing.id]
    if to is None:
        return around, FAR[0 if on_floor else 1]
    way = rule.way_up_to(thing, toward, seen_target(scene, to), FAR_TO[0 if on_floor else 1])
    if way is None:
        raise StageError("imagine", "no_side", f"pushed straight, {thing.id} would pass beside {to}")
    if way < NEAR_TO:
        raise StageError("imagine", "already_there", f"{thing.id} stands {max(way, 0):.2f} m from where it would stop")
    return [o for o in around if o.id != to], way


def _behind(
    scene: Scene, thing: SceneObject, toward: float, others: list[SceneObject], most: float
) -> tuple[Pose2D, float]:
    """The stance behind a thing on the floor, and how far it can go [m]."""
    if thing.item.kind not in OVER_FLOOR:
        flat = " or a ".join(OVER_FLOOR)
        raise StageError("imagine", "no_side", f"over the floor a {flat} is pushed, {thing.id} is a {thing.item.kind}")
    if thing.item.size[2] < rule.LOWEST:
        tall = f"{thing.id} is {thing.item.size[2]:.2f} m high, {rule.LOWEST} m at least"
        raise StageError("imagine", "too_low", tall)
    heading = rule.nearest_heading(thing, toward)
    if heading is None:
        raise StageError("imagine", "no_side", f"{thing.id} has no side that is pushed in that direction")
    stance = rule.stance_to_push(thing, heading)
    on_it = tuple(o.id for o in scene.objects if support_of(o, scene.objects) is thing)
    others = [o for o in others if o.id not in on_it]
    if not is_room(scene, stance, (thing.id, *on_it)):
        raise StageError("imagine", "no_free_place", f"behind {thing.id} there is no room to stand in view")
    blocker = ""
    for way in (most, min(most, LEAST[0])):
        blocker = rule.meets(thing, way * stance.forward, others) or ""
        if not blocker and is_room(scene, stance.ahead(way), (thing.id, *on_it)):
            return stance, way
    why = f"{blocker} stands where {thing.id} would go" if blocker else f"{thing.id} would be pushed out of view"
    raise StageError("imagine", "in_the_way" if blocker else "no_free_place", why)


def refuse_on_table(thing: SceneObject, carrier: SceneObject) -> None:
    """Refuse what one hand does not push.

    Raises:
        StageError: ("imagine", "too_large") or ("imagine", "not_on_a_table").
    """
    if float(max(thing.item.size[:2])) > WIDEST:
        raise StageError("imagine", "too_large", f"{thing.id} is wider than {WIDEST} m")
    if not LEVEL[0] <= carrier.top <= LEVEL[1]:
        raise StageError("imagine", "not_on_a_table", f"{carrier.id} is {carrier.top:.2f} m high, {LEVEL} m wanted")


def _room_on(thing: SceneObject, carrier: SceneObject, toward: float, others: list[SceneObject], most: float) -> float:
    """How far a thing can be pushed on what carries it [m]."""
    refuse_on_table(thing, carrier)
    others = [o for o in others if o.id != carrier.id]
    half = rule.half_along(thing.item, thing.yaw, toward)
    way = min(most, rule.to_edge(thing, toward, carrier) - half - rule.ONTO_EDGE)
    if way < min(most, LEAST[1]):
        raise StageError("imagine", "would_fall", f"{thing.id} would go over the edge of {carrier.id}")
    blocker = rule.meets(thing, way * np.array([np.cos(toward), np.sin(toward)]), others)
    if blocker is not None:
        raise StageError("imagine", "in_the_way", f"{blocker} stands where {thing.id} would go")
    return way


def _pair(vector: Any) -> tuple[float, float]:
    return float(vector[0]), float(vector[1])
