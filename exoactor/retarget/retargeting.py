"""From a grounded human motion to a reference the G1's controller can follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from exoactor.ground import RootPath, root_path
from exoactor.retarget import direct as smpl_angles
from exoactor.retarget.arms import Side, arm_angles, kept_off_body
from exoactor.retarget.footsteps import StepCfg, plan, rhythm
from exoactor.retarget.timing import Timeline, TimingCfg, timeline
from exoactor.retarget.wholebody import WholeBodyCfg, kinematics, solve
from exoactor.types import BODY_JOINTS, CONTROL_HZ, Array, ConfigError, GroundedMotion, HumanMotion, RobotMotion
from exoactor.types.rotations import wrap

Method = Literal["ik", "direct"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True)
class RetargetCfg:
    """Tunables of `retarget`.

    Args:
        pelvis_height: of the walking and standing G1 [m].
        bobbing: a pelvis lower by less than this share of its height does not crouch.
        lowest: share of the pelvis height the robot crouches to at most.
        lean: largest pitch and roll of the trunk [rad].
        twist: largest yaw of the trunk against the pelvis [rad].
        stand_before: of idle standing before the first step this much is kept [s].
        stand_after: standing at the end at least this long [s].
        quiet: hands slower than this are idle [m/s].
        timing: the robot's speeds.
        steps: its gait.
        body: inverse kinematics.
    """

    pelvis_height: float = 0.77
    bobbing: float = 0.06
    lowest: float = 0.7
    lean: float = 0.3
    twist: float = 0.5
    stand_before: float = 0.2
    stand_after: float = 0.4
    quiet: float = 0.25
    timing: TimingCfg = field(default_factory=TimingCfg)
    steps: StepCfg = field(default_factory=StepCfg)
    body: WholeBodyCfg = field(default_factory=WholeBodyCfg)


def retarget(grounded: GroundedMotion, method: Method = "ik", cfg: RetargetCfg | None = None) -> RobotMotion:
    """Map a grounded motion onto the G1 at `CONTROL_HZ`.

    Args:
        grounded: motion that starts at the robot's pose and ends at the goal.
        method: "ik" plans the robot's own footsteps along the path at a speed it can walk and solves whole-body
            inverse kinematics with mink; "direct" reads the joint angles off the body pose and keeps the timing.
        cfg: tunables.

    Raises:
        ConfigError: unknown method.
    """
    cfg = cfg or RetargetCfg()
    if method == "ik":
        return _with_own_steps(grounded, cfg)
    if method == "direct":
        return _direct(grounded, cfg)
    raise unknown_method(method)


def unknown_method(method: str) -> ConfigError:
    """The error for a method that is none of `METHODS`."""
    return ConfigError(f"retarget: {method!r} given, {' or '.join(map(repr, METHODS))} allowed")


def _with_own_steps(grounded: GroundedMotion, cfg: RetargetCfg) -> RobotMotion:
    human, hz = grounded.human, float(CONTROL_HZ)
    path = _pinned(root_path(human), grounded)
    draft = timeline(path, hz, cfg.timing, 0.0)
    swing, first_foot = rhythm(human.contacts, human.fps, draft.human, hz, cfg.steps)
    time = timeline(path, hz, cfg.timing, 2 * swing)
    steps = plan(time.poses, time.walks, hz, cfg.steps, swing, _first_foot(time, first_foot, hz))
    keep = _kept_frames(time, steps.closed, _quiet(human, time.human, cfg.quiet), cfg, hz)
    poses, when = time.poses[keep], time.human[keep]
    steps = steps.at(keep)
    pelvis = np.column_stack([poses[:, :2] + steps.sway, _pelvis_heights(human, when, cfg), poses[:, 2]])
    torso = _torso(human, path, when, poses[:, 2], cfg)
    root_pos, root_quat, joints = solve(steps, pelvis, torso, _arms(human, when, torso, hz), hz, cfg.body)
    return RobotMotion(root_pos, root_quat, joints, steps.contacts, hz, steps.settle)


def _pinned(path: RootPath, grounded: GroundedMotion) -> RootPath:
    """The path with its ends exactly at the grounded start and goal."""
    start, goal = np.array(grounded.start.to_json()), np.array(grounded.goal.to_json())
    at_start, at_goal = start - path.poses[0], goal - path.poses[-1]
    at_start[2], at_goal[2] = wrap(at_start[2]), wrap(at_goal[2])
    if not path.moves:
        return RootPath(path.fps, np.broadcast_to(start[:2], path.xy.shape), np.full(len(path.yaw), start[2]), ())
    step = np.linalg.norm(np.diff(path.xy, axis=0), axis=1) + 0.3 * np.abs(np.diff(path.yaw))
    way = np.concatenate([[0.0], np.cumsum(step)])
    done = (way / way[-1])[:, None]
    poses = path.poses + at_start * (1 - done) + at_goal * done
    return RootPath(path.fps, poses[:, :2], poses[:, 2], path.moves)


def _first_foot(time: Timeline, of_video: int | None, hz: float) -> int:
    """Foot that steps first: the inner one of a turn, else the video's, else the left."""
    if time.walks:
        first = time.walks[0][0]
        turn = float(time.poses[min(first + int(hz), len(time.poses) - 1), 2] - time.poses[first, 2])
        if abs(turn) > 0.25:
            return 0 if turn > 0 else 1
    return 0 if of_video is None else of_video


