"""The project's free body: a rigged, textured adult in SMPL-X's file format, read with numpy alone.

Axes of the T-pose: x to the person's left, y up, z forward, metres. See BODY_CARD.md for origin and licence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.types import BODY_JOINTS, Array, ConfigError

JOINT_NAMES: tuple[str, ...] = (
    *BODY_JOINTS,
    "jaw",
    "left_eye_smplhf",
    "right_eye_smplhf",
    *(
        f"{side}_{finger}{k}"
        for side in ("left", "right")
        for finger in ("index", "middle", "pinky", "ring", "thumb")
        for k in (1, 2, 3)
    ),
)  # fmt: skip
"""The 55 joints of SMPL-X, in its order."""

PARENTS: tuple[int, ...] = (
    -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
    20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38,
    21, 40, 41, 21, 43, 44, 21, 46, 47, 21, 49, 50, 21, 52, 53,
)  # fmt: skip
"""Parent of each joint, -1 for the pelvis."""

LABELS = (
    "skin", "lips", "hair", "eye_white", "iris", "pupil", "shirt", "sleeve", "trousers", "shin", "belt", "shoe",
)  # fmt: skip
"""What a texel shows; `sleeve` and `shin` are bare below short sleeves and short trousers."""

BODY_TO_WORLD = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
"""Turns T-pose axes into the world's: forward along +x, left along +y, up along +z."""

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Body:
    """The body model.

    Args:
        v_template: (V, 3) mean adult in T-pose [m].
        faces: (F, 3) vertex indices.
        weights: (V, 55) skin weights.
        J_regressor: (55, V) joints from vertices.
        shapedirs: (V, 3, 10) vertex shift per unit of each shape coefficient [m]; one unit is one sigma.
        uv: (U, 2) texture coordinates, v up.
        uv_faces: (F, 3) indices into uv.
        labels: (S, S) uint8 texel labels, indices into `LABELS`, row 0 is v = 1.
        pattern: (S, S, 2) uint8 T-pose x and y of each texel, `m = value / 127 - 1`.
        clothing: (V,) distance by which clothes and hair stand off the skin [m].
    """

    v_template: Array
    faces: Array
    weights: Array
    J_regressor: Array
    shapedirs: Array
    uv: Array
    uv_faces: Array
    labels: Array
    pattern: Array
    clothing: Array

    joint_names = JOINT_NAMES
    parents = PARENTS

    def vertices(self, betas: Array) -> Array:
        """(V, 3) T-pose of a shape (10,) [m]."""
        return np.asarray(self.v_template + self.shapedirs @ np.asarray(betas))

    def joints(self, betas: Array) -> Array:
        """(55, 3) T-pose joints of a shape (10,) [m]."""
        return np.asarray(self._joint_template + self._joint_shapes @ np.asarray(betas))

    def height(self, betas: Array) -> float:
        """Standing height from sole to crown of a shape (10,) [m]."""
        return float(self._height_template + self._height_shapes @ np.asarray(betas))

    def with_height(self, betas: Array, height: float) -> Array:
        """The shape (10,) nearest to `betas` that is `height` [m] tall."""
        missing = height - self.height(betas)
        return np.asarray(betas + self._height_shapes * missing / (self._height_shapes @ self._height_shapes))

    def sole(self, betas: Array) -> float:
        """Height of the ankle joint above the sole of a shape (10,), standing flat [m]."""
        return float(self.joints(betas)[7, 1] - self.vertices(betas)[self._lowest, 1])

    def fk(
        self, global_orient: Array, body_pose: Array, transl: Array, betas: Array, hands: Array | None = None
    ) -> tuple[Array, Array]:
        """Forward kinematics as smplx does it.

        Args:
            global_orient: (T, 3) axis-angle of the pelvis.
            body_pose: (T, 21, 3) parent-relative axis-angles.
            transl: (T, 3) [m].
            betas: (10,).
            hands: (T, 30, 3) axis-angles of the left then the right fingers, or None for flat hands.

        Returns:
            rotations: (T, 55, 3, 3) of the joints in the world.
            positions: (T, 55, 3) of the joints in the world [m].
        """
        count = len(transl)
        local = np.zeros((count, len(PARENTS), 3))
        local[:, 0] = global_orient
        local[:, 1:22] = np.asarray(body_pose).reshape(count, 21, 3)
        if hands is not None:
            local[:, 25:] = np.asarray(hands).reshape(count, 30, 3)
        turns = Rotation.from_rotvec(local.reshape(-1, 3)).as_matrix().reshape(count, len(PARENTS), 3, 3)
        rest = self.joints(betas)
        rotations, positions = np.empty_like(turns), np.empty((count, len(PARENTS), 3))
        rotations[:, 0], positions[:, 0] = turns[:, 0], rest[0] + transl
        for joint, parent in enumerate(PARENTS[1:], start=1):
            rotations[:, joint] = rotations[:, parent] @ turns[:, joint]
            positions[:, joint] = positions[:, parent] + rotations[:, parent] @ (rest[joint] - rest[parent])
        return rotations, positions

    def skin(self, rotations: Array, positions: Array, betas: Array) -> Array:
        """(V, 3) vertices of one frame [m] from its joint frames (55, 3, 3), (55, 3)."""
        offsets = positions - np.einsum("jab,jb->ja", rotations, self.joints(betas))
        transforms = np.concatenate([rotations, offsets[..., None]], -1)
        blended = np.tensordot(self.weights, transforms, 1)
        return np.asarray(np.einsum("vab,vb->va", blended[..., :3], self.vertices(betas)) + blended[..., 3])

    @cached_property
    def _joint_template(self) -> Array:
        return np.asarray(self.J_regressor @ self.v_template)

    @cached_property
    def _joint_shapes(self) -> Array:
        return np.asarray(np.einsum("jv,vck->jck", self.J_regressor, self.shapedirs))

    @cached_property
    def _lowest(self) -> int:
        return int(self.v_template[:, 1].argmin())

    @cached_property
    def _height_template(self) -> float:
        return float(np.ptp(self.v_template[:, 1]))

    @cached_property
    def _height_shapes(self) -> Array:
        crown = int(self.v_template[:, 1].argmax())
        return np.asarray(self.shapedirs[crown, 1] - self.shapedirs[self._lowest, 1])


