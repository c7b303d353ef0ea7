"""How near the estimated motion comes to the motion that the video shows, and what the estimate costs.

Clips are imagined in the bundled scenes and in random rooms with random cameras; their true motion is known to this
benchmark only. Errors after "aligned": the path is shifted so that its first 0.3 s agree, as grounding does.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from exoactor.bench.imagine import chain, furnished_room
from exoactor.bench.runner import Bench, Record, Table
from exoactor.body import load_body
from exoactor.estimate import LandmarkEstimator
from exoactor.imagine.procedural import ProceduralVideoModel, walking_paths
from exoactor.imagine.prompt import video_prompt
from exoactor.types import (
    Array,
    HumanMotion,
    ImagineRequest,
    Observation,
    Proprioception,
    Scene,
    SceneObject,
    StageError,
)
from exoactor.types.rotations import wrap
from exoactor.world.scene_file import bundled_scenes, load_scene
from exoactor.world.sim import SimRobot

CHAINS = ("walk", "around", "point", "turn", "walk", "wave")
_WRISTS = [20, 21]
_ROWS = (
    ("root error [cm]", "root_cm"),
    ("root error, start aligned [cm]", "root_aligned_cm"),
    ("root error at the end, start aligned [cm]", "end_aligned_cm"),
    ("  of it along the line of sight [cm]", "end_depth_cm"),
    ("heading error at the start [deg]", "heading_start_deg"),
    ("heading error at the end [deg]", "heading_end_deg"),
    ("joints, pelvis aligned [mm]", "joints_mm"),
    ("wrists, pelvis aligned [mm]", "wrists_mm"),
    ("pointing direction [deg]", "pointing_deg"),
    ("body height [cm]", "height_cm"),
    ("foot contact wrong [%]", "contact_wrong_pct"),
    ("CPU s per s of video", "cpu_per_s"),
)


def bundled_room(name: str, seed: int) -> tuple[Scene, Observation]:
    """A bundled scene as it truly is, and as the camera sees it with the robot at its start."""
    spec = load_scene(name)
    robot = SimRobot(spec, seed=seed)
    try:
        now, rgb, depth = robot.look()
    finally:
        robot.close()
    things = tuple(SceneObject(t.item, t.position, t.yaw, 0.9) for t in spec.things)
    scene = Scene(things, spec.robot, 0.9, spec.camera)
    return scene, Observation(now, rgb, depth, spec.camera, Proprioception(np.zeros(29)))


def true_motion(request: ImagineRequest, model: ProceduralVideoModel) -> HumanMotion:
    """The motion that the model draws for a request."""
    body = load_body()
    paths = walking_paths(request.scene, request.actions, model.cfg.path)
    _, motion = model._in_view(request, paths, body, request.observation.camera)
    return motion.to_human(body)


def imagined_clip(room: str, kind: str, seed: int, out: Path) -> tuple[ImagineRequest, HumanMotion] | None:
    """Write a clip; None if no try of 40 finds a way that the camera sees.

    Args:
        room: name of a bundled scene, or "random".
        kind: one of `CHAINS`.
        seed: of everything.
        out: the mp4.
    """
    model = ProceduralVideoModel()
    for attempt in range(40):
        number = seed * 100 + attempt
        scene, observation = furnished_room(number) if room == "random" else bundled_room(room, number)
        try:
            actions = chain(kind, scene, number)
            request = ImagineRequest(scene, observation, actions, video_prompt(scene, actions), number)
            model.imagine(request, out)
        except StageError:
            continue
        return request, true_motion(request, model)
    return None


def errors(found: HumanMotion, truth: HumanMotion, eye: Array) -> Record:
    """What is measured of one clip; `eye` is the camera's position (3,) [m]."""
    body = load_body()
    count = min(len(found), len(truth))
    joints, real = found.joints[:count], truth.joints[:count]
    off = (joints - real)[:, 0, :2]
    window = max(2, round(0.3 * truth.fps))
    aligned = off - off[:window].mean(0)
    sight = real[-1, 0, :2] - eye[:2]
    turn = np.degrees(np.abs(wrap(found.heading[:count] - truth.heading[:count])))
    posture = 1000 * np.linalg.norm((joints - joints[:, :1]) - (real - real[:, :1]), axis=2)
    end = aligned[-window:].mean(0)
    return {
        "root_cm": 100 * float(np.linalg.norm(off, axis=1).mean()),
        "root_aligned_cm": 100 * float(np.linalg.norm(aligned, axis=1).mean()),
        "end_aligned_cm": 100 * float(np.linalg.norm(end)),
        "end_depth_cm": 100 * abs(float(end @ sight / np.linalg.norm(sight))),
        "heading_start_deg": float(turn[:window].mean()),
        "heading_end_deg": float(turn[-window:].mean()),
        "joints_mm": float(posture.mean()),
        "wrists_mm": float(posture[:, _WRISTS].mean()),
        "height_cm": 100 * abs(body.height(found.betas) - body.height(truth.betas)),
        "contact_wrong_pct": 100 * float((found.contacts[:count] != truth.contacts[:count]).mean()),
    }


