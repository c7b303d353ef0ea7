"""A G1 with Dex3 hands is the same G1, and its fingers do what they are told."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest

from exoactor.perceive import RgbdPerception, own_body
from exoactor.types import G1_JOINTS, HAND_JOINTS, ConfigError, Observation, Pose2D, Proprioception, StageError
from exoactor.world.g1 import default_actuation, g1_spec
from exoactor.world.scene_file import read_scene
from exoactor.world.sim import SimRobot

pytestmark = pytest.mark.assets

SCENE = """
robot: {pos: [0, 0], yaw_deg: 10, hands: dex3}
camera: {pos: [1.0, -3.0, 1.7], target: [0.6, 0, 0.7]}
furniture:
  - {id: table, kind: table, pos: [1.2, 0], size: [0.6, 1.2, 0.72]}
objects:
  - {id: red_bottle, kind: bottle, pos: [1.05, -0.1], on: table, color: red}
"""


def robot(hands="dex3"):
    return SimRobot(read_scene(SCENE.replace("dex3", hands)), seed=3)


def test_only_the_hands_differ():
    plain, handed = (g1_spec(contacts="all", visuals=False, hands=hands).compile() for hands in ("rubber", "dex3"))
    assert [handed.actuator(i).name for i in range(handed.nu)] == [*G1_JOINTS, *HAND_JOINTS]
    assert [plain.actuator(i).name for i in range(plain.nu)] == list(G1_JOINTS)
    for name in G1_JOINTS:
        a, b = plain.joint(name), handed.joint(name)
        np.testing.assert_allclose(a.range, b.range)
        np.testing.assert_allclose(a.axis, b.axis)
        np.testing.assert_allclose(plain.dof_armature[a.dofadr], handed.dof_armature[b.dofadr])
    for i in range(1, plain.nbody):
        name = plain.body(i).name
        if not name.endswith("wrist_yaw_link"):
            assert plain.body(i).mass == handed.body(name).mass
            assert plain.body(i).geomnum == handed.body(name).geomnum
    assert 0.5 < handed.body_mass.sum() - plain.body_mass.sum() < 1.1


def test_left_hand_mirrors_the_right_one():
    model = g1_spec(contacts="all", visuals=False, hands="dex3").compile()
    data = mujoco.MjData(model)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for name in ("thumb_1", "thumb_2"):
            data.qpos[model.joint(f"{side}_hand_{name}_joint").qposadr] = -0.5 * sign
        for name in ("middle_0", "index_1"):
            data.qpos[model.joint(f"{side}_hand_{name}_joint").qposadr] = 0.7 * sign
    mujoco.mj_kinematics(model, data)
    for name in ("thumb_2", "middle_1", "index_1"):
        left, right = (data.body(f"{side}_hand_{name}_link").xpos for side in ("left", "right"))
        np.testing.assert_allclose(left, right * [1, -1, 1], atol=2e-3)


def test_fingers_go_where_they_are_told_and_are_felt():
    r = robot()
    wanted = np.zeros(14)
    wanted[[7 + 3, 7 + 5, 8, 3]] = 1.0, 1.2, 0.4, -0.8
    r.hold_fingers(wanted)
    for _ in range(40):
        r.step(default_actuation().default_pos)
    fingers = r.sense().fingers
    assert fingers is not None and np.abs(fingers - wanted).max() < 0.08  # soft, and the hand's weight
    saved = r.snapshot()
    other = robot()
    other.restore(saved)
    for each in (r, other):
        each.step(default_actuation().default_pos)
    np.testing.assert_array_equal(r.sense().fingers, other.sense().fingers)
    with pytest.raises(StageError, match="14 finite"):
        r.hold_fingers(np.zeros(7))


def test_rubber_hands_have_no_fingers():
    r = robot("rubber")
    assert r.sense().fingers is None
    with pytest.raises(ConfigError, match="hands: dex3"):
        r.hold_fingers(np.zeros(14))
    with pytest.raises(ConfigError, match="rubber"):
        robot("claws")


def test_the_robot_is_located_by_its_surface():
    r = robot()
    time, rgb, depth = r.look()
    truth = r.truth()["robot"]
    felt = Proprioception(r.sense().joint_pos, np.array([0.08, -0.06, 0.2]), np.array([0.1, 0.1, 0.1]))
    perception = RgbdPerception(r.catalogue, body=own_body("dex3"))
    scene = perception.perceive(Observation(time, rgb, depth, r.camera, felt), Pose2D(0.08, -0.06, 0.2))
    assert scene.robot is not None and scene.robot_confidence > 0.7
    assert np.hypot(*(scene.robot.xy - truth[:2])) < 0.03
    assert abs(scene.robot.yaw - truth[2]) < np.radians(5)
    r.close()
