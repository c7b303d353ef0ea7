"""Things told by their colour alone, whatever way they lie, are tilted or are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exoactor.colour import ACHROMATIC, COLOURLESS, labels
from exoactor.grasp import is_graspable
from exoactor.perceive.cloud import Cloud, Window, cloud_of, patch_heights, patches, small_patch, window_of
from exoactor.perceive.upright import blind
from exoactor.types import Array, Catalogue, CatalogueItem, Observation


@dataclass(frozen=True)
class ColouredCfg:
    """Tunables.

    Args:
        least_of_thing: pixels of a thing that must be seen to say how high it is.
        least_of_small: the same of one that a hand closes round.
        part_of_thing: share of its largest part that another part must have to count.
        open_below: what is seen right below a thing is so much farther off where nothing hides its foot and it stands
            on nothing [m].
    """

    least_of_thing: int = 60
    least_of_small: int = 10
    part_of_thing: float = 0.08
    open_below: float = 0.08


class Heights(NamedTuple):
    """How high a thing is seen.

    Args:
        low: its lowest part that is seen [m].
        high: its highest [m].
        open_below: its lower end is in the air: right below it one sees past it.
    """

    low: float
    high: float
    open_below: bool


class Coloured:
    """What the colours of a look say about the things of a catalogue, and about the robot, which is gray.

    Args:
        catalogue: what there is.
        cfg: tunables.
    """

    def __init__(self, catalogue: Catalogue, cfg: ColouredCfg | None = None) -> None:
        self.cfg = cfg or ColouredCfg()
        self.names = sorted({item.color for item in catalogue if item.color not in ACHROMATIC})
        self._items = {item.id: item for item in catalogue}

    def is_own(self, item: CatalogueItem) -> bool:
        """Whether a thing's colour tells it from all others and from the robot."""
        alone = sum(other.color == item.color for other in self._items.values()) == 1
        return alone and item.color not in ACHROMATIC

    def of_points(self, cloud: Cloud, observation: Observation) -> Array:
        """(N,) index into `names` of the colour of each point; `COLOURLESS` or `NOTHING` of `exoactor.colour`."""
        return np.asarray(labels(observation.rgb[cloud.rows, cloud.columns][None], self.names)[0])

    def colourless(self, cloud: Cloud, observation: Observation) -> Array:
        """(N,) bool: points whose pixels are gray like the robot."""
        return np.asarray(self.of_points(cloud, observation) == COLOURLESS)

    def heights_of(self, observation: Observation, id: str, around: Array | None = None) -> Heights | None:
        """How high a thing near the robot is seen; None if it is not.

        Things without a colour of their own are not told from the robot.

        Args:
            observation: the look; its proprioception says where the robot is.
            id: of the thing.
            around: (2,) where it is looked for instead of near the robot [m].
        """
        item = self._items[id]
        felt = observation.proprioception.pose
        if not self.is_own(item) or felt is None or blind(observation):
            return None
        window = window_of(observation.camera, np.asarray(felt[:2] if around is None else around), 1.0, 1.6)
        if window is None:
            return None
        cloud, mine = self._of_colour(observation, item, window)
        if is_graspable(item):
            seen = small_patch(cloud, mine, float(item.size.max()), self.cfg.least_of_small)
        else:
            seen = patches(cloud, mine, observation.depth.shape, self.cfg.least_of_thing, self.cfg.part_of_thing)
        if not seen.any():
            return None
        low, high = np.percentile(cloud.points[seen, 2], [0.5, 99.5])  # the corner it may stand on is a small part
        return Heights(float(low), float(high), self._is_open_below(cloud.take(seen), observation.depth))

    def _is_open_below(self, seen: Cloud, depth: Array) -> bool:
        """Whether one sees past the lower edge of points, whose next pixels are left out: they are mixed."""
        edge = seen.rows >= seen.rows.max() - 1
        rows = np.minimum(seen.rows[edge].max() + 2, len(depth) - 1)
        below = depth[rows, seen.columns[edge]]
        return bool(np.median(below - seen.depth[edge]) > self.cfg.open_below)

    def patches_of(self, observation: Observation, id: str) -> list[float] | None:
        """Height of each patch of a thing's colour in the whole picture [m]; None if its colour does not tell it."""
        item = self._items[id]
        if not self.is_own(item) or blind(observation):
            return None
        mine = labels(observation.rgb, self.names) == self.names.index(item.color)
        return patch_heights(cloud_of(observation, 1), mine, self.cfg.least_of_small)

    def points_of(self, observation: Observation, id: str, around: Array | None = None) -> Array | None:
        """(N, 3) points of a thing's colour in the picture [m], without stray pixels; None where that does not tell it.

        Args:
            observation: the look.
            id: of the thing.
            around: (2,) within a metre of which is looked [m]; None for the whole picture.
        """
        item = self._items[id]
        if not self.is_own(item) or blind(observation):
            return None
        window = None if around is None else window_of(observation.camera, np.asarray(around), 1.0, 1.9)
        if around is not None and window is None:
            return np.zeros((0, 3))
        cloud, mine = self._of_colour(observation, item, window)
        return cloud.points[small_patch(cloud, mine, float(item.size.max()), self.cfg.least_of_small)]

    def colourless_points(self, observation: Observation, place: Array, height: float) -> Array:
        """(N, 3) points of the robot's colour about a place at a height in the world [m], furniture's tops among them.

        Args:
            observation: the look.
            place: (2,) in the world [m].
            height: [m].
        """
        window = None if blind(observation) else window_of(observation.camera, np.asarray(place), 0.45, height + 0.3)
        if window is None:
            return np.zeros((0, 3))
        cloud = cloud_of(observation, 1, window)
        return cloud.points[self.colourless(cloud, observation)]

    def _of_colour(self, observation: Observation, item: CatalogueItem, window: Window | None) -> tuple[Cloud, Array]:
        """Every pixel of a window, or of the whole picture, and (N,) whether it has the colour of a thing."""
        cloud = cloud_of(observation, 1, window)
        return cloud, self.of_points(cloud, observation) == self.names.index(item.color)
