"""Checks that the dataclasses of this package run on themselves when they are made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""A numpy array; shape, dtype, unit and frame stand in the docstring of the field."""


def checked(
    name: str,
    value: Any,
    shape: tuple[int | None, ...],
    dtype: type[np.generic] = np.float64,
) -> Array:
    """Convert to a read-only finite array of the given shape (None: any length).

    Raises:
        ValueError: naming the field, what came and what is allowed.
    """
    array = np.asarray(value).astype(dtype, copy=True)
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = "(" + ", ".join("*" if s is None else str(s) for s in shape) + ")"
        raise ValueError(f"{name}: shape {array.shape} given, {wanted} wanted")
    if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        raise ValueError(f"{name}: {bad} of {array.size} values are not finite")
    array.setflags(write=False)
    return array
