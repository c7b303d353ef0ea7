"""`exoactor bench toppled`: things dropped anyhow beside the robot, left to come to rest, and looked at once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np

from agent.bench.lift import scene_of
from exoactor.bench.perceive import PosedRoom, random_posture
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.perceive import RgbdPerception
from exoactor.perceive.lying import KINDS
from exoactor.types import Array, CatalogueItem, Pose2D, SceneObject
from exoactor.types.rotations import yaw_matrix
from exoactor.world.furniture import parts
from exoactor.world.scene_file import SceneSpec, load_scene

TRIALS = 15
DROPPED = 0.08
"""The lowest corner is so high when it is let go [m]."""
AWAY = np.array([50.0, 50.0, 5.0])
"""The robot is kept there while the thing falls [m]."""
REST = 2.5
"""Time to come to rest [s]."""
UPRIGHT = 4.0
"""A thing tilted by less than this stands [deg]."""
RIGHT = 0.04
"""A found box each of whose faces is this near to where the thing ends in that direction is right [m]."""


class DropRoom(PosedRoom):
    """A room in which things can be dropped."""

    def drop(self, id: str, place: Array, quat: Array) -> None:
        """Let a thing fall on a place of the floor (2,) [m], turned as given (4,), and wait until it rests."""
        model, data = self._model, self._data
        body = model.body(id).id
        joint = model.body_jntadr[body]
        at, moves = model.jnt_qposadr[joint], model.jnt_dofadr[joint]
        still = np.delete(np.arange(model.nv), np.s_[moves : moves + 6])
        data.qpos[:3] = AWAY
        data.qpos[at : at + 7] = [*place, 0.0, *quat]
        mujoco.mj_kinematics(model, data)
        data.qpos[at + 2] = DROPPED - min(self._lowest(g) for g in range(model.ngeom) if model.geom_bodyid[g] == body)
        while self._inside(body):
            data.qpos[at + 2] += 0.03
        rest = np.array(data.qpos)
        for _ in range(round(REST / model.opt.timestep)):
            data.qpos[:at], data.qpos[at + 7 :] = rest[:at], rest[at + 7 :]
            data.qvel[still] = 0.0
            mujoco.mj_step(model, data)

    def pose(self, id: str) -> tuple[Array, Array]:
        """(3,) true position [m] and (3, 3) rotation of a thing; for truth only."""
        body = self._data.body(id)
        return body.xpos.copy(), body.xmat.reshape(3, 3).copy()

    def _inside(self, body: int) -> bool:
        """Whether a body is in another one."""
        mujoco.mj_forward(self._model, self._data)
        contacts = self._data.contact
        mine = (self._model.geom_bodyid[contacts.geom] == body).any(axis=1) if self._data.ncon else np.zeros(0, bool)
        return bool((contacts.dist[mine] < 0.0).any())


def cases(trials: int | None, seed: int) -> list[Record]:
    """So many scenes of each kind; `trials` counts those of a kind."""
    count = TRIALS if trials is None else trials
    return [{"id": f"{kind}/{seed + k}", "kind": kind, "seed": seed + k} for k in range(count) for kind in KINDS]


def trial(case: Record) -> Record:
    """One look at one thing."""
    rng = np.random.default_rng([case["seed"], KINDS.index(case["kind"]), 43])
    room, spec = dropped(case["kind"], case["seed"], rng)
    perception = RgbdPerception(spec.catalogue())
    observation = room.look()
    began = time.process_time()
    found = perception.perceive(observation).get(case["kind"])
    spent = time.process_time() - began
    thing = spec.thing(case["kind"])
    assert thing is not None
    position, turn = room.pose(thing.id)
    tilt = float(np.degrees(np.arccos(np.clip(turn[2, 2], -1, 1))))
    if case["kind"] in ("box", "cylinder"):
        tilt = min(tilt, 180.0 - tilt)  # upside down it is the same
    record: Record = {"lies": tilt > UPRIGHT, "tilt_deg": tilt, "perceive_s": spent, "found": False}
    if found is None or found.confidence < 0.5:
        return record
    return {
        **record,
        "found": True,
        "said_lies": found.lies,
        "box_error_m": box_error(found, outline(thing.item) @ turn.T + position),
        "confidence": found.confidence,
    }


def dropped(kind: str, seed: int, rng: np.random.Generator) -> tuple[DropRoom, SceneSpec]:
    """A scene of `exoactor bench lift` in which the thing fell down somewhere between robot and stand, or near it."""
    case: Record = {"kind": kind, "distance": float(rng.uniform(1.0, 2.0)), "offset": 0.0, "seed": seed}
    with tempfile.TemporaryDirectory(prefix="exoactor-toppled-") as folder:
        path = Path(folder) / "scene.yaml"
        path.write_text(scene_of(case)[0])
        spec = load_scene(path)
    room, thing = DropRoom(spec, seed), spec.thing(kind)
    assert thing is not None
    quat = rng.normal(size=4)
    room.drop(kind, thing.position[:2] + rng.uniform(-0.6, 0.6, 2), quat / np.linalg.norm(quat))
    x, y, yaw = rng.uniform([-0.3, -0.4, -0.5], [0.2, 0.4, 0.5])
    room.put(Pose2D(float(x), float(y), float(yaw)), random_posture(rng))
    return room, spec


def outline(item: CatalogueItem) -> Array:
    """(N, 3) points of a thing's frame that reach as far as it does in every direction [m]."""
    ring = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    disc = np.column_stack([np.cos(ring), np.sin(ring)])
    square = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    points = []
    for part in parts(item.kind, item.size):
        flat = disc if part.shape == "cylinder" else square
        ends = np.concatenate([np.column_stack([flat, np.full(len(flat), z)]) for z in (-1.0, 1.0)])
        points.append(part.center + ends * part.half_size)
    return np.concatenate(points)


