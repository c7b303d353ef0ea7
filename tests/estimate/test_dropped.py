"""That a thing falls into a basket is read from where its colour is seen last, also when the rim then hides all."""

import cv2
import numpy as np
import pytest

from exoactor.estimate.dropped import falls_into
from exoactor.formats.video import VideoWriter
from exoactor.types import Camera, CatalogueItem, SceneObject

CAMERA = Camera.looking_at(np.array([0.0, -2.8, 2.0]), np.array([0.0, 0.4, 0.7]), 55.0, (640, 480))
BOTTLE = SceneObject(
    CatalogueItem("bottle", "bottle", "red", np.array([0.07, 0.07, 0.24]), True), [0.0, 0.5, 0.95], 0, 1
)
BASKET = SceneObject(
    CatalogueItem("basket", "basket", "yellow", np.array([0.36, 0.28, 0.22]), True), [0.05, 0.5, 0.5], 0, 1
)
STAND = SceneObject(CatalogueItem("stand", "table", "blue", np.array([0.5, 0.36, 0.5]), False), [0.05, 0.5, 0.0], 0, 1)
COLOURS = ("red", "yellow", "blue")
FRAMES = 75


def fill(frame, corners, colour):
    hull = cv2.convexHull(np.round(CAMERA.project(corners)[0]).astype(np.int32))
    cv2.fillConvexPoly(frame, hull, colour)


def film(path, way, *, hides=True, also=None):
    """A clip in which the bottle goes by `way(k)` (3,), behind the near sides of basket and stand or before them."""
    with VideoWriter(path, 25, CAMERA.size) as writer:
        for k in range(FRAMES):
            frame = np.full((480, 640, 3), 120, np.uint8)
            fill(frame, STAND.corners, (30, 60, 200))
            fill(frame, BASKET.corners, (230, 200, 30))
            fill(frame, BOTTLE.moved(np.asarray(way(k), float)).corners, (210, 25, 25))
            if hides:
                for thing, colour in ((STAND, (30, 60, 200)), (BASKET, (230, 200, 30))):
                    fill(frame, thing.corners * [1, 0, 1] + [0, thing.corners[:, 1].min(), 0], colour)
            if also is not None:
                fill(frame, also.corners, (210, 25, 25))
            writer.add(frame)
    return path


def drop(k, low=-0.44, aside=0.0):
    """Lowered by 18 cm for a second, then falling."""
    lowered = -0.18 * min(k / 25, 1.0)
    fallen = 4.9 * max((k - 35) / 25, 0.0) ** 2
    return aside * min(k / 25, 1.0), 0.0, max(lowered - fallen, low)


def read(path, things=(STAND, BASKET)):
    return falls_into(path, CAMERA, BOTTLE, (*things, BOTTLE), COLOURS)


def test_a_bottle_that_drops_behind_the_rim_is_in_the_basket(tmp_path):
    assert read(film(tmp_path / "clip.mp4", drop)) == "basket"


def test_what_sinks_so_deep_that_nothing_is_seen_of_it_is_in_there_too(tmp_path):
    assert read(film(tmp_path / "clip.mp4", lambda k: drop(k, low=-0.65))) == "basket"


def test_it_may_go_aside_to_be_over_the_opening(tmp_path):
    assert read(film(tmp_path / "clip.mp4", lambda k: drop(k, aside=0.12))) == "basket"


@pytest.mark.parametrize(
    ("way", "hides"),
    [
        (lambda k: (0.0, 0.0, -0.18 * min(k / 25, 1.0)), True),  # held over it to the end
        (lambda k: drop(k, low=-0.95, aside=0.32), False),  # falls beside it
        (lambda k: (0.01 * k, 0.0, 0.0), True),  # goes elsewhere
    ],
)
def test_what_stays_in_the_hand_or_falls_beside_it_is_not(tmp_path, way, hides):
    assert read(film(tmp_path / "clip.mp4", way, hides=hides)) is None


def test_another_red_thing_in_the_room_changes_nothing(tmp_path):
    other = BOTTLE.moved(np.array([1.0, 0.2, -0.3]))
    assert read(film(tmp_path / "clip.mp4", drop, also=other)) == "basket"


def test_without_a_basket_near_it_falls_into_nothing(tmp_path):
    path = film(tmp_path / "clip.mp4", drop)
    assert read(path, (STAND,)) is None
    assert read(path, (STAND, BASKET.moved(np.array([0.6, 0.0, 0.0])))) is None
