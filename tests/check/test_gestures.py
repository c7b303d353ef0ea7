"""Gestures from series of seen hands."""

import numpy as np
import pytest

from exoactor.check import CheckCfg
from exoactor.check.gestures import ArmLook, pointing, turning_points, waved
from exoactor.perceive.arms import Arm
from exoactor.types import CatalogueItem, Outcome, Pose2D, SceneObject

CFG = CheckCfg()
SHOULDER = {"left": np.array([0.0, 0.14, 1.06]), "right": np.array([0.0, -0.14, 1.06])}
HERE = Pose2D(0.0, 0.0, 0.0)
BOX = SceneObject(
    CatalogueItem("box", "box", "red", np.array([0.3, 0.3, 0.3]), True), np.array([2.0, -0.14, 0.6]), 0.0, 1.0
)


def looks(hands, side="right", dt=0.2):
    series = []
    for k, hand in enumerate(hands):
        arms = {} if hand is None else {side: Arm(side, SHOULDER[side], np.array(hand), 40)}
        series.append(ArmLook(k * dt, HERE, arms))
    return series


def wave(swing, hertz, height=0.3, noise=0.012, seconds=2.4, phase=0.0):
    rng = np.random.default_rng(0)
    t = np.arange(0, seconds, 0.2)
    y = -0.35 + swing * np.sin(2 * np.pi * hertz * t + phase) + rng.normal(0, noise, len(t))
    return [[0.1, v, 1.06 + height] for v in y]


@pytest.mark.parametrize("hertz", [1.0, 1.4, 1.8])
@pytest.mark.parametrize("phase", [0.0, 1.0, 2.0])
def test_a_wave_is_seen_at_five_looks_a_second(hertz, phase):
    assert waved(looks(wave(0.1, hertz, phase=phase)), "right", CFG).code == "waved"


@pytest.mark.parametrize(
    ("hands", "code"),
    [
        (wave(0.0, 1.5), "hand_not_moving"),
        (wave(0.1, 1.5, height=-0.2), "hand_not_raised"),
        ([[0.1, -0.3 - 0.03 * k, 1.3] for k in range(10)], "hand_not_moving"),
        ([None] * 10, "arm_not_seen"),
    ],
)
def test_what_is_no_wave(hands, code):
    verdict = waved(looks(hands), "right", CFG)
    assert verdict.code == code
    assert verdict.outcome is (Outcome.CANNOT_TELL if code == "arm_not_seen" else Outcome.NOT_DONE)


def test_the_other_hand_is_not_the_one_asked_for():
    assert waved(looks(wave(0.1, 1.5)), "left", CFG).outcome is not Outcome.DONE
    assert waved(looks(wave(0.1, 1.5)), None, CFG).details["side"] == "right"


def test_turning_points():
    assert turning_points(np.array([0, 0.1, 0, 0.1, 0]), 0.05)[0] == 3
    assert turning_points(np.array([0, 0.1, 0.2, 0.3]), 0.05)[0] == 0
    assert turning_points(np.array([0, 0.02, 0, 0.02, 0]), 0.05)[0] == 0
    assert turning_points(np.array([]), 0.05) == (0, 0.0)


def arm_out(degrees, reach=0.45):
    a = np.radians(degrees)
    return [reach * np.cos(a), -0.14 + reach * np.sin(a), 1.0]


@pytest.mark.parametrize(
    ("hands", "code"),
    [
        ([arm_out(3)] * 6, "pointing"),
        ([arm_out(15), None, arm_out(12), arm_out(10), arm_out(9)], "pointing"),
        ([arm_out(60)] * 6, "points_elsewhere"),
        ([arm_out(3, reach=0.2)] * 6, "arm_not_out"),
        ([arm_out(70), arm_out(5), arm_out(70), arm_out(5), arm_out(70)], "not_held"),
        ([None] * 6, "arm_not_seen"),
        ([arm_out(3, reach=0.2)] * 3 + [None] * 4 + [arm_out(3, reach=0.2)] * 3, "arm_not_seen"),
        ([arm_out(3, reach=0.2)] * 3 + [None] + [arm_out(3, reach=0.2)] * 3, "arm_not_out"),
    ],
)
def test_pointing(hands, code):
    assert pointing(looks(hands), BOX, "right", CFG).code == code


def test_two_looks_are_no_pointing():
    """Far off, two looks that seem to show an arm held out can be noise; three that agree are not."""
    hanging = [arm_out(3, reach=0.1)] * 4
    assert pointing(looks(hanging + [arm_out(3)] * 2 + hanging, dt=0.5), BOX, "right", CFG).outcome is Outcome.NOT_DONE
    assert pointing(looks(hanging + [arm_out(3)] * 3 + hanging, dt=0.5), BOX, "right", CFG).outcome is Outcome.DONE
