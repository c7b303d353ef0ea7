"""First pose: floor geometry, and left and right put right."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from known_motion import seen_track, walking

from exoactor.estimate.body_torch import N_POSE
from exoactor.estimate.initial import first_pose, floor_points, in_world_axes, turned, untangled
from exoactor.estimate.landmarks import MIRROR
from exoactor.estimate.points import body_points
from exoactor.types import Camera
from exoactor.types.rotations import wrap


def test_mirror_is_its_own_inverse():
    np.testing.assert_array_equal(MIRROR[MIRROR], np.arange(33))


@given(x=st.floats(-1.5, 1.5), y=st.floats(-1.5, 1.5), height=st.floats(0.0, 0.3))
@settings(max_examples=30, deadline=None)
def test_floor_points_invert_the_projection(x, y, height):
    camera = Camera.looking_at(np.array([0.4, -4.0, 2.0]), np.array([0.0, 0.0, 0.8]), 55.0, (640, 480))
    pixel, _ = camera.project(np.array([x, y, height]))
    np.testing.assert_allclose(floor_points(pixel, camera, height), [x, y], atol=1e-8)


def test_metric_landmarks_come_out_in_world_axes():
    motion, camera = walking(3)
    track = seen_track(motion, camera)
    world = in_world_axes(track, camera)
    up = world[:, 11] - world[:, 23]
    assert (up[:, 2] > 0.3).all()
    yaw = untangled(track, camera).yaw
    assert np.degrees(np.abs(wrap(yaw - motion.heading))).mean() < 4


def test_swapped_sides_are_swapped_back():
    motion, camera = walking(4)
    track = seen_track(motion, camera)
    wrong = np.zeros(len(track), bool)
    wrong[len(track) // 3 : len(track) // 3 + 9] = True
    wrong[-20:-15] = True
    xy, world = track.xy.copy(), track.world.copy()
    xy[wrong], world[wrong] = xy[wrong][:, MIRROR], world[wrong][:, MIRROR]
    reading = untangled(replace(track, xy=xy, world=world), camera)
    np.testing.assert_array_equal(reading.track.xy, track.xy)
    assert np.abs(np.diff(reading.yaw)).max() < 0.25


def test_first_pose_stands_near_the_person():
    motion, camera = walking(5)
    reading = untangled(seen_track(motion, camera), camera)
    pose = first_pose(reading, camera, body_points())
    assert pose.shape == (len(motion), N_POSE)
    off = np.linalg.norm(pose[:, :2] - motion.joints[:, 0, :2], axis=1)
    assert np.median(off) < 0.2


def test_turned_turns_counter_clockwise():
    out = turned(np.array([[[1.0, 0.0, 2.0]]]), np.array([np.pi / 2]))
    np.testing.assert_allclose(out, [[[0.0, 1.0, 2.0]]], atol=1e-12)
