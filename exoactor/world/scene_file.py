"""Scenes are YAML: read, checked as a whole, every problem named with its line, what was given and what is allowed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from exoactor.types import KINDS, Array, Camera, Catalogue, CatalogueItem, ConfigError, Pose2D
from exoactor.world.furniture import ROUND, default_mass, default_size
from exoactor.world.hands import HANDS
from exoactor.world.looks import COLORS, KIND_COLORS
from exoactor.world.placement import Thing, in_view, overlapping, put_on, robot_clearance
from exoactor.world.yaml_reader import Reader, compose

BUNDLED = Path(__file__).with_name("scenes")
_FURNITURE_KEYS = ("id", "kind", "pos", "yaw_deg", "size", "color")
_OBJECT_KEYS = (*_FURNITURE_KEYS, "on", "mass", "friction")


@dataclass(frozen=True)
class SceneSpec:
    """A checked scene.

    Args:
        name: of the scene.
        about: one sentence for people.
        robot: where the robot starts.
        camera: the one fixed third-person camera.
        things: furniture first, then what can be moved.
        text: the YAML as read.
        hands: the robot's, one of `HANDS`.
    """

    name: str
    about: str
    robot: Pose2D
    camera: Camera
    things: tuple[Thing, ...]
    text: str
    hands: str = "rubber"

    def catalogue(self) -> Catalogue:
        """What is known of the things before looking: no poses."""
        return tuple(thing.item for thing in self.things)

    def thing(self, id: str) -> Thing | None:
        """The thing of that id, or None."""
        return next((t for t in self.things if t.id == id), None)


def bundled_scenes() -> list[str]:
    """Names of the scenes that come with the package."""
    return sorted(path.stem for path in BUNDLED.glob("*.yaml"))


def load_scene(name_or_path: str | Path) -> SceneSpec:
    """A bundled scene by name, or a scene file by path.

    Raises:
        ConfigError: there is no such scene, or what is in it cannot be; all problems at once.
    """
    given = str(name_or_path)
    if given in bundled_scenes():
        return read_scene((BUNDLED / f"{given}.yaml").read_text(), given)
    path = Path(given).expanduser()
    if path.is_dir():
        raise ConfigError(f"scene {given!r} is a folder; give a YAML file or one of {', '.join(bundled_scenes())}")
    if not path.exists():
        close = difflib.get_close_matches(given, bundled_scenes(), 1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ConfigError(
            f"scene {given!r} is neither a file nor a bundled scene ({', '.join(bundled_scenes())}).{hint}"
        )
    try:
        return read_scene(path.read_text(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"scene file {given}: {error}") from error


def read_scene(text: str, source: str = "scene") -> SceneSpec:
    """Check a scene's YAML.

    Args:
        text: the YAML.
        source: name of the file for messages.

    Raises:
        ConfigError: one line a problem.
    """
    reader = Reader(source)
    root = compose(text, source, "a scene needs robot, camera and furniture (docs: `exoactor scenes`)")
    top = reader.mapping(root, ("name", "about", "robot", "camera", "furniture", "objects"), ("robot", "camera"))
    robot_node, camera_node = top.get("robot"), top.get("camera")
    robot, hands = _robot(reader, robot_node) if robot_node else (None, None)
    camera = _camera(reader, camera_node) if camera_node else None
    things: dict[str, Thing] = {}
    for key, movable in (("furniture", False), ("objects", True)):
        for node in reader.sequence(top.get(key)):
            thing = _thing(reader, node, movable, things)
            if thing is None:
                continue
            if thing.id in things:
                first = things[thing.id].line
                reader.problem(node, f"id {thing.id!r} is used twice, first in line {first}; ids must be unique")
                continue
            things[thing.id] = thing
    _check_together(reader, robot, camera, list(things.values()), root)
    if not things and not reader.problems:
        reader.problem(root, "no furniture and no objects: there is nothing to go to")
    reader.finish()
    assert robot is not None and camera is not None and hands is not None
    name = reader.text(top["name"]) if "name" in top else Path(source).stem
    about = reader.text(top["about"]) if "about" in top else ""
    reader.finish()
    return SceneSpec(name, about, robot, camera, tuple(things.values()), text, hands)


def _robot(reader: Reader, node: yaml.Node) -> tuple[Pose2D | None, str | None]:
    """Where the robot starts, and what hands it has."""
    keys = reader.mapping(node, ("pos", "yaw_deg", "hands"), ("pos",))
    pos = reader.numbers(keys.get("pos"), 2, -50, 50)
    yaw = reader.number(keys.get("yaw_deg"), -360, 360, default=0.0)
    hands = reader.choice(keys.get("hands"), HANDS, default=HANDS[0])
    pose = None if pos is None or yaw is None else Pose2D(float(pos[0]), float(pos[1]), float(np.radians(yaw)))
    return pose, hands


def _camera(reader: Reader, node: yaml.Node) -> Camera | None:
    keys = reader.mapping(node, ("pos", "target", "fovy_deg", "size"), ("pos", "target"))
    pos = reader.numbers(keys.get("pos"), 3, -50, 50)
    target = reader.numbers(keys.get("target"), 3, -50, 50)
    fovy = reader.number(keys.get("fovy_deg"), 15, 100, default=50.0)
    size = reader.numbers(keys.get("size"), 2, 160, 1920, default=np.array([640.0, 480.0]))
    if pos is None or target is None or fovy is None or size is None:
        return None
    if pos[2] < 0.2:
        reader.problem(keys["pos"], f"the camera is {pos[2]} m above the floor; at least 0.2 m is needed")
        return None
    try:
        return Camera.looking_at(pos, target, fovy, (round(size[0]), round(size[1])))
    except ValueError as error:
        reader.problem(keys["target"], str(error))
        return None


def _thing(reader: Reader, node: yaml.Node, movable: bool, others: dict[str, Thing]) -> Thing | None:
    keys = reader.mapping(node, _OBJECT_KEYS if movable else _FURNITURE_KEYS, ("id", "kind", "pos"))
    id = reader.identifier(keys.get("id"))
    kind = reader.choice(keys.get("kind"), KINDS)
    pos = reader.numbers(keys.get("pos"), 2, -50, 50)
    yaw = reader.number(keys.get("yaw_deg"), -360, 360, default=0.0)
    if kind is None:
        return None
    size = reader.numbers(keys.get("size"), 3, 0.005, 6.0, default=default_size(kind))
    color = reader.choice(keys.get("color"), tuple(COLORS), default=KIND_COLORS[kind])
    if id is None or pos is None or yaw is None or size is None or color is None:
        return None
    if kind in ROUND and abs(size[0] - size[1]) > 1e-6:
        reader.problem(keys["size"], f"a {kind} is round: depth {size[0]} and width {size[1]} must be equal")
        return None
    mass = reader.number(keys.get("mass"), 0.01, 60, default=max(0.02, default_mass(kind, size)))
    friction = reader.number(keys.get("friction"), 0.05, 2.0, default=0.6)
    if mass is None or friction is None:
        return None
    item = CatalogueItem(id, kind, color, size, movable)
    on, height = "floor", 0.0
    if "on" in keys:
        on = reader.choice(keys["on"], ("floor", *others)) or ""
        if not on:
            return None
        if on != "floor":
            height, wrong = put_on(item, pos, np.radians(yaw), others[on])
            if wrong:
                reader.problem(node, f"{id!r} is not on {on!r}: {wrong}")
    position: Array = np.array([*pos, height])
    return Thing(item, position, float(np.radians(yaw)), on, mass, friction, reader.line(node))


def _check_together(
    reader: Reader, robot: Pose2D | None, camera: Camera | None, things: list[Thing], root: yaml.Node
) -> None:
    for i, a in enumerate(things):
        for b in things[:i]:
            if overlapping(a, b):
                reader.problem(a.line, f"{a.id!r} overlaps {b.id!r} of line {b.line}; move one of them")
    if robot is None:
        return
    for thing in things:
        clearance = robot_clearance(thing, robot)
        if clearance < 0:
            reader.problem(
                thing.line, f"{thing.id!r} is {-100 * clearance:.0f} cm too near to the robot at {robot.to_json()[:2]}"
            )
    if camera is not None and not in_view(camera, robot):
        reader.problem(root, f"the camera does not see the robot at {robot.to_json()[:2]} from head to feet")
