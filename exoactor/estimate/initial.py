"""A first pose for every frame, read straight off the landmarks; the fit goes on from here.

Also decides where the network has mistaken left for right, as it does now and then with people seen from behind or
from the side: headings are chained over the whole clip, and a frame whose heading jumps by half a turn has its labels
swapped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from exoactor.estimate import landmarks as lm
from exoactor.estimate.arms import depth_resolved
from exoactor.estimate.body_torch import DOFS, N_POSE, UPRIGHT, RestBody
from exoactor.estimate.calibration import calibration, heading_error, view_angle, view_axes
from exoactor.types import Array, Camera

_FOOT_HEIGHT = 0.04  # of the foot landmarks' mean while standing [m]
_FEET = [lm.LEFT_HEEL, lm.RIGHT_HEEL, lm.LEFT_TOE, lm.RIGHT_TOE]


def in_world_axes(track: lm.LandmarkTrack, camera: Camera) -> Array:
    """(T, 33, 3) metric landmarks about the hips, in the axes of the world [m].

    The network reports them as if it looked straight at the region's middle.
    """
    rays = np.concatenate([track.region[:, :2], np.ones((len(track), 1))], 1) @ np.linalg.inv(camera.intrinsics).T
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    axis = np.cross([0.0, 0.0, 1.0], rays)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    turn = Rotation.from_rotvec(axis / np.maximum(sine, 1e-9) * np.arctan2(sine, rays[:, 2:]))
    return np.asarray(np.einsum("ij,tjk,tlk->tli", camera.rotation, turn.as_matrix(), track.world))


@dataclass(frozen=True)
class Reading:
    """Landmarks put right, for T frames.

    Args:
        track: left and right swapped back where they were mistaken.
        metric: (T, 33, 3) metric landmarks in world axes, turned by the known error of their heading [m].
        yaw: (T,) unwrapped, smoothed heading [rad].
        axes: (T, 3, 3) view axes, see `exoactor.estimate.calibration`.
    """

    track: lm.LandmarkTrack
    metric: Array
    yaw: Array
    axes: Array

    @property
    def view_angle(self) -> Array:
        """(T,) heading relative to the line of sight [rad]."""
        return view_angle(self.yaw, self.axes)


def untangled(track: lm.LandmarkTrack, camera: Camera) -> Reading:
    """Put left and right right, take off the heading's known error, and settle where raised arms point."""
    world = in_world_axes(track, camera)
    lateral = _lateral(world)
    seen = np.arctan2(-lateral[:, 0], lateral[:, 1])
    swapped = _chain(seen, np.hypot(*lateral[:, :2].T), _walking_direction(track, camera))
    xy, weight = track.xy.copy(), track.weight.copy()
    for array in (xy, world, weight):
        array[swapped] = array[swapped][:, lm.MIRROR]
    track = replace(track, xy=xy, weight=weight)
    lateral = gaussian_filter1d(_lateral(world), 1.5, axis=0, mode="nearest")
    yaw = np.unwrap(np.arctan2(-lateral[:, 0], lateral[:, 1]))
    axes = view_axes(track.region[:, :2], camera)
    error = heading_error(view_angle(yaw, axes), calibration().heading)
    world, yaw = turned(world, -error), yaw - error
    seen_from_camera = np.einsum("tij,tkj->tki", axes, world)
    resolved = depth_resolved(seen_from_camera, view_angle(yaw, axes))
    return Reading(track, np.einsum("tij,tkj->tki", axes.transpose(0, 2, 1), resolved), yaw, axes)


def first_pose(reading: Reading, camera: Camera, body: RestBody) -> Array:
    """(T, N_POSE) pose to start the fit from."""
    track, world, yaw = reading.track, reading.metric, reading.yaw
    pose = np.zeros((len(track), N_POSE))
    pose[:, 4] = yaw
    pose[:, :3] = _pelvis(track, world, camera, body)
    upright = Rotation.from_euler("z", yaw[:, None]).as_matrix() @ UPRIGHT
    local = np.einsum("tji,tkj->tki", upright, world)  # body axes
    for column, dof in enumerate(DOFS, start=6):
        pose[:, column] = dof.rest
    for left in (True, False):
        arm = _arm(local, left)
        leg = _leg(local, left)
        side = "left" if left else "right"
        for column, dof in enumerate(DOFS, start=6):
            values = {**arm, **leg}.get((dof.joints[0].removeprefix(f"{side}_"), dof.axis))
            if values is not None and dof.joints[0].startswith(side):
                pose[:, column] = np.clip(gaussian_filter1d(values, 1.5, mode="nearest"), dof.low, dof.high)
    return pose


def turned(points: Array, angle: Array) -> Array:
    """Points (T, K, 3) turned about z by (T,) [rad]."""
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = points[..., 0], points[..., 1]
    return np.stack([c * x - s * y, s * x + c * y, points[..., 2]], -1)


def floor_points(pixels: Array, camera: Camera, height: float) -> Array:
    """Where viewing rays of pixels (..., 2) meet the plane z = height [m]: (..., 2), NaN above the horizon."""
    rays = camera.rays(pixels)
    down = np.where(rays[..., 2] < -1e-3, rays[..., 2], np.nan)
    reach = (height - camera.position[2]) / down
    return np.asarray(camera.position[:2] + rays[..., :2] * reach[..., None])


def _lateral(world: Array) -> Array:
    hips = world[:, lm.LEFT_HIP] - world[:, lm.RIGHT_HIP]
    return np.asarray(hips + world[:, lm.LEFT_SHOULDER] - world[:, lm.RIGHT_SHOULDER])


