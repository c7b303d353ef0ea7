"""One subtask in, one rollout out: the stages in their order, each reading and writing the attempt's folder.

A stage reads what it needs from disk and leaves its result there before it returns, so that another
process can go on after a crash. Nothing here decides; the agent does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from exoactor import attempt, registry
from exoactor.acting import Work, perform
from exoactor.carrying import WITH_LOAD
from exoactor.control import TrackCfg
from exoactor.files import write_json, write_npz
from exoactor.formats.amass import load_human, save_human
from exoactor.formats.robot_motion import load_robot, save_robot
from exoactor.ground import GroundCfg, find_passage, find_sitting, find_wipe, ground
from exoactor.handling import handled
from exoactor.imagine import defects, gates
from exoactor.imagine.prompt import template_hash, video_prompt
from exoactor.living import LivingWorld
from exoactor.parts import PipelineCfg, load_controller
from exoactor.performance import Means, Performance
from exoactor.refusals import must_be_able, must_show
from exoactor.retarget import RetargetCfg, retarget
from exoactor.types import (
    Action,
    Catalogue,
    Expectation,
    GateResult,
    ImagineRequest,
    Interrupted,
    MotionEstimator,
    SafetyStop,
    Scene,
    StageError,
    Verdict,
    Verifier,
    VideoModel,
    Wording,
)
from exoactor.types.protocols import Progress
from exoactor.wipe import patch_of
from exoactor.world.faults import HANDLED, Fault
from exoactor.world.scene_file import SceneSpec
from exoactor.world.truth import TruthRecorder

LOOK_HZ_WALK = 1.6
"""RGB-D looks a second while walking: enough for fixes and for the way round a thing."""
LOOK_HZ_STANDING = 12.5 / 3
"""The same on the spot, where gestures are made: a wave has about two strokes a second, the check must see each."""


class SimPipeline:
    """The pipeline on a simulated robot in one living world.

    Args:
        spec: the scene.
        seed: of sensor noise.
        cfg: which part does each stage.
        autosave: file that the world is saved to while the robot moves; may be set anew between attempts.
    """

    def __init__(
        self, spec: SceneSpec, *, seed: int = 0, cfg: PipelineCfg | None = None, autosave: Path | None = None
    ) -> None:
        self.cfg = cfg or PipelineCfg()
        self._controller = load_controller(self.cfg.controller, self.cfg.controller_path)
        self._world = LivingWorld(spec, self._controller, seed=seed, closed_loop=self.cfg.closed_loop)
        self._perception, self._belief = self._world.perception, self._world.belief
        self.robot = self._world.robot
        self.catalogue: Catalogue = self.robot.catalogue
        self._verifier: Verifier = registry.load("verifiers", self.cfg.verifier)(self._perception)
        self._video_model: VideoModel = registry.load("video_models", self.cfg.video_model)()
        self._motion_estimator: MotionEstimator = registry.load("motion_estimators", self.cfg.motion_estimator)()
        self.autosave = autosave
        self._faults: tuple[Fault, ...] = ()
        self._grounded_in: Scene | None = None  # the last look before the robot moved

    # -- stages ---------------------------------------------------------------------------------

    def observe(self, folder: Path) -> Scene:
        """Look, perceive, correct the state estimate; writes observation.png and .json.

        A robot that was left bent over by an attempt that failed stands up first: it hides things, and nobody is
        imagined to begin like that.
        """
        if self.cfg.closed_loop:
            self._world.straighten()
        observation = self._belief.look()
        scene = self._belief.scene(observation)
        attempt.save_observation(folder, observation, scene)
        return scene

    def imagine(
        self,
        folder: Path,
        scene: Scene,
        actions: Sequence[Action],
        seed: int,
        progress: Progress | None = None,
        wording: Wording | None = None,
    ) -> Path:
        """Imagine the action chain, said as `wording` has it, in the observed scene; writes imagined.mp4 and .json."""
        must_be_able(actions, self.robot, self.seat)
        observation, _ = attempt.load_observation(folder)
        wording = wording or Wording.of(actions)
        prompt = video_prompt(scene, tuple(actions), wording)
        request = ImagineRequest(scene, observation, tuple(actions), prompt, seed, self.cfg.imagine_fps)
        path = folder / attempt.IMAGINED
        video = self._video_model.imagine(request, path, progress)
        for fault in self._faults:
            if fault.kind == "bad_video":
                defects.plant(path, str(fault.options["defect"]), path, seed)
        write_json(
            path.with_suffix(".json"),
            {
                **video.sidecar,
                "backend": self._video_model.name,
                "prompt": prompt,
                "wording": wording.to_json(),
                "template": template_hash(),
                "seed": seed,
                "fps": video.fps,
            },
        )
        self.robot.arm([f for f in self._faults if f.kind in HANDLED])
        return path

    def gate(self, folder: Path) -> list[GateResult]:
        """Check the clip's pixels; adds the results to imagined.json. Raises `StageError("gate", defect)`."""
        path = folder / attempt.IMAGINED
        results = gates.run_gates(path)
        sidecar = path.with_suffix(".json")
        write_json(sidecar, {**json.loads(sidecar.read_text()), "gates": [asdict(r) for r in results]})
        if self.cfg.gates:
            gates.enforce(results)
        return results

    def estimate(self, folder: Path, progress: Progress | None = None) -> None:
        """Estimate the person's motion from the clip and the camera alone, and what its hands do; writes human.npz."""
        motion = self._motion_estimator.estimate(folder / attempt.IMAGINED, self.robot.camera, progress)
        save_human(folder / attempt.HUMAN, motion)
        scene = attempt.load_scene(folder)
        contact = handled(folder / attempt.IMAGINED, scene, motion, self.holding)
        attempt.save_contact(folder, contact or find_sitting(motion, scene) or find_wipe(motion, scene))
        attempt.save_passage(folder, find_passage(motion, scene))

    def ground(self, folder: Path, expectation: Expectation | None = None) -> dict[str, Any]:
        """Look again and put the motion where things are now; writes grounded.npz.

        Args:
            folder: of the attempt.
            expectation: what the skill is to bring about. It is not consulted about how or where; a video that does
                not show it at all is refused.

        Raises:
            StageError: see `exoactor.ground.ground`; stage "estimate" for a video that shows something else.
        """
        imagined_scene = attempt.load_scene(folder)
        scene = self._belief.scene()
        self._grounded_in = scene
        human, contact = load_human(folder / attempt.HUMAN), attempt.load_contact(folder)
        passage = attempt.load_passage(folder)
        if self.cfg.gates and expectation is not None:
            held = self._belief.in_hands
            must_show(expectation, human, contact, passage, imagined_scene, in_hands=held, seat=self.seat)
        cfg = GroundCfg(snap=self.cfg.closed_loop)
        grounded = ground(human, scene, cfg, imagined_scene=imagined_scene, contact=contact, passage=passage)
        attempt.save_grounded(folder, grounded)
        return {
            "target": grounded.target,
            "shift_m": round(grounded.shift, 3),
            "turn_deg": round(float(np.degrees(grounded.turn)), 1),
            "goal": grounded.goal.to_json(),
            **({} if contact is None or contact.fingers is None else {"fingers": contact.fingers.agree}),
        }

    def retarget(self, folder: Path) -> None:
        """Map the grounded motion onto the G1; writes robot.npz."""
        grounded = attempt.load_grounded(folder)
        loaded = grounded.contact is not None and grounded.contact.kind == "carry"
        cfg = RetargetCfg(steps=WITH_LOAD) if loaded else None
        save_robot(folder / attempt.ROBOT, retarget(grounded, self.cfg.retarget, cfg))  # type: ignore[arg-type]

    def track(
        self,
        folder: Path,
        should_stop: Callable[[], bool] = lambda: False,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Perform the motion; writes rollout.npz, rollout.mp4 and the looks taken on the way."""
        grounded = attempt.load_grounded(folder)
        self.robot.arm([f for f in self._faults if f.kind in ("push_robot", "slip")])
        recorder = TruthRecorder(self.robot, on_step=self._world.saving(self.autosave))
        motion = load_robot(folder / attempt.ROBOT)
        cfg = TrackCfg(closed_loop=self.cfg.closed_loop, look_hz=LOOK_HZ_STANDING, look_hz_moving=LOOK_HZ_WALK)
        localize = self._perception.locate_robot if self.cfg.closed_loop else None
        contact, belief = grounded.contact, self._belief
        performed = Performance(
            recorder, self._controller, belief.estimator, folder if self.cfg.record else None, should_stop, progress
        )
        imagined = attempt.load_scene(folder)
        seen = self._grounded_in or imagined
        work = Work(grounded, motion, imagined, seen, belief.in_hands, Means(folder, belief.seen, cfg, localize))
        if contact is not None and contact.kind == "sit":
            belief.sat_on = seen.get(contact.thing)
        try:
            perform(performed, work)
        except Interrupted:
            belief.stopped(performed)
            raise
        finally:
            if contact is not None:
                belief.performed(performed, contact.thing)
            self.robot.disarm()
        rollout = performed.rollout()
        write_npz(folder / attempt.TRUTH_TRACK, recorder.track.to_arrays())
        attempt.save_rollout(folder, rollout)
        belief.planned(grounded.goal)
        return {"fell": rollout.fell, "seconds": rollout.seconds, **rollout.metrics}

    def check(self, folder: Path, expectation: Expectation) -> Verdict:
        """Look at the outcome; writes after.jpg, verdict.json, evidence pictures and truth.json.

        The looks on the way (frames.npz) stay, for another look; who is done with the attempt deletes them.
        """
        self.robot.arm([f for f in self._faults if f.kind == "occlude"])
        last = self._belief.look()
        self.robot.disarm()
        attempt.save_after(folder, last)
        frames = attempt.load_frames(folder / attempt.FRAMES) if (folder / attempt.FRAMES).exists() else ()
        before = attempt.load_scene(folder)
        if expectation.kind == "wiped":
            expectation = self._shown(folder, expectation, before)
        try:
            after = self._perception.perceive(last, self._belief.prior)
            if expectation.kind == "carried":
                after = self._belief.with_held(after, last)
        except StageError:  # a covered camera: the verifier sees that too, and says what it cannot tell
            after = replace(before, robot=None, robot_confidence=0.0)
        verdict = self._verifier.check(expectation, before, frames, after, last, folder)
        if verdict.code == "robot_fell":
            write_json(folder / attempt.VERDICT, verdict.to_json())
            raise SafetyStop("robot_fell", "the camera sees the robot lying; a person must look")
        if self.cfg.closed_loop:
            self._belief.fix(after)
        self._belief.checked(expectation, verdict)
        self._world.write_truth(folder, expectation)
        write_json(folder / attempt.VERDICT, verdict.to_json())
        return verdict

    # -- the world ------------------------------------------------------------------------------

    def arm(self, faults: Sequence[Fault]) -> None:
        """Faults planted in the coming attempt."""
        self._faults = tuple(faults)

    def save_world(self, path: Path) -> None:
        """Save the world, see `LivingWorld.save`."""
        self._world.save(path)

    def load_world(self, path: Path) -> None:
        """Go on in a saved world, see `LivingWorld.load`."""
        self._world.load(path)

    def disturb(self, fault: Fault) -> None:
        """Somebody does this to the world now, between two attempts; the robot is told nothing."""
        self._world.disturb(fault)

    def wait(self, seconds: float) -> None:
        """Let time pass [simulated s], see `LivingWorld.wait`."""
        self._world.wait(seconds)

    @property
    def holding(self) -> str | None:
        """Id of what was last seen to be in the robot's hands, or None."""
        return None if self._belief.in_hands is None else self._belief.in_hands.thing

    @property
    def seat(self) -> str | None:
        """Id of what the robot sits on, or None when it stands."""
        return None if self._belief.seat is None else self._belief.seat.id

    def close(self) -> None:
        """Free the renderer."""
        self._world.close()

    # -- inside ---------------------------------------------------------------------------------

    def _shown(self, folder: Path, expectation: Expectation, before: Scene) -> Expectation:
        """What is expected of a top, with the patch of it that the video wipes."""
        contact, surface = attempt.load_contact(folder), before.get(expectation.target or "")
        if contact is None or contact.kind != "wipe" or surface is None:
            return expectation
        return replace(expectation, patch=patch_of(surface, contact))
