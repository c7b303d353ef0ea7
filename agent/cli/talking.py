"""Commands with several runs in one living world: chat, script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.jobs import DEFAULT_SCENE, SceneOption, Seed, pull_assets
from agent.cli.model_options import BaseUrl, GgufFile, Mind, ModelName
from agent.cli.output import Json, Output, command
from agent.cli.remembering import MemoryFile
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from agent.chat.folder import ChatFolder
    from agent.script import Hands
    from agent.script_steps import Step
    from agent.series import Series
    from agent.session import Stop


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(chat)
    app.command()(script)


@command
def chat(
    scene: SceneOption = DEFAULT_SCENE,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder; a new one under runs/ by default.")] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help="Go on with the chat of this folder.")] = None,
    approve: Annotated[
        str, typer.Option(help="Ask about plans and imagined videos: never, first (of each skill) or always.")
    ] = "never",
    model: ModelName = None,
    base_url: BaseUrl = None,
    gguf: GgufFile = None,
    memory: MemoryFile = None,
) -> int:
    """Talk with the robot: tasks, questions, stops and changes of mind in one living world."""
    from agent.chat.conversation import Conversation
    from agent.chat.folder import ChatFolder
    from agent.chat.terminal import Terminal, give_back, native_noise_to

    if resume is not None:
        folder = ChatFolder(resume)
    else:
        folder = new_folder("chat", scene, seed, out, approve, Mind(model, base_url, gguf, memory))
    terminal = Terminal()
    noise = native_noise_to(folder.path / "native.log") if terminal.interactive else None
    try:
        has_model = folder.cfg.config.get("model") is not None
        if has_model:
            from agent.models import local

            local.tell = terminal.say
        return Conversation(folder, lambda: series_of(folder), terminal, has_model=has_model).hold()
    finally:
        if noise is not None:
            give_back(noise)
        terminal.close()
        folder.close()


def new_folder(about: str, scene: str, seed: int, out: Path | None, approve: str, mind: Mind) -> ChatFolder:
    """The folder of a new conversation; `about` goes into its name.

    Raises:
        ConfigError: an option that cannot be used.
    """
    from agent.approval import POLICIES
    from agent.chat.folder import ChatCfg, ChatFolder
    from agent.run_folder import new_id
    from agent.series import living_config
    from exoactor.world.scene_file import load_scene

    policy = next((p for p in POLICIES if p == approve), None)
    if policy is None:
        raise ConfigError(f"--approve: {approve!r} given, one of {', '.join(POLICIES)} wanted")
    spec = load_scene(scene)
    config = living_config(mind.settings(), memory=mind.memory_file())
    pull_assets(Output(False))
    return ChatFolder.create(out or Path("runs") / new_id(about), spec, ChatCfg(spec.name, seed, config, policy))


@command
def script(
    file: Annotated[str | None, typer.Argument(help="A script file, or a bundled script's name.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder; a new one under runs/ by default.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what is wrong with it, or show its steps.")] = False,
    resume: Annotated[Path | None, typer.Option("--resume", help="Go on with the script of this folder.")] = None,
    rewind: Annotated[str, typer.Option("--from", help="With --resume: go back to this checkpoint first.")] = "",
    model: ModelName = None,
    base_url: BaseUrl = None,
    gguf: GgufFile = None,
    memory: MemoryFile = None,
    json_: Json = False,
) -> int:
    """Carry out a task script: instructions, single skills, conditions, repeats, checkpoints, expectations."""
    from agent.script import resume_script, run_script
    from agent.script_file import load_script
    from agent.session import Stop
    from agent.summary import EXIT_STATUS

    output = Output(json_)
    if (file is None) == (resume is None):
        raise ConfigError("one of the two is wanted: FILE for a new script, or --resume DIR")
    if rewind and resume is None:
        raise ConfigError("--from CHECKPOINT goes with --resume DIR")
    mind = Mind(model, base_url, gguf, memory)
    settings = mind.settings()
    if file is not None:
        read = load_script(file, has_model=settings is not None)
        if check:
            _say_steps(output, read.steps)
            output.result({"status": "ok", "name": read.name, "steps": sum(s.count() for s in read.steps)})
            return 0
    pull_assets(output)
    stop = Stop()
    with stop.on_signals():
        hands = hands_of(output, stop)
        if resume is not None:
            result = resume_script(resume, rewind=rewind, hands=hands)
        else:
            result = run_script(read, out=out, model=settings, hands=hands, memory=mind.memory_file())
    _say_result(output, result)
    output.result(result)
    return EXIT_STATUS[result["status"]]


def hands_of(output: Output, stop: Stop) -> Hands:
    """Lines on the terminal, and questions there."""
    from rich.console import Console

    from agent.live import Lines, ask_person
    from agent.script import Hands

    lines = Lines(Console(stderr=output.as_json))
    return Hands(output.say, lambda instruction: lines, stop, lambda text, choices: ask_person(text, choices, lines))


def _say_steps(output: Output, steps: tuple[Step, ...]) -> None:
    for step in steps:
        when = f"   when {', '.join(map(str, step.when))}" if step.when else ""
        expect = f"   expect {', '.join(map(str, step.expect))}" if step.expect and step.kind != "expect" else ""
        output.say(f"{step.id}. {step}{when}{expect}")
        _say_steps(output, step.steps)


def _say_result(output: Output, result: dict[str, Any]) -> None:
    """The summary as a table, and what to do next."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("step", "", "outcome", "expected", "s", "why"):
        table.add_column(heading)
    for row in result["steps"]:
        met = {True: "yes", False: "no", None: ""}[row["met"]]
        seconds = f"{row['seconds']:.0f}" if row["turn"] else ""
        cells = (row["id"], row["step"], row["status"].replace("_", " "), met, seconds, row["why"])
        table.add_row(*map(Text, cells))
    Console(stderr=output.as_json).print(table)
    output.say(f"{result['status'].replace('_', ' ')}. {result['reason']}".strip().rstrip("."))
    if result["question"]:
        output.say(result["question"])
    if result["status"] in ("interrupted", "needs_human"):
        output.say(f"to go on: exoactor script --resume {result['run_dir']}")


def series_of(folder: ChatFolder) -> Series:
    """The living world of a conversation's folder, opened anew."""
    from agent.approval import Approval
    from agent.chain import planner_for
    from agent.decide import Budgets
    from agent.series import Series, sim_pipeline

    cfg = folder.cfg
    return Series(
        folder.path,
        folder.spec,
        sim_pipeline(folder.spec, cfg.seed, cfg.config),
        planner_for(cfg.config.get("model")),
        cfg.seed,
        cfg.config,
        Budgets(**cfg.config["budgets"]),
        Approval(cfg.approve, folder.approved()),
    )
