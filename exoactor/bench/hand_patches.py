"""Rendered hands as a classifier wants them: patches, and how large each hand is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from exoactor.bench.hand_pictures import HandPicture, Part, pictures
from exoactor.estimate.hand_view import patch_of
from exoactor.files import write_npz
from exoactor.types import Array


@dataclass(frozen=True)
class Patches:
    """N hands.

    Args:
        patch: (N, PATCH, PATCH, 3) uint8.
        state: (N,) 0 open, 1 half closed, 2 closed.
        pixels: (N,) length of the hand [px].
        foreshortening: (N,) of the forearm, 0..1.
        shown: (N,) share of the finger joints that nothing hides, 0..1.
        thing: (N,) bool, something is at the hand.
    """

    patch: Array
    state: Array
    pixels: Array
    foreshortening: Array
    shown: Array
    thing: Array

    def __len__(self) -> int:
        return len(self.state)


def patches(part: Part, seed: int, count: int) -> Patches:
    """The pictures of one person."""
    rows = [_row(picture) for picture in pictures(part, seed, count)]
    return Patches(*(np.array(column) for column in zip(*rows, strict=True)))


def gathered(part: Part, seeds: range, count: int, folder: Path) -> Patches:
    """The pictures of many people, each person's kept in a file of a folder, so that a killed run goes on.

    Args:
        part: which cameras.
        seeds: one a person.
        count: pictures of each.
        folder: for the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in seeds:
        path = folder / f"{part}-{seed}-{count}.npz"
        if not path.exists():
            made = patches(part, seed, count)
            write_npz(path, {f.name: getattr(made, f.name) for f in fields(made)})
        with np.load(path) as data:
            found.append(Patches(**{f.name: data[f.name] for f in fields(Patches)}))
    return Patches(**{f.name: np.concatenate([getattr(p, f.name) for p in found]) for f in fields(Patches)})


def _row(picture: HandPicture) -> tuple[object, ...]:
    view = picture.view
    patch = patch_of(picture.rgb, view)
    return patch, picture.state, view.pixels, view.foreshortening, picture.shown, picture.thing
