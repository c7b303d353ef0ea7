"""Pushing, read from the motion of a procedural person and where the thing is seen; and where one stands for it now."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.ground import find_push, ground, must_move
from exoactor.ground.pushing import PushingCfg, _goes_in_picture, stance_now
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.push import GAP, stance_beside, stance_to_push
from exoactor.types import (
    Action,
    Camera,
    CatalogueItem,
    Contact,
    Expectation,
    Pose2D,
    Scene,
    SceneObject,
    Slide,
    StageError,
)

CAMERA = Camera.looking_at(np.array([0.8, -3.6, 1.7]), np.array([0.8, 0, 0.6]), 58.0, (640, 480))
CRATE = SceneObject(CatalogueItem("crate", "box", "red", np.array([0.4, 0.45, 0.6]), True), [1.6, 0, 0], 0.0, 1.0)
TABLE = SceneObject(CatalogueItem("table", "table", "wood", np.array([0.6, 1.0, 0.7]), False), [1.5, 0, 0], 0.0, 1.0)
CAN = SceneObject(CatalogueItem("can", "can", "blue", np.array([0.066, 0.066, 0.12]), True), [1.3, 0.1, 0.7], 0.0, 1.0)
ROBOT = Pose2D(0.0, 0.0, 0.0)
FLOOR, ON_TABLE = Scene((CRATE,), ROBOT, 1.0, CAMERA), Scene((TABLE, CAN), ROBOT, 1.0, CAMERA)


def film(scene, push, stance, seed=1):
    """A person's motion as it ought to be estimated, and where its thing is seen every third frame."""
    actions = (Action("walk", "", goal=stance), push)
    things = {o.id: o for o in scene.objects}
    paths = walking_paths(scene, actions, PathCfg())
    body = load_body()
    motion = act(actions, paths, scene.robot, sample_style(body, seed), body, 25.0, things=things)
    carried = motion.carried[push.thing][::3]
    shift, times = np.array(carried[:, :2]), np.arange(len(carried)) * 3 / 25.0
    lowered = carried[:, 2] < -0.1
    shift[lowered] = np.nan
    return motion.to_human(body), {push.thing: Slide(times, shift, 0.7 if lowered.any() else 0.0)}


def floor(seed=1):
    stance = stance_to_push(CRATE, 0.0)
    goal = Pose2D(stance.x + 0.4, 0.0, 0.0)
    return film(FLOOR, Action("push", "", goal=goal, thing="crate", shift=(0.4, 0.0)), stance, seed)


def table(side="right", rise=0.0, way=0.3, seed=1):
    toward = np.pi / 2 if side == "right" else -np.pi / 2
    stance, _ = stance_beside(CAN, toward, side, TABLE, way)
    shift = (0.0, way if side == "right" else -way)
    return film(ON_TABLE, Action("push", "", side=side, thing="can", shift=shift, rise=rise), stance, seed)


@pytest.mark.parametrize("seed", range(3))
def test_who_walks_behind_a_thing_that_goes_along_pushes_it_with_both_hands(seed):
    human, slides = floor(seed)
    found = find_push(human, slides, FLOOR)
    assert (found.thing, found.hands, found.kind) == ("crate", ("left", "right"), "push")
    assert found.way == pytest.approx((0.4, 0.0), abs=0.05) and abs(found.heading) < 0.1
    assert found.lift == 0.0 and found.begin - found.reach == pytest.approx(1.2, abs=0.6)
    must_move(Expectation("pushed", "crate"), found)
    with pytest.raises(StageError, match="does not fall"):
        must_move(Expectation("swept", "crate"), found)


@pytest.mark.parametrize("side", ["left", "right"])
def test_who_stays_pushes_with_the_hand_that_goes_along(side):
    human, slides = table(side)
    found = find_push(human, slides, ON_TABLE)
    assert found.hands == (side,) and found.lift == 0.0
    assert found.way == pytest.approx((0.0, 0.3 if side == "right" else -0.3), abs=0.06)


def test_what_falls_is_swept_and_where_it_fell_is_left_out():
    human, slides = table("right", rise=-0.7, way=0.42)
    found = find_push(human, slides, ON_TABLE)
    assert found.hands == ("right",) and found.lift == pytest.approx(-0.7)
    must_move(Expectation("swept", "can"), found)
    with pytest.raises(StageError, match="falls"):
        must_move(Expectation("pushed", "can"), found)
    gone = {"can": replace(slides["can"], drop=np.nan)}  # under the table, say; it was last seen at the edge
    assert find_push(human, gone, ON_TABLE).lift == pytest.approx(-0.7)


