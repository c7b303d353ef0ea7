"""A person who pushes: hands at the thing while it moves, the thing going along, and falling where the table ends."""

import numpy as np
import pytest

from exoactor.body import load_body
from exoactor.imagine.motion import act
from exoactor.imagine.style import sample_style
from exoactor.types import Action, CatalogueItem, Pose2D, SceneObject

AT = Pose2D(0.0, 0.0, 0.0)
WRISTS = {"left": 20, "right": 21}


def thing(kind, size, place):
    return SceneObject(CatalogueItem("thing", kind, "red", np.array(size), True), np.array(place), 0.0, 1.0)


def played(action, thing, seed):
    body = load_body()
    motion = act((action,), {}, AT, sample_style(body, seed), body, 25.0, things={"thing": thing})
    return motion, motion.joint_frames(body)[1], motion.carried["thing"]


@pytest.mark.parametrize("seed", range(3))
def test_both_palms_stay_on_the_back_of_what_goes_along_with_the_walker(seed):
    box = thing("box", (0.4, 0.45, 0.6), (0.75, 0.0, 0.0))
    push = Action("push", "pushes", goal=Pose2D(0.4, 0.0, 0.0), thing="thing", shift=(0.4, 0.0))
    motion, joints, carried = played(push, box, seed)
    assert carried[-1] == pytest.approx([0.4, 0, 0, 0], abs=0.01)
    assert joints[-1, 0, 0] - joints[0, 0, 0] == pytest.approx(0.4, abs=0.05)
    moving = np.flatnonzero((carried[:, 0] > 0.01) & (carried[:, 0] < 0.39))
    for wrist in WRISTS.values():
        places = joints[moving, wrist] - carried[moving, :3]
        assert box.distance(places).max() < 0.16  # a palm is 8.5 cm beyond its wrist
    assert box.distance(joints[:5, 20]).min() > 0.2  # hands hang at first
    assert motion.contacts.any(axis=1).all()


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("way", [0.25, 0.5])
def test_one_hand_goes_along_with_what_it_pushes_aside(side, way):
    sign = 1.0 if side == "right" else -1.0  # the right hand pushes to the left
    can = thing("can", (0.066, 0.066, 0.12), (0.36, -0.13 * sign, 0.7))
    push = Action("push", "pushes", side=side, thing="thing", shift=(0.0, sign * way))
    motion, joints, carried = played(push, can, 1)
    assert carried[-1] == pytest.approx([0, sign * way, 0, 0], abs=1e-6)
    moving = np.flatnonzero((np.abs(carried[:, 1]) > 0.01) & (np.abs(carried[:, 1]) < way - 0.01))
    places = joints[moving, WRISTS[side]] - carried[moving, :3]
    assert can.distance(places).max() < 0.2
    behind = sign * (joints[moving, WRISTS[side], 1] - carried[moving, 1] - can.position[1])
    assert behind.max() < 0.03  # it pushes from behind, it does not pull
    other = joints[:, WRISTS["left" if side == "right" else "right"]]
    assert can.distance(other).min() > 0.2
    assert motion.contacts.all()


def test_what_is_swept_over_an_edge_falls_to_the_floor_and_stays_there():
    can = thing("can", (0.066, 0.066, 0.12), (0.36, -0.13, 0.7))
    sweep = Action("push", "sweeps", side="right", thing="thing", rise=-0.7, shift=(0.0, 0.3))
    _, _, carried = played(sweep, can, 2)
    falling = np.flatnonzero(carried[:, 2] < -0.01)
    assert carried[falling[0], 1] > 0.25  # not before it is over the edge
    assert carried[-1, 2] == pytest.approx(-0.7) and np.ptp(carried[-10:], axis=0).max() < 1e-6
    assert (np.diff(carried[:, 2]) <= 1e-9).all()
