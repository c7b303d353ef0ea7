"""What the hands in a clip do, given what the robot holds: drawn clips, motions as they were made."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor import attempt
from exoactor.body import load_body
from exoactor.formats.video import write_mp4
from exoactor.handling import handled
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Camera, CatalogueItem, Pose2D, Scene, SceneObject
from exoactor.world.looks import rgb

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
STAND = SceneObject(CatalogueItem("stand", "table", "blue", np.array([0.36, 0.42, 0.4]), False), [0.5, 0, 0], 0.0, 1.0)
BOX = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [0.5, 0, 0.75], 0.0, 1.0)
SCENE = Scene((STAND, BOX), Pose2D(0.0, 0.0, 0.0), 1.0, CAMERA)
DOWN = (Action("put_down", "", seconds=0.5, thing="box", rise=-0.35),)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A person who lets a box down, drawn as the box alone, and the motion as it ought to be estimated."""
    body = load_body()
    motion = act(
        DOWN, walking_paths(SCENE, DOWN, PathCfg()), SCENE.robot, sample_style(body, 1), body, 25.0, things={"box": BOX}
    )
    path, shade = tmp_path_factory.mktemp("clip") / "clip.mp4", [int(200 * v) for v in rgb("red")]
    frames = []
    for way in motion.carried["box"]:
        frame = np.full((480, 640, 3), 190, np.uint8)
        pixels, _ = CAMERA.project(BOX.moved(way[:3]).corners)
        low, high = pixels.min(0).astype(int), pixels.max(0).astype(int)
        frame[low[1] : high[1], low[0] : high[0]] = shade
        frames.append(frame)
    write_mp4(path, frames, 25.0)
    return path, motion.to_human(body)


def test_what_is_in_the_hands_is_let_down(clip):
    found = handled(clip[0], SCENE, clip[1], "box")
    assert found is not None and (found.kind, found.thing) == ("put_down", "box")


@pytest.mark.parametrize("holds", [None, "stand"])
def test_what_is_not_in_them_cannot_be(clip, holds):
    found = handled(clip[0], SCENE, clip[1], holds)
    assert found is None or found.kind not in ("put_down", "carry")
    assert handled(clip[0], replace(SCENE, objects=(STAND,)), clip[1], holds) is None


TOP = SceneObject(CatalogueItem("top", "table", "blue", np.array([0.5, 0.8, 0.6]), False), [0.55, 0, 0], 0.0, 1.0)
CAN = SceneObject(CatalogueItem("can", "can", "red", np.array([0.066, 0.066, 0.12]), True), [0.36, -0.13, 0.6], 0, 1.0)


@pytest.mark.assets  # the fingers are looked at
def test_what_is_seen_in_the_air_to_the_end_has_not_fallen_off_the_table_near_whose_edge_it_stood(tmp_path):
    body, scene = load_body(), Scene((TOP, CAN), Pose2D(0.0, 0.0, 0.0), 1.0, CAMERA)
    action = Action("pick", "", seconds=1.5, side="right", thing="can", rise=0.15)
    motion = act((action,), {}, scene.robot, sample_style(body, 1), body, 25.0, things={"can": CAN})
    shade, frames = [int(200 * v) for v in rgb("red")], []
    for way in motion.carried["can"]:
        frame = np.full((480, 640, 3), 190, np.uint8)
        pixels, _ = CAMERA.project(CAN.moved(way[:3]).corners)
        low, high = pixels.min(0).astype(int), pixels.max(0).astype(int)
        frame[low[1] : high[1], low[0] : high[0]] = shade
        frames.append(frame)
    write_mp4(tmp_path / "clip.mp4", frames, 25.0)
    found = handled(tmp_path / "clip.mp4", scene, motion.to_human(body))
    assert found is not None and found.kind == "lift" and found.lift == pytest.approx(0.15, abs=0.03)
    assert found.fingers is not None and found.fingers.agree == "cannot_tell"  # nobody's hand is drawn
    attempt.save_contact(tmp_path, found)
    assert attempt.load_contact(tmp_path) == found
