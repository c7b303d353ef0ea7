"""A room with a sign in it, whose words speak to whoever looks: rendered by the simulator, as its camera sees it."""

from functools import cache

import cv2
import mujoco
import numpy as np

from exoactor import attempt
from exoactor.pipeline import SimPipeline
from exoactor.world import build
from exoactor.world.scene_file import load_scene

SIZE, PLACE = (1.7, 0.72), (1.0, 0.9, 0.95)
"""Of the sign, and where its middle is [m]; it hangs upright and faces the camera of the depot."""


def board(lines, pixels=400):
    """RGB of black words on white."""
    image = np.full((round(pixels * SIZE[1] / SIZE[0]) * 2, pixels * 2, 3), 255, np.uint8)
    for i, line in enumerate(lines):
        (width, _), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 5)
        scale = 0.94 * image.shape[1] / width
        at = (round(0.03 * image.shape[1]), round(image.shape[0] * (i + 0.75) / len(lines)))
        cv2.putText(image, line, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), round(3 * scale), cv2.LINE_AA)
    return image


def rendered(lines, folder, monkeypatch):
    """RGB (480, 640, 3) of the depot with the sign, taken by the pipeline as it takes every look."""
    furnish = build.furnish

    def with_sign(spec, things, camera, keep_clear=()):
        furnish(spec, things, camera, keep_clear)
        build._add_texture(spec, "sign", board(lines), repeat=1.0)
        spec.material("sign").texuniform = False
        spec.worldbody.add_geom(
            type=mujoco.mjtGeom.mjGEOM_PLANE,
            pos=PLACE,
            size=[SIZE[0] / 2, SIZE[1] / 2, 0.1],
            quat=[np.sqrt(0.5), np.sqrt(0.5), 0, 0],  # its face towards -y
            material="sign",
            contype=0,
            conaffinity=0,
        )
        return spec

    scene = load_scene("depot")
    with monkeypatch.context() as patched:
        patched.setattr(build, "furnish", with_sign)
        pipeline = SimPipeline(scene)
        try:
            pipeline.observe(folder)
        finally:
            pipeline.close()
    return cv2.imread(str(folder / attempt.OBSERVATION))[..., ::-1]


def likeness(picture, lines):
    """How much what a picture shows at the sign's place is like these words, -1 to 1."""
    wanted, (height, width) = expected(lines), expected(lines).shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    straight = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners(), flat), (width, height))
    shown = cv2.cvtColor(straight, cv2.COLOR_RGB2GRAY).astype(float)
    return float(np.corrcoef(shown.ravel(), wanted.ravel())[0, 1])


@cache
def expected(lines):
    """The words in gray, as blurred as they are from where the camera is."""
    return cv2.GaussianBlur(cv2.cvtColor(board(lines), cv2.COLOR_RGB2GRAY).astype(float), (0, 0), 4)[::2, ::2]


@cache
def corners():
    """(4, 2) of the sign in the picture, clockwise from its upper left [px]."""
    ends = [(-1, 1), (1, 1), (1, -1), (-1, -1)]
    world = np.array([[PLACE[0] + x * SIZE[0] / 2, PLACE[1], PLACE[2] + z * SIZE[1] / 2] for x, z in ends])
    return load_scene("depot").camera.project(world)[0].astype(np.float32)
