"""What the hands in a clip do to things: everything that is looked for in its pixels, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from exoactor.estimate.carried import goes_along
from exoactor.estimate.dropped import falls_into
from exoactor.estimate.hand_states import hand_states
from exoactor.estimate.slides import slides_of
from exoactor.estimate.things import rises_of
from exoactor.grasp import hand_of, is_graspable
from exoactor.ground import find_contact, find_push, fingers_of, held_at_first, let_drop, span_of
from exoactor.types import Contact, HumanMotion, Rise, Scene


def handled(video: Path, scene: Scene, motion: HumanMotion, in_hands: str | None = None) -> Contact | None:
    """What the hands do, see `contact_of`; of one hand that takes a small thing or lets go of it, the fingers too.

    Args:
        video: the clip.
        scene: as perceived when it was imagined.
        motion: of the person in it, as estimated.
        in_hands: id of what the robot holds, as the clip begins; nothing else can be carried or let down.
    """
    contact = contact_of(video, scene, motion, in_hands)
    thing = None if contact is None else scene.get(contact.thing)
    side = None if contact is None else hand_of(contact)
    if contact is None or thing is None or side is None or contact.kind not in ("lift", "put_down"):
        return contact
    if not is_graspable(thing.item):
        return contact
    states = hand_states(video, scene.camera, motion, side, span_of(contact, motion.seconds))
    return replace(contact, fingers=fingers_of(states, contact))


def contact_of(video: Path, scene: Scene, motion: HumanMotion, in_hands: str | None = None) -> Contact | None:
    """The thing that is pushed, carried, lifted or let down, by which hands and when; None if none is.

    A thing pushed away from the camera moves up in the picture like one that is lifted; what hands and body do tells
    the two apart, so a push goes before a lift of the same thing. Who holds something pushes nothing.

    Args:
        video: the clip.
        scene: as perceived when it was imagined.
        motion: of the person in it, as estimated.
        in_hands: id of what the robot holds, as the clip begins; nothing else can be carried or let down.
    """
    colours = [thing.item.color for thing in scene.objects]
    movable = [thing for thing in scene.objects if thing.item.movable]
    held = [thing for thing in movable if thing.id == in_hands and held_at_first(motion, thing, scene.camera)]
    for thing in (thing for thing in movable if thing.id == in_hands):
        into = falls_into(video, scene.camera, thing, scene.objects, colours)
        dropped = None if into is None else let_drop(motion, thing, scene, into)
        if dropped is not None:
            return dropped
    along = goes_along(video, scene.camera, motion, held, colours)
    rises = rises_of(video, scene.camera, movable, colours)
    if in_hands in rises:
        rises[in_hands] = _from_the_hand(rises[in_hands])
    contact = find_contact(motion, rises, scene, along=along)
    if contact is not None and contact.kind == "put_down" and contact.thing != in_hands:
        contact = None
    if in_hands is not None:
        return contact
    pushed = find_push(motion, slides_of(video, scene.camera, motion, movable, colours), scene)
    if pushed is None or contact is None:
        return pushed or contact
    # what is seen to be lifted tells more than another thing that hands pass before, and what is seen in the air to
    # the end has not fallen off a table, though it is gone from its level
    up = contact.kind == "lift" and bool(np.isfinite(rises[contact.thing].height[-5:]).all())
    return contact if contact.thing != pushed.thing or (up and pushed.lift < 0) else pushed


def _from_the_hand(rise: Rise) -> Rise:
    """The heights of a thing in a hand that hides it at first: it begins where the robot feels it."""
    height = np.array(rise.height)
    height[:5][np.isnan(height[:5])] = 0.0
    return Rise(rise.times, height)
