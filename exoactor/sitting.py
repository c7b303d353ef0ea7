"""Performing what the hips do: sitting down on what is behind, and standing up from it again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoactor.control import StateEstimator, standing_pose
from exoactor.ground.seats import seat_now
from exoactor.performance import Means, Performance, feet_of
from exoactor.retarget import (
    lower_motion,
    rise_motion,
    seated_joints,
    shuffle,
    sit_back_motion,
    sit_up_motion,
    tip_forward_motion,
)
from exoactor.seat import Seat
from exoactor.small_steps import Approach
from exoactor.types import Contact, Pose2D, SceneObject, StageError, TrackingCommand

GAP = 0.055
"""Pelvis before the edge of a seat on legs, standing [m]: the calves are 2 cm from it."""
GAP_SOLID = 0.09
"""The same before a box, which stands down to the floor: heels are 5 cm behind the ankles [m]."""
BEFORE_SEAT = Approach(near=0.04, turned=float(np.radians(8.0)), worth=0.06, rounds=4)
"""Nearer, the heels push against it; further, the hips come down on the edge."""
SETTLED = 0.03
"""Small steps back to a seat go on until the robot is so near to its place [m]."""
HIPS = 0.19
"""The middle of the pelvis had better be so far from the ends of the edge [m]: a thigh that comes down beside the seat
takes the robot with it."""
FELT = 0.02
"""A pelvis that stays so far above where it is asked to be rests on something [m] ..."""
FELT_STEPS = 5
"""... if it does so for so many control steps."""
STANDING_STILL = 0.8
"""Standing after rising, before the first step [s]."""
RESTING = 0.14
"""Height of the pelvis over the seat it sits on [m]."""
SEATED_STD = np.array([0.08, 0.05, 0.10])
"""One sigma of where the pelvis is once it has slid back on a seat: x, y [m], yaw [rad]."""


@dataclass
class SeatFelt:
    """Whether the pelvis stays above where it is asked to be: the seat carries it."""

    steps: int = 0

    def __call__(self, command: TrackingCommand, estimator: StateEstimator) -> bool:
        """Take one control step; True once it has been so for long enough."""
        above = estimator.height - command.height > FELT
        self.steps = self.steps + 1 if above else 0
        return self.steps >= FELT_STEPS


def sit_down(
    performed: Performance,
    means: Means,
    contact: Contact,
    then: SceneObject,
) -> None:
    """Step back to the seat as it is seen now, lower onto it until it is felt, let go back onto it, and stay.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        then: the seat as perceived when the video was imagined.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "no_seat"), ("ground", "robot_not_seen"), ("track",
            "not_in_place") or ("track", "seat_not_felt").
    """
    first = standing_pose(performed.controller.actuation)
    steps = replace(means.cfg, settle=replace(means.cfg.settle, xy=SETTLED))
    seat: Seat | None = None
    for number in range(BEFORE_SEAT.rounds + 1):
        if performed.fell:
            return
        scene = means.look()
        if scene.robot is None:
            raise StageError("ground", "robot_not_seen", "the robot is not seen before the seat")
        # From up close it hides the seat; where it was seen better, it stands still.
        thing = scene.get(contact.thing)
        if thing is not None and (seat is None or thing.confidence >= 0.7):
            seat = seat_now(contact, then, thing)
        if seat is None:
            raise StageError("ground", "target_gone", f"{contact.thing} is no longer seen")
        gap = GAP_SOLID if thing is not None and thing.item.kind == "box" else GAP
        here = performed.here
        most = max(seat.half_width - HIPS, 0.0)
        stance = seat.stance(gap, float(np.clip(seat.aside(here.xy), -most, most)))
        if BEFORE_SEAT.arrived(here, stance, number):
            break
        # Aimed at the middle, small steps end near enough to it.
        performed.track(shuffle(here, seat.stance(gap), first[15:]), steps, means.localize)
    assert seat is not None
    lower = lower_motion(feet_of(performed.estimator), seat.height, contact.begin - contact.reach, first)
    # The policy balances by itself here: what would hold the robot where the plan has it pushes against the seat.
    free = replace(means.cfg, closed_loop=False, posture=None, wrist=None, end=0.2)
    lowered = performed.track(lower, free, None, until=SeatFelt())
    if performed.fell:
        return
    if not lowered.metrics["ended"] or lowered.targets is None:
        performed.track(rise_motion(feet_of(performed.estimator), seat.height, first), replace(free, end=0.5), None)
        raise StageError("track", "seat_not_felt", f"lowered onto {contact.thing} the robot felt no seat")
    performed.estimator.seated = True
    back = sit_back_motion(performed.here, seat.height + RESTING, lowered.targets, contact.end - contact.begin)
    means.keep(back)
    performed.track(back, replace(means.cfg, blend=0.0, end=0.2), None)
    if not performed.fell:
        performed.estimator.start(performed.here, SEATED_STD)


def stand_up(
    performed: Performance,
    means: Means,
    contact: Contact,
    goal: Pose2D,
    thing: SceneObject,
) -> None:
    """Tip forward onto the feet, rise, and step away from the seat.

    Args:
        performed: of a robot that sits; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        goal: where the robot then stands.
        thing: what it sits on, as perceived when the video was imagined.

    Raises:
        StageError: ("track", "not_risen").
    """
    first = standing_pose(performed.controller.actuation)
    seat = seat_now(contact, thing, thing)
    tip = tip_forward_motion(performed.here, seat.height + RESTING, seated_joints())
    means.keep(tip)
    performed.track(tip, replace(means.cfg, blend=0.0, end=0.02), None)
    if performed.fell:
        return
    if not performed.robot.sense().foot_contact.all():
        back = sit_up_motion(performed.here, seat.height + RESTING, tip.joint_pos[-1])
        performed.track(back, replace(means.cfg, blend=0.0), None)
        raise StageError("track", "not_risen", "leaning forward the robot did not come onto its feet")
    performed.estimator.seated = False
    free = replace(means.cfg, closed_loop=False, posture=None, wrist=None, blend=0.0, end=STANDING_STILL)
    risen = performed.track(rise_motion(feet_of(performed.estimator), seat.height, first), free, means.localize)
    if not risen.fell:
        performed.track(shuffle(performed.here, goal, first[15:]), means.cfg, means.localize)
