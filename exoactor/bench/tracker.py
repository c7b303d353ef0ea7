"""How well the controller tracks: held-out clips, made walks and gestures; and how well the robot knows its pose."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from exoactor.bench.runner import Bench, Record, Table
from exoactor.control import TrackCfg, standing_pose, track
from exoactor.control.estimator import StateEstimator
from exoactor.control.recorder import Localize
from exoactor.control.reference import Reference
from exoactor.control.student import StudentController
from exoactor.control.training.footsteps import random_gait, walk
from exoactor.control.training.gestures import gesture, reaching, squatting, standing
from exoactor.control.training.posing import Poser
from exoactor.control.training.references import FASTEST_JOINT, fastest_joint, random_goals, without_jumps
from exoactor.control.training.sim import FloorRobot, fallen, floor_model
from exoactor.formats.robot_motion import load_robot
from exoactor.types import Array, Observation, Pose2D, RobotMotion, Sensors, TrackingCommand
from exoactor.types.rotations import quat_to_rpy, wrap, yaw_quat

MOTIONS_VARIABLE = "EXOACTOR_MOTIONS"
"""Folder of motion files; without it only made references are tracked."""

HELD_OUT = ("twist2_walk_005", "twist2_walk_009", "gmt_walk_stand", "kimodo_wave")
"""Clips the packaged student was not trained on; a file name stands for its origin (see the model card)."""

HELD_OUT_SEEDS = 3
"""Sensor noise decides some tenths of a degree: held-out clips are tracked so often."""

FIX_NOISE = np.array([0.02, 0.02, 0.03])
"""One-sigma of the simulated camera fixes [m, m, rad]."""

MADE = ("walk", "walk", "turn", "gesture", "reach", "squat", "stand")


def cases(count: int | None, seed: int) -> list[Record]:
    """Clips, held-out ones at several seeds; then `count` made references (21 by default), walks also without fixes."""
    folder = os.environ.get(MOTIONS_VARIABLE)
    found = sorted(path.stem for path in Path(folder).glob("*.npz")) if folder else []
    listed: list[Record] = [
        {"id": f"clip/{name}/{seed + k}", "group": group, "kind": "clip", "name": name, "seed": seed + k, "fixes": True}
        for group, names, times in (
            ("held out", [n for n in found if n in HELD_OUT], HELD_OUT_SEEDS),
            ("trained on", [n for n in found if n not in HELD_OUT], 1),
        )
        for name in names
        for k in range(times)
    ]
    for k in range(21 if count is None else count):
        kind = MADE[k % len(MADE)]
        for fixes in (True, False) if kind in ("walk", "turn") else (True,):
            suffix = "" if fixes else "/no_fixes"
            listed.append(
                {
                    "id": f"{kind}/{seed + k}{suffix}",
                    "group": kind if fixes else f"{kind}, no fixes",
                    "kind": kind,
                    "seed": seed + k,
                    "fixes": fixes,
                }
            )
    return listed


def trial(case: Record) -> Record:
    """Track one reference from a stand and compare with the simulator's truth."""
    motion = _motion(case)
    controller = StudentController()
    robot = _robot(motion, controller, case)
    estimator = StateEstimator()
    errors: list[Array] = []
    sense = robot.sense

    def watched() -> Sensors:
        if estimator.located:
            errors.append(_off(estimator.pose, robot.truth))
        return sense()

    robot.sense = watched  # type: ignore[method-assign]
    cfg = TrackCfg(look_hz=2.5 if case["fixes"] else 0.0)
    if case["kind"] == "clip":
        # As such clips are measured elsewhere: from the clip's own first pose, without wrist feedback.
        cfg = replace(cfg, wrist=None, blend=0.0)
    begin = time.process_time()
    rollout = track(
        robot,
        controller,
        motion,
        start=Pose2D(*robot.truth),
        localize=_camera(robot, case["seed"]) if case["fixes"] else None,
        cfg=cfg,
        estimator=estimator,
    )
    cpu = time.process_time() - begin
    off = np.array(errors)
    arrived = _off(robot.truth, Reference(motion).pose[-1])
    return {
        "fell": bool(rollout.fell or fallen(robot.data)),
        "seconds": rollout.seconds,
        "joint_error_deg": rollout.metrics["joint_error_deg"],
        "keypoint_error_mm": rollout.metrics["keypoint_error_mm"],
        "root_error_mm": rollout.metrics["root_error_mm"],
        "end_error_mm": float(1e3 * np.hypot(*arrived[:2])),
        "end_yaw_deg": float(np.degrees(abs(arrived[2]))),
        "settle_repeats": rollout.metrics["settle_repeats"],
        "settled": rollout.metrics["settled"],
        "estimate_mm": float(1e3 * np.hypot(off[:, 0], off[:, 1]).mean()),
        "estimate_end_mm": float(1e3 * np.hypot(*off[-1, :2])),
        "estimate_yaw_deg": float(np.degrees(np.abs(off[:, 2]).mean())),
        "speedup": rollout.seconds / cpu,
        "network_ms": _network_ms(controller),
    }


