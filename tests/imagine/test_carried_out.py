"""A thing that is carried out of the picture is drawn nowhere."""

import numpy as np

from exoactor.imagine.carried import Carried
from exoactor.types import Camera, CatalogueItem, Observation, Proprioception, SceneObject

CAMERA = Camera.looking_at(np.array([0.0, -3.0, 1.7]), np.array([0.0, 0.0, 0.7]), 55.0, (640, 480))
CAN = SceneObject(CatalogueItem("can", "can", "red", np.array([0.066, 0.066, 0.12]), True), [0.0, 0.0, 0.7], 0.0, 1.0)


def test_a_can_is_drawn_where_it_is_in_the_picture_and_nowhere_beyond_it():
    felt = Proprioception(np.zeros(29), None, np.zeros(3), None)
    look = Observation(0.0, np.full((480, 640, 3), 90, np.uint8), np.full((480, 640), 3.0), CAMERA, felt)
    can = Carried(CAN, look)
    assert np.isfinite(can.draw(np.zeros(3))[2]).sum() > 50
    for way in ([4.0, 0.0, 0.0], [0.0, 0.0, 3.0], [-4.0, 0.0, 2.0]):
        assert not np.isfinite(can.draw(np.array(way))[2]).any()
