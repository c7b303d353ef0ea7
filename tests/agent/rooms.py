"""A room for sentences."""

import numpy as np

from exoactor.types import CatalogueItem


def item(id, kind, color="wood"):
    return CatalogueItem(id, kind, color, np.array([0.5, 0.5, 0.7]), False)


ROOM = (
    item("table", "table"),
    item("red_chair", "chair", "red"),
    item("blue_chair", "chair", "blue"),
    item("door", "door", "blue"),
    item("shelf", "shelf"),
    item("green_bottle", "bottle", "green"),
    item("basket", "basket", "yellow"),
    item("wall", "wall", "white"),
)
