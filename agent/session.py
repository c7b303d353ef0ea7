"""One process at work on one run: the pipeline, the journal, who watches, and whether to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol

from agent.approval import Approval
from agent.decide import Budgets
from agent.journal import Event, fields, stage_seconds
from agent.memory import FILE as MEMORY
from agent.memory import Memory
from agent.models.calls import Calls
from agent.models.spent import CALLED
from agent.plan import Planner
from agent.run_folder import RunFolder
from exoactor.bench.runner import cpu_seconds
from exoactor.files import write_json
from exoactor.types import Action, Catalogue, Expectation, GateResult, Interrupted, Scene, Verdict, Wording
from exoactor.types.protocols import Progress
from exoactor.world.faults import Fault

if TYPE_CHECKING:
    from agent.eyes import Eyes


class Pipeline(Protocol):
    """The stages, each leaving its result in the attempt's folder (`exoactor.pipeline.SimPipeline` is one)."""

    catalogue: Catalogue
    autosave: Path | None

    def observe(self, folder: Path) -> Scene:
        """Look and perceive."""
        ...

    def imagine(
        self,
        folder: Path,
        scene: Scene,
        actions: Sequence[Action],
        seed: int,
        progress: Progress | None = None,
        wording: Wording | None = None,
    ) -> Path:
        """Imagine the action chain as a video, in these words where the video model reads."""
        ...

    def gate(self, folder: Path) -> list[GateResult]:
        """Check the video."""
        ...

    def estimate(self, folder: Path, progress: Progress | None = None) -> None:
        """Estimate the person's motion from the video."""
        ...

    def ground(self, folder: Path, expectation: Expectation | None = None) -> dict[str, Any]:
        """Put the motion where things are now; a video that does not show what is expected at all is refused."""
        ...

    def retarget(self, folder: Path) -> None:
        """Map it onto the robot."""
        ...

    def track(
        self, folder: Path, should_stop: Callable[[], bool] = ..., progress: Progress | None = None
    ) -> dict[str, Any]:
        """Perform it."""
        ...

    def check(self, folder: Path, expectation: Expectation) -> Verdict:
        """Look at the outcome."""
        ...

    def arm(self, faults: Sequence[Fault]) -> None:
        """Plant faults in the coming attempt."""
        ...

    def save_world(self, path: Path) -> None:
        """Save the simulated world."""
        ...

    def load_world(self, path: Path) -> None:
        """Go on in a saved world."""
        ...

    def disturb(self, fault: Fault) -> None:
        """Somebody does this to the world now."""
        ...

    def wait(self, seconds: float) -> None:
        """Let time pass while the robot stays as it is [s]."""
        ...

    @property
    def holding(self) -> str | None:
        """Id of what is in the robot's hands as it was last seen, or None."""
        ...

    @property
    def seat(self) -> str | None:
        """Id of what the robot sits on, or None when it stands."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


class Watcher(Protocol):
    """Is shown what happens; a live view, or nothing."""

    def event(self, event: Event) -> None:
        """A journal event was written."""
        ...

    def progress(self, stage: str, fraction: float) -> None:
        """A stage got this far, 0..1."""
        ...


class Silent:
    """Watches nothing."""

    def event(self, event: Event) -> None:
        """Ignored."""

    def progress(self, stage: str, fraction: float) -> None:
        """Ignored."""


class Stop:
    """Whether the user asked to stop; Ctrl-C and SIGTERM set it, a second Ctrl-C stops at once."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Stop as soon as the robot can be left standing."""
        self._asked.set()

    def asked(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set()

    def check(self) -> None:
        """Raise `Interrupted` if asked to stop."""
        if self.asked():
            raise Interrupted("stopped by the user")

    @contextmanager
    def on_signals(self) -> Iterator[Stop]:
        """Listen to SIGINT and SIGTERM inside the block (main thread only)."""

        def handler(number: int, frame: FrameType | None) -> None:
            if self.asked():
                raise KeyboardInterrupt
            self.ask()

        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        old = {s: signal.signal(s, handler) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, previous in old.items():
                signal.signal(number, previous)


@dataclass
class Session:
    """What the nodes of the graph work with; not part of its state.

    Args:
        run: the folder, locked.
        pipeline: the stages.
        planner: words to subtasks.
        budgets: limits.
        faults: to plant, each with subtask and attempt.
        watcher: live view.
        stop: whether to stop.
        must_look: this process took up a run in the middle and has not yet looked at the world.
        living: the pipeline's world is the one that the run was left in, and is not loaded again.
        mentioned: ids of things that were spoken of before this run, the last of them last.
        approval: what a person wants to be asked about.
        eyes: a model that is shown pictures of outcomes and of imagined videos, or None.
        memory_file: of what was tried and what worked; one in the run's folder by default.

    Raises:
        ConfigError: the memory cannot be used.
    """

    run: RunFolder
    pipeline: Pipeline
    planner: Planner
    budgets: Budgets = field(default_factory=Budgets)
    faults: tuple[Fault, ...] = ()
    watcher: Watcher = field(default_factory=Silent)
    stop: Stop = field(default_factory=Stop)
    must_look: bool = False
    living: bool = False
    mentioned: tuple[str, ...] = ()
    approval: Approval = field(default_factory=Approval)
    eyes: Eyes | None = None
    memory_file: Path | None = None

    def __post_init__(self) -> None:
        self.memory = Memory(self.memory_file or self.run.path / MEMORY)

    def emit(self, event: str, key: str | None = None, **data: Any) -> Event:
        """Journal an event (once per key) and show it."""
        known = key is not None and self.run.journal.get(key) is not None
        record = self.run.journal.write(event, key, **data)
        if not known:
            self.watcher.event(record)
        return record

    def progress(self, stage: str) -> Progress:
        """A progress callback for a stage; it raises `Interrupted` when asked to stop."""

        def report(fraction: float) -> None:
            self.stop.check()
            self.watcher.progress(stage, fraction)

        return report

    @contextmanager
    def timed(self) -> Iterator[dict[str, Any]]:
        """Measure the block; the dict is filled with "seconds" (wall) and "cpu_seconds" when it ends."""
        wall, cpu = time.monotonic(), cpu_seconds()
        taken: dict[str, Any] = {}
        try:
            yield taken
        finally:
            taken["seconds"] = round(time.monotonic() - wall, 3)
            taken["cpu_seconds"] = round(cpu_seconds() - cpu, 3)

    def seconds(self) -> float:
        """Wall time that stages took so far, over all processes that worked on the run [s]."""
        return stage_seconds(self.run.journal.events)

    def calls(self, subtask: int, attempt: int) -> Calls:
        """What goes with requests to language models in an attempt at a subtask, with what is planted there."""
        before = tuple(fields(e) for e in self.run.journal.of(CALLED))
        at = (subtask, attempt)
        down = any(f.kind == "model_down" and (f.subtask, f.attempt) == at for f in self.faults)
        return Calls(before, self._record_call, self.stop.check, down)

    def _record_call(self, call: dict[str, Any]) -> None:
        """Write down a call of a language model: what was said in a file of its own, what it cost in the journal."""
        number = len(self.run.journal.of(CALLED)) + 1
        folder = self.run.path / "model"
        folder.mkdir(exist_ok=True)
        write_json(folder / f"call-{number:02d}.json", call)
        costs = {k: v for k, v in call.items() if k not in ("request", "reply")}
        self.emit(CALLED, key=f"model-{number}", call=number, **costs)

    def config(self) -> dict[str, Any]:
        """What goes into job.json."""
        return {"planner": self.planner.name, "budgets": asdict(self.budgets)}
