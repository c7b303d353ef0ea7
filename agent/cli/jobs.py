"""Commands about whole instructions: run, plan, resume, report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.model_options import (
    BaseUrl,
    CheckByModel,
    GgufFile,
    Mind,
    ModelName,
    costs,
    look_once,
    say_costs,
)
from agent.cli.output import BAD_INPUT, Json, Output, command
from agent.cli.remembering import MemoryFile
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from agent.decide import Budgets
    from agent.plan import PlanResult
    from agent.run_folder import RunFolder
    from exoactor.parts import PipelineCfg

DEFAULT_SCENE = "living_room"

Instruction = Annotated[str, typer.Argument(help='What to do, e.g. "walk to the table, then wave".')]
SceneOption = Annotated[str, typer.Option("--scene", "-s", help="A bundled scene's name, or a scene file.")]
Seed = Annotated[int, typer.Option("--seed", help="Of imagination and of sensor noise.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(run)
    app.command()(plan)
    app.command()(resume)
    app.command()(report)


@command
def run(
    instruction: Instruction,
    scene: SceneOption = DEFAULT_SCENE,
    seed: Seed = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Run folder; a new one under runs/ by default.")
    ] = None,
    open_loop: Annotated[
        bool, typer.Option("--open-loop", help="No feedback: one attempt each, as the paper does.")
    ] = False,
    fault: Annotated[list[str] | None, typer.Option("--fault", help="KIND[:key=value,...]@SUBTASK.ATTEMPT")] = None,
    video_model: Annotated[str, typer.Option(help="Any registered one.")] = "procedural",
    motion_estimator: Annotated[str, typer.Option(help="Any registered one.")] = "landmarks",
    verifier: Annotated[str, typer.Option(help="Any registered one.")] = "geometric",
    controller: Annotated[str, typer.Option(help="student, teacher, qp or another registered one.")] = "student",
    controller_path: Annotated[Path | None, typer.Option(help="Its bundle or ONNX file.")] = None,
    retarget: Annotated[str, typer.Option(help="ik or direct.")] = "ik",
    fps: Annotated[int, typer.Option(help="Frames per second of imagined videos.")] = 25,
    attempts: Annotated[int, typer.Option(min=1, help="Attempts per subtask.")] = 3,
    replans: Annotated[int, typer.Option(min=0, help="Replans per run.")] = 2,
    max_seconds: Annotated[float, typer.Option(min=0, help="No new attempt starts after this [s].")] = 3600.0,
    model: ModelName = None,
    base_url: BaseUrl = None,
    gguf: GgufFile = None,
    check_by_model: CheckByModel = None,
    memory: MemoryFile = None,
    json_: Json = False,
) -> int:
    """Carry out one long instruction, closed loop."""
    from agent.decide import Budgets

    options = {
        "video_model": video_model,
        "motion_estimator": motion_estimator,
        "verifier": verifier,
        "controller": controller,
        "controller_path": controller_path,
        "retarget": retarget,
        "imagine_fps": fps,
        "closed_loop": not open_loop,
    }
    budgets = Budgets(attempts=attempts, replans=replans, seconds=max_seconds)
    mind = Mind(model, base_url, gguf, memory)
    chosen, remembers = mind.settings(check_by_model), mind.memory_file()
    planted, output = tuple(fault or ()), Output(json_)
    return run_once(instruction, scene, seed, out, planted, options, budgets, output, chosen, remembers)


@command
def plan(
    instruction: Instruction,
    scene: SceneOption = DEFAULT_SCENE,
    model: ModelName = None,
    base_url: BaseUrl = None,
    gguf: GgufFile = None,
    json_: Json = False,
) -> int:
    """Show the plan for an instruction; nothing moves."""
    from agent.chain import planner_for
    from agent.models.calls import Calls
    from agent.plan import Context, PlanResult, PlanStatus, checked_instruction
    from exoactor.world.scene_file import load_scene

    output = Output(json_)
    spec = load_scene(scene)
    planner = planner_for(Mind(model, base_url, gguf).settings())
    calls: list[dict[str, Any]] = []
    try:
        context = Context(lambda: look_once(spec), calls=Calls(record=calls.append))
        result = planner.plan(checked_instruction(instruction), spec.catalogue(), context)
    except ConfigError as error:
        result = PlanResult(PlanStatus.ABSTAIN, reason=str(error))
    _say_plan(output, result)
    say_costs(output, costs(calls))
    output.result({**result.to_json(), "model": costs(calls)})
    return 0 if result.status is PlanStatus.OK else 1


@command
def resume(
    run_dir: Annotated[Path, typer.Argument(help="Run folder.")],
    answer: Annotated[
        str | None, typer.Option(help="To an open question: retry, skip or stop; done to a veto.")
    ] = None,
    json_: Json = False,
) -> int:
    """Go on with a run or a standing goal that was killed, interrupted, or waits for an answer."""
    from agent.asking import ANSWERS, APPROVALS, EDIT
    from agent.run_folder import STANDING, RunFolder
    from agent.second_opinion import BY_WORD
    from agent.summary import FINAL, summarize
    from exoactor.parts import PipelineCfg

    output = Output(json_)
    allowed = (*ANSWERS, BY_WORD, *APPROVALS, EDIT)
    if answer is not None and answer not in allowed:
        raise ConfigError(f"--answer: {answer!r} given, one of {', '.join(allowed)} wanted")
    if (run_dir / STANDING).exists():
        from agent.cli.standing import carry_on

        return carry_on(run_dir, output)
    folder = RunFolder(run_dir)
    try:
        before = summarize(folder.path)
        if before["status"] in FINAL:
            output.say(f"This run has ended: {before['status']}. {before['reason']}".rstrip())
            return _end(output, before)
        cfg = PipelineCfg.from_json(folder.job.config["pipeline"])
        return _work(folder, cfg, output, answer)
    finally:
        folder.close()


@command
def report(
    run_dir: Annotated[Path, typer.Argument(help="Run folder, finished or not.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="report.html in the run folder by default.")] = None,
    animation: Annotated[
        Path | None, typer.Option("--animation", help="Write a moving picture (.webp or .gif) as well.")
    ] = None,
    json_: Json = False,
) -> int:
    """Write the run as one self-contained page."""
    from agent.animation import animate
    from agent.report import write_report

    output = Output(json_)
    path = write_report(run_dir, out)
    output.say(f"report: {path}")
    if animation is not None:
        animate(run_dir, animation)
        output.say(f"animation: {animation}")
    output.result({"report": str(path), "animation": str(animation) if animation else None})
    return 0


def run_once(
    instruction: str,
    scene: str,
    seed: int,
    out: Path | None,
    faults: tuple[str, ...],
    options: dict[str, Any],
    budgets: Budgets,
    output: Output,
    model: dict[str, Any] | None = None,
    memory: str | None = None,
) -> int:
    """Carry out one instruction in a new run folder."""
    from agent.chain import planner_for
    from agent.plan import PlanStatus, checked_instruction
    from agent.planner import DeterministicPlanner
    from agent.run_folder import Job, RunFolder, check_new
    from exoactor.world.faults import parse_faults
    from exoactor.world.scene_file import load_scene

    # Everything that can be wrong is found before a file is written.
    text = checked_instruction(instruction)
    spec = load_scene(scene)
    parse_faults(faults, spec)
    if out is not None:
        check_new(out)
    planned = DeterministicPlanner().plan(text, spec.catalogue())
    planner = planner_for(model)
    if planned.status is not PlanStatus.OK and model is None:
        _say_plan(output, planned)
        output.result({"status": "needs_human", "run_dir": None, "subtasks": [], **_why(planned)})
        return BAD_INPUT
    from exoactor.parts import PipelineCfg, check_parts

    cfg = PipelineCfg(**options)
    pull_assets(output)
    check_parts(cfg)
    limits, asked = asdict(budgets), {"model": model, "memory": memory}
    config = {"pipeline": asdict(cfg), "budgets": limits, "planner": planner.name, **asked}
    job = Job(text, spec.name, seed, not cfg.closed_loop, faults, config)
    folder = RunFolder.create(job, out, {"scene.yaml": spec.text})
    try:
        return _work(folder, cfg, output, None)
    finally:
        folder.close()


def _work(folder: RunFolder, cfg: PipelineCfg, output: Output, answer: str | None) -> int:
    from agent.chain import planner_for
    from agent.decide import Budgets
    from agent.live import ask_person, live_view
    from agent.loop import work
    from agent.report import write_report
    from agent.session import Session, Stop
    from agent.witness import eyes_for
    from exoactor.pipeline import SimPipeline
    from exoactor.world.faults import parse_fault
    from exoactor.world.scene_file import read_scene

    job = folder.job
    planner, eyes = planner_for(job.config.get("model")), eyes_for(job.config.get("model"))
    spec = read_scene((folder.path / "scene.yaml").read_text(), job.scene)
    stop = Stop()
    with stop.on_signals():
        pipeline = SimPipeline(spec, seed=job.seed, cfg=cfg, autosave=folder.world)
        try:
            with live_view(job.instruction, folder.path / "native.log", to_stderr=output.as_json) as watcher:
                session = Session(
                    folder,
                    pipeline,
                    planner,
                    Budgets(**job.config["budgets"]),
                    tuple(parse_fault(f) for f in job.faults),
                    watcher,
                    stop,
                    eyes=eyes,
                    memory_file=None if (kept := job.config.get("memory")) is None else Path(kept),
                )
                answers = iter([answer] if answer else [])
                summary = work(session, lambda q, c: next(answers, None) or ask_person(q, c, watcher))
        finally:
            pipeline.close()
    try:
        output.say(f"report: {write_report(folder.path)}")
    except OSError as error:  # what the robot did stays true without a page about it
        output.say(f"the report could not be written: {error}. Later: exoactor report {folder.path}")
    return _end(output, summary)


def _end(output: Output, summary: dict[str, Any]) -> int:
    from agent.summary import EXIT_STATUS

    status = summary["status"]
    say_costs(output, summary["model"])
    if status == "needs_human" and not summary["subtasks"]:
        output.say(summary["question"] or "Say it in other words, and run it again.")
        output.result(summary)
        return BAD_INPUT
    if status in ("interrupted", "needs_human"):
        if summary["question"]:
            output.say(summary["question"])
        extra = f" --answer {'|'.join(summary['choices'])}" if status == "needs_human" else ""
        output.say(f"to go on: exoactor resume {summary['run_dir']}{extra}")
    output.result(summary)
    return EXIT_STATUS[status]


def pull_assets(output: Output) -> None:
    """Get what is not part of the package, once."""
    from exoactor import assets

    if any(state.state != "ok" for state in assets.check()):
        output.say("getting the robot model and the landmark networks (once) ...")
        assets.pull()


def _why(planned: PlanResult) -> dict[str, Any]:
    return {"reason": planned.reason, "question": planned.question, "unknown": list(planned.unknown)}


def _say_plan(output: Output, planned: PlanResult) -> None:
    for i, subtask in enumerate(planned.subtasks, 1):
        output.say(f"{i:2d}. {subtask}" + (f"   ({subtask.because})" if subtask.because else ""))
    if not planned.subtasks:
        output.say(f"not planned: {planned.reason}")
        if planned.question:
            output.say(planned.question)
