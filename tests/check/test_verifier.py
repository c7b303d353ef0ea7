"""The whole check on rendered looks."""

from functools import cache

import cv2
import numpy as np
import pytest

from exoactor.bench import check as bench
from exoactor.bench.perceive import PosedRoom
from exoactor.check import GeometricVerifier
from exoactor.perceive import RgbdPerception
from exoactor.stance import stances
from exoactor.types import ConfigError, Expectation, Observation, Outcome, Pose2D, SceneObject
from exoactor.world.scene_file import load_scene

pytestmark = pytest.mark.assets


@cache
def room_of(name="kitchen"):
    room = PosedRoom(load_scene(name), seed=4)
    return room, RgbdPerception(room.scene.catalogue())


def check(expectation, start, end, tmp_path, blind=False):
    room, perception = room_of()
    room.put(start)
    before = perception.perceive(room.look(start), start)
    room.put(end)
    last = room.look(end)
    after = perception.perceive(last, end)
    if blind:
        last = Observation(last.time, 0 * last.rgb, 0 * last.depth, last.camera, last.proprioception)
    return GeometricVerifier(perception).check(expectation, before, [last], after, last, tmp_path)


def stance_at(id, index=0):
    thing = room_of()[0].scene.thing(id)
    return stances(SceneObject(thing.item, thing.position, thing.yaw, 1.0), np.array([0.0, 0.0]))[index]


def test_at_the_table_with_a_picture(tmp_path):
    verdict = check(Expectation("at", "table"), Pose2D(-0.3, 0.0, 0.0), stance_at("table"), tmp_path)
    assert verdict.outcome is Outcome.DONE
    assert verdict.measured == pytest.approx(0.45, abs=0.05)
    image = cv2.imread(str(verdict.evidence[0]))
    assert image.shape[1] == 640
    assert (np.abs(image.astype(int) - [30, 30, 230]).sum(-1) < 60).sum() > 50, "the robot's arrow is drawn"


def test_not_there_yet(tmp_path):
    verdict = check(Expectation("at", "table"), Pose2D(-0.3, 0.0, 0.0), Pose2D(0.0, 0.2, 0.0), tmp_path)
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_DONE, "too_far")


def test_a_covered_camera_cannot_tell(tmp_path):
    verdict = check(Expectation("at", "table"), Pose2D(-0.3, 0.0, 0.0), stance_at("table"), tmp_path, blind=True)
    assert (verdict.outcome, verdict.code) == (Outcome.CANNOT_TELL, "camera_blind")


def test_an_unknown_target_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError, match="piano"):
        check(Expectation("at", "piano"), Pose2D(-0.3, 0.0, 0.0), Pose2D(0.0, 0.2, 0.0), tmp_path)


@pytest.mark.parametrize("kind", ["at", "facing", "pointing", "fell"])
def test_acted_cases_agree_with_truth(kind):
    chosen = [c for c in bench.cases(14, 40) if c["kind"] == kind]
    for case in chosen[:1]:
        result = bench.trial(case)
        assert result["truth"] or result["outcome"] != "done", result
