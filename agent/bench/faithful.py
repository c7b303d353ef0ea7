"""`exoactor bench faithful`: the video decides. The robot gets the video of another subtask than was asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import skills
from exoactor import attempt
from exoactor.bench.runner import Bench, Record, Table, share
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import ExoActorError
from exoactor.world.scene_file import load_scene
from exoactor.world.truth import TruthTrack, happened, true_objects

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


def cases(trials: int | None, seed: int) -> list[Record]:
    """Every swap with two seeds."""
    every = [(swap, seed + k) for k in (0, 1) for swap in SWAPS]
    return [
        {"id": f"{scene}/{asked}/{shown}/{s}", "scene": scene, "asked": asked, "shown": shown, "seed": s}
        for (scene, asked, shown), s in every[: trials or None]
    ]


def trial(case: Record) -> Record:
    """Imagine what was not asked for, perform it with the gates off, and see in truth which of both happened."""
    spec = load_scene(case["scene"])
    pipeline = SimPipeline(spec, seed=case["seed"], cfg=PipelineCfg(gates=False, record=False))
    folder = Path(tempfile.mkdtemp(prefix="exoactor-faithful-"))
    try:
        scene = pipeline.observe(folder)
        shown_skill, shown_args = _parse(case["shown"])
        asked_skill, asked_args = _parse(case["asked"])
        pipeline.imagine(folder, scene, shown_skill.actions(scene, shown_args), case["seed"])
        pipeline.estimate(folder)
        grounding = pipeline.ground(folder)
        pipeline.retarget(folder)
        report = pipeline.track(folder)
        with np.load(folder / attempt.TRUTH_TRACK) as data:
            recorded = TruthTrack.from_arrays(dict(data))
        objects = true_objects(pipeline.robot)
        return {
            "stopped": None,
            "followed": happened(shown_skill.expectation(shown_args), recorded, objects)["true"],
            "did_as_asked": happened(asked_skill.expectation(asked_args), recorded, objects)["true"],
            "target": grounding["target"],
            "fell": report["fell"],
        }
    except ExoActorError as error:
        return {"stopped": str(error), "followed": False, "did_as_asked": False, "target": None, "fell": False}
    finally:
        pipeline.close()
        shutil.rmtree(folder, ignore_errors=True)


def summarize(records: Sequence[Record]) -> Table:
    """How often the video was followed, and how often the command was carried out in spite of it."""
    n = len(records)
    counts = {
        "followed the video": sum(r["followed"] for r in records),
        "did what was asked instead": sum(r["did_as_asked"] and not r["followed"] for r in records),
        "stopped with a reason": sum(r["stopped"] is not None for r in records),
    }
    rows = tuple((name, share(k, n)) for name, k in counts.items())
    return Table("handed the video of another subtask, gates off", ("what", "share"), rows, {**counts, "n": n})


def _parse(text: str) -> tuple[skills.Skill, dict[str, object]]:
    """A skill and its arguments from "walk_to table" or "wave left"."""
    name, *rest = text.split()
    if not rest:
        return skills.get(name), {}
    return skills.get(name), {"side" if rest[0] in ("left", "right") else "target": rest[0]}


BENCH = Bench("faithful", "the robot does what the video shows, not what was asked for", cases, trial, summarize)
