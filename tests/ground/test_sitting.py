"""Sitting down and standing up, read from the motion of a procedural person; and where the robot then goes."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.ground import find_sitting, ground, must_sit
from exoactor.ground.seats import AHEAD, SHORT
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.seat import place_on, seats
from exoactor.types import Action, Camera, CatalogueItem, Expectation, Pose2D, Scene, SceneObject, StageError

CAMERA = Camera.looking_at(np.array([0.5, -4, 1.7]), np.array([0.5, 0, 0.6]), 55.0, (640, 480))
ITEM = CatalogueItem("chair", "chair", "red", np.array([0.45, 0.45, 0.9]), False)
CHAIR = SceneObject(ITEM, np.array([1.5, 0.8, 0.0]), -1.8, 1.0)
SCENE = Scene((CHAIR,), Pose2D(0.0, 0.0, 0.0), 1.0, CAMERA)
SEAT = seats(CHAIR)[0]
SITTING = Action("sit", "sits down", seconds=1.5, thing="chair")
DOWN = (Action("walk", "", goal=SEAT.stance(0.55)), Action("walk", "", goal=SEAT.stance(0.17)), SITTING)
UP = (
    Action("stand_up", "", 0.5, SEAT.stance(0.17), thing="chair"),
    Action("walk", "", goal=SEAT.stance(0.45)),
)
SAT = Pose2D(*(float(v) for v in place_on(SEAT, 0.2)[:2]), SEAT.yaw)


def film(actions, start=SCENE.robot, seed=1):
    """A person's motion as it ought to be estimated."""
    body = load_body()
    paths = walking_paths(replace(SCENE, robot=start), actions, PathCfg())
    motion = act(actions, paths, start, sample_style(body, seed), body, 25.0, things={"chair": CHAIR})
    return motion.to_human(body)


@pytest.fixture(scope="module")
def down():
    return film(DOWN)


@pytest.fixture(scope="module")
def up():
    return film(UP, SAT)


def test_sitting_down_is_found_with_its_seat_and_its_time(down):
    contact = find_sitting(down, SCENE)
    assert contact is not None and (contact.thing, contact.kind, contact.hands) == ("chair", "sit", ())
    assert contact.heading == pytest.approx(0.0, abs=0.15) and contact.bow > 0.4
    heights = down.joints[:, 0, 2]
    reach, begin = (round(t * down.fps) for t in (contact.reach, contact.begin))
    assert heights[reach] > 0.9 * heights[0] and heights[begin] < 0.7 * heights[0]
    assert 0.3 < contact.begin - contact.reach < 2.5 and contact.end == pytest.approx(down.seconds)


def test_standing_up_is_found(up):
    contact = find_sitting(up, SCENE)
    assert contact is not None and (contact.thing, contact.kind) == ("chair", "rise") and contact.lift > 0.25


def test_who_only_walks_there_does_not_sit(down):
    assert find_sitting(down.until(find_sitting(down, SCENE).reach - 0.2), SCENE) is None


def test_who_sits_where_nothing_can_be_sat_on_sits_on_nothing(down):
    elsewhere = replace(SCENE, objects=(replace(CHAIR, position=CHAIR.position + np.array([1.0, 0, 0])),))
    turned = replace(SCENE, objects=(replace(CHAIR, yaw=CHAIR.yaw + np.pi),))
    low = replace(SCENE, objects=(replace(CHAIR, item=replace(ITEM, size=np.array([0.45, 0.45, 0.6]))),))
    for scene in (elsewhere, turned, low):
        assert find_sitting(down, scene) is None


def test_a_video_that_does_not_sit_down_or_stand_up_is_refused(down, up):
    sat, rose = find_sitting(down, SCENE), find_sitting(up, SCENE)
    must_sit(Expectation("seated", "chair"), sat)
    must_sit(Expectation("standing"), rose)
    for expectation, contact, code in (
        (Expectation("seated", "chair"), None, "never_sat"),
        (Expectation("seated", "chair"), rose, "never_sat"),
        (Expectation("seated", "stool"), sat, "never_sat"),
        (Expectation("standing"), sat, "never_rose"),
        (Expectation("standing"), None, "never_rose"),
    ):
        with pytest.raises(StageError, match=code):
            must_sit(expectation, contact)


def test_the_walk_ends_with_the_back_to_the_chair_where_it_stands_now(down):
    contact = find_sitting(down, SCENE)
    now = replace(CHAIR, position=CHAIR.position + np.array([0.15, 0.1, 0.0]), yaw=CHAIR.yaw + 0.2)
    grounded = ground(down, replace(SCENE, objects=(now,)), imagined_scene=SCENE, contact=contact)
    goal = seats(now)[0].stance(SHORT)
    assert grounded.target == "chair" and grounded.goal.is_near(goal, 1e-6, 1e-6)
    assert grounded.human.seconds == pytest.approx(contact.reach, abs=0.1)


def test_a_chair_that_went_far_or_is_gone_is_not_sat_on(down):
    contact = find_sitting(down, SCENE)
    with pytest.raises(StageError, match="target_gone"):
        ground(down, replace(SCENE, objects=()), imagined_scene=SCENE, contact=contact)


def test_who_rises_ends_before_the_seat_as_far_as_the_person(up):
    contact = find_sitting(up, SCENE)
    grounded = ground(up, replace(SCENE, robot=SAT), imagined_scene=replace(SCENE, robot=SAT), contact=contact)
    ahead = -SEAT.behind_edge(grounded.goal.xy)
    assert AHEAD[0] <= ahead <= AHEAD[1] and ahead == pytest.approx(0.45, abs=0.06)
    assert grounded.goal.yaw == pytest.approx(SEAT.yaw)