def box_error(found: SceneObject, points: Array) -> float:
    """Largest distance of a face of the found box from where the true points (N, 3) end in that direction [m].

    It is in place, heading and size at once, and knows no difference between faces that look the same.
    """
    local = points - found.position
    local[:, :2] = local[:, :2] @ yaw_matrix(found.yaw)
    half = found.item.size / 2
    low, high = np.array([-half[0], -half[1], 0.0]), np.array([half[0], half[1], 2 * half[2]])
    return float(np.abs(np.concatenate([local.min(axis=0) - low, local.max(axis=0) - high])).max())


def summarize(records: Sequence[Record]) -> Table:
    """One row a kind and state."""
    rows: list[tuple[str, ...]] = []
    summary: dict[str, object] = {}
    for lies in (True, False):
        for kind in ("all", *KINDS):
            chosen = [r for r in records if r["lies"] == lies and kind in ("all", r["kind"])]
            if not chosen:
                continue
            seen = [r for r in chosen if r["found"]]
            named = sum(r["said_lies"] == lies for r in seen)
            right = sum(r["said_lies"] == lies and r["box_error_m"] < RIGHT for r in seen)
            errors = [r["box_error_m"] for r in seen]
            middle = (float(np.median(errors)), float(np.percentile(errors, 95))) if errors else (None, None)
            name = f"{kind}/{'lies' if lies else 'stands'}"
            summary[name] = {"n": len(chosen), "found": len(seen), "named": named, "right": right, "box_m": middle}
            text = f"{middle[0]:.3f} / {middle[1]:.3f}" if errors else "-"
            cpu = f"{np.median([r['perceive_s'] for r in chosen]):.3f}"
            rows.append(
                (
                    name,
                    share(len(seen), len(chosen)),
                    share(named, len(seen)),
                    share(right, len(chosen)),
                    share(len(seen) - right, len(seen)),
                    text,
                    cpu,
                )
            )
    return Table(
        "Things that fell down, in one look",
        ("thing", "found (confident)", "… and how it rests is right", f"… and its box within {100 * RIGHT:.0f} cm",
         "confident but wrong", "box error [m] median / 95 %", "perceive [CPU s]"),
        tuple(rows),
        summary,
    )  # fmt: skip


BENCH = Bench("toppled", "dropped things found as they lie, in one RGB-D look", cases, trial, summarize)
