"""How well things and the robot are found: random robot poses in every bundled scene, against the simulator's truth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import mujoco
import numpy as np

from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.perceive import RgbdPerception
from exoactor.perceive.template import Template
from exoactor.stance import distance_to_footprint
from exoactor.types import Array, Observation, Pose2D, Proprioception, SceneObject
from exoactor.types.rotations import wrap, yaw_quat
from exoactor.world.build import CAMERA, build, room_walls
from exoactor.world.g1 import default_actuation
from exoactor.world.render import SceneRenderer, noisy_depth
from exoactor.world.scene_file import SceneSpec, bundled_scenes, load_scene

ENCODER_SIGMA = 0.005
"""Noise of the joint angles given to perception [rad]."""
PRIOR_SIGMA = (0.06, 0.06, 0.10)
"""Noise of the prior given to `locate_robot` [m, m, rad]."""
WRONG_HEADING = 45.0
"""A fix off by more than this has the heading wrong [deg]."""


class PosedRoom:
    """A scene in which the robot is put anywhere in any posture, feet on the floor, and looked at. No physics.

    Args:
        scene: a bundled or own scene.
        seed: of depth and encoder noise.
    """

    def __init__(self, scene: SceneSpec, seed: int = 0) -> None:
        self.scene = scene
        self.rng = np.random.default_rng(seed)
        self._model = build(scene)
        self._data = mujoco.MjData(self._model)
        self._renderer = SceneRenderer(self._model, CAMERA, scene.camera.size)
        self._feet = [g for g in range(self._model.ngeom) if "_foot" in (self._model.geom(g).name or "")]
        self._time = 0.0
        self.joint_pos = default_actuation().default_pos

    def put(self, pose: Pose2D, joint_pos: Array | None = None, *, tilt: Array | None = None) -> None:
        """Stand the robot at `pose` with (29,) joints [rad]; `tilt` is a wxyz quaternion applied before the yaw."""
        self.joint_pos = default_actuation().default_pos if joint_pos is None else np.asarray(joint_pos)
        quat = yaw_quat(pose.yaw)
        if tilt is not None:
            turned = np.zeros(4)
            mujoco.mju_mulQuat(turned, quat, tilt)
            quat = turned
        data, model = self._data, self._model
        data.qpos[:3] = [pose.x, pose.y, 0.0]
        data.qpos[3:7] = quat
        data.qpos[7:36] = self.joint_pos
        mujoco.mj_kinematics(model, data)
        solid = self._feet
        if tilt is not None:
            robot = [
                g for g in range(model.ngeom) if model.body_rootid[model.geom_bodyid[g]] == model.body("pelvis").id
            ]
            solid = [g for g in robot if model.geom_conaffinity[g]]
        data.qpos[2] -= min(self._lowest(g) for g in solid)
        mujoco.mj_forward(model, data)

    def look(self, prior: Pose2D | None = None, dt: float = 0.2) -> Observation:
        """What camera and encoders say now; the clock goes on by `dt` [s]."""
        self._time += dt
        rgb, distance = self._renderer.rgbd(self._data)
        depth = noisy_depth(distance, self.rng)
        joints = self.joint_pos + self.rng.normal(0, ENCODER_SIGMA, 29)
        felt = None if prior is None else np.array([prior.x, prior.y, prior.yaw])
        return Observation(self._time, rgb, depth, self.scene.camera, Proprioception(joints, felt))

    def body_position(self, name: str) -> Array:
        """(3,) true position of a body of the robot [m]; for truth only."""
        return np.array(self._data.body(name).xpos)

    def free_pose(self, rng: np.random.Generator, clearance: float = 0.32) -> Pose2D:
        """A random place where the robot touches nothing and is wholly in the picture."""
        camera = self.scene.camera
        things = [SceneObject(t.item, t.position, t.yaw, 1.0) for t in self.scene.things]
        centres = np.array([t.position[:2] for t in self.scene.things] + [self.scene.robot.xy])
        low, high = centres.min(0) - 0.8, centres.max(0) + 0.8
        for _ in range(4000):
            place = rng.uniform(low, high)
            body = np.array([[*place, 0.0], [*place, 1.4], [*(place + 0.3), 0.7], [*(place - 0.3), 0.7]])
            pixel, depth = camera.project(body)
            shown = (depth > 1.2).all() and (pixel > 4).all() and (pixel < np.array(camera.size) - 4).all()
            if shown and self.indoors(place) and all(distance_to_footprint(t, place) > clearance for t in things):
                return Pose2D(float(place[0]), float(place[1]), float(rng.uniform(-np.pi, np.pi)))
        raise RuntimeError(f"scene {self.scene.name}: no free place in view")

    def indoors(self, place: Array) -> bool:
        """Before the room walls as seen from the camera, 0.3 m away from them at least."""
        camera = self.scene.camera.position
        for wall in room_walls(self.scene.things, self.scene.camera, [self.scene.robot.xy]):
            axis = int(wall.half_size[:2].argmin())
            inward = float(np.sign(camera[axis] - wall.center[axis]))
            if (place[axis] - wall.center[axis]) * inward < 0.3 + wall.half_size[axis]:
                return False
        return True

    def _lowest(self, geom: int) -> float:
        model, data = self._model, self._data
        kind, size = model.geom_type[geom], model.geom_size[geom]
        up = data.geom_xmat[geom].reshape(3, 3)[2]
        half = 0.0
        if kind == mujoco.mjtGeom.mjGEOM_CAPSULE:
            half = abs(up[2]) * size[1]
        elif kind == mujoco.mjtGeom.mjGEOM_BOX:
            return float(data.geom_xpos[geom, 2] - np.abs(up) @ size)
        elif kind == mujoco.mjtGeom.mjGEOM_CYLINDER:
            return float(data.geom_xpos[geom, 2] - abs(up[2]) * size[1] - np.hypot(up[0], up[1]) * size[0])
        return float(data.geom_xpos[geom, 2] - half - size[0])


def random_posture(rng: np.random.Generator) -> Array:
    """(29,) a standing posture with the arms somewhere [rad]."""
    spread = np.concatenate([np.zeros(12), np.full(3, 0.06), np.full(14, 0.25)])
    joints = default_actuation().default_pos + rng.normal(0, 1, 29) * spread
    bend = rng.uniform(-0.05, 0.15)
    for leg in (0, 6):
        joints[leg] -= bend
        joints[leg + 3] += 2 * bend
        joints[leg + 4] -= bend
    return np.asarray(joints)


@cache
def posed_room(name: str) -> tuple[PosedRoom, RgbdPerception]:
    """A bundled scene and a perception that knows its catalogue, made once a process."""
    room = PosedRoom(load_scene(name))
    return room, RgbdPerception(room.scene.catalogue())


def cases(trials: int | None, seed: int) -> list[Record]:
    """Scenes in turn, one seed a look."""
    names = bundled_scenes()
    count = 20 * len(names) if trials is None else trials
    return [
        {"id": f"{names[k % len(names)]}-{seed + k}", "scene": names[k % len(names)], "seed": seed + k}
        for k in range(count)
    ]


def trial(case: Record) -> Record:
    """One look: global perception without a prior, and a quick fix with one."""
    room, perception = posed_room(case["scene"])
    rng = np.random.default_rng(case["seed"])
    room.rng = np.random.default_rng([case["seed"], 1])
    pose = room.free_pose(rng)
    room.put(pose, random_posture(rng))
    observation = room.look()
    started = time.process_time()
    scene = perception.perceive(observation)
    perceive_s = time.process_time() - started
    noise = rng.normal(0, PRIOR_SIGMA)
    prior = Pose2D(pose.x + noise[0], pose.y + noise[1], pose.yaw + noise[2])
    started = time.process_time()
    quick = perception.locate_robot(observation, prior)
    locate_s = time.process_time() - started
    started = time.process_time()
    primed = perception.perceive(observation, prior)
    primed_s = time.process_time() - started
    return {
        "robot": _pose_error(scene.robot, pose, scene.robot_confidence),
        "primed": _pose_error(primed.robot, pose, primed.robot_confidence),
        "quick": _pose_error(quick[0] if quick else None, pose, quick[2] if quick else 0.0),
        "objects": [_object_error(thing, scene.get(thing.id)) for thing in room.scene.things],
        "perceive_s": perceive_s,
        "primed_s": primed_s,
        "locate_s": locate_s,
    }


def summarize(records: Sequence[Record]) -> Table:
    """Medians, 95th percentiles and shares over all looks."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, Any] = {"looks": len(records)}
    for key, name in (("robot", "robot, no prior"), ("primed", "robot, with prior"), ("quick", "robot, quick fix")):
        all_of = [r[key] for r in records]
        seen = [e for e in all_of if e["found"]]
        wrong = sum(e["yaw_deg"] > WRONG_HEADING for e in seen)
        right = sum(e["position_m"] < 0.15 and e["yaw_deg"] < 20 for e in seen)
        summary[key] = {**_numbers(seen), "found": len(seen), "right": right, "wrong_heading": wrong}
        rows.append(
            (name, *_cells(seen), share(len(seen), len(all_of)), share(right, len(all_of)), share(wrong, len(seen)))
        )
    kinds = sorted({o["kind"] for r in records for o in r["objects"]})
    for kind in ["all things", *kinds]:
        objects = [o for r in records for o in r["objects"] if kind in ("all things", o["kind"])]
        # Confidence decides what may be a target; what is below is as good as not found.
        seen = [o for o in objects if o["found"] and o["confidence"] >= 0.5]
        right = sum(o["position_m"] < 0.10 and o["yaw_deg"] < 15 for o in seen)
        wrong = len(seen) - right
        summary[kind] = {**_numbers(seen), "n": len(objects), "found": len(seen), "confident_but_wrong": wrong}
        rows.append(
            (kind, *_cells(seen), share(len(seen), len(objects)), share(right, len(objects)), share(wrong, len(seen)))
        )
    for key in ("perceive_s", "primed_s", "locate_s"):
        summary[key] = float(np.median([r[key] for r in records]))
    title = (
        f"Perception over {len(records)} looks. CPU seconds (median): perceive {summary['perceive_s']:.3f}, "
        f"with prior {summary['primed_s']:.3f}, quick fix {summary['locate_s']:.4f}"
    )
    columns = (
        "what", "position [m] median / 95 %", "yaw [deg] median / 95 %",
        "found (confident)", "right (things 10 cm 15 deg, robot 15 cm 20 deg)", "wrong heading or confident but wrong",
    )  # fmt: skip
    return Table(title, columns, tuple(rows), summary)


