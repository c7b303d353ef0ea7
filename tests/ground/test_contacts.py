"""Taking hold, read from the motion of a procedural person and the height of the thing."""

from dataclasses import fields, replace

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.ground import ContactCfg, find_contact, ground, held_at_first
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.types import (
    BODY_JOINTS,
    Action,
    Camera,
    CatalogueItem,
    Contact,
    Pose2D,
    Rise,
    Scene,
    SceneObject,
    StageError,
)

CAMERA = Camera.looking_at(np.array([0.8, -3.4, 1.7]), np.array([0.8, 0, 0.6]), 55.0, (640, 480))
BOX = SceneObject(CatalogueItem("box", "box", "red", np.array([0.3, 0.35, 0.25]), True), [1.2, 0, 0.4], 0.0, 1.0)
STAND = SceneObject(CatalogueItem("stand", "table", "blue", np.array([0.36, 0.42, 0.4]), False), [1.2, 0, 0], 0.0, 1.0)
SCENE = Scene((STAND, BOX), Pose2D(0.0, 0.0, 0.0), 1.0, CAMERA)


def film(seed=1):
    """A person's motion as it ought to be estimated, and how high the box is seen."""
    body = load_body()
    actions = (
        Action("walk", "", goal=Pose2D(0.82, 0.0, 0.0)),
        Action("lift", "", seconds=1.5, thing="box", rise=0.28),
    )
    paths = walking_paths(SCENE, actions, PathCfg())
    motion = act(actions, paths, SCENE.robot, sample_style(body, seed), body, 25.0, things={"box": BOX})
    every = slice(None, None, 3)
    return motion.to_human(body), Rise(np.arange(len(motion))[every] / 25.0, motion.carried["box"][every, 2])


def unseen(human, side):
    confidence = np.array(human.confidence)
    confidence[:, BODY_JOINTS.index(f"{side}_wrist")] = 0.1
    return replace(human, confidence=confidence)


@pytest.mark.parametrize("seed", range(4))
def test_both_hands_and_the_order_of_events_are_found(seed):
    human, rise = film(seed)
    found = find_contact(human, {"box": rise}, SCENE)
    assert found is not None and found.thing == "box" and found.hands == ("left", "right")
    assert found.lift == pytest.approx(0.28, abs=0.02)
    assert found.rise - found.reach == pytest.approx(1.8, abs=0.6)
    assert abs(found.heading) < 0.15 and found.bow > 0.2


def test_a_hidden_hand_is_on_it_too_if_it_takes_two():
    human, rise = film()
    assert find_contact(unseen(human, "left"), {"box": rise}, SCENE).hands == ("left", "right")
    narrow = ContactCfg(one_hand=0.5)
    assert find_contact(unseen(human, "left"), {"box": rise}, SCENE, narrow).hands == ("right",)
    assert find_contact(unseen(unseen(human, "left"), "right"), {"box": rise}, SCENE) is None


def test_what_does_not_rise_or_rises_far_from_the_hands_is_not_taken_hold_of():
    human, rise = film()
    assert find_contact(human, {"box": Rise(rise.times, 0 * rise.height)}, SCENE) is None
    elsewhere = replace(SCENE, objects=(STAND, replace(BOX, position=np.array([1.2, 1.5, 0.4]))))
    assert find_contact(human, {"box": rise}, elsewhere) is None


def test_where_a_thing_is_seen_wrongly_from_the_beginning_it_still_leaves_its_place_when_it_does():
    human, rise = film()
    raised = Rise(rise.times, rise.height + 0.05)
    assert find_contact(human, {"box": raised}, SCENE) == find_contact(human, {"box": rise}, SCENE)


@pytest.mark.parametrize("dx", [-0.5, 0.0, 0.8])
def test_the_robot_goes_to_where_it_reaches_the_thing_as_it_stands_now(dx):
    human, rise = film()
    contact = find_contact(human, {"box": rise}, SCENE)
    now = replace(SCENE, objects=tuple(replace(o, position=o.position + np.array([dx, 0, 0])) for o in (STAND, BOX)))
    grounded = ground(human, now, imagined_scene=SCENE, contact=contact)
    assert grounded.contact == contact and grounded.target == "box"
    assert grounded.goal.xy == pytest.approx([1.2 + dx - 0.18 - 0.21 - 0.12, 0.0], abs=0.01)
    assert grounded.human.seconds == pytest.approx(contact.reach, abs=0.05)


def test_what_cannot_be_reached_is_refused():
    human, rise = film()
    contact = find_contact(human, {"box": rise}, SCENE)
    wide = replace(STAND, item=replace(STAND.item, size=np.array([1.2, 1.2, 0.4])))
    with pytest.raises(StageError, match="out_of_reach"):
        ground(human, replace(SCENE, objects=(wide, BOX)), imagined_scene=SCENE, contact=contact)


def test_a_contact_knows_its_order():
    with pytest.raises(ValueError, match="follow each other"):
        Contact("box", ("left",), 2.0, 1.0, 3.0, 4.0, 0.2, 0.0, 0.5)
    with pytest.raises(ValueError, match="hands"):
        Contact("box", (), 1.0, 2.0, 3.0, 4.0, 0.2, 0.0, 0.5)


