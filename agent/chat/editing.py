"""Editing a prompt in the person's own editor, while the robot waits for the answer."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from agent.journal import read_events


def file_asked_about(turn: Path) -> Path | None:
    """The file that the last question of a run offers to edit, or None."""
    asked = [e for e in read_events(turn / "journal.jsonl") if e["event"] == "asked"]
    return Path(asked[-1]["file"]) if asked and "file" in asked[-1] else None


def edit(path: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Open a file in VISUAL or EDITOR and wait until it is closed; what went wrong, or "".

    Args:
        path: of the file.
        environment: names the editor; without one nothing happens, and the file may have been edited elsewhere.
    """
    editor = environment.get("VISUAL") or environment.get("EDITOR")
    if not editor:
        return ""
    try:
        # Standard error is led into a log while the conversation lasts; the editor's belongs on the terminal.
        done = subprocess.run([*shlex.split(editor), str(path)], stderr=subprocess.STDOUT, check=False)
    except (OSError, ValueError) as error:
        return f"{editor!r} cannot be started: {error}"
    return f"{editor!r} ended with status {done.returncode}" if done.returncode else ""
