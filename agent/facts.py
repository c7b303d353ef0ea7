"""What a look says of things: seen, on, at, facing; true, false, or not to be told. Nothing else is asked."""

from __future__ import annotations

import numpy as np

from exoactor.container import lies_in
from exoactor.stance import distance_to_footprint, support_of
from exoactor.types import Scene, SceneObject
from skills import places
from skills.base import MIN_CONFIDENCE

NEAR = 0.75
"""The robot is at a thing within this of it [m]; where one stands to be at it is 0.45 m from it."""
FACED = float(np.radians(20.0))
"""It faces what lies within this of straight ahead [rad]."""

Told = bool | None
"""Whether something is so; None where the look does not tell."""


def found(scene: Scene, id: str) -> SceneObject | None:
    """The thing, if it was seen well enough to be acted on."""
    thing = scene.get(id)
    return None if thing is None or thing.confidence < MIN_CONFIDENCE else thing


def on(scene: Scene, id: str, support: str) -> Told:
    """Whether a thing stands or lies on another or in it, or on the "floor"."""
    thing = found(scene, id)
    if thing is None:
        return None
    below = lies_in(thing, scene.objects) or support_of(thing, scene.objects)
    return support == ("floor" if below is None else below.id)


def things_on(scene: Scene, support: str) -> list[SceneObject]:
    """What is seen to stand or lie on a thing."""
    return [o for o in scene.objects if found(scene, o.id) and on(scene, o.id, support)]


def at(scene: Scene, id: str) -> Told:
    """Whether the robot stands at a thing."""
    thing = found(scene, id)
    if thing is None or scene.robot is None:
        return None
    return distance_to_footprint(thing, scene.robot.xy) <= NEAR


def facing(scene: Scene, id: str) -> Told:
    """Whether the robot faces a thing: some of it is straight ahead."""
    thing = found(scene, id)
    if thing is None or scene.robot is None:
        return None
    ahead = distance_to_footprint(thing, scene.robot.xy)
    along = scene.robot.ahead(ahead + 0.1).xy
    return distance_to_footprint(thing, along) < 0.1 or abs(bearing(scene, thing)) <= FACED


def bearing(scene: Scene, thing: SceneObject) -> float:
    """Angle of a thing's middle from straight ahead of the robot, positive to its left [rad]; 0 if it is not seen."""
    return 0.0 if scene.robot is None else places.bearing(scene.robot, thing.position)


def distance(scene: Scene, thing: SceneObject) -> float | None:
    """From the robot to the nearest side of a thing [m]; None if the robot is not seen."""
    return None if scene.robot is None else distance_to_footprint(thing, scene.robot.xy)
