"""Sit down on a chair, a bench or a low box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from exoactor.seat import HEIGHTS, SEATS, Seat, is_seat, seats
from exoactor.types import Action, Catalogue, Expectation, Pose2D, Scene, SceneObject, StageError
from skills.base import COMMON_FAILURES, Args, Argument, Skill, Symbols, robot_pose, seen_target, spoken
from skills.places import PERSON_HEIGHT, SHORT_PERSON, effort, is_free, is_in_view

BEFORE = 0.17
"""A person who is about to sit stands with the hips so far before the edge, the calves nearly at it [m]."""
APPROACH = 0.55
"""And comes there by stepping back from here, where one can turn round [m]."""
SECONDS = 2.5
"""For how long the person is seen sitting [s]."""
TAKEN = 0.02
"""A thing whose footprint is nearer than this to the middle of a seat stands on it or under it [m]."""


class SitOn(Skill):
    """Walk before the seat, turn the back to it, step back until the calves are near it, and sit down."""

    name = "sit_on"
    about = "Walk to a chair, a bench or a low box and sit down on it."
    on_foot = True
    arguments = (Argument("target", "object", "id of what to sit on", kinds=SEATS),)
    failure_codes: ClassVar[Mapping[str, str]] = {
        **COMMON_FAILURES,
        "no_free_place": "before the seat there is no room to stand inside the camera's view",
        "seat_taken": "something stands on the seat",
        "no_seat": "it has no side that can be sat on from where the person stands",
        "never_sat": "the imagined video does not sit down on it",
        "not_in_place": "the robot did not get near enough to the seat",
        "seat_not_felt": "lowering itself the robot did not feel the seat, and stood up again",
        "not_seated": "the robot does not sit on it",
        "perched": "it sits on the edge only",
        "slumped": "it sits, but not upright",
        "restless": "it did not come to rest on the seat",
        "hands_on": "its hands are on the seat",
    }

    def problems(self, args: Args, catalogue: Catalogue) -> list[str]:
        """Also refuses what is too high, too low or too small to be sat on."""
        found = super().problems(args, catalogue)
        if not found:
            item = next(item for item in catalogue if item.id == args["target"])
            if not is_seat(item):
                low, high = HEIGHTS
                found.append(f"sit_on: {item.id} is no seat; one is {low} to {high} m high and big enough to sit on")
            elif item.movable:
                found.append(f"sit_on: {item.id} can be moved and would slide away; only what stands fast is sat on")
        return found

    def effects(self, symbols: Symbols, args: Args) -> Symbols:
        """Sitting on the target."""
        return replace(symbols, near=args["target"], facing=None, seat=args["target"])

    def actions(self, scene: Scene, args: Args) -> tuple[Action, ...]:
        """A walk to before the seat, a step or two back to it, and sitting down."""
        robot, target = robot_pose(scene), seen_target(scene, args["target"])
        seat = _best_seat(scene, target, robot)
        name = spoken(target.id)
        back = seat.stance(BEFORE)
        sit = Action("sit", f"sits down on the {name} and stays seated", SECONDS, thing=target.id)
        there = f"walks to the {name}, turns round and stands with the back to it"
        return (
            Action("walk", there, goal=seat.stance(APPROACH)),
            Action("walk", f"steps back until the calves nearly touch the {name}", goal=back),
            sit,
        )

    def expectation(self, args: Args) -> Expectation:
        """Seated on the target."""
        return Expectation("seated", args["target"])


def _best_seat(scene: Scene, target: SceneObject, robot: Pose2D) -> Seat:
    """The side of the target that is easiest to get to, free and in view."""
    found: list[tuple[float, Seat]] = []
    sides = seats(target)
    if not sides:
        raise StageError("perceive", "no_seat", f"{target.id} lies, or has no side to sit on")
    others = [o for o in scene.objects if o.id != target.id]
    on_it = [o.id for o in others if o.distance(np.append(target.position[:2], sides[0].height)[None])[0] < TAKEN]
    if on_it:
        raise StageError("imagine", "seat_taken", f"{', '.join(on_it)} on {target.id}: take it away first")
    for seat in sides:
        places = (seat.stance(APPROACH), seat.stance(BEFORE))
        free = is_free(scene, places[0].xy, (target.id,)) and is_free(scene, places[1].xy, (target.id,), BEFORE)
        height = next((h for h in (PERSON_HEIGHT, SHORT_PERSON) if is_in_view(scene, places[0].xy, h)), None)
        if free and height is not None:
            found.append((effort(scene, robot, places[0]), seat))
    if not found:
        raise StageError("imagine", "no_free_place", f"before {target.id} there is no room to stand in view")
    return min(found, key=lambda pair: pair[0])[1]
