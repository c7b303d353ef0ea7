"""Which texel of the body is skin, hair or cloth, and where cloth stands off the skin.

The map of labels is made once by `exoactor.body.build`; a clip's texture is a palette looked up in it.
"""

from __future__ import annotations

import numpy as np

from exoactor.body.body import JOINT_NAMES, LABELS
from exoactor.types import Array

TEXTURE_SIZE = 1024
_INDEX = {name: i for i, name in enumerate(JOINT_NAMES)}
_LABEL = {name: i for i, name in enumerate(LABELS)}
_GROUPS = {
    "head": ("head", "jaw", "neck"),
    "torso": ("spine1", "spine2", "spine3", "left_collar", "right_collar", "left_shoulder", "right_shoulder"),
    "hips": ("pelvis", "left_hip", "right_hip"),
    "shanks": ("left_knee", "right_knee"),
    "feet": ("left_ankle", "right_ankle", "left_foot", "right_foot"),
    "eyes": ("left_eye_smplhf", "right_eye_smplhf"),
    "forearms": ("left_elbow", "right_elbow"),
}


def paint_labels(
    vertices: Array, faces: Array, uv: Array, uv_faces: Array, weights: Array, joints: Array
) -> tuple[Array, Array]:
    """Label every texel by the T-pose point it shows.

    Args:
        vertices: (V, 3) T-pose [m].
        faces: (F, 3) into vertices.
        uv: (U, 2), v up.
        uv_faces: (F, 3) into uv.
        weights: (V, 55) skin weights.
        joints: (55, 3) T-pose [m].

    Returns:
        labels: (S, S) uint8 into `LABELS`.
        pattern: (S, S, 2) uint8, T-pose x and y in steps of 1/127 m from -1 m, for stripes and checks.
    """
    groups = np.zeros((len(JOINT_NAMES), len(_GROUPS) + 1))
    for k, members in enumerate(_GROUPS.values()):
        groups[[_INDEX[m] for m in members], k] = 1
    groups[groups.sum(1) == 0, -1] = 1
    values = np.concatenate([vertices, weights @ groups], axis=1)
    texels = _rasterised(values, faces, uv, uv_faces, TEXTURE_SIZE)
    point, group = texels[..., :3], texels[..., 3:].argmax(-1)
    of = {name: group == k for k, name in enumerate(_GROUPS)}
    x, y, z = np.moveaxis(point, -1, 0)
    eye = (joints[_INDEX["left_eye_smplhf"]] + joints[_INDEX["right_eye_smplhf"]]) / 2
    neck, pelvis = joints[_INDEX["neck"]], joints[_INDEX["pelvis"]]
    elbow_x, wrist_x = joints[_INDEX["left_elbow"], 0], joints[_INDEX["left_wrist"], 0]
    knee_y, ankle_y = joints[_INDEX["left_knee"], 1], joints[_INDEX["left_ankle"], 1]
    labels = np.full(group.shape, _LABEL["skin"], np.uint8)

    labels[of["head"] & _hair(point, eye)] = _LABEL["hair"]
    brow = (np.abs(y - eye[1] - 0.021) < 0.0045) & (np.abs(np.abs(x) - 0.034) < 0.019) & (z > eye[2] - 0.01)
    labels[of["head"] & brow] = _LABEL["hair"]
    lips = (np.abs(y - eye[1] + 0.068) < 0.009) & (np.abs(x) < 0.024) & (z > eye[2])
    labels[of["head"] & lips] = _LABEL["lips"]
    labels[of["eyes"]] = _LABEL["eye_white"]
    for side in ("left_eye_smplhf", "right_eye_smplhf"):
        centre = joints[_INDEX[side]]
        off = np.linalg.norm(point[..., :2] - centre[:2], axis=-1)
        labels[of["eyes"] & (off < 0.0062) & (z > centre[2])] = _LABEL["iris"]
        labels[of["eyes"] & (off < 0.0030) & (z > centre[2])] = _LABEL["pupil"]

    upper = of["torso"] | (of["hips"] & (y > pelvis[1] + 0.03))
    collar = y < neck[1] + 0.045 - 0.25 * np.maximum(z - neck[2], 0)
    shirt = upper & collar
    labels[shirt] = _LABEL["shirt"]
    labels[(shirt & (np.abs(x) > elbow_x - 0.07)) | (of["forearms"] & (np.abs(x) < wrist_x - 0.01))] = _LABEL["sleeve"]
    legs = (of["hips"] | of["shanks"] | of["feet"]) & ~shirt & (y > ankle_y + 0.02)
    labels[legs] = _LABEL["trousers"]
    labels[legs & (y < knee_y + 0.03)] = _LABEL["shin"]
    labels[legs & (y > pelvis[1] + 0.005)] = _LABEL["belt"]
    labels[of["feet"] & (y <= ankle_y + 0.02)] = _LABEL["shoe"]
    pattern = np.clip(np.round((point[..., :2] + 1) * 127), 0, 255).astype(np.uint8)
    return labels, pattern


