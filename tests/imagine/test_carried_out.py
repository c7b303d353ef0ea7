"""What is carried is drawn in its own colour, and out of the picture nowhere."""

import numpy as np

from exoactor.colour import labels
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


def test_what_fingers_hide_is_drawn_in_the_colour_of_what_peeps_out_between_them():
    drawn, look = picture_of_stripes()
    assert (labels(look.rgb, ["red"]) == 0).sum() > 20
    colour, depth = drawn
    shown = np.isfinite(depth)
    assert (labels(colour, ["red"])[shown] == 0).mean() > 0.7


def test_a_thing_that_is_turned_until_nothing_is_left_that_was_seen_keeps_its_colour():
    """Of its front a piece was seen between two arms; it must not change from one picture to the next as that goes."""
    felt = Proprioception(np.zeros(29), None, np.zeros(3), None)
    rgb, depth = np.full((480, 640, 3), 90, np.uint8), np.full((480, 640), 3.6, np.float32)
    drum = SceneObject(
        CatalogueItem("drum", "cylinder", "orange", np.array([0.3, 0.3, 0.3]), True), [0.0, 0.0, 0.5], 0.0, 1.0
    )
    plain = Carried(drum, Observation(0.0, rgb, depth, CAMERA, felt))
    (rows, columns), _, there = plain.draw(np.zeros(3))
    shown = np.isfinite(there)
    height, width = shown.shape
    shown[: height // 2] = shown[:, : width // 3] = shown[:, -(width // 3) :] = False
    rgb[rows, columns][shown], depth[rows, columns][shown] = (190, 95, 10), there[shown]
    carried = Carried(drum, Observation(0.0, rgb, depth, CAMERA, felt))
    before = None
    for turn in np.linspace(0.0, np.pi, 25):
        _, colour, there = carried.draw(np.zeros(3), float(turn))
        now = np.median(colour[np.isfinite(there)], axis=0)
        assert before is None or np.abs(now - before).max() < 10
        before = now


def picture_of_stripes():
    """A can of which gray fingers leave every third row, as it is drawn a hand's breadth lower, and the look."""
    felt = Proprioception(np.zeros(29), None, np.zeros(3), None)
    rgb, depth = np.full((480, 640, 3), 150, np.uint8), np.full((480, 640), 2.6, np.float32)
    pixels = CAMERA.project(CAN.corners)[0]
    low, high = np.floor(pixels.min(0)).astype(int), np.ceil(pixels.max(0)).astype(int)
    distance = float(CAMERA.project(CAN.position[None] + [0.0, -0.033, 0.06])[1][0])
    for row in range(low[1], high[1], 3):
        rgb[row, low[0] : high[0]] = (120, 16, 16)
        depth[row, low[0] : high[0]] = distance
    look = Observation(0.0, rgb, depth, CAMERA, felt)
    _, colour, there = Carried(CAN, look).draw(np.array([0.0, 0.0, -0.1]))
    return (colour, there), look
