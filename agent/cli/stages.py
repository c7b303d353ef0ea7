"""Single stages on files: imagine, gate, estimate, retarget, track, and the way from a clip to a rollout."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.files import camera_of, check_target, existing_file, scene_or_none
from agent.cli.jobs import DEFAULT_SCENE, Instruction, SceneOption, Seed
from agent.cli.output import Json, Output, command
from exoactor.types import Camera, ConfigError, HumanMotion, Pose2D, RobotMotion, Scene

if TYPE_CHECKING:
    from exoactor.world.scene_file import SceneSpec

Video = Annotated[Path, typer.Argument(help="A clip of one person, fixed camera.")]
CameraOption = Annotated[
    Path | None, typer.Option("--camera", help="Calibration as JSON; CLIP.camera.json or --scene's camera otherwise.")
]
OptionalScene = Annotated[str | None, typer.Option("--scene", "-s", help="A bundled scene's name, or a scene file.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(imagine)
    app.command()(gate)
    app.command()(estimate)
    app.command()(retarget)
    app.command()(track)
    app.command()(video2robot)


@command
def imagine(
    instruction: Instruction,
    scene: SceneOption = DEFAULT_SCENE,
    seed: Seed = 0,
    fps: Annotated[int, typer.Option(help="Frames per second.")] = 25,
    out: Annotated[Path, typer.Option("--out", "-o", help="The mp4.")] = Path("imagined.mp4"),
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="Print the prompt; nothing is imagined.")] = False,
    prompt: Annotated[Path | None, typer.Option("--prompt", help="Imagine it with this prompt, as edited.")] = None,
    json_: Json = False,
) -> int:
    """Imagine one step, from where the robot stands in the scene, as a third-person video."""
    import tempfile

    import skills
    from agent.plan import PlanStatus, checked_instruction
    from agent.planner import DeterministicPlanner
    from agent.wording.proposal import Asked
    from agent.wording.sheet import read_sheet, sheet
    from exoactor.files import write_bytes, write_json
    from exoactor.types import Wording
    from exoactor.world.scene_file import load_scene

    output = Output(json_)
    check_target(out, ".mp4")
    edited = None if prompt is None else existing_file(prompt).read_text(encoding="utf-8", errors="replace")
    spec = load_scene(scene)
    planned = DeterministicPlanner().plan(checked_instruction(instruction), spec.catalogue())
    if planned.status is not PlanStatus.OK:
        raise ConfigError(f"not planned: {planned.reason} {planned.question}".rstrip())
    if len(planned.subtasks) != 1:
        steps = ", ".join(map(str, planned.subtasks))
        raise ConfigError(f"one step is imagined at a time, {len(planned.subtasks)} were asked for: {steps}")
    subtask = planned.subtasks[0]
    from exoactor.parts import PipelineCfg
    from exoactor.pipeline import SimPipeline

    pipeline = SimPipeline(spec, seed=seed, cfg=PipelineCfg(imagine_fps=fps))
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            seen = pipeline.observe(folder)
            actions = skills.get(subtask.skill).actions(seen, subtask.args)
            asked, wording = Asked(seen, actions, subtask.args), Wording.of(actions)
            if edited is not None:
                draft = read_sheet(edited, asked, actions, str(prompt))
                actions, wording = draft.actions, draft.wording
            text = sheet(asked, actions, wording)
            if show_prompt:
                output.say(text.rstrip("\n"))
                output.result({"prompt": text, "subtask": subtask.to_json()})
                return 0
            clip = pipeline.imagine(folder, seen, actions, seed, wording=wording)
            sidecar = json.loads(clip.with_suffix(".json").read_text())
            write_bytes(out, clip.read_bytes())
    finally:
        pipeline.close()
    write_json(out.with_suffix(".json"), sidecar)
    write_json(out.with_suffix(".camera.json"), seen.camera.to_json())
    output.say(f"{subtask}: {out}, camera {out.with_suffix('.camera.json')}")
    output.result({"video": str(out), "camera": str(out.with_suffix(".camera.json")), "subtask": subtask.to_json()})
    return 0


@command
def gate(video: Video, json_: Json = False) -> int:
    """Check a clip for cuts, camera movement, freezes, vanishing and teleporting people."""
    from exoactor.imagine.gates import run_gates

    output = Output(json_)
    results = run_gates(existing_file(video))
    for r in results:
        where = "" if r.frame is None else f" at frame {r.frame}"
        mark = "passed" if r.passed else "FAILED"
        output.say(f"{r.name:10s} {mark}  {r.value:.4g} (limit {r.threshold:.4g} {r.unit}){where}")
    passed = all(r.passed for r in results)
    output.result({"passed": passed, "gates": [asdict(r) for r in results]})
    return 0 if passed else 1


@command
def estimate(
    video: Video,
    camera: CameraOption = None,
    scene: OptionalScene = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="AMASS-layout npz.")] = Path("human.npz"),
    json_: Json = False,
) -> int:
    """Estimate the person's SMPL-X motion from the pixels of a clip."""
    from exoactor.formats.amass import save_human

    output = Output(json_)
    check_target(out, ".npz")
    motion, facts = _estimate(existing_file(video), camera_of(video, camera, scene))
    save_human(out, motion)
    output.say(f"{out}: {facts['frames']} frames at {facts['fps']:g} per second")
    output.result({**facts, "out": str(out)})
    return 0


