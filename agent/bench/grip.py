"""`exoactor bench grip`: what the hands can do with perfect knowledge, a few seconds a lift.

The robot begins near the stance, and where the thing is is told it from the simulator, exactly or a few centimetres
off. From there everything is as in a run: the last small steps, the reach, the press, the lift. What is lost here is
lost by the hands and not by seeing, imagining or walking.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from agent.bench.lift import scene_of
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.control import StateEstimator, StudentController, TrackCfg, stand
from exoactor.grip import sides, stance_for
from exoactor.performance import Means, Performance, take_hold
from exoactor.types import Array, Contact, Expectation, Pose2D, Scene, SceneObject, StageError
from exoactor.world.happened import happened
from exoactor.world.scene_file import load_scene
from exoactor.world.sim import SimRobot
from exoactor.world.truth import TruthRecorder, true_objects

CLASSES = ("box", "cylinder", "table", "chair")
ERRORS = (0.0, 0.03)
"""One sigma of where the thing is said to be, along each axis of the floor [m]."""
TRIALS = 12
START = (0.02, 0.02, 0.05)
"""The robot begins within this of the stance: ahead, aside [m], turned [rad]; less than makes it step."""
LIFT = (0.30, 0.20)
"""The video lifts it so far; a chair the second [m]."""
PARTS = ("hands", "forearms")
SETTLE = 1.0
"""The robot stands so long before it reaches out [s]."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """So many lifts of each class, each with the pose known exactly and not quite; `trials` counts those of a class."""
    return [
        {
            "id": f"{kind}/{100 * error:g}cm/{seed + k}",
            "kind": kind,
            "error_m": error,
            "seed": seed + k,
            "distance": 1.5,
            "offset": 0.0,
        }
        for k in range(TRIALS if trials is None else trials)
        for kind in CLASSES
        for error in ERRORS
    ]


def trial(case: Record) -> Record:
    """One lift; what is measured is the truth."""
    rng = np.random.default_rng([case["seed"], 41])
    kind, off = case["kind"], np.append(case["error_m"] * rng.normal(size=2), 0.0)
    with tempfile.TemporaryDirectory(prefix="exoactor-grip-") as folder:
        path = Path(folder) / "scene.yaml"
        path.write_text(scene_of(case)[0])
        spec = load_scene(path)
        believed = tuple(SceneObject(t.item, t.position + off * (t.id == kind), t.yaw, 1.0) for t in spec.things)
        robot = SimRobot(replace(spec, robot=_start(believed, kind, rng)), seed=case["seed"])
        felt: list[Array] = []

        def feel() -> None:
            if kind in robot.truth()["lifted"]:
                felt.append(robot.arm_forces(kind))

        truth = TruthRecorder(robot, feel)
        controller, estimator = StudentController(), StateEstimator()
        stand(truth, controller, SETTLE, estimator=estimator)
        here = Pose2D(*robot.truth()["robot"])
        estimator.start(here)
        performed = Performance(truth, controller, estimator, None, lambda: False, None)
        scene, cfg, failed = Scene(believed, here, 1.0, spec.camera), TrackCfg(look_hz=0.0, end=0.2), None
        try:
            then = next(thing for thing in scene.objects if thing.id == kind)
            means = Means(Path(folder), lambda: scene, cfg, None)
            take_hold(performed, means, _contact(kind), scene, then=then)
        except StageError as error:
            failed = error.code
        return {"failed": failed, **_measured(truth, robot, kind, felt)}


def _start(things: Sequence[SceneObject], kind: str, rng: np.random.Generator) -> Pose2D:
    """Near the stance at the first side."""
    thing = next(t for t in things if t.id == kind)
    _, stance, _ = stance_for(thing, sides(thing)[0], things)
    ahead, aside, turn = rng.uniform(-1, 1, 3) * START
    place = stance.xy + ahead * stance.forward + aside * np.array([-stance.forward[1], stance.forward[0]])
    return Pose2D(float(place[0]), float(place[1]), float(stance.yaw + turn))


def _contact(kind: str) -> Contact:
    """What a video of a lift says."""
    return Contact(kind, ("left", "right"), 0.5, 2.5, 3.2, 6.5, LIFT[kind == "chair"], 0.0, 0.3)


def _measured(truth: TruthRecorder, robot: SimRobot, kind: str, felt: Sequence[Array]) -> Record:
    """The truth of the lift, and how hard each hand and forearm pressed while the robot alone held the thing."""
    found = happened(Expectation("lifted", kind), truth.track, true_objects(robot))
    up = Rotation.from_quat(np.array(truth.track.things[kind])[:, 3:], scalar_first=True).as_matrix()[:, 2, 2]
    pressed = np.mean(felt, axis=0).tolist() if felt else [[None, None], [None, None]]
    return {
        "lifted": bool(found["true"]),
        "held_s": float(found["measured"]) if found["unit"] == "s" else 0.0,
        "tilt_deg": float(np.degrees(np.arccos(np.clip(up.min(), -1, 1)))),
        "fell": truth.track.fallen,
        "contact_m": found.get("contact_m"),
        "hands_n": [pressed[0][0], pressed[1][0]],
        "forearms_n": [pressed[0][1], pressed[1][1]],
    }


def summarize(records: Sequence[Record]) -> Table:
    """One row a class and error."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for error in ERRORS:
        for kind in ("all", *CLASSES):
            chosen = [r for r in records if r["error_m"] == error and kind in ("all", r["kind"])]
            if not chosen:
                continue
            lifted, falls = sum(r["lifted"] for r in chosen), sum(r["fell"] for r in chosen)
            numbers: dict[str, Any] = {
                "held_s": _mean(r["held_s"] for r in chosen),
                "tilt_deg": _mean(r["tilt_deg"] for r in chosen),
                "contact_m": _mean(r["contact_m"] for r in chosen),
                **{f"{part}_n": [_mean(r[f"{part}_n"][i] for r in chosen) for i in (0, 1)] for part in PARTS},
            }
            summary[f"{kind}/{100 * error:g}cm"] = {"n": len(chosen), "lifted": lifted, "falls": falls, **numbers}
            rows.append(
                (
                    kind,
                    f"{100 * error:g}",
                    share(lifted, len(chosen)),
                    _text(numbers["held_s"], ".1f"),
                    f"{numbers['tilt_deg']:.0f} / {max(r['tilt_deg'] for r in chosen):.0f}",
                    *(", ".join(_text(n, ".0f") for n in numbers[f"{part}_n"]) for part in PARTS),
                    _text(numbers["contact_m"], ".3f"),
                    str(falls),
                )
            )
    return Table(
        "what the hands can do when they are told where the thing is",
        (
            "class",
            "pose error [cm]",
            "lifted a second, and still up at the end",
            "held [s]",
            "largest tilt, mean / most [deg]",
            "left, right hand presses [N]",
            "left, right forearm [N]",
            "hand-contact error [m]",
            "falls",
        ),
        tuple(rows),
        summary,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None


def _text(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


BENCH = Bench(
    "grip", "a G1 near the stance lifts things whose pose it is told, exactly and 3 cm off", cases, trial, summarize
)