def _quiet(human: HumanMotion, when: Array, speed: float) -> Array:
    """(N,) whether the hands are at rest against the body."""
    hands = human.joints[:, [BODY_JOINTS.index("left_wrist"), BODY_JOINTS.index("right_wrist")]] - human.joints[:, :1]
    smooth = gaussian_filter1d(hands, 0.12 * human.fps, axis=0, mode="nearest")
    fastest = np.linalg.norm(np.gradient(smooth, 1 / human.fps, axis=0), axis=2).max(axis=1)
    return np.asarray(_sampled(fastest[:, None], human.fps, when)[:, 0] < speed)


def _kept_frames(time: Timeline, closed: tuple[int, ...], quiet: Array, cfg: RetargetCfg, hz: float) -> Array:
    """Frame indices of what is performed.

    Left out: the time left over after the feet have closed, and, where the motion walks, idle standing before the
    first and after the last movement. Enough standing is added at the end.
    """
    n, stand = len(time.poses), int(np.ceil(cfg.stand_after * hz))
    keep = np.ones(n, bool)
    for (_, _, resumes), feet_closed in zip(time.walks, closed, strict=True):
        keep[feet_closed:resumes] = False
    last_step = 0
    if time.walks:
        first = time.walks[0][0]
        lively = np.flatnonzero(~quiet[:first])
        keep[: max(0, (int(lively[0]) if len(lively) else first) - round(cfg.stand_before * hz))] = False
        last_step = max(time.walks[-1][2], closed[-1])
        # what the arms do in the first moments after the walk is their swing dying away
        lively = last_step + np.flatnonzero(~quiet[last_step:])
        busy_until = int(lively[-1]) if len(lively) and lively[-1] > last_step + 0.3 * hz else last_step
        keep[busy_until + stand :] = False
    frames = np.flatnonzero(keep)
    missing = stand - int((frames >= last_step).sum())
    return np.concatenate([frames, np.full(max(missing, 0), n - 1 if missing == stand else frames[-1])]).astype(int)


def _sampled(values: Array, fps: float, when: Array) -> Array:
    """Rows of `values` (T, K) at times [s], linearly."""
    frames = np.arange(len(values)) / fps
    flat = values.reshape(len(values), -1)
    return np.stack([np.interp(when, frames, c) for c in flat.T], axis=1).reshape(len(when), *values.shape[1:])


def _torso(human: HumanMotion, path: RootPath, when: Array, yaw: Array, cfg: RetargetCfg) -> Array:
    """(N, 3) roll, pitch, yaw of the trunk: the person's lean and twist beyond those it starts with."""
    p = human.joints
    up = p[:, BODY_JOINTS.index("neck")] - p[:, 0]
    c, s = np.cos(path.yaw), np.sin(path.yaw)
    ahead, left = c * up[:, 0] + s * up[:, 1], -s * up[:, 0] + c * up[:, 1]
    across = p[:, 16] - p[:, 17]
    twist = wrap(np.arctan2(-across[:, 0], across[:, 1]) - path.yaw)
    lean = np.column_stack([-np.arctan2(left, up[:, 2]), np.arctan2(ahead, up[:, 2]), twist])
    lean = gaussian_filter1d(lean, 0.12 * human.fps, axis=0, mode="nearest")
    # the start's lean is the body's own shape and the fit's bias in depth
    lean -= np.median(lean[: max(3, int(0.3 * human.fps))], axis=0)
    limit = np.array([cfg.lean, cfg.lean, cfg.twist])
    sampled = np.clip(_sampled(lean, human.fps, when), -limit, limit)
    sampled[:, 2] += yaw
    return sampled


