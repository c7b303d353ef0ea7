"""The bundled scenes: room to walk, everything in the picture, nothing hidden."""

import numpy as np
import pytest
from scipy import ndimage

from exoactor.stance import stances
from exoactor.types import SceneObject
from exoactor.world.build import room_walls
from exoactor.world.placement import ROBOT_RADIUS, corners, in_world, robot_clearance
from exoactor.world.scene_file import bundled_scenes, load_scene

HALF_PASSAGE = 0.45
CELL = 0.05


def grid(scene):
    """Cell centres (N, 2), and the distance of each to what stands on the floor or is the room's wall."""
    walls = room_walls(scene.things, scene.camera, [scene.robot.xy])
    low, high = np.array([-3.4, -2.2]), np.array([3.4, 3.6])
    x, y = np.meshgrid(np.arange(low[0], high[0], CELL), np.arange(low[1], high[1], CELL), indexing="ij")
    points = np.stack([x, y], -1)
    free = np.full(x.shape, 9.0)
    for part in [*walls, *(p for t in scene.things for p in in_world(t) if p.center[2] - p.half_size[2] < 1.3)]:
        c, s = np.cos(part.yaw), np.sin(part.yaw)
        local = np.abs((points - part.center[:2]) @ np.array([[c, -s], [s, c]]))
        free = np.minimum(free, np.linalg.norm(np.maximum(local - part.half_size[:2], 0), axis=-1))
    return points, free


def seen_whole(camera, pose):
    offsets = np.array([[dx, dy, z] for dx in (-0.25, 0.25) for dy in (-0.25, 0.25) for z in (0, 1.32)])
    pixels, depth = camera.project(offsets + np.array([pose.x, pose.y, 0]))
    return (depth > 0).all() and (pixels >= 0).all() and (pixels < np.array(camera.size)).all()


def room_side(wall, point, indoors):
    """Whether a robot at `point` is free of the wall and on the side of it where `indoors` is."""
    axis = int(np.argmin(wall.half_size[:2]))
    side = np.sign(indoors[axis] - wall.center[axis])
    return side * (point[axis] - wall.center[axis]) > wall.half_size[axis] + ROBOT_RADIUS


def targets(scene):
    """Everything one can walk to: what stands on the floor."""
    return [t for t in scene.things if t.on == "floor"]


def good_stances(scene, thing):
    """Stances before the thing where the robot is free of all else, inside the room and seen from head to feet."""
    walls = room_walls(scene.things, scene.camera, [scene.robot.xy])
    good = []
    for pose in stances(SceneObject(thing.item, thing.position, thing.yaw, 1.0), scene.robot.xy):
        others = [t for t in scene.things if thing.id not in (t.id, t.on)]
        clear = all(robot_clearance(t, pose) > 0.02 for t in others)
        inside = all(room_side(w, pose.xy, scene.robot.xy) for w in walls)
        if clear and inside and seen_whole(scene.camera, pose):
            good.append(pose)
    return good


def test_there_are_at_least_seven_and_the_demo_one_is_among_them():
    assert len(bundled_scenes()) >= 7
    assert {"living_room", "kitchen", "corridor", "playroom"} <= set(bundled_scenes())


@pytest.mark.parametrize("name", bundled_scenes())
def test_every_thing_is_wholly_in_the_picture_at_a_good_distance(name):
    scene = load_scene(name)
    for thing in scene.things:
        edges = [
            np.c_[corners(p), np.full(4, p.center[2] + sign * p.half_size[2])]
            for p in in_world(thing)
            for sign in (-1, 1)
        ]
        pixels, _ = scene.camera.project(np.concatenate(edges))
        assert (pixels > 0).all() and (pixels < np.array(scene.camera.size)).all(), thing.id
    start = np.linalg.norm(scene.camera.position[:2] - scene.robot.xy)
    assert 3.0 <= start <= 4.5
    assert seen_whole(scene.camera, scene.robot)


@pytest.mark.parametrize("name", bundled_scenes())
def test_every_target_has_a_stance_that_is_reached_through_wide_passages(name):
    scene = load_scene(name)
    points, free = grid(scene)
    regions, _ = ndimage.label(free >= HALF_PASSAGE)
    place = np.unravel_index(np.argmin(np.linalg.norm(points - scene.robot.xy, axis=-1)), free.shape)
    start = regions[place]
    assert start > 0, "the robot does not start in a free place"
    reachable = points[regions == start]
    for thing in targets(scene):
        good = good_stances(scene, thing)
        assert good, f"{thing.id}: no free, visible stance"
        nearest = min(float(np.linalg.norm(reachable - p.xy, axis=1).min()) for p in good)
        assert nearest < 0.15, f"{thing.id}: {nearest:.2f} m from the nearest wide passage"


@pytest.mark.parametrize("name", bundled_scenes())
def test_some_target_can_be_gone_round_in_view(name):
    scene = load_scene(name)
    points, free = grid(scene)
    rings = 0
    for thing in targets(scene):
        radius = np.linalg.norm(thing.item.size[:2]) / 2 + 0.5
        angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        ring = thing.position[:2] + radius * np.stack([np.cos(angles), np.sin(angles)], 1)
        index = np.round((ring - points[0, 0]) / CELL).astype(int)
        if (index < 0).any() or (index >= np.array(free.shape)).any():
            continue
        room = free[tuple(index.T)] >= ROBOT_RADIUS
        seen = [seen_whole(scene.camera, type(scene.robot)(*p, 0.0)) for p in ring]
        rings += bool(room.all() and all(seen))
    assert rings >= 1


@pytest.mark.parametrize("name", bundled_scenes())
def test_same_kinds_differ_in_colour_and_no_target_looks_like_the_robot(name):
    scene = load_scene(name)
    looks = [(t.item.kind, t.item.color) for t in scene.things]
    assert len(looks) == len(set(looks))
    assert not {color for _, color in looks} & {"white", "gray", "black"}
    assert any(1.0 <= robot_clearance(t, scene.robot) + ROBOT_RADIUS <= 2.5 for t in targets(scene))
