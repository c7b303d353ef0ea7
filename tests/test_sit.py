"""Sitting down and standing up on the real robot model, by contact and friction alone; where things are is told it."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.check.cfg import CheckCfg
from exoactor.check.sitting import seated
from exoactor.control import StateEstimator, StudentController, TrackCfg, stand, standing_pose
from exoactor.perceive import RgbdPerception, own_body
from exoactor.performance import Means, Performance, feet_of
from exoactor.retarget import lower_motion
from exoactor.seat import seats
from exoactor.sitting import SeatFelt, sit_down, stand_up
from exoactor.types import (
    Contact,
    Expectation,
    Observation,
    Outcome,
    Pose2D,
    Proprioception,
    Scene,
    SceneObject,
    StageError,
)
from exoactor.types.rotations import quat_to_rpy
from exoactor.world.happened import happened
from exoactor.world.scene_file import read_scene
from exoactor.world.sim import SimRobot
from exoactor.world.truth import TruthRecorder, true_objects

pytestmark = pytest.mark.assets
ROOM = """name: seat
robot: {{pos: [0.9, 0], yaw_deg: 0}}
camera: {{pos: [0.5, -3.2, 1.3], target: [0.2, 0, 0.6], fovy_deg: 40, size: [640, 480]}}
furniture:
  - {{id: chair, kind: {kind}, pos: [0, 0], yaw_deg: 2.0, size: {size}, color: red}}
"""
CFG = TrackCfg(look_hz=0.0)
SIT = Contact("chair", (), 4.0, 5.5, 5.5, 8.0, -0.4, 0.0, 0.6, "sit")


class Rig:
    """A robot that stands a step before a seat, its back to it."""

    def __init__(self, kind="chair", size=(0.45, 0.45, 0.88), believed=0.0, ahead=0.30):
        spec = read_scene(ROOM.format(kind=kind, size=list(size)))
        thing = spec.things[0]
        self.true = SceneObject(thing.item, thing.position, thing.yaw, 1.0)
        self.thing = replace(self.true, position=self.true.position + np.array([believed, 0.0, 0.0]))
        self.seat = seats(self.thing)[0]
        self.robot = SimRobot(replace(spec, robot=self.seat.stance(ahead, 0.03)), seed=1)
        self.controller, self.estimator = StudentController(), StateEstimator()
        stand(self.robot, self.controller, 0.6, estimator=self.estimator)
        self.estimator.start(self.here())

    def here(self):
        return Pose2D(*self.robot.truth()["robot"])

    def look(self):
        self.estimator.start(self.here())
        return Scene((self.thing,), self.here(), 1.0, self.robot.camera)

    def see(self):
        """What the camera sees and the robot feels."""
        time, rgb, depth = self.robot.look()
        sensors = self.robot.sense()
        tilt = quat_to_rpy(sensors.quat)[:2]
        felt = Proprioception(sensors.joint_pos, np.array(self.here().to_json()), roll_pitch=tilt)
        return Observation(time, rgb, depth, self.robot.camera, felt)

    def perform(self, act):
        """What an act really came to: the performance, its truth, the robot's own record."""
        truth = TruthRecorder(self.robot)
        performed = Performance(truth, self.controller, self.estimator, None, lambda: False, None)
        act(performed)
        return truth.track, performed


@pytest.fixture(scope="module")
def sat(tmp_path_factory):
    """A robot that has sat down, and the truth of it."""
    rig = Rig()
    folder = tmp_path_factory.mktemp("sit")
    track, performed = rig.perform(lambda p: sit_down(p, Means(folder, rig.look, CFG, None), SIT, rig.thing))
    return rig, track, performed


@pytest.fixture(scope="module")
def eyes(sat):
    """Perception of the room, which has looked once."""
    rig = sat[0]
    perception = RgbdPerception(rig.robot.catalogue, body=own_body())
    perception.perceive(rig.see(), rig.here())
    return perception


def test_a_robot_really_sits_down_on_a_chair(sat):
    rig, track, performed = sat
    found = happened(Expectation("seated", "chair"), track, true_objects(rig.robot))
    assert found["true"] is True, found
    assert found["share"] > 0.8 and found["behind_edge_m"] > 0.12
    assert rig.estimator.seated and not performed.fell
    assert abs(rig.estimator.pose[0] - rig.here().x) < 0.12  # it knows about where it is, its feet in the air


def test_the_camera_sees_where_it_sits_and_does_not_take_it_for_fallen(sat, eyes):
    rig = sat[0]
    seen, prior = rig.see(), Pose2D(rig.here().x + 0.06, rig.here().y - 0.04, rig.here().yaw + 0.08)
    scene = eyes.perceive(seen, prior)
    assert scene.robot is not None and scene.robot.is_near(rig.here(), 0.06, 0.12)
    assert eyes.fallen(seen) is False
    look = eyes.sitting(seen, prior, ())
    assert look is not None and look.folded and look.pose.is_near(rig.here(), 0.05, 0.12)
    assert look.height == pytest.approx(rig.robot.truth()["height"], abs=0.03)
    looks = [replace(look, time=k / 4) for k in range(16)]
    assert seated(looks, rig.thing, looks[-1].time, CheckCfg()).outcome is Outcome.DONE


def test_waiting_it_stays_seated(sat):
    rig = sat[0]
    before = rig.robot.truth()
    assert stand(rig.robot, rig.controller, 0.6, estimator=rig.estimator)
    after = rig.robot.truth()
    assert np.abs(np.array(after["robot"]) - before["robot"]).max() < 0.02
    assert abs(after["height"] - before["height"]) < 0.01


def test_and_stands_up_again(sat, tmp_path):
    rig = sat[0]
    rig.estimator.start(rig.here())
    rise, goal = replace(SIT, kind="rise"), rig.seat.stance(0.4)
    track, _ = rig.perform(lambda p: stand_up(p, Means(tmp_path, rig.look, CFG, None), rise, goal, rig.thing))
    stood = happened(Expectation("standing"), track, true_objects(rig.robot))
    assert stood["true"] is True, stood
    assert not rig.estimator.seated and rig.seat.behind_edge(rig.here().xy) < -0.15


def test_a_perch_on_the_edge_is_no_sit_to_the_camera(eyes):
    rig = Rig(ahead=0.055)
    lower = lower_motion(feet_of(rig.estimator), rig.seat.height, 2.0, standing_pose(rig.controller.actuation))
    free = replace(CFG, closed_loop=False, posture=None, wrist=None)
    rig.perform(lambda p: p.track(lower, free, None, until=SeatFelt()))
    assert rig.robot.truth()["rests"].get("chair", 0.0) > 0.02  # it touches the seat
    look = eyes.sitting(rig.see(), rig.here(), ())
    assert look is not None
    looks = [replace(look, time=k / 4) for k in range(16)]
    assert seated(looks, rig.thing, looks[-1].time, CheckCfg()).outcome is Outcome.NOT_DONE


def test_a_seat_that_is_not_there_is_not_felt_and_the_robot_stands_up(tmp_path):
    rig = Rig(believed=0.8)
    with pytest.raises(StageError, match="seat_not_felt"):
        rig.perform(lambda p: sit_down(p, Means(tmp_path, rig.look, CFG, None), SIT, rig.thing))
    truth = rig.robot.truth()
    assert not truth["fallen"] and truth["height"] > 0.65 and not rig.estimator.seated
