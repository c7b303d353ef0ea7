"""What the hands in a clip do to things: everything that is looked for in its pixels, and what is made of it."""

from __future__ import annotations

from pathlib import Path

from exoactor.estimate.carried import goes_along
from exoactor.estimate.slides import slides_of
from exoactor.estimate.things import rises_of
from exoactor.ground import find_contact, find_push, held_at_first
from exoactor.types import Contact, HumanMotion, Scene


def handled(video: Path, scene: Scene, motion: HumanMotion, in_hands: str | None = None) -> Contact | None:
    """The thing that is pushed, carried, lifted or let down, by which hands and when; None if none is.

    A thing pushed away from the camera moves up in the picture like one that is lifted; what hands and body do tells
    the two apart, so pushes are asked for first.

    Args:
        video: the clip.
        scene: as perceived when it was imagined.
        motion: of the person in it, as estimated.
        in_hands: id of what the robot holds, as the clip begins; nothing else can be carried or let down.
    """
    colours = [thing.item.color for thing in scene.objects]
    movable = [thing for thing in scene.objects if thing.item.movable]
    pushed = find_push(motion, slides_of(video, scene.camera, motion, movable, colours), scene)
    if pushed is not None:
        return pushed
    held = [thing for thing in movable if thing.id == in_hands and held_at_first(motion, thing)]
    along = goes_along(video, scene.camera, motion, held, colours)
    contact = find_contact(motion, rises_of(video, scene.camera, movable, colours), scene, along=along)
    if contact is not None and contact.kind == "put_down" and contact.thing != in_hands:
        return None
    return contact
