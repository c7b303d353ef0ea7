from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.body import load_body
from exoactor.imagine.limbs import aimed_arm, bend, leg
from exoactor.imagine.motion import PersonMotion, act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, Pose2D
from exoactor.types.rotations import wrap

BODY = load_body()
FPS = 25.0


ORIGIN = Pose2D(0, 0, 0)


def perform(*actions: Action, seed: int = 0, start: Pose2D = ORIGIN, **paths: np.ndarray) -> PersonMotion:
    by_index = {int(key[1:]): path for key, path in paths.items()}
    return act(actions, by_index, start, sample_style(BODY, seed), BODY, FPS)


def line(a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
    count = int(np.hypot(b[0] - a[0], b[1] - a[1]) / 0.02) + 2
    return np.linspace(a, b, count)


def heading(motion: PersonMotion) -> np.ndarray:
    return motion.to_human(BODY).heading


@pytest.mark.parametrize("seed", range(6))
def test_a_walk_ends_at_the_goal_with_feet_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = Pose2D(0.3, -0.2, float(rng.uniform(-3, 3)))
    goal = Pose2D(float(rng.uniform(-2, 2)), float(rng.uniform(1, 2)), float(rng.uniform(-3, 3)))
    motion = perform(
        Action("walk", "", goal=goal), seed=seed, start=start, p0=line((start.x, start.y), (goal.x, goal.y))
    )
    _, joints = motion.joint_frames(BODY)
    assert np.linalg.norm(joints[0, 0, :2] - start.xy) < 0.03
    assert abs(wrap(heading(motion)[0] - start.yaw)) < 0.08
    assert np.linalg.norm(joints[-1, 0, :2] - goal.xy) < 0.03
    assert abs(wrap(heading(motion)[-1] - goal.yaw)) < 0.08
    ahead = (joints[-1, 7] - joints[-1, 8])[:2] @ goal.forward
    assert abs(ahead) < 0.02
    assert motion.contacts[-8:].all()
    # "natural speed": comfortable, and no longer than a person would take
    speed = np.linalg.norm(np.diff(joints[:, 0, :2], axis=0), axis=1) * FPS
    assert 0.6 < np.quantile(speed, 0.95) < 1.25


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 500), length=st.floats(0.3, 2.5), turn=st.floats(-3.1, 3.1))
def test_planted_feet_do_not_slide_nor_sink(seed: int, length: float, turn: float) -> None:
    goal = Pose2D(length, 0.0, turn)
    motion = perform(Action("walk", "", goal=goal), seed=seed, p0=line((0, 0), (length, 0)))
    rotations, joints = motion.joint_frames(BODY)
    for side, ball in ((0, 10), (1, 11)):
        planted = motion.contacts[:, side]
        toes_up = rotations[:, ball - 3, 2, 2]
        # flat or with the heel rising a foot stands on its ball; landing, it rolls over its heel
        on_ball = (planted & (toes_up <= 1e-6))[1:] & (planted & (toes_up <= 1e-6))[:-1]
        assert np.linalg.norm(np.diff(joints[:, ball], axis=0)[on_ball], axis=1).max() < 1e-6
        heel = joints[:, ball - 3] + rotations[:, ball - 3] @ np.array([0, -BODY.sole(motion.betas) - 0.007, -0.055])
        landing = (planted & (toes_up > 1e-6))[1:] & (planted & (toes_up > 1e-6))[:-1]
        if landing.any():
            assert np.linalg.norm(np.diff(heel, axis=0)[landing], axis=1).max() < 1e-6
    lowest = min(BODY.skin(rotations[i], joints[i], motion.betas)[:, 2].min() for i in range(0, len(motion), 7))
    assert lowest > -0.02


@pytest.mark.parametrize("seed", range(4))
def test_knees_and_elbows_bend_the_human_way(seed: int) -> None:
    motion = perform(
        Action("walk", "", goal=Pose2D(1.6, 0.0, 1.2)),
        Action("wave", "", 2.5, side="left"),
        seed=seed,
        p0=line((0, 0), (1.6, 0)),
    )
    rotations, joints = motion.joint_frames(BODY)
    for hip, knee, ankle in ((1, 4, 7), (2, 5, 8)):
        forward = rotations[:, knee, :, 2]
        middle = (joints[:, hip] + joints[:, ankle]) / 2
        assert ((joints[:, knee] - middle) * forward).sum(-1).min() > -0.005
        thigh, shank = joints[:, knee] - joints[:, hip], joints[:, ankle] - joints[:, knee]
        cosine = (thigh * shank).sum(-1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shank, axis=1)
        assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 80


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 500), yaw=st.floats(-3.1, 3.1))
def test_a_turn_stays_on_the_spot(seed: int, yaw: float) -> None:
    motion = perform(Action("turn", "", goal=Pose2D(9, 9, yaw)), seed=seed, start=Pose2D(1, 2, 0))
    pelvis = motion.joint_frames(BODY)[1][:, 0, :2]
    assert np.linalg.norm(pelvis - [1, 2], axis=1).max() < 0.06
    assert abs(wrap(heading(motion)[-1] - yaw)) < 0.10


