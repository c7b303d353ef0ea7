"""A palm laid on a top and stroked to and fro: from where the strokes turn to joint angles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from exoactor.grasp import POINT, Side
from exoactor.retarget.hand_path import HandPathCfg, Key, best_path
from exoactor.retarget.one_hand import OneHandCfg
from exoactor.types import Array, Contact, Pose2D, RobotMotion
from exoactor.world.g1 import PALM_CENTRE, PALM_SIZE

_FLAT = np.zeros(7)


@dataclass(frozen=True)
class WipeCfg(HandPathCfg):
    """How a hand wipes, beside what `HandPathCfg` says of its way.

    Args:
        pitch: the wrist is thicker than the palm, and would touch first.
        over: time from beside the shoulder to above the beginning of the first stroke [s].
        lower: time down [s].
        wait: it comes to rest there [s].
        speed: slowest and fastest of the hand [m/s].
        rest: time at the end of the last stroke [s].
        leave: time up, and up and back to its own side [s].
        above: it comes down from so high above the top [m].
        gap: the lowest of the palm is led so far above the top [m].
        body: as of a hand that works in the air, but with the weight ahead: strokes move the robot back, with it over
            the ankles by up to 20 cm (true poses: three of eight patches were not wiped; so, all were).
    """

    turns: tuple[float, ...] = (0.0,)
    roll: float = np.pi / 2
    pitch: float = 0.10
    over: float = 1.8
    lower: float = 1.0
    wait: float = 0.4
    speed: tuple[float, float] = (0.10, 0.16)
    rest: float = 0.3
    leave: tuple[float, float] = (0.8, 1.6)
    above: float = 0.12
    gap: float = 0.010
    body: OneHandCfg = field(default_factory=lambda: OneHandCfg(ahead=(0.08, 0.2)))


def wipe_motion(
    stance: Pose2D,
    feet: Array,
    side: Side,
    ends: Array,
    top: float,
    contact: Contact,
    first: Array,
    cfg: WipeCfg | None = None,
) -> RobotMotion:
    """Bring a raised hand down onto a top, palm down, stroke over it, and take the hand away.

    Args:
        stance: where the robot stands now.
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad].
        side: of the hand.
        ends: (K, 2) where the palm's middle turns [m].
        top: height [m].
        contact: what the video does.
        first: (29,) joint angles to begin with, those of `raised` [rad].
        cfg: tunables.
    """
    cfg = cfg or WipeCfg()
    strokes = len(ends) - 1
    lengths = np.linalg.norm(np.diff(ends, axis=0), axis=1)
    shown = (contact.end - contact.begin) / strokes
    sine, cosine = np.sin(cfg.pitch), np.cos(cfg.pitch)
    beyond, below = POINT[0] - PALM_CENTRE[0], -POINT[1]
    # the point that is led lies below a palm that faces down
    lowest = (PALM_SIZE[0] * sine + PALM_SIZE[1] * cosine) / 2
    height = top + cfg.gap + lowest - beyond * sine - below * cosine
    up = np.array([0.0, 0.0, 1.0])

    def keys(along: Array, out: Array) -> Sequence[Key]:
        ahead = (beyond * cosine - below * sine) * along[:2]
        at = [np.append(end + ahead, height) for end in ends]
        seconds = [float(np.clip(shown, length / cfg.speed[1], length / cfg.speed[0])) for length in lengths]
        return (
            Key(cfg.over, at[0] + cfg.above * up, 1.0, _FLAT),
            Key(cfg.lower, at[0], 1.0, _FLAT),
            Key(cfg.wait, at[0], 1.0, _FLAT),
            *(Key(each, end, 1.0, _FLAT) for each, end in zip(seconds, at[1:], strict=True)),
            Key(cfg.rest, at[-1], 1.0, _FLAT),
            Key(cfg.leave[0], at[-1] + cfg.above * up, 1.0, _FLAT),
            # on its own side again: with a hand across the body the robot turns when it begins to step
            Key(cfg.leave[1], at[0] - 0.1 * along + (cfg.above + 0.08) * up, 1.0, _FLAT),
        )

    return best_path(keys, stance, feet, side, first, None, cfg)
