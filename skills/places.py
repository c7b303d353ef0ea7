"""Where on the perceived floor a person can stand: free of things, inside the camera's view."""

from __future__ import annotations

import numpy as np

from exoactor.stance import distance_to_footprint
from exoactor.types import Array, Pose2D, Scene, SceneObject
from exoactor.types.rotations import wrap

CLEARANCE = 0.30
"""Distance of a standing place from the footprint of any other thing [m]: half a person's width and some."""

PERSON_HEIGHT = 1.80
"""Height that must fit into the image [m]: the tallest person that is imagined, hair included."""

SHORT_PERSON = 1.60
"""Where nothing else is in view, a short person will do [m]; imagination casts one."""

BORDER_PX = 6.0

ROBOT_HEIGHT = 1.30
"""The G1 [m]."""

SEEN = 0.65
"""Share of the robot that must be seen where it ends, so that it can be found and the outcome judged."""

HIDDEN = 2.0
"""A stance where it is not is as good as one so much farther off [m]; likewise one whose back hides what is done."""

BODY = 0.20
"""Half of the width in which somebody hides what is before him from the camera [m]."""

BEHIND = 3.0
"""A stance whose trunk hides the arm that works is as good as one so much farther off [m] ..."""

FAR_SIDE = 0.05
"""... and it does where the hand works further than this beyond the pelvis, as seen from the camera [m]."""

WORK_SEEN = 0.35
"""Where less of a thing is seen the video does not show what becomes of it, nor can the outcome be judged."""


def is_free(scene: Scene, point: Array, ignore: tuple[str, ...] = (), clearance: float = CLEARANCE) -> bool:
    """Whether a person at `point` (2,) [m] keeps `clearance` [m] from everything but the ignored ids."""
    return all(distance_to_footprint(thing, point) >= clearance for thing in scene.objects if thing.id not in ignore)


def is_in_view(scene: Scene, point: Array, height: float = PERSON_HEIGHT, margin: float = 0.0) -> bool:
    """Whether a person of `height` [m] at `point` (2,) [m] is wholly inside the image, feet `margin` [m] off too."""
    ends = np.array([[point[0], point[1], 0.0], [point[0], point[1], height]])
    if margin > 0:
        around = margin * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
        ends = np.vstack([ends, ends[0] + around])
    pixels, depth = scene.camera.project(ends)
    limit = np.array(scene.camera.size) - BORDER_PX
    return bool((depth > 0.3).all() and (pixels >= BORDER_PX).all() and (pixels <= limit).all())


def is_room(scene: Scene, stance: Pose2D, but: tuple[str, ...]) -> bool:
    """Whether a person can stand there, in view and free of all things but some."""
    in_view = any(is_in_view(scene, stance.xy, height) for height in (PERSON_HEIGHT, SHORT_PERSON))
    return in_view and is_free(scene, stance.xy, but)


def visible_share(scene: Scene, point: Array) -> float:
    """Share of a robot standing at `point` (2,) [m] that no perceived thing hides from the camera, 0..1."""
    heights = np.linspace(0.15, ROBOT_HEIGHT, 9)
    return seen_share(scene, np.column_stack([np.tile(point, (len(heights), 1)), heights]))


def seen_share(scene: Scene, points: Array) -> float:
    """Share of points (N, 3) [m] that no perceived thing hides from the camera, 0..1.

    Things are taken as solid boxes, so that a table's underside counts as hiding too.
    """
    hidden = np.zeros(len(points), bool)
    for thing in scene.objects:
        hidden |= _blocked(scene.camera.position, points, thing)
    return float(1.0 - hidden.mean())


def effort(
    scene: Scene, start: Pose2D, stance: Pose2D, *, ahead: float = 0.0, half: float = 0.0, hand_at: Array | None = None
) -> float:
    """What speaks against a stance: the way there [m], what is left to turn on arrival, and not being seen there.

    Args:
        scene: what is perceived.
        start: where the way begins.
        stance: where it ends.
        ahead: of the stance, to the middle of what the hands work on there [m] ...
        half: ... and half of its width [m], if that has to be seen too.
        hand_at: (2,) where one hand works [m], if its arm has to be seen.
    """
    way = stance.xy - start.xy
    turn = abs(float(wrap(stance.yaw - np.arctan2(way[1], way[0]))))
    hidden = HIDDEN * (visible_share(scene, stance.xy) < SEEN)
    if half > 0:
        hidden += HIDDEN * (work_seen(scene, stance, ahead, half) < WORK_SEEN)
    if hand_at is not None:
        hidden += BEHIND * _hides_arm(scene, stance, hand_at)
    return hidden + float(np.linalg.norm(way)) + 0.3 * turn


def work_seen(scene: Scene, stance: Pose2D, ahead: float, half: float) -> float:
    """Share of a thing's width that the one who works on it does not hide from the camera, 0..1.

    Args:
        scene: with the camera.
        stance: of the one who works on it, or carries it.
        ahead: from there to the thing's middle [m].
        half: half of its width [m].
    """
    view = stance.xy - scene.camera.position[:2]
    view = view / max(float(np.linalg.norm(view)), 1e-6)
    if stance.forward @ view < 0:
        return 1.0
    middle = ahead * float(stance.forward @ np.array([-view[1], view[0]]))
    low, high = middle - half, middle + half
    covered = max(min(high, BODY) - max(low, -BODY), 0.0)
    return 1.0 - covered / (2 * half)


def _hides_arm(scene: Scene, stance: Pose2D, at: Array) -> bool:
    """Whether the trunk of somebody who stands there hides from the camera an arm that works at `at` (2,) [m]."""
    view = stance.xy - scene.camera.position[:2]
    return bool((np.asarray(at) - stance.xy) @ view > FAR_SIDE * np.linalg.norm(view))


def _blocked(eye: Array, points: Array, thing: SceneObject) -> Array:
    """Which sight lines from `eye` (3,) to `points` (N, 3) pass through the thing's box (slab method)."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    start = (eye - thing.position) @ turn
    way = (points - thing.position) @ turn - start
    half = thing.item.size[:2] / 2
    low, high = np.array([*-half, 0.0]), np.array([*half, thing.item.size[2]])
    safe = np.where(np.abs(way) < 1e-9, 1e-9, way)
    first, second = (low - start) / safe, (high - start) / safe
    enters, leaves = np.minimum(first, second).max(axis=1), np.maximum(first, second).min(axis=1)
    return np.asarray((enters < leaves) & (leaves > 0.0) & (enters < 1.0))


def bearing(start: Pose2D, point: Array) -> float:
    """Direction of `point` (2,) [m] as seen from `start`, 0 ahead, positive to the left [rad]."""
    delta = np.asarray(point)[:2] - start.xy
    return float(wrap(np.arctan2(delta[1], delta[0]) - start.yaw))


def contour_radius(thing: SceneObject, angle: float, margin: float) -> float:
    """Distance from the thing's centre along world direction `angle` [rad] to the contour `margin` [m] outside."""
    direction = np.array([np.cos(angle), np.sin(angle)])
    low, high = 0.0, float(np.linalg.norm(thing.item.size[:2])) + margin + 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if distance_to_footprint(thing, thing.position[:2] + middle * direction) < margin:
            low = middle
        else:
            high = middle
    return high
