"""A run as one moving picture: what was imagined beside what was done, step after step."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from agent.journal import read_events
from agent.plan import Subtask
from agent.run_folder import read_job
from exoactor.files import atomic_path
from exoactor.formats.video import probe, read_frames
from exoactor.types import Array, ConfigError

FPS = 8
WIDTH = 400
"""Of each of the two pictures [px]."""
BAR = 34
"""Height of the caption [px]."""
PERFORMED_SPEED = 1.6
"""The robot is shown this much faster than it moved, so that both pictures end together more or less."""


def animate(run_dir: Path, out: Path) -> None:
    """Write the last attempt of every step as an animated WebP or GIF.

    Args:
        run_dir: a run folder with at least one performed attempt.
        out: file ending in .webp or .gif.

    Raises:
        ConfigError: another ending, not a run folder, or nothing was performed.
    """
    if out.suffix not in (".webp", ".gif"):
        raise ConfigError(f"{out}: an ending of .webp or .gif is wanted for a moving picture")
    read_job(run_dir)
    frames: list[Array] = []
    for attempt, caption in performed_attempts(run_dir):
        frames += _step(run_dir / attempt, caption)
    if not frames:
        raise ConfigError(f"{run_dir}: no attempt in it was performed")
    animation = cv2.Animation()
    animation.frames = [np.ascontiguousarray(f[..., ::-1]) for f in frames]
    animation.durations = [1000 // FPS] * len(frames)
    animation.loop_count = 0
    with atomic_path(out) as temporary:
        if not cv2.imwriteanimation(str(temporary), animation, [cv2.IMWRITE_WEBP_QUALITY, 55]):
            raise ConfigError(f"{out}: this build of OpenCV cannot write {out.suffix} animations")


def performed_attempts(run_dir: Path) -> list[tuple[str, str]]:
    """Name and caption of the last performed attempt of each step, in order."""
    events = list(read_events(run_dir / "journal.jsonl"))
    plans = [e["plan"] for e in events if e["event"] == "planned" and e["status"] == "ok"]
    if not plans:
        return []
    last: dict[str, str] = {}
    for event in events:
        if event["event"] == "motion_finished":
            last[str(event["attempt"]).split("/")[1]] = str(event["attempt"])
    steps = {int(name.split("-")[0]): attempt for name, attempt in last.items()}
    return [
        (steps[entry["id"]], f"{i + 1}. {Subtask.from_json(entry)}")
        for i, entry in enumerate(plans[-1])
        if entry["id"] in steps
    ]


def _step(folder: Path, caption: str) -> list[Array]:
    imagined = _sampled(folder / "imagined.mp4", FPS)
    performed = _sampled(folder / "rollout.mp4", FPS / PERFORMED_SPEED)
    count = max(len(imagined), len(performed))
    return [
        _beside(imagined[min(i, len(imagined) - 1)], performed[min(i, len(performed) - 1)], caption)
        for i in range(count)
    ]


def _sampled(video: Path, fps: float) -> list[Array]:
    info = probe(video)
    wanted = set(np.round(np.arange(0, info.seconds, 1 / fps) * info.fps).astype(int).tolist())
    height = round(WIDTH * info.height / info.width)
    return [
        cv2.resize(frame, (WIDTH, height), interpolation=cv2.INTER_AREA)
        for i, frame in enumerate(read_frames(video))
        if i in wanted
    ]


def _beside(left: Array, right: Array, caption: str) -> Array:
    picture = np.hstack([left, right])
    bar = np.full((BAR, picture.shape[1], 3), 24, np.uint8)
    for text, x in ((f"{caption}   imagined", 10), ("performed", WIDTH + 10)):
        cv2.putText(bar, text, (x, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (235, 235, 235), 1, cv2.LINE_AA)
    return np.vstack([bar, picture])
