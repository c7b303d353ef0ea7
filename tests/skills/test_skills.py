from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import skills
from exoactor.stance import distance_to_footprint
from exoactor.types import Camera, CatalogueItem, ConfigError, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap
from exoactor.world.scene_file import load_scene
from skills import Fact, Symbols

CAMERA = Camera.looking_at(np.array([0.5, -5.5, 2.6]), np.array([0.5, 0.4, 0.5]), 58.0, (640, 480))


def thing(id, x, y, kind="table", size=(0.6, 0.6, 0.7), z=0.0, yaw=0.0, confidence=1.0):
    return SceneObject(CatalogueItem(id, kind, "wood", np.array(size), False), np.array([x, y, z]), yaw, confidence)


START = Pose2D(-0.8, 0.0, 0.0)


def scene(*things, robot=START, camera=CAMERA):
    return Scene(tuple(things), robot, 1.0, camera)


def actions(name, where, **args):
    return skills.get(name).actions(where, args)


def test_registry_has_the_built_in_ones_and_refuses_others():
    names = [
        "walk_to", "walk_around", "turn_to", "wave", "point_at", "stand_still",
        "lift", "carry", "put_down", "pick", "place", "push", "sweep", "wipe", "sit_on", "stand_up",
        "step_over", "duck_under",
    ]  # fmt: skip
    assert list(skills.registry()) == names
    with pytest.raises(ConfigError, match="walk_to, walk_around"):
        skills.get("fly")


@pytest.mark.parametrize("name", ["walk_to", "walk_around", "turn_to", "point_at"])
def test_a_target_that_was_not_seen_or_not_surely_is_an_error_of_perception(name):
    for where in (scene(), scene(thing("table", 1, 0, confidence=0.3))):
        with pytest.raises(StageError) as caught:
            actions(name, where, target="table")
        assert (caught.value.stage, caught.value.code) == ("perceive", "target_not_seen")


@pytest.mark.parametrize("name", ["walk_to", "walk_around", "turn_to", "point_at", "wave", "stand_still"])
def test_a_robot_that_was_not_seen_is_an_error_of_perception(name):
    with pytest.raises(StageError, match="robot_not_seen"):
        actions(
            name,
            scene(thing("table", 1, 0), robot=None),
            **({"target": "table"} if name[-1] != "l" and name != "wave" else {}),
        )


def test_arguments_are_checked_all_at_once():
    catalogue = (thing("wall", 1, 0, kind="wall").item, thing("table", 1, 0).item)
    assert skills.get("walk_to").problems({"target": "table"}, catalogue) == []
    assert "sofa" in skills.get("walk_to").problems({"target": "sofa"}, catalogue)[0]
    assert "is a wall" in skills.get("walk_around").problems({"target": "wall"}, catalogue)[0]
    both = skills.get("point_at").problems({"side": "up", "colour": "red"}, catalogue)
    assert len(both) == 3
    for seconds in (0, 21, "three", True, float("nan")):
        assert skills.get("stand_still").problems({"seconds": seconds}, catalogue)


def test_walk_to_takes_the_nearest_side():
    (walk,) = actions("walk_to", scene(thing("table", 1.0, 0.0)), target="table")
    assert walk.goal.x == pytest.approx(1.0 - 0.3 - 0.45)
    assert walk.goal.yaw == pytest.approx(0.0)


def test_walk_to_leaves_a_side_that_is_blocked():
    blocked = scene(thing("table", 1.0, 0.0), thing("box", 0.2, 0.0, size=(0.3, 0.3, 0.3)))
    (walk,) = actions("walk_to", blocked, target="table")
    assert abs(walk.goal.y) > 0.5
    assert distance_to_footprint(blocked.get("box"), walk.goal.xy) >= 0.3


def test_walk_to_says_when_there_is_no_place():
    around = [thing(f"b{i}", 1 + 0.8 * np.cos(a), 0.8 * np.sin(a)) for i, a in enumerate(np.radians([0, 90, 180, 270]))]
    with pytest.raises(StageError) as caught:
        actions("walk_to", scene(thing("table", 1.0, 0.0), *around), target="table")
    assert (caught.value.stage, caught.value.code) == ("imagine", "no_free_place")


def test_walk_to_stays_in_the_camera_view():
    near = Camera.looking_at(np.array([1.0, -2.2, 1.5]), np.array([1.0, 0.0, 0.9]), 50.0, (640, 480))
    where = scene(thing("table", 1.0, 0.0), robot=Pose2D(1.0, -1.2, 1.57), camera=near)
    (walk,) = actions("walk_to", where, target="table")
    pixels, _ = near.project(np.array([[walk.goal.x, walk.goal.y, 0.0]]))
    assert 0 <= pixels[0, 1] <= 480


