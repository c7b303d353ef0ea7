"""The whole chain on the real parts, one short subtask at a time."""

import json

import cv2
import numpy as np
import pytest

import skills
from exoactor import attempt
from exoactor.formats.video import probe
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.types import ConfigError, Outcome, StageError
from exoactor.world.faults import parse_fault
from exoactor.world.scene_file import load_scene

pytestmark = [pytest.mark.assets, pytest.mark.slow]
WAVE = skills.get("wave")


@pytest.fixture(scope="module")
def performed(tmp_path_factory):
    """One wave in the open room, from the look to the verdict."""
    folder = tmp_path_factory.mktemp("attempt")
    pipeline = SimPipeline(load_scene("open_room"), seed=11)
    scene = pipeline.observe(folder)
    pipeline.imagine(folder, scene, WAVE.actions(scene, {}), seed=11)
    gates = pipeline.gate(folder)
    pipeline.estimate(folder)
    pipeline.ground(folder)
    pipeline.retarget(folder)
    report = pipeline.track(folder)
    verdict = pipeline.check(folder, WAVE.expectation({}))
    yield pipeline, folder, scene, gates, report, verdict
    pipeline.close()


def test_a_wave_is_imagined_performed_and_seen(performed):
    _, folder, _, gates, report, verdict = performed
    assert all(g.passed for g in gates)
    assert not report["fell"]
    assert verdict.outcome is Outcome.DONE
    assert json.loads((folder / attempt.TRUTH).read_text())["true"] is True
    assert json.loads((folder / attempt.VERDICT).read_text())["outcome"] == "done"


def test_everything_is_on_disk(performed):
    _, folder, scene, _, report, verdict = performed
    for name in (attempt.HUMAN, attempt.GROUNDED, attempt.ROBOT, attempt.ROLLOUT):
        with np.load(folder / name) as data:
            assert data.files
    assert probe(folder / attempt.ROLLOUT_VIDEO).seconds == pytest.approx(report["seconds"], abs=0.3)
    assert all((folder / p.name).stat().st_size > 1000 for p in verdict.evidence)
    _, read = attempt.load_observation(folder)
    assert read.to_json() == scene.to_json()
    assert (folder / attempt.FRAMES).exists()  # for another look; the agent deletes them once it has decided


def test_pictures_of_the_outcome_are_plain_and_few(performed):
    _, folder, *_ = performed
    after = cv2.imread(str(folder / attempt.AFTER))
    before = cv2.imread(str(folder / attempt.OBSERVATION))
    assert after.shape == before.shape and np.abs(after.astype(int) - before).mean() < 10, "nothing is drawn into it"
    frames = attempt.load_frames(folder / attempt.FRAMES)
    some = attempt.load_pictures(folder / attempt.FRAMES, 4)
    assert len(some) == 4 and all(any((p == f.rgb).all() for f in frames[1:-1]) for p in some)
    assert len(attempt.load_pictures(folder / attempt.FRAMES, 500)) <= len(frames)


def test_a_grounded_motion_survives_the_disk(performed, tmp_path):
    _, folder, *_ = performed
    grounded = attempt.load_grounded(folder)
    attempt.save_grounded(tmp_path, grounded)
    again = attempt.load_grounded(tmp_path)
    np.testing.assert_allclose(again.human.joints, grounded.human.joints, atol=1e-6)
    assert (again.start, again.goal, again.target) == (grounded.start, grounded.goal, grounded.target)


def test_a_planted_defect_is_gated(performed, tmp_path):
    pipeline, _, scene, *_ = performed
    pipeline.arm([parse_fault("bad_video:defect=cut@1.1")])
    try:
        pipeline.observe(tmp_path)
        pipeline.imagine(tmp_path, scene, WAVE.actions(scene, {}), seed=12)
        with pytest.raises(StageError) as caught:
            pipeline.gate(tmp_path)
    finally:
        pipeline.arm([])
    assert caught.value.stage == "gate"
    gates = json.loads((tmp_path / "imagined.json").read_text())["gates"]
    assert any(not g["passed"] for g in gates)


def test_a_covered_camera_cannot_tell(performed, tmp_path):
    pipeline, _, _, *_ = performed
    pipeline.observe(tmp_path)
    pipeline.arm([parse_fault("occlude@1.1")])
    try:
        verdict = pipeline.check(tmp_path, skills.get("stand_still").expectation({}))
    finally:
        pipeline.arm([])
    assert verdict.outcome is Outcome.CANNOT_TELL
    assert verdict.code == "camera_blind"


def test_a_saved_world_goes_on_where_it_was(performed, tmp_path):
    pipeline, *_ = performed
    pipeline.save_world(tmp_path / "world.npz")
    other = SimPipeline(load_scene("open_room"), seed=99)
    try:
        other.load_world(tmp_path / "world.npz")
        was, now = pipeline.robot.truth(), other.robot.truth()
        np.testing.assert_allclose(now["robot"], was["robot"], atol=0.06)
        assert not now["fallen"]
    finally:
        other.close()
    third = SimPipeline(load_scene("kitchen"))
    with pytest.raises(ConfigError, match="kitchen"):
        third.load_world(tmp_path / "world.npz")


def test_open_loop_believes_its_first_look(tmp_path):
    pipeline = SimPipeline(load_scene("open_room"), seed=3, cfg=PipelineCfg(closed_loop=False))
    try:
        first = pipeline.observe(tmp_path / "a")
        pipeline.arm([parse_fault("occlude@1.1")])
        assert pipeline.observe(tmp_path / "b").to_json() == first.to_json()
    finally:
        pipeline.close()


def test_an_unknown_retarget_method_is_refused(performed, tmp_path):
    _, folder, *_ = performed
    pipeline = SimPipeline(load_scene("open_room"), cfg=PipelineCfg(retarget="magic"))
    with pytest.raises(ConfigError, match="'ik' or 'direct'"):
        pipeline.retarget(folder)
