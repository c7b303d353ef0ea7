"""A person's whole-body motion for an action chain, as SMPL-X parameters.

From the course of pelvis and feet (`gait`, `feet`) follow the legs; arms swing against the legs; the trunk turns
against the pelvis; gestures are laid over the arms; a little idle movement keeps the stander alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter1d
from scipy.spatial.transform import Rotation

from exoactor.body import BODY_TO_WORLD, PARENTS, Body
from exoactor.imagine.course import Course
from exoactor.imagine.ducking import Ducks
from exoactor.imagine.feet import SHOE, Foot, move_foot
from exoactor.imagine.gait import lay_out
from exoactor.imagine.gestures import FingerPose, lay_gestures
from exoactor.imagine.grasping import Grasps
from exoactor.imagine.lifting import Lifts
from exoactor.imagine.limbs import about, hanging_arm, leg
from exoactor.imagine.pushing import Pushes
from exoactor.imagine.sitting import Sits
from exoactor.imagine.style import Style
from exoactor.imagine.wiping import Wipes
from exoactor.types import Action, Array, HumanMotion, Pose2D, SceneObject

STRAIGHT = 0.994
"""Longest a leg gets, as a share of thigh and shank; a standing person's knees are not locked."""


@dataclass(frozen=True)
class PersonMotion:
    """SMPL-X parameters of one person in the world (z up, metres), fingers included.

    Args:
        fps: frames per second.
        betas: (10,).
        global_orient: (T, 3) axis-angle.
        transl: (T, 3) [m].
        body_pose: (T, 21, 3) axis-angles.
        hands: (T, 30, 3) axis-angles, left then right.
        contacts: (T, 2) bool, left and right foot on the floor.
        carried: id of each thing that is moved -> its displacement x, y, z [m] and turn about its middle [rad] (T, 4).
    """

    fps: float
    betas: Array
    global_orient: Array
    transl: Array
    body_pose: Array
    hands: Array
    contacts: Array
    carried: dict[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.transl)

    def joint_frames(self, body: Body) -> tuple[Array, Array]:
        """(T, 55, 3, 3) rotations and (T, 55, 3) positions [m]."""
        return body.fk(self.global_orient, self.body_pose, self.transl, self.betas, self.hands)

    def to_human(self, body: Body) -> HumanMotion:
        """The motion as the estimator ought to find it; for benchmarks and tests, never for the loop."""
        _, positions = self.joint_frames(body)
        return HumanMotion(
            self.fps,
            self.global_orient,
            self.transl,
            self.body_pose,
            self.betas,
            positions[:, :22],
            self.contacts,
            np.ones((len(self), 22)),
        )


