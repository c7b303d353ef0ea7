"""Runs one after another in one living world: the turns of a chat, the steps of a script, the deeds of a standing goal.

The world is not loaded anew between them; each run leaves it on disk, so that another process can go on in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from agent.approval import Approval
from agent.chain import planner_for
from agent.decide import Budgets
from agent.loop import Asker, nobody, work
from agent.memory import FILE as MEMORY
from agent.plan import Planner, Subtask
from agent.report import write_report
from agent.run_folder import Job, RunFolder
from agent.session import Pipeline, Session, Silent, Stop, Watcher
from agent.summary import summarize
from agent.witness import eyes_for
from exoactor.files import atomic_path
from exoactor.types import Scene
from exoactor.world.faults import Fault
from exoactor.world.scene_file import SceneSpec
from skills import acted_on

WORLD = "world.npz"
SEEDS_APART = 100_000
"""Between the first seeds of two runs; every attempt's own seed is counted on from there."""

PipelineFactory = Callable[[SceneSpec, int, dict[str, Any]], Pipeline]
"""(scene, seed, resolved configuration of the parts) -> the pipeline that all runs share."""


def sim_pipeline(spec: SceneSpec, seed: int, config: dict[str, Any]) -> Pipeline:
    """The simulated robot, with the parts that "pipeline" of the configuration names."""
    from exoactor.parts import PipelineCfg
    from exoactor.pipeline import SimPipeline

    return SimPipeline(spec, seed=seed, cfg=PipelineCfg.from_json(config["pipeline"]))


def living_config(
    model: dict[str, Any] | None, budgets: Budgets | None = None, memory: str | None = None
) -> dict[str, Any]:
    """The resolved configuration of runs in one living world, as in job.json.

    Args:
        model: language model, as in job.json, or None.
        budgets: of each run.
        memory: file that outlives the runs; without one memory is kept among them.

    Raises:
        ConfigError: settings of a language model that cannot be used.
    """
    from exoactor.parts import PipelineCfg

    return {
        "pipeline": asdict(PipelineCfg()),
        "budgets": asdict(budgets or Budgets()),
        "planner": planner_for(model).name,
        "model": model,
        "memory": memory,
    }


@dataclass
class Series:
    """A folder of runs and the world they happen in. One thread uses it: pictures are rendered where it was opened.

    Args:
        path: of the folder; the runs are in turns/01, turns/02, ...
        spec: the scene.
        pipeline: the living world.
        planner: words to subtasks.
        seed: of the first run.
        config: resolved configuration of planner, budgets and pipeline, as in job.json.
        budgets: of each run.
        approval: what a person wants to be asked about.
    """

    path: Path
    spec: SceneSpec
    pipeline: Pipeline
    planner: Planner
    seed: int
    config: dict[str, Any]
    budgets: Budgets = field(default_factory=Budgets)
    approval: Approval = field(default_factory=Approval)

    def __post_init__(self) -> None:
        self.eyes = eyes_for(self.config.get("model"))
        self.path.mkdir(parents=True, exist_ok=True)

    def wake(self) -> bool:
        """Go on in the world as another process left it; False if there is none.

        Raises:
            ConfigError: it is damaged or of another scene.
        """
        worlds = [p for p in (self.path / WORLD, *self.path.glob(f"turns/*/{WORLD}")) if p.exists()]
        if not worlds:
            return False
        self.pipeline.load_world(max(worlds, key=lambda p: p.stat().st_mtime_ns))
        return True

    def turns(self) -> list[Path]:
        """Folders of the runs so far, in order."""
        return sorted((p for p in self.path.glob("turns/*") if (p / "job.json").exists()), key=lambda p: int(p.name))

    def begin(self, instruction: str, faults: Sequence[Fault] = ()) -> RunFolder:
        """The folder of a new run, locked."""
        number = max((int(p.name) for p in self.path.glob("turns/*") if p.name.isdigit()), default=0) + 1
        seed = self.seed + SEEDS_APART * (number - 1)
        job = Job(instruction, self.spec.name, seed, False, tuple(map(str, faults)), self.config)
        return RunFolder.create(job, self.path / "turns" / f"{number:02d}", {"scene.yaml": self.spec.text})

    def work(
        self,
        run: RunFolder,
        *,
        planner: Planner | None = None,
        faults: Sequence[Fault] = (),
        watcher: Watcher | None = None,
        stop: Stop | None = None,
        asker: Asker = nobody,
        budgets: Budgets | None = None,
    ) -> dict[str, Any]:
        """Work on a run until it ends, needs a person or is interrupted; its folder is let go of then.

        Returns:
            The summary (see `agent.summary`).
        """
        self.pipeline.autosave = run.world
        session = Session(
            run,
            self.pipeline,
            planner or self.planner,
            budgets or self.budgets,
            tuple(faults),
            watcher or Silent(),
            stop or Stop(),
            living=True,
            mentioned=self.mentioned(),
            approval=self.approval,
            eyes=self.eyes,
            memory_file=Path(self.config.get("memory") or self.path / MEMORY),
        )
        try:
            return work(session, asker)
        finally:
            self.pipeline.autosave = None
            run.close()
            self.report(run.path)

    def look(self) -> Scene:
        """Look afresh; the folder of the look is looks/01, looks/02, ..."""
        number = len(list(self.path.glob("looks/*"))) + 1
        self.pipeline.arm(())
        scene = self.pipeline.observe(self.path / "looks" / f"{number:03d}")
        self.save_world()  # a robot that was left bent stands up before it looks
        return scene

    def save_world(self) -> None:
        """Save the world as it is between two runs."""
        self.pipeline.save_world(self.path / WORLD)

    def keep_world(self, name: str) -> Path:
        """Keep a copy of the world as it is now, under a name."""
        self.save_world()
        kept = self.path / "checkpoints" / f"{name}.npz"
        with atomic_path(kept) as temporary:
            shutil.copyfile(self.path / WORLD, temporary)
        return kept

    def mentioned(self) -> tuple[str, ...]:
        """Ids of the things that earlier runs dealt with, the last of them last."""
        steps = [step for turn in self.turns() for step in summarize(turn)["subtasks"]]
        things = [acted_on(Subtask.from_json(step).args) for step in steps]
        return tuple(thing for thing in things if thing is not None)

    @staticmethod
    def report(path: Path) -> None:
        """Write the page of a run, if it can be written."""
        try:
            write_report(path)
        except OSError:  # what the robot did stays true without a page about it
            return
