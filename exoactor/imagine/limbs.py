"""Two-bone limbs: joint angles of arms and legs from where hands point and feet stand.

Rotations are of T-pose axes (x left, y up, z forward) into the frame at hand, as (T, 3, 3) matrices.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor.types import Array


def unit(vectors: Array) -> Array:
    """Vectors (..., 3) at length one."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def about(axis: str, angles: Array) -> Array:
    """(T, 3, 3) rotations by `angles` (T,) [rad] about "x", "y" or "z"."""
    return np.asarray(Rotation.from_euler(axis, np.asarray(angles, float)[..., None]).as_matrix())


def frames(first: Array, second: Array) -> Array:
    """(T, 3, 3) orthonormal frames whose first column is along `first`, second nearest to `second`."""
    a = unit(first)
    b = unit(second - (a * second).sum(-1, keepdims=True) * a)
    return np.stack([a, b, np.cross(a, b)], -1)


def bend(root: Array, end: Array, upper: float, lower: float, pole: Array) -> Array:
    """(T, 3) middle joint of a two-bone limb from `root` to `end` (T, 3) bent towards `pole` (T, 3) [m]."""
    along = end - root
    length = np.clip(np.linalg.norm(along, axis=-1, keepdims=True), abs(upper - lower) + 1e-4, upper + lower - 1e-5)
    axis = unit(along)
    ahead = (upper**2 + length**2 - lower**2) / (2 * length)
    aside = np.sqrt(np.maximum(upper**2 - ahead**2, 0))
    outward = unit(pole - (pole * axis).sum(-1, keepdims=True) * axis)
    return np.asarray(root + ahead * axis + aside * outward)


def leg(
    hip: Array, ankle: Array, forward: Array, lateral: Array, rest: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    """World rotations of thigh and shank.

    Args:
        hip: (T, 3) [m].
        ankle: (T, 3) [m].
        forward: (T, 3) direction the knee points to.
        lateral: (T, 3) the person's left, the knee's hinge.
        rest: hip, knee and ankle of the T-pose, each (3,) [m].

    Returns:
        thigh, shank: (T, 3, 3) each.
    """
    thigh_rest, shank_rest = rest[1] - rest[0], rest[2] - rest[1]
    knee = bend(hip, ankle, float(np.linalg.norm(thigh_rest)), float(np.linalg.norm(shank_rest)), forward)
    side = np.array([1.0, 0, 0])
    thigh = frames(knee - hip, lateral) @ frames(thigh_rest, side).T
    shank = frames(ankle - knee, lateral) @ frames(shank_rest, side).T
    return thigh, shank


def hanging_arm(sign: float, forward: Array, outward: Array, elbow: Array) -> tuple[Array, Array]:
    """Chest-relative rotations of upper arm and, relative to it, forearm of an arm that hangs.

    Args:
        sign: 1 for the left arm, -1 for the right.
        forward: (T,) swing [rad].
        outward: (T,) angle from the body's side [rad].
        elbow: (T,) bend [rad].
    """
    upper = about("x", -forward) @ about("z", -sign * (np.pi / 2 - outward))
    return upper, about("y", -sign * elbow)


def aimed_arm(sign: float, upper: Array, lower: Array) -> tuple[Array, Array]:
    """Rotations of upper arm, and of forearm relative to it, whose bones point along given directions.

    Args:
        sign: 1 for the left arm, -1 for the right.
        upper: (T, 3) direction of the upper arm in the frame the result is wanted in.
        lower: (T, 3) direction of the forearm; must not be parallel to `upper`, the elbow bends in their plane.
    """
    upper, lower = unit(upper), unit(lower)
    hinge = np.cross(upper, lower) * -sign
    turned = frames(sign * upper, hinge)
    angle = np.arccos(np.clip((upper * lower).sum(-1), -1, 1))
    return turned, about("y", -sign * angle)


def blend(a: Array, b: Array, weight: Array) -> Array:
    """Rotations (T, 3, 3) on the shortest way from `a` to `b` (T, 3, 3), `weight` (T,) of it gone."""
    difference = Rotation.from_matrix(np.swapaxes(a, -1, -2) @ b).as_rotvec()
    return np.asarray(a @ Rotation.from_rotvec(difference * np.asarray(weight)[:, None]).as_matrix())


_ARMS = ((1.0, 16, 18, 20), (-1.0, 17, 19, 21))
"""Left and right: sign, and the numbers of shoulder, elbow and wrist among the body's joints."""


def lay_arm(
    local: Array,
    side: int,
    target: Array,
    beyond: float,
    pole: Array,
    weight: Array,
    chest: Array,
    chest_position: Array,
    rest: Array,
) -> None:
    """Bend an arm in `local` (T, 55, 3, 3) so that a straight hand, which goes on where the arm points, is there.

    Args:
        local: joint rotations relative to their parents, changed in place.
        side: 0 the left arm, 1 the right.
        target: (T, 3) of a point of the hand [m].
        beyond: of that point from the wrist [m].
        pole: (T, 3) direction in which the elbow is bent.
        weight: (T,) 0..1 how much the arm is taken over.
        chest: (T, 3, 3) rotation of the chest.
        chest_position: (T, 3) [m].
        rest: (55, 3) joints of the T-pose [m].
    """
    sign, shoulder, elbow, wrist = _ARMS[side]
    socket = chest_position + np.einsum("tab,b->ta", chest, rest[shoulder] - rest[9])
    hand = target - beyond * unit(target - socket)
    upper, fore = (float(np.linalg.norm(rest[b] - rest[a])) for a, b in ((shoulder, elbow), (elbow, wrist)))
    middle = bend(socket, hand, upper, fore, pole)
    above, below = (np.einsum("tba,tb->ta", chest, v) for v in (middle - socket, hand - middle))
    arm, forearm = aimed_arm(sign, above, below)
    local[:, shoulder] = blend(local[:, shoulder], arm, weight)
    local[:, elbow] = blend(local[:, elbow], forearm, weight)