def act(
    actions: tuple[Action, ...],
    paths: dict[int, Array],
    start: Pose2D,
    style: Style,
    body: Body,
    fps: float,
    viewer: Array | None = None,
    things: Mapping[str, SceneObject] | None = None,
) -> PersonMotion:
    """Perform an action chain.

    Args:
        actions: the chain.
        paths: for each walk, by its index in `actions`, the floor path (K, 2) [m].
        start: where and how the person stands at first.
        style: who does it.
        body: the body model.
        fps: frames per second.
        viewer: (3,) who is waved to [m], the camera; None waves straight ahead.
        things: by id, those that are moved.
    """
    course = lay_out(actions, paths, start, style)
    times = np.arange(int(course.seconds * fps)) / fps
    root = np.stack([np.interp(times, course.times, course.root[:, k]) for k in range(3)], -1)
    feet = [move_foot(course, side, body, times) for side in (0, 1)]
    rest = body.joints(style.betas)
    idle = _Idle(style.noise_seed, times)

    steps, listing = _steps(course, times)
    forward = np.stack([np.cos(root[:, 2]), np.sin(root[:, 2])], -1)
    left = np.stack([-forward[:, 1], forward[:, 0]], -1)
    speed = np.linalg.norm(np.gradient(root[:, :2], axis=0), axis=1) * fps
    walking = np.clip(gaussian_filter1d(speed, 0.12 * fps, mode="nearest") / style.speed, 0, 1)
    apart = ((feet[0].ankle[:, :2] - feet[1].ankle[:, :2]) * forward).sum(1)
    apart = gaussian_filter1d(apart, 0.06 * fps, mode="nearest")

    lifts = Lifts(course.gestures, things or {}, style, times, root)
    grasps = Grasps(course.gestures, things or {}, style, times, root)
    pushes = Pushes(course.gestures, things or {}, style, times, root)
    hands = (lifts, grasps, pushes, Wipes(course.gestures, style, times, root))
    sits = Sits(course.gestures, things or {}, style, times, root)
    bent = (*hands, Ducks(course.gestures, style, times))
    bowed, crouched, back = (np.max([getattr(b, name) for b in bent], axis=0) for name in ("bow", "crouch", "back"))
    bowed = bowed + sits.bow
    turn = -0.18 * apart
    roll = -0.045 * listing
    lean = style.lean * walking
    heading = root[:, 2]
    pelvis = (
        about("z", heading)
        @ BODY_TO_WORLD
        @ about("y", turn + idle(0.010, 0.23))
        @ about("x", 0.4 * lean + 0.5 * bowed)
        @ about("z", roll)
    )
    sideways = style.sway * steps + idle(0.007, 0.31)
    position = np.column_stack(
        [
            root[:, :2] + sits.shift + left * sideways[:, None] + forward * (idle(0.005, 0.27) - back)[:, None],
            0 * turn,
        ]
    )
    position[:, 2] = sits.lowered(_pelvis_height(position, pelvis, feet, rest, body, style, fps) - crouched)

    local = np.tile(np.eye(3), (len(times), len(PARENTS), 1, 1))
    for joint in (3, 6, 9):
        bow = 0.2 * lean + idle(0.006, 0.24) + bowed / 6
        local[:, joint] = about("y", pushes.twist / 3 - 0.62 * turn) @ about("x", bow) @ about("z", -roll / 3)
    chest_turn = turn * (1 - 3 * 0.62)
    ahead = np.interp(times + 0.35, times, heading) - heading
    gaze = gaussian_filter1d(np.clip(0.7 * ahead, -0.6, 0.6), 0.1 * fps, mode="nearest")
    look = gaze - chest_turn + idle(0.07, 0.19) + idle(0.04, 0.43)
    for joint in (12, 15):
        local[:, joint] = about("y", 0.5 * look) @ about("x", 0.02 - 0.45 * lean - 0.2 * bowed + idle(0.02, 0.29))
    for sign, shoulder in ((1.0, 16), (-1.0, 17)):
        swing = -sign * style.arm_swing * apart + 0.03 + idle(0.03, 0.33)
        elbow = style.elbow + 0.35 * np.maximum(swing, 0) + idle(0.03, 0.37)
        outward = style.arm_out + idle(0.012, 0.28)
        local[:, shoulder], local[:, shoulder + 2] = hanging_arm(sign, swing, outward, elbow)

    fingers = FingerPose(len(times))
    chest = pelvis @ local[:, 3] @ local[:, 6] @ local[:, 9]
    chest_position = position + _chain(rest, pelvis, local)
    lay_gestures(course.gestures, style, times, chest, chest_position, rest, local, fingers, viewer)
    for each in hands:
        each.lay(chest, chest_position, rest, local, fingers)
    sits.lay(position, chest, chest_position, rest, local, fingers)

    toward_left = pelvis[:, :, 0]
    for foot, hip, knee, ankle in ((feet[0], 1, 4, 7), (feet[1], 2, 5, 8)):
        socket = position + np.einsum("tab,b->ta", pelvis, rest[hip] - rest[0])
        toward = np.stack([np.cos(foot.heading), np.sin(foot.heading), np.zeros(len(times))], -1)
        toward = 0.5 * toward + 0.5 * np.column_stack([forward, np.zeros(len(times))])
        side = np.cross([0.0, 0, 1], toward) + 0.3 * toward_left
        thigh, shank = leg(socket, foot.ankle, toward, side, (rest[hip], rest[knee], rest[ankle]))
        local[:, hip] = np.swapaxes(pelvis, 1, 2) @ thigh
        local[:, knee] = np.swapaxes(thigh, 1, 2) @ shank
        local[:, ankle] = np.swapaxes(shank, 1, 2) @ foot.rotation
        local[:, ankle + 3] = about("x", foot.toes)

    angles = Rotation.from_matrix(local[:, 1:22].reshape(-1, 3, 3)).as_rotvec().reshape(-1, 21, 3)
    return PersonMotion(
        fps,
        np.asarray(style.betas),
        _continuous(Rotation.from_matrix(pelvis).as_rotvec()),
        position - rest[0],
        angles,
        fingers.angles(),
        np.stack([foot.planted for foot in feet], -1),
        lifts.carried | grasps.carried | pushes.carried,
    )