def test_a_thing_on_a_table_is_walked_to_at_the_table():
    where = scene(
        thing("table", 1.0, 0.0, size=(0.8, 1.4, 0.7)), thing("cup", 0.8, 0.3, "can", (0.07, 0.07, 0.1), z=0.7)
    )
    (walk,) = actions("walk_to", where, target="cup")
    assert distance_to_footprint(where.get("table"), walk.goal.xy) == pytest.approx(0.45)
    assert abs(walk.goal.y - 0.3) < 0.01


def test_already_there_it_only_stands():
    (action,) = actions("walk_to", scene(thing("table", 1.0, 0.0), robot=Pose2D(0.27, 0.02, 0.03)), target="table")
    assert action.kind == "stand"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(-1.0, 2.0), st.floats(-1.2, 1.2), st.floats(-3.1, 3.1), st.floats(0.3, 1.0), st.floats(0.3, 1.0))
def test_walk_around_goes_round_and_stays_clear(x, y, yaw, depth, width):
    target = thing("table", 0.5, 0.3, size=(depth, width, 0.5), yaw=yaw)
    robot = Pose2D(x, y, 0.0)
    assume(distance_to_footprint(target, robot.xy) > 0.3)
    wide = Camera.looking_at(np.array([0.5, -9.0, 4.0]), np.array([0.5, 0.4, 0.5]), 60.0, (640, 480))
    (walk,) = actions("walk_around", scene(target, robot=robot, camera=wide), target="table")
    points = np.array([*walk.via, (walk.goal.x, walk.goal.y)])
    path = np.vstack([robot.xy, points])
    around = np.unwrap(np.arctan2(*(path - target.position[:2]).T[::-1]))
    assert 155 <= abs(np.degrees(around[-1] - around[0])) <= 181
    for a, b in pairwise(points):
        for t in np.linspace(0, 1, 9):
            assert distance_to_footprint(target, a + t * (b - a)) > 0.45
    last = points[-1] - points[-2]
    assert abs(wrap(np.arctan2(last[1], last[0]) - walk.goal.yaw)) < np.radians(50)


def test_walk_around_takes_the_free_side():
    target = thing("table", 0.5, 0.0)
    for y in (-0.9, 0.9):
        (walk,) = actions("walk_around", scene(target, thing("box", 0.5, y, size=(0.3, 0.3, 0.3))), target="table")
        assert all(np.sign(v[1]) in (0.0, -np.sign(y)) or abs(v[1]) < 0.2 for v in walk.via)


def test_walk_around_says_when_both_sides_are_blocked():
    blocked = scene(thing("table", 0.5, 0.0), thing("a", 0.5, 0.9), thing("b", 0.5, -0.9))
    with pytest.raises(StageError, match="no_free_path"):
        actions("walk_around", blocked, target="table")


def test_turn_to_faces_the_centre_on_the_spot():
    (turn,) = actions("turn_to", scene(thing("table", -0.8, 1.0)), target="table")
    assert (turn.kind, turn.goal.x, turn.goal.y) == ("turn", -0.8, 0.0)
    assert turn.goal.yaw == pytest.approx(np.pi / 2)


def test_point_at_faces_the_target_and_uses_the_hand_that_is_seen():
    room = scene(thing("table", 1.0, 0.6))
    turn, point = actions("point_at", room, target="table")
    assert (turn.kind, point.kind) == ("turn", "point")
    assert turn.goal.yaw == pytest.approx(np.arctan2(0.6, 1.8), abs=1e-6)
    assert point.at[:2] == pytest.approx((1.0, 0.6))
    camera = room.camera.position[:2] - np.array([-0.8, 0.0])
    left_of_gaze = np.array([0.9, 0.3])[0] * camera[1] - np.array([0.9, 0.3])[1] * camera[0] > 0
    assert point.side == ("left" if left_of_gaze else "right")
    assert actions("point_at", room, target="table", side="left")[-1].side == "left"


def test_what_is_straight_ahead_needs_no_turn():
    assert [a.kind for a in actions("point_at", scene(thing("table", 1.0, 0.1)), target="table")] == ["point"]


