"""Every threshold of the check in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CheckCfg:
    """Thresholds of "done"; stricter than what counts as true in the benchmarks, so that "done" can be relied on.

    Args:
        robot_confidence: a robot seen less surely than this is not seen.
        target_confidence: the same for the target.
        at_distance: pelvis to the target's footprint [m].
        at_bearing: heading against the nearest point of the footprint, or against the side's normal [rad].
        at_bearing_most: heading against the nearest point where the normal decides [rad].
        circled_angle: winding about the target's centre [rad].
        circled_gap: largest step between two located looks that still says which way round [rad].
        facing_angle: heading against the target's centre [rad].
        facing_shift: the robot stayed within this [m].
        still_shift, still_turn: the robot stayed within these [m, rad].
        wave_above: far end of the hand above its shoulder while waving, at least; the wrist is 0.1 m lower [m].
        wave_swing: sideways distance between turning points of the hand, at least [m].
        wave_looks: looks with a raised hand, at least.
        wave_turns: turning points, at least.
        wave_seconds: an arm that is not seen for so long may have waved meanwhile [s].
        point_reach: shoulder to the far end of the arm on the floor plane, at least; the wrist is 0.08 m
            nearer [m].
        point_angle: arm against the direction to the target's centre, mean while it is held [rad].
        point_angle_most: the same in each look [rad].
        point_seconds: held for [s] ...
        point_looks: ... and seen so in this many looks; far off, two can be noise.
        held_above: underside of a lifted thing above where it was, at least [m].
        top_hidden: its highest seen part is so much lower than its top was: something hides the top [m].
        held_seconds: for so long, up to the last look [s].
        held_looks: and in so many looks.
        held_frames: looks on the way that are searched for it, the last ones.
        brought_within: what is carried is so near to where it goes [m] ...
        over_within: ... or its middle so near to the top it is held over [m].
        stands_within: the lowest part seen of a thing that stands is this near to what it stands on [m].
        upright_within: and the highest this near to its height above that [m] ...
        large_upright_within: or this near of what takes two hands [m]: of 31 that stood upright none was 2 cm off, and
            a box on its side may be as little as 4 cm taller than one that stands.
        hands_off: arms nearer than this to a thing still hold it; after letting go they are 4 cm away [m].
        inside_within: what is inside a container is seen within this of its opening, from above [m] ...
        inside_above: ... and with its top no more than this above the rim, or above one that stands in there [m].
        over_opening: what is let drop in was within this of the opening, from above, when it was seen last [m].
        around_seen: of the floor and top round a container, at least, for what is seen nowhere to be inside it ...
        hand_seen: ... and of the hand that held it, in one look since.
        pushed_least: a thing that was pushed went at least so far [m] ...
        pushed_aside: ... and no further aside, or by half of that [m].
        pushed_still: one seen nearer than this to where it stood has not moved [m].
        swept_below: what was swept off is so far below the top at least [m].
        top_seen: what is seen nowhere is not on a top of which this share is seen.
        wiped_share: of the patch that a hand is seen to pass over, at least.
        wiped_level: the middle of the seen part of a hand that lies on a top is so far above it [m]; lower is the top.
        wiped_below: and none of it is so far above it [m].
        wiped_points: that have to be seen of it.
        wiped_around: it is looked for so far round the patch [m].
        wiped_apart: what is nearer to another thing belongs to that [m].
        wiped_skin: from the middle of the visible skin to the palm's own [m].
        wiped_gap: between two looks no longer apart than this a hand has gone straight [s].
        wiped_hidden: a cell hidden in more than this share of the looks was not seen.
        wiped_reach: looks count in which the robot is so near to the patch [m].
        seated_behind: pelvis behind the front edge of the seat, at least [m]; nearer the robot perches.
        seated_balance: its centre of mass behind the edge, at least [m]: then most of the weight is on the seat.
        seated_height: pelvis over the seat's top [m]: it is carried 0.145 m over it, a squat hovers higher.
        seated_lean: of the trunk, at most [rad].
        seated_still: the pelvis stays within this on the floor plane and in height [m] ...
        seated_seconds: ... up to the last look, for so long [s] ...
        seated_looks: ... and in so many looks.
        seated_frames: looks on the way that are searched for it, the last ones.
        seated_hands: arms nearer than this to the seat are on it [m].
        standing_height: pelvis of one that stands, at least [m]; a G1 stands at 0.75.
        standing_free: and so far from what it could sit on, at least [m].
        beyond: pelvis beyond the middle of a bar, at least [m].
        bar_shift: a bar that stands within this of where it stood ...
        bar_turn: ... and turned by less than this was not knocked [m, rad].
        bar_inside: a path that crosses it nearer to its ends than this may have gone past them [m].
        unsure: measured values within this share of the threshold are not decided when confidence is below
            `unsure_confidence`.
    """

    robot_confidence: float = 0.45
    target_confidence: float = 0.5
    at_distance: tuple[float, float] = (0.20, 0.70)
    at_bearing: float = float(np.radians(25))
    at_bearing_most: float = float(np.radians(32))
    circled_angle: float = float(np.radians(140))
    circled_gap: float = float(np.radians(100))
    facing_angle: float = float(np.radians(15))
    facing_shift: float = 0.35
    still_shift: float = 0.10
    still_turn: float = float(np.radians(10))
    wave_above: float = 0.12
    wave_swing: float = 0.05
    wave_looks: int = 3
    wave_turns: int = 2
    wave_seconds: float = 1.0
    point_reach: float = 0.34
    point_angle: float = float(np.radians(20))
    point_angle_most: float = float(np.radians(25))
    point_seconds: float = 0.5
    point_looks: int = 3
    held_above: float = 0.05
    top_hidden: float = 0.06
    held_seconds: float = 1.1
    held_looks: int = 4
    held_frames: int = 10
    brought_within: float = 0.65
    over_within: float = 0.02
    stands_within: float = 0.05
    upright_within: float = 0.06
    large_upright_within: float = 0.03
    hands_off: float = 0.015
    inside_within: float = 0.015
    inside_above: float = 0.06
    over_opening: float = 0.06
    around_seen: float = 0.80
    hand_seen: float = 0.5
    pushed_least: float = 0.15
    pushed_aside: float = 0.12
    pushed_still: float = 0.05
    swept_below: float = 0.10
    top_seen: float = 0.95
    wiped_share: float = 0.70
    wiped_level: tuple[float, float] = (0.018, 0.058)
    wiped_below: float = 0.12
    wiped_points: int = 12
    wiped_around: float = 0.08
    wiped_apart: float = 0.03
    wiped_skin: float = 0.015
    wiped_gap: float = 0.3
    wiped_hidden: float = 0.6
    wiped_reach: float = 0.70
    seated_behind: float = 0.10
    seated_balance: float = 0.0
    seated_height: tuple[float, float] = (0.09, 0.19)
    seated_lean: float = float(np.radians(35))
    seated_still: float = 0.05
    seated_seconds: float = 3.0
    seated_looks: int = 6
    seated_frames: int = 18
    seated_hands: float = 0.03
    standing_height: float = 0.66
    standing_free: float = 0.12
    beyond: float = 0.20
    bar_shift: float = 0.04
    bar_turn: float = float(np.radians(5))
    bar_inside: float = 0.10
    unsure: float = 0.10
    unsure_confidence: float = 0.6
