"""Performing a walk with something in the hands: drawn near, carried, and held over where it could be put down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoactor.control import standing_pose
from exoactor.performance import Means, Performance, feet_of
from exoactor.picking import AT_REST, HAND, still
from exoactor.placing import accepts, carried_ahead, places_at
from exoactor.retarget import StepCfg, carry_motion, draw_near_motion, hold_near_motion, raised, shuffle
from exoactor.small_steps import PALMS, SmallSteps
from exoactor.types import Contact, RobotMotion, Scene, StageError

WITH_LOAD = StepCfg(lift=0.04)
"""The gait of a robot that carries something: low steps shake it less."""
LEANS_AHEAD = 0.05
"""The first small steps with something in one hand are aimed so far back [m]: its weight draws the robot on."""
MOST_SETTLING = 2
"""Steps on the spot after a walk with a load between the palms, in rounds; each shakes it."""


def carry(
    performed: Performance,
    means: Means,
    contact: Contact,
    to: str | None,
    walk: RobotMotion,
    before: RobotMotion,
    seen: Scene,
) -> None:
    """Bring what is held near the body, walk with it, and take the last small steps to where it could be put down.

    Args:
        performed: gets the stretches; its `palm` or `hand` is that of the lift. Its `holding` is what the next goes on
            from.
        means: of the attempt.
        contact: what the video does.
        to: id of what the walk leads to, or None.
        walk: as a robot with free hands would walk.
        before: the motion that holds the thing.
        seen: as perceived before.

    Raises:
        StageError: ("ground", "target_gone") or ("track", "not_in_place").
    """
    first = standing_pose(performed.controller.actuation)
    here = performed.here
    thing = seen.get(contact.thing)
    if thing is None:
        raise StageError("ground", "target_gone", f"{contact.thing} is not seen in the robot's hands")
    performed.holding = holding = before
    side = None if before.hand is None else before.hand.side
    cfg = means.cfg
    if side is None:
        performed.palm.carrying = True
        cfg = replace(cfg, settle=replace(cfg.settle, most=MOST_SETTLING))
    approach = PALMS if side is None else HAND
    steps = SmallSteps(approach.worth, np.array([0.0 if side is None else -LEANS_AHEAD, 0.0]))
    held = before.palms or before.hand
    if held is not None and held.frame == "world":
        feet = feet_of(performed.estimator)
        if side is None:
            holding = draw_near_motion(here, feet, carried_ahead(thing, here.yaw), before, first)
        else:
            holding = hold_near_motion(here, feet, before, raised(first, side))
        performed.holding = holding
        performed.track(holding, replace(cfg, end=0.2), None, goes_on=True)
    stretch = walk
    for number in range(approach.rounds + 1):
        if performed.fell:
            break
        performed.holding = holding = carry_motion(stretch, holding)
        means.keep(holding)
        performed.track(holding, cfg, means.localize, goes_on=True)
        scene = means.look()
        goal = scene.get(to or "") or seen.get(to or "")
        if goal is None or not accepts(goal, thing):
            break
        here = performed.here
        things = [o for o in scene.objects if o.id != thing.id]
        places = places_at(goal, thing, here.yaw, here.xy, things, side)
        if not places or approach.arrived(here, places[0].stance, number):
            if side is not None:
                # Who is in the middle of a step leans, and is not found in the next look.
                performed.holding = carry_motion(still(performed, first, AT_REST), holding)
                performed.track(performed.holding, replace(cfg, end=0.2), means.localize, goes_on=True)
            break
        stretch = shuffle(here, steps.aim(here, places[0].stance), first[15:], WITH_LOAD)
