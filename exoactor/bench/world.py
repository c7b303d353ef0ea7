"""What the world costs: CPU time of a picture, of a depth image with its noise, of physics, on every scene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, Literal

import mujoco
import numpy as np

from exoactor.bench.runner import Bench, Record, Table, cpu_seconds
from exoactor.types import CONTROL_HZ
from exoactor.world.build import build
from exoactor.world.g1 import default_actuation, joint_addresses
from exoactor.world.render import noisy_depth
from exoactor.world.scene_file import bundled_scenes, load_scene
from exoactor.world.sim import SimRobot

PICTURES, STEPS = 20, 400


def cases(trials: int | None, seed: int) -> list[Record]:
    """One case a scene."""
    names = bundled_scenes()[:trials]
    return [{"id": f"{name}-{seed}", "scene": name, "seed": seed} for name in names]


def trial(case: Record) -> Record:
    """CPU milliseconds a picture, physics steps a CPU second."""
    scene = load_scene(case["scene"])
    start = cpu_seconds()
    robot = SimRobot(scene, seed=case["seed"])
    build_seconds = cpu_seconds() - start
    robot.look()  # makes the context
    depth = robot.look()[2]
    rng = np.random.default_rng(case["seed"])
    measured = {
        "build_ms": 1000 * build_seconds,
        "rgb_ms": _milliseconds(lambda: robot.look(depth=False)),
        "rgbd_ms": _milliseconds(robot.look),
        "noise_ms": _milliseconds(lambda: noisy_depth(depth, rng)),
    }
    robot.close()
    for capsules in ("all", "two"):
        measured[f"steps_per_s_{capsules}"] = _stepping(case["scene"], capsules)
    return measured


def summarize(records: Sequence[Record]) -> Table:
    """One row a scene, and medians."""
    names = ("build_ms", "rgb_ms", "rgbd_ms", "noise_ms", "steps_per_s_all", "steps_per_s_two")
    rows = [(r["scene"], *(f"{r[n]:.0f}" for n in names)) for r in records]
    middle = {n: float(median(r[n] for r in records)) for n in names} if records else {}
    if records:
        rows.append(("median", *(f"{middle[n]:.0f}" for n in names)))
    columns = (
        "scene",
        "build [CPU ms]",
        "RGB [CPU ms]",
        "RGB-D [CPU ms]",
        "of it noise [CPU ms]",
        "physics, 7 capsules a foot [steps/CPU s]",
        "2 capsules",
    )
    return Table("World: cost of a 640x480 picture and of physics at 5 ms", columns, tuple(rows), {"median": middle})


def _milliseconds(act: Callable[[], Any]) -> float:
    start = cpu_seconds()
    for _ in range(PICTURES):
        act()
    return 1000 * (cpu_seconds() - start) / PICTURES


def _stepping(name: str, capsules: Literal["all", "two"]) -> float:
    """Physics steps a CPU second while the robot stands, the pose held by its servos (it has not fallen by then)."""
    scene = load_scene(name)
    model = build(scene, foot_capsules=capsules)
    data = mujoco.MjData(model)
    per_control = round(1 / (CONTROL_HZ * model.opt.timestep))
    seconds = 0.0
    for _ in range(4):  # a second each, then upright again
        mujoco.mj_resetData(model, data)
        data.qpos[:3] = [scene.robot.x, scene.robot.y, 0.778]
        data.qpos[joint_addresses(model)[0]] = data.ctrl[:29] = default_actuation().default_pos
        start = cpu_seconds()
        for _ in range(STEPS // 4 // per_control):
            mujoco.mj_step(model, data, nstep=per_control)
        seconds += cpu_seconds() - start
    return STEPS / seconds


BENCH = Bench("world", "CPU time of pictures and of physics, on every bundled scene.", cases, trial, summarize)
