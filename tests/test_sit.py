"""Sitting down and standing up on the real robot model, by contact and friction alone; where things are is told it."""

from dataclasses import replace

import numpy as np
import pytest

from exoactor.control import StateEstimator, StudentController, TrackCfg, stand
from exoactor.performance import Performance
from exoactor.seat import seats
from exoactor.sitting import sit_down, stand_up
from exoactor.types import Contact, Expectation, Pose2D, Scene, SceneObject, StageError
from exoactor.world.scene_file import read_scene
from exoactor.world.sim import SimRobot
from exoactor.world.truth import TruthRecorder, happened, true_objects

pytestmark = pytest.mark.assets
ROOM = """name: seat
robot: {{pos: [0.9, 0], yaw_deg: 0}}
camera: {{pos: [0.5, -3.2, 1.3], target: [0.2, 0, 0.6], fovy_deg: 40, size: [320, 240]}}
furniture:
  - {{id: chair, kind: {kind}, pos: [0, 0], yaw_deg: 2.0, size: {size}}}
"""
CFG = TrackCfg(look_hz=0.0)
SIT = Contact("chair", (), 4.0, 5.5, 5.5, 8.0, -0.4, 0.0, 0.6, "sit")


class Rig:
    """A robot that stands a step before a seat, its back to it."""

    def __init__(self, kind="chair", size=(0.45, 0.45, 0.88), believed=0.0):
        spec = read_scene(ROOM.format(kind=kind, size=list(size)))
        thing = spec.things[0]
        self.true = SceneObject(thing.item, thing.position, thing.yaw, 1.0)
        self.thing = replace(self.true, position=self.true.position + np.array([believed, 0.0, 0.0]))
        self.seat = seats(self.thing)[0]
        self.robot = SimRobot(replace(spec, robot=self.seat.stance(0.30, 0.03)), seed=1)
        self.controller, self.estimator = StudentController(), StateEstimator()
        stand(self.robot, self.controller, 0.6, estimator=self.estimator)
        self.estimator.start(self.here())

    def here(self):
        return Pose2D(*self.robot.truth()["robot"])

    def look(self):
        self.estimator.start(self.here())
        return Scene((self.thing,), self.here(), 1.0, self.robot.camera)

    def perform(self, act):
        """What an act really came to: the performance, its truth, the robot's own record."""
        truth = TruthRecorder(self.robot)
        performed = Performance(truth, self.controller, self.estimator, None, lambda: False, None)
        act(performed)
        return truth.track, performed


def test_a_robot_really_sits_down_on_a_chair_and_stands_up_again(tmp_path):
    rig = Rig()
    track, performed = rig.perform(lambda p: sit_down(p, SIT, tmp_path, rig.look, CFG, None))
    sat = happened(Expectation("seated", "chair"), track, true_objects(rig.robot))
    assert sat["true"] is True, sat
    assert sat["share"] > 0.8 and sat["behind_edge_m"] > 0.12
    assert rig.estimator.seated and not performed.fell
    assert abs(rig.estimator.pose[0] - rig.here().x) < 0.12  # it knows about where it is, its feet in the air

    rig.estimator.start(rig.here())
    rise, goal = replace(SIT, kind="rise"), rig.seat.stance(0.4)
    track, _ = rig.perform(lambda p: stand_up(p, rise, goal, rig.thing, tmp_path, CFG, None))
    stood = happened(Expectation("standing"), track, true_objects(rig.robot))
    assert stood["true"] is True, stood
    assert not rig.estimator.seated and rig.seat.behind_edge(rig.here().xy) < -0.15


def test_a_seat_that_is_not_there_is_not_felt_and_the_robot_stands_up(tmp_path):
    rig = Rig(believed=0.8)
    rig.robot.arm([])
    with pytest.raises(StageError, match="seat_not_felt"):
        rig.perform(lambda p: sit_down(p, SIT, tmp_path, rig.look, CFG, None))
    truth = rig.robot.truth()
    assert not truth["fallen"] and truth["height"] > 0.65 and not rig.estimator.seated
