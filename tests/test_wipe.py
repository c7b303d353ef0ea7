"""One rule for wiping: where strokes turn, what they cover, what has to be free; and all of it on the real parts."""

import json
from dataclasses import replace

import numpy as np
import pytest

import skills
from exoactor import attempt
from exoactor.grasp import stance_to_grasp
from exoactor.grip import KNEES
from exoactor.parts import PipelineCfg
from exoactor.pipeline import SimPipeline
from exoactor.stance import square_to
from exoactor.types import CatalogueItem, Contact, Outcome, SceneObject, StageError
from exoactor.types.rotations import yaw_matrix
from exoactor.wipe import PALM, fits, in_the_way, is_surface, patch_of, place_of, stroke_ends
from exoactor.world.g1 import PALM_SIZE
from exoactor.world.scene_file import read_scene

TABLE = SceneObject(CatalogueItem("table", "table", "wood", np.array([0.6, 1.0, 0.7]), False), [1.5, 0.2, 0], 0.3, 1.0)
WAY = (0.06, 0.28)


def contact(heading=0.0, at=(-0.13, 0.1), side="right"):
    return Contact("table", (side,), 1.0, 2.0, 2.0, 6.0, 0.0, heading, 0.0, "wipe", WAY, at, 4)


@pytest.mark.parametrize("side", ["left", "right"])
def test_strokes_begin_on_the_hands_own_side_and_go_to_and_fro_and_ahead(side):
    middle, heading = np.array([1.0, -0.5]), 0.7
    ends = (stroke_ends(middle, heading, side, WAY, 4) - middle) @ yaw_matrix(heading)
    outward = 1.0 if side == "left" else -1.0
    np.testing.assert_allclose(ends[:, 1], outward * 0.14 * np.array([1, -1, 1, -1, 1]), atol=1e-9)
    np.testing.assert_allclose(ends[:, 0], np.linspace(-0.03, 0.03, 5), atol=1e-9)


def test_the_palm_is_that_of_the_model():
    assert (PALM_SIZE[0], PALM_SIZE[2]) == PALM


def test_only_what_stands_fast_at_the_height_of_a_hand_is_a_surface():
    def item(kind, height, movable=False):
        return CatalogueItem("it", kind, "red", np.array([0.5, 0.8, height]), movable)

    assert is_surface(item("table", 0.7)) and is_surface(item("box", 0.6))
    assert not is_surface(item("table", 0.45)) and not is_surface(item("table", 1.0))
    assert not is_surface(item("box", 0.6, movable=True)) and not is_surface(item("chair", 0.8))


def test_the_patch_stays_where_it_is_when_another_side_is_seen_as_the_first():
    seen = contact()
    middle, heading = place_of(TABLE, TABLE, seen)
    np.testing.assert_allclose(middle, TABLE.position[:2] + yaw_matrix(0.3) @ [-0.13, 0.1])
    assert heading == pytest.approx(0.3)
    for quarter in (1, 2, 3):
        again = place_of(replace(TABLE, yaw=0.3 + quarter * np.pi / 2 + 0.02), TABLE, seen)
        np.testing.assert_allclose(again[0], middle, atol=0.01)
        assert again[1] == pytest.approx(0.32)
    x, y, towards, ahead, aside = patch_of(TABLE, seen)
    assert (x, y, towards) == pytest.approx((*middle, heading))
    assert (ahead, aside) == pytest.approx((0.06 + 0.10 - 0.04, 0.28 + 0.07 - 0.04))
    assert square_to(TABLE, 1.7) == pytest.approx(0.3 + np.pi / 2)


def test_one_stands_square_before_the_edge_with_the_patch_before_the_hand():
    middle, heading = place_of(TABLE, TABLE, contact())
    stance, ahead = stance_to_grasp(middle, heading, "right", TABLE)
    local = yaw_matrix(-heading) @ (stance.xy - TABLE.position[:2])
    assert local[0] == pytest.approx(-0.3 - KNEES) and ahead == pytest.approx(0.17 + KNEES)
    assert local[1] == pytest.approx(0.1 + 0.13) and stance.yaw == pytest.approx(heading)


