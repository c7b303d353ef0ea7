"""Which spots of the body the landmark network means, and where its soles are.

The network's landmarks are not SMPL-X's joints: its hips lie wider, its ears are ears. Each landmark is therefore a
point fixed to a joint; where exactly, `exoactor.estimate.calibration` knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from exoactor.body import Body, load_body
from exoactor.estimate.body_torch import RestBody
from exoactor.estimate.calibration import calibration
from exoactor.types import BODY_JOINTS, Array


@dataclass(frozen=True)
class LandmarkPoint:
    """A landmark that the fit uses.

    Args:
        index: its number among the network's 33.
        joint: the joint of `BODY_JOINTS` it is fixed to.
        near: a joint of the 55, or a side of the body part ("front", "left", "right", "back", "tip"), where it
            would be if the network's definition were the body's.
    """

    index: int
    joint: str
    near: str


def _both(left: int, joint: str, near: str) -> list[LandmarkPoint]:
    return [
        LandmarkPoint(left + k, joint.format(side=side), near.format(side=side))
        for k, side in enumerate(("left", "right"))
    ]


LANDMARKS: tuple[LandmarkPoint, ...] = (
    LandmarkPoint(0, "head", "front"),
    *_both(7, "head", "{side}"),
    *_both(11, "{side}_shoulder", "{side}_shoulder"),
    *_both(13, "{side}_elbow", "{side}_elbow"),
    *_both(15, "{side}_wrist", "{side}_wrist"),
    *_both(17, "{side}_wrist", "{side}_pinky1"),
    *_both(19, "{side}_wrist", "{side}_index1"),
    *_both(23, "pelvis", "{side}_hip"),
    *_both(25, "{side}_knee", "{side}_knee"),
    *_both(27, "{side}_ankle", "{side}_ankle"),
    *_both(29, "{side}_ankle", "back"),
    *_both(31, "{side}_foot", "tip"),
)  # fmt: skip
INDICES = np.array([p.index for p in LANDMARKS])
ROW = {p.index: row for row, p in enumerate(LANDMARKS)}
"""Row of a landmark among the points, by its number."""


@lru_cache(maxsize=1)
def body_points() -> RestBody:
    """The package's body with the landmarks' and soles' points, landmarks where the network means them."""
    rest = rest_body()
    points = rest.points.copy()
    points[: len(LANDMARKS)] += calibration().offsets
    return replace(rest, points=points)


@lru_cache(maxsize=1)
def rest_body() -> RestBody:
    """The same with landmarks where their names say."""
    body = load_body()
    spots = [_near(body, p) for p in LANDMARKS] + _soles(body)
    points = np.stack([s[0] for s in spots])
    shapes = np.stack([s[1] for s in spots])
    owners = [p.joint for p in LANDMARKS] + ["left_ankle", "left_foot", "right_ankle", "right_foot"]
    return RestBody(
        joints=body.J_regressor[:22] @ body.v_template,
        joints_shape=np.einsum("jv,vck->jck", body.J_regressor[:22], body.shapedirs),
        points=points,
        points_shape=shapes,
        owner=np.array([BODY_JOINTS.index(name) for name in owners]),
    )


def _near(body: Body, point: LandmarkPoint) -> tuple[Array, Array]:
    if point.near in body.joint_names:
        row = body.J_regressor[body.joint_names.index(point.near)]
        return row @ body.v_template, np.einsum("v,vck->ck", row, body.shapedirs)
    part = np.flatnonzero(body.weights.argmax(1) == body.joint_names.index(point.joint))
    side = {"front": (0, 0, 1), "tip": (0, 0, 1), "left": (1, 0, 0), "right": (-1, 0, 0), "back": (0, -1, -1)}
    return _furthest(body, part, np.array(side[point.near], float), 12)


def _soles(body: Body) -> list[tuple[Array, Array]]:
    spots = []
    for side in ("left", "right"):
        for joint in ("ankle", "foot"):
            part = np.flatnonzero(body.weights.argmax(1) == body.joint_names.index(f"{side}_{joint}"))
            place, change = _furthest(body, part, np.array([0.0, -1.0, -0.4 if joint == "ankle" else 0.0]), 12)
            shoe = body.clothing[part].max()
            spots.append((place - [0.0, shoe, 0.0], change))
    return spots


def _furthest(body: Body, part: Array, direction: Array, count: int) -> tuple[Array, Array]:
    """Mean of the `count` vertices of a part that lie furthest in a direction, and its change with shape."""
    chosen = part[np.argsort(-(body.v_template[part] @ direction), kind="stable")[:count]]
    return body.v_template[chosen].mean(0), body.shapedirs[chosen].mean(0)