def _pelvis_heights(human: HumanMotion, when: Array, cfg: RetargetCfg) -> Array:
    """(N,) pelvis height [m]: standing, or lower in the proportion by which the person crouches."""
    heights = gaussian_filter1d(human.joints[:, 0, 2], 0.15 * human.fps, mode="nearest")
    share = heights / np.median(heights[: max(3, int(0.3 * human.fps))])
    # the gait's bobbing and the fit's error are no crouch
    crouched = np.clip(share + cfg.bobbing, cfg.lowest, 1.0)
    return np.asarray(cfg.pelvis_height * _sampled(crouched[:, None], human.fps, when)[:, 0])


def _arms(human: HumanMotion, when: Array, torso: Array, hz: float) -> Array:
    """(N, 14) arm angles: upper arm and forearm along the person's, wrists straight."""
    trunk = Rotation.from_euler("ZYX", torso[:, ::-1]).inv()
    angles = np.zeros((len(when), 14))
    for column, side in ((0, "left"), (7, "right")):
        upper, fore = _arm_in_trunk(human, side, trunk, when, hz)  # type: ignore[arg-type]
        angles[:, column : column + 4] = arm_angles(upper, fore, side, hz)  # type: ignore[arg-type]
    return np.asarray(gaussian_filter1d(angles, 0.03 * hz, axis=0, mode="nearest"))


def _arm_in_trunk(human: HumanMotion, side: Side, trunk: Rotation, when: Array, hz: float) -> tuple[Array, Array]:
    shoulder, elbow, wrist = (BODY_JOINTS.index(f"{side}_{j}") for j in ("shoulder", "elbow", "wrist"))
    p = human.joints
    upper = _sampled(p[:, elbow] - p[:, shoulder], human.fps, when)
    fore = _sampled(p[:, wrist] - p[:, elbow], human.fps, when)
    upper, fore = (gaussian_filter1d(v, 0.03 * hz, axis=0, mode="nearest") for v in (upper, fore))
    return kept_off_body(trunk.apply(upper), trunk.apply(fore), side)


def _direct(grounded: GroundedMotion, cfg: RetargetCfg) -> RobotMotion:
    human, hz = grounded.human, float(CONTROL_HZ)
    count = max(2, round(human.seconds * hz) + 1)
    when = np.minimum(np.arange(count) / hz, human.seconds)
    pelvis = smpl_angles.pelvis_rotation(human)
    quat = _sampled(_continuous_quat(pelvis.as_quat(scalar_first=True)), human.fps, when)
    quat /= np.linalg.norm(quat, axis=1, keepdims=True)
    joints = np.zeros((count, 29))
    joints[:, :15] = _sampled(smpl_angles.body_angles(human), human.fps, when)
    waist = joints[:, 12:15]
    torso = Rotation.from_quat(quat, scalar_first=True) * Rotation.from_euler("ZXY", waist)
    for column, side in ((15, "left"), (22, "right")):
        upper, fore = _arm_in_trunk(human, side, torso.inv(), when, hz)  # type: ignore[arg-type]
        joints[:, column : column + 4] = arm_angles(upper, fore, side, hz)  # type: ignore[arg-type]
    low, high = kinematics().jnt_range[1:].T
    heights = human.joints[:, 0, 2]
    scale = cfg.pelvis_height / float(np.median(heights[: max(3, int(0.3 * human.fps))]))
    root = _sampled(human.joints[:, 0] * np.array([1.0, 1.0, scale]), human.fps, when)
    contacts = human.contacts[np.rint(when * human.fps).astype(int)]
    return RobotMotion(root, quat, np.clip(joints, low, high), contacts, hz, None)


def _continuous_quat(quat: Array) -> Array:
    """The same rotations with no sign flips from frame to frame."""
    flips = np.sign((quat[1:] * quat[:-1]).sum(axis=1))
    signs = np.concatenate([[1.0], np.cumprod(np.where(flips == 0, 1.0, flips))])
    return np.asarray(quat * signs[:, None])
