import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from exoactor.bench.imagine import furnished_room
from exoactor.formats.video import probe, read_frames
from exoactor.imagine.plate import empty_room, robot_pixels
from exoactor.imagine.procedural import ProceduralVideoModel
from exoactor.types import Action, Camera, ImaginedVideo, ImagineRequest, Pose2D, StageError

Clip = tuple[ImagineRequest, ImaginedVideo]


def person_box(frame: np.ndarray, request: ImagineRequest) -> tuple[int, int, int, int]:
    empty = empty_room(request.scene, request.observation).rgb
    mask = (cv2.absdiff(frame, empty).max(-1) > 30).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    ys, xs = np.nonzero(mask)
    return int(xs.min()), int(ys.min()), int(xs.max()), int(ys.max())


def test_clip_and_sidecar(walk: Clip) -> None:
    request, video = walk
    info = probe(video.path)
    assert (info.width, info.height, info.fps) == (640, 480, 25.0)
    assert info.frames == video.frames > 50
    sidecar = json.loads(video.path.with_suffix(".json").read_text())
    assert sidecar["backend"] == "procedural"
    assert (sidecar["seed"], sidecar["prompt"]) == (request.seed, request.prompt)
    assert sidecar["actions"][0]["kind"] == "walk"
    # the next stage must find the person's size in the pixels
    assert not {"height", "betas", "style"} & set(json.dumps(sidecar).replace('"', " ").split())


def test_the_person_begins_where_the_robot_stands_and_ends_at_the_goal(walk: Clip) -> None:
    request, video = walk
    frames = list(read_frames(video.path))
    camera, robot, goal = video.camera, request.scene.robot, request.actions[0].goal
    assert robot is not None
    assert goal is not None
    for frame, place in ((frames[0], robot), (frames[-1], goal)):
        left, top, right, bottom = person_box(frame, request)
        foot, _ = camera.project(np.array([place.x, place.y, 0.0]))
        head, _ = camera.project(np.array([place.x, place.y, 1.75]))
        assert abs((left + right) / 2 - foot[0]) < 18
        # feet may be behind a thing; the head is of somebody between 1.6 and 1.9 m
        assert bottom < foot[1] + 14
        assert abs(top - head[1]) < 0.14 * (foot[1] - head[1])


def test_the_robot_is_gone_and_the_rest_is_the_observation(walk: Clip) -> None:
    request, video = walk
    assert request.scene.robot is not None
    last = list(read_frames(video.path))[-1]
    mask = robot_pixels(video.camera, request.scene.robot)
    left, top, right, bottom = person_box(last, request)
    person = np.zeros_like(mask)
    person[max(top - 12, 0) : bottom + 25, max(left - 45, 0) : right + 45] = True
    rest = ~mask & ~person
    difference = cv2.absdiff(last, np.asarray(request.observation.rgb)).max(-1)
    assert difference[rest].mean() < 4
    # the manikin is nearly black; nothing that dark is left
    observed = request.observation.rgb[mask & ~person]
    assert (observed.max(-1) < 70).mean() > (last[mask & ~person].max(-1) < 70).mean() + 0.05


def test_equal_requests_give_equal_clips_and_seeds_differ(stand: Clip, tmp_path: Path) -> None:
    request, video = stand
    again = ProceduralVideoModel().imagine(request, tmp_path / "again.mp4")
    other = ProceduralVideoModel().imagine(dataclasses.replace(request, seed=request.seed + 1), tmp_path / "other.mp4")
    first = next(iter(read_frames(video.path)))
    assert np.array_equal(first, next(iter(read_frames(again.path))))
    assert again.frames == video.frames
    assert not np.array_equal(first, next(iter(read_frames(other.path))))


def test_progress_rises_to_one_and_may_interrupt(stand: Clip, tmp_path: Path) -> None:
    request, _ = stand
    seen: list[float] = []

    def stop(share: float) -> None:
        seen.append(share)
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ProceduralVideoModel().imagine(request, tmp_path / "a.mp4", stop)
    assert seen == sorted(seen)
    assert not list(tmp_path.iterdir())


def refused(request: ImagineRequest, tmp_path: Path) -> str:
    with pytest.raises(StageError) as caught:
        ProceduralVideoModel().imagine(request, tmp_path / "x.mp4")
    assert caught.value.stage == "imagine"
    assert not list(tmp_path.iterdir())
    return caught.value.code


def test_what_cannot_be_imagined_is_said(stand: Clip, tmp_path: Path) -> None:
    request, _ = stand
    scene = request.scene
    assert (
        refused(dataclasses.replace(request, scene=dataclasses.replace(scene, robot=None)), tmp_path)
        == "robot_not_seen"
    )
    assert refused(dataclasses.replace(request, actions=()), tmp_path) == "no_actions"
    behind = scene.camera.position[:2] + 1.0 * (scene.camera.position[:2] - scene.robot.xy) / 4  # type: ignore[union-attr]
    far = (Action("walk", "walks away", goal=Pose2D(float(behind[0]), float(behind[1]), 0.0)),)
    assert refused(dataclasses.replace(request, actions=far), tmp_path) == "out_of_view"


def test_a_tall_person_is_not_cast_where_the_camera_cuts_heads(tmp_path: Path) -> None:
    scene, observation = furnished_room(703)
    assert scene.robot is not None
    low = Camera.looking_at(
        np.array([scene.robot.x, scene.robot.y - 2.35, 0.9]),
        np.array([scene.robot.x, scene.robot.y, 0.84]),
        46,
        (640, 480),
    )
    blind = dataclasses.replace(observation, camera=low, depth=np.zeros((480, 640), np.float32))
    empty = dataclasses.replace(scene, objects=(), camera=low)
    wave = (Action("stand", "stands", 0.2),)
    heads = []
    for seed in range(2):
        try:
            video = ProceduralVideoModel().imagine(
                ImagineRequest(empty, blind, wave, "", seed, 10), tmp_path / f"{seed}.mp4"
            )
        except StageError as error:
            assert error.code == "out_of_view"
            continue
        frame = next(iter(read_frames(video.path)))
        heads.append(int(cv2.absdiff(frame, empty_room(empty, blind).rgb).max(-1)[:3].max()))
    assert heads
    assert max(heads) < 40
