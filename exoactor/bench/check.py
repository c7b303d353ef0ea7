"""The check against truth on acted scenes: the robot is posed, not simulated, so that near misses can be made at will.

Half of the cases are clear, half lie around the thresholds. `bench loop` measures the check on real rollouts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from exoactor.bench.perceive import PosedRoom, posed_room, random_posture
from exoactor.bench.runner import Bench, Record, Table, cpu_seconds, share
from exoactor.check import GeometricVerifier
from exoactor.stance import distance_to_footprint, stances
from exoactor.types import G1_JOINTS, Array, Expectation, Observation, Outcome, Pose2D, SceneObject
from exoactor.types.rotations import wrap
from exoactor.world.happened import happened
from exoactor.world.scene_file import bundled_scenes
from exoactor.world.truth import TruthTrack

KINDS = ("at", "facing", "circled", "waved", "pointing", "still", "fell")
TRUTH_HZ = 20
LOOK_EVERY = 4
"""Truth samples between two looks: 5 looks a second."""
PRIOR_SIGMA = (0.04, 0.04, 0.06)
"""Noise of the dead-reckoned pose the robot reports [m, m, rad]."""

Moment = tuple[Pose2D, Array]
"""Where the robot is and its (29,) joints [rad]."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """Kinds and scenes in turn."""
    names = bundled_scenes()
    count = 20 * len(KINDS) if trials is None else trials
    found = []
    for k in range(count):
        kind, scene = KINDS[k % len(KINDS)], names[(k // len(KINDS)) % len(names)]
        found.append({"id": f"{kind}-{scene}-{seed + k}", "kind": kind, "scene": scene, "seed": seed + k})
    return found


def trial(case: Record) -> Record:
    """Act one case, check it, compare with the truth."""
    room, perception = posed_room(case["scene"])
    rng = np.random.default_rng([case["seed"], 2])
    room.rng = np.random.default_rng([case["seed"], 3])
    expectation, moments = _SCRIPTS[case["kind"]](room, rng)
    track = TruthTrack(TRUTH_HZ)
    frames: list[Observation] = []
    room.put(*moments[0])
    first = room.look()
    for k, (pose, joints) in enumerate(moments):
        room.put(pose, joints)
        _record(track, room, pose)
        if k % LOOK_EVERY == 0:
            frames.append(room.look(_felt(pose, rng), LOOK_EVERY / TRUTH_HZ))
    if case["kind"] == "fell":
        track.fallen = True
        angle = rng.uniform(1.3, 1.7) / 2
        axis = rng.uniform(-np.pi, np.pi)
        tilt = np.array([np.cos(angle), np.sin(angle) * np.cos(axis), np.sin(angle) * np.sin(axis), 0.0])
        room.put(*moments[-1], tilt=tilt)
    last = room.look(_felt(moments[-1][0], rng))
    before = perception.perceive(first, moments[0][0])
    started = cpu_seconds()
    after = perception.perceive(last, _felt(moments[-1][0], rng))
    perceive_s = cpu_seconds() - started
    verifier = GeometricVerifier(perception)
    with tempfile.TemporaryDirectory() as folder:
        started = cpu_seconds()
        verdict = verifier.check(expectation, before, frames, after, last, Path(folder))
        check_s = cpu_seconds() - started
    things = {t.id: (t.item, t.position, t.yaw) for t in room.scene.things}
    truth = happened(expectation, track, things)
    return {
        "target": expectation.target,
        "outcome": verdict.outcome.value,
        "code": verdict.code,
        "measured": verdict.measured,
        "truth": bool(truth["true"]),
        "true_value": float(truth["measured"]),
        "details": verdict.details,
        "seconds": len(moments) / TRUTH_HZ,
        "check_s": check_s,
        "perceive_s": perceive_s,
    }


def summarize(records: Sequence[Record]) -> Table:
    """Precision and recall with denominators, and the share of cannot_tell."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for kind in ("all", *KINDS):
        chosen = [r for r in records if kind in ("all", r["kind"])]
        if not chosen:
            continue
        done = [r for r in chosen if r["outcome"] == Outcome.DONE.value]
        true = [r for r in chosen if r["truth"]]
        hits = sum(r["truth"] for r in done)
        unknown = sum(r["outcome"] == Outcome.CANNOT_TELL.value for r in chosen)
        per_second = sum(r["check_s"] for r in chosen) / max(sum(r["seconds"] for r in chosen), 1e-9)
        rows.append(
            (
                kind,
                share(hits, len(done)),
                share(hits, len(true)),
                share(unknown, len(chosen)),
                f"{per_second:.3f}",
            )
        )
        summary[kind] = {
            "n": len(chosen),
            "done": len(done),
            "true": len(true),
            "hits": hits,
            "cannot_tell": unknown,
            "check_s_per_s": per_second,
        }
    columns = ("expectation", "precision of done", "recall of true", "cannot tell", "CPU s per s of video")
    return Table(f"Check against truth over {len(records)} acted cases", columns, tuple(rows), summary)


