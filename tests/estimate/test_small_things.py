"""Following a bottle up and down by its own picture, in clips that are drawn here."""

import cv2
import numpy as np
import pytest

from exoactor.estimate.things import rises_of
from exoactor.formats.video import VideoWriter
from exoactor.types import Camera, CatalogueItem, SceneObject
from exoactor.world.looks import rgb

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
BOTTLE = SceneObject(
    CatalogueItem("bottle", "bottle", "red", np.array([0.07, 0.07, 0.24]), True), [1.2, 0, 0.7], 0.2, 1.0
)


def film(path, heights, fingers=0.0, shoes=False, since=0):
    """A bottle narrower than its box, fingers of a size [m] round its middle, and something else that is red."""
    shade = tuple(int(200 * v) for v in rgb("red"))
    with VideoWriter(path, 8.0, CAMERA.size) as writer:
        for number, height in enumerate(heights):
            frame = np.full((480, 640, 3), 190, np.uint8)
            ends = CAMERA.project(BOTTLE.position + np.array([[0, 0, height], [0, 0, height + 0.18]]))[0]
            cv2.line(frame, *(tuple(int(v) for v in np.round(p)) for p in ends), shade, 7)
            middle = CAMERA.project(BOTTLE.position + np.array([[0, 0, height + 0.09]]))[0][0]
            half = int(fingers * 60)
            if half and number >= since:
                x, y = (int(v) for v in np.round(middle))
                cv2.rectangle(frame, (x - 8, y - half), (x + 8, y + half), (60, 60, 70), -1)
            if shoes:
                cv2.circle(frame, (int(middle[0]) - 20, 400), 9, shade, -1)
            writer.add(frame)
    return path


@pytest.mark.parametrize("fingers", [0.0, 0.08])
@pytest.mark.parametrize("way", [0.16, -0.15])
def test_heights_are_read_off_the_pixels_also_with_fingers_round_it(tmp_path, fingers, way):
    heights = np.concatenate([np.zeros(6), np.linspace(0, way, 8), np.full(6, way)])
    clip = film(tmp_path / "clip.mp4", heights, fingers, shoes=True)
    rise = rises_of(clip, CAMERA, [BOTTLE], ["red", "blue"])["bottle"]
    assert rise.height == pytest.approx(heights, abs=0.025)


def test_nothing_is_said_of_one_that_is_not_seen_at_first(tmp_path):
    rise = rises_of(film(tmp_path / "gone.mp4", np.full(6, 3.0)), CAMERA, [BOTTLE], ["red"])["bottle"]
    assert np.isnan(rise.height).all()


@pytest.mark.parametrize(("way", "told"), [(0.18, True), (0.0, False)])
def test_of_one_that_a_hand_nearly_hides_a_lift_is_told_and_a_standing_one_stays(tmp_path, way, told):
    heights = np.concatenate([np.zeros(6), np.linspace(0, way, 8), np.full(6, way)])
    clip = film(tmp_path / "clip.mp4", heights, fingers=0.15, since=6)
    height = rises_of(clip, CAMERA, [BOTTLE], ["red", "blue"])["bottle"].height
    assert np.isfinite(height[-6:]).all()
    assert (height[-6:] > 0.07).all() == told
    assert (height <= way + 0.04).all()
