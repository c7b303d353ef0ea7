"""What the robot knows of its own body: surface points and normals of its links, posed by its encoders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np

from exoactor.types import G1_JOINTS, Array, ConfigError

_ARM_WORDS = ("shoulder", "elbow", "wrist", "hand")
_MOST_ROLL, _MOST_BOW = np.radians(15.0), np.radians(60.0)
"""A pelvis that leans aside or forward by more than this over its soles is not believed [rad]."""


@dataclass(frozen=True)
class PosedBody:
    """Surface of the robot in its level frame: origin on the floor under the pelvis, x forward, z up [m].

    Args:
        points: (N, 3) surface points [m].
        normals: (N, 3) outward unit normals.
        arm: (N,) +1 left arm, -1 right arm, 0 the rest.
        head: (3,) top of the head [m].
        shoulders: {"left", "right"} -> (3,) [m].
    """

    points: Array
    normals: Array
    arm: Array
    head: Array
    shoulders: dict[str, Array]


class RobotBody:
    """Surface samples of every link and forward kinematics for them.

    Args:
        spec: the robot alone, a `mujoco.MjSpec` with visual meshes and the 29 joints.
        samples: number of surface points kept.
    """

    def __init__(self, spec: Any, samples: int = 2400) -> None:
        self._model = spec.compile()
        self._data = mujoco.MjData(self._model)
        joints = [mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_JOINT, name) for name in G1_JOINTS]
        if min(joints) < 0:
            absent = [n for n, j in zip(G1_JOINTS, joints, strict=True) if j < 0]
            raise ConfigError(f"the robot's model lacks the joints {absent}; give the 29-joint G1")
        self._qpos = self._model.jnt_qposadr[joints]
        self._pelvis = self._body_of("pelvis")
        self._feet = [self._body_of(f"{side}_ankle_roll_link") for side in ("left", "right")]
        self._torso = self._body_of("torso_link")
        self._shoulder_bodies = {s: self._body_of(f"{s}_shoulder_roll_link") for s in ("left", "right")}
        self._forward(np.zeros(29))
        self._body, self._local, self._local_normals = self._outer_surface(samples)
        names = [self._model.body(int(b)).name for b in range(self._model.nbody)]
        side = [0 if not any(w in n for w in _ARM_WORDS) else (1 if n.startswith("left") else -1) for n in names]
        self._arm = np.array(side)[self._body]
        self._soles = [self._sole(foot) for foot in self._feet]

    def posed(self, joint_pos: Array, *, upright: bool = False) -> PosedBody:
        """The surface at (29,) encoder angles [rad], levelled and put on the floor by its feet.

        Roll and pitch of the pelvis come from the plane of both soles where they share one, as in
        standing; in mid-step they are taken as zero (the robot keeps its trunk upright when it walks).
        With `upright` they are taken as zero in any case.
        """
        self._forward(joint_pos)
        data = self._data
        rotation = data.xmat.reshape(-1, 3, 3)
        soles = np.concatenate([s @ rotation[f].T + data.xpos[f] for s, f in zip(self._soles, self._feet, strict=True)])
        level = np.eye(3) if upright else _levelling(soles)
        return self._placed(level, float((soles @ level.T)[:, 2].min()))

    def seated(self, joint_pos: Array, roll_pitch: Array, height: float) -> PosedBody:
        """The surface at (29,) encoder angles [rad] of one that does not stand: tilted by the IMU, the pelvis so high.

        Args:
            joint_pos: (29,) [rad].
            roll_pitch: (2,) of the pelvis against gravity [rad].
            height: of the pelvis above the floor [m].
        """
        self._forward(joint_pos)
        return self._placed(_tilted(roll_pitch), -height)

    def balance(self, joint_pos: Array, roll_pitch: Array) -> Array:
        """(2,) centre of mass ahead and to the left of the pelvis, tilted by the IMU, of (29,) encoder angles [m]."""
        self._forward(joint_pos)
        data, masses = self._data, self._model.body_mass
        # `_forward` moved body frames to the pelvis; what is inertial is still where the kinematics put it.
        origin, turn = data.qpos[:3], np.zeros(9)
        mujoco.mju_quat2Mat(turn, data.qpos[3:7])
        middle = (masses @ data.xipos) / masses.sum() - origin
        return np.asarray(_tilted(roll_pitch) @ turn.reshape(3, 3).T @ middle)[:2]

    def _placed(self, level: Array, ground: float) -> PosedBody:
        """The posture taken last, turned by `level` (3, 3) about the pelvis, `ground` on the floor."""
        data = self._data
        rotation = data.xmat.reshape(-1, 3, 3)

        def placed(points: Array) -> Array:
            return np.asarray(points @ level.T - [0.0, 0.0, ground])

        turn = rotation[self._body]
        points = np.einsum("nij,nj->ni", turn, self._local) + data.xpos[self._body]
        normals = np.einsum("nij,nj->ni", turn, self._local_normals)
        torso = rotation[self._torso]
        return PosedBody(
            placed(points),
            np.asarray(normals @ level.T),
            self._arm,
            placed(torso @ np.array([0.0, 0.0, 0.46]) + data.xpos[self._torso]),
            {side: placed(data.xpos[body]) for side, body in self._shoulder_bodies.items()},
        )

    def _body_of(self, name: str) -> int:
        found = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_BODY, name)
        if found < 0:
            raise ConfigError(f"the robot's model lacks the body {name!r}; give the 29-joint G1")
        return int(found)

    def _forward(self, joint_pos: Array) -> None:
        """Kinematics with the pelvis at the origin, upright."""
        self._data.qpos[:] = self._model.qpos0
        self._data.qpos[self._qpos] = joint_pos
        mujoco.mj_kinematics(self._model, self._data)
        origin, turn = self._data.xpos[self._pelvis].copy(), self._data.xmat[self._pelvis].reshape(3, 3).copy()
        self._data.xpos[:] = (self._data.xpos - origin) @ turn
        self._data.xmat[:] = (turn.T @ self._data.xmat.reshape(-1, 3, 3)).reshape(-1, 9)

    def _sole(self, foot: int) -> Array:
        """(4, 3) corners of the underside of a foot in its own frame [m]."""
        points = self._local[self._body == foot]
        low, high = points.min(0), points.max(0)
        return np.array([[x, y, low[2]] for x in (low[0], high[0]) for y in (low[1], high[1])])

    def _outer_surface(self, samples: int) -> tuple[Array, Array, Array]:
        """Body index (N,), local points (N, 3) and normals (N, 3) of what can be seen from outside."""
        rng = np.random.default_rng(0)
        bodies, points, normals = [], [], []
        model, data = self._model, self._data
        for geom in range(model.ngeom):
            drawn_only = model.geom_contype[geom] == 0 and model.geom_conaffinity[geom] == 0
            if model.geom_type[geom] != mujoco.mjtGeom.mjGEOM_MESH or not drawn_only:
                continue
            p, n = _sample_mesh(model, int(model.geom_dataid[geom]), 6000.0, rng)
            flat = np.zeros(9)
            mujoco.mju_quat2Mat(flat, model.geom_quat[geom])
            turn = flat.reshape(3, 3)
            points.append(p @ turn.T + model.geom_pos[geom])
            normals.append(n @ turn.T)
            bodies.append(np.full(len(p), model.geom_bodyid[geom]))
        if not points:
            raise ConfigError("the robot's model has no visual meshes; pull the assets first (exoactor assets pull)")
        body, local, local_normals = np.concatenate(bodies), np.concatenate(points), np.concatenate(normals)
        turns = data.xmat.reshape(-1, 3, 3)[body]
        world = np.einsum("nij,nj->ni", turns, local) + data.xpos[body]
        world_normals = np.einsum("nij,nj->ni", turns, local_normals)
        seen = np.zeros(len(world), bool)
        for direction in _directions(48):
            seen |= _seen_from(world, world_normals, direction)
        kept = np.flatnonzero(seen)
        kept = rng.permutation(kept)[:samples] if len(kept) > samples else kept
        return body[kept], local[kept], local_normals[kept]


def _tilted(roll_pitch: Array) -> Array:
    """(3, 3) rotation by roll and pitch [rad], without yaw."""
    (cr, cp), (sr, sp) = np.cos(roll_pitch), np.sin(roll_pitch)
    pitch = np.array([[cp, 0.0, sp], [0.0, 1.0, 0.0], [-sp, 0.0, cp]])
    return np.asarray(pitch @ np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]]))


def _levelling(soles: Array) -> Array:
    """Rotation (3, 3) that turns the plane through (8, 3) sole corners level; identity in mid-step."""
    centred = soles - soles.mean(0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    up = axes[2] * np.sign(axes[2, 2])
    flat = spread[2] / np.sqrt(len(soles)) < 0.008
    # A foot in the air beside the other makes a plane that rolls; soles are long, so one that pitches is a bow.
    if not flat or abs(up[1]) > np.sin(_MOST_ROLL) or up[2] < np.cos(_MOST_BOW):
        return np.eye(3)
    axis = np.cross(up, [0.0, 0.0, 1.0])
    turn = np.eye(3)
    sine = np.linalg.norm(axis)
    if sine > 1e-9:
        skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        turn = np.eye(3) + skew + skew @ skew / (1 + up[2])
    # Levelling must not turn the robot about the vertical: keep its x axis in the same vertical plane.
    yaw = np.arctan2(turn[1, 0], turn[0, 0])
    c, s = np.cos(-yaw), np.sin(-yaw)
    return np.asarray(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ turn)


def _sample_mesh(model: Any, mesh: int, per_square_metre: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Points and outward normals spread evenly over a mesh."""
    first, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
    vertices = model.mesh_vert[first : first + count].astype(float)
    first, count = model.mesh_faceadr[mesh], model.mesh_facenum[mesh]
    corners = vertices[model.mesh_face[first : first + count]]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2
    total = area.sum()
    n = max(24, int(per_square_metre * total))
    chosen = rng.choice(len(area), n, p=area / total)
    a, b = rng.random((2, n, 1))
    flip = (a + b) > 1
    a, b = np.where(flip, 1 - a, a), np.where(flip, 1 - b, b)
    c = corners[chosen]
    points = c[:, 0] + a * (c[:, 1] - c[:, 0]) + b * (c[:, 2] - c[:, 0])
    return points, cross[chosen] / (2 * area[chosen, None])


def _directions(n: int) -> Array:
    """(n, 3) unit vectors spread evenly over the sphere (Fibonacci lattice)."""
    k = np.arange(n) + 0.5
    z = 1 - 2 * k / n
    azimuth = np.pi * (1 + 5**0.5) * k
    return np.stack([np.sqrt(1 - z * z) * np.cos(azimuth), np.sqrt(1 - z * z) * np.sin(azimuth), z], 1)


def _seen_from(points: Array, normals: Array, direction: Array, cell: float = 0.02, slack: float = 0.012) -> Array:
    """Which points an orthographic viewer in `direction` sees (z-buffer of `cell` metres)."""
    side = np.cross(direction, [0.3, 0.5, 0.8])
    side /= np.linalg.norm(side)
    up = np.cross(direction, side)
    u, v = ((points @ side) / cell).astype(int), ((points @ up) / cell).astype(int)
    key = (u - u.min()) * 4096 + (v - v.min())
    height = points @ direction
    _, inverse = np.unique(key, return_inverse=True)
    top = np.full(inverse.max() + 1, -np.inf)
    np.maximum.at(top, inverse, height)
    return np.asarray((height > top[inverse] - slack) & (normals @ direction > 0.1))