def _felt(pose: Pose2D, rng: np.random.Generator) -> Pose2D:
    noise = rng.normal(0, PRIOR_SIGMA)
    return Pose2D(pose.x + float(noise[0]), pose.y + float(noise[1]), pose.yaw + float(noise[2]))


def _record(track: TruthTrack, room: PosedRoom, pose: Pose2D) -> None:
    track.root.append(np.array([pose.x, pose.y, pose.yaw]))
    for side in ("left", "right"):
        track.hands[side].append(room.body_position(f"{side}_wrist_yaw_link"))
        track.shoulders[side].append(room.body_position(f"{side}_shoulder_roll_link"))


def _some_thing(room: PosedRoom, rng: np.random.Generator) -> SceneObject:
    thing = room.scene.things[rng.integers(len(room.scene.things))]
    return SceneObject(thing.item, thing.position, thing.yaw, 1.0)


def _free(room: PosedRoom, pose: Pose2D, clearance: float = 0.14) -> bool:
    """Nothing is where the robot stands, and all of it is in the picture."""
    camera = room.scene.camera
    pixel, depth = camera.project(np.array([[*pose.xy, 0.0], [*pose.xy, 1.4]]))
    if (depth < 1.2).any() or (pixel < 4).any() or (pixel > np.array(camera.size) - 4).any():
        return False
    things = [SceneObject(t.item, t.position, t.yaw, 1.0) for t in room.scene.things]
    return room.indoors(pose.xy) and all(distance_to_footprint(t, pose.xy) > clearance for t in things)


