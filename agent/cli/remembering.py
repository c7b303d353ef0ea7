"""What is remembered across runs: which file, what is in it, and forgetting."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import Json, Output, command
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from agent.memory import Memory

VARIABLE = "EXOACTOR_MEMORY"
USER = "user"
"""Stands for the file in the user's data folder."""

MemoryFile = Annotated[
    str | None,
    typer.Option(
        "--memory", help=f"Remember across runs what worked: FILE, or '{USER}'; or {VARIABLE}. Off by default."
    ),
]
Scene = Annotated[str | None, typer.Option("--scene", "-s", help="A scene's name or fingerprint.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="What is remembered across runs.")
    group.command(name="list")(list_memory)
    group.command()(forget)
    app.add_typer(group, name="memory")


def memory_file(option: str | None) -> str | None:
    """The file that option or environment name, which is there then; None where nothing is remembered across runs.

    Raises:
        ConfigError: it cannot be used.
    """
    from agent.memory import Memory

    path = _path(option)
    return None if path is None else str(Memory(path).path.resolve())


def _path(option: str | None) -> Path | None:
    from platformdirs import user_data_path

    from agent.memory import FILE

    named = option if option is not None else os.environ.get(VARIABLE)
    if not named:
        return None
    return user_data_path("exoactor") / FILE if named == USER else Path(named)


def _existing(option: str | None) -> Memory:
    """The memory that is asked for, the user's by default.

    Raises:
        ConfigError: there is none.
    """
    from agent.memory import Memory

    path = _path(option) or _path(USER)
    assert path is not None
    if not path.exists():
        raise ConfigError(f"{path} does not exist: nothing is remembered there. Do: exoactor run ... --memory {USER}")
    return Memory(path)


@command
def list_memory(memory: MemoryFile = None, scene: Scene = None, json_: Json = False) -> int:
    """List what was tried, how, and what came of it; --memory RUN_DIR/memory.sqlite shows that of one run."""
    from agent.remembered import in_words, to_json

    output, file = Output(json_), _existing(memory)
    found = {id: name for id, name in file.scenes().items() if scene is None or scene in (id, name)}
    result = []
    for id, name in found.items():
        tried = file.recall(id)
        output.say(f"{name or '(no name)'} {id}")
        for row in tried:
            output.say(f"  {time.strftime('%Y-%m-%d %H:%M', time.localtime(row.last))}  {in_words(to_json(row))}")
        rows = [{**to_json(row), "last": round(row.last)} for row in tried]
        result.append({"scene": id, "name": name, "tried": rows})
    output.say(f"{sum(len(s['tried']) for s in result)} ways in {len(result)} scenes: {file.path}")
    output.result({"file": str(file.path), "scenes": result})
    return 0


@command
def forget(
    memory: MemoryFile = None,
    scene: Scene = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget every scene.")] = False,
    json_: Json = False,
) -> int:
    """Forget a scene, or everything."""
    if (scene is None) == (not everything):
        raise ConfigError("one of the two is wanted: --scene NAME, or --all")
    output, file = Output(json_), _existing(memory)
    count = file.forget(scene)
    if scene is not None and not count:
        known = ", ".join(f"{name or '(no name)'} {id}" for id, name in file.scenes().items())
        raise ConfigError(f"--scene {scene}: nothing is remembered of it. There is: {known or 'nothing'}")
    output.say(f"forgotten: {count} attempts")
    output.result({"forgotten": count})
    return 0
