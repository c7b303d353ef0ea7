"""Where a top is wiped by one hand, where one stands for it, and what has to be free: one rule for all who wipe."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from exoactor.grasp import Side, hand_of
from exoactor.stance import support_of, turned_since
from exoactor.types.arrays import Array
from exoactor.types.contact import Contact
from exoactor.types.errors import StageError
from exoactor.types.rotations import wrap, yaw_matrix
from exoactor.types.scene import CatalogueItem, SceneObject

PALM = (0.10, 0.07)
"""Length and width of a G1's palm [m], as in `exoactor.world.g1.PALM_SIZE`."""
SURFACES = ("table", "box")
"""Kinds with a flat top."""
LEVEL = (0.50, 0.90)
"""Least and most height of a top that is wiped [m]."""
SPAN, DRIFT = 0.28, 0.06
"""How far the palm's middle goes to one side in a stroke, and comes to be ahead from the first to the last [m]."""
STROKES = 4
"""To and fro counted apart."""
BEHIND_EDGE = 0.17
"""From the edge to the middle of what is wiped [m]; nearer the forearm is on the edge, farther the arm is stretched."""
CLEAR = 0.05
"""Hand and forearm keep so far from what stands on the top [m]."""
ONTO = 0.02
"""And the palm so far from its other edges [m]."""
SLACK = 0.02
"""The palm's outermost is not counted: a hand that is off by so much wipes the same patch [m]."""
_CELL = 0.01


def is_surface(item: CatalogueItem) -> bool:
    """Whether a thing has a flat top at a height at which a hand wipes, and does not go away under it."""
    return item.kind in SURFACES and not item.movable and LEVEL[0] <= float(item.size[2]) <= LEVEL[1]


def hand_that_wipes(contact: Contact) -> Side:
    """The one hand that wipes.

    Raises:
        StageError: ("ground", "out_of_reach") for both.
    """
    side = hand_of(contact)
    if side is None:
        raise StageError("ground", "out_of_reach", f"{contact.thing} is wiped by both hands, one can be followed")
    return side


def stroke_ends(middle: Array, heading: float, side: Side, way: tuple[float, float], strokes: int) -> Array:
    """(strokes + 1, 2) where the palm's middle turns, from the hand's own side on [m].

    Args:
        middle: (2,) of what is wiped [m].
        heading: of the one who wipes [rad].
        side: of the hand.
        way: see `Contact.way` [m].
        strokes: how many.
    """
    outward = 1.0 if side == "left" else -1.0
    aside = 0.5 * way[1] * outward * np.where(np.arange(strokes + 1) % 2 == 0, 1.0, -1.0)
    ahead = way[0] * (np.linspace(0.0, 1.0, strokes + 1) - 0.5)
    return np.asarray(np.asarray(middle) + np.column_stack([ahead, aside]) @ yaw_matrix(heading).T)


def place_of(now: SceneObject, then: SceneObject, contact: Contact) -> tuple[Array, float]:
    """The middle (2,) [m] of what a contact wipes of a thing as it stands now, and the heading of who wipes it [rad].

    Args:
        now: the thing as it is seen now; which of its sides is seen as the first may have changed.
        then: as it was seen when the video was imagined.
        contact: what the video does.
    """
    yaw = then.yaw + turned_since(then, now, np.pi / 2)
    return now.position[:2] + yaw_matrix(yaw) @ np.array(contact.at), float(wrap(yaw + contact.heading))


def patch_of(surface: SceneObject, contact: Contact) -> tuple[float, float, float, float, float]:
    """What the palm passes over that wipes a thing as the video shows it, see `Expectation.patch`.

    Args:
        surface: the thing as it was seen when the video was imagined.
        contact: what the video does.
    """
    middle, heading = place_of(surface, surface, contact)
    ahead, aside = abs(contact.way[0]) + PALM[0] - 2 * SLACK, abs(contact.way[1]) + PALM[1] - 2 * SLACK
    return float(middle[0]), float(middle[1]), heading, ahead, aside


def patch_cells(patch: tuple[float, float, float, float, float]) -> Array:
    """(N, 2) middles of a patch's cells of a centimetre, ahead of and to the left of its middle [m]."""
    grid = np.meshgrid(*(np.arange(-size / 2 + _CELL / 2, size / 2, _CELL) for size in patch[3:]))
    return np.stack(grid, -1).reshape(-1, 2)


def in_the_way(
    surface: SceneObject,
    middle: Array,
    heading: float,
    way: tuple[float, float],
    things: Iterable[SceneObject],
    clear: float = CLEAR,
) -> str | None:
    """Id of the first thing on a top that hand or forearm would come too near to, or None.

    Args:
        surface: that is wiped.
        middle: (2,) of what is wiped [m].
        heading: of the one who wipes, square to a side [rad].
        way: see `Contact.way` [m].
        things: all that is seen.
        clear: see `CLEAR` [m].
    """
    things = list(things)
    far = abs(way[0]) / 2 + PALM[0] / 2 + clear
    wide = abs(way[1]) / 2 + PALM[1] / 2 + clear
    for thing in things:
        if support_of(thing, things) is not surface:
            continue
        ahead, aside = ((thing.footprint - middle) @ yaw_matrix(heading)).T
        # what is nearer than the patch is under the forearm
        if ahead.min() < far and aside.min() < wide and aside.max() > -wide:
            return thing.id
    return None


def fits(surface: SceneObject, middle: Array, heading: float, way: tuple[float, float]) -> bool:
    """Whether the palm stays on the top.

    Args:
        surface: that is wiped.
        middle: (2,) of what is wiped [m].
        heading: of the one who wipes, square to a side [rad].
        way: see `Contact.way` [m].
    """
    half = np.abs(way) / 2 + np.array(PALM) / 2 + ONTO
    corners = np.array([[a, b] for a in (-1, 1) for b in (-1, 1)]) * half
    places = np.asarray(middle) + corners @ yaw_matrix(heading).T
    inside = np.abs((places - surface.position[:2]) @ yaw_matrix(surface.yaw))
    return bool((inside <= surface.item.size[:2] / 2 + 1e-9).all())
