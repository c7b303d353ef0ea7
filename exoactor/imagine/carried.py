"""A thing that somebody moves: its observed surface, drawn where it has been moved to."""

from __future__ import annotations

import cv2
import numpy as np

from exoactor.colour import ACHROMATIC, labels
from exoactor.imagine.room import keep_nearer, meet, pieces_of
from exoactor.types import Array, Camera, Observation, SceneObject
from exoactor.types.rotations import yaw_matrix
from exoactor.world.looks import role_rgb

_MARGIN = 3
_MATCH = 0.06


class Carried:
    """One thing, ready to be drawn anywhere.

    Args:
        thing: as perceived.
        observation: what it looked like there.
    """

    def __init__(self, thing: SceneObject, observation: Observation) -> None:
        self._thing = thing
        self._pieces = pieces_of(thing)
        self._camera = observation.camera
        self._rgb, self._depth = observation.rgb, observation.depth
        color = thing.item.color
        self._own = np.ones(self._depth.shape, bool) if color in ACHROMATIC else labels(self._rgb, [color]) == 0
        self._hidden = self._colours_of_sides()

    def draw(self, displacement: Array, turn: float = 0.0) -> tuple[tuple[slice, slice], Array, Array]:
        """The thing moved by `displacement` (3,) [m] and turned about its upright middle axis [rad].

        Returns:
            crop: rows and columns of the image.
            colour: (h, w, 3) uint8 of the crop.
            depth: (h, w) [m along the optical axis], inf where the thing is not.
        """
        camera = self._camera
        there = self._thing.moved(displacement, turn)
        crop, rays, nearest, label = self._surface(there)
        hit = np.isfinite(nearest)
        colour = np.zeros((len(rays), 3), np.float32)
        points = camera.position + rays[hit] * nearest[hit, None] - there.position
        points[:, :2] = points[:, :2] @ yaw_matrix(turn)  # back to where the camera saw them
        if hit.any():  # it may be carried out of the picture
            colour[hit] = self._looked_up(points + self._thing.position, label[hit])
        depth = np.where(hit, nearest * (rays @ camera.rotation[:, 2]), np.inf)
        shape = tuple(part.stop - part.start for part in crop)
        return crop, np.round(colour).astype(np.uint8).reshape(*shape, 3), depth.reshape(shape)

    def _surface(self, thing: SceneObject) -> tuple[tuple[slice, slice], Array, Array, Array]:
        """Rows and columns in which a thing is drawn; their rays (N, 3), how far along each it is (inf), which side."""
        low, high = outline(thing, self._camera)
        crop = (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
        rows, columns = np.mgrid[crop]
        rays = self._camera.rays(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], -1))
        nearest, label = np.full(len(rays), np.inf), np.full(len(rays), -1)
        for index, piece in enumerate(pieces_of(thing)):
            along, side = meet(piece, self._camera.position, rays)
            keep_nearer(nearest, label, along, 8 * index + side)
        return crop, rays, nearest, label

    def _colours_of_sides(self) -> dict[int, Array]:
        """(3,) colour of each side in the look, for what was hidden then; one for all pictures, or it would flicker.

        A side of which nothing was seen looks like the others of its piece.
        """
        _, rays, nearest, label = self._surface(self._thing)
        hit = np.flatnonzero(np.isfinite(nearest))
        pixel, fits = self._seen_at(self._camera.position + rays[hit] * nearest[hit, None])
        column, row = np.clip(pixel[fits], 0, np.array(self._camera.size) - 1).astype(int).T
        # whole pixels: between them colours are mixed with those of the hand, by so much that they are not known again
        mine, side = self._rgb[row, column], label[hit][fits]
        found: dict[int, Array] = {}
        for index, piece in enumerate(self._pieces):
            of_piece = side // 8 == index
            other = (
                np.median(mine[of_piece], axis=0)
                if of_piece.any()
                else np.array(role_rgb(piece.color, piece.role)) * 150
            )
            for value in range(8 * index, 8 * index + 8):
                found[value] = np.median(mine[side == value], axis=0) if (side == value).any() else other
        return found

    def _seen_at(self, points: Array) -> tuple[Array, Array]:
        """Pixels (N, 2) at which the camera saw points of the thing's surface, and (N,) whether it did.

        Neither what stands before it nor the hands that hold it belong to it.
        """
        pixel, own = self._camera.project(points)
        height, width = self._depth.shape
        row, column = np.clip(pixel[:, 1], 0, height - 1).astype(int), np.clip(pixel[:, 0], 0, width - 1).astype(int)
        return pixel, (np.abs(self._depth[row, column] - own) < _MATCH) & self._own[row, column]

    def _looked_up(self, points: Array, label: Array) -> Array:
        """(N, 3) colours the camera saw at points of the thing's surface; hidden ones look like their side."""
        pixel, fits = self._seen_at(points)
        u, v = pixel[:, 0].astype(np.float32) - 0.5, pixel[:, 1].astype(np.float32) - 0.5
        seen = cv2.remap(self._rgb, u[None], v[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        out = seen.astype(np.float32)
        for value in np.unique(label[~fits]):
            out[~fits & (label == value)] = self._hidden[int(value)]
        return np.asarray(out)


def outline(thing: SceneObject, camera: Camera) -> tuple[Array, Array]:
    """First (2,) column and row and the ones beyond the last of the picture of a thing."""
    pixels, _ = camera.project(thing.corners)
    low = np.clip(np.floor(pixels.min(0)).astype(int) - _MARGIN, 0, np.array(camera.size) - 1)
    return low, np.clip(np.ceil(pixels.max(0)).astype(int) + _MARGIN, low + 1, camera.size)