@pytest.mark.parametrize(("side", "shoulder", "wrist"), [("left", 16, 20), ("right", 17, 21)])
def test_a_wave_swings_beside_the_head(side: str, shoulder: int, wrist: int) -> None:
    motion = perform(Action("wave", "", 2.5, side=side), seed=3)  # type: ignore[arg-type]
    _, joints = motion.joint_frames(BODY)
    raised = joints[:, wrist, 2] > joints[:, shoulder, 2] + 0.1
    assert raised.sum() / FPS > 1.0
    sideways = (joints[:, wrist, 1] - joints[:, shoulder, 1])[raised]
    swings = np.diff(np.sign(np.diff(sideways)))
    assert 3 <= (swings != 0).sum() <= 12
    other = 41 - wrist
    assert (joints[:, other, 2] < joints[:, 0, 2] + 0.25).all()


@pytest.mark.parametrize("at", [(2.0, 0.4, 0.7), (1.5, -0.6, 0.3), (1.0, 0.0, 1.6)])
def test_a_pointing_arm_is_straight_and_aims(at: tuple[float, float, float]) -> None:
    motion = perform(Action("point", "", 2.5, side="right", at=at), seed=5)
    _, joints = motion.joint_frames(BODY)
    aim = np.array(at) - joints[:, 17]
    arm = joints[:, 21] - joints[:, 17]
    cosine = (aim * arm).sum(-1) / np.linalg.norm(aim, axis=1) / np.linalg.norm(arm, axis=1)
    good = np.degrees(np.arccos(np.clip(cosine, -1, 1))) < 5
    assert good.sum() / FPS >= 1.0
    length = np.linalg.norm(joints[0, 19] - joints[0, 17]) + np.linalg.norm(joints[0, 21] - joints[0, 19])
    assert np.linalg.norm(arm[good], axis=1).min() > 0.98 * length
    assert (joints[-1, 21, 2] < joints[-1, 0, 2] + 0.2).all()


def test_arms_swing_against_the_legs() -> None:
    motion = perform(Action("walk", "", goal=Pose2D(2.5, 0, 0)), seed=1, p0=line((0, 0), (2.5, 0)))
    _, joints = motion.joint_frames(BODY)
    legs = joints[:, 7, 0] - joints[:, 8, 0]
    arms = (joints[:, 20, 0] - joints[:, 16, 0]) - (joints[:, 21, 0] - joints[:, 17, 0])
    assert np.corrcoef(legs, arms)[0, 1] < -0.8


def test_motion_is_smooth() -> None:
    motion = perform(
        Action("walk", "", goal=Pose2D(1.5, 0.3, 2.0)),
        Action("point", "", 2.5, at=(0, 2, 1.0)),
        Action("wave", "", 2.4),
        seed=8,
        p0=line((0, 0), (1.5, 0.3)),
    )
    _, joints = motion.joint_frames(BODY)
    assert np.linalg.norm(np.diff(joints[:, :22], axis=0), axis=-1).max() * FPS < 4.5
    pelvis = joints[:, 0]
    assert np.abs(np.diff(pelvis, 2, axis=0)).max() * FPS**2 < 6
    assert np.abs(np.diff(motion.global_orient, axis=0)).max() < 0.3


def test_seeds_vary_the_person_and_repeat() -> None:
    styles = [sample_style(BODY, seed) for seed in range(40)]
    heights = np.array([s.height for s in styles])
    assert heights.min() >= 1.6
    assert heights.max() <= 1.9
    assert heights.std() > 0.05
    assert len({tuple(s.palette["shirt"]) for s in styles}) > 10
    again = sample_style(BODY, 7)
    assert np.array_equal(again.betas, styles[7].betas)
    assert again.palette == styles[7].palette
    for a, b in pairwise(styles):
        assert not np.array_equal(a.betas, b.betas)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_two_bone_limbs_reach_what_they_are_given(seed: int) -> None:
    rng = np.random.default_rng(seed)
    root, pole = rng.normal(size=(1, 3)), rng.normal(size=(1, 3))
    end = root + rng.normal(size=(1, 3)) / 3
    middle = bend(root, end, 0.4, 0.38, pole)
    length = np.linalg.norm(end - root)
    if 0.05 < length < 0.77:
        assert np.linalg.norm(middle - root) == pytest.approx(0.4, abs=1e-6)
        assert np.linalg.norm(middle - end) == pytest.approx(0.38, abs=1e-6)
    upper, lower = rng.normal(size=(1, 3)), rng.normal(size=(1, 3))
    for sign in (1.0, -1.0):
        arm, forearm = aimed_arm(sign, upper, lower)
        bone = np.array([sign, 0, 0])
        assert np.allclose((arm @ bone)[0], upper[0] / np.linalg.norm(upper), atol=1e-6)
        assert np.allclose((arm @ forearm @ bone)[0], lower[0] / np.linalg.norm(lower), atol=1e-6)


def test_leg_rotations_carry_the_ankle_to_its_place() -> None:
    rest = BODY.joints(np.zeros(10))
    hip, ankle = np.array([[0.0, 0.1, 0.9]]), np.array([[0.1, 0.12, 0.1]])
    thigh, shank = leg(hip, ankle, np.array([[1.0, 0, 0]]), np.array([[0, 1.0, 0]]), (rest[1], rest[4], rest[7]))
    reached = hip + thigh @ (rest[4] - rest[1]) + shank @ (rest[7] - rest[4])
    assert np.allclose(reached, ankle, atol=1e-6)
