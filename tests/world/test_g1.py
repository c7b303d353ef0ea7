import mujoco
import numpy as np
import pytest

from exoactor.assets import asset, cache_dir
from exoactor.types import G1_JOINTS, ConfigError
from exoactor.world.g1 import armature_of, default_actuation, g1_spec
from exoactor.world.visuals import decimated

pytestmark = pytest.mark.assets


def settle(model, seconds=1.0):
    data = mujoco.MjData(model)
    data.qpos[2] = 0.76
    data.qpos[7:36] = data.ctrl[:29] = default_actuation().default_pos
    for _ in range(round(seconds / model.opt.timestep)):
        mujoco.mj_step(model, data)
    return data


def with_floor(spec):
    spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 0.1], contype=1, conaffinity=1)
    return spec.compile()


def test_actuators_are_the_29_joints_with_the_given_gains():
    actuation = default_actuation()
    model = g1_spec(actuation, visuals=False).compile()
    assert [model.actuator(i).name for i in range(29)] == list(G1_JOINTS)
    assert model.nu == 29 and model.nmesh == 0
    np.testing.assert_allclose(model.actuator_gainprm[:29, 0], actuation.kp)
    np.testing.assert_allclose(model.actuator_biasprm[:29, 2], -actuation.kd)
    np.testing.assert_allclose(model.actuator_forcerange[:29, 1], actuation.torque_limit)
    assert model.body_mass.sum() == pytest.approx(33.34, abs=0.05)


def test_armatures_are_those_of_the_motors():
    # mjlab's published values for its four motors, two of them in a linkage at the ankle
    assert armature_of("left_hip_pitch_joint") == pytest.approx(0.010177520, rel=1e-6)
    assert armature_of("right_knee_joint") == pytest.approx(0.025101925, rel=1e-6)
    assert armature_of("left_elbow_joint") == pytest.approx(0.003609725, rel=1e-6)
    assert armature_of("left_ankle_roll_joint") == pytest.approx(2 * 0.003609725, rel=1e-6)
    assert armature_of("right_wrist_yaw_joint") == pytest.approx(0.00425, rel=1e-6)


@pytest.mark.parametrize("contacts", ["feet", "all"])
def test_it_sags_but_lands_on_its_feet(contacts):
    model = with_floor(g1_spec(contacts=contacts, visuals=False))
    data = settle(model, 0.4)
    touching = {model.body(model.geom_bodyid[g]).name for g in data.contact.geom.ravel()} - {"world"}
    assert touching == {"left_ankle_roll_link", "right_ankle_roll_link"}
    assert 0.70 < data.qpos[2] < 0.80


def test_body_contacts_hold_a_lying_robot_and_feet_only_do_not():
    heights = {}
    for contacts in ("feet", "all"):
        model = with_floor(g1_spec(contacts=contacts, visuals=False))
        data = mujoco.MjData(model)
        data.qpos[:7] = [0, 0, 0.3, np.sqrt(0.5), 0, np.sqrt(0.5), 0]
        data.ctrl[:29] = data.qpos[7:36] = default_actuation().default_pos
        for _ in range(200):
            mujoco.mj_step(model, data)
        heights[contacts] = data.body("torso_link").xpos[2]
    assert heights["all"] > 0.03 and heights["feet"] < heights["all"] - 0.05


def test_meshes_are_decimated_once_and_a_damaged_cache_is_made_anew(tmp_path, monkeypatch):
    source = cache_dir() / "g1/assets/left_knee_link.STL"
    monkeypatch.setenv("EXOACTOR_CACHE", str(tmp_path))
    vertices, faces = decimated({"knee": source}, 400)["knee"]
    assert 200 < len(faces) < 2000 and faces.max() < len(vertices)
    store = next((tmp_path / "visuals").glob("*.npz"))
    store.write_bytes(store.read_bytes()[:500])
    again = decimated({"knee": source}, 400)["knee"]
    np.testing.assert_array_equal(again[1], faces)
    assert len(list((tmp_path / "visuals").iterdir())) == 1
    with pytest.raises(ConfigError, match="cannot be read"):
        decimated({"knee": tmp_path / "absent.STL"}, 400)


def test_another_robot_is_refused(tmp_path):
    other = tmp_path / "robot.xml"
    other.write_text("<mujoco><worldbody><body><freejoint/><geom size='1'/></body></worldbody></mujoco>")
    with pytest.raises(ConfigError, match="left_hip_pitch_joint"):
        g1_spec(mjcf=other)
    with pytest.raises(ConfigError, match=r"absent\.xml"):
        g1_spec(mjcf=tmp_path / "absent.xml")


def test_a_users_own_model_with_fingers_stands_too():
    model = with_floor(g1_spec(mjcf=asset("g1_hands/g1_with_hands.xml"), contacts="all", visuals=False))
    assert [model.actuator(i).name for i in range(29)] == list(G1_JOINTS)
    assert model.nu == 43
    data = mujoco.MjData(model)
    data.qpos[2] = 0.76
    default = default_actuation().default_pos
    for name, angle in zip(G1_JOINTS, default, strict=True):
        data.qpos[model.joint(name).qposadr[0]] = angle
    data.ctrl[:29] = default
    for _ in range(80):
        mujoco.mj_step(model, data)
    assert 0.70 < data.qpos[2] < 0.80
    fingers = [model.joint(i).qposadr[0] for i in range(model.njnt) if "hand" in model.joint(i).name]
    assert len(fingers) == 14 and np.abs(data.qpos[fingers]).max() < 0.2
