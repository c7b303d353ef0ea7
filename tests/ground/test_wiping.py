"""Wiping, read from the motion of a procedural person; and where one stands for it now, or why one cannot."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.grasp import stance_to_grasp
from exoactor.ground import find_wipe, ground, must_move
from exoactor.ground.wiping import _longest, _turns, stance_now
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Camera, CatalogueItem, Expectation, Pose2D, Scene, SceneObject, StageError
from exoactor.wipe import place_of

CAMERA = Camera.looking_at(np.array([0.8, -3.6, 1.7]), np.array([0.8, 0, 0.6]), 58.0, (640, 480))
TABLE = SceneObject(CatalogueItem("table", "table", "wood", np.array([0.6, 1.0, 0.7]), False), [1.5, 0, 0], 0.0, 1.0)
CAN = SceneObject(CatalogueItem("can", "can", "blue", np.array([0.066, 0.066, 0.12]), True), [1.3, 0.4, 0.7], 0.0, 1.0)
SCENE = Scene((TABLE, CAN), Pose2D(0.0, 0.0, 0.0), 1.0, CAMERA)
MIDDLE = np.array([1.37, -0.1])


def film(side="right", strokes=4, seed=1, height=0.7):
    """A person's motion as it ought to be estimated."""
    stance, _ = stance_to_grasp(MIDDLE, 0.0, side, TABLE)
    wipe = Action("wipe", "", side=side, thing="table", at=(*MIDDLE, height), shift=(0.06, 0.28), strokes=strokes)
    actions, body = (Action("walk", "", goal=stance), wipe), load_body()
    paths = walking_paths(SCENE, actions, PathCfg())
    return act(actions, paths, SCENE.robot, sample_style(body, seed), body, 25.0).to_human(body)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("seed", range(3))
def test_hand_surface_patch_and_strokes_are_read_from_the_motion(side, seed):
    found = find_wipe(film(side, seed=seed), SCENE)
    assert (found.thing, found.hands, found.kind, found.strokes) == ("table", (side,), "wipe", 4)
    assert found.way == pytest.approx((0.06, 0.28), abs=0.03)
    assert TABLE.position[:2] + found.at == pytest.approx(MIDDLE, abs=0.04)
    assert abs(found.heading) < 1e-6 and 0 < found.reach < found.begin < found.end
    must_move(Expectation("wiped", "table", side=side), found)


def test_the_number_of_strokes_is_that_of_the_clip_and_two_are_no_wiping():
    assert find_wipe(film(strokes=6), SCENE).strokes == 6
    assert find_wipe(film(strokes=2), SCENE) is None


def test_a_hand_that_strokes_through_the_air_wipes_nothing():
    assert find_wipe(film(height=1.0), SCENE) is None
    away = replace(SCENE, objects=(replace(TABLE, position=np.array([1.5, 1.5, 0.0])),))
    assert find_wipe(film(), away) is None
    unseen = film()
    assert find_wipe(replace(unseen, confidence=0.1 * unseen.confidence), SCENE) is None


def test_what_wipes_another_thing_or_with_another_hand_is_refused():
    found = find_wipe(film("left"), SCENE)
    with pytest.raises(StageError, match="never wipes desk") as caught:
        must_move(Expectation("wiped", "desk"), None)
    assert (caught.value.stage, caught.value.code) == ("estimate", "never_wiped")
    with pytest.raises(StageError, match="table, not desk"):
        must_move(Expectation("wiped", "desk"), found)
    with pytest.raises(StageError, match="with left, not right"):
        must_move(Expectation("wiped", "table", side="right"), found)


def test_one_stands_where_the_table_is_now_and_nothing_is_swept_down():
    human = film()
    found = find_wipe(human, SCENE)
    moved = replace(TABLE, position=np.array([1.55, 0.1, 0.0]), yaw=np.pi + 0.05)  # its other side seen as the first
    now = replace(SCENE, objects=(moved, CAN))
    stance, ahead = stance_now(moved, TABLE, now, found)
    middle, heading = place_of(moved, TABLE, found)
    assert heading == pytest.approx(0.05) and ahead == pytest.approx(0.38, abs=0.05)
    assert np.linalg.norm(stance.xy - middle) == pytest.approx(np.hypot(ahead, 0.13))
    grounded = ground(human, now, imagined_scene=SCENE, contact=found)
    assert grounded.contact == found and grounded.goal.is_near(stance.ahead(-0.30), 0.02, 0.05)
    blocked = replace(SCENE, objects=(TABLE, replace(CAN, position=np.array([*MIDDLE, 0.7]))))
    with pytest.raises(StageError, match="can stands where") as caught:
        ground(human, blocked, imagined_scene=SCENE, contact=found)
    assert (caught.value.stage, caught.value.code) == ("ground", "in_the_way")


def test_turns_are_the_extremes_of_swings_that_are_large_enough():
    waves = np.concatenate([np.linspace(0, 1, 11), np.linspace(0.9, 0, 10), np.linspace(0.02, 0.05, 4)])
    assert list(_turns(waves, 0.5)) == [0, 10, 20]
    assert list(_turns(waves, 2.0)) == []
    assert list(_longest(np.array([1, 1, 0, 1, 1, 0, 0, 0, 1, 1], bool), 1)) == [0, 1, 3, 4]
