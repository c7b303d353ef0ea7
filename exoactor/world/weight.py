"""What carries the robot, and what its arms touch: contact forces, for truth.json and benchmarks only."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from exoactor.types import Array, Catalogue

_ARM = ("shoulder", "elbow", "wrist", "hand")


def carried_by(model: Any, data: Any, owner: Array, catalogue: Catalogue) -> tuple[dict[str, float], set[str]]:
    """Share of the robot's weight on each thing that its trunk and legs touch, and what its arms touch.

    Args:
        model: of the world.
        data: its state.
        owner: (ngeom,) index of the catalogue thing of each geom, -1 the robot, less for floor and walls.
        catalogue: the things.
    """
    shares: dict[str, float] = {}
    touched: set[str] = set()
    weight = float(model.body_subtreemass[model.body("pelvis").id]) * abs(float(model.opt.gravity[2]))
    wrench = np.zeros(6)
    for number in range(data.ncon):
        contact = data.contact[number]
        pair = owner[contact.geom]
        if pair.min() != -1 or pair.max() < 0:
            continue
        id = catalogue[int(pair.max())].id
        own = int(np.argmin(pair))
        body = model.body(int(model.geom_bodyid[contact.geom[own]])).name
        if any(word in body for word in _ARM):
            touched.add(id)
            continue
        mujoco.mj_contactForce(model, data, number, wrench)
        # The frame's first row points from the first geom to the second; force acts on the second.
        up = float((contact.frame.reshape(3, 3).T @ wrench[:3])[2]) * (1.0 if own == 1 else -1.0)
        shares[id] = shares.get(id, 0.0) + up / weight
    return shares, touched
