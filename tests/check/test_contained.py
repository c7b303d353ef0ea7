"""Inside a basket, on rendered looks: seen in there, or seen over it last and now nowhere, with nowhere else left."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from exoactor.bench.perceive import PosedRoom
from exoactor.check import GeometricVerifier
from exoactor.perceive import RgbdPerception, own_body
from exoactor.types import Expectation, Outcome, Pose2D
from exoactor.world.scene_file import load_scene

pytestmark = pytest.mark.assets
SPEC = load_scene("laundry")
BASKET = SPEC.thing("basket").position
HERE = Pose2D(0.75, 1.25, np.pi)
PERCEPTION = RgbdPerception(SPEC.catalogue(), body=own_body("dex3"))


@cache
def look(place, tall=0.23, here=HERE):
    """A look at the robot beside the stand, the bottle's underside at `place` from the middle of the basket's."""
    things = [t if t.id != "red_bottle" else moved(t, place, tall) for t in SPEC.things]
    room = PosedRoom(replace(SPEC, things=tuple(things)), seed=2)
    room.put(here)
    return room.look(here)


def moved(thing, place, tall):
    item = replace(thing.item, size=np.array([0.065, 0.065, tall]))
    return replace(thing, item=item, position=BASKET + np.array(place), on="floor")


def check(tmp_path, frames, last):
    after = PERCEPTION.perceive(last, HERE)
    expectation = Expectation("placed", "red_bottle", on="basket", inside=True)
    return GeometricVerifier(PERCEPTION).check(expectation, after, frames, after, last, tmp_path)


OVER, DEEP = (0.05, 0.0, 0.27), (0.05, -0.03, 0.012)


def test_a_bottle_whose_top_shows_over_the_rim_is_inside(tmp_path):
    verdict = check(tmp_path, [look(OVER)], look((0.05, 0.02, 0.012)))
    assert (verdict.outcome, verdict.code) == (Outcome.DONE, "inside")


@pytest.mark.parametrize(
    "place",
    [
        (0.0, 0.0, 0.32),  # held over it
        (0.22, -0.1, 0.0),  # on the stand beside it
        (0.1, -0.35, -0.5),  # on the floor before it
        (1.44, -1.4, 0.22),  # where it was
    ],
)
def test_one_that_is_seen_elsewhere_is_not(tmp_path, place):
    verdict = check(tmp_path, [look(OVER)], look(place))
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_DONE, "not_in_target")


def test_what_the_rim_hides_went_in_if_it_was_over_the_opening_and_nothing_else_is_left(tmp_path):
    hidden = look(DEEP, 0.06)
    verdict = check(tmp_path, [look(OVER), hidden], hidden)
    assert (verdict.outcome, verdict.code) == (Outcome.DONE, "gone_inside") and verdict.confidence < 0.8


def test_it_cannot_be_told_where_it_was_never_seen_over_it_or_its_surroundings_are_not(tmp_path):
    hidden = look(DEEP, 0.06)
    assert check(tmp_path, [hidden], hidden).code == "target_not_seen"
    aside = look((0.5, -0.1, 0.3))
    assert check(tmp_path, [aside, hidden], hidden).outcome is Outcome.CANNOT_TELL
    covered = replace(hidden, depth=np.where(hidden.depth > 3.2, 1.5, hidden.depth))
    verdict = check(tmp_path, [look(OVER)], covered)
    assert verdict.outcome is Outcome.CANNOT_TELL