def summarize(records: Sequence[Record]) -> Table:
    """One row a group."""
    groups = list(dict.fromkeys(r["group"] for r in records))
    rows, summary = [], {}
    for group in groups:
        some = [r for r in records if r["group"] == group]
        falls = sum(r["fell"] for r in some)

        def mean(key: str, of: list[Record] = some) -> float:
            values = [r[key] for r in of if r[key] is not None]
            return float(np.mean(values)) if values else float("nan")

        numbers = {
            key: round(mean(key), 2)
            for key in (
                "joint_error_deg",
                "keypoint_error_mm",
                "root_error_mm",
                "end_error_mm",
                "end_yaw_deg",
                "estimate_mm",
                "estimate_end_mm",
                "estimate_yaw_deg",
                "speedup",
                "network_ms",
            )
        }
        summary[group] = {"n": len(some), "falls": falls, **numbers}
        rows.append(
            (group, str(len(some)), str(falls), *(f"{v:.2f}" if v < 10 else f"{v:.0f}" for v in numbers.values()))
        )
    columns = (
        "reference", "n", "falls", "joints [deg]", "keypoints [mm]", "root [mm]", "end [mm]", "end yaw [deg]",
        "estimate [mm]", "estimate at end [mm]", "estimate yaw [deg]", "sim s per CPU s", "network [ms]",
    )  # fmt: skip
    title = (
        f"Tracking in simulation, {StudentController().name}; camera fixes simulated with "
        f"{100 * FIX_NOISE[0]:.0f} cm and {np.degrees(FIX_NOISE[2]):.1f} deg (1 sigma) at 2.5 Hz"
    )
    return Table(title, columns, tuple(rows), summary)


BENCH = Bench(
    "tracker",
    f"Tracking error, falls, drift, speed and dead reckoning of the controller (clips from ${MOTIONS_VARIABLE}).",
    cases,
    trial,
    summarize,
)


@lru_cache(maxsize=1)
def _model() -> Any:
    return floor_model()


def _motion(case: Record) -> RobotMotion:
    if case["kind"] == "clip":
        return without_jumps(load_robot(Path(os.environ[MOTIONS_VARIABLE]) / f"{case['name']}.npz"))
    # Seeds of training are pairs (run, number); a third entry keeps these references apart from them.
    rng = np.random.default_rng([case["seed"], 0, 1])
    poser = Poser(_model())
    if case["kind"] in ("walk", "turn"):
        while True:  # until a gait is drawn that the legs can reach
            turn = rng.choice([-1, 1]) * rng.uniform(0.5, np.pi)
            goals = random_goals(rng) if case["kind"] == "walk" else np.array([[0.0, 0.0, turn]])
            motion = walk(poser, goals, random_gait(rng))
            if fastest_joint(motion) < FASTEST_JOINT:
                return motion
    make = {"gesture": gesture, "reach": reaching, "squat": squatting, "stand": standing}[case["kind"]]
    return make(poser, rng)


def _robot(motion: RobotMotion, controller: StudentController, case: Record) -> FloorRobot:
    if case["kind"] == "clip":
        first = np.concatenate([motion.root_pos[0], motion.root_quat[0], motion.joint_pos[0]])
        robot = FloorRobot(_model(), first, seed=case["seed"])
        robot.data.qvel[:3] = (motion.root_pos[1] - motion.root_pos[0]) * motion.fps
        return robot
    yaw = float(quat_to_rpy(motion.root_quat[0])[2])
    pose = standing_pose(controller.actuation)
    return FloorRobot(_model(), np.concatenate([motion.root_pos[0], yaw_quat(yaw), pose]), seed=case["seed"])


def _camera(robot: FloorRobot, seed: int) -> Localize:
    rng = np.random.default_rng([seed, 7])

    def localize(look: Observation, prior: Pose2D) -> tuple[Pose2D, Array, float]:
        return Pose2D(*(robot.truth + rng.normal(0, FIX_NOISE))), FIX_NOISE, 1.0

    return localize


def _off(pose: Array, truth: Array) -> Array:
    error = np.asarray(pose) - truth
    error[2] = float(wrap(error[2]))
    return error


def _network_ms(controller: StudentController) -> float:
    """CPU time of one control step's inference [ms]."""
    flat = np.array([1.0, 0, 0, 0])
    rest = np.zeros(29)
    sensors = Sensors(0.0, rest, rest, flat, np.zeros(3), np.zeros(3), np.array([True, True]))
    command = TrackingCommand(np.zeros(2), 0.75, np.zeros(2), 0.0, controller.actuation.default_pos)
    for _ in range(20):
        controller.act(sensors, command)
    begin = time.process_time()
    for _ in range(200):
        controller.act(sensors, command)
    return (time.process_time() - begin) / 200 * 1e3