def test_pointing_at_something_low_is_done_over_it():
    (near,) = actions("point_at", scene(thing("table", 0.6, 0.0)), target="table")
    elevation = np.arctan2(near.at[2] - 1.4, near.at[0] + 0.8)
    assert elevation > np.radians(-25)
    (far,) = actions("point_at", scene(thing("table", 9.0, 0.0)), target="table")
    assert far.at[2] == pytest.approx(0.35)


def test_point_at_turns_first_when_the_arm_would_not_reach():
    assert [a.kind for a in actions("point_at", scene(thing("table", -1.5, 0.8)), target="table")] == ["turn", "point"]


def test_wave_and_stand_still_take_their_arguments():
    assert actions("wave", scene())[0].side == "right"
    assert actions("wave", scene(), side="left")[0].side == "left"
    assert skills.get("wave").expectation({}).side is None
    assert skills.get("wave").expectation({"side": "left"}).side == "left"
    assert actions("stand_still", scene(), seconds=5)[0].seconds == 5.0


def test_symbols_follow_the_robot():
    at = skills.get("walk_to").effects(Symbols(), {"target": "door"})
    assert at.holds(Fact("near", "door"))
    assert at.holds(Fact("facing", "door"))
    away = skills.get("turn_to").effects(at, {"target": "table"})
    assert away.holds(Fact("near", "door"))
    assert not away.holds(Fact("facing", "door"))
    assert not skills.get("walk_around").effects(away, {"target": "table"}).holds(Fact("near", "door"))


def test_descriptions_are_plain_data():
    import json

    for skill in skills.registry().values():
        described = json.loads(json.dumps(skill.describe()))
        assert described["about"].endswith(".")
        assert described["failure_codes"]


def test_pointing_straight_away_from_the_camera_can_be_done_from_aside():
    away = scene(thing("chair", -0.8, 2.0, "chair", (0.45, 0.45, 0.9)), robot=Pose2D(-0.8, 0.0, np.pi / 2))
    step, *_, point = actions("point_at", away, target="chair", side="left", aside=True)
    assert step.kind == "walk" and (point.kind, point.side) == ("point", "left")
    place = step.goal.xy
    assert 0.35 < np.linalg.norm(place - [-0.8, 0.0]) < 2.1
    toward, sight = np.array([-0.8, 2.0]) - place, place - CAMERA.position[:2]
    cosine = toward @ sight / np.linalg.norm(toward) / np.linalg.norm(sight)
    assert np.degrees(np.arccos(abs(cosine))) > 30
    right = actions("point_at", away, target="chair", side="right", aside=True)[0].goal
    assert right.x < -0.8 < place[0] or right.x > -0.8 > place[0]  # each hand from its own side
    assert skills.get("point_at").effects(Symbols(near="table"), {"target": "chair", "aside": True}).near is None


def test_flags_are_true_or_false():
    room = scene(thing("table", 1, 0))
    catalogue = tuple(o.item for o in room.objects)
    assert skills.get("point_at").problems({"target": "table", "aside": True}, catalogue) == []
    assert "neither true nor false" in skills.get("point_at").problems({"target": "table", "aside": 1}, catalogue)[0]


STORE = load_scene("storeroom")


def seen(spec, **places):
    """The scene as it really is, some things elsewhere."""
    objects = tuple(
        SceneObject(t.item, np.array([*places.get(t.id, t.position[:2]), t.position[2]]), t.yaw, 1.0)
        for t in spec.things
    )
    return Scene(objects, spec.robot, 1.0, spec.camera)


def test_lift_walks_to_where_both_hands_reach_and_then_lifts():
    walk, lift = skills.get("lift").actions(seen(STORE), {"target": "box"})
    box = STORE.thing("box")
    assert (walk.kind, lift.kind, lift.thing) == ("walk", "lift", "box")
    assert 0.3 < np.linalg.norm(walk.goal.xy - box.position[:2]) < 0.48
    toward = box.position[:2] - walk.goal.xy
    assert toward @ walk.goal.forward > 0.95 * np.linalg.norm(toward)
    there = replace(seen(STORE), robot=walk.goal)
    assert [a.kind for a in skills.get("lift").actions(there, {"target": "box"})] == ["lift"]


