"""Whether a hand passed over a patch of a top at its level, by where the depth images show the hand, look by look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from exoactor.check.cfg import CheckCfg
from exoactor.perceive import RgbdPerception
from exoactor.perceive.locate import depth_at, depth_sigma
from exoactor.types import Array, Expectation, Observation, Outcome, Scene, SceneObject, Verdict
from exoactor.types.rotations import yaw_matrix
from exoactor.wipe import PALM, patch_cells


@dataclass(frozen=True)
class Painted:
    """What was found of a patch.

    Args:
        cells: (N, 3) their middles in the world [m].
        covered: (N,) a hand passed over them.
        unknown: (N,) something hid them from the camera.
    """

    cells: Array
    covered: Array
    unknown: Array


@dataclass(frozen=True)
class PatchLook:
    """What one look showed of a patch.

    Args:
        time: [s].
        hand: (2,) middle of a palm on the top, ahead of and to the left of the patch's middle [m]; None if none is seen
            at its level.
        above: how high the seen part of the hand nearest to the top is above it [m]; inf if none is seen.
        hidden: (N,) cells that something nearer hides.
    """

    time: float
    hand: Array | None
    above: float
    hidden: Array


def check(
    perception: RgbdPerception,
    expectation: Expectation,
    before: Scene,
    frames: Sequence[Observation],
    after: Scene,
    last: Observation,
    cfg: CheckCfg,
) -> tuple[Verdict, Painted | None]:
    """The verdict on "wiped", and what of the patch is covered; arguments as of `GeometricVerifier.check`."""
    surface = before.get(expectation.target or "") or after.get(expectation.target or "")
    if expectation.patch is None:
        return Verdict(Outcome.CANNOT_TELL, "patch_not_known", confidence=0.3), None
    if surface is None or surface.confidence < cfg.target_confidence:
        measured = 0.0 if surface is None else surface.confidence
        return Verdict(
            Outcome.CANNOT_TELL, "target_not_seen", measured, cfg.target_confidence, "confidence", measured
        ), None
    cells = patch_cells(expectation.patch)
    things = [thing for thing in before.objects if thing.id != surface.id]
    near = np.array(expectation.patch[:2])
    looks = []
    for look in (*frames, last):
        felt = look.proprioception.pose
        if felt is not None and np.linalg.norm(np.asarray(felt[:2]) - near) < cfg.wiped_reach:
            points = perception.coloured.colourless_points(look, near, surface.top)
            looks.append(patch_look(look, points, surface.top, expectation.patch, cells, things, cfg))
    verdict, covered, unknown = wiped(looks, cells, cfg)
    world = near + cells @ yaw_matrix(expectation.patch[2]).T
    return verdict, Painted(np.column_stack([world, np.full(len(cells), surface.top)]), covered, unknown)


def patch_look(
    look: Observation,
    points: Array,
    top: float,
    patch: tuple[float, float, float, float, float],
    cells: Array,
    things: Sequence[SceneObject],
    cfg: CheckCfg,
) -> PatchLook:
    """What a look shows of a patch.

    Args:
        look: with its depth image.
        points: (M, 3) about the patch that have the robot's colour, in the world [m].
        top: height of the surface [m].
        patch: see `Expectation.patch`.
        cells: (N, 2) of the patch.
        things: that stand about, told apart from the hand.
        cfg: thresholds.
    """
    turn, middle = yaw_matrix(patch[2]), np.array(patch[:2])
    world = np.column_stack([middle + cells @ turn.T, np.full(len(cells), top)])
    seen, depth, _ = depth_at(look, world)
    hidden = seen < depth - 0.05 - 3 * depth_sigma(depth)
    for thing in things:
        points = points[thing.distance(points) > cfg.wiped_apart]
    local = np.column_stack([(points[:, :2] - middle) @ turn, points[:, 2] - top])
    reach = np.array(patch[3:]) / 2 + cfg.wiped_around
    over = (np.abs(local[:, :2]) < reach).all(axis=1)
    over &= (local[:, 2] > cfg.wiped_level[0]) & (local[:, 2] < cfg.wiped_below)
    local = local[over]
    if len(local) < cfg.wiped_points:
        return PatchLook(look.time, None, np.inf, hidden)
    # fingers point ahead; forearm and trunk come behind them, or beside
    front = float(np.percentile(local[:, 0], 97))
    middle_of_tips = float(np.median(local[local[:, 0] > front - PALM[0] / 2, 1]))
    hand = local[(local[:, 0] > front - PALM[0]) & (np.abs(local[:, 1] - middle_of_tips) < PALM[1])]
    above = float(np.median(hand[:, 2]))
    if above > cfg.wiped_level[1]:
        return PatchLook(look.time, None, above, hidden)
    # the near skin is seen, the middle lies behind it
    away = (middle - look.camera.position[:2]) @ turn
    aside = float(np.median(hand[:, 1]) + cfg.wiped_skin * away[1] / np.linalg.norm(away))
    return PatchLook(look.time, np.array([front - PALM[0] / 2, aside]), above, hidden)


def wiped(looks: Sequence[PatchLook], cells: Array, cfg: CheckCfg) -> tuple[Verdict, Array, Array]:
    """The verdict, and which cells (N,) a hand passed over, and which were hidden.

    Args:
        looks: in which the robot was near, oldest first.
        cells: (N, 2) of the patch.
        cfg: thresholds.
    """
    covered, unknown = np.zeros(len(cells), bool), np.ones(len(cells), bool)
    on = [look.hand for look in looks if look.hand is not None]
    for hand in on:
        covered |= _under(cells, hand)
    for one, two in pairwise(looks):
        # what is seen on one side and soon after on the other passed between
        if one.hand is not None and two.hand is not None and two.time - one.time < cfg.wiped_gap:
            for share in (0.25, 0.5, 0.75):
                covered |= _under(cells, one.hand + share * (two.hand - one.hand))
    if looks:
        unknown = ~covered & (np.mean([look.hidden for look in looks], axis=0) > cfg.wiped_hidden)
    share, hidden = float(covered.mean()), float(unknown.mean())
    details = {
        "looks": len(looks),
        "looks_on": len(on),
        "hidden": round(hidden, 3),
        "above_m": round(min((look.above for look in looks), default=np.inf), 3),
    }
    limit = cfg.wiped_share
    if share >= limit:
        verdict = Verdict(Outcome.DONE, "wiped", share, limit, "share of patch", 0.9, details=details)
    elif share + hidden >= limit:
        verdict = Verdict(Outcome.CANNOT_TELL, "patch_not_seen", share, limit, "share of patch", 0.3, details=details)
    else:
        code = "wiped_too_little" if on else "not_wiped"
        verdict = Verdict(Outcome.NOT_DONE, code, share, limit, "share of patch", 0.9, details=details)
    return verdict, covered, unknown


def _under(cells: Array, palm: Array) -> Array:
    """(N,) bool: cells under a palm whose middle is there (2,) [m]."""
    return np.asarray((np.abs(cells - palm) < np.array(PALM) / 2).all(axis=1))