def test_a_thing_that_moves_by_itself_or_not_at_all_or_in_the_air_is_not_pushed():
    human, slides = floor()
    slide = slides["crate"]
    assert find_push(human, {"crate": replace(slide, shift=0 * slide.shift)}, FLOOR) is None
    away = replace(FLOOR, objects=(replace(CRATE, position=np.array([1.6, 1.5, 0.0])),))
    assert find_push(human, slides, away) is None
    lifted = replace(FLOOR, objects=(replace(CRATE, position=np.array([1.6, 0.0, 0.3])),))
    assert find_push(human, slides, lifted) is None


@pytest.mark.parametrize("seed", range(3))
def test_what_is_lifted_looks_like_pushed_away_but_the_hand_tells_them_apart(seed):
    stance, _ = stance_beside(CAN, np.pi / 2, "right", TABLE, 0.3)
    pick = Action("pick", "", seconds=2.0, side="right", thing="can", rise=0.16)
    things = {o.id: o for o in ON_TABLE.objects}
    actions = (Action("walk", "", goal=stance), pick)
    paths = walking_paths(ON_TABLE, actions, PathCfg())
    body = load_body()
    motion = act(actions, paths, ROBOT, sample_style(body, seed), body, 25.0, things=things)
    human, rise = motion.to_human(body), motion.carried["can"][::3, 2]
    view = CAN.position - CAMERA.position
    level = view[:2] / np.linalg.norm(view[:2])
    # further off on the table it is as high in the picture
    apparent = np.outer(rise * np.linalg.norm(view[:2]) / -view[2], level)
    slide = Slide(np.arange(len(rise)) * 3 / 25.0, apparent)
    assert np.linalg.norm(apparent[-1]) > 0.3
    assert find_push(human, {"can": slide}, ON_TABLE) is None


PUSH = Contact("crate", ("left", "right"), 3.0, 4.0, 4.0, 5.0, 0.0, 0.0, 0.0, "push", (0.4, 0.0))
ASIDE = Contact("can", ("right",), 3.0, 4.0, 4.0, 5.0, 0.0, 0.0, 0.0, "push", (0.0, 0.3))


def test_one_stands_behind_the_thing_where_it_is_now_and_it_takes_its_sides_along():
    moved = replace(CRATE, position=np.array([1.8, 0.4, 0.0]), yaw=0.3)
    stance = stance_now(moved, CRATE, FLOOR, PUSH)
    assert stance.yaw == pytest.approx(0.3)
    np.testing.assert_allclose(stance.xy + (0.2 + GAP) * stance.forward, moved.position[:2], atol=1e-9)
    other_side_first = replace(CRATE, yaw=-np.pi / 2)  # the same box, its sides told in another order
    assert stance_now(other_side_first, CRATE, FLOOR, PUSH).yaw == pytest.approx(0.0, abs=1e-9)


def test_a_hand_pushes_from_its_own_side_along_an_edge_only():
    stance = stance_now(CAN, CAN, ON_TABLE, ASIDE)
    assert stance.yaw == pytest.approx(0.0) and stance.x < 1.2 - 0.15
    assert stance.y - CAN.position[1] == pytest.approx(0.13)  # the can is before the right hand
    with pytest.raises(StageError, match="along no edge"):
        stance_now(CAN, CAN, ON_TABLE, replace(ASIDE, hands=("left",)))
    with pytest.raises(StageError, match="stands on nothing"):
        stance_now(CAN, CAN, replace(ON_TABLE, objects=(CAN,)), ASIDE)


def test_the_walk_ends_short_of_that_stance():
    human, slides = floor()
    contact = find_push(human, slides, FLOOR)
    grounded = ground(human, FLOOR, contact=contact)
    stance = stance_to_push(CRATE, 0.0)
    assert grounded.target == "crate" and grounded.contact == contact
    assert np.linalg.norm(grounded.goal.xy - stance.xy) == pytest.approx(0.12, abs=0.01)


def test_a_hand_that_hangs_still_does_not_push_what_goes_away_along_the_view():
    """One camera hardly sees depth, but it sees that a wrist stays where it is in the picture."""
    bottle = SceneObject(
        CatalogueItem("b", "bottle", "red", np.array([0.07, 0.07, 0.24]), True), [1.7, 0.0, 0.7], 0.0, 1.0
    )
    camera = Camera.looking_at(np.array([1.1, -3.7, 1.75]), np.array([0.9, 0.1, 0.72]), 52.0, (640, 480))
    away, cfg = np.array([0.0, 0.5]), PushingCfg()
    wrist = np.array([1.5, -0.1, 0.8])
    assert not _goes_in_picture(np.stack([wrist, wrist + 0.01]), bottle, away, camera, cfg)
    along = wrist + np.array([0.0, 0.45, 0.0])
    assert _goes_in_picture(np.stack([wrist, along]), bottle, away, camera, cfg)