@command
def retarget(
    human: Annotated[Path, typer.Argument(help="AMASS-layout npz.")],
    method: Annotated[str, typer.Option(help="ik or direct.")] = "ik",
    out: Annotated[Path, typer.Option("--out", "-o", help="Robot motion npz.")] = Path("robot.npz"),
    json_: Json = False,
) -> int:
    """Map a human motion onto the G1, starting where the person starts."""
    from exoactor.formats.amass import load_human
    from exoactor.formats.robot_motion import save_robot

    output = Output(json_)
    check_target(out, ".npz")
    motion = _retarget(load_human(existing_file(human)), None, method)
    save_robot(out, motion)
    output.say(f"{out}: {len(motion)} frames, {motion.seconds:.1f} s")
    output.result({"frames": len(motion), "fps": motion.fps, "seconds": motion.seconds, "out": str(out)})
    return 0


@command
def track(
    motion: Annotated[Path, typer.Argument(help="Robot motion npz.")],
    scene: OptionalScene = None,
    controller: Annotated[str, typer.Option(help="student, teacher or qp.")] = "student",
    controller_path: Annotated[Path | None, typer.Option(help="Its bundle or ONNX file.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Rollout npz; the recording lies beside it.")] = Path(
        "rollout.npz"
    ),
    seed: Seed = 0,
    json_: Json = False,
) -> int:
    """Perform a robot motion in physics, on an empty floor or in a scene."""
    from exoactor.formats.robot_motion import load_robot

    output = Output(json_)
    check_target(out, ".npz")
    facts = _track(load_robot(existing_file(motion)), scene_or_none(scene), controller, controller_path, out, seed)
    _say_tracked(output, facts)
    output.result(facts)
    return 1 if facts["fell"] else 0


@command
def video2robot(
    video: Video,
    camera: CameraOption = None,
    scene: OptionalScene = None,
    method: Annotated[str, typer.Option(help="ik or direct.")] = "ik",
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for human.npz, robot.npz, rollout.npz, rollout.mp4.")
    ] = Path("video2robot"),
    seed: Seed = 0,
    json_: Json = False,
) -> int:
    """Go all the way from a clip to a rollout."""
    from exoactor.formats.amass import save_human
    from exoactor.formats.robot_motion import save_robot
    from exoactor.imagine.gates import run_gates

    output = Output(json_)
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; a folder is wanted")
    calibration = camera_of(video, camera, scene)
    failed = [g.name for g in run_gates(existing_file(video)) if not g.passed]
    if failed:
        output.say(f"warning: the clip fails the gates {', '.join(failed)}; going on")
    human, facts = _estimate(video, calibration)
    save_human(out / "human.npz", human)
    spec = scene_or_none(scene)
    motion = _retarget(human, spec.robot if spec else None, method)
    save_robot(out / "robot.npz", motion)
    tracked = _track(motion, spec, "student", None, out / "rollout.npz", seed)
    _say_tracked(output, tracked)
    output.result({**tracked, "estimate": facts, "failed_gates": failed, "out": str(out)})
    return 1 if tracked["fell"] else 0