def _pose_error(found: Pose2D | None, truth: Pose2D, confidence: float) -> Record:
    if found is None:
        return {"found": False}
    return {
        "found": True,
        "position_m": float(np.hypot(found.x - truth.x, found.y - truth.y)),
        "yaw_deg": float(np.degrees(abs(wrap(found.yaw - truth.yaw)))),
        "confidence": float(confidence),
    }


def _object_error(truth: Any, found: SceneObject | None) -> Record:
    record: Record = {"id": truth.id, "kind": truth.item.kind, "found": found is not None}
    if found is None:
        return record
    period = Template(truth.item, 8).period
    turn = 0.0 if period == 0 else abs((found.yaw - truth.yaw + period / 2) % period - period / 2)
    return {
        **record,
        "position_m": float(np.linalg.norm(found.position - truth.position)),
        "yaw_deg": float(np.degrees(turn)),
        "confidence": found.confidence,
    }


def _numbers(errors: Sequence[Record]) -> dict[str, float | None]:
    if not errors:
        return dict.fromkeys(("position_median_m", "position_p95_m", "yaw_median_deg", "yaw_p95_deg"))
    place, turn = [e["position_m"] for e in errors], [e["yaw_deg"] for e in errors]
    return {
        "position_median_m": float(np.median(place)),
        "position_p95_m": float(np.percentile(place, 95)),
        "yaw_median_deg": float(np.median(turn)),
        "yaw_p95_deg": float(np.percentile(turn, 95)),
    }


def _cells(errors: Sequence[Record]) -> tuple[str, str]:
    n = _numbers(errors)
    if n["position_median_m"] is None:
        return "-", "-"
    return (
        f"{n['position_median_m']:.3f} / {n['position_p95_m']:.3f}",
        f"{n['yaw_median_deg']:.1f} / {n['yaw_p95_deg']:.1f}",
    )


BENCH = Bench(
    name="perceive",
    about="position and heading errors of things and robot in RGB-D looks at every bundled scene",
    cases=cases,
    trial=trial,
    summarize=summarize,
)
