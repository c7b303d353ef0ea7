import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.types import (
    Actuation,
    Camera,
    CatalogueItem,
    HumanMotion,
    Pose2D,
    RobotMotion,
    Scene,
    SceneObject,
    StageError,
)


def human(n=5, **changes):
    fields = {
        "fps": 25.0,
        "global_orient": np.zeros((n, 3)),
        "transl": np.zeros((n, 3)),
        "body_pose": np.zeros((n, 21, 3)),
        "betas": np.zeros(10),
        "joints": np.zeros((n, 22, 3)),
        "contacts": np.ones((n, 2), bool),
        "confidence": np.ones((n, 22)),
    }
    return HumanMotion(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fps": 0.0}, "fps: 0.0 given"),
        ({"betas": np.zeros(16)}, "betas: shape"),
        ({"transl": np.full((5, 3), np.nan)}, "not finite"),
        ({"body_pose": np.zeros((4, 21, 3))}, "body_pose: shape"),
    ],
)
def test_a_motion_refuses_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        human(**changes)


def test_arrays_cannot_be_changed_afterwards():
    motion = human()
    with pytest.raises(ValueError, match="read-only"):
        motion.transl[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        motion.fps = 30


def test_heading_looks_where_the_person_looks():
    joints = np.zeros((3, 22, 3))
    joints[:, [1, 16]] = [0.0, 0.1, 1.0]  # left side at +y: the person looks along +x
    joints[:, [2, 17]] = [0.0, -0.1, 1.0]
    np.testing.assert_allclose(human(3, joints=joints).heading, 0.0, atol=1e-9)


def test_robot_motion_checks_quaternions_and_settle():
    n = 4
    parts = (np.zeros((n, 3)), np.tile([1.0, 0, 0, 0], (n, 1)), np.zeros((n, 29)), np.ones((n, 2), bool))
    assert RobotMotion(*parts).seconds == pytest.approx(3 / 50)
    with pytest.raises(ValueError, match="not unit"):
        RobotMotion(parts[0], parts[1] * 2, parts[2], parts[3])
    with pytest.raises(ValueError, match="settle"):
        RobotMotion(*parts, settle=(2, 9))


def test_scene_round_trips_through_json():
    camera = Camera.looking_at([2, -3, 1.7], [0, 0, 0.7], 50, (640, 480))
    item = CatalogueItem("red_chair", "chair", "red", np.array([0.45, 0.45, 0.9]), True)
    scene = Scene(
        (SceneObject(item, np.array([1.0, 2, 0]), 0.5, 0.9, lies=True),), Pose2D(0, 1, 2), 0.8, camera, ("door",)
    )
    assert Scene.from_json(scene.to_json()).to_json() == scene.to_json()


def test_footprint_turns_with_the_thing():
    item = CatalogueItem("table", "table", "wood", np.array([0.6, 1.2, 0.7]), False)
    corners = SceneObject(item, np.array([1.0, 0, 0]), np.pi / 2, 1.0).footprint
    np.testing.assert_allclose(np.ptp(corners, axis=0), [1.2, 0.6], atol=1e-9)


def test_corners_are_the_footprint_at_the_underside_and_at_the_top():
    item = CatalogueItem("box", "box", "red", np.array([0.3, 0.4, 0.25]), True)
    box = SceneObject(item, np.array([1.0, 0, 0.72]), 0.3, 1.0)
    np.testing.assert_allclose(box.corners[:, :2], np.tile(box.footprint, (2, 1)))
    np.testing.assert_allclose(box.corners[:, 2], np.repeat([0.72, 0.97], 4))


def test_near_is_both_by_place_and_by_heading():
    pose = Pose2D(1.0, 0.0, np.pi - 0.05)
    assert pose.is_near(Pose2D(1.0, 0.1, -np.pi + 0.05), 0.11, 0.11)
    assert not pose.is_near(Pose2D(1.0, 0.1, -np.pi + 0.05), 0.09, 0.11)
    assert not pose.is_near(Pose2D(1.0, 0.1, -np.pi + 0.05), 0.11, 0.09)


def test_wrong_joint_order_and_unknown_stage_are_refused():
    from exoactor.types import G1_JOINTS

    ones = np.ones(29)
    with pytest.raises(ValueError, match="another order"):
        Actuation(ones, ones, ones, ones, joint_names=tuple(reversed(G1_JOINTS)))
    with pytest.raises(ValueError, match="not one of"):
        StageError("dream", "x")


@given(st.floats(-np.pi, np.pi), st.floats(0.01, 1.0))
def test_the_distance_from_a_thing_is_that_from_its_sides(yaw, off):
    item = CatalogueItem("box", "box", "red", np.array([0.4, 0.6, 0.2]), True)
    box = SceneObject(item, np.array([1.0, -2.0, 0.3]), yaw, 1.0)
    ahead, aside = np.array([np.cos(yaw), np.sin(yaw), 0.0]), np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    middle = box.position + 0.1 * up
    points = [middle, middle + (0.2 + off) * ahead, middle - (0.3 + off) * aside, middle + (0.1 + off) * up]
    assert box.distance(np.array(points)) == pytest.approx([0.0, off, off, off], abs=1e-9)
    assert box.distance(box.corners) == pytest.approx(np.zeros(8), abs=1e-9)
