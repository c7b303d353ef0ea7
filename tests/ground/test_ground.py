"""Grounding on procedural people, with the errors an estimator leaves on the root."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.bench.retarget import acted, as_estimated
from exoactor.body import load_body
from exoactor.ground import GroundCfg, ground, root_path
from exoactor.ground.gestures import held_arms
from exoactor.ground.warp import clearance
from exoactor.imagine.motion import act
from exoactor.imagine.path import PathCfg
from exoactor.imagine.procedural import walking_paths
from exoactor.imagine.style import sample_style
from exoactor.stance import stances
from exoactor.types import Action, Camera, CatalogueItem, Pose2D, Scene, SceneObject, StageError
from exoactor.types.rotations import wrap

CAMERA = Camera.looking_at(np.array([2.2, -4.0, 1.7]), np.array([0.3, 0, 0.7]), 60.0, (640, 480))
TABLE, CHAIR, BOX = (0.6, 1.2, 0.72), (0.45, 0.45, 0.9), (0.3, 0.3, 0.3)


def thing(id, x, y, size=TABLE, yaw=0.0, confidence=1.0):
    kind = id.split("_")[0]
    return SceneObject(CatalogueItem(id, kind, "red", np.array(size), kind == "box"), [x, y, 0.0], yaw, confidence)


def room(*things, robot=(0.0, 0.0, 0.0)):
    return Scene(tuple(things), None if robot is None else Pose2D(*robot), 1.0, CAMERA)


def film(scene, *actions, seed=0, drift=0.08, turn_deg=4.0):
    """What the estimator would make of a person performing `actions` in `scene`."""
    body = load_body()
    motion = act(actions, walking_paths(scene, actions, PathCfg()), scene.robot, sample_style(body, seed), body, 25.0)
    human = motion.to_human(body)
    return as_estimated(human, scene.camera, seed, drift, turn_deg) if drift else human


def walk_to(scene, id, seed=0, **kwargs):
    goal = stances(scene.get(id), scene.robot.xy)[0]
    return film(scene, Action("walk", "", goal=goal), seed=seed, **kwargs), goal


def moved(scene, id, x, y, yaw=None, robot=None):
    """The scene with one thing elsewhere."""
    old = scene.get(id)
    new = replace(old, position=np.array([x, y, old.position[2]]), yaw=old.yaw if yaw is None else yaw)
    objects = tuple(new if o.id == id else o for o in scene.objects)
    return replace(scene, objects=objects, robot=robot or scene.robot)


def distance(pose, goal):
    return np.hypot(pose.x - goal.x, pose.y - goal.y), np.degrees(abs(wrap(pose.yaw - goal.yaw)))


@pytest.mark.parametrize("seed", range(6))
def test_a_walk_ends_exactly_at_the_stance_it_meant(seed):
    scene = room(thing("table_a", 1.9, 0.2), thing("chair_a", 0.3, 1.7, CHAIR), robot=(0.0, 0.0, 0.4 * seed - 1))
    human, goal = walk_to(scene, ("table_a", "chair_a")[seed % 2], seed)
    grounded = ground(human, scene)
    assert grounded.target == ("table_a", "chair_a")[seed % 2]
    assert distance(grounded.goal, goal) == pytest.approx((0, 0), abs=1e-6)
    path = root_path(grounded.human)
    assert distance(Pose2D(*path.poses[0]), scene.robot) == pytest.approx((0, 0), abs=0.5)
    assert np.linalg.norm(path.xy[0] - scene.robot.xy) < 0.02
    assert np.linalg.norm(path.xy[-1] - goal.xy) < 0.02
    assert 0 < grounded.shift < 0.5


def test_posture_and_timing_are_kept():
    scene = room(thing("table_a", 1.9, 0.2))
    human, _ = walk_to(scene, "table_a")
    grounded = ground(human, scene).human
    np.testing.assert_array_equal(grounded.body_pose, human.body_pose)
    np.testing.assert_array_equal(grounded.contacts, human.contacts)
    for a, b in ((16, 20), (0, 15), (1, 7)):
        before, after = (np.linalg.norm(m.joints[:, a] - m.joints[:, b], axis=1) for m in (human, grounded))
        np.testing.assert_allclose(after, before, atol=1e-9)
    rest = load_body().joints(human.betas)[0]
    np.testing.assert_allclose(grounded.joints[:, 0] - grounded.transl, np.tile(rest, (len(human), 1)), atol=1e-6)


def test_without_snap_the_motion_is_only_moved_rigidly():
    scene = room(thing("table_a", 1.9, 0.2))
    human, _ = walk_to(scene, "table_a", seed=3)
    grounded = ground(human, replace(scene, robot=Pose2D(0.3, -0.2, 0.7)), GroundCfg(snap=False))
    before, after = human.joints[:, 0], grounded.human.joints[:, 0]
    for k in (10, 60, -1):
        np.testing.assert_allclose(np.linalg.norm(after[k] - after[0]), np.linalg.norm(before[k] - before[0]))
    assert (grounded.target, grounded.shift, grounded.turn) == (None, 0.0, 0.0)
    assert np.linalg.norm(root_path(grounded.human).xy[0] - [0.3, -0.2]) < 0.01


@pytest.mark.parametrize(("x", "y"), [(1.9, 0.9), (2.3, -0.2), (1.5, 0.3)])
def test_a_thing_that_moved_after_imagining_is_followed(x, y):
    scene = room(thing("box_a", 1.8, 0.2, BOX), thing("chair_a", 0.2, 1.8, CHAIR))
    human, _ = walk_to(scene, "box_a", seed=1)
    now = moved(scene, "box_a", x, y)
    grounded = ground(human, now, imagined_scene=scene)
    assert grounded.target == "box_a"
    expected = [p for p in stances(now.get("box_a"), np.zeros(2)) if abs(wrap(p.yaw)) < 0.1]
    assert distance(grounded.goal, expected[0]) == pytest.approx((0, 0), abs=1e-6)


def test_a_target_that_is_gone_or_a_robot_not_seen_is_said():
    scene = room(thing("box_a", 1.8, 0.2, BOX))
    human, _ = walk_to(scene, "box_a", seed=1)
    for now, code in ((replace(scene, objects=()), "target_gone"), (replace(scene, robot=None), "robot_not_seen")):
        with pytest.raises(StageError) as error:
            ground(human, now, imagined_scene=scene)
        assert (error.value.stage, error.value.code) == ("ground", code)


def test_a_walk_to_nowhere_keeps_its_end():
    scene = room(thing("table_a", -1.9, 0.2))
    human = film(scene, Action("walk", "", goal=Pose2D(1.2, 0.8, 0.9)), seed=2)
    grounded = ground(human, scene)
    assert grounded.target is None
    assert distance(grounded.goal, Pose2D(1.2, 0.8, 0.9))[0] < 0.2


def test_things_hardly_seen_are_no_targets():
    scene = room(thing("table_a", 1.9, 0.2, confidence=0.3))
    human, _ = walk_to(scene, "table_a")
    assert ground(human, scene).target is None


@pytest.mark.parametrize("seed", range(4))
def test_going_round_keeps_clear_and_is_no_walk_to(seed):
    human, scene = acted("around", seed)
    human = as_estimated(human, scene.camera, seed, drift=0.12)
    grounded = ground(human, scene)
    table = scene.objects[0]
    assert grounded.target == table.id
    path = root_path(grounded.human).xy
    assert clearance(table, path).min() > 0.28
    swept = np.unwrap(np.arctan2(*(path - table.position[:2]).T[::-1]))
    assert abs(np.degrees(swept[-1] - swept[0])) > 150


def test_a_path_through_a_thing_is_pushed_out_or_refused():
    scene = room(thing("table_a", 3.0, 0.0))
    human, _ = walk_to(scene, "table_a", drift=0)
    blocked = room(thing("table_a", 3.0, 0.0), thing("chair_a", 1.3, 0.1, CHAIR))
    grounded = ground(human, blocked, imagined_scene=scene)
    chair = blocked.get("chair_a")
    assert clearance(chair, root_path(grounded.human).xy).min() > 0.24
    assert grounded.target == "table_a"
    wall = room(thing("table_a", 3.0, 0.0), thing("wall_a", 1.3, 0.0, (0.1, 4.0, 2.0)))
    with pytest.raises(StageError, match="path_blocked"):
        ground(human, wall, imagined_scene=scene)


@pytest.mark.parametrize("seed", range(5))
def test_a_turn_ends_on_the_thing_and_stays_on_the_spot(seed):
    scene = room(thing("chair_a", 0.5, 1.7, CHAIR), thing("table_a", 1.9, -0.2), robot=(0.1, 0.0, 2.0 - seed))
    target = scene.get("chair_a")
    bearing = float(np.arctan2(*(target.position[:2] - scene.robot.xy)[::-1]))
    human = film(scene, Action("turn", "", goal=Pose2D(0.1, 0.0, bearing)), seed=seed)
    grounded = ground(human, scene)
    assert grounded.target == "chair_a"
    assert distance(grounded.goal, Pose2D(0.1, 0.0, bearing)) == pytest.approx((0, 0), abs=1e-6)
    xy = root_path(grounded.human).xy
    assert np.linalg.norm(xy - xy[0], axis=1).max() < 0.03


@pytest.mark.parametrize("seed", range(5))
def test_a_pointing_arm_is_turned_onto_the_thing_from_the_robots_shoulder(seed):
    scene = room(thing("chair_a", 1.6, 0.9, CHAIR), thing("table_a", 1.5, -1.4), robot=(0.0, 0.0, 0.1 * seed))
    x, y, _ = scene.get("chair_a").position
    human = film(scene, Action("point", "", seconds=2.5, side="left", at=(x, y, 0.45)), seed=seed)
    grounded = ground(human, scene)
    assert grounded.target == "chair_a"
    held = held_arms(grounded.human)[0]
    c, s = np.cos(scene.robot.yaw), np.sin(scene.robot.yaw)
    shoulder = np.array([-s * 0.14, c * 0.14, 1.05])
    wanted = np.array([x, y, 0.45]) - shoulder
    wanted[2] = max(wanted[2], np.hypot(*wanted[:2]) * np.tan(GroundCfg().lowest_aim))
    wanted /= np.linalg.norm(wanted)
    assert np.degrees(np.arccos(held.direction @ wanted)) < 3
    assert grounded.shift < 0.01


def test_pointing_at_something_that_moved():
    scene = room(thing("box_a", 1.6, 0.9, BOX))
    human = film(scene, Action("point", "", seconds=2.5, side="left", at=(1.6, 0.9, 0.15)), seed=1)
    grounded = ground(human, moved(scene, "box_a", 1.9, 0.2), imagined_scene=scene)
    direction = held_arms(grounded.human)[0].direction
    assert np.degrees(abs(np.arctan2(direction[1], direction[0]) - np.arctan2(0.2 - 0.14, 1.9))) < 3


@pytest.mark.parametrize("kind", ["wave", "stand"])
def test_standing_motions_stay_where_the_robot_is(kind):
    human, scene = acted(kind, 4)
    grounded = ground(as_estimated(human, scene.camera, 4), scene)
    assert grounded.target is None
    assert distance(grounded.goal, scene.robot) == pytest.approx((0, 0), abs=1e-6)


def test_a_bottle_on_a_table_is_reached_from_the_table():
    bottle = SceneObject(
        CatalogueItem("bottle_a", "bottle", "red", [0.07, 0.07, 0.25], True), [1.75, 0.35, 0.72], 0, 1.0
    )
    scene = room(thing("table_a", 1.9, 0.0), bottle)
    goal = stances(scene.get("table_a"), bottle.position[:2])[0]
    grounded = ground(film(scene, Action("walk", "", goal=goal), seed=3), scene)
    assert grounded.target == "bottle_a"
    assert distance(grounded.goal, goal) == pytest.approx((0, 0), abs=1e-6)
    now = moved(scene, "bottle_a", 1.75, -0.3)
    grounded = ground(film(scene, Action("walk", "", goal=goal), seed=3), now, imagined_scene=scene)
    assert grounded.goal.y == pytest.approx(-0.3, abs=0.01)


def test_an_arm_whose_depth_was_seen_wrongly_still_finds_its_thing():
    scene = room(thing("chair_a", 1.6, 0.9, CHAIR), thing("table_a", 1.5, -1.4))
    human = film(scene, Action("point", "", seconds=2.5, side="left", at=(1.6, 0.9, 0.45)), seed=1)
    shoulder, wrist = human.joints[:, 16], human.joints[:, 20]
    view = (shoulder - CAMERA.position) / np.linalg.norm(shoulder - CAMERA.position, axis=1, keepdims=True)
    joints = human.joints.copy()
    arm = wrist - shoulder
    length = np.linalg.norm(arm, axis=1, keepdims=True)
    bent = arm - 0.6 * (arm * view).sum(1, keepdims=True) * view + 0.12 * view
    joints[:, 20] = shoulder + bent / np.linalg.norm(bent, axis=1, keepdims=True) * length
    joints[:, 18] = (shoulder + joints[:, 20]) / 2
    assert ground(replace(human, joints=joints), scene).target == "chair_a"


def test_an_aimed_motion_still_is_its_own_body():
    scene = room(thing("chair_a", 1.6, 0.9, CHAIR))
    human = film(scene, Action("point", "", seconds=2.5, side="left", at=(1.6, 0.9, 0.45)), seed=2)
    grounded = ground(human, scene).human
    _, joints = load_body().fk(grounded.global_orient, grounded.body_pose, grounded.transl, grounded.betas)
    np.testing.assert_allclose(joints[:, :22], grounded.joints, atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_step_or_two_up_to_a_thing_is_a_walk(seed):
    scene = room(thing("table", 1.05, 0.1), robot=(0.0, 0.0, 0.05))  # its stance is 0.3 m ahead
    human, goal = walk_to(scene, "table", seed, drift=0.04, turn_deg=2.0)
    grounded = ground(human, scene)
    assert grounded.target == "table" and distance(grounded.goal, goal)[0] < 0.02


@pytest.mark.parametrize("seed", range(6))
def test_a_turn_beside_a_thing_is_no_step_towards_it(seed):
    scene = room(thing("table", 0.0, 1.0, (1.2, 0.6, 0.72)), thing("chair", 2.0, 0.0, CHAIR), robot=(0.0, 0.0, 0.0))
    away = film(scene, Action("turn", "", goal=Pose2D(0.0, 0.0, np.pi / 2)), seed=seed, drift=0.04, turn_deg=2.0)
    grounded = ground(away, scene)
    assert distance(grounded.goal, Pose2D(0.0, 0.0, np.pi / 2))[0] < 1e-6
