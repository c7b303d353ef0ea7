"""The check: a fresh look, a few looks on the way, and geometry decide whether a subtask is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from exoactor.check import gestures, held, passages, places, pushed, sitting, wiped
from exoactor.check.cfg import CheckCfg
from exoactor.check.contained import contained
from exoactor.check.evidence import film, picture, save
from exoactor.check.gestures import ArmLook
from exoactor.grip import level_below
from exoactor.perceive import RgbdPerception
from exoactor.perceive.upright import blind
from exoactor.placing import takes
from exoactor.stance import support_of
from exoactor.types import (
    MOVED_BY_HAND,
    PASSED,
    Array,
    ConfigError,
    Expectation,
    Observation,
    Outcome,
    Pose2D,
    Scene,
    SceneObject,
    Verdict,
)

_NEEDS_TARGET = ("at", "circled", "facing", "pointing", "seated", *MOVED_BY_HAND, *PASSED)


class GeometricVerifier:
    """Checks by measuring poses and arms in RGB-D; never reads the simulator's state.

    Args:
        perception: locates the robot and its arms.
        cfg: thresholds.
    """

    name = "geometric"

    def __init__(self, perception: RgbdPerception, cfg: CheckCfg | None = None) -> None:
        self.perception = perception
        self.cfg = cfg or CheckCfg()

    def check(
        self,
        expectation: Expectation,
        before: Scene,
        frames: Sequence[Observation],
        after: Scene,
        last: Observation,
        evidence_dir: Path,
    ) -> Verdict:
        """Compare what was seen with what was expected; writes evidence-*.png.

        Args:
            expectation: what must be seen.
            before: the scene the attempt started from.
            frames: RGB-D looks on the way, 2.5 a second for places, 5 a second for gestures.
            after: the scene perceived in `last`.
            last: the fresh look at the end.
            evidence_dir: gets the pictures.

        Raises:
            ConfigError: the expectation names no target, or one that no scene holds.
            StageError: a picture could not be written.
        """
        if expectation.kind in _NEEDS_TARGET and expectation.target is None:
            raise ConfigError(f"expectation {expectation.kind!r} needs a target; {', '.join(_NEEDS_TARGET)} do")
        target = self._target(expectation, before, after, last)
        path, looks, painted = [], [], None
        verdict = self._impossible(expectation, before, after, last, target)
        if verdict is None and expectation.kind == "wiped":
            verdict, painted = wiped.check(self.perception, expectation, before, frames, after, last, self.cfg)
        elif verdict is None and expectation.kind in MOVED_BY_HAND:
            verdict = self._moved(expectation, before, frames, after, last)
        elif verdict is None and expectation.kind in ("seated", "standing"):
            verdict = sitting.check(self.perception, expectation, before, frames, after, last, self.cfg)
        elif verdict is None:
            robot = after.robot
            assert robot is not None
            gesture = expectation.kind in ("waved", "pointing", "still")
            if expectation.kind in ("circled", "still", "waved", "pointing", *PASSED):
                looks = self._watch(frames, [t for t in after.objects if t.confidence >= 0.5], arms=gesture)
            path = [p for p in (before.robot, *(look.pose for look in looks), robot) if p is not None]
            verdict = self._judge(expectation, before, after, robot, target, path, looks)
            verdict = self._hedged(verdict, after, target)
        title = f"{expectation.kind} {expectation.target or expectation.side or ''}".strip()
        pictures = [picture(last, verdict, title, robot=after.robot, target=target, path=path, painted=painted)]
        if expectation.kind in ("waved", "pointing") and looks:
            pictures.append(film(frames, looks, verdict, title, target))
        saved = tuple(save(image, evidence_dir, k + 1) for k, image in enumerate(pictures))
        return replace(verdict, evidence=saved)

    def fallen(self, observation: Observation) -> bool | None:
        """Whether the robot lies on the floor, by vision; None if it cannot be seen."""
        return self.perception.fallen(observation)

    def _impossible(
        self,
        expectation: Expectation,
        before: Scene,
        after: Scene,
        last: Observation,
        target: SceneObject | None,
    ) -> Verdict | None:
        """The verdict when there is nothing to measure, or None."""
        if blind(last):
            return Verdict(Outcome.CANNOT_TELL, "camera_blind", confidence=0.0)
        if self.perception.fallen(last):
            return Verdict(Outcome.NOT_DONE, "robot_fell", confidence=0.9)
        if expectation.kind in MOVED_BY_HAND or expectation.kind == "seated":
            # Judged by the thing alone, for what is held hides much of the robot; who sits is looked for as it sits.
            return None
        if after.robot is None or after.robot_confidence < self.cfg.robot_confidence:
            measured = float(after.robot_confidence)
            return Verdict(
                Outcome.CANNOT_TELL, "robot_not_seen", measured, self.cfg.robot_confidence, "confidence", measured
            )
        if expectation.target is not None and target is None:
            known = {o.id for o in (*before.objects, *after.objects)} | {*before.missing, *after.missing}
            if expectation.target not in known:
                raise ConfigError(
                    f"target {expectation.target!r} is not in the catalogue; known are {', '.join(sorted(known))}"
                )
            thing = after.get(expectation.target)
            measured = 0.0 if thing is None else thing.confidence
            return Verdict(
                Outcome.CANNOT_TELL, "target_not_seen", measured, self.cfg.target_confidence, "confidence", measured
            )
        return None

    def _target(self, expectation: Expectation, before: Scene, after: Scene, last: Observation) -> SceneObject | None:
        """The target where it is now; furniture that the robot now hides is where it was."""
        if expectation.target is None:
            return None
        now, then = after.get(expectation.target), before.get(expectation.target)
        if now is not None and now.confidence >= self.cfg.target_confidence:
            if then is None or now.item.movable or then.confidence <= now.confidence:
                return now
            return then
        if then is not None and then.confidence >= self.cfg.target_confidence and self._hidden(then, last):
            return then
        return None

    def _hidden(self, thing: SceneObject, last: Observation) -> bool:
        """Something nearer stands before most of where the thing was, so its absence means nothing."""
        rng = np.random.default_rng(0)
        points = np.concatenate([thing.footprint, thing.footprint, [thing.position[:2]]])
        heights = thing.position[2] + thing.item.size[2] * rng.uniform(0.1, 0.9, len(points))
        pixel, depth = last.camera.project(np.concatenate([points, heights[:, None]], 1))
        width, height = last.camera.size
        u = np.clip(pixel[:, 0], 0, width - 1).astype(int)
        v = np.clip(pixel[:, 1], 0, height - 1).astype(int)
        seen = last.depth[v, u]
        through = (seen > depth + 0.15) & (depth > 0)
        return bool(through.mean() < 0.4)

    def _watch(self, frames: Sequence[Observation], things: Sequence[SceneObject], *, arms: bool) -> list[ArmLook]:
        """Locate the robot, and its arms if wanted, in each look; looks in which it is not found are left out."""
        looks: list[ArmLook] = []
        prior: Pose2D | None = None
        for frame in frames:
            felt = frame.proprioception.pose
            start = prior if felt is None else Pose2D(*(float(v) for v in felt))
            if start is None or blind(frame):
                continue
            fix = self.perception.locate_robot(frame, start)
            if fix is None:
                continue
            prior = fix[0]
            seen = self.perception.find_arms(frame, fix[0], tuple(things)) if arms else {}
            looks.append(ArmLook(frame.time, fix[0], seen))
        return looks

    def _judge(
        self,
        expectation: Expectation,
        before: Scene,
        after: Scene,
        robot: Pose2D,
        target: SceneObject | None,
        path: Sequence[Pose2D],
        looks: Sequence[ArmLook],
    ) -> Verdict:
        cfg, kind = self.cfg, expectation.kind
        if kind == "still":
            if before.robot is None:
                return Verdict(Outcome.CANNOT_TELL, "start_not_seen", confidence=0.3)
            lifted = sum(any(gestures.raised(a, cfg) for a in look.arms.values()) for look in looks)
            if lifted >= cfg.wave_looks:
                return Verdict(Outcome.NOT_DONE, "arm_raised", float(lifted), float(cfg.wave_looks), "looks")
            return places.still(path, cfg)
        if kind == "waved":
            return gestures.waved(looks, expectation.side, cfg)
        assert target is not None
        if kind == "at":
            return places.at(robot, target, after.objects, cfg, expectation.toward)
        if kind == "facing":
            return places.facing(before.robot, robot, target, cfg)
        if kind in PASSED:
            return passages.passed(path, before.get(target.id), after.get(target.id), cfg)
        if kind == "circled":
            return places.circled(path, target, cfg)
        return gestures.pointing(looks, target, expectation.side, cfg)

    def _moved(
        self,
        expectation: Expectation,
        before: Scene,
        frames: Sequence[Observation],
        after: Scene,
        last: Observation,
    ) -> Verdict:
        """The verdict on a thing that is to be off what it stood on, or to stand again."""
        id = str(expectation.target)
        stood = before.get(id)
        if expectation.kind == "pushed":
            thing = after.get(id)
            heights = None if thing is None else self._height(last, id, thing.position[:2]).heights
            to = self._where(expectation, before, after)
            if expectation.on is not None and to is None:
                return Verdict(Outcome.CANNOT_TELL, "target_not_seen", confidence=0.3)
            return pushed.pushed(stood, thing, heights, expectation.toward, self.cfg, to)
        if expectation.kind == "swept":
            carrier = None if stood is None else support_of(stood, before.objects)
            seen, top_seen = self.perception.coloured.patches_of(last, id), 0.0
            if carrier is not None and seen is not None and not seen:
                top_seen = self._top_seen(frames, last, id, after.get(carrier.id) or carrier)
            return pushed.swept(seen, carrier, top_seen, self.cfg)
        if expectation.inside:
            item = next(item for item in self.perception.catalogue if item.id == id)
            to = self._where(expectation, before, after)
            return contained(self.perception, item, to, frames, after, last, self.cfg)
        if expectation.kind in ("put_down", "placed"):
            thing = after.get(id)
            level = 0.0 if thing is None else level_below(thing, after)
            hands = np.inf
            if thing is not None and after.robot is not None:
                hands = self.perception.reach_to(last, after.robot, thing)
            # who steps back after letting go may be a metre away by now
            where = None if thing is None or expectation.kind == "put_down" else thing.position[:2]
            look, on = self._height(last, id, where), self._where(expectation, before, after)
            if expectation.kind == "put_down":
                tall = next((float(item.size[2]) for item in self.perception.catalogue if item.id == id), None)
                return held.put_down(look, thing, after.robot, hands, level, self.cfg, on, tall)
            verdict = held.put_down(look, thing, after.robot, hands, level, self.cfg)
            return verdict if expectation.on is None else held.on_target(verdict, thing, on)
        if expectation.kind == "carried":
            thing, to = after.get(id), self._where(expectation, before, after)
            over = thing is not None and to is not None and takes(to, thing)
            level = 0.0 if thing is None else level_below(thing, after)
            looks = [self._height(look, id) for look in (*frames[-self.cfg.held_frames :], last)]
            return held.carried(looks, thing, to, over, level, self.cfg)
        if stood is None:
            return Verdict(Outcome.CANNOT_TELL, "start_not_seen", confidence=0.3)
        looks = [self._height(look, id) for look in (*frames[-self.cfg.held_frames :], last)]
        return held.lifted(looks, stood, self.cfg)

    def _top_seen(self, frames: Sequence[Observation], last: Observation, id: str, carrier: SceneObject) -> float:
        """Share of a top that was seen, now or in the looks before in which the thing was nowhere either, 0..1.

        A robot that steps back from a table hides one part of it after the other.
        """
        looks = [last]
        for look in reversed(frames):
            if self.perception.coloured.patches_of(look, id) != []:
                break
            looks.append(look)
        return float(np.any([pushed.seen_of_top(look, carrier) for look in looks], axis=0).mean())

    def _where(self, expectation: Expectation, before: Scene, after: Scene) -> SceneObject | None:
        """What the target is brought to, where it is; hidden by the load it is where it was."""
        if expectation.on is None:
            return None
        now, then = after.get(expectation.on), before.get(expectation.on)
        return max((o for o in (now, then) if o is not None), key=lambda o: o.confidence, default=None)

    def _height(self, look: Observation, id: str, around: Array | None = None) -> held.HeightLook:
        seen = self.perception.coloured.heights_of(look, id, around)
        return held.HeightLook(look.time, seen and seen[:2], seen is not None and seen.open_below)

    def _hedged(self, verdict: Verdict, after: Scene, target: SceneObject | None) -> Verdict:
        """Between done and not done lies "cannot tell" when both the margin and the confidence are small."""
        confidence = min(verdict.confidence, after.robot_confidence, 1.0 if target is None else target.confidence)
        verdict = replace(verdict, confidence=float(confidence))
        if verdict.measured is None or not verdict.threshold or confidence >= self.cfg.unsure_confidence:
            return verdict
        margin = abs(verdict.measured - verdict.threshold) / abs(verdict.threshold)
        if verdict.outcome is not Outcome.CANNOT_TELL and margin < self.cfg.unsure:
            return replace(verdict, outcome=Outcome.CANNOT_TELL, code=f"unsure_{verdict.code}")
        return verdict
