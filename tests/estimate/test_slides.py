"""Following a thing over the level it stands on by its colour, in clips that are drawn here."""

import cv2
import numpy as np
import pytest

from exoactor.estimate.slides import slides_of
from exoactor.formats.video import VideoWriter
from exoactor.types import Camera, CatalogueItem, HumanMotion, SceneObject
from exoactor.world.looks import rgb

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
FPS = 8.0


def thing(color="orange", height=0.7):
    item = CatalogueItem("box", "box", color, np.array([0.16, 0.18, 0.2]), True)
    return SceneObject(item, np.array([1.0, 0.0, height]), 0.2, 1.0)


def person(count, wrist):
    """Somebody of whom nothing but the right wrist is in view, at `wrist` (3,) [m]."""
    joints = np.tile(np.array([-30.0, 0.0, 1.0]), (count, 22, 1))
    joints[:, 21] = wrist
    joints[:, 19] = np.add(wrist, (0.0, 0.05, 0.25))
    zeros = np.zeros((count, 3))
    return HumanMotion(
        FPS, zeros, zeros, np.zeros((count, 21, 3)), np.zeros(10), joints, np.ones((count, 2), bool),
        np.ones((count, 22)),
    )  # fmt: skip


def film(path, moves, color="orange", covered=0.0):
    shade = tuple(int(200 * v) for v in rgb(color))
    with VideoWriter(path, FPS, CAMERA.size) as writer:
        for move in moves:
            frame = np.full((480, 640, 3), 190, np.uint8)
            pixels = CAMERA.project(thing(color).corners + np.asarray(move))[0]
            cv2.fillConvexPoly(frame, cv2.convexHull(np.round(pixels).astype(np.int32)), shade)
            left, right = pixels[:, 0].min(), pixels[:, 0].max()
            frame[:, int(left) : int(left + covered * (right - left))] = (60, 60, 70)
            writer.add(frame)
    return path


@pytest.mark.parametrize("way", [(0.3, 0.0), (0.0, 0.3), (0.0, -0.3), (-0.2, 0.2)])
def test_where_it_is_pushed_is_read_off_the_pixels(tmp_path, way):
    share = np.concatenate([np.zeros(5), np.linspace(0, 1, 10), np.ones(5)])
    moves = np.column_stack([np.outer(share, way), np.zeros(len(share))])
    clip = film(tmp_path / "clip.mp4", moves)
    slide = slides_of(clip, CAMERA, person(len(share), [1.0, 0.2, 0.9]), [thing()], ["orange", "blue"])["box"]
    assert slide.shift == pytest.approx(moves[:, :2], abs=0.06)
    assert slide.shift[-1] == pytest.approx(way, abs=0.035)
    assert slide.drop == 0.0


def test_what_falls_is_seen_on_the_floor_and_what_is_gone_is_said_to_be_gone(tmp_path):
    share = np.concatenate([np.zeros(4), np.linspace(0, 1, 8), np.ones(4)])
    moves = np.column_stack([0.4 * share, np.zeros(len(share)), np.where(share < 1, 0.0, -0.7)])
    motion = person(len(share), [1.0, 0.2, 0.9])
    fell = slides_of(film(tmp_path / "fell.mp4", moves), CAMERA, motion, [thing()], ["orange"])["box"]
    assert fell.drop == pytest.approx(0.7)
    moves[share == 1] = [0.0, 0.0, 30.0]
    gone = slides_of(film(tmp_path / "gone.mp4", moves), CAMERA, motion, [thing()], ["orange"])["box"]
    assert np.isnan(gone.drop) and np.isnan(gone.shift[-1]).all()


def test_nothing_is_said_of_things_that_no_hand_comes_near_or_that_colour_does_not_tell(tmp_path):
    clip = film(tmp_path / "clip.mp4", np.zeros((6, 3)))
    near, far = person(6, [1.0, 0.2, 0.9]), person(6, [1.0, 2.0, 0.9])
    assert set(slides_of(clip, CAMERA, near, [thing()], ["orange"])) == {"box"}
    assert slides_of(clip, CAMERA, far, [thing()], ["orange"]) == {}
    assert slides_of(clip, CAMERA, near, [thing()], ["orange", "orange"]) == {}
    assert slides_of(clip, CAMERA, near, [thing("gray")], ["gray"]) == {}
