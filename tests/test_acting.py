"""Whether what two palms should hold is still between them, as a look tells."""

from types import SimpleNamespace

import numpy as np
import pytest

from exoactor.acting import InHands, is_elsewhere
from exoactor.control import StateEstimator
from exoactor.types import Camera, CatalogueItem, Pose2D, Scene, SceneObject
from exoactor.world.g1 import default_actuation

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
STAND = SceneObject(CatalogueItem("stand", "table", "blue", np.array([0.4, 0.4, 0.4]), False), [0.4, 0, 0], 0.0, 1.0)
ITEM = CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True)
HERE = Pose2D(0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def estimator():
    found = StateEstimator()
    found.start(HERE)
    found.kinematics.update(default_actuation().default_pos, np.array([1.0, 0.0, 0.0, 0.0]))
    return found


def seen(position, confidence=1.0):
    return Scene((STAND, SceneObject(ITEM, position, 0.0, confidence)), HERE, 1.0, CAMERA)


def test_it_is_held_where_the_palms_are_and_elsewhere_beside_or_below_them(estimator):
    held = InHands("box", None, SimpleNamespace(palms=object()))
    ahead, level = estimator.kinematics.palms().mean(axis=0)[0], 0.5
    estimator.height = level - estimator.kinematics.palms()[:, 2].mean() + 0.12  # palms at its middle
    assert not is_elsewhere(held, seen([ahead, 0, level]), estimator)
    assert is_elsewhere(held, seen([ahead + 0.6, 0, level]), estimator)
    assert not is_elsewhere(held, seen([ahead + 0.6, 0, level], confidence=0.4), estimator)
    assert is_elsewhere(held, seen([ahead, 0, 0]), estimator), "it stands on the floor, the palms are over it"
    assert not is_elsewhere(held, seen([ahead, 0, 0.2]), estimator), "it is in the air, held by its edge"


def test_what_is_not_seen_or_in_one_hand_is_not_elsewhere(estimator):
    away = seen([2.0, 0, 0])
    assert not is_elsewhere(InHands("ball", None, SimpleNamespace(palms=object())), away, estimator)
    assert not is_elsewhere(InHands("box", None, SimpleNamespace(palms=None)), away, estimator)
