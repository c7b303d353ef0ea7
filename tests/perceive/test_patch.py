"""What fits no template is where its colour is, near the robot and off the floor."""

import numpy as np
import pytest

from exoactor.perceive.cloud import Cloud
from exoactor.perceive.patch import CONFIDENCE, held_patch
from exoactor.types import Camera, CatalogueItem, Pose2D

CAMERA = Camera.looking_at(np.array([0.0, -3.0, 1.7]), np.array([0.0, 0.0, 0.6]), 55.0, (640, 480))
BOX = CatalogueItem("box", "box", "orange", np.array([0.3, 0.3, 0.25]), True)
ROBOT = Pose2D(-0.4, 0.0, 0.0)


def cloud(low, count=200, x=0.0):
    """Points of a box's side that faces the camera."""
    rng = np.random.default_rng(1)
    near = np.column_stack(
        [x + rng.uniform(-0.15, 0.15, count), np.full(count, -0.15), low + rng.uniform(0, 0.25, count)]
    )
    index = np.zeros(count, int)
    return Cloud(near, np.full(count, 3.0), index, index)


def test_its_middle_is_behind_the_side_that_is_seen():
    points = cloud(0.6)
    found = held_patch(BOX, points, np.ones(len(points), bool), CAMERA, ROBOT)
    assert found is not None and found.confidence == CONFIDENCE
    assert found.position == pytest.approx([0.0, 0.0, 0.6], abs=0.04)


@pytest.mark.parametrize("points", [cloud(0.0), cloud(0.6, count=10), cloud(0.6, x=1.5)])
def test_what_lies_on_the_floor_is_hardly_seen_or_far_from_the_robot_is_not_in_its_hands(points):
    assert held_patch(BOX, points, np.ones(len(points), bool), CAMERA, ROBOT) is None