def test_what_is_let_down_was_held_from_the_beginning_and_nobody_walks():
    body = load_body()
    up = replace(BOX, position=np.array([0.4, 0.0, 0.62]))
    scene = replace(SCENE, objects=(replace(STAND, position=np.array([0.4, 0, 0])), up))
    down = Action("put_down", "", seconds=0.4, thing="box", rise=-0.22)
    motion = act((down,), {}, SCENE.robot, sample_style(body, 1), body, 25.0, things={"box": up})
    every = slice(None, None, 3)
    rise = Rise(np.arange(len(motion))[every] / 25.0, motion.carried["box"][every, 2])
    found = find_contact(motion.to_human(body), {"box": rise}, scene)
    assert found is not None and found.reach == found.begin == 0.0
    assert found.lift == pytest.approx(-0.22, abs=0.02)
    grounded = ground(motion.to_human(body), scene, imagined_scene=scene, contact=found)
    assert grounded.goal.xy == pytest.approx(grounded.start.xy)


CAN = SceneObject(CatalogueItem("can", "can", "red", np.array([0.066, 0.066, 0.12]), True), [0.36, -0.13, 0.9], 0, 1.0)
UNDER = SceneObject(CatalogueItem("under", "table", "blue", np.array([0.5, 1, 0.75]), False), [0.5, 0, 0], 0, 1.0)
ABOVE = Scene((UNDER, CAN), Pose2D(0.0, 0.0, 0.0), 1.0, CAMERA)


def placing(kind="place", rise=-0.15, seed=1):
    """Somebody who puts a can down in the right hand, and how high the can is seen."""
    body, action = load_body(), Action(kind, "", seconds=0.4, side="right", thing="can", rise=rise)
    motion = act((action,), {}, ABOVE.robot, sample_style(body, seed), body, 25.0, things={"can": CAN})
    every = slice(None, None, 3)
    return motion.to_human(body), Rise(np.arange(len(motion))[every] / 25.0, motion.carried["can"][every, 2])


@pytest.mark.parametrize("seed", range(4))
def test_a_can_is_let_down_by_the_hand_that_goes_down_with_it_though_that_is_hardly_seen(seed):
    human, rise = placing(seed=seed)
    confidence = np.array(human.confidence)
    confidence[:, BODY_JOINTS.index("right_wrist")] = 0.12
    found = find_contact(replace(human, confidence=confidence), {"can": rise}, ABOVE)
    assert found is not None and (found.kind, found.hands) == ("put_down", ("right",))
    assert found.lift == pytest.approx(-0.15, abs=0.02) and found.rise < 1.0


def test_what_goes_down_without_a_hand_is_not_let_down():
    human, rise = placing()
    for moved in ([0.0, 0.6, 0.0], [0.45, 0.0, 0.0], [0.0, 0.0, 0.45]):
        elsewhere = replace(ABOVE, objects=(UNDER, replace(CAN, position=CAN.position + moved)))
        assert find_contact(unseen(human, "left"), {"can": rise}, elsewhere) is None, moved
    stays = replace(human, joints=np.tile(human.joints[-1:], (len(human), 1, 1)))
    assert find_contact(stays, {"can": rise}, ABOVE) is None


def test_a_hand_holds_a_thing_wherever_on_the_line_of_sight_it_is_taken_to_be():
    human, _ = placing()
    view = CAN.position - CAMERA.position
    for off, held in ((0.25 * view / np.linalg.norm(view), True), (np.array([-0.4, 0.0, 0.0]), False)):
        assert held_at_first(replace(human, joints=human.joints + off), CAN, CAMERA) is held


def test_what_hangs_in_the_air_when_the_hand_leaves_was_not_put_down():
    human, rise = placing()
    hangs = Rise(rise.times, 0 * rise.height)
    assert find_contact(human, {"can": hangs}, ABOVE) is not None
    low = replace(ABOVE, objects=(replace(UNDER, item=replace(UNDER.item, size=np.array([0.5, 1, 0.6]))), CAN))
    assert find_contact(human, {"can": hangs}, low) is None


def test_who_walks_away_from_what_stands_high_has_let_go_of_nothing():
    human, rise = film()
    last = round(find_contact(human, {"box": rise}, SCENE).rise * human.fps)
    backwards = {
        field.name: getattr(human, field.name)[:last][::-1]
        for field in fields(human)
        if isinstance(getattr(human, field.name), np.ndarray) and len(getattr(human, field.name)) == len(human)
    }
    leaving, stays = replace(human, **backwards), Rise(rise.times, np.full_like(rise.height, 0.4))
    assert find_contact(leaving, {"box": stays}, SCENE) is None
    # in the air it would have been held
    held = replace(SCENE, objects=(replace(STAND, item=replace(STAND.item, size=np.array([0.36, 0.42, 0.2]))), BOX))
    assert find_contact(leaving, {"box": stays}, held).kind == "put_down"