def _estimate(video: Path, camera: Camera) -> tuple[HumanMotion, dict[str, Any]]:
    from exoactor.bench.runner import cpu_seconds
    from exoactor.estimate import LandmarkEstimator

    began = cpu_seconds()
    motion = LandmarkEstimator().estimate(video, camera)
    taken = cpu_seconds() - began
    seen = int((motion.confidence.mean(axis=1) > 0.3).sum())
    facts = {"frames": len(motion), "tracked": seen, "fps": motion.fps}
    return motion, {**facts, "seconds_per_second": round(taken / max(motion.seconds, 1e-6), 3)}


def _retarget(human: HumanMotion, start: Pose2D | None, method: str) -> RobotMotion:
    """Without a scene nothing tells where things are: the motion keeps its shape and starts at `start`."""
    import numpy as np

    from exoactor.ground import GroundCfg, ground
    from exoactor.retarget import retarget as retarget_motion

    if method not in ("ik", "direct"):
        raise ConfigError(f"--method: {method!r} given, ik or direct wanted")
    pelvis = human.joints[0, 0]
    here = start or Pose2D(float(pelvis[0]), float(pelvis[1]), float(human.heading[0]))
    nowhere = Camera.looking_at(np.array([3.0, 3.0, 2.0]), np.zeros(3), 50.0, (640, 480))
    grounded = ground(human, Scene((), here, 1.0, nowhere), GroundCfg(snap=False))
    return retarget_motion(grounded, method)  # type: ignore[arg-type]


def _track(
    motion: RobotMotion, spec: SceneSpec | None, controller: str, path: Path | None, out: Path, seed: int
) -> dict[str, Any]:
    import numpy as np

    from exoactor.control import track as track_motion
    from exoactor.files import write_npz
    from exoactor.parts import load_controller
    from exoactor.types.rotations import wrap
    from exoactor.world.scene_file import SceneSpec
    from exoactor.world.sim import SimRobot

    start = _first_pose(motion)
    if spec is None:
        seen_from = np.array([start.x + 2.5, start.y - 3.0, 1.7])
        camera = Camera.looking_at(seen_from, np.array([start.x, start.y, 0.7]), 50.0, (640, 480))
        spec = SceneSpec("floor", "", start, camera, (), "")
    off, turned = float(np.linalg.norm(spec.robot.xy - start.xy)), abs(float(wrap(spec.robot.yaw - start.yaw)))
    if off > 0.3 or turned > np.radians(20):
        raise ConfigError(
            f"the motion starts {off:.2f} m and {np.degrees(turned):.0f} deg from where the robot stands in "
            f"{spec.name!r}; leave out --scene to perform it on an empty floor"
        )
    policy = load_controller(controller, path)
    robot = SimRobot(replace(spec, robot=start) if not spec.things else spec, seed=seed)
    robot.configure(policy.actuation)
    began = time.monotonic()
    rollout = track_motion(robot, policy, motion, start=start, video=out.with_suffix(".mp4"))
    robot.close()
    write_npz(out, {"fps": rollout.fps, "joint_pos": rollout.joint_pos, "pose": rollout.pose,
                    "reference": rollout.reference, "fell": rollout.fell, "seconds": rollout.seconds})  # fmt: skip
    return {"fell": bool(rollout.fell), "seconds": rollout.seconds, **rollout.metrics,
            "wall_s": round(time.monotonic() - began, 2), "out": str(out)}  # fmt: skip


def _first_pose(motion: RobotMotion) -> Pose2D:
    import numpy as np

    w, x, y, z = motion.root_quat[0]
    yaw = float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
    return Pose2D(float(motion.root_pos[0, 0]), float(motion.root_pos[0, 1]), yaw)


def _say_tracked(output: Output, facts: dict[str, Any]) -> None:
    output.say("the robot fell" if facts["fell"] else "the robot stayed on its feet")
    for name, value in facts.items():
        if isinstance(value, float):
            output.say(f"  {name}: {value:.3g}")
