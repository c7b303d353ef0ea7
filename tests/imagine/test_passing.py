"""A person who steps over a bar or goes under one: clear of it all the way, upright at the end."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Pose2D

START = Pose2D(0.0, 0.0, 0.0)


def joints(action, seed):
    body = load_body()
    motion = act((action,), {}, START, sample_style(body, seed), body, 25.0)
    rotations, places = motion.joint_frames(body)
    return motion, rotations, places


@pytest.mark.parametrize("seed", range(5))
def test_heel_and_ball_of_both_feet_clear_the_bar(seed):
    height, bar = 0.06, 0.36
    motion, _, places = joints(
        Action("step_over", "", goal=Pose2D(0.78, 0.0, 0.0), thing="bar", rise=height + 0.10), seed
    )
    for ankle, ball in ((7, 10), (8, 11)):
        for joint in (ankle, ball):
            sole = np.interp([bar - 0.03, bar, bar + 0.03], places[:, joint, 0], places[:, joint, 2])
            assert (sole - places[0, joint, 2]).min() > height, (seed, joint)
    assert places[-1, 0, 0] == pytest.approx(0.78, abs=0.05)
    assert motion.contacts[-1].all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("room", [1.0, 1.2])
def test_the_head_is_below_the_bar_from_before_it_to_beyond_it(seed, room):
    _, rotations, places = joints(Action("duck_under", "", goal=Pose2D(1.5, 0.0, 0.0), thing="bar", rise=room), seed)
    crown = places[:, 15] + rotations[:, 15] @ np.array([0.0, 0.17, 0.02])
    under = np.abs(crown[:, 0] - 0.75) < 0.10
    assert under.any() and crown[under, 2].max() < room + 0.05
    back = np.abs(places[:, 9, 0] - 0.75) < 0.10
    assert places[back, 9, 2].max() < room
    assert places[-1, 15, 2] == pytest.approx(places[0, 15, 2], abs=0.02)
