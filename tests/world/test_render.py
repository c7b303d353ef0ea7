import os
import subprocess
import sys

import mujoco
import numpy as np
import pytest

from exoactor.types import ConfigError
from exoactor.world import backend
from exoactor.world.build import CAMERA, furnish
from exoactor.world.render import DepthNoiseCfg, SceneRenderer, camera_of, noisy_depth
from exoactor.world.scene_file import load_scene

SCENE = load_scene("kitchen")


@pytest.fixture(scope="module")
def room():
    """The kitchen without a robot: no assets needed."""
    model = furnish(mujoco.MjSpec(), SCENE.things, SCENE.camera, [SCENE.robot.xy]).compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    renderer = SceneRenderer(model, CAMERA, SCENE.camera.size)
    yield model, data, renderer
    renderer.close()


def test_calibration_is_exact(room):
    model, data, _ = room
    drawn = camera_of(model, data, CAMERA, SCENE.camera.size)
    np.testing.assert_allclose(drawn.intrinsics, SCENE.camera.intrinsics, atol=1e-6)
    np.testing.assert_allclose(drawn.rotation, SCENE.camera.rotation, atol=1e-9)
    np.testing.assert_allclose(drawn.position, SCENE.camera.position)


def test_depth_is_metric_along_the_axis_and_in_the_right_pixels(room):
    _, data, renderer = room
    points = SCENE.camera.backproject(renderer.rgbd(data)[1])
    top = SCENE.thing("table").position[2] + 0.72
    inside = np.abs(points[..., :2] - SCENE.thing("table").position[:2]) < [0.25, 0.5]
    on_table = inside.all(-1) & (points[..., 2] > 0.6)
    assert on_table.sum() > 500
    assert np.median(points[on_table][:, 2]) == pytest.approx(top, abs=0.003)
    # the floor is where z = 0: the largest error over many thousand pixels, from both axes and the focal length
    floor = (points[..., 2] < 0.05) & (points[..., 1] < -0.5)
    assert floor.sum() > 20_000
    assert np.abs(points[floor][:, 2]).mean() < 0.004


def test_colours_are_those_of_the_catalogue(room):
    _, data, renderer = room
    image = renderer.rgb(data)
    for id, strongest in (("red_bottle", 0), ("basket", 1), ("door", 2)):
        thing = SCENE.thing(id)
        (u, v), _ = SCENE.camera.project(thing.position + np.array([0, 0, 0.45]) * thing.item.size)
        patch = image[round(v) - 2 : round(v) + 3, round(u) - 2 : round(u) + 3].reshape(-1, 3).mean(0)
        assert patch.argmax() == strongest, (id, patch)
        assert patch.max() > 1.5 * np.sort(patch)[1]


def test_depth_noise_has_the_stated_size_and_seed():
    cfg = DepthNoiseCfg()
    z = np.full((200, 300), 4.0, np.float32)
    got = noisy_depth(z, np.random.default_rng(1), cfg)
    np.testing.assert_array_equal(got, noisy_depth(z, np.random.default_rng(1), cfg))
    held = got[got > 0]
    step = cfg.step_square * 16
    assert held.std() == pytest.approx(np.hypot(cfg.sigma_const + cfg.sigma_square * 16, step / np.sqrt(12)), rel=0.05)
    assert (got == 0).mean() == pytest.approx(cfg.random_loss, rel=0.3)
    np.testing.assert_allclose(held / step, np.round(held / step), atol=1e-3)


def test_depth_is_lost_at_edges_and_out_of_range():
    z = np.full((100, 100), 2.0, np.float32)
    z[:, 50:] = 3.0
    z[:10] = 15.0
    got = noisy_depth(z, np.random.default_rng(0))
    assert (got[:10] == 0).all()
    assert 0.4 < (got[20:, 49:51] == 0).mean() < 0.8
    assert (got[20:, 60:90] == 0).mean() < 0.02


def test_backend_is_chosen_even_when_mujoco_was_imported_before():
    code = (
        "import mujoco\n"
        "from exoactor.world.render import SceneRenderer\n"
        "m = mujoco.MjModel.from_xml_string("
        '\'<mujoco><worldbody><camera name="c"/><geom size="1"/></worldbody></mujoco>\')\n'
        "d = mujoco.MjData(m); mujoco.mj_forward(m, d)\n"
        "assert SceneRenderer(m, 'c', (64, 48)).rgb(d).shape == (48, 64, 3)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("MUJOCO_GL", "PYOPENGL_PLATFORM", "DISPLAY")}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=120)


def test_without_any_library_the_packages_are_named(monkeypatch):
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(
        backend, "BACKENDS", {"egl": ("libnone.so", "libegl1"), "osmesa": ("libnone2.so", "libosmesa6")}
    )
    with pytest.raises(ConfigError, match=r"libegl1.*libosmesa6"):
        backend.choose_backend()


def test_one_drawing_gives_the_same_picture_and_depth_as_two(room):
    _, data, renderer = room
    picture, distance = renderer.rgbd(data)
    np.testing.assert_array_equal(picture, renderer.rgb(data))
    drawn_alone = renderer._renderer
    drawn_alone.enable_depth_rendering()
    try:
        alone = drawn_alone.render()
    finally:
        drawn_alone.disable_depth_rendering()
    near = alone < DepthNoiseCfg().far  # beyond, over the walls, there is no return
    assert near.mean() > 0.5
    np.testing.assert_allclose(distance[near], alone[near], rtol=1e-5)
    assert distance[~near].min() > DepthNoiseCfg().far


def test_a_plain_picture_lacks_only_the_cast_shadows(room):
    _, data, renderer = room
    plain, full = renderer.rgb(data, shadows=False).astype(int), renderer.rgb(data).astype(int)
    darker = (plain - full).max(-1)
    assert 0.005 < (darker > 20).mean() < 0.4 and (darker < -20).mean() < 0.001
