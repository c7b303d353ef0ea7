"""`python -m exoactor.rehearsal --count N --seed S -o DIR`: motions of work as the pipeline plans them, to train on.

A controller is taught best by what it will be asked for: hands taking hold of things at every height, bringing them
near, letting them down, one hand over a table, and walks with the arms so occupied. Places and sizes are drawn at
random; nothing is seen and nothing simulated.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from exoactor.control import standing_pose
from exoactor.formats.robot_motion import save_robot
from exoactor.grasp import Grasp, Side
from exoactor.grip import Grip
from exoactor.retarget import StepCfg, carry_motion, draw_near_motion, lift_motion, put_down_motion, shuffle
from exoactor.retarget.grasping import pick_motion, place_motion, raised
from exoactor.types import Array, Contact, PalmTargets, Pose2D, RobotMotion
from exoactor.types.rotations import yaw_matrix
from exoactor.world.g1 import default_actuation

HERE = Pose2D(0.0, 0.0, 0.0)
_STANDING = standing_pose(default_actuation())


def rehearsal(kind: str, rng: np.random.Generator) -> RobotMotion:
    """One motion of a kind of `KINDS`, from the origin, facing along x."""
    return KINDS[kind](rng)


def _lift(rng: np.random.Generator) -> RobotMotion:
    """Take hold with both hands, lift, bring near if it is high enough, let down and stand."""
    feet = _feet(rng)
    lifted = _lifted(rng, feet)
    parts = [lifted]
    low = float(lifted.palms.position[-1, :, 2].mean()) if lifted.palms is not None else 0.0
    if rng.random() < 0.5:
        parts.append(draw_near_motion(HERE, feet, rng.uniform(0.26, 0.36), parts[-1], _STANDING))
        low = float(parts[-1].palms.position[-1, :, 2].mean()) if parts[-1].palms is not None else low
    held = _grip(rng, low)
    drop = rng.uniform(0.05, max(0.06, low - 0.3))
    aside = rng.uniform(-0.12, 0.12, 2) if rng.random() < 0.4 else None
    parts.append(put_down_motion(HERE, feet, held, drop, parts[-1], _STANDING, aside=aside))
    return _joined(parts)


def _carry(rng: np.random.Generator) -> RobotMotion:
    """Stand with a thing between the palms and walk with it: back, round, ahead."""
    feet = _feet(rng)
    near = draw_near_motion(HERE, feet, rng.uniform(0.24, 0.36), _lifted(rng, feet), _STANDING)
    if rng.random() < 0.4:  # higher or lower than the pipeline carries at present
        near = replace(near, joint_pos=near.joint_pos + rng.normal(0, 0.1, 29) * (np.arange(29) >= 15))
    parts = [near]
    gait = StepCfg(lift=rng.uniform(0.025, 0.07))
    here = HERE
    for _ in range(rng.integers(1, 3)):
        goal = _next(rng, here)
        parts.append(carry_motion(shuffle(here, goal, _STANDING[15:], gait), parts[-1]))
        here = goal
    return _joined(parts)


def _pick(rng: np.random.Generator) -> RobotMotion:
    """One hand takes a thing off a table and sets it down again; often with a walk between, the arm raised."""
    feet = _feet(rng)
    side: Side = "right" if rng.random() < 0.6 else "left"
    sign = 1.0 if side == "left" else -1.0
    at = np.array([rng.uniform(0.30, 0.46), sign * (0.13 + rng.uniform(-0.06, 0.06)), rng.uniform(0.55, 1.0)])
    contact = Contact("", (side,), 0.0, rng.uniform(3, 5), rng.uniform(5, 6), 9.0, rng.uniform(0.1, 0.3), 0.0, 0.0)
    up = raised(_STANDING, side)
    picked = pick_motion(HERE, feet, Grasp(side, at, 0.08), contact, up)
    assert picked.hand is not None
    to = picked.hand.point[-1] - np.array([0.0, 0.0, rng.uniform(0.10, 0.16)])
    to[:2] += rng.uniform(-0.08, 0.08, 2)
    placed = place_motion(HERE, feet, side, to, picked, up)
    back = shuffle(HERE, Pose2D(-0.35, 0.0, 0.0), raised(_STANDING, side)[15:])
    return _joined([picked, placed, back])


def _walk_with_arm_raised(rng: np.random.Generator) -> RobotMotion:
    """Small steps before a table with one hand or both held up."""
    arms = np.array(_STANDING[15:])
    both: tuple[Side, ...] = ("left", "right")
    for side in both if rng.random() < 0.3 else (both[rng.integers(2)],):
        own = slice(0, 7) if side == "left" else slice(7, 14)
        arms[own] = raised(_STANDING, side)[15:][own] + rng.normal(0, 0.15, 7)
    here, parts = HERE, []
    for _ in range(rng.integers(1, 4)):
        goal = _next(rng, here)
        parts.append(shuffle(here, goal, arms, StepCfg(lift=rng.uniform(0.03, 0.08))))
        here = goal
    return _joined(parts)


def _push(rng: np.random.Generator) -> RobotMotion:
    """Both palms ahead, near each other or apart, and a straight walk."""
    feet = _feet(rng)
    held = _grip(rng, rng.uniform(0.45, 0.9))
    contact = Contact("", ("left", "right"), 0.0, 2.5, 3.5, 7.0, 0.02, 0.0, 0.0)
    touched = lift_motion(HERE, feet, held, contact, _STANDING)
    goal = Pose2D(rng.uniform(0.2, 0.8), rng.uniform(-0.05, 0.05), rng.normal(0, 0.1))
    walk = carry_motion(shuffle(HERE, goal, _STANDING[15:], StepCfg(lift=rng.uniform(0.03, 0.07))), touched)
    return _joined([touched, walk])


KINDS: dict[str, Callable[[np.random.Generator], RobotMotion]] = {
    "lift": _lift,
    "carry": _carry,
    "pick": _pick,
    "raised": _walk_with_arm_raised,
    "push": _push,
}
"""What is rehearsed."""


def _feet(rng: np.random.Generator) -> Array:
    """(2, 3) left and right ankle's x, y [m] and heading [rad] of somebody who has just walked up."""
    feet = np.array([[0.0, rng.uniform(0.095, 0.13), 0.0], [0.0, -rng.uniform(0.095, 0.13), 0.0]])
    feet[:, :2] += rng.normal(0, 0.008, (2, 2))
    feet[:, 2] += rng.normal(0, 0.05, 2)
    return feet


