"""Training of the policy: loads in the hands, collecting, learning. The packaged student stands in for the teacher."""

from dataclasses import replace
from types import SimpleNamespace

import mujoco
import numpy as np
import pytest

from exoactor.control import twist2
from exoactor.control.bundle import HISTORY, load_bundle
from exoactor.control.reference import Reference
from exoactor.control.student import forward
from exoactor.control.training import collector as collecting
from exoactor.control.training.collector import OBSERVATION, Collector, DaggerCfg
from exoactor.control.training.dagger import distil
from exoactor.control.training.loads import LoadCfg, Loads
from exoactor.control.training.sim import floor_model, place
from exoactor.types import PalmTargets, RobotMotion

pytestmark = pytest.mark.assets


class PackagedTeacher:
    """The packaged student, asked as a teacher is."""

    def __init__(self, path, count):
        self.bundle = load_bundle()
        self.past = np.zeros((count, max(HISTORY), twist2.PROPRIO))

    def reset(self, robot):
        self.past[robot] = 0

    def act(self, mimic, proprio):
        seen = np.concatenate([mimic, proprio, *(self.past[:, -h] for h in HISTORY)], axis=1).astype(np.float32)
        self.past = np.concatenate([self.past[:, 1:], proprio[:, None]], axis=1)
        return forward(seen, self.bundle.mean, self.bundle.std, self.bundle.layers)


@pytest.fixture
def standing():
    n = 200
    press = np.zeros((n, 2, 3))
    press[50:] = [[0, -1, 0], [0, 1, 0]]
    return RobotMotion(
        np.tile([0, 0, 0.77], (n, 1)),
        np.tile([1.0, 0, 0, 0], (n, 1)),
        np.tile(twist2.ACTUATION.default_pos, (n, 1)),
        np.ones((n, 2), bool),
        palms=PalmTargets(np.zeros((n, 2, 3)), np.ones(n), press),
    )


@pytest.fixture
def taught(monkeypatch):
    monkeypatch.setattr(collecting, "BatchTeacher", PackagedTeacher)


def loads_of(cfg, reference, seed=0):
    model = floor_model(fast=True)
    data = mujoco.MjData(model)
    place(model, data, np.array([0, 0, 0.8, 1, 0, 0, 0, *twist2.ACTUATION.default_pos]))
    loads = Loads(model, data, cfg)
    loads.draw(np.random.default_rng(seed), reference)
    place(model, data, np.array([0, 0, 0.8, 1, 0, 0, 0, *twist2.ACTUATION.default_pos]))
    return model, data, loads


def test_what_is_pressed_presses_back_and_only_then(standing):
    reference = Reference(standing)
    cfg = LoadCfg(weighted=0, forced=0, pressed=(60, 60))
    model, data, loads = loads_of(cfg, reference)
    wrist = model.body("left_wrist_yaw_link").id
    rng = np.random.default_rng(0)
    loads.apply(rng, 10)
    assert np.allclose(data.xfrc_applied[wrist], 0)
    for index in range(60, 160):
        loads.apply(rng, index)
    # the left palm presses to the right, along -y
    assert np.allclose(data.xfrc_applied[wrist, :3], [0, 60, 0], atol=1.5)


def test_a_weight_is_drawn_anew_and_made_up_for_by_raised_arms(standing):
    reference = Reference(standing)
    cfg = LoadCfg(weighted=1, one=0, forced=0, pressed=(0, 0), made_up=(1, 1))
    model, data, loads = loads_of(cfg, reference)
    wrist = model.body("right_wrist_yaw_link").id
    empty = floor_model(fast=True).body_mass[wrist]
    first = model.body_mass[wrist] - empty
    assert 0.1 <= first <= cfg.weight
    offset = loads.apply(np.random.default_rng(0), 0)
    jacobian = np.zeros((3, model.nv))
    mujoco.mj_jacBody(model, data, jacobian, None, wrist)
    assert jacobian[2, 6 + 22 : 6 + 29] @ offset[7:] > 5e-4  # the hand is asked for higher up
    loads.draw(np.random.default_rng(1), reference)
    assert model.body_mass[wrist] - empty != pytest.approx(first)
    assert model.body_mass[wrist] - empty <= cfg.weight


def test_collected_observations_hold_the_teachers_answers(standing, taught):
    cfg = replace(DaggerCfg(), robots=4, loads=LoadCfg(weighted=0, forced=0, pressed=(0, 0)), push_rate=0.0)
    collector = Collector("", {"standing": standing}, cfg, seed=0)
    observations, actions = collector.collect(200, None, 1.0)
    assert observations.shape == (200, OBSERVATION) and actions.shape == (200, 29)
    bundle = load_bundle()
    again = forward(observations, bundle.mean, bundle.std, bundle.layers)
    # they differ by the sensors' noise, which the teacher does not see
    assert np.abs(again - actions).mean() < 0.1 * np.abs(actions).mean() + 0.05


def test_students_learn_from_the_same_and_get_better(standing, taught):
    cfg = replace(
        DaggerCfg(), robots=4, hidden=(64,), first_samples=400, samples=400, updates=200, batch=256, rate=3e-3
    )
    lines, losses = [], []
    students = distil(
        "",
        {"standing": standing},
        minutes=0.05,
        seed=1,
        cfg=cfg,
        also=[(32, 16)],
        log=lines.append,
        on_round=lambda made: losses.append(SimpleNamespace(names=[b.name for b in made])),
    )
    assert [b.name for b in students] == ["g1_student_64_seed1", "g1_student_32x16_seed1"]
    assert len(lines) == len(losses) >= 1
    last = [float(v) for v in lines[-1].rsplit("loss ", 1)[1].split(", ")]
    assert all(loss < 0.5 for loss in last)
