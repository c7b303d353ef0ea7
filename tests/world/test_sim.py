import dataclasses
import shutil

import numpy as np
import pytest

from exoactor.assets import asset
from exoactor.files import write_npz
from exoactor.types import Actuation, ConfigError, StageError
from exoactor.types.rotations import quat_to_rpy, wrap
from exoactor.world.faults import parse_fault
from exoactor.world.g1 import default_actuation
from exoactor.world.scene_file import load_scene, read_scene
from exoactor.world.sensors import SensorSuite
from exoactor.world.sim import SimRobot

pytestmark = pytest.mark.assets
POSE = default_actuation().default_pos
KITCHEN = load_scene("kitchen")


def run(robot, steps, targets=POSE):
    for _ in range(steps):
        robot.step(targets)


def test_it_starts_on_its_feet_where_the_scene_says():
    robot = SimRobot(KITCHEN)
    truth = robot.truth()
    np.testing.assert_allclose(truth["robot"], KITCHEN.robot.to_json(), atol=1e-9)
    assert not truth["fallen"] and truth["contacts"] == []
    assert robot.sense().foot_contact.all()
    run(robot, 10)
    assert abs(robot.truth()["height"] - truth["height"]) < 0.005
    assert robot.time == pytest.approx(0.2)
    assert robot.sense().foot_contact.all()
    assert robot.sense().accel[2] == pytest.approx(9.8, abs=1.0)


def test_things_stay_where_they_are_put_and_carry_their_load():
    robot = SimRobot(KITCHEN)
    run(robot, 25)
    for thing in KITCHEN.things:
        found = robot.truth()["objects"][thing.id]
        np.testing.assert_allclose(found["position"], thing.position, atol=0.003)
        assert abs(wrap(found["yaw"] - thing.yaw)) < 0.01 and found["tilt"] < 0.01


def test_sensors_have_the_stated_errors_and_know_no_north():
    robot = SimRobot(KITCHEN, seed=3)
    readings = [SensorSuite(robot._model, seed).read(robot._data, 0) for seed in range(60)]
    joints = np.array([r.joint_pos for r in readings]) - POSE
    assert joints.std() == pytest.approx(np.hypot(0.003, 0.001), rel=0.1)
    assert np.array([r.gyro for r in readings]).std() == pytest.approx(np.hypot(0.002, 0.01), rel=0.25)
    angles = np.array([quat_to_rpy(r.quat) for r in readings])
    assert angles[:, :2].std() == pytest.approx(np.hypot(0.004, 0.001), rel=0.25)
    assert angles[:, 2].std() > 1.0  # anywhere, though all robots look the same way
    np.testing.assert_array_equal(robot.sense().joint_pos, readings[3].joint_pos)


def test_readings_and_looks_do_not_change_what_happens():
    robots = SimRobot(KITCHEN, seed=5), SimRobot(KITCHEN, seed=5)
    run(robots[0], 6)
    for _ in range(6):
        robots[1].sense()
        robots[1].look(depth=True)
        robots[1].truth()
        run(robots[1], 1)
        assert robots[1].sense() is robots[1].sense()
    for name in ("joint_pos", "quat", "accel"):
        np.testing.assert_array_equal(getattr(robots[0].sense(), name), getattr(robots[1].sense(), name))
    robots[1].close()


def test_a_look_shows_the_robot_at_its_place():
    robot = SimRobot(KITCHEN)
    time, rgb, depth = robot.look()
    assert (time, rgb.shape, depth.shape, rgb.dtype, depth.dtype) == (
        0.0,
        (480, 640, 3),
        (480, 640),
        np.uint8,
        np.float32,
    )
    points = robot.camera.backproject(depth)
    near = (np.linalg.norm(points[..., :2] - KITCHEN.robot.xy, axis=-1) < 0.35) & (points[..., 2] > 0.1)
    assert near.sum() > 1500
    assert 1.2 < np.nanmax(points[near][:, 2]) < 1.4
    assert not robot.look(depth=False)[2].any()
    robot.close()


def test_a_users_own_robot_with_fingers_is_sensed_by_joint_name(tmp_path, monkeypatch):
    hands = asset("g1_hands/g1_with_hands.xml")
    shutil.copytree(hands.parent, tmp_path / "g1")
    (tmp_path / "g1/g1_with_hands.xml").rename(tmp_path / "g1/g1.xml")
    monkeypatch.setenv("EXOACTOR_ASSETS", str(tmp_path))
    robot = SimRobot(KITCHEN)
    run(robot, 10)
    assert robot._model.nu == 43
    np.testing.assert_allclose(robot.sense().joint_pos, POSE, atol=0.2)  # the hands pull the wrists down
    assert robot.sense().foot_contact.all() and not robot.truth()["fallen"]


def test_configure_sets_gains_and_refuses_odd_rates():
    robot = SimRobot(KITCHEN)
    soft = dataclasses.replace(default_actuation(), kp=np.full(29, 1.0))
    robot.configure(soft)
    run(robot, 30)
    assert robot.truth()["height"] < 0.74  # it sinks down
    with pytest.raises(ConfigError, match="60 Hz"):
        robot.configure(Actuation(soft.kp, soft.kd, soft.torque_limit, soft.default_pos, hz=60))


def test_bad_targets_are_refused():
    robot = SimRobot(KITCHEN)
    for bad in (np.full(29, np.nan), np.zeros(28)):
        with pytest.raises(StageError, match="bad_targets"):
            robot.step(bad)
    assert robot.time == 0.0


