"""RGB-D and a catalogue in; where every thing and the robot stand out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from exoactor.colour import ACHROMATIC, COLOURLESS, labels
from exoactor.grasp import is_graspable
from exoactor.perceive import in_hand
from exoactor.perceive.arms import Arm, ArmsCfg, Side, find_arms
from exoactor.perceive.body import PosedBody, RobotBody
from exoactor.perceive.cloud import Cloud, Window, cloud_of, patch_heights, patches, small_patch, window_of
from exoactor.perceive.locate import Fix, LocateCfg, align, depth_sigma, near
from exoactor.perceive.lying import lying_templates
from exoactor.perceive.objects import ObjectsCfg, explained, find_objects
from exoactor.perceive.patch import CONFIDENCE as HELD
from exoactor.perceive.patch import held_patch
from exoactor.perceive.room import Wall, above_floor, find_walls, in_walls
from exoactor.perceive.search import SearchCfg, find_robot, quality
from exoactor.perceive.seated import SeatLook, folded, refined, seated_fix
from exoactor.perceive.template import Template
from exoactor.perceive.upright import STANDING_TOP, blind, lying
from exoactor.types import Array, Catalogue, CatalogueItem, Observation, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import yaw_matrix


@dataclass(frozen=True)
class PerceptionCfg:
    """Tunables.

    Args:
        stride: pixels between those looked at for things [px].
        floor: height below which colourless points are floor, plus three sigma of the noise [m].
        wall_slack: thickness of a room wall, plus three sigma [m].
        robot_quality: fixes below this are not believed.
        sure: fixes below this are tried again from another start.
        sure_on_the_way: the same while the robot moves, where another look follows soon.
        robot_gap: points nearer than this to the located robot belong to it, plus two sigma [m].
        least_of_thing: pixels of a thing that must be seen to say how high it is.
        least_of_small: the same of one that a hand closes round.
        part_of_thing: share of its largest part that another part must have to count.
        gate: a fix further than this from the prior is not believed [m, rad].
    """

    stride: int = 2
    floor: float = 0.02
    wall_slack: float = 0.05
    robot_quality: float = 0.45
    sure: float = 0.7
    sure_on_the_way: float = 0.6
    robot_gap: float = 0.06
    least_of_thing: int = 60
    least_of_small: int = 10
    part_of_thing: float = 0.08
    gate: tuple[float, float] = (0.45, 0.8)
    objects: ObjectsCfg = field(default_factory=ObjectsCfg)
    search: SearchCfg = field(default_factory=SearchCfg)
    locate: LocateCfg = field(default_factory=LocateCfg)
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
        self._colours = sorted({item.color for item in catalogue if item.color not in ACHROMATIC})
        # A colour of its own tells which thing it is, whatever way it lies.
        self._lying = {item.id: lying_templates(item) for item in catalogue if self._has_own_colour(item)}
        self._rng = np.random.default_rng(0)
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
        cfg, stride = self.cfg, self.cfg.stride
        cloud = cloud_of(observation, stride)
        label = labels(observation.rgb[::stride, ::stride], self._colours)
        of_point = label[cloud.rows // stride, cloud.columns // stride]
        colourless = of_point == COLOURLESS
        self._walls = find_walls(cloud, colourless, cfg.wall_slack)
        raised = above_floor(cloud, observation, cfg.floor) & ~in_walls(cloud, self._walls, cfg.wall_slack)
        fix, body = self._fix(cloud.take(colourless & raised), observation, prior)
        own = np.zeros(len(cloud), bool)
        if fix is not None:
            own = on_robot(cloud, body, fix.pose, cfg.robot_gap)
        things: list[SceneObject] = []
        for colour in [*self._colours, "colourless"]:
            mine = (of_point == self._colours.index(colour)) if colour != "colourless" else (colourless & raised)
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
            fix = find_robot(cloud.take(rest), body, observation, cfg.search, self._rng)
            if fix is not None and quality(fix) < cfg.robot_quality:
                fix = None
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
            held_patch(item, cloud, of_point == self._colours.index(item.color), observation.camera, robot)
            for item in self.catalogue
            if item.movable and item.id not in found and self._has_own_colour(item)
        ]
        return [patch for patch in patches if patch is not None]

    def locate_robot(self, observation: Observation, prior: Pose2D) -> tuple[Pose2D, Array, float] | None:
        """Quick fix near a prior: pose, (3,) one-sigma [m, m, rad], confidence; None if it is not seen well enough."""
        around = self._around(observation, prior)
        mine = around.take(self._colourless(around, observation))
        fix, _ = self._fix_near(mine, observation, prior, self.cfg.sure_on_the_way)
        return None if fix is None else (fix.pose, fix.std, quality(fix))

    def find_arms(self, observation: Observation, pose: Pose2D, things: tuple[SceneObject, ...]) -> dict[Side, Arm]:
        """The robot's arms as the depth image shows them; `things` are told apart from it."""
        cloud = self._around(observation, pose)
        cloud = cloud.take(self._colourless(cloud, observation) & ~in_walls(cloud, self._walls, self.cfg.wall_slack))
        for thing in things:
            # Coloured things went by their colour already.
            if thing.item.color in ACHROMATIC:
                cloud = cloud.take(~explained(self._templates[thing.id], thing, cloud, 0.02))
        body = self.body.posed(observation.proprioception.joint_pos)
        return find_arms(cloud, body, pose, observation.camera, self.cfg.arms)

    def heights_of(self, observation: Observation, id: str, around: Array | None = None) -> tuple[float, float] | None:
        """Heights of the lowest and highest part that is seen of a thing near the robot [m]; None if it is not seen.

        Told by its colour alone, because a held thing may be tilted any way. Things without a colour of their own are
        not told from the robot.

        Args:
            observation: the look; its proprioception says where the robot is.
            id: of the thing.
            around: (2,) where it is looked for instead of near the robot [m].
        """
        item = next(item for item in self.catalogue if item.id == id)
        felt = observation.proprioception.pose
        if not self._has_own_colour(item) or felt is None or blind(observation):
            return None
        window = window_of(observation.camera, np.asarray(felt[:2] if around is None else around), 1.0, 1.6)
        if window is None:
            return None
        cloud, mine = self._of_colour(observation, item, window)
        if is_graspable(item):
            seen = small_patch(cloud, mine, float(item.size.max()), self.cfg.least_of_small)
        else:
            seen = patches(cloud, mine, observation.depth.shape, self.cfg.least_of_thing, self.cfg.part_of_thing)
        if not seen.any():
            return None
        low, high = np.percentile(cloud.points[seen, 2], [0.5, 99.5])  # the corner it may stand on is a small part
        return float(low), float(high)

    def _of_colour(self, observation: Observation, item: CatalogueItem, window: Window | None) -> tuple[Cloud, Array]:
        """Every pixel of a window, or of the whole picture, and (N,) whether it has the colour of a thing."""
        cloud = cloud_of(observation, 1, window)
        label = labels(observation.rgb[cloud.rows, cloud.columns][None], self._colours)[0]
        return cloud, label == self._colours.index(item.color)

    def patches_of(self, observation: Observation, id: str) -> list[float] | None:
        """Height of each patch of a thing's colour in the whole picture [m]; None if its colour does not tell it."""
        item = next(item for item in self.catalogue if item.id == id)
        if not self._has_own_colour(item) or blind(observation):
            return None
        mine = labels(observation.rgb, self._colours) == self._colours.index(item.color)
        return patch_heights(cloud_of(observation, 1), mine, self.cfg.least_of_small)

    def points_of(self, observation: Observation, id: str, around: Array | None = None) -> Array | None:
        """(N, 3) points of a thing's colour in the picture [m], without stray pixels; None where that does not tell it.

        Args:
            observation: the look.
            id: of the thing.
            around: (2,) within a metre of which is looked [m]; None for the whole picture.
        """
        item = next(item for item in self.catalogue if item.id == id)
        if not self._has_own_colour(item) or blind(observation):
            return None
        window = None if around is None else window_of(observation.camera, np.asarray(around), 1.0, 1.9)
        if around is not None and window is None:
            return np.zeros((0, 3))
        cloud, mine = self._of_colour(observation, item, window)
        return cloud.points[small_patch(cloud, mine, float(item.size.max()), self.cfg.least_of_small)]

    def colourless_points(self, observation: Observation, place: Array, height: float) -> Array:
        """(N, 3) points of the robot's colour about a place at a height in the world [m], furniture's tops among them.

        Args:
            observation: the look.
            place: (2,) in the world [m].
            height: [m].
        """
        window = None if blind(observation) else window_of(observation.camera, np.asarray(place), 0.45, height + 0.3)
        if window is None:
            return np.zeros((0, 3))
        cloud = cloud_of(observation, 1, window)
        return cloud.points[self._colourless(cloud, observation)]

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
        return in_hand.with_held(scene, observation, item, underside, self._colours, order)

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
        felt = observation.proprioception
        if felt.roll_pitch is None or blind(observation):
            return None
        cloud = self._around(observation, prior)
        cloud = cloud.take(self._colourless(cloud, observation) & ~in_walls(cloud, self._walls, self.cfg.wall_slack))
        for thing in things:
            if thing.item.color in ACHROMATIC:
                cloud = cloud.take(~explained(self._templates[thing.id], thing, cloud, 0.02))
        found = seated_fix(
            self.body,
            felt.joint_pos,
            felt.roll_pitch,
            lambda body: self._aligned(cloud, body, observation, prior, self.cfg.sure),
        )
        if found is None or quality(found[0]) < self.cfg.robot_quality:
            return None
        return refined(self.body, found, cloud, observation, self.cfg.locate)

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
            around = around.take(self._colourless(around, observation))
            fix, _ = self._fix_near(around, observation, prior, self.cfg.sure)
            if fix is not None:
                close = np.square(around.points[:, :2] - fix.pose.xy).sum(1) < 0.3**2
                if close.any() and np.percentile(around.points[close, 2], 98) > STANDING_TOP:
                    return False
        window = None if felt is None else window_of(observation.camera, felt[:2], 1.5, 1.2)
        cloud = cloud_of(observation, 2 if window else 3, window)
        rest = self._colourless(cloud, observation) & above_floor(cloud, observation, 0.05)
        rest &= ~in_walls(cloud, self._walls, self.cfg.wall_slack)
        for thing in self._known:
            rest &= ~explained(self._template_of(thing), thing, cloud)
        return lying(cloud.points[rest], None if felt is None else np.asarray(felt[:2]))

    def _has_own_colour(self, item: CatalogueItem) -> bool:
        alone = sum(other.color == item.color for other in self.catalogue) == 1
        return alone and item.color not in ACHROMATIC

    def _template_of(self, thing: SceneObject) -> Template:
        """The shape it has where it was found; of what lies, the box that holds it."""
        return Template(replace(thing.item, kind="box")) if thing.lies else self._templates[thing.id]

    def _around(self, observation: Observation, pose: Pose2D) -> Cloud:
        window = window_of(observation.camera, pose.xy, 0.75, 1.75)
        if window is None:
            return cloud_of(observation, 8).take(np.zeros(0, int))
        pixels = (window[2] - window[0]) * (window[3] - window[1])
        return cloud_of(observation, max(1, round((pixels / 14000) ** 0.5)), window)

    def _colourless(self, cloud: Cloud, observation: Observation) -> Array:
        """(N,) bool: points whose pixels are gray like the robot."""
        pixels = observation.rgb[cloud.rows, cloud.columns]
        return np.asarray(labels(pixels[None], self._colours)[0] == COLOURLESS)

    def _fix(self, cloud: Cloud, observation: Observation, prior: Pose2D | None) -> tuple[Fix | None, PosedBody]:
        """A fix near the prior if there is one, else by global search; and the body as posed for it."""
        joints = observation.proprioception.joint_pos
        if prior is not None:
            fix, body = self._fix_near(cloud, observation, prior, self.cfg.sure)
            if fix is not None:
                return fix, body
        tried: list[tuple[Fix | None, PosedBody]] = []
        for upright in (False, True):
            body = self.body.posed(joints, upright=upright)
            fix = find_robot(cloud, body, observation, self.cfg.search, self._rng)
            tried.append((fix, body))
            if fix is not None and quality(fix) >= self.cfg.sure:
                break
        fix, body = max(tried, key=lambda pair: -1.0 if pair[0] is None else quality(pair[0]))
        return (fix if fix is not None and quality(fix) >= self.cfg.robot_quality else None), body

    def _fix_near(
        self, cloud: Cloud, observation: Observation, prior: Pose2D, sure: float
    ) -> tuple[Fix | None, PosedBody]:
        """The better of the postures levelled by the soles and upright; the second only if the first is doubtful.

        In mid-step, heel or toe up, the soles say little about the trunk.
        """
        joints = observation.proprioception.joint_pos
        best: Fix | None = None
        body = chosen = self.body.posed(joints)
        for upright in (False, True):
            body = self.body.posed(joints, upright=True) if upright else body
            fix = self._aligned(cloud, body, observation, prior, sure)
            if fix is not None and (best is None or quality(fix) > quality(best)):
                best, chosen = fix, body
            if best is not None and quality(best) >= sure:
                break
        tilt = observation.proprioception.roll_pitch
        if tilt is not None and folded(joints) and (best is None or quality(best) < sure):
            sitting = seated_fix(self.body, joints, tilt, lambda b: self._aligned(cloud, b, observation, prior, sure))
            if sitting is not None and (best is None or quality(sitting[0]) > quality(best)):
                best, chosen = sitting[:2]
        if best is None or quality(best) < self.cfg.robot_quality:
            return None, chosen
        return (best if best.pose.is_near(prior, *self.cfg.gate) else None), chosen

    def _aligned(
        self, cloud: Cloud, body: PosedBody, observation: Observation, prior: Pose2D, sure: float
    ) -> Fix | None:
        """Alignment from the prior and, if that is doubtful, from the middle of what stands there."""
        locate = self.cfg.locate
        points = near(cloud.points, prior, locate, self._rng)
        fix = align(body, points, observation.camera, prior, observation.depth, locate)
        if (fix is None or quality(fix) < sure) and len(points) > 40:
            # The prior may be a foot's length off: begin at the middle of what stands there instead.
            middle = np.median(points[points[:, 2] > 0.3, :2], axis=0) if (points[:, 2] > 0.3).any() else prior.xy
            away = middle - observation.camera.position[:2]
            middle = middle + 0.05 * away / np.linalg.norm(away)
            for turn in (0.0, 0.3, -0.3):
                start = Pose2D(float(middle[0]), float(middle[1]), prior.yaw + turn)
                again = align(body, points, observation.camera, start, observation.depth, locate)
                if again is not None and (fix is None or quality(again) > quality(fix)):
                    fix = again
                if fix is not None and quality(fix) >= sure:
                    break
        return fix


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
