"""`exoactor bench faithful`: the video decides. The robot gets another video than that of what was asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import skills
from exoactor import attempt
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.formats.robot_motion import load_robot
from exoactor.formats.video import probe, read_frames, write_mp4
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import ExoActorError
from exoactor.world.happened import happened
from exoactor.world.scene_file import load_scene
from exoactor.world.truth import TruthTrack, true_objects

SWAPS = (
    ("living_room", "walk_to table", "walk_to chair"),
    ("living_room", "walk_to chair", "walk_to table"),
    ("living_room", "wave", "point_at table"),
    ("living_room", "turn_to door", "walk_to table"),
    ("living_room", "point_at chair", "wave"),
    ("living_room", "walk_to table", "turn_to door"),
    ("living_room", "wave left", "wave right"),
    ("living_room", "walk_around chair", "walk_to table"),
    ("living_room", "turn_to door", "turn_to chair"),
    ("living_room", "point_at table", "point_at chair"),
)
"""Scene, what was asked for, what the video shows; each with two seeds."""

HANDS = (
    ("depot", "lift box", "walk_to bench"),
    ("depot", "walk_to bench", "lift box"),
    ("depot", "wave", "lift box"),
    ("depot", "lift box", "lift drum"),
    ("depot", "lift drum", "lift box"),
    ("pantry", "pick red_bottle", "pick green_can"),
    ("pantry", "walk_to bin", "pick red_bottle"),
    ("pantry", "pick red_bottle", "wave"),
)
"""The same of what hands do."""

CHANGES = (
    ("pantry", "pick red_bottle", "left hand"),
    ("pantry", "pick green_can", "left hand"),
    ("living_room", "wave", "half speed"),
    ("living_room", "walk_to table", "half speed"),
    ("depot", "lift box", "half speed"),
    ("living_room", "wave right", "mirrored"),
    ("living_room", "walk_to chair", "mirrored"),
    ("depot", "lift box", "mirrored"),
)
"""Scene, what was asked for, and how the video of it is changed."""

SLOWER = 1.25
"""A robot that follows a video at half speed takes at least so many times as long; it walks and lifts no faster than it
can, so that its own time does not double."""


def cases(trials: int | None, seed: int) -> list[Record]:
    """Every swap and every change with two seeds."""
    every = [(*swap, "", k) for k in (0, 1) for swap in (*SWAPS, *HANDS)]
    every += [(scene, asked, asked, change, k) for k in (0, 1) for scene, asked, change in CHANGES]
    return [
        {
            "id": f"{scene}/{asked}/{shown}/{change or 'as it is'}/{seed + k}",
            "scene": scene,
            "asked": asked,
            "shown": shown,
            "change": change,
            "seed": seed + k,
        }
        for scene, asked, shown, change, k in every[: trials or None]
    ]


def trial(case: Record) -> Record:
    """Perform another video than the one asked for with the gates off, and see in truth which of both happened."""
    result = _performed(case, case["change"])
    if case["change"] == "half speed":
        result["seconds_before"] = _performed(case, "")["seconds"]
        slower = (result["seconds"] or 0.0) >= SLOWER * (result["seconds_before"] or np.inf)
        result["did_as_asked"] = result["followed"] and not slower
        result["followed"] = result["followed"] and slower
    return result


def _performed(case: Record, change: str) -> Record:
    pipeline = SimPipeline(load_scene(case["scene"]), seed=case["seed"], cfg=PipelineCfg(gates=False, record=False))
    folder = Path(tempfile.mkdtemp(prefix="exoactor-faithful-"))
    shown_skill, shown_args = _parse(case["shown"])
    asked_skill, asked_args = _parse(case["asked"])
    shown, asked = shown_skill.expectation(shown_args), asked_skill.expectation(asked_args)
    nothing = {
        "stopped": None,
        "followed": False,
        "did_as_asked": False,
        "target": None,
        "fell": False,
        "seconds": None,
    }
    try:
        scene = pipeline.observe(folder)
        actions = shown_skill.actions(scene, shown_args)
        if change == "left hand":
            actions = tuple(replace(a, side="left") if a.side is not None else a for a in actions)
        pipeline.imagine(folder, scene, actions, case["seed"])
        _alter(folder / attempt.IMAGINED, change)
        pipeline.estimate(folder)
        grounding = pipeline.ground(folder)
        pipeline.retarget(folder)
        report = pipeline.track(folder)
        with np.load(folder / attempt.TRUTH_TRACK) as data:
            recorded = TruthTrack.from_arrays(dict(data))
        objects = true_objects(pipeline.robot)
        if change == "mirrored" and shown.side is not None:
            shown = replace(shown, side="left" if shown.side == "right" else "right")
        followed, as_asked = (happened(e, recorded, objects)["true"] for e in (shown, asked))
        if change == "left hand":
            hold = folder / attempt.ROBOT_HOLD
            hand = load_robot(hold).hand if hold.exists() else None
            left = hand is not None and hand.side == "left"
            followed, as_asked = followed and left, as_asked and not left
        elif change == "mirrored" and shown == asked:
            # a person in a mirrored room does nothing that could be followed in this one
            followed = False
        return {
            **nothing,
            "followed": followed,
            "did_as_asked": as_asked,
            "target": grounding["target"],
            "fell": report["fell"],
            "seconds": report["seconds"],
        }
    except ExoActorError as error:
        return {**nothing, "stopped": str(error)}
    finally:
        pipeline.close()
        shutil.rmtree(folder, ignore_errors=True)


def _alter(video: Path, change: str) -> None:
    """Rewrite a clip at half speed or mirrored; other changes are made before it is imagined."""
    if change not in ("half speed", "mirrored"):
        return
    frames, fps = list(read_frames(video)), probe(video).fps
    if change == "half speed":
        write_mp4(video, (frame for frame in frames for _ in (0, 1)), fps)
    else:
        write_mp4(video, (np.ascontiguousarray(frame[:, ::-1]) for frame in frames), fps)


def summarize(records: Sequence[Record]) -> Table:
    """How often the video was followed, and how often the command was carried out in spite of it."""
    hands = [f"{asked}/{shown}" for _, asked, shown in HANDS]
    groups = {
        "another subtask: walks and gestures": [
            r for r in records if not r["change"] and f"{r['asked']}/{r['shown']}" not in hands
        ],
        "another subtask: hands on things": [
            r for r in records if not r["change"] and f"{r['asked']}/{r['shown']}" in hands
        ],
        **{change: [r for r in records if r["change"] == change] for change in ("left hand", "half speed", "mirrored")},
    }
    rows, summary = [], {}
    for name, some in groups.items():
        if not some:
            continue
        counts = {
            "followed": sum(r["followed"] for r in some),
            "stopped": sum(r["stopped"] is not None for r in some),
            "as_asked": sum(r["did_as_asked"] and not r["followed"] for r in some),
            "n": len(some),
        }
        summary[name] = counts
        n = len(some)
        rows.append((name, *(share(counts[key], n) for key in ("followed", "stopped", "as_asked"))))
    columns = ("the video", "was followed", "stopped with a reason", "did what was asked instead")
    return Table("handed another video than asked for, gates off", columns, tuple(rows), summary)


def _parse(text: str) -> tuple[skills.Skill, dict[str, object]]:
    """A skill and its arguments from "walk_to table" or "wave left"."""
    name, *rest = text.split()
    skill = skills.get(name)
    if not rest:
        return skill, {}
    return skill, {"side" if rest[0] in ("left", "right") else skill.arguments[0].name: rest[0]}


BENCH = Bench(
    "faithful",
    "the robot does what the video shows, not what was asked for, and as it shows it",
    cases,
    trial,
    summarize,
)
