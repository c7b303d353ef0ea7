"""The simulated robot: a living MuJoCo world behind the `Robot` protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import mujoco
import numpy as np

from exoactor.types import CONTROL_HZ, G1_JOINTS, HAND_JOINTS, Actuation, Array, ConfigError, Sensors, StageError
from exoactor.types.rotations import quat_to_rpy, yaw_quat
from exoactor.world.build import CAMERA, build
from exoactor.world.disturb import Disturbances
from exoactor.world.faults import WORLD_FAULTS, Fault
from exoactor.world.g1 import PALM_CENTRE, default_actuation, joint_addresses
from exoactor.world.hands import finger_addresses, is_hand
from exoactor.world.render import DepthNoiseCfg, SceneRenderer, noisy_depth
from exoactor.world.scene_file import SceneSpec
from exoactor.world.sensors import SensorNoiseCfg, SensorSuite
from exoactor.world.weight import carried_by

FALLEN_HEIGHT = 0.36
"""Pelvis below this is a fall [m]; one who lifts a box off the floor goes down to 0.42."""
FALLEN_UP = 0.5
"""So is a pelvis tilted by more than 60 degrees (cosine)."""
_STATE = mujoco.mjtState.mjSTATE_INTEGRATION


class SimRobot:
    """A G1 on its own feet in a scene, watched by the scene's camera.

    Args:
        scene: where it stands.
        seed: of the errors of sensors and camera.
        faults: armed from the start; only those of the world count.
        sensor_noise: sizes of the sensors' errors.
        depth_noise: errors of the depth camera.

    Attributes:
        camera: calibration of the fixed camera.
        catalogue: what is known of the things beforehand.
        scene: as given.
        time: [s] since the world began.
    """

    def __init__(
        self,
        scene: SceneSpec,
        *,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        sensor_noise: SensorNoiseCfg | None = None,
        depth_noise: DepthNoiseCfg | None = None,
    ) -> None:
        self.scene, self.camera, self.catalogue = scene, scene.camera, scene.catalogue()
        self._seed = seed
        self._depth_noise = depth_noise or DepthNoiseCfg()
        self._model = build(scene)
        self._data = mujoco.MjData(self._model)
        self._disturb = Disturbances(self._model, scene)
        self._sensors = SensorSuite(self._model, seed, sensor_noise)
        self._renderer: SceneRenderer | None = None
        self._reading: Sensors | None = None
        self._steps = 0
        self._touched: dict[str, float] = {}
        self._substeps = 1
        self._owner = self._owners()
        self._fingers = finger_addresses(self._model)
        self._hands = {side: self._parts_of_hand(side) for side in ("left", "right")}
        self.configure(default_actuation())
        self._stand()
        self.arm([f for f in faults if f.kind in WORLD_FAULTS])

    # -- Robot ----------------------------------------------------------------------------------

    @property
    def time(self) -> float:
        """Seconds since the world began."""
        return float(self._data.time)

    def configure(self, actuation: Actuation) -> None:
        """Set servo gains, torque limits and control rate.

        Raises:
            ConfigError: the control period is not a whole number of physics steps.
        """
        substeps = 1.0 / (actuation.hz * self._model.opt.timestep)
        if abs(substeps - round(substeps)) > 1e-6 or round(substeps) < 1:
            raise ConfigError(
                f"a controller at {actuation.hz} Hz does not fit physics steps of {self._model.opt.timestep} s; "
                f"{CONTROL_HZ} Hz does"
            )
        self._substeps = round(substeps)
        n = len(G1_JOINTS)
        self._model.actuator_gainprm[:n, 0] = actuation.kp
        self._model.actuator_biasprm[:n, 1] = -actuation.kp
        self._model.actuator_biasprm[:n, 2] = -actuation.kd
        self._model.actuator_forcerange[:n] = np.stack([-actuation.torque_limit, actuation.torque_limit], 1)

    def sense(self) -> Sensors:
        """The robot's own sensors now; asked twice at the same moment, the same reading."""
        if self._reading is None:
            self._reading = self._sensors.read(self._data, self._steps)
        return self._reading

    def look(self, *, depth: bool = True, plain: bool = False) -> tuple[float, Array, Array]:
        """Time [s], RGB (H, W, 3) uint8 and depth (H, W) float32 [m].

        Depth is 0 where there is no return, and everywhere if it was not asked for. A `plain` picture is without
        cast shadows: they take most of the time of one.
        """
        width, height = self.camera.size
        blank = np.zeros((height, width), np.float32)
        if self._disturb.occluded:
            return self.time, np.zeros((height, width, 3), np.uint8), blank
        if self._renderer is None:
            self._renderer = SceneRenderer(self._model, CAMERA, self.camera.size)
        # The last physics step left the bodies where they were at its start; derived values only, so no side effect.
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        if not depth:
            return self.time, self._renderer.rgb(self._data, shadows=not plain), blank
        rgb, distance = self._renderer.rgbd(self._data, shadows=not plain)
        rng = np.random.default_rng([self._seed, 4, self._steps])
        return self.time, rgb, noisy_depth(distance, rng, self._depth_noise)

    def hold_fingers(self, targets: Array) -> None:
        """Position targets (14,) of `HAND_JOINTS` [rad] for the coming control periods, until there are others.

        Raises:
            ConfigError: the hands have no fingers.
            StageError: targets that are not finite numbers.
        """
        if self._fingers is None:
            raise ConfigError(
                f"the robot of scene {self.scene.name!r} has {self.scene.hands} hands, without fingers; "
                "write `hands: dex3` under `robot`"
            )
        wanted = np.asarray(targets, float)
        if wanted.shape != (len(HAND_JOINTS),) or not np.isfinite(wanted).all():
            raise StageError("track", "bad_targets", f"{len(HAND_JOINTS)} finite finger targets wanted, {wanted} given")
        self._data.ctrl[self._fingers[1]] = wanted

    def step(self, joint_targets: Array) -> None:
        """Hold (29,) position targets [rad] for one control period.

        Raises:
            StageError: targets that are not finite numbers, or a simulation that has gone wild.
        """
        targets = np.asarray(joint_targets, float)
        if targets.shape != (29,) or not np.isfinite(targets).all():
            raise StageError("track", "bad_targets", f"29 finite joint targets wanted, {targets} given")
        self._data.ctrl[:29] = targets
        period = self._substeps * self._model.opt.timestep
        self._disturb.before_step(self._data)
        mujoco.mj_step(self._model, self._data, nstep=self._substeps)
        if not np.isfinite(self._data.qpos).all() or self._data.warning[mujoco.mjtWarning.mjWARN_BADQACC].number:
            raise StageError("track", "simulation_diverged", f"at {self.time:.2f} s")
        self._steps += 1
        self._reading = None
        self._sensors.advance(self._steps, period)
        for id in self._contacts():
            self._touched[id] = self._touched.get(id, 0.0) + period

    # -- faults ---------------------------------------------------------------------------------

    def arm(self, faults: Fault | Sequence[Fault]) -> None:
        """Carry out faults of the world from now on.

        `move_object` moves the thing and what stands on it at once, and for good; `put_back` puts it where it was at
        first. `push_robot` counts its t
        from now. `slip` and `occlude` last until `disarm`.

        Raises:
            ConfigError: a kind that the world knows nothing of, or an unknown id.
        """
        self._disturb.arm([faults] if isinstance(faults, Fault) else faults, self._data)

    def disarm(self) -> None:
        """End all faults; what was moved stays where it is."""
        self._disturb.disarm(self._data)

    # -- saving ---------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Array]:
        """Everything that another process needs to go on from here with `restore`."""
        state = np.zeros(mujoco.mj_stateSize(self._model, _STATE))
        mujoco.mj_getState(self._model, self._data, state, _STATE)
        return {
            "scene": np.array(self._scene_hash()),
            "seed": np.array(self._seed),
            "state": state,
            "steps": np.array(self._steps),
            "yaw_error": np.array(self._sensors.yaw_error),
            "touched_ids": np.array(list(self._touched), dtype=np.str_),
            "touched_seconds": np.array(list(self._touched.values()), dtype=float),
            **self._disturb.snapshot(),
        }

    def restore(self, saved: Mapping[str, Array]) -> None:
        """Go on from a snapshot of the same scene; servo settings are those of the last `configure`.

        Raises:
            ConfigError: the snapshot is incomplete or of another scene.
        """
        try:
            if str(saved["scene"]) != self._scene_hash():
                raise ConfigError(
                    f"the saved world is not of scene {self.scene.name!r} as it is now; give the scene of the run"
                )
            state = np.array(saved["state"], float)
            if state.shape != (mujoco.mj_stateSize(self._model, _STATE),):
                raise ConfigError(f"the saved world has {state.size} state values, another robot model made it")
            self._disturb.restore(saved)
            mujoco.mj_setState(self._model, self._data, state, _STATE)
            self._seed, self._steps = int(saved["seed"]), int(saved["steps"])
            self._sensors = SensorSuite(self._model, self._seed, self._sensors.cfg)
            self._sensors.yaw_error = float(saved["yaw_error"])
            ids, seconds = saved["touched_ids"], saved["touched_seconds"]
            self._touched = {str(i): float(s) for i, s in zip(ids, seconds, strict=True)}
        except KeyError as error:
            raise ConfigError(f"the saved world lacks {error}; it was not written by this version") from error
        self._reading = None
        mujoco.mj_forward(self._model, self._data)

    def close(self) -> None:
        """Free the renderer."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    # -- truth ----------------------------------------------------------------------------------

    def truth(self) -> dict[str, Any]:
        """The simulator's state, for truth.json and benchmarks only; nothing that decides may read it.

        Returns:
            time [s]; robot [x, y, yaw]; height of the pelvis [m]; fallen; hands, shoulders and palms {"left", "right"}
            -> (3,) wrist, shoulder and middle of the palm [m]; objects id -> {"position" (3,) of the underside's centre
            [m], "yaw" [rad], "tilt" [rad], "quat" (4,) wxyz}; contacts: ids of things the robot touches now; lifted:
            those of them that touch nothing else; touched: id -> seconds since the world began; rests: id -> share of
            the robot's weight that its trunk and legs rest on it with; arms_on: ids of things its arms touch; pressed:
            how hard they press on all of them [N]; lowest: {"left", "right"} -> height of the hand's lowest point [m].
        """
        model, data = self._model, self._data
        mujoco.mj_kinematics(model, data)
        rotation = data.body("pelvis").xmat.reshape(3, 3)
        x, y, z = data.qpos[:3]
        objects, contacts = {}, self._contacts()
        rests, arms_on = carried_by(model, data, self._owner, self.catalogue) if contacts else ({}, set())
        for item in self.catalogue:
            body = data.body(item.id)
            up = float(np.clip(body.xmat[8], -1, 1))
            objects[item.id] = {
                "position": body.xpos.copy(),
                "yaw": float(quat_to_rpy(body.xquat)[2]),
                "tilt": float(np.arccos(up)),
                "quat": body.xquat.copy(),
            }
        return {
            "time": self.time,
            "robot": [float(x), float(y), float(quat_to_rpy(data.qpos[3:7])[2])],
            "height": float(z),
            "fallen": bool(z < FALLEN_HEIGHT or rotation[2, 2] < FALLEN_UP),
            "hands": {s: data.body(f"{s}_wrist_yaw_link").xpos.copy() for s in ("left", "right")},
            "shoulders": {s: data.body(f"{s}_shoulder_roll_link").xpos.copy() for s in ("left", "right")},
            "palms": {s: self._palm(s) for s in ("left", "right")},
            "objects": objects,
            "contacts": sorted(contacts),
            "lifted": sorted(self._lifted(contacts)),
            "touched": dict(self._touched),
            "rests": rests,
            "arms_on": sorted(arms_on),
            "pressed": float(sum(self.arm_forces(id).sum() for id in arms_on)),
            "lowest": {side: self._lowest(side) for side in ("left", "right")},
        }

    def arm_forces(self, id: str) -> Array:
        """(2, 2) normal forces of left and right arm, hand and forearm, on a thing now [N]; for benchmarks only."""
        model, data = self._model, self._data
        felt, thing, wrench = np.zeros((2, 2)), model.body(id).id, np.zeros(6)
        for number in range(data.ncon):
            bodies = [b for b in model.geom_bodyid[data.contact[number].geom] if b != thing]
            side, _, part = model.body(bodies[0]).name.partition("_")
            if len(bodies) == 1 and part.startswith(("wrist", "elbow")):
                mujoco.mj_contactForce(model, data, number, wrench)
                felt[("left", "right").index(side), int(part.startswith("elbow"))] += wrench[0]
        return felt

    # -- inside ---------------------------------------------------------------------------------

    def _stand(self) -> None:
        """Default pose at the start, upright, the lower sole on the floor."""
        model, data = self._model, self._data
        data.qpos[:3] = [self.scene.robot.x, self.scene.robot.y, 1.0]
        data.qpos[3:7] = yaw_quat(self.scene.robot.yaw)
        data.qpos[joint_addresses(model)[0]] = data.ctrl[:29] = default_actuation().default_pos
        mujoco.mj_forward(model, data)
        feet = {model.body(f"{side}_ankle_roll_link").id for side in ("left", "right")}
        soles = [g for g in range(model.ngeom) if model.geom_bodyid[g] in feet and model.geom_conaffinity[g]]
        # A sole geom is a capsule lying flat or a small sphere: its underside is a radius below its centre.
        lowest = min(data.geom_xpos[g, 2] - model.geom_size[g, 0] for g in soles)
        data.qpos[2] -= lowest + 0.0005  # pressed in as far as its weight will press it
        mujoco.mj_forward(model, data)

    def _owners(self) -> Array:
        """(ngeom,) index of the catalogue thing of each geom, -1 the robot, -2 floor and walls."""
        ids = {item.id: i for i, item in enumerate(self.catalogue)}
        robot = self._model.body("pelvis").id
        owner = np.full(self._model.ngeom, -2)
        for geom in range(self._model.ngeom):
            body = self._model.geom_bodyid[geom]
            if self._model.body_rootid[body] == robot:
                owner[geom] = -1
            else:
                owner[geom] = ids.get(self._model.body(body).name, -2)
        return owner

    def _parts_of_hand(self, side: str) -> Array:
        """Indices of the geoms with which a hand touches."""
        bodies = [self._model.body(int(b)).name for b in self._model.geom_bodyid]
        mine = [name.startswith(side) and is_hand(name) for name in bodies]
        return np.flatnonzero(np.array(mine) & (self._model.geom_conaffinity > 0))

    def _contacts(self) -> set[str]:
        """Ids of the things the robot touches."""
        if not self._data.ncon:
            return set()
        pairs = self._owner[self._data.contact.geom]
        things = pairs.max(axis=1)[(pairs.min(axis=1) == -1) & (pairs.max(axis=1) >= 0)]
        return {self.catalogue[i].id for i in things}

    def _palm(self, side: str) -> Array:
        hand = self._data.body(f"{side}_wrist_yaw_link")
        return np.asarray(hand.xpos + hand.xmat.reshape(3, 3) @ np.array(PALM_CENTRE))

    def _lowest(self, side: str) -> float:
        """Height of the lowest corner of the boxes round the parts of a hand [m]."""
        model, data = self._model, self._data
        middle, half = np.split(model.geom_aabb[self._hands[side]], 2, axis=1)
        down = data.geom_xmat[self._hands[side]].reshape(-1, 3, 3)[:, 2]
        return float((data.geom_xpos[self._hands[side], 2] + (down * middle - np.abs(down) * half).sum(axis=1)).min())

    def _lifted(self, contacts: set[str]) -> set[str]:
        """Those of the things the robot touches that touch nothing else."""
        pairs = self._owner[self._data.contact.geom] if self._data.ncon else np.zeros((0, 2), int)
        elsewhere = pairs[pairs.min(axis=1) != -1]
        resting = {self.catalogue[i].id for i in elsewhere.ravel() if i >= 0}
        return contacts - resting

    def _scene_hash(self) -> str:
        return hashlib.sha256(self.scene.text.encode()).hexdigest()
