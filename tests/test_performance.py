"""Small steps to where the hands reach a thing, of a robot that does not take them."""

from types import SimpleNamespace

import numpy as np
import pytest

from exoactor import performance
from exoactor.control import StateEstimator, StudentController, TrackCfg
from exoactor.control.mirrored import Mirrored
from exoactor.grip import stance_for
from exoactor.performance import Means, Performance, take_hold
from exoactor.small_steps import PALMS
from exoactor.types import (
    Camera,
    CatalogueItem,
    Contact,
    HandTargets,
    Pose2D,
    RobotMotion,
    Scene,
    SceneObject,
)

pytestmark = pytest.mark.assets
SHORT = 0.06


class Rooted(Performance):
    """Stands where it is, whatever it is asked for."""

    def track(self, motion, *_args, **_more):
        self.asked = [*getattr(self, "asked", []), motion]


def test_who_does_not_take_a_small_step_is_asked_for_more_of_it_and_no_more_than_that(tmp_path):
    item = CatalogueItem("box", "table", "orange", np.array([0.38, 0.4, 0.55]), True)
    table = SceneObject(item, [1.0, 0.2, 0.0], 0.0, 1.0)
    _, stance, _ = stance_for(table, 0.0, [table])
    here = Pose2D(stance.x - SHORT, stance.y, 0.0)
    scene = Scene((table,), here, 1.0, Camera.looking_at([2.2, -3.0, 1.7], [0.8, 0, 0.7], 50.0, (640, 480)))
    estimator = StateEstimator()
    estimator.start(here)
    performed = Rooted(None, StudentController(), estimator, None, lambda: False, None)
    contact = Contact("box", ("left", "right"), 0.5, 2.5, 3.2, 6.5, 0.3, 0.0, 0.3)
    take_hold(performed, Means(tmp_path, lambda: scene, TrackCfg(look_hz=0.0), None), contact, scene, then=table)
    *steps, lift = performed.asked
    ends = [motion.root_pos[-1, 0] - stance.x for motion in steps]
    assert len(steps) == PALMS.rounds and lift.palms is not None
    assert ends[0] == pytest.approx(0.0, abs=0.01)
    assert ends[1] == pytest.approx(SHORT, abs=0.01)
    assert ends[2] == pytest.approx(PALMS.worth, abs=0.01)


@pytest.mark.parametrize(("side", "mirrored"), [("left", False), ("right", True), (None, False)])
def test_the_hand_with_which_the_policy_is_worse_works_in_a_mirror(monkeypatch, side, mirrored):
    used = []
    rollout = SimpleNamespace(fell=False)
    monkeypatch.setattr(performance, "track", lambda robot, controller, *_, **__: used.append(controller) or rollout)
    own = StudentController()
    performed = Performance(None, own, StateEstimator(), None, lambda: False, None)
    n = 5
    targets = None if side is None else HandTargets(side, np.zeros((n, 3)), np.zeros(n), np.ones(n), np.zeros((n, 14)))
    pose, turned = np.tile([0.0, 0.0, 0.75], (n, 1)), np.tile([1.0, 0.0, 0.0, 0.0], (n, 1))
    performed.track(RobotMotion(pose, turned, np.zeros((n, 29)), np.ones((n, 2), bool), hand=targets), TrackCfg(), None)
    assert isinstance(used[0], Mirrored) is mirrored
    assert (used[0].controller if mirrored else used[0]) is own  # it goes on from what it remembers
