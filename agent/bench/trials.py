"""One instruction run in a fresh world, and what truth says of it; shared by the benchmarks of the loop."""

from __future__ import annotations

import json
import resource
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from agent.journal import read_events
from agent.loop import work
from agent.plan import Planner
from agent.planner import DeterministicPlanner
from agent.run_folder import Job, RunFolder
from agent.session import Session
from exoactor import attempt as attempt_files
from exoactor.bench.runner import Record, share
from exoactor.formats.video import probe
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap
from exoactor.world.faults import parse_faults
from exoactor.world.scene_file import load_scene
from skills.walk_to import stance_at

_MORE = ("contact_m", "touched_s", "shift_m", "clean", "press_n", "press_most_n")
"""What truth says of some kinds beside "true" and "measured"."""


def instructions(part: str) -> list[Record]:
    """The committed instructions of one part, "open", "sealed", "horizon" or "planner": id, scene, say, ends."""
    return committed(f"instructions_{part}.yaml")


def committed(name: str) -> list[Record]:
    """What stands in a file beside this one."""
    return list(yaml.safe_load(Path(__file__).with_name(name).read_text()))


def run_instruction(
    say: str,
    scene: str,
    seed: int,
    *,
    closed_loop: bool = True,
    faults: Sequence[str] = (),
    planner: Planner | None = None,
    record: bool = False,
    keep: Path | None = None,
) -> Record:
    """Run one instruction to its end and gather what benchmarks need.

    Args:
        say: the instruction.
        scene: bundled scene.
        seed: of sensors and imagined people.
        closed_loop: False is the paper's way.
        faults: to plant.
        planner: the parser alone by default.
        record: write the performed video too; it costs more than everything else while the robot moves.
        keep: folder for the run; by default it is thrown away.

    Returns:
        status, reason, attempts (in order: skill, args, outcome, code, truth, seconds, stance error), CPU seconds
        per stage, seconds of imagined and performed video, peak memory.
    """
    spec = load_scene(scene)
    folder = keep or Path(tempfile.mkdtemp(prefix="exoactor-bench-"))
    pipeline = SimPipeline(spec, seed=seed, cfg=PipelineCfg(closed_loop=closed_loop, record=record))
    run = RunFolder.create(Job(say, scene, seed, open_loop=not closed_loop, faults=tuple(faults)), folder)
    try:
        session = Session(run, pipeline, planner or DeterministicPlanner(), faults=parse_faults(faults, spec))
        summary = work(session)
        return {
            "status": summary["status"],
            "reason": summary["reason"],
            "replans": summary["replans"],
            "attempts": attempts(run.path, scene),
            "cpu_stage_s": summary["cpu_seconds"],
            "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        }
    finally:
        pipeline.close()
        run.close()
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def run_in_room(say: str, room: str, seed: int, *, closed_loop: bool = True, faults: Sequence[str] = ()) -> Record:
    """`run_instruction` in a room of its own.

    Args:
        say: the instruction.
        room: the scene, as YAML.
        seed: of sensors and imagined people.
        closed_loop: False is the paper's way.
        faults: to plant.
    """
    with tempfile.TemporaryDirectory(prefix="exoactor-room-") as folder:
        scene = Path(folder) / "scene.yaml"
        scene.write_text(room)
        return run_instruction(say, str(scene), seed, closed_loop=closed_loop, faults=faults)


def attempts(run_dir: Path, scene: str) -> list[Record]:
    """Every attempt of a run in the order in which they were made."""
    events = list(read_events(run_dir / "journal.jsonl"))
    found: dict[str, Record] = {}
    for event in events:
        name = event.get("attempt")
        if not isinstance(name, str):
            continue
        record = found.setdefault(name, {"attempt": name, "outcome": None, "code": None, "stage": None})
        if event["event"] == "stage_finished" and event["stage"] == "check":
            record.update(outcome=event["verdict"]["outcome"], code=event["verdict"]["code"], stage="check")
        if event["event"] == "stage_failed":
            record.update(outcome="error", code=event["result"]["code"], stage=event["result"]["stage"])
        if event["event"] == "motion_finished":
            record.update(seconds=event["seconds"], fell=event["fell"])
    for name, record in found.items():
        folder = run_dir / name
        record["skill"] = name.split("/")[1].split("-", 1)[1]
        if (folder / attempt_files.IMAGINED).exists():
            record["imagined_s"] = round(probe(folder / attempt_files.IMAGINED).seconds, 2)
        if (folder / attempt_files.TRUTH).exists():
            truth = json.loads((folder / attempt_files.TRUTH).read_text())
            record["truth"], record["measured"] = truth["true"], truth["measured"]
            record["expected"] = [truth["expected"].get(k) for k in ("kind", "target", "side", "on")]
            record.update({key: truth[key] for key in _MORE if key in truth})
            if truth["expected"]["kind"] == "at":
                record.update(stance_error(truth, scene))
    return list(found.values())


def stance_error(truth: dict[str, Any], scene: str) -> dict[str, float]:
    """How far the robot ended from the stance that the rule gives for the true scene at the attempt's start.

    Returns:
        {"stance_m", "stance_deg", "walked_m", "turned_deg"}: the last the turns onto the way and at its end, as if the
        way were straight; empty when the rule has no free place.
    """
    spec = load_scene(scene)
    things = tuple(
        SceneObject(item, np.array(truth["objects"][item.id][:3]), truth["objects"][item.id][3], 1.0)
        for item in spec.catalogue()
    )
    true_scene = Scene(things, Pose2D(*truth["start"]), 1.0, spec.camera)
    try:
        stance = stance_at(true_scene, truth["expected"]["target"])
    except StageError:
        return {}
    x, y, yaw = truth["robot"]
    start_x, start_y, start_yaw = truth["start"]
    course = float(np.arctan2(y - start_y, x - start_x))
    return {
        "stance_m": float(np.hypot(x - stance.x, y - stance.y)),
        "stance_deg": float(np.degrees(abs(wrap(yaw - stance.yaw)))),
        "walked_m": float(np.hypot(x - start_x, y - start_y)),
        "turned_deg": float(np.degrees(abs(wrap(course - start_yaw)) + abs(wrap(yaw - course)))),
    }


def really_achieved(expect: Sequence[Sequence[str]], made: Sequence[Record]) -> bool:
    """Whether the expected events truly happened in their order, and no other gesture or round than those."""
    wanted = [(e[0], *_named(e)) for e in expect]
    done = 0
    for attempt in made:
        if not attempt.get("truth"):
            continue
        kind, target, side, on = (*attempt["expected"], None)[:4]
        if done < len(wanted):
            want_kind, want_target, want_side, want_on = wanted[done]
            if (kind, target) == (want_kind, want_target) and want_side in (None, side) and want_on in (None, on):
                done += 1
                if kind == "at" and done < len(wanted) and wanted[done][:2] == ("facing", target):
                    done += 1  # "at" is only true of a robot that faces the thing
                continue
        if kind in ("waved", "pointing", "circled") and (kind, target) not in [(w[0], w[1]) for w in wanted]:
            return False
    return done == len(wanted)


def _named(event: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """Target, side and what the target is brought to."""
    side = next((e for e in event[1:] if e in ("left", "right")), None)
    target, on = ([e for e in event[1:] if e not in ("left", "right")] + [None, None])[:2]
    return target, side, on


SKILL_COLUMNS = (
    "skill", "first attempt", "within three attempts", "said done but was not", "falls", "robot's time [s]",
)  # fmt: skip
"""Of the rows that `skill_row` makes."""


def whole_row(records: Sequence[Record], name: str) -> tuple[tuple[str, ...], list[int]]:
    """How many runs were achieved: a row of `SKILL_COLUMNS`, and the same as numbers."""
    whole = sum(r["status"] == "achieved" for r in records)
    return (name, "", share(whole, len(records)), "", "", ""), [whole, len(records)]


def skill_row(records: Sequence[Record], skill: str, name: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """How one skill went over some runs: a row of `SKILL_COLUMNS`, and the same as numbers.

    Args:
        records: of the runs.
        skill: its name.
        name: of the row.
    """
    tried = [[a for a in r["attempts"] if a["skill"] == skill] for r in records]
    tried = [attempts for attempts in tried if attempts]
    judged = [a for attempts in tried for a in attempts if a["outcome"] == "done"]
    seconds = [a["seconds"] for attempts in tried for a in attempts if a.get("seconds")]
    found = {
        "first": sum(bool(attempts[0].get("truth")) for attempts in tried),
        "done": sum(any(a.get("truth") for a in attempts) for attempts in tried),
        "n": len(tried),
        "wrong": sum(not a.get("truth") for a in judged),
        "judged": len(judged),
        "falls": sum(bool(a.get("fell")) for attempts in tried for a in attempts),
    }
    row = (
        name,
        share(found["first"], found["n"]),
        share(found["done"], found["n"]),
        f"{found['wrong']}/{found['judged']}",
        str(found["falls"]),
        f"{np.median(seconds):.1f}" if seconds else "-",
    )
    return row, found
