"""Wiped: a hand seen at the level of the top over most of the patch; what was hidden is not known."""

import numpy as np
import pytest

from exoactor.check.cfg import CheckCfg
from exoactor.check.evidence import picture
from exoactor.check.wiped import Painted, PatchLook, patch_look, wiped
from exoactor.types import Camera, CatalogueItem, Observation, Outcome, Proprioception, SceneObject, Verdict
from exoactor.types.rotations import yaw_matrix
from exoactor.wipe import patch_cells

CFG = CheckCfg()
TOP = 0.7
PATCH = (1.4, -0.1, 0.4, 0.12, 0.31)
CELLS = patch_cells(PATCH)
CAMERA = Camera.looking_at(np.array([0.9, -3.7, 1.75]), np.array([0.9, 0.1, 0.7]), 54.0, (640, 480))
NOTHING = np.zeros(len(CELLS), bool)


def observation(depth=None):
    """A look at a room without anything but the patch's level, as far as the eye reaches."""
    rows, columns = np.mgrid[0:480, 0:640]
    ray = np.stack([columns + 0.5, rows + 0.5, np.ones((480, 640))], -1) @ np.linalg.inv(CAMERA.intrinsics).T
    down = (ray @ CAMERA.rotation.T)[..., 2]
    level = np.where(down < -1e-3, (TOP - CAMERA.position[2]) / np.minimum(down, -1e-3), 9.0).clip(0, 9.0)
    felt = Proprioception(np.zeros(29), np.array([1.0, 0.0, 0.4]), np.zeros(3))
    rgb = np.zeros((480, 640, 3), np.uint8)
    return Observation(0.0, rgb, (level if depth is None else depth).astype(np.float32), CAMERA, felt)


def hand(ahead, aside, low, forearm=True):
    """Points in the world of the upper side of a hand whose lowest is so high above the top, and of its forearm."""
    rng, at = np.random.default_rng(0), np.array([ahead, aside, low])
    palm = rng.uniform([-0.05, -0.035, 0.02], [0.05, 0.035, 0.06], (80, 3)) + at
    arm = rng.uniform([-0.20, -0.03, 0.05], [-0.07, 0.03, 0.15], (40, 3)) + at
    points = np.concatenate([palm, arm]) if forearm else palm
    return np.column_stack([points[:, :2] @ yaw_matrix(PATCH[2]).T + PATCH[:2], points[:, 2] + TOP])


def seen(points, things=()):
    return patch_look(observation(), points, TOP, PATCH, CELLS, things, CFG)


def stroke(low=0.005, ends=(-0.15, 0.15), count=9):
    return [
        PatchLook(0.12 * k, look.hand, look.above, look.hidden)
        for k, aside in enumerate(np.linspace(*ends, count))
        for look in [seen(hand(0.0, aside, low))]
    ]


def test_a_hand_on_the_top_is_seen_where_it_is_and_its_forearm_is_not_the_hand():
    look = seen(hand(0.01, -0.08, 0.005))
    assert look.hand == pytest.approx([0.01, -0.08], abs=0.02) and look.above == pytest.approx(0.045, abs=0.01)
    assert not look.hidden.any()


@pytest.mark.parametrize("low", [0.03, 0.05, 0.10])
def test_a_hand_that_hovers_wipes_nothing(low):
    look = seen(hand(0.0, 0.0, low))
    assert look.hand is None and look.above > CFG.wiped_level[1]
    verdict, covered, _ = wiped(stroke(low), CELLS, CFG)
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_DONE, "not_wiped") and not covered.any()


def test_the_top_itself_and_a_thing_on_it_are_no_hand():
    rng = np.random.default_rng(1)
    flat = np.column_stack([rng.uniform(-0.1, 0.1, (200, 2)) + PATCH[:2], rng.normal(TOP, 0.004, 200)])
    assert seen(flat).hand is None
    can = SceneObject(
        CatalogueItem("can", "can", "gray", np.array([0.07, 0.07, 0.06]), True), [*PATCH[:2], TOP], 0, 1.0
    )
    on_it = hand(0.0, 0.0, 0.0, forearm=False)
    assert seen(on_it).hand is not None and seen(on_it, (can,)).hand is None


@pytest.mark.parametrize(
    ("ends", "outcome", "code"),
    [
        ((-0.15, 0.15), Outcome.DONE, "wiped"),
        ((-0.15, -0.02), Outcome.NOT_DONE, "wiped_too_little"),
        ((0.30, 0.40), Outcome.NOT_DONE, "not_wiped"),
    ],
)
def test_the_share_of_the_patch_decides(ends, outcome, code):
    verdict, covered, unknown = wiped(stroke(ends=ends), CELLS, CFG)
    assert (verdict.outcome, verdict.code) == (outcome, code)
    assert verdict.measured == pytest.approx(covered.mean()) and not unknown.any()


def test_between_two_looks_soon_after_each_other_the_hand_passed():
    looks = stroke(count=5)
    close, _, _ = wiped(looks, CELLS, CFG)
    far, _, _ = wiped([PatchLook(9.0 * k, x.hand, x.above, x.hidden) for k, x in enumerate(looks)], CELLS, CFG)
    assert close.measured > far.measured > 0.3


def test_what_is_hidden_is_not_known():
    half = CELLS[:, 1] > 0.0
    looks = [PatchLook(0.1 * k, None, np.inf, half) for k in range(10)]
    verdict, _, unknown = wiped([*stroke(ends=(-0.15, -0.03)), *looks, *looks], CELLS, CFG)
    assert (verdict.outcome, verdict.code) == (Outcome.CANNOT_TELL, "patch_not_seen") and unknown.any()
    near = observation(np.full((480, 640), 1.0))
    assert patch_look(near, np.zeros((0, 3)), TOP, PATCH, CELLS, (), CFG).hidden.all()
    verdict, _, unknown = wiped([], CELLS, CFG)
    assert (verdict.outcome, verdict.code) == (Outcome.CANNOT_TELL, "patch_not_seen") and unknown.all()


def test_the_picture_shows_what_is_covered():
    world = np.column_stack([CELLS @ yaw_matrix(PATCH[2]).T + PATCH[:2], np.full(len(CELLS), TOP)])
    covered = CELLS[:, 1] > 0
    image = picture(observation(), Verdict(Outcome.DONE, "wiped"), "wiped", painted=Painted(world, covered, NOTHING))
    for which, channel in ((covered, 1), (~covered, 2)):
        u, v = CAMERA.project(world[which].mean(axis=0)[None])[0][0].astype(int)
        assert image[v + 52, u].argmax() == channel  # below the bar: green, and red
