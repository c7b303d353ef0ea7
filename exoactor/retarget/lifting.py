"""Two hands on a thing: from what the video does, and where the thing is, to palms, crouch and joint angles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from exoactor.grip import LOW, Grip
from exoactor.ground.warp import smoothstep
from exoactor.retarget.held import fingers_down, fingers_down_at, palms_in_world
from exoactor.retarget.reach import ReachCfg, solve_reach
from exoactor.retarget.wholebody import forward_at
from exoactor.types import CONTROL_HZ, Array, Contact, PalmTargets, Pose2D, RobotMotion
from exoactor.world.g1 import PALM_CENTRE


@dataclass(frozen=True)
class LiftCfg:
    """How a G1 takes hold of things.

    Args:
        above: hands come down from so far above the grip [m] ...
        never_below: ... and from no lower than this [m].
        wide: the middle of open hands is this far beside the thing on their way there [m].
        beside: and this far once they are down [m].
        ahead: they take hold so far beyond the grip's middle, so that it lies under the heel of the hand [m].
        press: the palms are asked for this far inside the surface; the servos turn it into 45 N at the palm's
            middle, 80 to 100 N at the wrist [m].
        rise: share of the video's lift, and most of it in metres.
        down: time from beginning to reach to hands beside the thing, at least [s].
        wait: they come to rest there [s].
        squeeze: time to close and press [s].
        lift: time of the lift [s].
        hold: shortest and longest time it is held up [s].
        aside: time to move it to over where it goes [s].
        lower: time to let it down [s].
        sink: it is let down so much further than it has to go, so that it stands before the hands open [m].
        leave: time to open the hands, and then to take them away upwards [s].
        pitch: range of how far the fingers point down, more for lower things [rad].
        bowed: the centre of mass is kept so far ahead of the ankles on the way down [m]; stretched arms and a trunk
            that bows further than asked bring it 5 cm further.
        rising: and so far when the thing has left what it stood on [m]. Who straightens up with a load swings the hips
            forward; with the weight over the toes the robot steps, against the thing, and shakes it out of its hands.
        leaves: the thing has, when it is up by so much [m].
        body: inverse kinematics.
        deep: the same for grips below `LOW`: one bows further and crouches less, so that no knee pushes the thing.
    """

    above: float = 0.17
    never_below: float = 0.70
    wide: float = 0.135
    beside: float = 0.105
    ahead: float = 0.02
    press: float = 0.045
    rise: tuple[float, float] = (1.0, 0.42)
    down: float = 2.4
    wait: float = 0.5
    squeeze: float = 1.1
    lift: float = 2.5
    hold: tuple[float, float] = (1.6, 4.0)
    aside: float = 1.5
    lower: float = 3.0
    sink: float = 0.015
    leave: tuple[float, float] = (0.8, 1.4)
    pitch: tuple[float, float] = (0.15, 0.35)
    bowed: float = 0.035
    rising: float = -0.005
    leaves: float = 0.06
    body: ReachCfg = field(default_factory=ReachCfg)
    deep: ReachCfg = field(default_factory=lambda: ReachCfg(bow=1.8, lowest=0.255))


@dataclass(frozen=True)
class _Key:
    """Where the palms have to be by the end of a phase."""

    seconds: float
    palms: Array
    body: float
    pressing: bool


def lift_motion(
    stance: Pose2D, feet: Array, held: Grip, contact: Contact, first: Array, cfg: LiftCfg | None = None
) -> RobotMotion:
    """Reach down to both sides, press, and lift, with the video's timing where the robot can keep up with it.

    Args:
        stance: where the robot stands now.
        feet: (2, 3) left and right ankle's x, y [m] and heading [rad]; after a walk they are seldom quite parallel.
        held: grip of the thing as perceived now.
        contact: what the video does.
        first: (29,) joint angles to begin with [rad].
        cfg: tunables.
    """
    cfg = cfg or LiftCfg()
    hz = float(CONTROL_HZ)
    palms, body, weight, press = _phases(stance, held, contact, first, cfg, hz)
    deep = bool(held.middle[2] < LOW)
    reach = cfg.deep if deep else cfg.body
    # A thing turns with the hands that hold it, so they keep their pitch from the grip on.
    down = np.array([_pitch(height, cfg) for height in palms[:, 0, 2]])
    gripped = int(np.argmax(palms[:, 0, 2] <= palms[:, 0, 2].min() + 1e-6))
    down[gripped:] = down[gripped]
    # Off the floor the weight stays where the deep bow has it.
    ahead = None if deep else _balance(palms[:, 0, 2], press, cfg, round(_hold(contact, cfg) * hz))
    root_pos, root_quat, joints = solve_reach(feet, palms, down, body, weight, first, hz, reach, ahead=ahead)
    if deep:
        # Deep down the arms are stretched, and point further down than is asked for.
        closed = int(np.argmax(press.any(axis=(1, 2)))) + round(cfg.squeeze * hz) - 1
        down[gripped:] = fingers_down_at(root_pos[closed], root_quat[closed], joints[closed])
        root_pos, root_quat, joints = solve_reach(feet, palms, down, body, weight, first, hz, reach, ahead=ahead)
    planted = np.ones((len(palms), 2), bool)
    return RobotMotion(root_pos, root_quat, joints, planted, hz, None, PalmTargets(palms, weight, press))


def put_down_motion(
    stance: Pose2D,
    feet: Array,
    held: Grip,
    drop: float,
    before: RobotMotion,
    first: Array,
    cfg: LiftCfg | None = None,
    *,
    aside: Array | None = None,
    turned: float = 0.0,
) -> RobotMotion:
    """Let down what is held, open the hands, take them away upwards and stand.

    Args:
        stance: where the robot stands now.
        feet: as of `lift_motion`.
        held: grip of the thing as perceived now, in the air.
        drop: how far it is from what it is to stand on [m].
        before: the motion in which it was lifted; this one goes on from its last frame.
        first: (29,) joint angles of standing, taken up again at the end [rad].
        cfg: tunables.
        aside: (2,) on the floor plane, how far it is moved before it is let down [m]; not at all by default.
        turned: the fingers point so much further down when it is let go of [rad]: as they did when it was taken.

    Raises:
        ValueError: `before` does not end with the palms on something.
    """
    cfg = cfg or LiftCfg()
    hz, (at, _) = float(CONTROL_HZ), palms_in_world(before, stance)
    level = float(at[:, 2].mean())
    low = level - drop - cfg.sink
    over = at if aside is None else at + np.append(aside, 0.0)
    down = over - np.array([0.0, 0.0, drop + cfg.sink])
    outward = np.array([[*held.left, 0.0], [*-held.left, 0.0]])
    opened = down + (cfg.press + cfg.beside) * outward
    away = opened + np.array([0.0, 0.0, cfg.above + 0.05])
    keys = (
        _Key(0.2, at, level, True) if aside is None else _Key(cfg.aside, over, level, True),
        _Key(cfg.lower, down, low, True),
        _Key(cfg.leave[0], opened, low, False),
        _Key(cfg.leave[1], away, low + cfg.above, False),
        _Key(1.2, _resting_palms(stance, first, cfg), cfg.body.upright_above, False),
    )
    palms, body, _, press = _played(keys, at, level, held, hz)
    weight = np.ones(len(palms))
    leaving = round(keys[-1].seconds * hz)
    weight[-leaving:] = 1.0 - smoothstep(np.arange(1, leaving + 1) / leaving)
    lowering = smoothstep(np.minimum((np.arange(len(palms)) + 1) / round((keys[0].seconds + cfg.lower) * hz), 1.0))
    pitch = fingers_down(before) + turned * lowering
    root_pos, root_quat, joints = solve_reach(
        feet, palms, pitch, body, weight, first, hz, cfg.body, before.joint_pos[-1]
    )
    planted = np.ones((len(palms), 2), bool)
    return RobotMotion(root_pos, root_quat, joints, planted, hz, None, PalmTargets(palms, weight, press))


def _pitch(height: float, cfg: LiftCfg) -> float:
    """How far the fingers point down at a height of the palms [rad]."""
    return float(np.clip(cfg.pitch[0] + max(0.95 - height, 0.0), *cfg.pitch))


def _balance(height: Array, press: Array, cfg: LiftCfg, held: int) -> Array:
    """How far ahead of the ankles the centre of mass is kept (N,) [m], as when standing again by the end.

    Args:
        height: (N,) of the palms [m].
        press: (N, 2, 3) direction they press in, or 0.
        cfg: tunables.
        held: frames at the end in which the thing is held up.
    """
    pressing = np.abs(press).max(axis=(1, 2)) > 0.0
    gripped = height[np.argmax(pressing)]
    up = np.clip(pressing * (height - gripped) / cfg.leaves, 0.0, 1.0)
    ahead = cfg.bowed + smoothstep(up) * (cfg.rising - cfg.bowed)
    ahead[-held:] += smoothstep(np.arange(1, held + 1) / held) * (cfg.body.ahead - ahead[-held:])
    return np.asarray(ahead)


def _hold(contact: Contact, cfg: LiftCfg) -> float:
    """How long a thing is held up [s]."""
    return float(np.clip(contact.end - contact.rise - cfg.lift, *cfg.hold))


def _phases(
    stance: Pose2D, held: Grip, contact: Contact, first: Array, cfg: LiftCfg, hz: float
) -> tuple[Array, Array, Array, Array]:
    """Palms (N, 2, 3) [m], height the body goes down after (N,) [m], weight (N,) and press (N, 2, 3) over time."""
    level = float(held.middle[2])
    high = max(level + cfg.above, cfg.never_below)
    down = max(contact.begin - contact.reach, cfg.down)
    rise = min(cfg.rise[0] * contact.lift, cfg.rise[1])
    wide = held.palms(-0.03, cfg.wide, high - level)
    beside = held.palms(cfg.ahead, cfg.beside, 0.0)
    closed = held.palms(cfg.ahead, -cfg.press, 0.0)
    lifted = closed + np.array([0.0, 0.0, rise])
    keys = (
        _Key(0.58 * down, wide, max(level + cfg.above, 0.62), False),
        _Key(0.42 * down, beside, level, False),
        _Key(cfg.wait, beside, level, False),
        _Key(cfg.squeeze - 0.3, closed, level, True),
        _Key(0.3, closed, level, True),
        _Key(cfg.lift, lifted, level + rise, True),
        _Key(_hold(contact, cfg), lifted, level + rise, True),
    )
    return _played(keys, _resting_palms(stance, first, cfg), cfg.body.upright_above, held, hz)


def _played(keys: Sequence[_Key], last: Array, low: float, held: Grip, hz: float) -> tuple[Array, Array, Array, Array]:
    """Key frames as palms (N, 2, 3), height of the body (N,), weight (N,) and press (N, 2, 3)."""
    inward = np.array([[*-held.left, 0.0], [*held.left, 0.0]])
    palms, body, weight, press = [], [], [], []
    for number, key in enumerate(keys):
        count = max(1, round(key.seconds * hz))
        share = smoothstep((np.arange(count) + 1) / count)
        palms.append(last + share[:, None, None] * (key.palms - last))
        body.append(low + share * (key.body - low))
        weight.append(share if number == 0 else np.ones(count))
        press.append(np.broadcast_to(inward * key.pressing, (count, 2, 3)))
        last, low = key.palms, key.body
    return np.concatenate(palms), np.concatenate(body), np.concatenate(weight), np.concatenate(press)


def _resting_palms(stance: Pose2D, first: Array, cfg: LiftCfg) -> Array:
    """(2, 3) palms of the posture the robot begins with [m]."""
    wrists = ("left_wrist_yaw_link", "right_wrist_yaw_link")
    places, turns = forward_at(stance, cfg.body.pelvis_height, first, wrists)
    return np.asarray(places + turns @ np.array(PALM_CENTRE))
