"""A small thing that a hand holds: fingers hide it, and what is as near to the hand counts as a part of the robot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from exoactor.colour import ACHROMATIC
from exoactor.perceive.cloud import cloud_of, window_of
from exoactor.perceive.coloured import Coloured
from exoactor.types import Array, CatalogueItem, Observation, Scene, SceneObject

CONFIDENCE = 0.7
"""Of a thing whose colour is seen where the arm says that its hand holds it."""
LEAST = 10
"""Pixels of its colour that must be seen: of a can in a hand there are a few dozen at 3 m."""


def with_held(
    scene: Scene,
    observation: Observation,
    item: CatalogueItem,
    underside: Array,
    coloured: Coloured,
    order: Sequence[str],
) -> Scene:
    """The scene with a held thing where the arm says that it is, if its colour is seen there; else without it.

    Args:
        scene: as perceived.
        observation: the same look.
        item: the thing.
        underside: (3,) the middle of its underside, by the arm's encoders [m].
        coloured: tells which pixels have its colour.
        order: ids in the order of the catalogue.
    """
    middle = np.asarray(underside) + np.array([0.0, 0.0, item.size[2] / 2])
    felt = observation.proprioception.pose
    window = None if felt is None else window_of(observation.camera, np.asarray(felt[:2]), 1.0, 1.6)
    seen = 0
    if window is not None and item.color not in ACHROMATIC:
        cloud = cloud_of(observation, 1, window)
        mine = coloured.of_points(cloud, observation) == coloured.names.index(item.color)
        seen = int((np.linalg.norm(cloud.points[mine] - middle, axis=1) < 0.6 * item.size.max()).sum())
    others = tuple(thing for thing in scene.objects if thing.id != item.id)
    missing = tuple(name for name in scene.missing if name != item.id)
    if seen < LEAST:
        return replace(scene, objects=others, missing=(*missing, item.id))
    held = SceneObject(item, underside, 0.0, CONFIDENCE)
    objects = tuple(sorted((*others, held), key=lambda thing: order.index(thing.id)))
    return replace(scene, objects=objects, missing=missing)
