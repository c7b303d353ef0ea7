"""RGB-D and a catalogue in; where every thing and the robot stand out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from exoactor.colour import ACHROMATIC, COLOURLESS, labels
from exoactor.perceive import in_hand
from exoactor.perceive.arms import Arm, ArmsCfg, Side, find_arms
from exoactor.perceive.body import PosedBody, RobotBody
from exoactor.perceive.cloud import Cloud, cloud_of, window_of
from exoactor.perceive.coloured import Coloured, ColouredCfg
from exoactor.perceive.fixes import FixCfg, Fixes
from exoactor.perceive.locate import depth_sigma
from exoactor.perceive.lying import lying_templates
from exoactor.perceive.objects import ObjectsCfg, explained, find_objects
from exoactor.perceive.patch import CONFIDENCE as HELD
from exoactor.perceive.patch import held_patch
from exoactor.perceive.room import Wall, above_floor, find_walls, in_walls
from exoactor.perceive.search import quality
from exoactor.perceive.seated import SeatLook
from exoactor.perceive.template import Template
from exoactor.perceive.upright import STANDING_TOP, blind, lying
from exoactor.types import Array, Catalogue, Observation, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import yaw_matrix


@dataclass(frozen=True)
class PerceptionCfg:
    """Tunables.

    Args:
        stride: pixels between those looked at for things [px].
        floor: height below which colourless points are floor, plus three sigma of the noise [m].
        wall_slack: thickness of a room wall, plus three sigma [m].
        robot_gap: points nearer than this to the located robot belong to it, plus two sigma [m].
    """

    stride: int = 2
    floor: float = 0.02
    wall_slack: float = 0.05
    robot_gap: float = 0.06
    objects: ObjectsCfg = field(default_factory=ObjectsCfg)
    coloured: ColouredCfg = field(default_factory=ColouredCfg)
    fixes: FixCfg = field(default_factory=FixCfg)
    arms: ArmsCfg = field(default_factory=ArmsCfg)


class RgbdPerception:
    """Perception by colour, known sizes and the robot's knowledge of its own body.

    Args:
        catalogue: what there is, without poses.
        cfg: tunables.
        body: the robot's surface; made from `exoactor.world.g1` by default (needs the pulled assets).
    """

    def __init__(self, catalogue: Catalogue, cfg: PerceptionCfg | None = None, body: RobotBody | None = None) -> None:
        self.catalogue = catalogue
        self.cfg = cfg or PerceptionCfg()
        self.body = body or own_body()
        self._templates = {item.id: Template(item) for item in catalogue}
        self.coloured = Coloured(catalogue, self.cfg.coloured)
        # A colour of its own tells which thing it is, whatever way it lies.
        self._lying = {item.id: lying_templates(item) for item in catalogue if self.coloured.is_own(item)}
        self._fixes = Fixes(self.body, self.cfg.fixes, np.random.default_rng(0))
        self._known: tuple[SceneObject, ...] = ()
        self._walls: tuple[Wall, ...] = ()

    def perceive(self, observation: Observation, prior: Pose2D | None = None) -> Scene:
        """The scene; `prior` is where the robot believes it stands [m, rad].

        Raises:
            StageError: "camera_blind" when the images show nothing.
        """
        reason = blind(observation)
        if reason:
            raise StageError("perceive", "camera_blind", reason)
        cfg, stride, colours = self.cfg, self.cfg.stride, self.coloured.names
        cloud = cloud_of(observation, stride)
        label = labels(observation.rgb[::stride, ::stride], colours)
        of_point = label[cloud.rows // stride, cloud.columns // stride]
        colourless = of_point == COLOURLESS
        self._walls = find_walls(cloud, colourless, cfg.wall_slack)
        raised = above_floor(cloud, observation, cfg.floor) & ~in_walls(cloud, self._walls, cfg.wall_slack)
        fix, body = self._fixes.anywhere(cloud.take(colourless & raised), observation, prior)
        own = np.zeros(len(cloud), bool)
        if fix is not None:
            own = on_robot(cloud, body, fix.pose, cfg.robot_gap)
        things: list[SceneObject] = []
        for colour in [*colours, "colourless"]:
            mine = (of_point == colours.index(colour)) if colour != "colourless" else (colourless & raised)
            items = [
                (item, self._templates[item.id])
                for item in self.catalogue
                if item.color == colour or (colour == "colourless" and item.color in ACHROMATIC)
            ]
            if not items:
                continue
            mine &= ~own
            mask = np.zeros(label.shape, bool)
            mask[cloud.rows[mine] // stride, cloud.columns[mine] // stride] = True
            things += find_objects(items, cloud.take(mine), mask, observation, stride, things, cfg.objects, self._lying)
        if fix is None:
            # Gray furniture may have hidden it: look again at what no thing explains.
            rest = colourless & raised
            for thing in things:
                rest &= ~explained(self._template_of(thing), thing, cloud)
            fix = self._fixes.search(cloud.take(rest), observation, body)
        if fix is not None:
            patches = self._held(things, cloud, of_point, observation, fix.pose)
            things = [t for t in things if t.id not in {patch.id for patch in patches}] + patches
        self._known = tuple(t for t in things if t.confidence >= 0.5)
        order = {item.id: k for k, item in enumerate(self.catalogue)}
        return Scene(
            tuple(sorted(things, key=lambda t: order[t.id])),
            fix.pose if fix else None,
            quality(fix) if fix else 0.0,
            observation.camera,
            tuple(item.id for item in self.catalogue if item.id not in {t.id for t in things}),
        )

    def _held(
        self, things: list[SceneObject], cloud: Cloud, of_point: Array, observation: Observation, robot: Pose2D
    ) -> list[SceneObject]:
        """Things of a colour of their own that fit no template well and are near the robot, so in its hands."""
        found = {thing.id for thing in things if thing.confidence >= HELD}
        patches = [
            held_patch(item, cloud, of_point == self.coloured.names.index(item.color), observation.camera, robot)
            for item in self.catalogue
            if item.movable and item.id not in found and self.coloured.is_own(item)
        ]
        return [patch for patch in patches if patch is not None]

    def locate_robot(self, observation: Observation, prior: Pose2D) -> tuple[Pose2D, Array, float] | None:
        """Quick fix near a prior: pose, (3,) one-sigma [m, m, rad], confidence; None if it is not seen well enough."""
        around = self._around(observation, prior)
        mine = around.take(self.coloured.colourless(around, observation))
        fix, _ = self._fixes.near(mine, observation, prior, self.cfg.fixes.sure_on_the_way)
        return None if fix is None else (fix.pose, fix.std, quality(fix))

    def find_arms(self, observation: Observation, pose: Pose2D, things: tuple[SceneObject, ...]) -> dict[Side, Arm]:
        """The robot's arms as the depth image shows them; `things` are told apart from it."""
        cloud = self._near_robot(observation, pose, things)
        body = self.body.posed(observation.proprioception.joint_pos)
        return find_arms(cloud, body, pose, observation.camera, self.cfg.arms)

    def with_held(self, scene: Scene, observation: Observation, id: str, underside: Array) -> Scene:
        """The scene with a thing that fingers hide and hold where the arm says that it is, if its colour is seen there.

        Args:
            scene: as perceived; a part of the robot is what lies as near to its hand.
            observation: the same look.
            id: of the thing.
            underside: (3,) the middle of its underside, by the arm's encoders [m].
        """
        item = next(item for item in self.catalogue if item.id == id)
        order = [item.id for item in self.catalogue]
        return in_hand.with_held(scene, observation, item, underside, self.coloured, order)

    def reach_to(self, observation: Observation, robot: Pose2D, thing: SceneObject) -> float:
        """How far the robot's arms and hands are from a thing [m], by its encoders and where it is seen to stand."""
        return float(thing.distance(self.arm_points(observation, robot)).min())

    def arm_points(self, observation: Observation, robot: Pose2D, side: Side | None = None) -> Array:
        """(N, 3) surface of the robot's arms and hands, or of one, in the world [m], by its encoders."""
        body = self.body.posed(observation.proprioception.joint_pos)
        arms = body.points[body.arm != 0 if side is None else body.arm == (1 if side == "left" else -1)]
        arms[:, :2] = arms[:, :2] @ yaw_matrix(robot.yaw).T + robot.xy
        return np.asarray(arms)

    def hand_points(self, observation: Observation, robot: Pose2D, side: Side) -> Array:
        """(N, 3) surface of one of the robot's hands in the world [m], by its encoders: the far end of that arm."""
        arm = self.arm_points(observation, robot, side)
        shoulder = self.body.posed(observation.proprioception.joint_pos).shoulders[side]
        shoulder = np.append(yaw_matrix(robot.yaw) @ shoulder[:2] + robot.xy, shoulder[2])
        away = np.linalg.norm(arm - shoulder, axis=1)
        return np.asarray(arm[away > np.percentile(away, 80)])

    def sitting(self, observation: Observation, prior: Pose2D, things: tuple[SceneObject, ...]) -> SeatLook | None:
        """Where the robot's pelvis is in space, whatever carries it; None if it is not seen well enough.

        Args:
            observation: the look.
            prior: where the robot believes it is.
            things: told apart from it.
        """
        if blind(observation):
            return None
        return self._fixes.seated(self._near_robot(observation, prior, things), observation, prior)

    def fallen(self, observation: Observation) -> bool | None:
        """Whether the robot lies on the floor: False when it is seen standing, None when it is not seen.

        Walls and things found by the last `perceive` are told apart from it. Cheap enough for every look on the way.
        """
        if blind(observation):
            return None
        felt = observation.proprioception.pose
        if felt is not None:
            prior = Pose2D(*(float(v) for v in felt))
            around = self._around(observation, prior)
            around = around.take(self.coloured.colourless(around, observation))
            fix, _ = self._fixes.near(around, observation, prior, self.cfg.fixes.sure)
            if fix is not None:
                close = np.square(around.points[:, :2] - fix.pose.xy).sum(1) < 0.3**2
                if close.any() and np.percentile(around.points[close, 2], 98) > STANDING_TOP:
                    return False
        window = None if felt is None else window_of(observation.camera, felt[:2], 1.5, 1.2)
        cloud = cloud_of(observation, 2 if window else 3, window)
        rest = self.coloured.colourless(cloud, observation) & above_floor(cloud, observation, 0.05)
        rest &= ~in_walls(cloud, self._walls, self.cfg.wall_slack)
        for thing in self._known:
            rest &= ~explained(self._template_of(thing), thing, cloud)
        return lying(cloud.points[rest], None if felt is None else np.asarray(felt[:2]))

    def _template_of(self, thing: SceneObject) -> Template:
        """The shape it has where it was found; of what lies, the box that holds it."""
        return Template(replace(thing.item, kind="box")) if thing.lies else self._templates[thing.id]

    def _near_robot(self, observation: Observation, pose: Pose2D, things: tuple[SceneObject, ...]) -> Cloud:
        """Points about a robot that are its colour, and neither walls nor things."""
        cloud = self._around(observation, pose)
        gray = self.coloured.colourless(cloud, observation)
        cloud = cloud.take(gray & ~in_walls(cloud, self._walls, self.cfg.wall_slack))
        for thing in things:
            # Coloured things went by their colour already.
            if thing.item.color in ACHROMATIC:
                cloud = cloud.take(~explained(self._templates[thing.id], thing, cloud, 0.02))
        return cloud

    def _around(self, observation: Observation, pose: Pose2D) -> Cloud:
        window = window_of(observation.camera, pose.xy, 0.75, 1.75)
        if window is None:
            return cloud_of(observation, 8).take(np.zeros(0, int))
        pixels = (window[2] - window[0]) * (window[3] - window[1])
        return cloud_of(observation, max(1, round((pixels / 14000) ** 0.5)), window)


def own_body(hands: str = "rubber") -> RobotBody:
    """The surface of the G1 that this project drives, with its hands."""
    from exoactor.world.g1 import g1_spec

    make: Callable[..., Any] = g1_spec
    return RobotBody(make(visuals=True, hands=hands))


def on_robot(cloud: Cloud, body: PosedBody, pose: Pose2D, gap: float) -> Array:
    """(N,) bool: points on the located robot."""
    from scipy.spatial import cKDTree

    from exoactor.types.rotations import yaw_matrix

    result = np.zeros(len(cloud), bool)
    close = np.flatnonzero(np.square(cloud.points[:, :2] - pose.xy).sum(1) < 0.8**2)
    if len(close):
        local = cloud.points[close] - [pose.x, pose.y, 0.0]
        local[:, :2] = local[:, :2] @ yaw_matrix(pose.yaw)
        distance, _ = cKDTree(body.points).query(local, distance_upper_bound=0.3)
        result[close] = distance < gap + 2 * depth_sigma(cloud.depth[close])
    return result
