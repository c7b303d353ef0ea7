"""Which retargeting the robot follows better: own footsteps with inverse kinematics, or joint angles as they are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from exoactor.bench.runner import Bench, Record, Table, cpu_seconds, share
from exoactor.body import load_body
from exoactor.control.feedback import RootFeedback
from exoactor.control.playback import Playback, SettleCfg
from exoactor.control.reference import Reference
from exoactor.control.student import StudentController
from exoactor.formats.amass import load_human
from exoactor.ground import GroundCfg, ground, root_path
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.retarget import METHODS, retarget
from exoactor.retarget.wholebody import forward
from exoactor.stance import stances
from exoactor.types import (
    BODY_JOINTS,
    CONTROL_HZ,
    Action,
    Array,
    Camera,
    CatalogueItem,
    GroundedMotion,
    HumanMotion,
    Pose2D,
    RobotMotion,
    Scene,
    SceneObject,
    Sensors,
)
from exoactor.types.rotations import quat_to_rpy, wrap
from exoactor.world.g1 import g1_spec

KINDS = ("walk", "around", "turn", "wave", "point", "stand")
CLIPS = "EXOACTOR_BENCH_CLIPS"
"""Environment variable naming a folder of AMASS-layout clips to add."""

_FEET = ("left_ankle_roll_link", "right_ankle_roll_link")
_HANDS = tuple(f"{side}_{link}" for side in ("left", "right") for link in ("shoulder_roll_link", "wrist_yaw_link"))


def acted(kind: str, seed: int, fps: float = 25.0) -> tuple[HumanMotion, Scene]:
    """A procedural person doing one of `KINDS` in a random scene: the truth, and the room as it is."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    robot = Pose2D(0.0, 0.0, float(rng.uniform(-np.pi, np.pi)))
    bearing, distance = float(rng.uniform(-np.pi, np.pi)), float(rng.uniform(1.6, 2.6))
    if kind in ("point", "around"):
        bearing = robot.yaw + float(rng.uniform(-0.8, 0.8))
    place = distance * np.array([np.cos(bearing), np.sin(bearing)])
    item = CatalogueItem("table", "table", "brown", np.array([0.5, 0.8, 0.72]), False)
    table = SceneObject(item, np.append(place, 0.0), float(rng.uniform(-np.pi, np.pi)), 1.0)
    camera = Camera.looking_at(np.array([2.2, -4.0, 1.7]), np.array([0.3, 0, 0.7]), 60.0, (640, 480))
    scene = Scene((table,), robot, 1.0, camera)
    facing = Pose2D(0.0, 0.0, float(np.arctan2(place[1], place[0])))
    around = [bearing + np.pi + s for s in np.radians([45, 90, 135, 180])]
    ring = [place + 1.15 * np.array([np.cos(a), np.sin(a)]) for a in around]
    side = "left" if wrap(bearing - robot.yaw) > 0 else "right"
    at = (float(place[0]), float(place[1]), 0.36)
    chain = {
        "walk": Action("walk", "", goal=stances(table, robot.xy)[0]),
        "around": Action(
            "walk",
            "",
            goal=Pose2D(float(ring[-1][0]), float(ring[-1][1]), float(wrap(around[-1] + np.pi / 2))),
            via=tuple((float(x), float(y)) for x, y in ring[:-1]),
        ),
        "turn": Action("turn", "", goal=facing),
        "wave": Action("wave", "", seconds=2.5),
        "point": Action("point", "", seconds=2.5, side=side, at=at),  # type: ignore[arg-type]
        "stand": Action("stand", "", seconds=2.0),
    }
    body = load_body()
    actions = (chain[kind],)
    motion = act(actions, walking_paths(scene, actions, PathCfg()), robot, sample_style(body, seed), body, fps)
    return motion.to_human(body), scene


