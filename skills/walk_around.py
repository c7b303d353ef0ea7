"""Walk round a thing to its far side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoactor.types import KINDS, Action, Array, Expectation, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import PERSON_HEIGHT, SEEN, SHORT_PERSON, contour_radius, is_free, is_in_view, visible_share

MARGINS = (0.75, 0.68, 0.60, 0.50)
"""Distances from the footprint to try, widest first [m]."""
SWEEPS_DEG = (180.0, 195.0, 165.0, 215.0, 235.0, 150.0)
"""Angles about the target's centre to try; the truth asks for 130. Those beyond half a round are for ends that the
target would hide from the camera."""
STEP_DEG = 30.0
STRIDE = 0.35
"""A walker's feet are this far off the path at most [m]; where they leave the image nothing can be imagined."""
CLEARANCE = 0.36
"""Distance of the way from other things [m]; a little more than the path planner keeps."""
CAN_BE_CIRCLED = tuple(kind for kind in KINDS if kind not in ("wall", "door"))


@dataclass(frozen=True)
class Loop:
    """One way round: floor points (N, 2) [m] in order, the last is the end, and the side it takes."""

    points: Array
    counter_clockwise: bool
    length: float


class WalkAround(Skill):
    """Half-way round the target at a hand's distance, on the side that is free."""

    name = "walk_around"
    about = "Walk round a thing to its far side."
    on_foot = True
    arguments = (Argument("target", "object", "id of the thing to go round", kinds=CAN_BE_CIRCLED),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "no_free_path": "neither way round the target is free and inside the camera's view",
        "not_far_enough": "did not get far enough round the target",
    }

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Beyond the target, facing nothing in particular."""
        return symbols.moved(near=None, facing=None)

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """One walk through points round the target, ending beyond it and looking ahead."""
        robot, target = robot_pose(scene), seen_target(scene, args["target"])
        loop = way_round(scene, target, robot)
        last = loop.points[-1]
        outward = np.arctan2(*(last - target.position[:2])[::-1])
        # Ending along the path spares the walker a turn on the spot after the last step.
        ahead = float(outward + (np.pi / 2 if loop.counter_clockwise else -np.pi / 2))
        goal = Pose2D(float(last[0]), float(last[1]), float(np.arctan2(np.sin(ahead), np.cos(ahead))))
        via = tuple((float(x), float(y)) for x, y in loop.points[:-1])
        return (Action("walk", f"walks round the {spoken(args['target'])} to its far side", goal=goal, via=via),)

    def expectation(self, args: Args) -> Expectation:
        """Round the target."""
        return Expectation("circled", args["target"])


def way_round(scene: Scene, target: SceneObject, robot: Pose2D) -> Loop:
    """The widest free loop whose end can be seen; of both directions the shorter one.

    Where no end can be seen, one that is hidden will do: the check then says what it could not tell.

    Raises:
        StageError: "imagine" no_free_path.
    """
    hidden: Loop | None = None
    for stride in (STRIDE, 0.0):
        for sweep in SWEEPS_DEG:
            for margin in MARGINS:
                loops = [_loop(target, robot, sweep, margin, ccw) for ccw in (True, False)]
                fine = [loop for loop in loops if _is_walkable(scene, target, robot, loop, stride)]
                seen = [loop for loop in fine if visible_share(scene, loop.points[-1]) >= SEEN]
                if seen:
                    return min(seen, key=lambda loop: loop.length)
                hidden = hidden or min(fine, key=lambda loop: loop.length, default=None)
    if hidden is not None:
        return hidden
    raise StageError("imagine", "no_free_path", f"neither way round {target.id} is free and inside the view")


def _loop(target: SceneObject, robot: Pose2D, sweep_deg: float, margin: float, counter_clockwise: bool) -> Loop:
    centre = target.position[:2]
    start = np.arctan2(*(robot.xy - centre)[::-1])
    count = int(np.ceil(sweep_deg / STEP_DEG))
    angles = start + (1 if counter_clockwise else -1) * np.radians(sweep_deg) * np.arange(1, count + 1) / count
    points = np.array([centre + contour_radius(target, a, margin) * np.array([np.cos(a), np.sin(a)]) for a in angles])
    steps = np.diff(np.vstack([robot.xy, points]), axis=0)
    return Loop(points, counter_clockwise, float(np.linalg.norm(steps, axis=1).sum()))


def _is_walkable(scene: Scene, target: SceneObject, robot: Pose2D, loop: Loop, stride: float) -> bool:
    """Free and in view, feet included: all corners and the middles between them.

    Leaving the start, nearness to things is not held against it.
    """
    corners = np.vstack([robot.xy, loop.points])
    middles = (corners[:-1] + corners[1:]) / 2
    places = np.vstack([loop.points, middles[1:]])
    height = PERSON_HEIGHT if stride == 0 else SHORT_PERSON
    return all(is_free(scene, p, (target.id,), CLEARANCE) and is_in_view(scene, p, height, stride) for p in places)
