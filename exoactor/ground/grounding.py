"""Put an estimated human motion where the robot and the things really are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial.transform import Rotation

from exoactor import grasp
from exoactor.grasp import hand_of, stance_at
from exoactor.grip import FARTHEST, faced_now, stance_for
from exoactor.ground import pushing, wiping
from exoactor.ground.carrying import CarryingCfg, carried_path
from exoactor.ground.following import must_be_near, then_and_now
from exoactor.ground.gestures import GestureCfg, HeldArm, aimed, held_arms
from exoactor.ground.rootpath import RootPath, RootPathCfg, root_path
from exoactor.ground.seats import risen, to_seat
from exoactor.ground.target import TargetCfg, approaches, centre, circled, faced, pointed_at, stance_now
from exoactor.ground.warp import kept_clear, progress, to_goal
from exoactor.passage import STAND_BEFORE, kept_inside, pose_by, turned_as
from exoactor.types import Array, Contact, GroundedMotion, HumanMotion, Passage, Pose2D, Scene, StageError
from exoactor.types.rotations import wrap, yaw_matrix


@dataclass(frozen=True)
class GroundCfg:
    """Tunables of `ground`.

    Args:
        snap: False only aligns the start rigidly (the paper's way): no target, no clearance.
        travels: a path that gets farther than this from its start goes somewhere [m].
        steps: a shorter one too if it gets farther than this and ends nearer to a stance than it began ...
        nearer: ... by this much [m].
        turns: a turn on the spot of at least this [rad].
        same_start: start of the video and of the robot closer than this in place [m] ...
        same_yaw: ... and heading [rad] are the same pose up to estimation error.
        same_place: a stance nearer than this is where the robot stands already [m].
        short_of_hold: a walk to take hold of something ends so far before it, and small steps do the rest: a foot of a
            walker that stops late is in the way of what stands there [m].
        short_of_bar: the same for a walk up to a bar that is gone over or under [m].
        short_of_grasp: the same for a walk to take something with one hand, which is raised there: nearer to a table it
            would come up under its edge [m].
        reach_on: a thing that moved may be followed by its displacement and this much [m].
        clearance: kept between pelvis and footprints [m].
        clearance_around: the same when going round something [m].
        longest_push: the path is bent by no more than this to keep clear [m].
        shoulder: forward, left (of the left arm) and up place of the robot's shoulder, from the G1's MJCF
            with the pelvis at 0.77 m [m].
        lowest_aim: elevation the arm is lowered to at most; below it the short arm is no longer held out [rad].
        path: what counts as moving.
        target: limits of target inference.
        gesture: what counts as pointing.
        carrying: limits of where a load is brought.
    """

    snap: bool = True
    travels: float = 0.4
    steps: float = 0.18
    nearer: float = 0.12
    turns: float = np.radians(8.0)
    same_start: float = 0.4
    same_yaw: float = np.radians(20.0)
    same_place: float = 0.05
    short_of_hold: float = 0.12
    short_of_grasp: float = 0.30
    short_of_bar: float = 0.12
    reach_on: float = 0.4
    clearance: float = 0.30
    clearance_around: float = 0.35
    longest_push: float = 0.8
    shoulder: tuple[float, float, float] = (0.0, 0.14, 1.05)
    lowest_aim: float = np.radians(-25.0)
    path: RootPathCfg = field(default_factory=RootPathCfg)
    target: TargetCfg = field(default_factory=TargetCfg)
    gesture: GestureCfg = field(default_factory=GestureCfg)
    carrying: CarryingCfg = field(default_factory=CarryingCfg)


def ground(
    motion: HumanMotion,
    scene: Scene,
    cfg: GroundCfg | None = None,
    *,
    imagined_scene: Scene | None = None,
    contact: Contact | None = None,
    passage: Passage | None = None,
) -> GroundedMotion:
    """Move a motion so that it starts where the robot stands and ends at the thing the video goes to.

    What was meant is read from the motion and the scenes only: which stance the path ends at, which thing it goes
    round, which thing a turn ends on, which thing an arm points at.

    Args:
        motion: estimated in the camera's calibrated world frame.
        scene: as perceived now.
        cfg: tunables.
        imagined_scene: as perceived when the video was imagined; a thing that moved since then is followed.
        contact: what the hands do in the video. The motion then ends where they leave for the thing; where they go
            is planned when the robot stands there and has looked again.
        passage: the bar that is gone over or under in the video; the motion ends before it likewise.

    Raises:
        StageError: ("ground", code) with code robot_not_seen, target_gone, target_too_far, out_of_reach or
            path_blocked.
    """
    cfg = cfg or GroundCfg()
    if contact is not None and contact.kind not in ("carry", "rise") and cfg.snap:
        motion = motion.until(contact.reach)
    elif passage is not None and cfg.snap:
        motion = motion.until(passage.reach)
    if scene.robot is None:
        raise StageError("ground", "robot_not_seen", "the motion has to start where the robot stands")
    robot, shown = scene.robot, imagined_scene or scene
    path = root_path(motion, cfg.path)
    frame = _Frame(path, robot, cfg)
    if not cfg.snap:
        rigid = frame.rigid()
        return _result(motion, path, rigid, rigid, robot, None)
    seen = _Frame(path, shown.robot or robot, cfg)
    aligned = frame.aligned()
    wanted, target, goal = aligned, None, None
    if contact is not None and contact.kind == "put_down":
        wanted, target = np.broadcast_to(aligned[0], aligned.shape).copy(), contact.thing
    elif contact is not None and contact.kind == "rise":
        wanted, target = np.broadcast_to(aligned[0], aligned.shape).copy(), contact.thing
        goal = risen(seen.aligned()[-1], robot, scene, shown, contact)
    elif contact is not None and contact.kind == "sit":
        wanted, target = to_seat(aligned, scene, shown, contact, cfg.reach_on), contact.thing
        wanted = kept_clear(wanted, scene, cfg.clearance, cfg.longest_push)
    elif contact is not None and contact.kind == "carry":
        wanted, target = carried_path(aligned, seen.aligned(), scene, shown, contact, cfg.carrying)
    elif contact is not None:
        wanted, target = _to_hold(aligned, scene, shown, contact, cfg), contact.thing
    elif passage is not None:
        wanted, target = _to_bar(aligned, scene, shown, passage, cfg), passage.thing
    elif path.travel > cfg.travels or (path.travel > cfg.steps and _steps_up(seen.aligned(), shown, cfg)):
        wanted, target = _travel(aligned, seen.aligned(), scene, shown, cfg)
    elif abs(path.yaw[-1] - path.yaw[0]) > cfg.turns:
        wanted, target = _turn(aligned, seen.aligned(), scene, shown, cfg)
    elif path.moves:
        # a shuffle the size of the estimate's error: the person stands
        wanted = np.broadcast_to(aligned[0], aligned.shape).copy()
    placed = _placed(motion, path, wanted)
    if contact is not None:
        result = replace(_result(placed, None, wanted, frame.aligned(), robot, target), contact=contact)
        return result if goal is None else replace(result, goal=goal)
    if passage is not None:
        return replace(_result(placed, None, wanted, frame.aligned(), robot, target), passage=passage)
    in_video = _placed(motion, path, seen.aligned())
    for held in held_arms(in_video, cfg.gesture):
        placed, pointed = _point(placed, in_video, held, wanted, scene, shown, cfg)
        target = pointed or target
    return _result(placed, None, wanted, frame.aligned(), robot, target)


class _Frame:
    """A path brought to a robot's pose."""

    def __init__(self, path: RootPath, robot: Pose2D, cfg: GroundCfg) -> None:
        self._poses, self._robot = path.poses, robot
        self._offset = robot.xy - path.xy[0]
        self._turn = float(wrap(robot.yaw - path.yaw[0]))
        self._same = float(np.linalg.norm(self._offset)) < cfg.same_start and abs(self._turn) < cfg.same_yaw

    def rigid(self) -> Array:
        """(T, 3) start moved and turned onto the robot's pose, all else rigidly with it."""
        xy = (self._poses[:, :2] - self._poses[0, :2]) @ yaw_matrix(self._turn).T + self._robot.xy
        return np.column_stack([xy, self._poses[:, 2] + self._turn])

    def aligned(self) -> Array:
        """(T, 3) the same, but trusting the calibrated camera where the video starts at the robot's pose.

        Then the heading's error at the start is the fit's, not a turned video: directions of travel are left as the
        camera saw them, and half of the error at the start is taken to be the same at the end.
        """
        if not self._same:
            return self.rigid()
        done = progress(self._poses)
        xy = self._poses[:, :2] + self._offset * (1 - 0.5 * done[:, None])
        return np.column_stack([xy, self._poses[:, 2] + self._turn * (1 - 0.5 * done)])


def _pose(row: Array) -> Pose2D:
    return Pose2D(float(row[0]), float(row[1]), float(wrap(row[2])))


def _steps_up(seen: Array, shown: Scene, cfg: GroundCfg) -> bool:
    """Whether a short path leads up to a stance: a step or two, not the sway of somebody who stands or turns."""
    near = approaches(_pose(seen[-1]), _pose(seen[0]), shown, cfg.target)
    if not near or near[0].distance > cfg.target.sure_distance:
        return False
    return float(np.linalg.norm(near[0].pose.xy - seen[0, :2])) > near[0].distance + cfg.nearer


def _travel(aligned: Array, seen: Array, scene: Scene, shown: Scene, cfg: GroundCfg) -> tuple[Array, str | None]:
    """Path now and target of a video that goes somewhere; `aligned` in the present, `seen` in the video's scene."""
    near = approaches(_pose(seen[-1]), _pose(seen[0]), shown, cfg.target)
    best = near[0] if near else None
    around = circled(seen[:, :2], shown, cfg.target)
    sure = best is not None and best.distance < cfg.target.sure_distance and abs(best.turn) < cfg.target.sure_turn
    if best is not None and (sure or around is None):
        then, now = shown.get(best.target), scene.get(best.target)
        if now is None or then is None:
            raise StageError("ground", "target_gone", f"{best.target} is no longer seen")
        goal = best.pose if scene is shown else stance_now(best, scene, aligned[0, :2], then)
        moved = float(np.linalg.norm(now.position[:2] - then.position[:2]))
        shift = float(np.linalg.norm(goal.xy - aligned[-1, :2]))
        # rotated about its centre, a thing's side moves by half its size at most
        turned = abs(float(wrap(now.yaw - then.yaw))) * 0.5 * float(np.linalg.norm(now.item.size[:2]))
        if shift > moved + turned + max(cfg.reach_on, cfg.target.distance):
            raise StageError(
                "ground", "target_too_far", f"{best.target}: the video ends {shift:.2f} m away, it moved {moved:.2f} m"
            )
        return kept_clear(to_goal(aligned, goal), scene, cfg.clearance, cfg.longest_push), best.target
    if around is not None:
        return kept_clear(aligned, scene, cfg.clearance_around, cfg.longest_push), around
    return kept_clear(aligned, scene, cfg.clearance, cfg.longest_push), None


def _to_hold(aligned: Array, scene: Scene, shown: Scene, contact: Contact, cfg: GroundCfg) -> Array:
    """Path now of a video that takes hold of a thing: to before it as it stands now, on the video's side."""
    then, now = then_and_now(contact.thing, shown, scene)
    short = cfg.short_of_hold
    side = hand_of(contact)
    if contact.kind == "push":
        short, reach = (cfg.short_of_hold if side is None else cfg.short_of_grasp), 0.0
        goal = pushing.stance_now(now, then, scene, contact)
    elif contact.kind == "wipe":
        short = cfg.short_of_grasp
        goal, reach = wiping.stance_now(now, then, scene, contact)
    elif side is not None:
        # A round thing has no side of its own: what counts is where the person faced.
        heading, short = then.yaw + contact.heading, cfg.short_of_grasp
        goal, reach = stance_at(now, heading, side, scene.objects)
    else:
        _, goal, reach = stance_for(now, faced_now(now, then, contact.heading), scene.objects)
    farthest = FARTHEST if side is None else grasp.FARTHEST
    if reach > farthest:
        raise StageError(
            "ground",
            "out_of_reach",
            f"{contact.thing} is {reach:.2f} m from where a robot can stand, {farthest} m at most",
        )
    must_be_near(goal, aligned, then, now, cfg.reach_on)
    if goal.is_near(_pose(aligned[0]), short + cfg.same_place, cfg.turns):
        return np.broadcast_to(aligned[0], aligned.shape).copy()
    return kept_clear(to_goal(aligned, goal.ahead(-short)), scene, cfg.clearance, cfg.longest_push)


def _to_bar(aligned: Array, scene: Scene, shown: Scene, passage: Passage, cfg: GroundCfg) -> Array:
    """Path now of a video that goes over or under a bar: to before it as it stands now, on the video's side."""
    then, now = then_and_now(passage.thing, shown, scene)
    now = turned_as(now, then)
    aside = kept_inside(now, passage.aside)
    goal = pose_by(now, passage.forward, aside, -STAND_BEFORE[passage.way])
    must_be_near(goal, aligned, then, now, cfg.reach_on)
    if goal.is_near(_pose(aligned[0]), cfg.short_of_bar + cfg.same_place, cfg.turns):
        return np.broadcast_to(aligned[0], aligned.shape).copy()
    short = pose_by(now, passage.forward, aside, -STAND_BEFORE[passage.way] - cfg.short_of_bar)
    return kept_clear(to_goal(aligned, short), scene, cfg.clearance, cfg.longest_push)


def _turn(aligned: Array, seen: Array, scene: Scene, shown: Scene, cfg: GroundCfg) -> tuple[Array, str | None]:
    """The same for a turn on the spot: the place stays, the heading ends on a thing."""
    result = np.broadcast_to(aligned[0], aligned.shape).copy()
    result[:, 2] = aligned[:, 2]
    end = Pose2D(float(seen[0, 0]), float(seen[0, 1]), float(seen[-1, 2]))
    found = faced(end, shown, cfg.target)
    if found is None:
        return result, None
    name, _ = found
    now = scene.get(name)
    if now is None:
        raise StageError("ground", "target_gone", f"{name} is no longer seen")
    delta = now.position[:2] - aligned[0, :2]
    missing = float(wrap(np.arctan2(delta[1], delta[0]) - aligned[-1, 2]))
    result[:, 2] += missing * progress(result)
    return result, name


def _point(
    placed: HumanMotion,
    in_video: HumanMotion,
    held: HeldArm,
    poses: Array,
    scene: Scene,
    shown: Scene,
    cfg: GroundCfg,
) -> tuple[HumanMotion, str | None]:
    """Turn one held arm of `placed` so that the robot's own arm, from its own shoulder, points at the thing."""
    heading = float(in_video.heading[held.first : held.last + 1].mean())
    name = pointed_at(held.shoulder, held.length * held.direction, heading, shown, cfg.target)
    thing = scene.get(name) if name else None
    if name is None or thing is None:
        return placed, None
    middle = poses[(held.first + held.last) // 2]
    forward, left, up = cfg.shoulder
    lateral = left if held.side == "left" else -left
    shoulder = np.append(middle[:2] + yaw_matrix(float(middle[2])) @ np.array([forward, lateral]), up)
    ray = centre(thing) - shoulder
    level = max(float(np.linalg.norm(ray[:2])), 1e-3)
    ray[2] = max(ray[2], level * np.tan(cfg.lowest_aim))
    # Turning the body along the warped path can lengthen or shorten the hold by some frames, or end it.
    same = [h for h in held_arms(placed, cfg.gesture) if h.side == held.side]
    again = min(same, key=lambda h: abs(h.first - held.first) + abs(h.last - held.last), default=None)
    if again is None or again.last < held.first or held.last < again.first:
        return placed, None
    return aimed(placed, again, ray / np.linalg.norm(ray)), name


def _placed(motion: HumanMotion, path: RootPath, poses: Array) -> HumanMotion:
    """The motion with its root path replaced by `poses` (T, 3), everything else carried along rigidly."""
    turn = poses[:, 2:] - path.yaw[:, None]
    by = Rotation.from_euler("z", turn)
    joints = motion.joints.copy()
    joints[..., :2] -= path.xy[:, None, :]
    flat = by.as_matrix()[:, None] @ joints[..., None]
    joints = flat[..., 0]
    joints[..., :2] += poses[:, None, :2]
    pelvis_at_rest = motion.joints[:, 0] - motion.transl
    return replace(
        motion,
        joints=joints,
        transl=joints[:, 0] - pelvis_at_rest,
        global_orient=(by * Rotation.from_rotvec(np.array(motion.global_orient))).as_rotvec(),
    )


def _result(
    motion: HumanMotion, path: RootPath | None, poses: Array, aligned: Array, robot: Pose2D, target: str | None
) -> GroundedMotion:
    return GroundedMotion(
        human=motion if path is None else _placed(motion, path, poses),
        start=robot,
        goal=_pose(poses[-1]),
        target=target,
        shift=float(np.linalg.norm(poses[-1, :2] - aligned[-1, :2])),
        turn=float(wrap(poses[-1, 2] - aligned[-1, 2])),
    )