def as_estimated(
    motion: HumanMotion, camera: Camera, seed: int, drift: float = 0.08, turn_deg: float = 4.0
) -> HumanMotion:
    """The motion with the root errors an estimator leaves: slow drift along the camera's ray [m], heading [deg]."""
    rng = np.random.default_rng([seed, 99])
    n = len(motion)
    noise = gaussian_filter1d(rng.normal(size=(n + 100, 3)), 25, axis=0)[50:-50] * 9.0
    error = 0.7 * (rng.normal(size=3) + noise)
    pelvis = motion.joints[:, 0, :2]
    ray = pelvis - camera.position[:2]
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    across = np.column_stack([-ray[:, 1], ray[:, 0]])
    turn = Rotation.from_rotvec(np.radians(turn_deg) * error[:, 2:] * np.array([[0.0, 0.0, 1.0]]))
    shift = np.zeros((n, 1, 3))
    shift[:, 0, :2] = drift * (ray * error[:, :1] + 0.4 * across * error[:, 1:2])
    root = motion.joints[:, :1]
    joints = (turn.as_matrix()[:, None] @ (motion.joints - root)[..., None])[..., 0] + root + shift
    orient = turn * Rotation.from_rotvec(np.array(motion.global_orient))
    transl = motion.transl + shift[:, 0]
    return replace(motion, joints=joints, global_orient=orient.as_rotvec(), transl=transl)


@dataclass(frozen=True)
class Tracked:
    """What the ideal-state tracker did.

    Args:
        fell: it fell.
        seconds: simulated [s].
        end: distance from the end of the reference [m].
        turn: the same of the heading [rad].
        path: mean distance of the root from its reference [m].
        keypoint: mean distance of hands and feet from the reference's in the pelvis' heading frame [m].
        slide: mean speed of the lower foot over the floor [m/s].
    """

    fell: bool
    seconds: float
    end: float
    turn: float
    path: float
    keypoint: float
    slide: float


@lru_cache(maxsize=1)
def _physics() -> tuple[StudentController, mujoco.MjModel]:
    controller = StudentController()
    spec = g1_spec(controller.actuation, contacts="feet", visuals=False)
    spec.worldbody.add_geom(
        type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 0.05], contype=1, conaffinity=0, friction=[0.8, 0.005, 0.0001]
    )
    return controller, spec.compile()


def tracked(motion: RobotMotion, *, closed_loop: bool, tail: float = 0.6) -> Tracked:
    """Track a motion in MuJoCo with the packaged student, the root known exactly: only the reference is judged."""
    controller, model = _physics()
    controller.reset()
    data = mujoco.MjData(model)
    reference, feedback = Reference(motion), RootFeedback()
    playback = Playback(reference, SettleCfg(), closed_loop=closed_loop)
    data.qpos[:3], data.qpos[3:7], data.qpos[7:36] = motion.root_pos[0], motion.root_quat[0], motion.joint_pos[0]
    mujoco.mj_forward(model, data)
    feet = [model.body(name).id for name in _FEET]
    data.qpos[2] += 0.036 - data.xpos[feet, 2].min()
    frames: list[int] = []
    states: list[Array] = []
    over = 0
    while over < tail * CONTROL_HZ and len(states) < 60 * CONTROL_HZ and (not states or data.qpos[2] > 0.4):
        pose = _pose(data.qpos)
        sensors = Sensors(
            len(states) / CONTROL_HZ,
            data.qpos[7:36],
            data.qvel[6:35],
            data.qpos[3:7],
            data.qvel[3:6],
            np.zeros(3),
            np.ones(2, bool),
        )
        command = reference.command(playback.index)
        if closed_loop:
            resting = playback.resting or playback.done
            command = feedback.correct(command, playback.aim, pose, resting=resting)
        data.ctrl[:29] = controller.act(sensors, command)
        mujoco.mj_step(model, data, nstep=round(1 / CONTROL_HZ / model.opt.timestep))
        states.append(data.qpos[:36].copy())
        frames.append(min(playback.index, len(reference) - 1))
        if playback.done:
            over += 1
        else:
            playback.advance(_pose(data.qpos))
    real, wanted = np.array(states), np.array(frames)
    keys = (*_FEET, *_HANDS)
    done, _ = forward(real[:, :3], real[:, 3:7], real[:, 7:], keys)
    asked, _ = forward(reference.root_pos[wanted], reference.root_quat[wanted], reference.joint_pos[wanted], keys)
    last = _pose(real[-1])
    lower = done[:, :2][np.arange(len(done)), done[:, :2, 2].argmin(axis=1)]
    moved = np.linalg.norm(np.diff(lower[:, :2], axis=0), axis=1)
    same = done[1:, :2, 2].argmin(axis=1) == done[:-1, :2, 2].argmin(axis=1)
    keypoints = np.linalg.norm(_local(done, real) - _local(asked, _states(reference, wanted)), axis=-1)
    return Tracked(
        fell=bool(real[-1, 2] < 0.4),
        seconds=len(real) / CONTROL_HZ,
        end=float(np.linalg.norm(last[:2] - reference.pose[-1, :2])),
        turn=float(abs(wrap(last[2] - reference.pose[-1, 2]))),
        path=float(np.linalg.norm(real[:, :2] - reference.pose[wanted, :2], axis=1).mean()),
        keypoint=float(keypoints.mean()),
        slide=float(moved[same].mean() * CONTROL_HZ),
    )


