"""The demonstration: one long instruction, or a standing goal pursued against disturbances."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.jobs import DEFAULT_SCENE, SceneOption, Seed, pull_assets, run_once
from agent.cli.output import Json, Output, command
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from agent.script import Hands
    from agent.standing_folder import StandingFolder

DEMO_TEXT = "walk to the table, wave, then go round the chair and turn to the door"
DEMO_FAULTS = ("bad_video:defect=cut@1.1", "push_robot:newton_seconds=8,t=1.5@1.2", "occlude@2.1")


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(demo)


@command
def demo(
    faults: Annotated[
        bool, typer.Option("--faults", help="Plant a bad video, a push and a covered camera; or disturb the goal.")
    ] = False,
    goal: Annotated[
        str | None,
        typer.Option(help="Pursue a standing goal: keep the TABLE clear, stay at the THING, keep facing the THING."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", help="Go on with the standing goal of this folder for what is left.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.0, max=600.0, help="How long a standing goal is pursued.")] = 5.0,
    scene: SceneOption = DEFAULT_SCENE,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Run folder.")] = None,
    seed: Seed = 0,
    json_: Json = False,
) -> int:
    """Run the demonstration: a long instruction in the living room, or a standing goal; disturbed if asked for."""
    from agent.decide import Budgets

    if resume is not None:
        if goal is not None or out is not None:
            raise ConfigError("--resume DIR goes on with what is in DIR: leave --goal and --out out")
        return carry_on(resume, Output(json_))
    if goal is not None:
        return _pursue(goal, minutes, scene, seed, out, faults, Output(json_))
    if scene != DEFAULT_SCENE:
        raise ConfigError(f"--scene {scene}: only with --goal; the demonstration without one is in {DEFAULT_SCENE}")
    return run_once(DEMO_TEXT, scene, seed, out, DEMO_FAULTS if faults else (), {}, Budgets(), Output(json_))


def _pursue(goal: str, minutes: float, scene: str, seed: int, out: Path | None, faults: bool, output: Output) -> int:
    from agent.run_folder import check_new, new_id
    from agent.series import living_config
    from agent.standing_folder import StandingCfg, StandingFolder
    from agent.standing_goal import read_goal
    from exoactor.world.scene_file import load_scene

    spec = load_scene(scene)
    read_goal(goal, spec.catalogue())
    path = out or Path("runs") / new_id(goal)
    check_new(path)
    pull_assets(output)
    cfg = StandingCfg(goal, minutes, spec.name, seed, faults, living_config(None))
    return _until_over(StandingFolder.create(path, spec, cfg), output)


def carry_on(path: Path, output: Output) -> int:
    """Go on with the standing goal of a folder."""
    from agent.standing_folder import StandingFolder

    folder = StandingFolder(path)
    pull_assets(output)
    return _until_over(folder, output)


def _until_over(folder: StandingFolder, output: Output) -> int:
    """Pursue the goal of a folder for what is left of its time, and let go of the folder."""
    from agent.cli.talking import hands_of
    from agent.journal import read_events
    from agent.passer_by import PasserBy
    from agent.planner import DeterministicPlanner
    from agent.series import Series, sim_pipeline
    from agent.session import Stop
    from agent.standing import Standing
    from agent.standing_log import JOURNAL
    from agent.summary import EXIT_STATUS

    cfg, stop = folder.cfg, Stop()
    try:
        with stop.on_signals():
            hands: Hands = hands_of(output, stop)
            pipeline = sim_pipeline(folder.spec, cfg.seed, cfg.config)
            try:
                series = Series(folder.path, folder.spec, pipeline, DeterministicPlanner(), cfg.seed, cfg.config)
                passer_by = PasserBy(folder.goal, read_events(folder.path / JOURNAL)) if cfg.faults else None
                result = Standing(series, folder.goal, passer_by, hands).pursue(60.0 * cfg.minutes)
            finally:
                pipeline.close()
    finally:
        folder.close()
    _say(output, result)
    output.result(result)
    return EXIT_STATUS[result["status"]]


def _say(output: Output, result: dict[str, Any]) -> None:
    """Disturbances, reactions and outcomes as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("at s", "disturbance", "noticed after s", "reactions", "goal again after s"):
        table.add_column(heading, overflow="fold")
    for row in result["disturbances"]:
        reactions = [
            f"{r['step']}: {r['status']}" + (f", {r['faults'][0]}" if r["faults"] else "") for r in row["reactions"]
        ]
        times = ["" if row[k] is None else f"{row[k]:.0f}" for k in ("noticed", "restored")]
        table.add_row(*map(Text, (f"{row['at']:.0f}", row["what"], times[0], "\n".join(reactions), times[1])))
    Console(stderr=output.as_json).print(table)
    looks = result["looks"]
    output.say(
        f"{sum(looks.values())} looks: {looks['holds']} the goal held, {looks['broken']} it did not, "
        f"{looks['cannot_tell']} could not tell. {result['status'].replace('_', ' ')}. {result['reason']}".rstrip()
    )
    if len(sittings := result["sittings"]) > 1:
        told = "; ".join(f"{s['from']:.0f} to {s['to']:.0f} s {s['status'].replace('_', ' ')}" for s in sittings)
        output.say(f"{len(sittings)} sittings: {told}")
    output.say(f"what happened: {result['run_dir']} (result.json, and turns/NN/report.html of each reaction)")
    if result["status"] == "interrupted":
        output.say(f"to go on: exoactor resume {result['run_dir']}")
