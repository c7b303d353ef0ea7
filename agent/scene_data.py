"""The room as data for a language model: ids, kinds, colours, and where things are if somebody looked."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from exoactor.container import lies_in
from exoactor.grip import tops_below
from exoactor.stance import distance_to_footprint
from exoactor.types import Catalogue, Pose2D, Scene, SceneObject
from exoactor.types.rotations import wrap
from skills.base import ID_PATTERN, MIN_CONFIDENCE

RESTS = 0.08
"""What is no further above a top, or above the floor, stands on it [m]."""
_SIDES: Final = ("ahead", "left", "behind", "right")


def shown(catalogue: Catalogue) -> Catalogue:
    """The things that a model is told of: those whose id is an id. A name that is a sentence is not passed on."""
    return tuple(item for item in catalogue if ID_PATTERN.fullmatch(item.id))


def scene_data(catalogue: Catalogue, scene: Scene | None) -> list[dict[str, Any]]:
    """One object a thing: id, kind, color, movable, height_m; and, where it was seen, on, distance_m and direction.

    Args:
        catalogue: what is known to be there.
        scene: what was perceived; None when nobody looked.
    """
    data = []
    for item in shown(catalogue):
        color = item.color if ID_PATTERN.fullmatch(item.color) else "unknown"
        entry: dict[str, Any] = {"id": item.id, "kind": item.kind, "color": color, "movable": bool(item.movable)}
        entry["height_m"] = round(float(item.size[2]), 2)
        if scene is not None:
            thing = scene.get(item.id)
            entry |= {"seen": False} if thing is None or thing.confidence < MIN_CONFIDENCE else _where(thing, scene)
        data.append(entry)
    return data


def _where(thing: SceneObject, scene: Scene) -> dict[str, Any]:
    where: dict[str, Any] = {"seen": True, "on": _on(thing, scene)}
    if thing.lies:
        where["toppled"] = True
    if scene.robot is not None:
        where["distance_m"] = round(distance_to_footprint(thing, scene.robot.xy), 1)
        where["direction"] = _direction(scene.robot, thing)
    return where


def _on(thing: SceneObject, scene: Scene) -> str | None:
    """Id of what it stands on or is in, "floor", or None where that is not sure."""
    if (container := lies_in(thing, scene.objects)) is not None:
        return container.id if ID_PATTERN.fullmatch(container.id) else None
    height = float(thing.position[2])
    below = next((o for o in tops_below(thing, scene) if abs(o.top - height) < RESTS), None)
    if below is not None and ID_PATTERN.fullmatch(below.id):
        return below.id
    return "floor" if abs(height) < RESTS else None


def _direction(robot: Pose2D, thing: SceneObject) -> str:
    delta = np.asarray(thing.position)[:2] - robot.xy
    angle = float(wrap(np.arctan2(delta[1], delta[0]) - robot.yaw))
    return _SIDES[round(angle / (np.pi / 2)) % 4]