def arm_error(motion: RobotMotion, grounded: GroundedMotion) -> float:
    """Mean angle between the robot's and the person's shoulder-wrist directions over the last 0.3-0.7 of the clip.

    Only meaningful where both share a clock, so it is taken for motions that do not walk [rad].
    """
    human = grounded.human
    places, _ = forward(motion.root_pos, motion.root_quat, motion.joint_pos, _HANDS)
    when = np.arange(len(motion)) / motion.fps
    middle = (when > 0.3 * human.seconds) & (when < 0.7 * human.seconds)
    frame = np.rint(when[middle] * human.fps).astype(int)
    errors = []
    for column, side in ((0, "left"), (2, "right")):
        robot = places[middle, column + 1] - places[middle, column]
        shoulder, wrist = (BODY_JOINTS.index(f"{side}_{j}") for j in ("shoulder", "wrist"))
        person = human.joints[frame, wrist] - human.joints[frame, shoulder]
        cosine = (robot * person).sum(1) / np.linalg.norm(robot, axis=1) / np.linalg.norm(person, axis=1)
        errors.append(np.arccos(np.clip(cosine, -1, 1)))
    return float(np.mean(errors))


def _cases(trials: int | None, seed: int) -> list[Record]:
    count = 10 if trials is None else trials
    clips = sorted(Path(os.environ[CLIPS]).glob("*.npz")) if CLIPS in os.environ else []
    made: list[Record] = [{"kind": kind, "seed": seed + k} for k in range(count) for kind in KINDS]
    real: list[Record] = [{"kind": "clip", "path": str(path)} for path in clips]
    return [
        {"id": f"{c['kind']}-{c.get('seed', Path(str(c.get('path', ''))).stem)}-{method}", "method": method, **c}
        for c in [*made, *real]
        for method in METHODS
    ]


