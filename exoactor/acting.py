"""What is done with the motion of one attempt: by what the video does with things, one performer a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from exoactor.carrying import carry
from exoactor.control import StateEstimator, standing_pose
from exoactor.control.hand import HandFeedback
from exoactor.control.palms import PalmFeedback
from exoactor.grasp import hand_of
from exoactor.grip import level_below
from exoactor.passing import go_across
from exoactor.performance import Means, Performance, let_go, take_hold
from exoactor.picking import pick_up, set_down
from exoactor.pushing import push
from exoactor.retarget import shuffle
from exoactor.sitting import sit_down, stand_up
from exoactor.stance import distance_to_footprint
from exoactor.types import Contact, ContactKind, GroundedMotion, Pose2D, RobotMotion, Scene, SceneObject, StageError
from exoactor.types.rotations import yaw_matrix
from exoactor.wiping import wipe

STRAYED = 0.15
"""A walk that ends further off than this is mended by small steps [m]; stepping on the spot does not bring it back."""
ELSEWHERE, BELOW = 0.25, 0.05
"""What is so far beside the palms, or stands so far below them, is not between them [m]."""
SURE = 0.5
"""How confident a look has to be to say so."""
LOST = 0.8
"""Further off small steps, which go straight, are no way [m]."""


@dataclass(frozen=True)
class InHands:
    """What the last attempt left in the robot's hands.

    Args:
        thing: its id.
        loop: how they press or hold.
        motion: that took hold of it, or goes on holding it.
    """

    thing: str
    loop: PalmFeedback | HandFeedback
    motion: RobotMotion


def must_hold(in_hands: InHands | None, id: str | None) -> InHands:
    """What is in the hands, which has to be that thing.

    Raises:
        StageError: ("ground", "not_in_hands").
    """
    if in_hands is None or in_hands.thing != id:
        raise StageError("ground", "not_in_hands", f"{id} is not in the robot's hands")
    return in_hands


def is_elsewhere(in_hands: InHands, scene: Scene, estimator: StateEstimator) -> bool:
    """Whether what two palms should hold is seen to be somewhere else: somebody took it, or it fell.

    What one hand holds is looked for at that hand alone, so it is missing and nowhere else.
    """
    thing = scene.get(in_hands.thing)
    if thing is None or thing.confidence < SURE or in_hands.motion.palms is None:
        return False
    here, palms = Pose2D(*estimator.pose), estimator.kinematics.palms().mean(axis=0)
    beside = distance_to_footprint(thing, here.xy + yaw_matrix(here.yaw) @ palms[:2])
    stands = thing.position[2] - level_below(thing, scene) < BELOW
    return beside > ELSEWHERE or bool(stands and estimator.height + palms[2] > thing.top + BELOW)


@dataclass(frozen=True)
class Work:
    """What is to be performed, and with what.

    Args:
        grounded: the motion where things are, and what it does with them.
        motion: the same of the robot, up to where the hands or the seat are reached.
        imagined: the scene when the video was imagined.
        seen: the scene when the motion was grounded.
        in_hands: what the robot holds, or None.
        means: to perform it with.
    """

    grounded: GroundedMotion
    motion: RobotMotion
    imagined: Scene
    seen: Scene
    in_hands: InHands | None
    means: Means

    def walk(self, performed: Performance) -> None:
        """The way to the thing, or all there is; a robot that ran on is brought to where it was to stop."""
        cfg, localize = self.means.cfg, self.means.localize
        performed.track(self.motion, cfg, localize, start=None if cfg.closed_loop else self.grounded.start)
        here, goal = performed.here, self.grounded.goal
        if cfg.closed_loop and not performed.fell and STRAYED < np.linalg.norm(here.xy - goal.xy) < LOST:
            arms = standing_pose(performed.controller.actuation)[15:]
            performed.track(shuffle(here, goal, arms), cfg, localize)

    def shown(self, contact: Contact) -> SceneObject:
        """The thing of a contact as it was when the video was imagined.

        Raises:
            StageError: ("ground", "target_gone").
        """
        thing = self.imagined.get(contact.thing)
        if thing is None:
            raise StageError("ground", "target_gone", f"{contact.thing} was not seen")
        return thing


def perform(performed: Performance, work: Work) -> None:
    """Perform a motion with all that it does with things.

    Args:
        performed: gets the stretches.
        work: what is to be done.

    Raises:
        StageError: of the stages "ground", "retarget" or "track"; see the performers.
    """
    contact, passage = work.grounded.contact, work.grounded.passage
    if contact is not None:
        _BY_KIND[contact.kind](performed, work, contact)
        return
    work.walk(performed)
    if passage is not None:
        go_across(performed, work.means, passage, work.seen)


def _take(performed: Performance, work: Work, contact: Contact) -> None:
    work.walk(performed)
    side = hand_of(contact)
    if side is None:
        take_hold(performed, work.means, contact, work.seen, then=work.shown(contact))
    else:
        performed.holding = pick_up(performed, work.means, contact, side, work.seen)


def _carry(performed: Performance, work: Work, contact: Contact) -> None:
    held = must_hold(work.in_hands, contact.thing)
    _go_on_holding(performed, held)
    carry(performed, work.means, contact, work.grounded.target, work.motion, held.motion, work.seen)


def _let_down(performed: Performance, work: Work, contact: Contact) -> None:
    # What holds it decides; the video's hands may both be near a small thing.
    held = must_hold(work.in_hands, contact.thing)
    _go_on_holding(performed, held)
    if isinstance(held.loop, HandFeedback):
        set_down(performed, work.means, contact, held.motion, work.seen)
    else:
        let_go(performed, work.means, contact, held.motion)


def _go_on_holding(performed: Performance, held: InHands) -> None:
    if isinstance(held.loop, HandFeedback):
        performed.hand = held.loop
    else:
        performed.palm = held.loop


def _push(performed: Performance, work: Work, contact: Contact) -> None:
    work.walk(performed)
    push(performed, work.means, contact, work.seen)


def _wipe(performed: Performance, work: Work, contact: Contact) -> None:
    work.walk(performed)
    wipe(performed, work.means, contact, work.seen, then=work.shown(contact))


def _sit(performed: Performance, work: Work, contact: Contact) -> None:
    work.walk(performed)
    sit_down(performed, work.means, contact, work.shown(contact))


def _rise(performed: Performance, work: Work, contact: Contact) -> None:
    stand_up(performed, work.means, contact, work.grounded.goal, work.shown(contact))


_BY_KIND: dict[ContactKind, Callable[[Performance, Work, Contact], None]] = {
    "lift": _take,
    "carry": _carry,
    "put_down": _let_down,
    "push": _push,
    "wipe": _wipe,
    "sit": _sit,
    "rise": _rise,
}
