"""The folder of a conversation: what it is about, what was said, and the runs that came of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.approval import POLICIES, Policy
from agent.journal import Journal, read_events
from agent.run_folder import lock
from agent.settings import read_settings, write_settings
from exoactor.types import ConfigError
from exoactor.world.scene_file import SceneSpec

FORMAT = 1
FILE = "chat.json"


@dataclass(frozen=True)
class ChatCfg:
    """What a conversation is about; written once.

    Args:
        scene: its name.
        seed: of the first run.
        config: resolved configuration of planner, budgets and pipeline, as in job.json.
        approve: what a person wants to be asked about.
        format: of the folder.
    """

    scene: str
    seed: int
    config: dict[str, Any] = field(default_factory=dict)
    approve: Policy = "never"
    format: int = FORMAT


class ChatFolder:
    """The folder, locked by this process until `close`.

    Args:
        path: existing folder of a conversation; use `create` for a new one.

    Raises:
        ConfigError: not such a folder, damaged, of another format, or in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.cfg, self.spec = read_settings(path, FILE, ChatCfg, "chat", FORMAT)
        if self.cfg.approve not in POLICIES:
            raise ConfigError(f"{path / FILE}: approve {self.cfg.approve!r} given, one of {', '.join(POLICIES)} wanted")
        self._lock = lock(self.path)
        self._writing = threading.Lock()
        self._said = Journal(self.path / "said.jsonl")

    @classmethod
    def create(cls, path: Path, spec: SceneSpec, cfg: ChatCfg) -> ChatFolder:
        """Make the folder.

        Raises:
            ConfigError: `path` is a file, or holds something.
        """
        write_settings(path, FILE, spec, cfg)
        return cls(path)

    def note(self, who: str, text: str) -> None:
        """Write down what "person" or "robot" said."""
        with self._writing:
            self._said.write("said", who=who, text=text)

    def said(self, who: str) -> list[str]:
        """What one of them said so far, in order."""
        return [str(e["text"]) for e in self._said.events if e["who"] == who]

    def approved(self) -> set[str]:
        """Skills of which a person approved a video before."""
        found = set()
        for journal in self.path.glob("turns/*/journal.jsonl"):
            for event in read_events(journal):
                key = str(event.get("key", ""))
                if event["event"] == "answered" and event["answer"] == "yes" and key.startswith("subtasks/"):
                    found.add(key.split("/")[1].split("-", 1)[1])
        return found

    def close(self) -> None:
        """Let other processes have it."""
        self._lock.release()