def _trial(case: Record) -> Record:
    if case["kind"] == "clip":
        human = load_human(Path(case["path"]))
        start = Pose2D(float(human.joints[0, 0, 0]), float(human.joints[0, 0, 1]), float(human.heading[0]))
        camera = Camera.looking_at(np.array([4.0, -4.0, 1.7]), np.array([0.0, 0, 0.7]), 60.0, (640, 480))
        scene, cfg = Scene((), start, 1.0, camera), GroundCfg(snap=False)
    else:
        human, scene = acted(case["kind"], case["seed"])
        human, cfg = as_estimated(human, scene.camera, case["seed"]), GroundCfg()
    began = cpu_seconds()
    grounded = ground(human, scene, cfg)
    motion = retarget(grounded, case["method"])
    spent = cpu_seconds() - began
    result: dict[str, Any] = {"target": grounded.target, "video_s": human.seconds, "cpu_per_s": spent / human.seconds}
    if not root_path(grounded.human).moves:
        result["arm_deg"] = np.degrees(arm_error(motion, grounded))
    for loop in (True, False):
        name = "closed" if loop else "open"
        track = tracked(motion, closed_loop=loop)
        goal = grounded.goal
        result[name] = {
            "fell": track.fell,
            "seconds": track.seconds,
            "end_m": track.end,
            "turn_deg": np.degrees(track.turn),
            "path_m": track.path,
            "keypoint_mm": 1e3 * track.keypoint,
            "slide_mm_s": 1e3 * track.slide,
        }
    result["reference_misses_goal_m"] = float(np.linalg.norm(motion.root_pos[-1, :2] - goal.xy))
    return result


def _summarize(records: Sequence[Record]) -> Table:
    rows, summary = [], {}
    for method in METHODS:
        for loop in ("closed", "open"):
            mine = [r for r in records if r["method"] == method]
            tracks = [r[loop] for r in mine]
            numbers: dict[str, Any] = {
                key: float(np.mean([t[key] for t in tracks]))
                for key in ("end_m", "turn_deg", "path_m", "keypoint_mm", "slide_mm_s", "seconds")
            }
            numbers["end_p95_m"] = float(np.percentile([t["end_m"] for t in tracks], 95))
            arms = [r["arm_deg"] for r in mine if "arm_deg" in r]
            numbers["arm_deg"] = float(np.mean(arms)) if arms else float("nan")
            numbers["cpu_per_s"] = float(np.mean([r["cpu_per_s"] for r in mine]))
            falls = sum(t["fell"] for t in tracks)
            summary[f"{method}_{loop}"] = {**numbers, "falls": falls, "n": len(tracks)}
            rows.append(
                (
                    method,
                    loop,
                    share(falls, len(tracks)),
                    f"{100 * numbers['end_m']:.1f} / {100 * numbers['end_p95_m']:.1f}",
                    f"{numbers['turn_deg']:.1f}",
                    f"{100 * numbers['path_m']:.1f}",
                    f"{numbers['keypoint_mm']:.0f}",
                    f"{numbers['arm_deg']:.1f}",
                    f"{numbers['slide_mm_s']:.0f}",
                    f"{numbers['seconds']:.1f}",
                    f"{numbers['cpu_per_s']:.3f}",
                )
            )
    return Table(
        "Retargeting, tracked by the packaged student with the root known exactly",
        (
            "method",
            "root feedback",
            "falls",
            "end error mean / p95 [cm]",
            "heading [deg]",
            "path [cm]",
            "keypoints [mm]",
            "arms [deg]",
            "foot slide [mm/s]",
            "tracked [s]",
            "CPU s per video s",
        ),
        tuple(rows),
        summary,
    )


def _pose(qpos: Array) -> Array:
    return np.array([qpos[0], qpos[1], quat_to_rpy(qpos[3:7])[2]])


def _states(reference: Reference, frames: Array) -> Array:
    return np.concatenate([reference.root_pos[frames], reference.root_quat[frames]], axis=1)


def _local(points: Array, states: Array) -> Array:
    """Points (N, K, 3) relative to the pelvis, turned by its heading."""
    yaw = quat_to_rpy(states[:, 3:7])[:, 2]
    turn = Rotation.from_rotvec(-yaw[:, None] * np.array([[0.0, 0.0, 1.0]])).as_matrix()
    return np.asarray((turn[:, None] @ (points - states[:, None, :3])[..., None])[..., 0])


BENCH = Bench(
    "retarget",
    "own footsteps with inverse kinematics against joint angles as they are, both tracked open and closed loop",
    _cases,
    _trial,
    _summarize,
)
