"""What imagining costs, and whether the gates tell good clips from bad ones.

Random rooms, cameras and action chains; every clip is imagined and gated; every other one is then spoilt in each
way a `bad_video` fault can and gated again.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np

from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.formats.video import probe
from exoactor.imagine.defects import DEFECTS, plant
from exoactor.imagine.gates import run_gates
from exoactor.imagine.procedural import ProceduralVideoModel
from exoactor.imagine.prompt import video_prompt
from exoactor.stance import distance_to_footprint, stances
from exoactor.types import (
    Action,
    Camera,
    CatalogueItem,
    ImagineRequest,
    Observation,
    Pose2D,
    Proprioception,
    Scene,
    SceneObject,
    StageError,
)
from exoactor.world.build import CAMERA, furnish
from exoactor.world.furniture import default_size
from exoactor.world.looks import KIND_COLORS
from exoactor.world.placement import Thing
from exoactor.world.render import SceneRenderer, noisy_depth

CHAINS = ("walk", "around", "turn", "wave", "point", "stand")
_KINDS = ("table", "chair", "shelf", "box", "bin", "door")


def furnished_room(seed: int) -> tuple[Scene, Observation]:
    """A random room with a manikin where the robot stands: what is truly there, and how the camera sees it.

    Args:
        seed: of places, kinds, camera and depth noise.
    """
    rng = np.random.default_rng([seed, 3])
    robot = Pose2D(float(rng.uniform(-1.2, 0.2)), float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-np.pi, np.pi)))
    things: list[Thing] = []
    for number, kind in enumerate(rng.permutation(_KINDS)[: rng.integers(2, 5)]):
        size = default_size(str(kind))
        for _ in range(40):
            position = np.array([rng.uniform(-1.8, 1.8), rng.uniform(-1.2, 1.8), 0.0])
            item = CatalogueItem(f"{kind}_{number}", str(kind), KIND_COLORS[str(kind)], size, False)
            thing = Thing(item, position, float(rng.integers(4)) * np.pi / 2 + float(rng.normal(0, 0.1)))
            apart = [float(np.linalg.norm(position - t.position)) - _radius(t.item) - _radius(item) for t in things]
            clear = distance_to_footprint(_perceived(thing), robot.xy)
            if clear > 0.7 and min([9.0, *apart]) > 0.3:
                things.append(thing)
                break
    angle = rng.uniform(-2.4, -0.7)
    distance, height = rng.uniform(4.3, 5.6), rng.uniform(1.3, 2.1)
    camera = Camera.looking_at(
        np.array([distance * np.cos(angle), distance * np.sin(angle), height]),
        np.array([0.0, 0.1, 0.75]),
        float(rng.uniform(50, 58)),
        (640, 480),
    )
    scene = Scene(tuple(_perceived(t) for t in things), robot, 0.9, camera)
    return scene, _look(things, robot, camera, rng)


def chain(kind: str, scene: Scene, seed: int) -> tuple[Action, ...]:
    """An action chain of one of `CHAINS` in a room.

    Raises:
        StageError: nothing in the room can be walked to.
    """
    rng = np.random.default_rng([seed, 5])
    assert scene.robot is not None
    if kind == "stand":
        return (Action("stand", "stands still", seconds=float(rng.uniform(1.5, 3))),)
    side = "left" if rng.random() < 0.5 else "right"
    target = scene.objects[rng.integers(len(scene.objects))] if scene.objects else None
    if target is None:
        raise StageError("imagine", "no_path", "the room is empty")
    ahead = target.position[:2] - scene.robot.xy
    toward = Pose2D(scene.robot.x, scene.robot.y, float(np.arctan2(ahead[1], ahead[0])))
    if kind == "wave":
        return (Action("wave", f"waves with the {side} hand", seconds=2.5, side=side),)  # type: ignore[arg-type]
    if kind == "turn":
        return (Action("turn", f"turns to the {target.item.kind}", goal=toward),)
    if kind == "point":
        at = (*target.position[:2], float(target.item.size[2]) * 0.8)
        return (
            Action("turn", f"turns to the {target.item.kind}", goal=toward),
            Action("point", f"points at the {target.item.kind}", 2.5, side=side, at=at),  # type: ignore[arg-type]
        )
    for goal in stances(target, scene.robot.xy):
        clear = min(distance_to_footprint(o, goal.xy) for o in scene.objects)
        if clear > 0.4:
            text = f"walks to the {target.item.kind}"
            if kind == "walk":
                return (Action("walk", text, goal=goal),)
            beyond = 2 * target.position[:2] - goal.xy
            away = Pose2D(float(beyond[0]), float(beyond[1]), goal.yaw)
            return (Action("walk", f"walks round the {target.item.kind}", goal=away),)
    raise StageError("imagine", "no_path", "no side of the target is free")


def _cases(trials: int | None, seed: int) -> list[Record]:
    count = 24 if trials is None else trials
    return [
        {
            "id": f"{seed + k}",
            "seed": seed + k,
            "chain": CHAINS[k % len(CHAINS)],
            "spoil": (k + k // len(CHAINS)) % 2 == 0,
        }
        for k in range(count)
    ]


def _trial(case: Record) -> Record:
    """Imagine in the first room from the seed on that allows the chain; gate; spoil; gate again."""
    model = ProceduralVideoModel()
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        for attempt in range(60):
            seed = case["seed"] * 100 + attempt
            scene, observation = furnished_room(seed)
            try:
                actions = chain(case["chain"], scene, seed)
                request = ImagineRequest(scene, observation, actions, video_prompt(scene, actions), seed)
                began = time.process_time()
                model.imagine(request, clip)
            except StageError:
                continue
            imagined = time.process_time() - began
            break
        else:
            return {"status": "no room allows it"}
        seconds = probe(clip).seconds
        began = time.process_time()
        results = run_gates(clip)
        gated = time.process_time() - began
        caught = {}
        for defect in DEFECTS if case["spoil"] else ():
            bad = Path(folder) / f"{defect}.mp4"
            plant(clip, defect, bad, seed)
            caught[defect] = [r.name for r in run_gates(bad) if not r.passed]
    return {
        "status": "ok",
        "room": seed,
        "video_s": round(seconds, 3),
        "imagine_cpu_per_s": round(imagined / seconds, 3),
        "gate_cpu_per_s": round(gated / seconds, 3),
        "failed": [r.name for r in results if not r.passed],
        "values": {r.name: round(float(r.value), 4) for r in results},
        "caught": caught,
    }


def _summarize(records: Sequence[Record]) -> Table:
    done = [r for r in records if r["status"] == "ok"]
    good = sum(not r["failed"] for r in done)
    rows = [("good clips passed", share(good, len(done)))]
    summary: dict[str, object] = {"clips": len(done), "good_passed": good}
    for defect in DEFECTS:
        found = [bool(r["caught"][defect]) for r in done if r["caught"]]
        rows.append((f"{defect} caught", share(sum(found), len(found))))
        summary[f"{defect}_caught"], summary[f"{defect}_clips"] = sum(found), len(found)
    for key, name in (("imagine_cpu_per_s", "imagine"), ("gate_cpu_per_s", "gates")):
        values = [r[key] for r in done]
        if values:
            rows.append((f"{name} [CPU s per video s]", f"median {np.median(values):.2f}, worst {max(values):.2f}"))
            summary[key] = float(np.median(values))
    seconds = [r["video_s"] for r in done]
    rows.append(("video [s]", f"{sum(seconds):.0f} in {len(done)} clips of 640x480 at 25 frames/s"))
    return Table("imagine: cost and gates", ("what", "result"), tuple(rows), summary)


def _perceived(thing: Thing) -> SceneObject:
    return SceneObject(thing.item, thing.position, thing.yaw, 0.9)


def _radius(item: CatalogueItem) -> float:
    return float(np.linalg.norm(item.size[:2]) / 2)


def _look(things: Sequence[Thing], robot: Pose2D, camera: Camera, rng: np.random.Generator) -> Observation:
    spec = mujoco.MjSpec()
    furnish(spec, things, camera, keep_clear=[robot.xy])
    body = spec.worldbody.add_body(
        name="manikin", pos=[robot.x, robot.y, 0], quat=[np.cos(robot.yaw / 2), 0, 0, np.sin(robot.yaw / 2)]
    )
    capsule, sphere = mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_SPHERE
    for fromto, radius in (
        ([0, 0.11, 0.05, 0, 0.1, 0.7], 0.05),
        ([0, -0.11, 0.05, 0, -0.1, 0.7], 0.05),
        ([0, 0, 0.75, 0, 0, 1.05], 0.11),
        ([0, 0.2, 0.6, 0, 0.17, 1.05], 0.04),
        ([0, -0.2, 0.6, 0, -0.17, 1.05], 0.04),
    ):
        body.add_geom(type=capsule, fromto=fromto, size=[radius, 0, 0], rgba=[0.3, 0.3, 0.32, 1])
    body.add_geom(type=sphere, pos=[0, 0, 1.23], size=[0.09, 0, 0], rgba=[0.2, 0.2, 0.22, 1])
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    renderer = SceneRenderer(model, CAMERA, camera.size)
    try:
        rgb, depth = renderer.rgbd(data)
    finally:
        renderer.close()
    return Observation(0.0, rgb, noisy_depth(depth, rng), camera, Proprioception(np.zeros(29)))


BENCH = Bench(
    "imagine", "CPU cost of the imagined video, and how well the gates tell good from bad.", _cases, _trial, _summarize
)
