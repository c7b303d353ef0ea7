"""Makes `landmark_calibration.json`: people of all sizes, seen from all sides, whose motion is known.

Run it again when the landmark network or the body changes::

    python -m exoactor.bench.landmark_calibration

A quarter of an hour on one core. The people walk, turn, wave and point on random paths before random cameras; seeds lie
below 1000, apart from those of the benchmark.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import mujoco
import numpy as np

from exoactor.assets import asset
from exoactor.body import load_body
from exoactor.estimate.calibrate import Example, calibrate
from exoactor.estimate.calibration import CALIBRATION_FILE
from exoactor.estimate.landmarks import LandmarkTracker
from exoactor.imagine.clothes import texture
from exoactor.imagine.motion import act
from exoactor.imagine.render import PersonRenderer
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Array, Camera, HumanMotion, Pose2D, StageError
from exoactor.world.build import CAMERA, furnish
from exoactor.world.render import SceneRenderer

FPS, STRIDE = 25.0, 4
"""The motion's rate, and of how many frames one is drawn: neighbours tell little new."""


def example(seed: int, tracker: LandmarkTracker) -> Example:
    """One person before one camera.

    Raises:
        StageError: the network did not follow the person, or the camera cuts feet or head off.
    """
    rng = np.random.default_rng([seed, 29])
    away, side = rng.uniform(3.2, 5.2), rng.uniform(-np.pi, np.pi)
    place = np.array([away * np.cos(side), away * np.sin(side), rng.uniform(1.5, 2.6)])
    aim = np.array([*rng.uniform(-0.2, 0.2, 2), rng.uniform(0.7, 0.9)])
    camera = Camera.looking_at(place, aim, float(rng.uniform(50, 60)), (640, 480))
    motion, frames = _acted(rng, seed, camera)
    track = tracker.track(frames, len(motion), motion.fps)
    return Example(track, camera, motion)


def _acted(rng: np.random.Generator, seed: int, camera: Camera) -> tuple[HumanMotion, Iterator[Array]]:
    """A random motion, thinned, and its pictures."""
    body = load_body()
    style = sample_style(body, seed)
    here, there = rng.uniform(-1.1, 1.1, 2), rng.uniform(-1.1, 1.1, 2)
    start = Pose2D(float(here[0]), float(here[1]), float(rng.uniform(-np.pi, np.pi)))
    goal = Pose2D(float(there[0]), float(there[1]), float(rng.uniform(-np.pi, np.pi)))
    hand = "left" if rng.random() < 0.5 else "right"
    bearing = goal.yaw + rng.uniform(-1, 1)
    target = (2 * np.cos(bearing), 2 * np.sin(bearing), rng.uniform(0.3, 1.5))
    walk, turn = Action("walk", "walks", goal=goal), Action("turn", "turns", goal=goal)
    wave = Action("wave", "waves", seconds=2.0, side=hand)  # type: ignore[arg-type]
    point = Action("point", "points", seconds=1.5, side=hand, at=target)  # type: ignore[arg-type]
    actions = ((walk,), (walk, wave), (turn,), (turn, point), (wave,))[seed % 5]
    paths = {0: np.linspace(here, there, 80)} if actions[0] is walk else {}
    whole = act(actions, paths, start, style, body, FPS, camera.position).to_human(body)
    motion = HumanMotion(
        FPS / STRIDE,
        whole.global_orient[::STRIDE],
        whole.transl[::STRIDE],
        whole.body_pose[::STRIDE],
        whole.betas,
        whole.joints[::STRIDE],
        whole.contacts[::STRIDE],
        whole.confidence[::STRIDE],
    )
    ground = _empty_room(camera)

    def frames() -> Iterator[Array]:
        turns, places = body.fk(motion.global_orient, motion.body_pose, motion.transl, motion.betas)
        with PersonRenderer(body, style.betas, texture(body, style), camera) as renderer:
            for turn, place in zip(turns, places, strict=True):
                renderer.pose(turn, place)
                colour = renderer.colour()
                yield np.where(colour.any(-1, keepdims=True), colour, ground)

    return motion, frames()


def _empty_room(camera: Camera) -> Array:
    model = furnish(mujoco.MjSpec(), [], camera, keep_clear=[np.zeros(2)]).compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    renderer = SceneRenderer(model, CAMERA, camera.size)
    try:
        return renderer.rgb(data).copy()
    finally:
        renderer.close()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=90)
    parser.add_argument("--first-seed", type=int, default=600)
    args = parser.parse_args()
    tracker = LandmarkTracker(asset("landmarks/pose_detection.tflite"), asset("landmarks/pose_landmark_full.tflite"))
    examples = []
    for seed in range(args.first_seed, args.first_seed + args.clips):
        try:
            examples.append(example(seed, tracker))
        except StageError as error:
            print(f"seed {seed} left out: {error}")
    found = calibrate(examples)
    found.save()
    frames = sum(len(e.track) for e in examples)
    print(f"{CALIBRATION_FILE.name}: {frames} frames of {len(examples)} people")
    print(
        f"scale {found.scale.round(3)}, lean {np.degrees(found.lean[[0, 2]]).round(1)} deg + {found.lean[1]:.2f} pitch"
    )


if __name__ == "__main__":
    main()