def _walking_direction(track: lm.LandmarkTrack, camera: Camera) -> Array:
    """(T, 2) velocity on the floor of the feet's middle, smoothed [m/s]."""
    middle = floor_points(track.xy[:, _FEET].mean(1), camera, _FOOT_HEIGHT)
    middle = np.stack([_filled(column) for column in middle.T], 1)
    smooth = gaussian_filter1d(middle, 0.25 * track.fps, axis=0, mode="nearest")
    return np.asarray(np.gradient(smooth, axis=0) * track.fps)


def _chain(seen: Array, certainty: Array, velocity: Array) -> Array:
    """(T,) bool, frames whose left and right are mistaken: the cheapest chain of headings (Viterbi).

    A change of heading by an angle costs its square, a swap of labels a little, and walking backwards a little more.
    """
    options = np.stack([seen, seen + np.pi], 1)
    speed = np.linalg.norm(velocity, axis=1)
    way = np.arctan2(velocity[:, 1], velocity[:, 0])
    unary = np.array([0.0, 0.6]) + 0.5 * np.clip(speed / 0.5, 0, 1)[:, None] * (1 - np.cos(options - way[:, None]))
    cost = unary[0].copy()
    back = np.zeros((len(seen), 2), int)
    trust = np.clip(certainty / 0.3, 0.1, 1.0)
    for t in range(1, len(seen)):
        turn = (options[t][:, None] - options[t - 1][None] + np.pi) % (2 * np.pi) - np.pi
        step = cost[None] + 12.0 * min(trust[t], trust[t - 1]) * np.minimum(turn**2, 4.0)
        back[t] = step.argmin(1)
        cost = step.min(1) + unary[t]
    state = np.zeros(len(seen), int)
    state[-1] = int(cost.argmin())
    for t in range(len(seen) - 1, 0, -1):
        state[t - 1] = back[t, state[t]]
    return state.astype(bool)


def _pelvis(track: lm.LandmarkTrack, world: Array, camera: Camera, body: RestBody) -> Array:
    """(T, 3) pelvis: over the feet on the floor, leaning as the metric landmarks say [m]."""
    feet = floor_points(track.xy[:, _FEET].mean(1), camera, _FOOT_HEIGHT)
    lean = -1.08 * world[:, _FEET, :2].mean(1)
    place = np.stack([_filled(column) for column in (feet + lean).T], 1)
    height = body.joints[0, 1] - body.points[-4:, 1].min() - 0.02
    pelvis = np.concatenate([place, np.full((len(track), 1), height)], 1)
    return np.asarray(gaussian_filter1d(pelvis, 3.0, axis=0, mode="nearest"))


def _arm(local: Array, left: bool) -> dict[tuple[str, int], Array]:
    """Angles of shoulder and elbow by (joint, component), each (T,)."""
    shoulder, elbow, wrist = (local[:, k + (0 if left else 1)] for k in (11, 13, 15))
    along = np.tile([1.0 if left else -1.0, 0.0, 0.0], (len(local), 1))
    upper, fore = _unit(elbow - shoulder), _unit(wrist - elbow)
    turn = _shortest(along, upper)
    bend = np.arccos(np.clip((upper * fore).sum(1), -1, 1))
    inside = turn.inv().apply(fore)
    # the elbow bends towards the front of the upper arm; of a straight arm the twist cannot be seen
    twist = np.arctan2(-inside[:, 1], inside[:, 2]) * np.clip((bend - 0.2) / 0.5, 0, 1)
    vector = _continuous((turn * Rotation.from_rotvec(twist[:, None] * [1.0, 0.0, 0.0])).as_rotvec())
    return {
        ("shoulder", 0): vector[:, 0],
        ("shoulder", 1): vector[:, 1],
        ("shoulder", 2): vector[:, 2],
        ("elbow", 1): -bend if left else bend,
    }


def _leg(local: Array, left: bool) -> dict[tuple[str, int], Array]:
    """Angles of hip and knee by (joint, component), each (T,)."""
    hip, knee, ankle = (local[:, k + (0 if left else 1)] for k in (23, 25, 27))
    thigh, shank = _unit(knee - hip), _unit(ankle - knee)
    vector = _shortest(np.tile([0.0, -1.0, 0.0], (len(local), 1)), thigh).as_rotvec()
    bend = np.arccos(np.clip((thigh * shank).sum(1), -1, 1))
    return {("hip", 0): vector[:, 0], ("hip", 2): vector[:, 2], ("knee", 0): bend}


def _shortest(source: Array, target: Array) -> Rotation:
    """Smallest rotations that take unit vectors (T, 3) to others."""
    axis = np.cross(source, target)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine[:, 0], (source * target).sum(1))
    return Rotation.from_rotvec(axis / np.maximum(sine, 1e-9) * angle[:, None])


def _continuous(vectors: Array) -> Array:
    """Axis-angle vectors (T, 3) of the same rotations, without jumps by a whole turn."""
    out = vectors.copy()
    for t in range(1, len(out)):
        angle = np.linalg.norm(out[t])
        if angle > 1e-6:
            other = out[t] * (1 - 2 * np.pi / angle)
            if np.linalg.norm(other - out[t - 1]) < np.linalg.norm(out[t] - out[t - 1]):
                out[t] = other
    return out


def _filled(values: Array) -> Array:
    """(T,) with NaN replaced by interpolation; zeros if there is nothing to interpolate."""
    good = np.isfinite(values)
    if not good.any():
        return np.zeros_like(values)
    return np.interp(np.arange(len(values)), np.flatnonzero(good), values[good])


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
