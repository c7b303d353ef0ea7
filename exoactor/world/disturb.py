"""What somebody else does to the world: planted faults carried out in the simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exoactor.types import Array, ConfigError
from exoactor.types.rotations import quat_to_rpy
from exoactor.world.faults import WORLD_FAULTS, Fault, parse_fault
from exoactor.world.placement import Thing
from exoactor.world.scene_file import SceneSpec

PUSH_SECONDS = 0.1
"""A push is a constant horizontal force on the pelvis for so long."""


class Disturbances:
    """Armed faults and their effect on one model.

    Args:
        model: changed in place.
        scene: what stands on what.
    """

    def __init__(self, model: Any, scene: SceneSpec) -> None:
        self._model, self._scene = model, scene
        self._armed: list[tuple[Fault, float]] = []  # with the time it was armed
        self._pelvis = model.body("pelvis").id
        feet = [model.body(f"{side}_ankle_roll_link").id for side in ("left", "right")]
        self._soles = np.flatnonzero(np.isin(model.geom_bodyid, feet) & (model.geom_conaffinity > 0))
        self._friction = model.geom_friction[self._soles, 0].copy()
        self._fixed = [model.body(t.id).id for t in scene.things if not t.item.movable]

    @property
    def occluded(self) -> bool:
        """Something stands before the camera."""
        return any(fault.kind == "occlude" for fault, _ in self._armed)

    def arm(self, faults: Sequence[Fault], data: Any) -> None:
        """See `SimRobot.arm`."""
        for fault in faults:
            if fault.kind not in WORLD_FAULTS:
                raise ConfigError(f"fault {fault}: the world carries out {', '.join(WORLD_FAULTS)} only")
            if fault.kind == "move_object":
                shift = np.array([fault.number("dx"), fault.number("dy"), 0.0])
                self._move(str(fault.options["id"]), shift, data)
            elif fault.kind == "put_back":
                self._put_back(str(fault.options["id"]), data)
            else:
                self._armed.append((fault, float(data.time)))
        self._apply_friction()

    def disarm(self, data: Any) -> None:
        """End everything that lasts."""
        self._armed.clear()
        data.xfrc_applied[self._pelvis] = 0.0
        self._apply_friction()

    def before_step(self, data: Any) -> None:
        """Set the force on the pelvis for the coming control period."""
        force = np.zeros(3)
        for fault, since in self._armed:
            # half a physics step of slack, for times are sums of floats
            begin = since + (fault.number("t") if fault.kind == "push_robot" else np.inf) - 0.0025
            if begin <= data.time < begin + PUSH_SECONDS:
                angle = quat_to_rpy(data.qpos[3:7])[2] + np.radians(fault.number("direction_deg"))
                size = fault.number("newton_seconds") / PUSH_SECONDS
                force += size * np.array([np.cos(angle), np.sin(angle), 0.0])
        data.xfrc_applied[self._pelvis, :3] = force

    def snapshot(self) -> dict[str, Array]:
        """Where fixed things stand, and the armed faults."""
        return {
            "fixed_pos": self._model.body_pos[self._fixed].copy(),
            "faults": np.array([str(fault) for fault, _ in self._armed], dtype=np.str_),
            "faults_since": np.array([since for _, since in self._armed], dtype=float),
        }

    def restore(self, saved: Mapping[str, Array]) -> None:
        """Inverse of `snapshot`."""
        self._model.body_pos[self._fixed] = saved["fixed_pos"]
        self._armed = [
            (parse_fault(str(text)), float(since))
            for text, since in zip(saved["faults"], saved["faults_since"], strict=True)
        ]
        self._apply_friction()

    def _apply_friction(self) -> None:
        # The soles' friction counts in every contact with them (priority), so it is what a wet floor changes.
        slippery = [fault.number("friction") for fault, _ in self._armed if fault.kind == "slip"]
        self._model.geom_friction[self._soles, 0] = np.minimum(self._friction, min(slippery, default=np.inf))

    def _thing(self, fault: str, id: str) -> Thing:
        thing = self._scene.thing(id)
        if thing is None:
            known = ", ".join(t.id for t in self._scene.things)
            raise ConfigError(f"{fault}: no {id!r} in scene {self._scene.name}: {known}")
        return thing

    def _put_back(self, id: str, data: Any) -> None:
        """Somebody puts a thing back where it stood when the world began, upright and at rest."""
        thing = self._thing("put_back", id)
        if not thing.item.movable:
            raise ConfigError(f"put_back: {id!r} is furniture; only what can be moved is put back")
        joint = self._model.joint(id)
        start, speed = joint.qposadr[0], joint.dofadr[0]
        data.qpos[start : start + 7] = self._model.qpos0[start : start + 7]
        data.qvel[speed : speed + 6] = 0.0

    def _move(self, id: str, shift: Array, data: Any) -> None:
        """Somebody moves a thing with all that stands on it; with putting it back the only way but by contact."""
        thing = self._thing("move_object", id)
        if thing.item.movable:
            start = self._model.joint(id).qposadr[0]
            data.qpos[start : start + 3] += shift
        else:
            self._model.body_pos[self._model.body(id).id] += shift
        for other in self._scene.things:
            if other.on == id:
                self._move(other.id, shift, data)
