"""What a G1's joints do between its feet and a seat: rocking back onto it, sitting, and tipping forward onto the feet.

With its hips on the edge of a chair a G1 only perches: its shanks are so short that, the feet flat, the thighs slope
down over the edge and carry it there. So it does what a child does: it lets itself fall back the last centimetres,
and its feet come off the floor. Postures and times are the best of 276 tried in simulation on seven seats of 0.40 to
0.45 m, chairs and boxes, from 3 to 8 cm off (cross-entropy method; falls, depth, lean and impact were counted).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from exoactor.ground.warp import smoothstep
from exoactor.retarget.sitting import ARMS_FORWARD
from exoactor.types import CONTROL_HZ, Array, Pose2D, RobotMotion

ARMS_REACHING = np.array([-1.3, 0.15, 0.0, 1.3, 0.0, 0.0, 0.0, -1.3, -0.15, 0.0, 1.3, 0.0, 0.0, 0.0])
"""(14,) arms stretched forward, which brings the weight 5 cm further over the feet [rad]."""
APART = 0.03
"""Hips turn out by so much, so that the knees clear each other [rad]."""


@dataclass(frozen=True)
class Folded:
    """A posture of legs and waist, both sides alike.

    Args:
        hip: pitch, negative forward and up [rad].
        knee: bend [rad].
        ankle: pitch, positive toes down [rad].
        waist: pitch, positive forward [rad].
        seconds: time to get there [s].
    """

    hip: float
    knee: float
    ankle: float
    waist: float
    seconds: float

    def joints(self, arms: Array) -> Array:
        """(29,) joint angles with (14,) arms [rad]."""
        leg = [self.hip, APART, 0.0, self.knee, self.ankle, 0.0]
        other = [self.hip, -APART, 0.0, self.knee, self.ankle, 0.0]
        return np.array([*leg, *other, 0.0, 0.0, self.waist, *arms])


@dataclass(frozen=True)
class SeatedCfg:
    """How a G1 sits down from a squat over the seat, and comes back to one.

    Args:
        rock: the ankles push it back over its heels.
        land: hips and knees fold while it comes down on the seat.
        upright: the trunk comes up, the shanks hang.
        pause: between landing and coming up [s].
        stay: shortest and longest time of sitting that is performed [s].
        bow: trunk and arms forward over the knees.
        tip: the shanks go under the seat's edge; it tips onto its feet.
        catch: the feet take the weight before the policy balances again [s].
    """

    rock: Folded = field(default_factory=lambda: Folded(-1.171, 1.346, 0.230, 0.52, 0.56))
    land: Folded = field(default_factory=lambda: Folded(-1.286, 1.211, 0.213, 0.151, 0.21))
    upright: Folded = field(default_factory=lambda: Folded(-1.090, 1.735, 0.422, 0.288, 1.39))
    pause: float = 0.3
    stay: tuple[float, float] = (5.6, 8.0)
    bow: Folded = field(default_factory=lambda: Folded(-1.64, 1.376, 0.317, 0.52, 1.5))
    tip: Folded = field(default_factory=lambda: Folded(-1.45, 1.2, 0.1, 0.483, 0.25))
    catch: float = 0.18


def sit_back_motion(
    here: Pose2D, height: float, targets: Array, seconds: float, cfg: SeatedCfg | None = None
) -> RobotMotion:
    """From a squat with the hips at the seat back onto it, then upright.

    Args:
        here: where the pelvis is [m, rad].
        height: of the pelvis once seated, for whoever looks at the motion [m].
        targets: (29,) joint targets sent last; the servos go on from there without a jump [rad].
        seconds: for how long the person of the video is seen sitting [s].
        cfg: tunables.
    """
    cfg = cfg or SeatedCfg()
    stay = float(np.clip(seconds, *cfg.stay))
    rock, land, upright = (key.joints(ARMS_FORWARD) for key in (cfg.rock, cfg.land, cfg.upright))
    keys = (
        (cfg.rock.seconds, rock),
        (cfg.land.seconds, land),
        (cfg.pause, land),
        (cfg.upright.seconds, upright),
        (stay, upright),
    )
    return _held(here, height, targets, keys)


def tip_forward_motion(here: Pose2D, height: float, targets: Array, cfg: SeatedCfg | None = None) -> RobotMotion:
    """From sitting upright over onto the feet, bowed; arguments as of `sit_back_motion`."""
    cfg = cfg or SeatedCfg()
    bow, tip = cfg.bow.joints(ARMS_REACHING), cfg.tip.joints(ARMS_REACHING)
    return _held(here, height, targets, ((cfg.bow.seconds, bow), (cfg.tip.seconds, tip), (cfg.catch, tip)))


def sit_up_motion(here: Pose2D, height: float, targets: Array, cfg: SeatedCfg | None = None) -> RobotMotion:
    """Back to sitting upright, for one that did not come onto its feet; arguments as of `sit_back_motion`."""
    cfg = cfg or SeatedCfg()
    return _held(here, height, targets, ((cfg.upright.seconds, seated_joints(cfg)), (0.5, seated_joints(cfg))))


def seated_joints(cfg: SeatedCfg | None = None) -> Array:
    """(29,) joint angles of sitting upright [rad]."""
    return (cfg or SeatedCfg()).upright.joints(ARMS_FORWARD)


def _held(here: Pose2D, height: float, begin: Array, keys: Sequence[tuple[float, Array]]) -> RobotMotion:
    """A motion of the servos alone through key postures."""
    hz, frames, last = float(CONTROL_HZ), [], np.asarray(begin, float)
    for seconds, joints in keys:
        count = max(1, round(seconds * hz))
        frames.append(last + smoothstep((np.arange(count) + 1) / count)[:, None] * (joints - last))
        last = joints
    joints = np.concatenate(frames)
    n = len(joints)
    quat = np.array([np.cos(here.yaw / 2), 0.0, 0.0, np.sin(here.yaw / 2)])
    place = np.array([here.x, here.y, height])
    return RobotMotion(np.tile(place, (n, 1)), np.tile(quat, (n, 1)), joints, np.ones((n, 2), bool), hz, servo=True)