def pointing_error(found: HumanMotion, truth: HumanMotion, side: str) -> float:
    """Angle between the arms from shoulder to wrist [deg], where the true one is raised most steadily."""
    shoulder, wrist = (16, 20) if side == "left" else (17, 21)
    count = min(len(found), len(truth))
    arms = [m.joints[:count, wrist] - m.joints[:count, shoulder] for m in (found, truth)]
    unit = [a / np.linalg.norm(a, axis=1, keepdims=True) for a in arms]
    speed = np.linalg.norm(np.gradient(unit[1], axis=0), axis=1)
    held = (unit[1][:, 2] > -0.8) & (speed < np.percentile(speed, 60))
    if not held.any():
        return float("nan")
    cosine = (unit[0][held].mean(0) * unit[1][held].mean(0)).sum() / np.prod(
        [np.linalg.norm(u[held].mean(0)) for u in unit]
    )
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _cases(trials: int | None, seed: int) -> list[Record]:
    rooms = [name for scene in bundled_scenes() for name in (scene, "random")]
    count = 2 * len(rooms) if trials is None else trials
    return [
        {"id": f"{seed + k}", "seed": seed + k, "room": rooms[k % len(rooms)], "chain": CHAINS[(k + k // 6) % 6]}
        for k in range(count)
    ]


def _trial(case: Record) -> Record:
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        made = imagined_clip(case["room"], case["chain"], case["seed"], clip)
        if made is None:
            return {"status": "no way seen"}
        request, truth = made
        camera = request.observation.camera
        began = time.process_time()
        try:
            found = LandmarkEstimator().estimate(clip, camera)
        except StageError as error:
            return {"status": error.code}
        cpu = time.process_time() - began
    measured = errors(found, truth, camera.position)
    if case["chain"] == "point":
        measured["pointing_deg"] = pointing_error(found, truth, request.actions[-1].side)
    return {
        "status": "ok",
        "video_s": len(truth) / truth.fps,
        "cpu_per_s": cpu / (len(truth) / truth.fps),
        **{k: round(v, 3) for k, v in measured.items()},
    }


def _summarize(records: Sequence[Record]) -> Table:
    shown = [r for r in records if r["status"] != "no way seen"]
    done = [r for r in shown if r["status"] == "ok"]
    rows = [("clips estimated", f"{len(done)}/{len(shown)}", "", "")]
    summary: dict[str, object] = {"clips": len(shown), "estimated": len(done)}
    for name, key in _ROWS:
        values = np.array([r[key] for r in done if key in r and np.isfinite(r[key])])
        if values.size:
            middle, high = float(np.median(values)), float(np.percentile(values, 95))
            rows.append((name, f"{middle:.2f}", f"{high:.2f}", f"{values.max():.2f}"))
            summary[key] = {"median": middle, "p95": high, "worst": float(values.max()), "n": int(values.size)}
    return Table(
        "estimate: imagined clips against the motion they show",
        ("what", "median", "95th percentile", "worst"),
        tuple(rows),
        summary,
    )


BENCH = Bench("estimate", "Error and cost of the motion estimated from imagined clips.", _cases, _trial, _summarize)
