"""Performing a walk with something in both hands: drawn near, carried, and held over where it could be put down."""

from __future__ import annotations

from dataclasses import replace

from exoactor.control.execute import standing_pose
from exoactor.performance import PALMS, Means, Performance, feet_of
from exoactor.placing import carried_ahead, places_at, takes
from exoactor.retarget import StepCfg, carry_motion, draw_near_motion, shuffle
from exoactor.types import Contact, RobotMotion, Scene, StageError

WITH_LOAD = StepCfg(lift=0.04)
"""The gait of a robot that carries something: low steps shake it less."""
MOST_SETTLING = 2
"""Steps on the spot after a walk with a load, in rounds; each shakes it."""


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
        performed: gets the stretches; its `palm` is that of the lift. Its `holding` is what each next one goes on from.
        means: of the attempt.
        contact: what the video does.
        to: id of what the walk leads to, or None.
        walk: as a robot with free hands would walk.
        before: the motion that holds the thing.
        seen: as perceived before.

    Raises:
        StageError: ("ground", "target_gone"), ("ground", "robot_not_seen") or ("track", "not_in_place").
    """
    cfg = replace(means.cfg, settle=replace(means.cfg.settle, most=MOST_SETTLING))
    first = standing_pose(performed.controller.actuation)
    here = performed.here
    thing = seen.get(contact.thing)
    if thing is None:
        raise StageError("ground", "target_gone", f"{contact.thing} is not seen in the robot's hands")
    performed.holding = holding = before
    performed.palm.carrying = True
    if before.palms is not None and before.palms.frame == "world":
        ahead = carried_ahead(thing, here.yaw)
        holding = draw_near_motion(here, feet_of(performed.estimator), ahead, before, first)
        performed.holding = holding
        performed.track(holding, replace(cfg, end=0.2), None, goes_on=True)
    stretch = walk
    for number in range(PALMS.rounds + 1):
        if performed.fell:
            break
        performed.holding = holding = carry_motion(stretch, holding)
        means.keep(holding)
        performed.track(holding, cfg, means.localize, goes_on=True)
        scene = means.look()
        if scene.robot is None:
            raise StageError("ground", "robot_not_seen", "the robot is not seen after the walk")
        goal = scene.get(to or "") or seen.get(to or "")
        if goal is None or not takes(goal, thing):
            break
        here = performed.here
        things = [o for o in scene.objects if o.id != thing.id]
        places = places_at(goal, thing, here.yaw, here.xy, things)
        if not places or PALMS.arrived(here, places[0].stance, number):
            break
        stretch = shuffle(here, places[0].stance, first[15:], WITH_LOAD)