class _Idle:
    """Slow unhurried movements of somebody who stands: seeded sums of three sines."""

    def __init__(self, seed: int, times: Array) -> None:
        self._rng = np.random.default_rng(seed)
        self._times = times

    def __call__(self, amplitude: float, hz: float) -> Array:
        rates = hz * np.array([1.0, 1.7, 2.6]) * self._rng.uniform(0.85, 1.15, 3)
        phases = self._rng.uniform(0, 2 * np.pi, 3)
        waves = np.sin(2 * np.pi * rates[:, None] * self._times + phases[:, None])
        return np.asarray(amplitude * (np.array([0.6, 0.3, 0.15]) @ waves))


def _steps(course: Course, times: Array) -> tuple[Array, Array]:
    """(T,) weight shift, +1 over the left leg, and list of the pelvis, +1 while the left leg swings."""
    shift, listing = np.zeros(len(times)), np.zeros(len(times))
    for swing in course.swings:
        span = swing.end - swing.begin
        u = (times - swing.begin + 0.16 * span) / (1.32 * span)
        bump = np.where((u > 0) & (u < 1), np.sin(np.pi * np.clip(u, 0, 1)) ** 2, 0)
        sign = 1.0 if swing.side == 0 else -1.0
        shift -= sign * bump
        listing += sign * bump
    return shift, listing


def _pelvis_height(
    position: Array, pelvis: Array, feet: list[Foot], rest: Array, body: Body, style: Style, fps: float
) -> Array:
    """(T,) as high as both legs reach, which makes the walker rise and fall as walkers do [m]."""
    limits = []
    for foot, hip, knee, ankle in ((feet[0], 1, 4, 7), (feet[1], 2, 5, 8)):
        length = STRAIGHT * (np.linalg.norm(rest[knee] - rest[hip]) + np.linalg.norm(rest[ankle] - rest[knee]))
        offset = np.einsum("tab,b->ta", pelvis, rest[hip] - rest[0])
        flat = np.linalg.norm((position + offset - foot.ankle)[:, :2], axis=1)
        limits.append(foot.ankle[:, 2] + np.sqrt(np.maximum(length**2 - flat**2, 0.01)) - offset[:, 2])
    standing = body.sole(style.betas) + SHOE + length - (rest[1, 1] - rest[0, 1])
    highest = np.minimum(np.minimum(*limits), standing - 0.004)
    window = max(int(0.16 * fps) | 1, 3)
    smooth = gaussian_filter1d(minimum_filter1d(highest, window, mode="nearest"), 0.045 * fps, mode="nearest")
    return np.asarray(np.minimum(smooth, np.minimum(*limits)))


def _chain(rest: Array, pelvis: Array, local: Array) -> Array:
    """(T, 3) from the pelvis to the third spine joint [m]."""
    offset, rotation = np.zeros((len(pelvis), 3)), pelvis
    for joint, parent in ((3, 0), (6, 3), (9, 6)):
        offset = offset + rotation @ (rest[joint] - rest[parent])
        rotation = rotation @ local[:, joint]
    return offset


def _continuous(rotvec: Array) -> Array:
    """Axis-angles (T, 3) without jumps where the angle passes pi: each the equivalent nearest to the one before."""
    out = np.array(rotvec)
    for i in range(1, len(out)):
        angle = np.linalg.norm(out[i])
        if angle < 1e-9:
            continue
        axis = out[i] / angle
        turns = np.round((out[i - 1] @ axis - angle) / (2 * np.pi))
        out[i] = axis * (angle + 2 * np.pi * turns)
    return out
