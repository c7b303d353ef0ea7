"""The folder of a standing goal: what is to be so, for how long, in which scene; held by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.run_folder import STANDING as FILE
from agent.run_folder import lock
from agent.settings import read_settings, write_settings
from agent.standing_goal import read_goal
from exoactor.world.scene_file import SceneSpec

FORMAT = 1


@dataclass(frozen=True)
class StandingCfg:
    """What is pursued; written once.

    Args:
        goal: as said.
        minutes: how long, over all processes that pursue it.
        scene: its name.
        seed: of the first run.
        faults: somebody disturbs it.
        config: resolved configuration of planner, budgets and pipeline, as in job.json.
        format: of the folder.
    """

    goal: str
    minutes: float
    scene: str
    seed: int
    faults: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT


class StandingFolder:
    """The folder, locked by this process until `close`.

    Args:
        path: existing folder of a standing goal; use `create` for a new one.

    Raises:
        ConfigError: not such a folder, damaged, of another format, or in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.cfg, self.spec = read_settings(path, FILE, StandingCfg, "standing goal", FORMAT)
        self.goal = read_goal(self.cfg.goal, self.spec.catalogue())
        self._lock = lock(self.path, "this goal")

    @classmethod
    def create(cls, path: Path, spec: SceneSpec, cfg: StandingCfg) -> StandingFolder:
        """Make the folder.

        Raises:
            ConfigError: `path` is a file, or holds something.
        """
        write_settings(path, FILE, spec, cfg)
        return cls(path)

    def close(self) -> None:
        """Let other processes have it."""
        self._lock.release()
