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

    def draw(self, displacement: Array, turn: float = 0.0) -> tuple[tuple[slice, slice], Array, Array]:
        """The thing moved by `displacement` (3,) [m] and turned about its upright middle axis [rad].

        Returns:
            crop: rows and columns of the image.
            colour: (h, w, 3) uint8 of the crop.
            depth: (h, w) [m along the optical axis], inf where the thing is not.
        """
        camera = self._camera
        there = self._thing.moved(displacement, turn)
        low, high = outline(there, camera)
        crop = (slice(low[1], high[1]), slice(low[0], high[0]))
        rows, columns = np.mgrid[crop]
        pixels = np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], -1)
        rays = camera.rays(pixels)
        nearest, label = np.full(len(rays), np.inf), np.full(len(rays), -1)
        for index, piece in enumerate(pieces_of(there)):
            along, side = meet(piece, camera.position, rays)
            keep_nearer(nearest, label, along, 8 * index + side)
        hit = np.isfinite(nearest)
        colour = np.zeros((len(rays), 3), np.float32)
        points = camera.position + rays[hit] * nearest[hit, None] - there.position
        points[:, :2] = points[:, :2] @ yaw_matrix(turn)  # back to where the camera saw them
        if hit.any():  # it may be carried out of the picture
            colour[hit] = self._looked_up(points + self._thing.position, label[hit])
        depth = np.where(hit, nearest * (rays @ camera.rotation[:, 2]), np.inf)
        shape = rows.shape
        return crop, np.round(colour).astype(np.uint8).reshape(*shape, 3), depth.reshape(shape)

    def _looked_up(self, points: Array, label: Array) -> Array:
        """(N, 3) colours the camera saw at points of the thing's surface; hidden ones look like their side."""
        pixel, own = self._camera.project(points)
        u, v = pixel[:, 0].astype(np.float32) - 0.5, pixel[:, 1].astype(np.float32) - 0.5
        seen = cv2.remap(self._rgb, u[None], v[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        height, width = self._depth.shape
        row, column = np.clip(pixel[:, 1], 0, height - 1).astype(int), np.clip(pixel[:, 0], 0, width - 1).astype(int)
        # Neither what stands before it nor the hands that hold it belong to it.
        fits = (np.abs(self._depth[row, column] - own) < _MATCH) & self._own[row, column]
        out = seen.astype(np.float32)
        for value in np.unique(label):
            here = label == value
            piece = self._pieces[value // 8]
            if fits[here].any():
                # Between pixels colours are mixed with those of the hand, by so much that it would not be known again.
                out[here & ~fits] = np.median(self._rgb[row, column][here & fits], axis=0)
            else:
                out[here] = np.array(role_rgb(piece.color, piece.role)) * 150
        return np.asarray(out)


def outline(thing: SceneObject, camera: Camera) -> tuple[Array, Array]:
    """First (2,) column and row and the ones beyond the last of the picture of a thing."""
    pixels, _ = camera.project(thing.corners)
    low = np.clip(np.floor(pixels.min(0)).astype(int) - _MARGIN, 0, np.array(camera.size) - 1)
    return low, np.clip(np.ceil(pixels.max(0)).astype(int) + _MARGIN, low + 1, camera.size)