def clothing_offset(vertices: Array, weights: Array, joints: Array) -> Array:
    """(V,) distance by which shirt, trousers, shoes and hair stand off the skin along its normal [m]."""

    def share(*names: str) -> Array:
        return np.asarray(weights[:, [_INDEX[n] for n in names]].sum(1))

    torso = share(*_GROUPS["torso"])
    legs = share(*_GROUPS["hips"], *_GROUPS["shanks"])
    eye = (joints[_INDEX["left_eye_smplhf"]] + joints[_INDEX["right_eye_smplhf"]]) / 2
    short = (vertices[:, 1] < joints[_INDEX["neck"], 1] + 0.02) & (
        np.abs(vertices[:, 0]) < joints[_INDEX["left_elbow"], 0] - 0.07
    )
    offset = np.maximum(torso * short * 0.010, legs * 0.008)
    offset = np.maximum(offset, share(*_GROUPS["feet"]) * 0.007)
    hair = (weights[:, _INDEX["head"]] > 0.5) & _hair(vertices, eye)
    return np.asarray(np.maximum(offset, hair * 0.016))


def _hair(point: Array, eye: Array) -> Array:
    """Where a short haircut covers the head; points (..., 3) and the middle of the eyes (3,) in T-pose [m]."""
    y, z = point[..., 1] - eye[1], point[..., 2] - eye[2]
    return np.asarray((y > 0.062) | ((z < -0.105) & (y > -0.09)) | ((z < -0.06) & (y > 0.02)))


def _rasterised(values: Array, faces: Array, uv: Array, uv_faces: Array, size: int) -> Array:
    """Vertex values (V, K) interpolated over the UV triangles: (size, size, K); texels outside take the nearest one."""
    from scipy.ndimage import distance_transform_edt

    out = np.zeros((size, size, values.shape[1]), np.float32)
    covered = np.zeros((size, size), bool)
    corners = np.stack([uv[uv_faces][..., 0] * size, (1 - uv[uv_faces][..., 1]) * size], -1)
    for (a, b, c), indices in zip(corners, faces, strict=True):
        area = (b[1] - c[1]) * (a[0] - c[0]) + (c[0] - b[0]) * (a[1] - c[1])
        if abs(area) < 1e-12:
            continue
        low = np.maximum(np.floor(np.min([a, b, c], 0)).astype(int), 0)
        high = np.minimum(np.ceil(np.max([a, b, c], 0)).astype(int) + 1, size)
        px, py = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
        first = ((b[1] - c[1]) * (px - c[0]) + (c[0] - b[0]) * (py - c[1])) / area
        second = ((c[1] - a[1]) * (px - c[0]) + (a[0] - c[0]) * (py - c[1])) / area
        inside = (first >= -1e-6) & (second >= -1e-6) & (first + second <= 1 + 1e-6)
        rows, columns = py[inside].astype(int), px[inside].astype(int)
        share = np.stack([first[inside], second[inside], 1 - first[inside] - second[inside]], -1)
        out[rows, columns] = share @ values[indices]
        covered[rows, columns] = True
    nearest = distance_transform_edt(~covered, return_distances=False, return_indices=True)
    return np.asarray(out[tuple(nearest)])
