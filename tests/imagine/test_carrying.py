"""A person who walks with a thing: it goes along with the body, in both hands, and is raised before the chest."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Camera, CatalogueItem, Pose2D, Scene, SceneObject
from exoactor.types.rotations import yaw_matrix

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
BOX = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [1.2, 0, 0.55], 0.0, 1.0)
STAND = SceneObject(CatalogueItem("stand", "table", "blue", np.array([0.36, 0.42, 0.4]), False), [1.2, 0, 0], 0.0, 1.0)
HERE = Pose2D(0.82, 0.0, 0.0)
SCENE = Scene((STAND, BOX), HERE, 1.0, CAMERA)
BACK, THERE = Pose2D(0.45, 0.0, 0.0), Pose2D(0.2, 1.2, 2.0)
CHAIN = (
    Action("carry", "", goal=BACK, thing="box", rise=0.25),
    Action("carry", "", goal=THERE, thing="box"),
)


def carrying(seed):
    body = load_body()
    paths = walking_paths(SCENE, CHAIN, PathCfg())
    motion = act(CHAIN, paths, HERE, sample_style(body, seed), body, 25.0, things={"box": BOX})
    return motion, motion.joint_frames(body)[1]


@pytest.mark.parametrize("seed", range(3))
def test_the_thing_keeps_its_place_before_the_body_and_in_the_hands(seed):
    motion, joints = carrying(seed)
    moved = motion.carried["box"]
    assert moved[0] == pytest.approx([0, 0, 0, 0], abs=1e-6)
    assert moved[-1, 2] == pytest.approx(0.25, abs=1e-6)
    assert moved[-1, 3] == pytest.approx(THERE.yaw, abs=0.05)
    place = BOX.position[:2] + moved[-1, :2]
    assert place == pytest.approx(THERE.xy + yaw_matrix(THERE.yaw) @ (BOX.position[:2] - HERE.xy), abs=0.03)
    raised = len(motion) // 2
    for k in range(raised, len(motion), 10):
        box = BOX.moved(moved[k, :3], float(moved[k, 3]))
        assert box.distance(joints[k, [20, 21]]).max() < 0.14  # wrists; the palms are 8.5 cm further


def test_who_steps_back_does_not_turn_round():
    motion, joints = carrying(1)
    heading = motion.carried["box"][:, 3]
    behind = np.flatnonzero(joints[:, 0, 0] < HERE.x - 0.25)
    assert np.abs(heading[: behind[0]]).max() < 0.1
