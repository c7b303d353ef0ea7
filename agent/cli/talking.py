"""Commands with several runs in one living world: chat."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.jobs import DEFAULT_SCENE, SceneOption, Seed, pull_assets
from agent.cli.model_options import BaseUrl, ModelName, model_config
from agent.cli.output import Output, command
from exoactor.types import ConfigError


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(chat)


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
) -> int:
    """Talk with the robot: tasks, questions, stops and changes of mind in one living world."""
    from agent.chat.conversation import Conversation
    from agent.chat.folder import ChatFolder
    from agent.chat.terminal import Terminal, give_back, native_noise_to

    folder = ChatFolder(resume) if resume is not None else _new_chat(scene, seed, out, approve, model, base_url)
    terminal = Terminal()
    noise = native_noise_to(folder.path / "native.log") if terminal.interactive else None
    try:
        has_model = folder.cfg.config.get("model") is not None
        return Conversation(folder, lambda: _series(folder), terminal, has_model=has_model).hold()
    finally:
        if noise is not None:
            give_back(noise)
        terminal.close()
        folder.close()


def _new_chat(scene: str, seed: int, out: Path | None, approve: str, model: str | None, base_url: str | None) -> Any:
    from agent.approval import POLICIES
    from agent.chat.folder import ChatCfg, ChatFolder
    from agent.run_folder import new_id
    from exoactor.world.scene_file import load_scene

    policy = next((p for p in POLICIES if p == approve), None)
    if policy is None:
        raise ConfigError(f"--approve: {approve!r} given, one of {', '.join(POLICIES)} wanted")
    spec = load_scene(scene)
    config = living_config(model_config(model, base_url))
    pull_assets(Output(False))
    return ChatFolder.create(out or Path("runs") / new_id("chat"), spec, ChatCfg(spec.name, seed, config, policy))


def living_config(model: dict[str, Any] | None, budgets: Any = None) -> dict[str, Any]:
    """The resolved configuration of runs in one living world, as in job.json."""
    from agent.chain import planner_for
    from agent.decide import Budgets
    from exoactor.parts import PipelineCfg

    planner = planner_for(model)
    return {
        "pipeline": asdict(PipelineCfg()),
        "budgets": asdict(budgets or Budgets()),
        "planner": planner.name,
        "model": model,
    }


def _series(folder: Any) -> Any:
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
