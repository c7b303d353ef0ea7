"""Following a thing up and down by its colour, in clips that are drawn here."""

import cv2
import numpy as np
import pytest

from exoactor.estimate.things import rises_of
from exoactor.formats.video import VideoWriter
from exoactor.types import Camera, CatalogueItem, SceneObject
from exoactor.world.looks import rgb

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))


def thing(color="orange"):
    return SceneObject(CatalogueItem("box", "box", color, np.array([0.3, 0.35, 0.25]), True), [1.2, 0, 0.4], 0.2, 1.0)


def film(path, heights, color="orange", covered=0.0):
    box = thing(color)
    base = np.column_stack([box.footprint, np.full(4, 0.4)])
    corners = np.concatenate([base, base + np.array([0, 0, 0.25])])
    shade = tuple(int(200 * v) for v in rgb(color))
    with VideoWriter(path, 8.0, CAMERA.size) as writer:
        for height in heights:
            frame = np.full((480, 640, 3), 190, np.uint8)
            pixels = CAMERA.project(corners + np.array([0, 0, height]))[0]
            cv2.fillConvexPoly(frame, cv2.convexHull(np.round(pixels).astype(np.int32)), shade)
            left, right = pixels[:, 0].min(), pixels[:, 0].max()
            frame[:, int(left) : int(left + covered * (right - left))] = (60, 60, 70)
            writer.add(frame)
    return path


@pytest.mark.parametrize("covered", [0.0, 0.5])
def test_heights_are_read_off_the_pixels_also_of_a_thing_half_hidden(tmp_path, covered):
    heights = np.concatenate([np.zeros(6), np.linspace(0, 0.3, 8), np.full(6, 0.3)])
    clip = film(tmp_path / "clip.mp4", heights, covered=covered)
    rise = rises_of(clip, CAMERA, [thing()], ["orange", "blue"])["box"]
    assert rise.height == pytest.approx(heights, abs=0.035)
    assert rise.times[-1] == pytest.approx(len(heights) / 8.0, abs=0.2)


def test_nothing_is_said_of_a_thing_without_a_colour_or_out_of_sight(tmp_path):
    gray = rises_of(film(tmp_path / "gray.mp4", np.zeros(6), "gray"), CAMERA, [thing("gray")], ["gray"])["box"]
    gone = rises_of(film(tmp_path / "gone.mp4", np.full(6, 3.0)), CAMERA, [thing()], ["orange"])["box"]
    assert np.isnan(gray.height).all() and np.isnan(gone.height).all()


def test_each_thing_of_several_is_followed_as_if_it_were_alone(tmp_path):
    clip = film(tmp_path / "clip.mp4", np.linspace(0, 0.3, 10))
    can = SceneObject(CatalogueItem("can", "can", "blue", np.array([0.1, 0.1, 0.15]), True), [0.3, 0, 0.4], 0.0, 1.0)
    cup = SceneObject(CatalogueItem("cup", "can", "gray", np.array([0.1, 0.1, 0.15]), True), [0.0, 0, 0.4], 0.0, 1.0)
    colours = ["orange", "blue", "gray"]
    together = rises_of(clip, CAMERA, [can, thing(), cup], colours)
    assert list(together) == ["can", "box", "cup"]
    for one in (can, thing(), cup):
        alone = rises_of(clip, CAMERA, [one], colours)[one.id]
        np.testing.assert_array_equal(together[one.id].height, alone.height)
    assert np.isfinite(together["box"].height).all() and np.isnan(together["cup"].height).all()
