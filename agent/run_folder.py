"""The folder of one run: its job, journal, checkpoints, attempts; held by one process at a time."""

from __future__ import annotations

import hashlib
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from agent.journal import Journal
from exoactor.bench.runner import versions
from exoactor.files import write_json, write_text
from exoactor.types import ConfigError

FORMAT = 1
STANDING = "standing.json"
"""What the folder of a standing goal has in place of job.json."""


def prompt_hashes() -> dict[str, str]:
    """sha256 of each packaged prompt template, so that a run says which words were used."""
    spec = find_spec("prompts")
    folders = [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    files = sorted({f for folder in folders if folder.is_dir() for f in folder.glob("*.j2")})
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


@dataclass(frozen=True)
class Job:
    """What was asked for; written once, before anything starts.

    Args:
        instruction: as said.
        scene: name of a bundled scene, or path of a scene file.
        seed: first seed; every attempt's own seed follows from it.
        open_loop: one attempt each, verdicts decide nothing.
        faults: planted faults, as given.
        config: resolved configuration of planner, budgets and pipeline.
        versions: of the packages the result depends on.
        prompts: sha256 of each prompt template.
        format: of the folder.
    """

    instruction: str
    scene: str
    seed: int
    open_loop: bool = False
    faults: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=versions)
    prompts: dict[str, str] = field(default_factory=prompt_hashes)
    format: int = FORMAT


def lock(path: Path, what: str = "it") -> FileLock:
    """Hold a folder for this process.

    Args:
        path: of the folder.
        what: it is, for a person.

    Raises:
        ConfigError: another one works on it.
    """
    path.mkdir(parents=True, exist_ok=True)
    held = FileLock(path / ".lock")
    try:
        held.acquire(timeout=0)
    except Timeout:
        raise ConfigError(f"{path}: another process works on {what}. Wait for it, or end it first.") from None
    return held


class RunFolder:
    """A run folder, locked by this process until `close`.

    Args:
        path: existing run folder; use `create` for a new one.

    Raises:
        ConfigError: not a run folder, damaged, of another format, or in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.job = read_job(self.path)
        self._lock = lock(self.path, "this run")
        self.journal = Journal(self.path / "journal.jsonl")

    @classmethod
    def create(cls, job: Job, out: Path | None = None, files: Mapping[str, str] | None = None) -> RunFolder:
        """Make the folder and write job.json.

        Args:
            job: what to do.
            out: the folder, empty or not there yet; None makes one under runs/.
            files: further texts by name, written before job.json ("scene.yaml", so that the run needs no other file).

        Raises:
            ConfigError: `out` is a file, or holds something.
        """
        path = out or Path("runs") / new_id(job.instruction)
        check_new(path)
        path.mkdir(parents=True, exist_ok=True)
        for name, text in (files or {}).items():
            write_text(path / name, text)
        write_json(path / "job.json", asdict(job))
        return cls(path)

    @property
    def world(self) -> Path:
        """Snapshot of the simulated world."""
        return self.path / "world.npz"

    @property
    def state(self) -> Path:
        """Checkpoints of the graph."""
        return self.path / "state.sqlite"

    def attempt(self, subtask: int, skill: str, attempt: int) -> Path:
        """Folder of an attempt, made when missing; both numbers count from 1."""
        path = self.path / attempt_name(subtask, skill, attempt)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        """Let other processes have it."""
        self._lock.release()


def attempt_name(subtask: int, skill: str, attempt: int) -> str:
    """Path of an attempt inside the run folder."""
    return f"subtasks/{subtask:02d}-{skill}/attempt-{attempt}"


def check_new(path: Path) -> None:
    """Refuse a place where a new run cannot go.

    Raises:
        ConfigError: it is a file, or a folder with something in it.
    """
    if path.exists() and not path.is_dir():
        raise ConfigError(f"{path} is a file; a folder is wanted for the run")
    if path.is_dir() and any(path.iterdir()):
        hint = (
            f"exoactor resume {path}"
            if any((path / f).exists() for f in ("job.json", STANDING))
            else "choose another --out"
        )
        raise ConfigError(f"{path} is not empty, and a run is never written over. Do: {hint}")
    for parent in path.parents:
        if parent.exists():
            if not parent.is_dir():
                raise ConfigError(f"{parent} is a file; a folder is wanted there")
            break


def new_id(instruction: str) -> str:
    """A folder name that sorts by time and says what it is about."""
    slug = re.sub(r"[^a-z0-9]+", "-", instruction.lower()).strip("-")[:32].strip("-")
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{slug or 'run'}-{uuid.uuid4().hex[:4]}"


def read_job(path: Path) -> Job:
    """The job of a run folder.

    Raises:
        ConfigError: not a run folder, damaged, or of another format.
    """
    if path.exists() and not path.is_dir():
        raise ConfigError(f"{path} is a file; a run folder (with job.json in it) is wanted")
    try:
        data = json.loads((path / "job.json").read_text())
        job = Job(**{**data, "faults": tuple(data["faults"])})
    except FileNotFoundError:
        raise ConfigError(f"{path} is not a run folder: it has no job.json") from None
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise ConfigError(f"{path / 'job.json'} is damaged: {error}") from error
    if job.format != FORMAT:
        raise ConfigError(f"{path}: run folder of format {job.format}, this version reads {FORMAT}")
    return job
