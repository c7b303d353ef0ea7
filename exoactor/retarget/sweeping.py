"""One hand beside a thing on a table pushes it along the edge: from where it is, and how far, to joint angles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exoactor.grasp import Side
from exoactor.retarget.hand_path import HandPathCfg, Key, best_path
from exoactor.types import Array, Contact, Pose2D, RobotMotion

_FLAT = np.zeros(7)


@dataclass(frozen=True)
class SweepCfg(HandPathCfg):
    """How a hand pushes a thing aside, beside what `HandPathCfg` says of its way.

    Args:
        over: time from beside the shoulder to above where it comes down [s].
        lower: time down [s].
        wait: it comes to rest there [s].
        speed: of the hand while it pushes [m/s].
        rest: time at the end of the push [s].
        leave: time away from the thing, and up [s].
        beside: the palm comes down so far beside the thing [m].
        above: and from so high above [m].
        palm: from the palm's surface to the point of the hand that is led [m].
        turn: of the hand by the end of the push: an arm across the body points there [rad].
        start: and at its beginning [rad].
    """

    turns: tuple[float, ...] = (0.0,)
    over: float = 1.4
    lower: float = 0.8
    wait: float = 0.4
    speed: float = 0.2
    rest: float = 0.4
    leave: tuple[float, float] = (0.6, 1.0)
    beside: float = 0.06
    above: float = 0.14
    palm: float = 0.03
    turn: float = 0.5
    start: float = -0.1


def sweep_motion(
    stance: Pose2D,
    feet: Array,
    side: Side,
    touch: Array,
    way: Array,
    contact: Contact,
    first: Array,
    cfg: SweepCfg | None = None,
) -> RobotMotion:
    """Bring a raised hand down beside the thing, push it along `way`, and take the hand away.

    Args:
        stance: where the robot stands now.
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad].
        side: of the hand.
        touch: (3,) where the palm's middle meets the thing [m].
        way: (2,) of the palm from there [m].
        contact: what the video does.
        first: (29,) joint angles to begin with, those of `raised` [rad].
        cfg: tunables.
    """
    cfg = cfg or SweepCfg()
    length = float(np.linalg.norm(way))
    ahead = np.array([*way, 0.0]) / length
    up = np.array([0.0, 0.0, 1.0])
    shown = max(contact.end - contact.rise, 0.5)
    seconds = float(np.clip(shown, length / cfg.speed, 2.0 * length / cfg.speed))

    def keys(along: Array, out: Array) -> Sequence[Key]:
        at = np.asarray(touch) + cfg.palm * ahead
        beside = at - cfg.beside * ahead
        end = at + length * ahead
        free = end - 0.05 * ahead
        return (
            Key(cfg.over, beside - 0.04 * ahead + cfg.above * up, 1.0, _FLAT, cfg.start),
            Key(cfg.lower, beside, 1.0, _FLAT, cfg.start),
            Key(cfg.wait, beside, 1.0, _FLAT, cfg.start),
            Key(cfg.beside / cfg.speed * 1.5, at, 1.0, _FLAT, cfg.start),
            Key(seconds, end, 1.0, _FLAT, cfg.turn),
            Key(cfg.rest, end, 1.0, _FLAT, cfg.turn),
            Key(cfg.leave[0], free, 1.0, _FLAT, cfg.turn),
            Key(cfg.leave[1], free - 0.1 * along + (cfg.above + 0.06) * up, 1.0, _FLAT, 0.0),
        )

    return best_path(keys, stance, feet, side, first, None, cfg)
