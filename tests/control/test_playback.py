import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exoactor.control.playback import Playback, SettleCfg
from exoactor.control.reference import Reference
from exoactor.types import RobotMotion


def stepping(n=120, settle=(40, 80)):
    """A straight line for 40 frames, then in place; feet alternate until frame 80."""
    pos = np.zeros((n, 3))
    pos[:, 0] = np.minimum(np.arange(n), 40) * 0.008
    pos[:, 2] = 0.75
    contacts = np.ones((n, 2), bool)
    for k in range(80):
        contacts[k, (k // 20) % 2] = k % 20 >= 18
    return Reference(RobotMotion(pos, np.tile([1.0, 0, 0, 0], (n, 1)), np.zeros((n, 29)), contacts, 50.0, settle))


def play(playback, pose_of, limit=3000):
    played = []
    while not playback.done and len(played) < limit:
        played.append(playback.index)
        playback.advance(pose_of(playback))
    assert playback.done, "the playback must end"
    return played


def test_a_good_pose_plays_the_cycle_once():
    playback = Playback(stepping(), SettleCfg())
    played = play(playback, lambda p: p.asked)
    assert played == list(range(120))
    assert playback.settled is True and playback.repeats == 0


def test_an_error_repeats_the_cycle_and_moves_the_aim_against_it():
    playback = Playback(stepping(), SettleCfg(repeats=3))
    played = play(playback, lambda p: p.asked + np.array([0.0, 0.08, 0.0]))
    assert playback.repeats == 3 and playback.settled is False
    assert len(played) == 120 + 3 * 40
    assert -0.1 <= playback.shift[1] < -0.05
    assert abs(playback.shift[0]) < 1e-9


def test_coming_nearer_does_not_count_as_a_vain_repeat():
    playback = Playback(stepping(), SettleCfg(repeats=2))
    play(playback, lambda p: p.asked + np.array([max(0.5 - 0.05 * p.repeats, 0.0), 0.0, 0.0]))
    assert playback.settled is True and playback.repeats >= 9


def test_sway_within_a_cycle_is_not_an_error():
    playback = Playback(stepping(), SettleCfg())
    play(playback, lambda p: p.asked + np.array([0.0, 0.06 * np.sin(2 * np.pi * p.index / 40), 0.0]))
    assert playback.settled is True and playback.repeats == 0


def test_passing_through_is_not_settling():
    playback = Playback(stepping(), SettleCfg(repeats=1))
    play(playback, lambda p: p.asked + np.array([0.4 * (p.index - 60) / 40, 0.0, 0.0]))
    assert playback.repeats == 1


def test_open_loop_never_repeats():
    playback = Playback(stepping(), SettleCfg(), closed_loop=False)
    played = play(playback, lambda p: p.asked + 1.0)
    assert played == list(range(120))


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 20),
    st.lists(st.tuples(*[st.floats(-2, 2)] * 3), min_size=1, max_size=50),
)
def test_it_always_ends_and_the_aim_stays_within_reach(repeats, poses):
    cfg = SettleCfg(repeats=repeats)
    playback = Playback(stepping(), cfg)
    count = 0
    while not playback.done:
        playback.advance(np.array(poses[count % len(poses)]))
        assert np.abs(playback.shift).max() <= cfg.reach + 1e-12
        count += 1
        assert count <= 120 + 40 * cfg.most
    assert playback.repeats <= cfg.most
