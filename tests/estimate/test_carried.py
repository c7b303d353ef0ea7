"""That a thing goes along with the person is read from the clip's colours, also when the person hides most of it."""

import cv2
import numpy as np
import pytest

from exoactor.estimate.carried import goes_along
from exoactor.formats.video import VideoWriter
from exoactor.types import Camera, CatalogueItem, HumanMotion, SceneObject
from exoactor.types.rotations import yaw_matrix

CAMERA = Camera.looking_at(np.array([0.0, -3.5, 1.7]), np.array([0.0, 0.5, 0.6]), 55.0, (640, 480))
BOX = SceneObject(CatalogueItem("box", "box", "orange", np.array([0.3, 0.35, 0.25]), True), [0.4, 0, 0.6], 0.0, 1.0)
FRAMES = 50
TURN = np.linspace(0.0, np.pi / 2, FRAMES)
WAY = np.column_stack([np.zeros(FRAMES), np.linspace(0.0, 1.2, FRAMES)])


def person():
    """Somebody who walks off to the back of the picture, turning left."""
    joints = np.zeros((FRAMES, 22, 3))
    for k in range(FRAMES):
        forward = yaw_matrix(TURN[k])
        joints[k, :, :2] = WAY[k]
        for side, sign in ((1, 1.0), (2, -1.0), (16, 1.0), (17, -1.0)):
            joints[k, side, :2] = WAY[k] + forward @ np.array([0.0, 0.15 * sign])
    still = np.zeros((FRAMES, 3))
    return HumanMotion(
        25.0, still, still, np.zeros((FRAMES, 21, 3)), np.zeros(10), joints, np.ones((FRAMES, 2), bool),
        np.ones((FRAMES, 22)),
    )  # fmt: skip


def film(path, *, taken, hidden=0.0, aside=0.0, shirt=False):
    """A clip with the box in the hands, `aside` of where they ought to be [m], or where it was; its right hidden."""
    with VideoWriter(path, 25, CAMERA.size) as writer:
        for k in range(FRAMES):
            box = BOX
            if taken:
                place = WAY[k] + yaw_matrix(TURN[k]) @ BOX.position[:2] - BOX.position[:2] + [aside, 0.0]
                box = BOX.moved(np.append(place, 0.2), TURN[k])
            frame = np.full((480, 640, 3), 120, np.uint8)
            if shirt:
                chest = np.round(CAMERA.project(np.append(WAY[k], 1.2)[None])[0][0]).astype(int)
                cv2.circle(frame, tuple(int(v) for v in chest), 25, (240, 120, 20), -1)
            hull = cv2.convexHull(np.round(CAMERA.project(box.corners)[0]).astype(np.int32))
            cv2.fillConvexPoly(frame, hull, (240, 120, 20))
            right = int(hull[:, 0, 0].max() - hidden * np.ptp(hull[:, 0, 0]))
            frame[:, right:] = 120
            writer.add(frame)


@pytest.mark.parametrize("hidden", [0.0, 0.6])
def test_what_is_in_the_hands_goes_along(tmp_path, hidden):
    film(tmp_path / "clip.mp4", taken=True, hidden=hidden)
    assert goes_along(tmp_path / "clip.mp4", CAMERA, person(), [BOX], ["orange"])["box"] > 0.8


def test_what_is_left_behind_does_not(tmp_path):
    film(tmp_path / "clip.mp4", taken=False)
    assert goes_along(tmp_path / "clip.mp4", CAMERA, person(), [BOX], ["orange"]) == {}


def test_what_cannot_be_seen_is_not_claimed(tmp_path):
    film(tmp_path / "clip.mp4", taken=True, hidden=1.0)
    assert goes_along(tmp_path / "clip.mp4", CAMERA, person(), [BOX], ["orange"]) == {}


@pytest.mark.parametrize("taken", [True, False])
def test_an_estimate_that_errs_and_a_shirt_of_its_colour_change_nothing(tmp_path, taken):
    film(tmp_path / "clip.mp4", taken=taken, aside=0.25, shirt=True)
    found = goes_along(tmp_path / "clip.mp4", CAMERA, person(), [BOX], ["orange"])
    assert set(found) == ({"box"} if taken else set())
