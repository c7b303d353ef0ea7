"""A thing in the robot's hands that fits no upright template: where the patch of its colour says it is."""

from __future__ import annotations

import numpy as np

from exoactor.perceive.cloud import Cloud
from exoactor.types import Array, Camera, CatalogueItem, Pose2D, SceneObject

CONFIDENCE = 0.3
"""Of a thing seen as a patch only: enough for what is held, not for what is gone to."""
REACH = 0.85
"""The robot holds nothing farther from its pelvis than this [m]."""
LEAST = 25
"""Fewer points are no thing."""
LIFTED = 0.12
"""What is lower may lie on the floor [m]."""


def held_patch(item: CatalogueItem, cloud: Cloud, mine: Array, camera: Camera, robot: Pose2D) -> SceneObject | None:
    """The thing as something upright about where its colour is seen near the robot; None if it is not.

    The camera sees the near sides, so the middle is taken to be half the thing's size behind the nearest points.

    Args:
        item: from the catalogue; nothing else has its colour.
        cloud: points seen.
        mine: (N,) those of its colour.
        camera: that saw them.
        robot: where the robot stands.
    """
    points = cloud.points[mine]
    points = points[np.linalg.norm(points[:, :2] - robot.xy, axis=1) < REACH]
    if len(points) < LEAST:
        return None
    low = float(np.percentile(points[:, 2], 1))
    if low < LIFTED:
        return None
    view = points[:, :2].mean(axis=0) - camera.position[:2]
    view = view / np.linalg.norm(view)
    aside = np.array([-view[1], view[0]])
    across, along = points[:, :2] @ aside, points[:, :2] @ view
    middle = float(np.percentile(across, [2, 98]).mean()) * aside
    depth = float(np.percentile(along, 5)) + float(np.mean(item.size[:2])) / 2
    return SceneObject(item, np.array([*(middle + depth * view), low]), robot.yaw, CONFIDENCE)