def test_a_box_on_the_floor_can_be_lifted_and_a_chair_is_taken_from_behind():
    scene = seen(STORE, low_stand=(0.0, 5.0))
    box = scene.get("box")
    on_floor = replace(box, position=np.array([*box.position[:2], 0.0]))
    chair = replace(on_floor, item=replace(box.item, kind="chair", size=np.array([0.4, 0.38, 0.9])), yaw=2.0)
    for thing in (on_floor, chair):
        things = tuple(thing if o.id == "box" else o for o in scene.objects)
        *_, lift = skills.get("lift").actions(replace(scene, objects=things), {"target": "box"})
        assert lift.kind == "lift"
    walk, lift = skills.get("lift").actions(replace(scene, objects=things), {"target": "box"})
    assert abs(wrap(walk.goal.yaw - chair.yaw)) < 1e-6 and lift.rise < 0.28


@pytest.mark.parametrize(
    ("target", "code"), [("shelf", "kind"), ("low_stand", "fixed"), ("box_low", "too_low"), ("box_wide", "too_wide")]
)
def test_lift_refuses_what_it_cannot_hold(target, code):
    scene = seen(STORE)
    box = scene.get("box")
    changed = {
        "box_low": replace(
            box,
            item=replace(box.item, size=np.array([0.3, 0.35, 0.12])),
            position=np.array([*box.position[:2], 0.0]),
        ),
        "box_wide": replace(box, item=replace(box.item, size=np.array([0.6, 0.6, 0.25]))),
    }
    if code == "kind":
        assert "shelf" in skills.get("lift").problems({"target": target}, STORE.catalogue())[0]
        return
    if target in changed:
        scene = replace(scene, objects=tuple(changed[target] if o.id == "box" else o for o in scene.objects))
        target = "box"
    with pytest.raises(StageError) as caught:
        skills.get("lift").actions(scene, {"target": target})
    assert caught.value.code == code


def lying(kind, size, height=0.0):
    """The storeroom with something else on its side where the box stands, so high above the floor."""
    scene = seen(STORE, low_stand=(0.0, 5.0))
    box = scene.get("box")
    item = replace(box.item, kind=kind, size=np.array(size))
    thing = replace(box, item=item, position=np.array([*box.position[:2], height]), lies=True)
    return replace(scene, objects=tuple(thing if o.id == "box" else o for o in scene.objects))


def test_a_toppled_box_is_lifted_as_it_lies_and_other_things_that_lie_are_a_reason_of_their_own():
    *_, lift = actions("lift", lying("box", (0.25, 0.30, 0.35)), target="box")
    assert lift.kind == "lift" and lift.thing == "box"
    for kind, size in (("cylinder", (0.3, 0.33, 0.3)), ("chair", (0.9, 0.4, 0.4)), ("table", (0.5, 0.4, 0.4))):
        with pytest.raises(StageError) as caught:
            actions("lift", lying(kind, size), target="box")
        assert (caught.value.stage, caught.value.code) == ("perceive", "toppled")
        assert caught.value.code in skills.get("lift").failure_codes


def test_what_lies_on_the_floor_cannot_be_put_down_and_what_is_held_as_it_lay_can():
    with pytest.raises(StageError) as caught:
        actions("put_down", lying("box", (0.25, 0.30, 0.35)), target="box")
    assert (caught.value.stage, caught.value.code) == ("perceive", "toppled")
    (down,) = actions("put_down", lying("box", (0.25, 0.30, 0.35), height=0.4), target="box")
    assert down.kind == "put_down" and down.rise == pytest.approx(-0.4)


KITCHEN = load_scene("kitchen")


def test_pick_walks_to_where_one_hand_reaches_and_then_takes_it():
    room = seen(KITCHEN)
    walk, pick = skills.get("pick").actions(room, {"object": "red_bottle"})
    bottle = room.get("red_bottle")
    assert (walk.kind, pick.kind, pick.thing, pick.side) == ("walk", "pick", "red_bottle", "right")
    away = bottle.position[:2] - walk.goal.xy
    right = np.array([walk.goal.forward[1], -walk.goal.forward[0]])
    assert 0.3 < away @ walk.goal.forward < 0.47 and 0.08 < away @ right < 0.18
    assert [a.kind for a in skills.get("pick").actions(replace(room, robot=walk.goal), {"object": "red_bottle"})] == [
        "pick"
    ]


