"""report.html: one page that holds everything a person needs to judge a run, videos included."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent.journal import Event, read_events
from agent.live import beside, measured, sentence, told
from agent.plan import Subtask
from agent.remembered import in_words
from agent.run_folder import read_job
from agent.summary import attempts_of, summarize
from exoactor.files import write_text
from exoactor.types import ConfigError

MAX_EMBEDDED = 30_000_000
"""A file beyond this is named, not embedded [bytes]."""
_TYPES = {".mp4": "video/mp4", ".png": "image/png", ".jpg": "image/jpeg"}
_STAGES = ("observe", "imagine", "gate", "estimate", "ground", "retarget", "track", "check")


def write_report(run_dir: Path, out: Path | None = None) -> Path:
    """Write the page, for a run that is finished or not.

    Args:
        run_dir: run folder.
        out: report.html in it by default.

    Raises:
        ConfigError: not a run folder, or `out` is a folder.
    """
    path = out or run_dir / "report.html"
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; a file name is wanted")
    write_text(path, page(run_dir))
    return path


def page(run_dir: Path, *, embed: bool = True, truth: bool = True) -> str:
    """The page as HTML.

    Args:
        run_dir: run folder.
        embed: pictures and videos are in it; otherwise they are links to their files.
        truth: it shows what the simulator knows besides.

    Raises:
        ConfigError: not a run folder.
    """
    environment = Environment(loader=PackageLoader("agent", "."), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("report.html.j2").render(**contents(run_dir, embed, truth))


def contents(run_dir: Path, embed: bool = True, truth: bool = True) -> dict[str, Any]:
    """What the template shows; the arguments are those of `page`."""
    job = read_job(run_dir)
    summary = summarize(run_dir)
    events = list(read_events(run_dir / "journal.jsonl"))
    began = events[0]["time"] if events else 0.0
    seconds = summary["seconds"]
    return {
        "job": job,
        "summary": summary,
        "stages": [s for s in _STAGES if s in seconds],
        "total": sum(seconds.values()),
        "total_cpu": sum(summary["cpu_seconds"].values()),
        "started": time.strftime("%Y-%m-%d %H:%M", time.localtime(began)) if events else "not started",
        "steps": [_step(run_dir, entry, events, _embedded if embed else _linked, truth) for entry in _entries(events)],
        "remembered": [in_words(way) for e in events if e["event"] == "remembered" for way in e["ways"]],
        "journal": [
            {
                "at": f"{e['time'] - began:.1f}",
                "event": e["event"].replace("_", " "),
                "text": sentence(e).strip() or str(e.get("attempt", "")),
            }
            for e in events
        ],
    }


def _entries(events: list[Event]) -> list[dict[str, Any]]:
    """Every step that any plan had and that was tried or is still planned, in order of its id."""
    plans = [e["plan"] for e in events if e["event"] == "planned" and e["status"] == "ok"]
    current = {p["id"] for p in plans[-1]} if plans else set()
    tried = {e["attempt"] for e in events if str(e.get("attempt", "")).startswith("subtasks/")}
    every = {p["id"]: p for plan in plans for p in plan}
    begun = {int(name.split("/")[1].split("-")[0]) for name in tried}
    return [{**p, "replaced": i not in current} for i, p in sorted(every.items()) if i in current | begun]


def _step(
    run_dir: Path, entry: dict[str, Any], events: list[Event], shown: Callable[[Path], str], truth: bool
) -> dict[str, Any]:
    attempts = [_attempt(run_dir, name, events, shown, truth) for name in attempts_of(run_dir, entry, events)]
    subtask = Subtask.from_json(entry)
    return {
        "id": entry["id"],
        "title": str(subtask),
        "because": subtask.because,
        "replaced": entry["replaced"],
        "attempts": attempts,
        "outcome": attempts[-1]["outcome"] if attempts else "planned",
    }


def _attempt(
    run_dir: Path, name: str, events: list[Event], shown: Callable[[Path], str], with_truth: bool
) -> dict[str, Any]:
    folder = run_dir / name
    own = [e for e in events if e.get("attempt") == name]
    stages = [e for e in own if e["event"] in ("stage_finished", "stage_failed")]
    failed = [e["result"] for e in stages[-1:] if e["event"] == "stage_failed"]
    checks = [e for e in stages if e["event"] == "stage_finished" and e["stage"] == "check"]
    decided = [e for e in own if e["event"] == "decided"]
    by_word = [e for e in own if e["event"] == "by_word"]
    outcome, says = "unfinished", "not finished"
    if checks:
        outcome, says = checks[-1]["verdict"]["outcome"], measured(checks[-1]["verdict"])
    if failed:
        outcome, says = "error", f"{failed[-1]['stage']} failed: {failed[-1]['code'].replace('_', ' ')}"
    elif decided and decided[-1]["result"]["kind"] == "interrupted":
        outcome, says = "interrupted", "the motion was cut off"
    truth, imagined = folder / "truth.json", folder / "imagined.json"
    said = json.loads(imagined.read_text()) if imagined.exists() else {}
    return {
        "number": name.rsplit("-", 1)[1],
        "folder": name,
        "outcome": outcome,
        "says": says,
        "hint": failed[-1]["hint"] if failed else "",
        "decision": "; ".join([f"{e['do']}: {e['why']}" for e in decided[-1:]] + [sentence(e) for e in by_word]),
        "prompt": said.get("prompt", ""),
        "worded_by": said.get("wording", {}).get("by", "skill"),
        "observation": shown(folder / "observation.png"),
        "imagined": shown(folder / "imagined.mp4"),
        "performed": shown(folder / "rollout.mp4"),
        "moved": (folder / "rollout.npz").exists(),
        "evidence": [e for e in map(shown, sorted(folder.glob("evidence-*.png"))) if e],
        "opinions": [o for o in (_opinion(folder, f"model-{name}.json", shown) for name in ("gate", "check")) if o],
        "seconds": [(e["stage"], f"{e['seconds']:.1f}") for e in stages],
        "truth": json.loads(truth.read_text()) if with_truth and truth.exists() else None,
    }


def _opinion(folder: Path, name: str, shown: Callable[[Path], str]) -> dict[str, Any] | None:
    """What a model said of a video or an outcome, and the pictures that it was shown."""
    if not (folder / name).exists():
        return None
    written = json.loads((folder / name).read_text())
    return {
        "about": "the video" if name == "model-gate.json" else "the outcome",
        "flag": beside(written).removeprefix("; model "),
        "answers": [("doubted: " if a["turned"] else "") + told(a) for a in written["answers"]],
        "pictures": [e for e in (shown(folder / picture) for picture in written["asked"]["pictures"]) if e],
    }


def _embedded(path: Path) -> str:
    """The file as a data URL; "" when it is missing, empty or too large to embed."""
    if not path.is_file() or not 0 < path.stat().st_size <= MAX_EMBEDDED:
        return ""
    return f"data:{_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _linked(path: Path) -> str:
    """A link to the file; "" when it is missing or empty."""
    return path.resolve().as_uri() if path.is_file() and path.stat().st_size else ""
