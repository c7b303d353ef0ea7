"""Things and robot found in rendered looks of bundled scenes, against the simulator's truth."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from exoactor.bench.perceive import PosedRoom, random_posture
from exoactor.perceive import RgbdPerception
from exoactor.types import Observation, Pose2D, Proprioception, SceneObject, StageError
from exoactor.types.rotations import wrap
from exoactor.world.scene_file import load_scene

pytestmark = pytest.mark.assets


@cache
def room_of(name):
    room = PosedRoom(load_scene(name), seed=3)
    return room, RgbdPerception(room.scene.catalogue())


@pytest.mark.parametrize("name", ["kitchen", "office"])
def test_everything_is_found_where_it_is(name):
    room, perception = room_of(name)
    rng = np.random.default_rng(11)
    pose = room.free_pose(rng)
    room.put(pose, random_posture(rng))
    scene = perception.perceive(room.look())
    assert scene.missing == ()
    for thing in room.scene.things:
        found = scene.get(thing.id)
        assert np.linalg.norm(found.position - thing.position) < 0.06, thing.id
        assert found.confidence > 0.5
    assert np.hypot(scene.robot.x - pose.x, scene.robot.y - pose.y) < 0.06
    assert abs(wrap(scene.robot.yaw - pose.yaw)) < 0.2


def test_quick_fix_mends_the_prior():
    room, perception = room_of("kitchen")
    rng = np.random.default_rng(5)
    errors = []
    for _ in range(6):
        pose = room.free_pose(rng)
        room.put(pose, random_posture(rng))
        prior = Pose2D(pose.x + 0.1, pose.y - 0.08, pose.yaw + 0.15)
        fix, std, confidence = perception.locate_robot(room.look(), prior)
        assert confidence > 0.5
        assert (std > 0).all()
        errors.append([np.hypot(fix.x - pose.x, fix.y - pose.y), abs(wrap(fix.yaw - pose.yaw))])
    assert np.median(errors, axis=0)[0] < 0.03
    assert np.median(errors, axis=0)[1] < 0.06


def test_no_fix_where_nobody_stands():
    room, perception = room_of("kitchen")
    room.put(Pose2D(-0.3, 0.0, 0.0))
    assert perception.locate_robot(room.look(), Pose2D(0.6, -0.5, 0.0)) is None


def test_a_missing_thing_is_reported_missing():
    room, _ = room_of("kitchen")
    more = (*room.scene.catalogue(), load_scene("workshop").catalogue()[-1])
    perception = RgbdPerception(more, body=room_of("kitchen")[1].body)
    room.put(Pose2D(-0.3, 0.0, 0.0))
    scene = perception.perceive(room.look())
    assert scene.missing == (more[-1].id,)


def test_a_covered_camera_is_an_error():
    room, perception = room_of("kitchen")
    camera = room.scene.camera
    width, height = camera.size
    black = Observation(
        0.0, np.zeros((height, width, 3)), np.zeros((height, width)), camera, Proprioception(np.zeros(29))
    )
    with pytest.raises(StageError) as caught:
        perception.perceive(black)
    assert caught.value.code == "camera_blind"


def test_fallen_and_standing():
    room, perception = room_of("kitchen")
    pose = Pose2D(-0.3, 0.0, 0.5)
    room.put(pose)
    standing = room.look(pose)
    perception.perceive(standing, pose)
    assert perception.fallen(standing) is False
    room.put(pose, tilt=np.array([np.cos(0.75), 0.0, np.sin(0.75), 0.0]))
    assert perception.fallen(room.look(pose)) is True


def test_a_thing_that_an_arm_divides_is_seen_whole():
    room, perception = room_of("office")
    chair = next(t for t in room.scene.things if t.item.kind == "chair")
    pose = Pose2D(float(chair.position[0]) - 0.8, float(chair.position[1]) + 0.1, 0.0)
    room.put(pose)
    whole = room.look(pose)
    seen = perception.coloured.heights_of(whole, chair.id)[:2]
    assert seen == pytest.approx((0.0, float(chair.item.size[2])), abs=0.06)
    pixels, _ = whole.camera.project(SceneObject(chair.item, chair.position, chair.yaw, 1.0).corners)
    (left, top), (right, bottom) = pixels.min(0).astype(int), pixels.max(0).astype(int)
    rgb = whole.rgb.copy()
    middle = top + (bottom - top) * 2 // 5
    rgb[middle : middle + 8, left:right] = 128  # an arm before it
    divided = perception.coloured.heights_of(replace(whole, rgb=rgb), chair.id)
    assert divided[:2] == pytest.approx(seen, abs=0.02)


@pytest.mark.parametrize(("raised", "hidden", "open_below"), [(0.0, 0, False), (0.1, 0, True), (0.1, 3, False)])
def test_one_sees_past_the_lower_end_of_what_is_in_the_air(raised, hidden, open_below):
    """A bottle on its table, above it, and above it with a finger before its foot, as far off as itself."""
    spec = load_scene("kitchen")
    up = np.array([0.0, 0.0, raised])
    things = tuple(replace(t, position=t.position + up) if t.id == "red_bottle" else t for t in spec.things)
    room, perception = PosedRoom(replace(spec, things=things), seed=3), room_of("kitchen")[1]
    bottle = next(t for t in things if t.id == "red_bottle")
    pose = Pose2D(float(bottle.position[0]) - 0.6, float(bottle.position[1]), 0.0)
    room.put(pose)
    look = room.look(pose)
    seen = perception.coloured.heights_of(look, "red_bottle", bottle.position[:2])
    if hidden:
        pixels, depths = look.camera.project(SceneObject(bottle.item, bottle.position, 0.0, 1.0).corners)
        foot, (left, right) = int(pixels[:, 1].max()), (int(pixels[:, 0].min()), int(pixels[:, 0].max()) + 1)
        rgb, depth = look.rgb.copy(), look.depth.copy()
        rgb[foot - 6 : foot + hidden, left:right] = 128
        depth[foot - 6 : foot + hidden, left:right] = depths.min()
        look = replace(look, rgb=rgb, depth=depth)
        seen = perception.coloured.heights_of(look, "red_bottle", bottle.position[:2])
    assert seen.open_below is open_below


@pytest.mark.parametrize("bow", [0.2, 0.4, 0.7])
def test_a_robot_that_bows_over_flat_soles_is_not_taken_for_upright(bow):
    _, perception = room_of("office")
    joints = np.zeros(29)
    joints[[0, 6]] = -bow  # both hips; knees and ankles straight
    upright, bowed = perception.body.posed(np.zeros(29)), perception.body.posed(joints)
    assert bowed.head[0] - upright.head[0] == pytest.approx(np.sin(bow) * 0.5, abs=0.2 * np.sin(bow))
    assert upright.head[2] - bowed.head[2] == pytest.approx((1 - np.cos(bow)) * 0.5, abs=0.02 + 0.1 * bow)
