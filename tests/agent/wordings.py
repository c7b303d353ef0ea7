"""A room and chains to be put into words."""

from dataclasses import replace

from fakes import CAMERA, START, room, thing

import skills
from agent.wording.proposal import Asked
from exoactor.types import Scene


def asked(skill="wave", scene=None, **args):
    scene = scene or room()
    return Asked(scene, skills.get(skill).actions(scene, args), args)


def kitchen():
    """A table with a can on it, two chairs, a bench, and something that may be lifted."""
    can = thing("can", "can", 1.42, 0.0, size=(0.066, 0.066, 0.12), color="green", z=0.7)
    box = thing("parcel", "box", 0.9, -1.0, size=(0.3, 0.3, 0.3), color="orange")
    movable = [replace(o, item=replace(o.item, movable=True)) for o in (can, box)]
    others = (
        thing("table", "table", 1.6, 0.0),
        thing("red_chair", "chair", 0.2, 1.5, size=(0.45, 0.45, 0.8), color="red"),
        thing("blue_chair", "chair", -1.0, 1.5, size=(0.45, 0.45, 0.8), color="blue"),
    )
    return Scene((*others, *movable), START, 1.0, CAMERA)


def reply(*actions, end="", avoid=(), settings=None):
    """A model's answer: (step, text) or (step, text, manner) each."""
    rows = [{"step": a[0], "text": a[1], "manner": a[2] if len(a) > 2 else ""} for a in actions]
    more = {} if settings is None else {"settings": settings}
    return {"actions": rows, **more, "end_state": end, "must_not_happen": list(avoid)}
