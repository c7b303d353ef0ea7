"""Performing a wipe: raise a hand, step to where it reaches the patch, lay the palm on the top, stroke, step back."""

from __future__ import annotations

from dataclasses import replace

from exoactor.grasp import stance_to_grasp
from exoactor.performance import Means, Performance, feet_of
from exoactor.picking import come_up, step_back
from exoactor.pushing import BESIDE
from exoactor.retarget import wipe_motion
from exoactor.types import Contact, Pose2D, Scene, SceneObject
from exoactor.wipe import hand_that_wipes, place_of, stroke_ends

LOOK_HZ = 8.0
"""RGB-D looks a second during the strokes: between two the hand goes on by less than half its width."""


def wipe(performed: Performance, means: Means, contact: Contact, before: Scene, *, then: SceneObject) -> None:
    """Stroke over a top where the video does, as often and as far to and fro.

    Args:
        performed: the walk so far; gets the stretches.
        means: of the attempt.
        contact: what the video does.
        before: as perceived before the walk.
        then: the surface as it was when the video was imagined.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen"), ("ground", "out_of_reach") or ("track",
            "not_in_place").
    """
    side = hand_that_wipes(contact)

    def stance(surface: SceneObject, scene: Scene, here: Pose2D) -> tuple[Pose2D, float]:
        return stance_to_grasp(*place_of(surface, then, contact), side, surface)

    come = come_up(performed, means, contact, side, before, stance, BESIDE)
    if come is None:
        return
    surface, up = come
    middle, heading = place_of(surface, then, contact)
    ends = stroke_ends(middle, heading, side, contact.way, contact.strokes)
    feet = feet_of(performed.estimator)
    motion = wipe_motion(performed.here, feet, side, ends, surface.top, contact, up)
    means.keep(motion)
    # Standing, the legs tell better than a picture of a bent robot where it is.
    performed.track(motion, replace(means.cfg, end=0.2, look_hz=LOOK_HZ), None)
    if not performed.fell:
        step_back(performed, means)