def _grip(rng: np.random.Generator, height: float) -> Grip:
    turn = rng.normal(0, 0.08)
    left = np.array([-np.sin(turn), np.cos(turn)])
    middle = np.array([rng.uniform(0.30, 0.48), rng.normal(0, 0.02), height])
    return Grip(middle, left, rng.uniform(0.07, 0.24))


def _lifted(rng: np.random.Generator, feet: Array) -> RobotMotion:
    held = _grip(rng, rng.uniform(0.12, 1.0))
    contact = Contact(
        "", ("left", "right"), 0.0, rng.uniform(2.0, 4.0), rng.uniform(4.5, 5.5), 9.0, rng.uniform(0.1, 0.42), 0.0, 0.0
    )
    return lift_motion(HERE, feet, held, contact, _STANDING)


def _next(rng: np.random.Generator, here: Pose2D) -> Pose2D:
    way = rng.choice(4)
    if way == 0:
        move, turn = np.array([rng.uniform(-0.5, -0.2), 0.0]), 0.0
    elif way == 1:
        move, turn = np.zeros(2), rng.choice([-1, 1]) * rng.uniform(0.3, 1.8)
    elif way == 2:
        move, turn = rng.uniform(-0.15, 0.15, 2), rng.normal(0, 0.1)
    else:
        move, turn = np.array([rng.uniform(0.3, 1.5), rng.normal(0, 0.1)]), rng.normal(0, 0.15)
    place = here.xy + yaw_matrix(here.yaw) @ move
    return Pose2D(float(place[0]), float(place[1]), here.yaw + float(turn))


def _joined(parts: list[RobotMotion]) -> RobotMotion:
    """One after the other; where they do not fit the robot is led over in half a second."""
    fps = parts[0].fps
    pos, quat, joints, contacts = [[getattr(p, name) for p in parts] for name in _COLUMNS]
    held: list[PalmTargets] = [
        p.palms or PalmTargets(np.zeros((len(p), 2, 3)), np.zeros(len(p)), np.zeros((len(p), 2, 3))) for p in parts
    ]
    position, weight, press = [
        np.concatenate([getattr(each, name) for each in held]) for name in ("position", "weight", "press")
    ]
    for k in range(1, len(parts)):
        n = min(25, len(joints[k]))
        share = np.linspace(1, 0, n)[:, None]
        for column in (pos, joints):
            column[k] = np.array(column[k])
            column[k][:n] += share * (column[k - 1][-1] - column[k][0])
    return RobotMotion(
        np.concatenate(pos),
        np.concatenate(quat),
        np.concatenate(joints),
        np.concatenate(contacts),
        fps,
        palms=PalmTargets(position, weight, press),
    )


_COLUMNS = ("root_pos", "root_quat", "joint_pos", "contacts")


def main() -> None:
    """Write motions of all kinds in turn."""
    parser = argparse.ArgumentParser(prog="python -m exoactor.rehearsal", description=main.__doc__)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder to write")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    kinds = list(KINDS)
    for k in range(args.count):
        kind = kinds[k % len(kinds)]
        save_robot(args.out / f"{kind}_{args.seed}_{k:03d}.npz", rehearsal(kind, np.random.default_rng([args.seed, k])))
        print(f"\r{k + 1} of {args.count}", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
