import numpy as np
import pytest

from exoactor.bench.imagine import furnished_room
from exoactor.imagine.plate import empty_room, robot_pixels
from exoactor.imagine.room import FLOOR, Room


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_cast_room_agrees_with_the_seen_depth(seed: int) -> None:
    scene, observation = furnished_room(seed)
    assert scene.robot is not None
    mask = robot_pixels(scene.camera, scene.robot)
    room = Room(scene, observation, mask)
    rng = np.random.default_rng(seed)
    v, u = rng.integers(0, 480, 4000), rng.integers(0, 640, 4000)
    labels, depth = room.cast(np.stack([u + 0.5, v + 0.5], -1))
    seen = observation.depth[v, u]
    known = (seen > 0) & np.isfinite(depth) & ~mask[v, u]
    # the sensor's noise grows with the square of distance: 3 cm at 5 m
    assert np.median(np.abs(depth - seen)[known] / seen[known] ** 2) < 0.0015
    things = known & (labels >= 10)
    assert things.sum() > 20
    assert np.median(np.abs(depth - seen)[things]) < 0.03
    assert (np.abs(depth - seen)[things] < 0.12).mean() > 0.9
    assert (labels[known] == FLOOR).any()


def test_things_hide_and_floor_does_not() -> None:
    scene, observation = furnished_room(11)
    plate = empty_room(scene, observation)
    thing = max(scene.objects, key=lambda o: float(np.prod(o.item.size)))
    top = thing.position + np.array([0, 0, thing.item.size[2] - 0.05])
    (u, v), depth = scene.camera.project(top)
    assert abs(plate.before[int(v), int(u)] - depth) < 0.5
    lower = plate.before[-60:]
    assert np.isinf(lower[np.isfinite(plate.floor_xy[-60:, :, 0])]).mean() > 0.95
    corner, _ = scene.camera.project(np.append(plate.floor_xy[470, 320], 0.0))
    assert np.allclose(corner, [320.5, 470.5], atol=0.1)
