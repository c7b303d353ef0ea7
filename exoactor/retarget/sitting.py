"""Lowering a G1 onto a seat behind it and bringing it up: feet planted, hips going back, trunk bowed for balance."""

from __future__ import annotations

from dataclasses import dataclass, field

import mink
import numpy as np

from exoactor.ground.warp import smoothstep
from exoactor.retarget.standing import Standing, StandingCfg
from exoactor.retarget.wholebody import kinematics
from exoactor.types import CONTROL_HZ, Array, RobotMotion

ARMS_FORWARD = np.array([-0.5, 0.25, 0.0, 0.9, 0.0, 0.0, 0.0, -0.5, -0.25, 0.0, 0.9, 0.0, 0.0, 0.0])
"""(14,) arm angles held while the body goes down and up [rad]: forward they help the balance, and clear of the seat."""


@dataclass(frozen=True)
class SitCfg:
    """The squat before a seat.

    Args:
        back: how far the pelvis goes behind the ankles [m]; with the trunk bowed that is as far as balance allows.
        bow: pitch of the trunk that is aimed at [rad].
        ahead: centre of mass ahead of the ankles, standing and squatting [m].
        over: height of the pelvis over the seat's top at which the hips are nearly on it [m] ...
        feel: ... and how much lower it is asked to go, for the seat to be felt [m].
        lower: shortest and longest time of lowering [s].
        feeling: time of the last centimetres [s].
        caught: the squat that one who tipped onto the feet goes on from: pelvis behind the ankles, over the seat [m].
        rise: time of rising from there [s].
        body: inverse kinematics: the pelvis is placed, its pitch and that of the trunk serve the balance.
    """

    back: float = 0.16
    bow: float = 0.6
    ahead: tuple[float, float] = (0.03, 0.02)
    over: float = 0.21
    feel: float = 0.08
    lower: tuple[float, float] = (2.0, 3.0)
    feeling: float = 1.8
    caught: tuple[float, float] = (0.183, 0.158)
    rise: float = 2.2
    body: StandingCfg = field(
        default_factory=lambda: StandingCfg(
            pelvis=(8.0, 6.0, 8.0), pelvis_turn=(5.0, 0.5, 8.0), torso_turn=(3.0, 0.2, 3.0)
        )
    )


def lower_motion(feet: Array, seat: float, seconds: float, first: Array, cfg: SitCfg | None = None) -> RobotMotion:
    """From standing down to the seat, and some centimetres into it, for it to be felt.

    Args:
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad] in the world.
        seat: height of its top [m].
        seconds: time the person of the video takes to sit down [s].
        first: (29,) joint angles of standing [rad].
        cfg: tunables.
    """
    cfg = cfg or SitCfg()
    down = float(np.clip(seconds, *cfg.lower))
    low = seat + cfg.over
    return _squatted(
        feet,
        first,
        (0.0, cfg.body.pelvis_height, cfg.body.bow_least, cfg.ahead[0]),
        (
            (down, (cfg.back, low, cfg.bow, cfg.ahead[1])),
            (cfg.feeling, (cfg.back, low - cfg.feel, cfg.bow, cfg.ahead[1])),
        ),
        cfg,
    )


def rise_motion(feet: Array, seat: float, first: Array, cfg: SitCfg | None = None) -> RobotMotion:
    """From the squat over the seat up to standing; arguments as of `lower_motion`."""
    cfg = cfg or SitCfg()
    squat = (cfg.caught[0], seat + cfg.caught[1], cfg.bow, cfg.ahead[1])
    standing = (0.0, cfg.body.pelvis_height, cfg.body.bow_least, cfg.ahead[0])
    return _squatted(feet, first, squat, ((0.4, squat), (cfg.rise, standing)), cfg)


_BEFORE = 60
_State = tuple[float, float, float, float]


def _squatted(
    feet: Array, first: Array, begin: _State, keys: tuple[tuple[float, _State], ...], cfg: SitCfg
) -> RobotMotion:
    """Joint angles through states of (pelvis back, its height, pitch of the trunk, centre of mass ahead)."""
    hz = float(CONTROL_HZ)
    states, at = [], np.array(begin)
    for seconds, state in keys:
        share = smoothstep((np.arange(round(seconds * hz)) + 1) / round(seconds * hz))
        states.append(at + share[:, None] * (np.array(state) - at))
        at = np.array(state)
    path = np.concatenate(states)
    arms = np.clip(path[:, 0] / cfg.back, 0.0, 1.0)
    cost = np.full(kinematics().nv, cfg.body.posture)
    cost[6 + 15 :] = 1.0
    body = Standing(feet, first, None, cost, cfg.body)
    limit = mink.ConfigurationLimit(kinematics())
    result = np.empty((len(path), 36))
    target = np.array(first)
    # Angles change only so fast: from standing it takes a while to be in the posture that is begun with.
    ways = np.concatenate([np.repeat(path[:1], _BEFORE, axis=0), path])
    arms = np.concatenate([np.repeat(arms[:1], _BEFORE), arms])
    for k, (back, height, pitch, ahead) in enumerate(ways):
        target[15:] = first[15:] + arms[k] * (ARMS_FORWARD - first[15:])
        body.keep_to(target)
        body.lean(back, height, pitch, ahead)
        found = body.solve((), limit, hz)
        if k >= _BEFORE:
            result[k - _BEFORE] = found
    return RobotMotion(result[:, :3], result[:, 3:7], result[:, 7:], np.ones((len(path), 2), bool), hz)
