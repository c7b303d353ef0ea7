"""A rendered clip whose motion is known."""

import numpy as np
import pytest
from known_motion import FPS, Shot, walking

from exoactor.body import load_body
from exoactor.formats.video import write_mp4
from exoactor.imagine.clothes import texture
from exoactor.imagine.render import PersonRenderer
from exoactor.imagine.style import sample_style


@pytest.fixture(scope="session")
def shot(tmp_path_factory: pytest.TempPathFactory) -> Shot:
    """A rendered clip of somebody walking before a plain wall."""
    body = load_body()
    motion, camera = walking(11)
    style = sample_style(body, 11)
    rows = np.linspace(0, 1, 480)[:, None, None]
    rng = np.random.default_rng(0)
    ground = np.clip(120 + 80 * (rows < 0.3) + rng.normal(0, 4, (480, 640, 3)), 30, 255).astype(np.uint8)
    frames, masks = [], []
    rotations, positions = body.fk(motion.global_orient, motion.body_pose, motion.transl, motion.betas)
    with PersonRenderer(body, style.betas, texture(body, style), camera) as renderer:
        for turn, place in zip(rotations, positions, strict=True):
            renderer.pose(turn, place)
            colour = renderer.colour()
            mask = colour.any(-1)
            frame = ground.copy()
            frame[mask] = colour[mask]
            frames.append(frame)
            masks.append(mask)
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    write_mp4(path, frames, FPS)
    return Shot(path, frames, masks, ground, camera, motion)
