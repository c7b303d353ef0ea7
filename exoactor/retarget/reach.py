"""Whole-body inverse kinematics of a standing G1 whose palms go where a thing is: it crouches, bows and balances."""

from __future__ import annotations

from dataclasses import dataclass

import mink
import numpy as np

from exoactor.retarget.standing import SIDES, Standing, StandingCfg
from exoactor.retarget.wholebody import kinematics
from exoactor.types import Array
from exoactor.world.g1 import PALM_CENTRE


@dataclass(frozen=True)
class ReachCfg(StandingCfg):
    """How both palms are brought somewhere, beside what `StandingCfg` says of the body.

    Args:
        palm: position of the palms.
        palm_turn: roll, pitch and yaw of the palms.
        toe_in: fingers point inward by so much, so that the palm and not the wrist touches first [rad].
        ahead: the centre of mass is kept so far ahead of the ankles, where nothing else is said [m].
    """

    palm: float = 8.0
    palm_turn: tuple[float, float, float] = (0.6, 0.3, 0.6)
    toe_in: float = 0.15
    ahead: float = 0.05


def solve_reach(
    feet: Array,
    palms: Array,
    pitch_of_palms: Array,
    body: Array,
    arms: Array,
    first: Array,
    hz: float,
    cfg: ReachCfg,
    begin: Array | None = None,
    ahead: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Joint angles that bring the palms where they have to be, the feet staying where they are.

    Args:
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad] in the world.
        palms: (N, 2, 3) left and right palm in the world [m].
        pitch_of_palms: (N,) how far the fingers point down [rad].
        body: (N,) height of the hands that the body goes down after [m].
        arms: (N,) 0..1 how much the palms are pulled there; before that the arms keep to `first`.
        first: (29,) joint angles to begin with [rad].
        hz: frames per second.
        cfg: costs.
        begin: (29,) joint angles of the posture to go on from [rad]; `first` by default.
        ahead: (N,) how far the centre of mass is kept ahead of the ankles [m]; as in `cfg` by default.

    Returns:
        root_pos (N, 3) [m], root_quat (N, 4) wxyz, joint_pos (N, 29) [rad].
    """
    standing = Standing(feet, first, begin, cfg.posture, cfg)
    hands = [mink.FrameTask(f"{side}_wrist_yaw_link", "body", 0.0, 0.0) for side in SIDES]
    limit = mink.ConfigurationLimit(kinematics())
    result = np.empty((len(palms), 36))
    for k in range(len(palms)):
        standing.go_down(standing.low(body[k]), cfg.ahead if ahead is None else float(ahead[k]))
        for sign, hand, point in zip((-1.0, 1.0), hands, palms[k], strict=True):
            inward = mink.SO3.from_z_radians(sign * cfg.toe_in)
            palm = standing.rotation @ inward @ mink.SO3.from_y_radians(float(pitch_of_palms[k]))
            wrist = point - palm.as_matrix() @ np.array(PALM_CENTRE)
            hand.set_position_cost(cfg.palm * arms[k])
            hand.set_orientation_cost(np.array(cfg.palm_turn) * arms[k])
            hand.set_target(mink.SE3.from_rotation_and_translation(palm, wrist))
        result[k] = standing.solve(hands, limit, hz)
    return result[:, :3], result[:, 3:7], result[:, 7:]