@lru_cache(maxsize=1)
def load_body() -> Body:
    """The body that comes with the package, arrays read-only and in double precision.

    Raises:
        ConfigError: its files are missing or damaged.
    """
    try:
        with np.load(smplx_model_dir() / "smplx" / "SMPLX_NEUTRAL.npz") as model, np.load(_DATA / "paint.npz") as paint:
            arrays = {
                "v_template": model["v_template"].astype(float),
                "faces": model["f"].astype(np.int64),
                "weights": model["weights"].astype(float),
                "J_regressor": model["J_regressor"].astype(float),
                "shapedirs": model["shapedirs"][:, :, :10].astype(float),
                "uv": paint["uv"].astype(float),
                "uv_faces": paint["uv_faces"].astype(np.int64),
                "labels": paint["labels"],
                "pattern": paint["pattern"],
                "clothing": paint["clothing"].astype(float),
            }
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"The body in {_DATA} cannot be read ({error}). Reinstall the package.") from error
    for array in arrays.values():
        array.setflags(write=False)
    return Body(**arrays)


def smplx_model_dir() -> Path:
    """Folder for `smplx.create(folder, model_type="smplx", use_pca=False, flat_hand_mean=True, num_betas=10)`."""
    return _DATA


def fk(
    global_orient: Array, body_pose: Array, transl: Array, betas: Array, hands: Array | None = None
) -> tuple[Array, Array]:
    """`Body.fk` of the package's body."""
    return load_body().fk(global_orient, body_pose, transl, betas, hands)
