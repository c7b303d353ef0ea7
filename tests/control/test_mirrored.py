"""The mirror image of a controller: symmetric inputs tell nothing apart, and two mirrors are none."""

import mujoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.control.kinematics import bare_model
from exoactor.control.mirrored import Mirrored, mirrored_command, mirrored_joints
from exoactor.control.student import StudentController
from exoactor.types import Sensors, TrackingCommand
from exoactor.world.g1 import default_actuation

angles = st.lists(st.floats(-0.4, 0.4), min_size=29, max_size=29).map(np.array)


def sensors(joints):
    return Sensors(0.0, joints, np.zeros(29), np.array([1.0, 0, 0, 0]), np.zeros(3), np.array([0, 0, 9.81]), [1, 1])


@given(angles)
def test_the_body_of_the_mirror_image_is_where_a_mirror_shows_it(joints):
    model = bare_model()
    places = []
    for posture in (joints, mirrored_joints(joints)):
        data = mujoco.MjData(model)
        data.qpos[3:7], data.qpos[7:36] = [1, 0, 0, 0], posture
        mujoco.mj_kinematics(model, data)
        places.append(
            {side: data.body(f"{side}_ankle_roll_link").xpos - data.qpos[:3] for side in ("left", "right")}
            | {f"{side} hand": data.body(f"{side}_wrist_yaw_link").xpos - data.qpos[:3] for side in ("left", "right")}
        )
    for name, place in places[0].items():
        other = name.replace("left", "*").replace("right", "left").replace("*", "right")
        assert places[1][other] == pytest.approx(place * [1, -1, 1], abs=2e-3)


def test_mirrored_twice_is_the_controller_itself():
    plain, twice = StudentController(), Mirrored(Mirrored(StudentController()))
    default = default_actuation().default_pos
    command = TrackingCommand([0.3, 0.1], 0.75, [0.02, 0.05], 0.2, default)
    for _ in range(3):
        assert twice.act(sensors(default), command) == pytest.approx(plain.act(sensors(default), command), abs=1e-5)
    assert mirrored_command(command).velocity[1] == -0.1


def test_servo_settings_are_the_same_on_both_sides():
    actuation = StudentController().actuation
    assert mirrored_joints(actuation.default_pos) == pytest.approx(actuation.default_pos)
    for values in (actuation.kp, actuation.kd, actuation.torque_limit):
        assert np.abs(mirrored_joints(values)) == pytest.approx(values)
