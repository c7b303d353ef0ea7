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
from exoactor.acting import InHands, Work, must_hold, perform
from exoactor.belief import Belief
from exoactor.carrying import WITH_LOAD
from exoactor.control import TrackCfg, stand, standing_pose
from exoactor.files import write_json, write_npz
from exoactor.formats.amass import load_human, save_human
from exoactor.formats.robot_motion import load_robot, save_robot
from exoactor.ground import GroundCfg, find_passage, find_sitting, find_wipe, ground, must_move, must_pass, must_sit
from exoactor.handling import handled
from exoactor.imagine import defects, gates
from exoactor.imagine.prompt import template_hash, video_prompt
from exoactor.parts import PipelineCfg, load_controller
from exoactor.perceive import RgbdPerception, own_body
from exoactor.performance import Means, Performance
from exoactor.retarget import RetargetCfg, retarget
from exoactor.types import (
    MOVED_BY_HAND,
    Action,
    Catalogue,
    ConfigError,
    Expectation,
    GateResult,
    ImagineRequest,
    Interrupted,
    MotionEstimator,
    Outcome,
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
from exoactor.world.happened import happened
from exoactor.world.scene_file import SceneSpec
from exoactor.world.sim import SimRobot
from exoactor.world.truth import TruthRecorder, TruthTrack, true_objects

LOOK_HZ_WALK = 1.6
"""RGB-D looks a second while walking: enough for fixes and for the way round a thing."""
LOOK_HZ_STANDING = 12.5 / 3
"""The same on the spot, where gestures are made: a wave has about two strokes a second, the check must see each."""
STILL_HELD = ("too_far",)
"""Codes of a thing that was not brought where it should be, and is in the hands nevertheless."""
HELD_FIRST = ("carried", "put_down", "placed")
"""What is expected of a thing that is in the hands when the attempt begins."""
BENT = 0.7
"""A joint further from standing than this [rad], and the robot was left in the middle of something."""
STAND_UP_SECONDS, STAND_UP_BLEND = 3.0, 2.0
"""For how long a bent robot comes to stand, and how slowly it straightens [s]."""
AUTOSAVE_SECONDS = 0.5
"""How often the world is saved while the robot moves [simulated s]; a killed process goes on from there."""


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
        self.robot = SimRobot(spec, seed=seed)
        self.catalogue: Catalogue = self.robot.catalogue
        self._controller = load_controller(self.cfg.controller, self.cfg.controller_path)
        self.robot.configure(self._controller.actuation)
        self._perception = RgbdPerception(self.catalogue, body=own_body(spec.hands))
        self._belief = Belief(self.robot, self._perception, closed_loop=self.cfg.closed_loop)
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
        belief = self._belief
        if self.cfg.closed_loop and belief.in_hands is None and belief.seat is None and self._is_bent():
            stand(self.robot, self._controller, STAND_UP_SECONDS, estimator=belief.estimator, blend=STAND_UP_BLEND)
        observation = belief.look()
        scene = belief.scene(observation)
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
        if any(action.kind in ("pick", "place") for action in actions) and self.robot.sense().fingers is None:
            raise StageError("imagine", "no_fingers", "the robot's hands have no fingers to take a thing with")
        if any(action.kind == "wipe" for action in actions) and self.robot.sense().fingers is not None:
            raise StageError(
                "imagine", "thumb_in_the_way", "of a hand with fingers the thumb, not the palm, would wipe"
            )
        if self.seat is not None and actions and actions[0].kind != "stand_up":
            raise StageError("imagine", "seated", f"the robot sits on {self.seat}; it has to stand up first")
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
            if expectation.kind in HELD_FIRST:
                must_hold(self._belief.in_hands, expectation.target)
            if expectation.kind in MOVED_BY_HAND:
                must_move(expectation, contact)
            if expectation.kind == "seated" or self.seat is not None:
                must_sit(expectation, contact)
            must_pass(expectation, passage, human, imagined_scene)
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
        recorder = TruthRecorder(self.robot, on_step=self._save_now_and_then())
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
            # Who is brought to a stand takes the arms down, and lets go of what two palms press; fingers stay closed.
            if performed.holding is not None and performed.holding.hand is None:
                performed.holding = None
            if belief.in_hands is not None and belief.in_hands.motion.hand is None:
                belief.in_hands = None
            raise
        finally:
            if contact is not None and performed.holding is not None:
                loop = performed.palm if performed.holding.hand is None else performed.hand
                belief.in_hands = InHands(contact.thing, loop, performed.holding)
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
        held = verdict.outcome is Outcome.DONE or verdict.code == "camera_blind"  # nobody saw that it was lost
        if not (held and expectation.kind in ("lifted", "carried")) and verdict.code not in STILL_HELD:
            self._belief.in_hands = None
        self._write_truth(folder, expectation)
        write_json(folder / attempt.VERDICT, verdict.to_json())
        return verdict

    # -- the world ------------------------------------------------------------------------------

    def arm(self, faults: Sequence[Fault]) -> None:
        """Faults planted in the coming attempt."""
        self._faults = tuple(faults)

    def save_world(self, path: Path) -> None:
        """Save the simulated world and what the robot believes of itself, atomically."""
        world = {f"world_{k}": v for k, v in self.robot.snapshot().items()}
        write_npz(path, {**world, **self._belief.to_arrays()})

    def load_world(self, path: Path) -> None:
        """Go on in a saved world; the robot first comes to rest, whatever it was doing.

        Raises:
            ConfigError: the file is missing, damaged or of another scene.
        """
        try:
            with np.load(path) as data:
                arrays = dict(data)
        except (OSError, ValueError, EOFError) as error:
            raise ConfigError(f"{path}: not a readable world snapshot: {error}") from error
        self.robot.restore({k.removeprefix("world_"): v for k, v in arrays.items() if k.startswith("world_")})
        self._belief.restore(arrays)
        stand(self.robot, self._controller, 2.0, estimator=self._belief.estimator)

    def disturb(self, fault: Fault) -> None:
        """Somebody does this to the world now, between two attempts; the robot is told nothing."""
        self.robot.arm([fault])

    def wait(self, seconds: float) -> None:
        """Let time pass; the robot stays as it is, on its feet or seated.

        Args:
            seconds: how long [simulated s].

        Raises:
            SafetyStop: it fell meanwhile.
        """
        if not stand(self.robot, self._controller, seconds, estimator=self._belief.estimator):
            raise SafetyStop("robot_fell", "the robot fell while it waited")

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
        self.robot.close()

    # -- inside ---------------------------------------------------------------------------------

    def _shown(self, folder: Path, expectation: Expectation, before: Scene) -> Expectation:
        """What is expected of a top, with the patch of it that the video wipes."""
        contact, surface = attempt.load_contact(folder), before.get(expectation.target or "")
        if contact is None or contact.kind != "wipe" or surface is None:
            return expectation
        return replace(expectation, patch=patch_of(surface, contact))

    def _is_bent(self) -> bool:
        away = np.abs(self.robot.sense().joint_pos - standing_pose(self._controller.actuation))
        return bool(away.max() > BENT)

    def _save_now_and_then(self) -> Callable[[], None] | None:
        if self.autosave is None:
            return None
        path, steps = self.autosave, 0
        every = round(AUTOSAVE_SECONDS * self._controller.actuation.hz)

        def on_step() -> None:
            nonlocal steps
            steps += 1
            if steps % every == 0:
                self.save_world(path)

        return on_step

    def _write_truth(self, folder: Path, expectation: Expectation) -> None:
        track_file = folder / attempt.TRUTH_TRACK
        if not track_file.exists():  # open the world again after a crash: nothing was recorded to the end
            return
        with np.load(track_file) as data:
            recorded = TruthTrack.from_arrays(dict(data))
        objects = true_objects(self.robot)
        write_json(
            folder / attempt.TRUTH,
            {
                **happened(expectation, recorded, objects),
                "expected": asdict(expectation),
                "robot": recorded.root[-1],
                "start": recorded.root[0],
                "objects": {id: [*position, yaw] for id, (_, position, yaw) in objects.items()},
            },
        )