def test_a_saved_world_goes_on_alike_from_a_file(tmp_path):
    moves = [parse_fault(f) for f in ("move_object:id=table,dx=0.2@1.1", "push_robot:t=0.2@1.1", "slip@1.1")]
    robot = SimRobot(KITCHEN, seed=8)
    robot.arm(moves)
    run(robot, 8)
    write_npz(tmp_path / "world.npz", robot.snapshot())
    other = SimRobot(KITCHEN, seed=1)
    with np.load(tmp_path / "world.npz") as saved:
        other.restore(saved)
    for r in (robot, other):
        run(r, 8)
    np.testing.assert_array_equal(robot.snapshot()["state"], other.snapshot()["state"])
    for name in ("joint_pos", "quat"):
        np.testing.assert_array_equal(getattr(robot.sense(), name), getattr(other.sense(), name))
    np.testing.assert_array_equal(
        robot.truth()["objects"]["table"]["position"], other.truth()["objects"]["table"]["position"]
    )


def test_a_saved_world_of_another_scene_or_version_is_refused():
    saved = SimRobot(KITCHEN).snapshot()
    with pytest.raises(ConfigError, match="not of scene 'open_room'"):
        SimRobot(load_scene("open_room")).restore(saved)
    del saved["yaw_error"]
    with pytest.raises(ConfigError, match="lacks 'yaw_error'"):
        SimRobot(KITCHEN).restore(saved)


def test_moving_a_table_moves_what_stands_on_it():
    robot = SimRobot(KITCHEN)
    robot.arm(parse_fault("move_object:id=table,dx=0.3,dy=0.1@1.1"))
    run(robot, 5)
    objects = robot.truth()["objects"]
    for id in ("table", "red_bottle"):
        shift = objects[id]["position"] - KITCHEN.thing(id).position
        np.testing.assert_allclose(shift, [0.3, 0.1, 0], atol=0.003)
    np.testing.assert_allclose(objects["chair"]["position"], KITCHEN.thing("chair").position)
    with pytest.raises(ConfigError, match="no 'sofa'"):
        robot.arm(parse_fault("move_object:id=sofa@1.1"))


def test_a_thing_is_put_back_where_it_stood_at_first():
    robot = SimRobot(KITCHEN)
    robot.arm(parse_fault("move_object:id=red_bottle,dx=-0.9@1.1"))
    run(robot, 40)
    assert robot.truth()["objects"]["red_bottle"]["position"][2] < 0.5  # it fell
    robot.arm(parse_fault("put_back:id=red_bottle@1.1"))
    run(robot, 20)
    now = robot.truth()["objects"]["red_bottle"]
    np.testing.assert_allclose(now["position"], KITCHEN.thing("red_bottle").position, atol=0.005)
    assert now["tilt"] < 0.02
    with pytest.raises(ConfigError, match="is furniture"):
        robot.arm(parse_fault("put_back:id=table@1.1"))


def test_a_push_gives_the_momentum_it_says_in_the_robots_frame():
    speeds = {}
    for degrees in (None, 90):
        robot = SimRobot(KITCHEN)
        if degrees is not None:
            robot.arm(parse_fault(f"push_robot:newton_seconds=10,direction_deg={degrees},t=0.04@1.1"))
        run(robot, 7)
        speeds[degrees] = robot._data.qvel[:3].copy()
    gained = speeds[90] - speeds[None]
    # The pelvis is pushed, the feet stand: more than the 0.3 m/s of a free body of 33 kg, and to the left (world +y).
    assert 0.2 < gained[1] < 1.5 and abs(gained[0]) < 0.1


def test_slip_lets_the_feet_slide_until_disarmed():
    shifts = []
    for faults in ([], [parse_fault("slip:friction=0.05@1.1")]):
        robot = SimRobot(KITCHEN, faults=faults)
        robot.arm(parse_fault("push_robot:newton_seconds=25,direction_deg=0,t=0@1.1"))
        before = robot._data.body("left_ankle_roll_link").xpos.copy()
        run(robot, 10)
        shifts.append(np.linalg.norm(robot._data.body("left_ankle_roll_link").xpos[:2] - before[:2]))
    assert shifts[1] > 2 * shifts[0]
    robot.disarm()
    assert robot._model.geom_friction[robot._disturb._soles, 0] == pytest.approx(0.8)


def test_occlusion_lasts_until_disarmed():
    robot = SimRobot(KITCHEN)
    robot.arm(parse_fault("occlude@1.1"))
    _, rgb, depth = robot.look()
    assert not rgb.any() and not depth.any()
    robot.disarm()
    assert robot.look()[1].mean() > 50
    robot.close()
    with pytest.raises(ConfigError, match="bad_video"):
        robot.arm(parse_fault("bad_video@1.1"))


def test_the_robot_cannot_walk_through_furniture():
    text = """
robot: {pos: [0, 0]}
camera: {pos: [0, -4, 1.7], target: [0, 0, 0.7], fovy_deg: 55}
furniture: [{id: block, kind: wall, pos: [0.9, 0], size: [0.1, 1.0, 1.2]}]
"""
    robot = SimRobot(read_scene(text))
    robot.arm(parse_fault("move_object:id=block,dx=-0.5@1.1"))  # contacts move with it
    robot.arm(parse_fault("push_robot:newton_seconds=60,direction_deg=0,t=0@1.1"))
    run(robot, 40)
    truth = robot.truth()
    assert truth["robot"][0] < 0.36
    assert truth["touched"]["block"] > 0.1


def test_a_fall_is_seen_in_truth():
    robot = SimRobot(KITCHEN)
    robot.arm(parse_fault("push_robot:newton_seconds=60,direction_deg=180,t=0@1.1"))
    run(robot, 90)
    assert robot.truth()["fallen"]
    assert robot._data.body("torso_link").xpos[2] > 0.0  # the floor holds the body too
