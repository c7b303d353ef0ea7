"""What is in the room: the catalogue known beforehand, and the scene as perceived."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from exoactor.types.arrays import Array, checked
from exoactor.types.camera import Camera
from exoactor.types.rotations import wrap, yaw_matrix

KINDS = (
    "table", "chair", "shelf", "wall", "door",
    "box", "bottle", "cylinder", "can", "basket", "bin", "ball", "cloth", "hurdle", "beam",
)  # fmt: skip
"""Kinds of things a scene file may name."""


@dataclass(frozen=True)
class CatalogueItem:
    """What is known of a thing before looking: no pose.

    Args:
        id: snake_case name, unique in the scene.
        kind: one of `KINDS`.
        color: colour name of `exoactor.world.looks.COLORS`.
        size: (3,) extent along its own x (depth), y (width), z (height) [m].
        movable: False for furniture that stays where it is.
    """

    id: str
    kind: str
    color: str
    size: Array
    movable: bool

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is not one of {', '.join(KINDS)}")
        object.__setattr__(self, "size", checked("size", self.size, (3,)))


Catalogue = tuple[CatalogueItem, ...]


@dataclass(frozen=True)
class Pose2D:
    """A place on the floor: x [m], y [m], yaw [rad] (0 looks along world x, counter-clockwise)."""

    x: float
    y: float
    yaw: float

    @property
    def xy(self) -> Array:
        """(2,) position [m]."""
        return np.array([self.x, self.y])

    @property
    def forward(self) -> Array:
        """(2,) unit vector the pose looks along."""
        return np.array([np.cos(self.yaw), np.sin(self.yaw)])

    def ahead(self, way: float) -> Pose2D:
        """The pose so far ahead, or behind if negative [m], looking the same way."""
        x, y = self.xy + way * self.forward
        return Pose2D(float(x), float(y), self.yaw)

    def is_near(self, other: Pose2D, distance: float, angle: float) -> bool:
        """Whether another pose is nearer than `distance` [m] and turned by less than `angle` [rad]."""
        near = np.linalg.norm(self.xy - other.xy) < distance
        return bool(near and abs(wrap(self.yaw - other.yaw)) < angle)

    def to_json(self) -> list[float]:
        """[x, y, yaw]."""
        return [float(self.x), float(self.y), float(self.yaw)]


@dataclass(frozen=True)
class SceneObject:
    """A catalogue thing where it was perceived.

    Args:
        item: its catalogue entry; of a thing that lies, with the size of the box that holds it as it lies.
        position: (3,) centre of its underside in the world [m].
        yaw: heading of its own x axis (a chair's seat opens along +x, a table's or door's x is its depth) [rad].
        confidence: 0..1; below 0.5 the thing is not used as a target.
        lies: it toppled: it rests on another face than the one it stands on.
    """

    item: CatalogueItem
    position: Array
    yaw: float
    confidence: float
    lies: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "position", checked("position", self.position, (3,)))
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence: {self.confidence} given, 0..1 wanted")

    @property
    def id(self) -> str:
        """Catalogue id."""
        return self.item.id

    @property
    def footprint(self) -> Array:
        """(4, 2) corners of its rectangle on the floor, counter-clockwise [m]."""
        half = self.item.size[:2] / 2
        corners = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * half
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        return np.asarray(corners @ np.array([[c, s], [-s, c]]) + self.position[:2])

    @property
    def top(self) -> float:
        """Height of its upper side [m]."""
        return float(self.position[2] + self.item.size[2])

    @property
    def corners(self) -> Array:
        """(8, 3) corners of its bounding box [m]: `footprint` at its underside, then the same at its top."""
        base = np.column_stack([self.footprint, np.full(4, self.position[2])])
        return np.concatenate([base, base + np.array([0.0, 0.0, self.item.size[2]])])

    def moved(self, displacement: Array, turn: float = 0.0) -> SceneObject:
        """The thing moved by (3,) [m] and turned about its upright middle axis [rad]."""
        return replace(self, position=self.position + displacement, yaw=float(wrap(self.yaw + turn)))

    def distance(self, points: Array) -> Array:
        """(N,) distance of points (N, 3) from its bounding box, 0 inside [m]."""
        local = np.asarray(points) - self.position
        flat = local[:, :2] @ yaw_matrix(self.yaw)
        beyond = np.column_stack(
            [np.abs(flat) - self.item.size[:2] / 2, np.maximum(-local[:, 2], local[:, 2] - self.item.size[2])]
        )
        return np.asarray(np.linalg.norm(np.maximum(beyond, 0.0), axis=1))


@dataclass(frozen=True)
class Scene:
    """The room as perceived at one moment; `imagine` and `ground` get this and nothing else.

    Args:
        objects: the things that were found.
        robot: where the robot stands, or None if it was not found.
        robot_confidence: 0..1.
        camera: the camera it was seen with.
        missing: ids of catalogue things that were not found.
    """

    objects: tuple[SceneObject, ...]
    robot: Pose2D | None
    robot_confidence: float
    camera: Camera
    missing: tuple[str, ...] = ()

    def get(self, id: str) -> SceneObject | None:
        """The object of that id, or None."""
        return next((o for o in self.objects if o.id == id), None)

    def to_json(self) -> dict[str, Any]:
        """Plain data for observation.json and for prompts."""
        return {
            "robot": None if self.robot is None else self.robot.to_json(),
            "robot_confidence": round(float(self.robot_confidence), 3),
            "objects": [
                {
                    "id": o.id,
                    "kind": o.item.kind,
                    "color": o.item.color,
                    "size": [round(float(v), 4) for v in o.item.size],
                    "movable": o.item.movable,
                    "position": [round(float(v), 4) for v in o.position],
                    "yaw": round(float(o.yaw), 4),
                    "confidence": round(float(o.confidence), 3),
                    "lies": o.lies,
                }
                for o in self.objects
            ],
            "missing": list(self.missing),
            "camera": self.camera.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Scene:
        """Inverse of `to_json`."""
        objects = tuple(
            SceneObject(
                CatalogueItem(o["id"], o["kind"], o["color"], np.array(o["size"]), o["movable"]),
                np.array(o["position"]),
                o["yaw"],
                o["confidence"],
                o.get("lies", False),
            )
            for o in data["objects"]
        )
        robot = None if data["robot"] is None else Pose2D(*data["robot"])
        return cls(
            objects,
            robot,
            data["robot_confidence"],
            Camera.from_json(data["camera"]),
            tuple(data["missing"]),
        )
