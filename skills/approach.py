"""From which side a thing is come to, where that is asked for: as the robot sees the thing from where it stands."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from exoactor.stance import inward, sides, support_of
from exoactor.types import Scene, StageError
from exoactor.types.rotations import wrap
from skills.base import Args, Argument, robot_pose, seen_target, spoken

TURNS = {"far": np.pi, "left": -np.pi / 2, "right": np.pi / 2}
"""From facing the thing now to facing it from that side of it [rad]; the first of them shows the camera as much of what
is done as the near side does, the others may hide it."""
SAME = np.pi / 4
"""Headings that differ by less are of one side [rad]."""
ARGUMENTS = (
    Argument(
        "approach",
        "approach",
        "the side of it to stand at: left, right or far, as the robot sees it; the best by default",
        False,
    ),
    Argument("toward", "degrees", "heading in the world of who stands there, once it has been seen", False),
)
SIDE_FAILURES = {"no_side": "it has no such side, or is not to be held from there"}


def edges(scene: Scene, id: str) -> tuple[float, ...]:
    """Headings of those who stand before a side of a thing, or of what carries it [rad]."""
    thing = seen_target(scene, id)
    return tuple(inward(normal) for _, normal, _ in sides(support_of(thing, scene.objects) or thing))


def settled(scene: Scene, args: Args, id: str, headings: Iterable[float]) -> Args:
    """The side as one in the world, where one is asked for: left and right are those of the robot before it walks.

    Args:
        scene: as perceived.
        args: of the skill.
        id: of the thing.
        headings: from which it can be come to [rad].

    Raises:
        StageError: "perceive" robot_not_seen or target_not_seen; "imagine" no_side.
    """
    if "approach" not in args or "toward" in args:
        return args
    way = seen_target(scene, id).position[:2] - robot_pose(scene).xy
    asked = float(np.arctan2(way[1], way[0])) + TURNS[args["approach"]]
    toward = min(headings, key=lambda heading: abs(float(wrap(heading - asked))))
    if abs(float(wrap(toward - asked))) > SAME + 0.05:
        raise StageError(
            "imagine", "no_side", f"{id} cannot be come to from the {args['approach']}; leave the side out"
        )
    return {**args, "toward": round(float(np.degrees(wrap(toward))), 1)}


def fits(args: Args, heading: float) -> bool:
    """Whether who faces along `heading` [rad] stands at the side that is asked for; any side where none is."""
    return "toward" not in args or abs(float(wrap(heading - np.radians(args["toward"])))) < SAME


def is_shown(scene: Scene, id: str, heading: float) -> bool:
    """Whether the camera looks across at who faces a thing along `heading` [rad], not along the arms.

    Of hands that come towards the camera, or go away from it, no video shows how far they reach.
    """
    view = seen_target(scene, id).position[:2] - scene.camera.position[:2]
    along = float(wrap(np.arctan2(view[1], view[0]) - heading))
    return bool(abs(np.cos(along)) < np.cos(SAME))


def side_of(args: Args, id: str) -> str:
    """What is considered, as a refusal begins."""
    return f"not the {args['approach']} side of {id}, which is asked for," if "approach" in args else f"no side of {id}"


def way_to(args: Args, id: str) -> str:
    """What the person in the video does first; left and right would be read as those of who watches."""
    return f"goes round to another side of the {spoken(id)}" if "approach" in args else f"walks up to the {spoken(id)}"
