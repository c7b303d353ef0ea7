"""The robot as a server: other programs order, over the Model Context Protocol."""

from __future__ import annotations

import os
import socket
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.jobs import DEFAULT_SCENE, SceneOption, Seed
from agent.cli.model_options import BaseUrl, GgufFile, Mind, ModelName
from agent.cli.output import INTERRUPTED, command
from agent.cli.remembering import MemoryFile
from agent.cli.talking import new_folder, series_of
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from agent.chat.folder import ChatFolder
    from agent.mcp.jobs import Jobs

TOKEN = "EXOACTOR_MCP_TOKEN"
WITHOUT = "the MCP server needs the package mcp. Do: pip install -e '.[mcp]' -c constraints.txt"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(mcp)


@command
def mcp(
    scene: SceneOption = DEFAULT_SCENE,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder; a new one under runs/ by default.")] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help="Go on in the world of this folder.")] = None,
    host: Annotated[str, typer.Option(help="This machine only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
    token: Annotated[str | None, typer.Option(help=f"What clients have to send; or {TOKEN}; or one is made.")] = None,
    approve: Annotated[
        str, typer.Option(help="Ask the person at this terminal about plans and videos: never, first or always.")
    ] = "never",
    model: ModelName = None,
    base_url: BaseUrl = None,
    gguf: GgufFile = None,
    memory: MemoryFile = None,
) -> int:
    """Serve the robot over MCP (streamable HTTP): observe, plan, run, status, answer, stop, report."""
    if find_spec("mcp") is None:
        raise ConfigError(WITHOUT)
    from agent.mcp.door import PATH, checked_host, listening, token_or_new

    checked_host(host)
    secret, made = token_or_new(token if token is not None else os.environ.get(TOKEN))
    with listening(port) as sock:
        folder = _folder(resume, scene, seed, out, approve, Mind(model, base_url, gguf, memory))
        try:
            address = f"http://{sock.getsockname()[0]}:{sock.getsockname()[1]}{PATH}"
            return _serve(folder, sock, secret, [address, *([f"token (shown once): {secret}"] if made else [])])
        finally:
            folder.close()


def _folder(resume: Path | None, scene: str, seed: int, out: Path | None, approve: str, mind: Mind) -> ChatFolder:
    from agent.chat.folder import ChatFolder

    folder = ChatFolder(resume) if resume is not None else new_folder("mcp", scene, seed, out, approve, mind)
    if folder.cfg.approve != "never" and not sys.stdin.isatty():
        folder.close()
        raise ConfigError(f"--approve {folder.cfg.approve}: a person at the server's terminal is wanted for that")
    return folder


def _serve(folder: ChatFolder, sock: socket.socket, secret: str, greeting: list[str]) -> int:
    from agent.chain import planner_for
    from agent.mcp.door import only_with, serve
    from agent.mcp.jobs import Jobs
    from agent.mcp.server import Bell, serve_tools

    def say(line: str, style: str) -> None:
        print(line, flush=True)

    bell = Bell()
    jobs = Jobs(folder, lambda: series_of(folder), planner_for(folder.cfg.config.get("model")), say, bell.ring)
    try:
        say("Getting ready ...", "")
        jobs.open()
        for line in greeting:
            say(line, "")
        if sys.stdin.isatty():
            threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
        serve(serve_tools(jobs, bell, **only_with(secret)), sock, jobs.stop_all)
        say("Leaving; the robot is brought to a stand.", "")
    finally:
        jobs.close()
    say(f"To go on: exoactor mcp --resume {folder.path} (or exoactor chat --resume ...)", "")
    return INTERRUPTED


def _listen(jobs: Jobs) -> None:
    """Take lines from the person at the server, until there are no more."""
    for line in sys.stdin:
        jobs.person_says(line)