@pytest.mark.parametrize(
    ("ahead", "aside", "blocks"),
    [(0.0, 0.0, True), (-0.12, 0.1, True), (0.0, 0.30, False), (0.25, 0.0, False), (0.12, 0.22, True)],
)
def test_things_under_the_hand_or_the_forearm_are_in_the_way_others_are_not(ahead, aside, blocks):
    middle, heading = place_of(TABLE, TABLE, contact())
    place = middle + yaw_matrix(heading) @ [ahead, aside]
    can = SceneObject(CatalogueItem("can", "can", "red", np.array([0.06, 0.06, 0.12]), True), [*place, 0.7], 0.0, 1.0)
    assert in_the_way(TABLE, middle, heading, WAY, (TABLE, can)) == ("can" if blocks else None)
    under = replace(can, position=np.array([*place, 0.0]))
    assert in_the_way(TABLE, middle, heading, WAY, (TABLE, under)) is None


def test_a_palm_stays_on_the_top():
    assert fits(TABLE, TABLE.position[:2], 0.3, WAY)
    assert fits(TABLE, TABLE.position[:2], 0.3 + np.pi / 2, WAY)
    assert not fits(TABLE, TABLE.position[:2] + yaw_matrix(0.3) @ [0.0, 0.35], 0.3, WAY)
    assert not fits(TABLE, TABLE.position[:2] + yaw_matrix(0.3) @ [0.25, 0.0], 0.3, WAY)


ROOM = """name: wipe
robot: {pos: [0, 0], yaw_deg: 5}
camera: {pos: [0.95, -3.7, 1.75], target: [0.95, 0.1, 0.70], fovy_deg: 54, size: [640, 480]}
furniture:
  - {id: table, kind: table, pos: [1.55, 0], size: [0.6, 1.1, 0.70]}
objects:
  - {id: can, kind: can, pos: [1.5, 0.35], on: table, color: red}
"""


@pytest.mark.assets
@pytest.mark.slow
def test_a_table_is_wiped_and_the_check_sees_how_much(tmp_path):
    pipeline = SimPipeline(read_scene(ROOM), seed=3, cfg=PipelineCfg(record=False, imagine_fps=15))
    wipe, args = skills.get("wipe"), {"surface": "table", "side": "right"}
    try:
        scene = pipeline.observe(tmp_path)
        actions = wipe.actions(scene, args)
        pipeline.imagine(tmp_path, scene, actions, seed=3)
        pipeline.estimate(tmp_path)
        found = attempt.load_contact(tmp_path)
        assert (found.thing, found.kind, found.hands) == ("table", "wipe", ("right",))
        middle, _ = place_of(scene.get("table"), scene.get("table"), found)
        assert np.linalg.norm(middle - actions[-1].at[:2]) < 0.06
        pipeline.ground(tmp_path, wipe.expectation(args))
        pipeline.retarget(tmp_path)
        assert not pipeline.track(tmp_path)["fell"]
        verdict = pipeline.check(tmp_path, wipe.expectation(args))
        truth = json.loads((tmp_path / attempt.TRUTH).read_text())
        assert (verdict.outcome, verdict.code) == (Outcome.DONE, "wiped") and truth["true"] is True
        assert verdict.measured == pytest.approx(truth["measured"], abs=0.2)
        assert (tmp_path / "evidence-1.png").exists()
    finally:
        pipeline.close()


@pytest.mark.assets
def test_hands_with_fingers_are_refused_before_anything_is_imagined(tmp_path):
    pipeline = SimPipeline(read_scene(ROOM.replace("yaw_deg: 5}", "yaw_deg: 5, hands: dex3}")), seed=3)
    try:
        scene = pipeline.observe(tmp_path)
        actions = skills.get("wipe").actions(scene, {"surface": "table"})
        with pytest.raises(StageError, match="thumb") as caught:
            pipeline.imagine(tmp_path, scene, actions, seed=3)
        assert (caught.value.stage, caught.value.code) == ("imagine", "thumb_in_the_way")
    finally:
        pipeline.close()
