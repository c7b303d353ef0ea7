"""The embedded video model: a textured person performs the action chain in the observed room.

No learnt weights, no network, no GPU: procedural motion, a skinned body, and the observed image as background.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from exoactor.body import Body, load_body
from exoactor.files import write_json
from exoactor.formats.video import VideoWriter
from exoactor.imagine.carried import Carried
from exoactor.imagine.clothes import texture
from exoactor.imagine.gait import is_behind
from exoactor.imagine.motion import PersonMotion, act
from exoactor.imagine.path import PathCfg, plan_path
from exoactor.imagine.plate import Plate, empty_room
from exoactor.imagine.render import PersonRenderer
from exoactor.imagine.style import Style, sample_style
from exoactor.types import (
    Action,
    Array,
    Camera,
    ImaginedVideo,
    ImagineRequest,
    Pose2D,
    Progress,
    Scene,
    SceneObject,
    StageError,
)

_HEAD, _FEET = 15, (10, 11)
PASSES = ("step_over", "duck_under")
"""Straight ways over or under a thing."""


@dataclass(frozen=True)
class ProceduralCfg:
    """Tunables of the procedural video model.

    Args:
        path: of the path planner.
        tallest: heights tried when the camera cuts off the head, tallest first [m].
        border: head and feet stay this far inside the image [px].
        light: brightness of the person.
        shadow: darkness of the shadow under a foot, 0..1.
        behind: a person less than this behind a surface is still drawn before it [m].
        hidden_share: a person of whom more joints than this share are covered counts as hidden.
        hidden_seconds: longer than this nobody may be hidden [s].
    """

    path: PathCfg = field(default_factory=PathCfg)
    tallest: tuple[float, ...] = (1.90, 1.75, 1.62)
    border: int = 4
    light: float = 1.0
    shadow: float = 0.38
    behind: float = 0.06
    hidden_share: float = 0.5
    hidden_seconds: float = 0.6


class ProceduralVideoModel:
    """Implements `VideoModel` on a CPU.

    Args:
        cfg: tunables.
    """

    name = "procedural"

    def __init__(self, cfg: ProceduralCfg | None = None) -> None:
        self.cfg = cfg or ProceduralCfg()

    def imagine(self, request: ImagineRequest, out: Path, progress: Progress | None = None) -> ImaginedVideo:
        """Write the clip to `out` and its sidecar beside it.

        Raises:
            StageError: ("imagine", "robot_not_seen"), ("imagine", "no_actions"), ("imagine", "no_path"), or
                ("imagine", "out_of_view") when the person's head or feet would leave the image.
        """
        scene, camera = request.scene, request.observation.camera
        if scene.robot is None:
            raise StageError("imagine", "robot_not_seen", "the person starts where the robot stands, which is unknown")
        if not request.actions:
            raise StageError("imagine", "no_actions", "the action chain is empty")
        body = load_body()
        paths = walking_paths(scene, request.actions, self.cfg.path)
        style, motion = self._in_view(request, paths, body, camera)
        rotations, positions = motion.joint_frames(body)
        plate = empty_room(scene, request.observation, motion.carried)
        carried = {id: Carried(seen(scene, id), request.observation) for id in motion.carried}
        seconds = hidden(positions, plate, camera, request.fps, self.cfg)
        if seconds > self.cfg.hidden_seconds:
            raise StageError(
                "imagine", "out_of_view", f"the person would be hidden behind things for {seconds:.1f} s of the clip"
            )
        with (
            PersonRenderer(body, style.betas, texture(body, style), camera, self.cfg.light) as renderer,
            VideoWriter(out, request.fps, camera.size) as writer,
        ):
            for i in range(len(motion)):
                renderer.pose(rotations[i], positions[i])
                room = plate
                for id, thing in carried.items():
                    room = with_thing(room, *thing.draw(motion.carried[id][i, :3], float(motion.carried[id][i, 3])))
                writer.add(compose(room, renderer, positions[i], camera, self.cfg))
                if progress is not None:
                    progress((i + 1) / len(motion))
        sidecar = {
            "backend": self.name,
            "model": "procedural person",
            "prompt": request.prompt,
            "seed": request.seed,
            "fps": request.fps,
            "frames": len(motion),
            "actions": [asdict(a) for a in request.actions],
            "cfg": asdict(self.cfg),
        }
        write_json(Path(out).with_suffix(".json"), sidecar)
        return ImaginedVideo(Path(out), camera, float(request.fps), len(motion), sidecar)

    def _in_view(
        self, request: ImagineRequest, paths: dict[int, Array], body: Body, camera: Camera
    ) -> tuple[Style, PersonMotion]:
        """The person and its motion; a shorter one is cast when the camera would cut off the head."""
        assert request.scene.robot is not None
        for tallest in self.cfg.tallest:
            style = sample_style(body, request.seed, tallest)
            things = {o.id: o for o in request.scene.objects}
            motion = act(request.actions, paths, request.scene.robot, style, body, request.fps, camera.position, things)
            cut, seconds = cut_off(motion, body, camera, self.cfg.border)
            if cut is None:
                return style, motion
            if cut == "feet":
                break
        raise StageError(
            "imagine",
            "out_of_view",
            f"the {cut} would leave the image at {seconds:.1f} s: the camera does not see there",
        )


def walking_paths(scene: Scene, actions: tuple[Action, ...], cfg: PathCfg) -> dict[int, Array]:
    """The floor path (K, 2) [m] of each walk that is no step back, by its index in the chain."""
    assert scene.robot is not None
    here, paths = scene.robot, {}
    for index, action in enumerate(actions):
        if action.kind in ("walk", "carry", "turn", "stand_up", *PASSES) and action.goal is None:
            raise StageError("imagine", "no_goal", f"action {index} ({action.kind}) has no goal")
        if action.kind == "point" and action.at is None:
            raise StageError("imagine", "no_goal", f"action {index} (point) names no place to point at")
        if action.kind == "wipe" and (action.at is None or action.strokes < 1):
            raise StageError("imagine", "no_goal", f"action {index} (wipe) names no place to wipe, or no stroke")
        if action.kind in ("lift", "carry", "put_down", "pick", "place", "push", "wipe", "sit", "stand_up", *PASSES):
            seen(scene, action.thing or "")
        if action.kind in ("walk", "carry") and action.goal is not None:
            if action.via or not is_behind(here, action.goal):
                # what one carries is not in one's way
                around = replace(scene, objects=tuple(o for o in scene.objects if o.id != action.thing))
                paths[index] = plan_path(around, here, action.goal, action.via, cfg)
            here = action.goal
        elif action.kind in ("push", "stand_up", *PASSES) and action.goal is not None:
            here = action.goal
        elif action.kind == "turn" and action.goal is not None:
            here = Pose2D(here.x, here.y, action.goal.yaw)
    return paths


def seen(scene: Scene, id: str) -> SceneObject:
    """The thing of that id, or `StageError("imagine", "no_goal")`."""
    found = scene.get(id)
    if found is None:
        raise StageError("imagine", "no_goal", f"{id!r} is not in the scene as perceived")
    return found


def with_thing(plate: Plate, crop: tuple[slice, slice], colour: Array, depth: Array) -> Plate:
    """The room with a thing drawn into it, behind what stands before it.

    Args:
        plate: the room.
        crop: where the thing is.
        colour: (h, w, 3) uint8 of the crop.
        depth: (h, w) [m], inf where the thing is not.
    """
    rgb, before = plate.rgb.copy(), plate.before.copy()
    # a surface and what stands on it are at one depth where they touch
    there = np.isfinite(depth) & (depth < before[crop] + 0.03)
    rgb[crop][there] = colour[there]
    before[crop] = np.where(there, depth, before[crop])
    return Plate(rgb, before, plate.floor_xy)


def cut_off(motion: PersonMotion, body: Body, camera: Camera, border: int) -> tuple[str | None, float]:
    """Whether "head" or "feet" leave the image, and when first [s]; (None, 0) when they stay."""
    rotations, positions = motion.joint_frames(body)
    crown = positions[:, _HEAD] + rotations[:, _HEAD] @ np.array([0, 0.19, 0.02])
    toes = np.stack([positions[:, f] + rotations[:, f] @ np.array([0, -0.03, 0.08]) for f in _FEET], 1)
    width, height = camera.size
    for name, points in (("feet", toes), ("head", crown[:, None])):
        pixels, depth = camera.project(points)
        outside = (
            (pixels < border).any(-1)
            | (pixels[..., 0] > width - border)
            | (pixels[..., 1] > height - border)
            | (depth < 0.3)
        ).any(1)
        if outside.any():
            return name, float(outside.argmax() / motion.fps)
    return None, 0.0


def hidden(positions: Array, plate: Plate, camera: Camera, fps: float, cfg: ProceduralCfg) -> float:
    """Time during which things in front cover most of the person [s]; joints (T, 55, 3) [m]."""
    pixels, depth = camera.project(positions[:, :22])
    column = np.clip(pixels[..., 0].astype(int), 0, camera.size[0] - 1)
    row = np.clip(pixels[..., 1].astype(int), 0, camera.size[1] - 1)
    covered = (plate.before[row, column] < depth - 0.2).mean(1) > cfg.hidden_share
    return float(covered.sum() / fps)


def compose(plate: Plate, renderer: PersonRenderer, joints: Array, camera: Camera, cfg: ProceduralCfg) -> Array:
    """One frame (H, W, 3) uint8: the room, a soft shadow, the person, and what stands before the person.

    Args:
        plate: the empty room.
        renderer: posed already.
        joints: (55, 3) of that pose [m].
        camera: of both.
        cfg: tunables.
    """
    frame = plate.rgb.copy()
    _cast_shadow(frame, plate, joints, camera, cfg.shadow)
    pixels, depth = camera.project(joints)
    margin = np.ceil(0.22 * camera.intrinsics[0, 0] / max(float(depth.min()), 0.3))
    low = np.maximum(np.floor(pixels.min(0) - margin).astype(int), 0)
    high = np.minimum(np.ceil(pixels.max(0) + margin).astype(int), camera.size)
    crop = (slice(low[1], high[1]), slice(low[0], high[0]))
    colour = renderer.colour()[crop]
    drawn = colour.any(-1)
    person = colour.copy()
    if (plate.before[crop][drawn] < depth.max() + 0.25).any():
        drawn = drawn & (renderer.depth()[crop] < plate.before[crop] + cfg.behind)
    # edges mixed from inside only: outside the person's pixels there is no colour to mix
    alpha = np.where(drawn, cv2.blur(drawn.astype(np.float32), (3, 3)), 0)[..., None]
    frame[crop] = np.round(person * alpha + frame[crop] * (1 - alpha)).astype(np.uint8)
    return frame


def _cast_shadow(frame: Array, plate: Plate, joints: Array, camera: Camera, darkness: float) -> None:
    """Darken the floor under feet and body, in place."""
    centre = joints[0]
    square = centre[:2] + 0.75 * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]])
    corners, depth = camera.project(np.column_stack([square, np.zeros(4)]))
    if (depth < 0.1).any():
        return
    low = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int), camera.size)
    if (high <= low).any():
        return
    crop = (slice(low[1], high[1]), slice(low[0], high[0]))
    xy = plate.floor_xy[crop]
    shade = 0.35 * np.exp(-((xy - centre[:2].astype(np.float32)) ** 2).sum(-1) / (2 * 0.22**2))
    for toe, ankle in ((10, 7), (11, 8)):
        middle = (0.5 * (joints[toe] + joints[ankle])).astype(np.float32)
        lifted = max(float(min(joints[toe, 2], joints[ankle, 2])) - 0.03, 0)
        shade += np.exp(-lifted / 0.06) * np.exp(-((xy - middle[:2]) ** 2).sum(-1) / (2 * 0.085**2))
    factor = 1 - darkness * np.minimum(np.nan_to_num(shade), 1)
    frame[crop] = np.round(frame[crop] * factor[..., None]).astype(np.uint8)