@pytest.mark.parametrize(("seen_from", "side"), [(-1.0, "right"), (1.0, "left")])
def test_a_hand_that_the_camera_sees_picks_unless_another_is_asked_for(seen_from, side):
    room = seen(KITCHEN)
    place, size = room.camera.position * [1.0, seen_from * np.sign(room.camera.position[1]), 1.0], room.camera.size
    room = replace(room, camera=Camera.looking_at(place, [1.0, 0.0, 0.6], 60.0, size))
    *_, pick = skills.get("pick").actions(room, {"object": "red_bottle"})
    assert pick.side == side and f"the {side} hand" in pick.text
    for other in ("left", "right"):
        args = {"object": "red_bottle", "side": other}
        *_, pick = skills.get("pick").actions(room, args)
        assert pick.side == other and skills.get("pick").expectation(args).side == other
    assert skills.get("pick").expectation({"object": "red_bottle"}).side is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"position": np.array([1.6, 0.0, 0.72])}, "out_of_reach"),
        ({"position": np.array([0.0, 0.6, 0.0])}, "not_on_anything"),
        ({"item": "thick"}, "too_thick"),
    ],
)
def test_pick_refuses_what_the_hand_does_not_get(change, code):
    room = seen(KITCHEN)
    bottle = room.get("red_bottle")
    if change.get("item"):
        change = {"item": replace(bottle.item, size=np.array([0.12, 0.12, 0.3]))}
    other = replace(bottle, **change)
    things = tuple(other if o.id == "red_bottle" else o for o in room.objects)
    with pytest.raises(StageError) as error:
        skills.get("pick").actions(replace(room, objects=things), {"object": "red_bottle"})
    assert error.value.code == code


def test_place_lets_down_what_is_held_above_the_target():
    room, place = seen(KITCHEN), skills.get("place")
    held = replace(room.get("red_bottle"), position=np.array([1.45, 0.1, 0.87]))
    holding = replace(room, objects=tuple(held if o.id == "red_bottle" else o for o in room.objects))
    (down,) = place.actions(holding, {"object": "red_bottle", "target": "table"})
    assert (down.kind, down.thing) == ("place", "red_bottle") and down.rise == pytest.approx(-0.15)
    assert place.expectation({"object": "red_bottle", "target": "table"}).on == "table"
    aside = replace(held, position=np.array([0.6, 0.1, 0.87]))
    elsewhere = replace(room, objects=tuple(aside if o.id == "red_bottle" else o for o in room.objects))
    with pytest.raises(StageError, match="not held above table"):
        place.actions(elsewhere, {"object": "red_bottle", "target": "table"})
    assert "pick it up first" in place.hindrance(Symbols(), {"object": "red_bottle"})
    assert place.hindrance(Symbols(holding="red_bottle"), {"object": "red_bottle"}) is None


def test_what_one_hand_holds_is_carried_with_a_step_back_first_and_over_a_top():
    room = seen(KITCHEN)
    here = Pose2D(1.02, 0.23, 0.0)
    held = replace(room.get("red_bottle"), position=np.array([1.38, 0.1, 0.88]), confidence=0.7)
    shelf = replace(room.get("table"), item=replace(room.get("table").item, id="desk"), position=np.array([0, 1.6, 0]))
    things = (*(held if o.id == "red_bottle" else o for o in room.objects if o.id != "chair"), shelf)
    back, carry = actions("carry", replace(room, objects=things, robot=here), target="red_bottle", to="desk")
    assert (back.kind, carry.kind, carry.thing, carry.side) == ("carry", "carry", "red_bottle", "right")
    assert back.goal.x < here.x - 0.3 and back.rise == pytest.approx(1.05 - 0.88 - 0.1, abs=0.01) and carry.rise == 0
    right = np.array([carry.goal.forward[1], -carry.goal.forward[0]])
    spot = carry.goal.xy + 0.37 * carry.goal.forward + 0.13 * right
    assert distance_to_footprint(shelf, spot) == 0.0 and distance_to_footprint(shelf, carry.goal.xy) > 0.2


def test_a_small_thing_is_carried_only_where_it_does_not_stand_already():
    place, args = skills.get("place"), {"object": "red_bottle", "target": "table"}
    assert [fact.name for fact in place.preconditions(args)] == ["holding", "above"]
    above = place.preconditions(args)[1]
    assert Symbols().holds(above)  # nobody has looked; the skill itself will
    for carrier, holds in (("table", True), ("shelf", False)):
        picked = skills.get("pick").effects(Symbols(on={"red_bottle": carrier}), {"object": "red_bottle"})
        assert picked.holds(above) is holds
    carried = skills.get("carry").effects(picked, {"target": "red_bottle", "to": "table"})
    assert carried.holds(above)
    low = CatalogueItem("low_table", "table", "blue", np.array([0.5, 0.9, 0.4]), False)
    assert "0.45 to 0.86 m" in place.problems({**args, "target": "low_table"}, (*KITCHEN.catalogue(), low))[0]