def _at(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    start = room.free_pose(rng)
    for _ in range(2000):
        target = _some_thing(room, rng)
        stance = stances(target, start.xy)[rng.integers(2)]
        spread = (0.08, 0.12) if rng.random() < 0.6 else (0.3, 0.6)
        move = rng.normal(0, spread[0], 2)
        pose = Pose2D(stance.x + move[0], stance.y + move[1], float(wrap(stance.yaw + rng.normal(0, spread[1]))))
        if _free(room, pose):
            return Expectation("at", target.id), [(start, random_posture(rng)), (pose, random_posture(rng))]
    raise RuntimeError(f"scene {room.scene.name}: no stance in view")


def _facing(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    start, target = room.free_pose(rng), _some_thing(room, rng)
    for _ in range(200):
        move = rng.normal(0, 0.08 if rng.random() < 0.7 else 0.3, 2)
        place = start.xy + move
        toward = target.position[:2] - place
        error = rng.normal(0, 0.08) if rng.random() < 0.6 else rng.uniform(-1.5, 1.5)
        pose = Pose2D(float(place[0]), float(place[1]), float(wrap(np.arctan2(toward[1], toward[0]) + error)))
        if _free(room, pose, 0.25):
            return Expectation("facing", target.id), [(start, random_posture(rng)), (pose, random_posture(rng))]
    raise RuntimeError(f"scene {room.scene.name}: no place to turn")


def _circled(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    for _ in range(3000):
        target = _some_thing(room, rng)
        radius = float(np.linalg.norm(target.item.size[:2]) / 2 + rng.uniform(0.35, 0.6))
        first = rng.uniform(-np.pi, np.pi)
        sweep = rng.choice([-1, 1]) * (rng.uniform(2.7, 4.5) if rng.random() < 0.6 else rng.uniform(0.5, 2.6))
        n = max(6, int(abs(sweep) * radius / 0.35 * TRUTH_HZ))
        angle = first + sweep * np.linspace(0, 1, n)
        heading = angle + np.sign(sweep) * np.pi / 2
        place = target.position[:2] + radius * np.stack([np.cos(angle), np.sin(angle)], 1)
        path = [Pose2D(float(x), float(y), float(wrap(h))) for (x, y), h in zip(place, heading, strict=True)]
        if all(_free(room, p, 0.2) for p in path[:: max(1, n // 12)]):
            swing = np.sin(np.arange(n) / TRUTH_HZ * 2 * np.pi * 0.8)
            return Expectation("circled", target.id), [(p, _stride(s)) for p, s in zip(path, swing, strict=True)]
    # A scene with everything along the walls has nothing to go round: then going nowhere is the case.
    pose = room.free_pose(rng)
    return Expectation("circled", _some_thing(room, rng).id), [(pose, _stride(0.0))] * 20


def _stride(swing: float) -> Array:
    """(29,) mid-step posture; swing -1..1."""
    joints = random_posture(np.random.default_rng(0))
    for leg, sign in ((0, 1.0), (6, -1.0)):
        lift = max(sign * swing, 0.0)
        joints[leg] -= 0.25 * sign * swing
        joints[leg + 3] += 0.45 * lift
        joints[leg + 4] += 0.1 * sign * swing
    return joints


def _arm(side: str) -> slice:
    first = G1_JOINTS.index(f"{side}_shoulder_pitch_joint")
    return slice(first, first + 7)


def _waved(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    pose, side = room.free_pose(rng), str(rng.choice(["left", "right"]))
    mirror = 1.0 if side == "left" else -1.0
    rest = random_posture(rng)
    up = np.array([rng.uniform(-2.1, -1.5), mirror * rng.uniform(0.3, 0.8), 0.0, rng.uniform(-0.6, 0.2), 0.0, 0.0, 0.0])
    kind = rng.choice(["wave", "hold", "rest", "low"], p=[0.55, 0.2, 0.15, 0.1])
    if kind == "low":
        up[0] = rng.uniform(-0.7, -0.4)
    seconds, hertz, swing = rng.uniform(1.6, 2.6), rng.uniform(1.2, 2.0), rng.uniform(0.25, 0.5)
    moments: list[Moment] = []
    for t in np.arange(0, seconds + 1.4, 1 / TRUTH_HZ):
        share_up = float(np.clip(min(t / 0.7, (seconds + 1.4 - t) / 0.7), 0, 1)) if kind != "rest" else 0.0
        joints = rest.copy()
        arm = _arm(side)
        raised = up.copy()
        if kind in ("wave", "low") and 0.7 <= t <= seconds + 0.7:
            raised[2] += swing * np.sin(2 * np.pi * hertz * (t - 0.7))
        joints[arm] = (1 - share_up) * rest[arm] + share_up * raised
        moments.append((pose, joints))
    return Expectation("waved", None, side if rng.random() < 0.7 else None), moments  # type: ignore[arg-type]


def _pointing(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    pose, target = room.free_pose(rng), _some_thing(room, rng)
    toward = target.position[:2] - pose.xy
    heading = float(np.arctan2(toward[1], toward[0]))
    side = str(rng.choice(["left", "right"]))
    mirror = 1.0 if side == "left" else -1.0
    # The target lies ahead or on the side of the pointing arm, as a skill would have it.
    pose = Pose2D(pose.x, pose.y, float(wrap(heading - mirror * rng.uniform(-0.2, 0.8))))
    rest = random_posture(rng)
    error = rng.normal(0, 0.08) if rng.random() < 0.65 else rng.choice([-1, 1]) * rng.uniform(0.3, 1.2)
    azimuth = float(wrap(heading - pose.yaw)) + error
    out = np.array([-np.pi / 2 + rng.uniform(0.0, 0.45), azimuth, 0.0, rng.uniform(1.2, 1.5), 0.0, 0.0, 0.0])
    if rng.random() < 0.15:
        out[3] = -0.4
    hold = rng.uniform(0.9, 1.6) if rng.random() < 0.85 else 0.15
    moments: list[Moment] = []
    for t in np.arange(0, hold + 1.6, 1 / TRUTH_HZ):
        share_out = float(np.clip(min(t / 0.8, (hold + 1.6 - t) / 0.8), 0, 1))
        joints = rest.copy()
        arm = _arm(side)
        # At pitch -90 deg the roll axis is vertical: roll becomes the arm's azimuth.
        joints[arm] = (1 - share_out) * rest[arm] + share_out * out
        moments.append((pose, joints))
    return Expectation("pointing", target.id, side if rng.random() < 0.7 else None), moments  # type: ignore[arg-type]


def _still(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    start, posture = room.free_pose(rng), random_posture(rng)
    drift = rng.normal(0, 1, 3) * ([0.02, 0.02, 0.03] if rng.random() < 0.6 else [0.2, 0.2, 0.3])
    part = np.linspace(0, 1, 2 * TRUTH_HZ)
    path = [Pose2D(start.x + drift[0] * s, start.y + drift[1] * s, start.yaw + drift[2] * s) for s in part]
    return Expectation("still"), [(p, posture) for p in path]


def _fell(room: PosedRoom, rng: np.random.Generator) -> tuple[Expectation, list[Moment]]:
    pose, target = room.free_pose(rng, 0.9), _some_thing(room, rng)
    return Expectation("at", target.id), [(pose, random_posture(rng))] * 2


_SCRIPTS: dict[str, Callable[[PosedRoom, np.random.Generator], tuple[Expectation, list[Moment]]]] = {
    "at": _at,
    "facing": _facing,
    "circled": _circled,
    "waved": _waved,
    "pointing": _pointing,
    "still": _still,
    "fell": _fell,
}


BENCH = Bench(
    name="check",
    about="verdicts of the geometric check against truth on acted cases around its thresholds",
    cases=cases,
    trial=trial,
    summarize=summarize,
)
