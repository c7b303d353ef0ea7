"""Colour names survive shading; grays have no name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoactor.colour import ACHROMATIC, COLOURLESS, labels
from exoactor.world.looks import COLORS, FLOOR_RGB, WALL_RGB

NAMES = tuple(n for n in COLORS if n not in ACHROMATIC)


@given(st.sampled_from(NAMES), st.floats(0.35, 1.1))
def test_a_colour_is_known_in_light_and_shade(name, light):
    pixel = np.clip(np.array(COLORS[name]) * light * 255, 0, 255).astype(np.uint8)
    if (np.array(COLORS[name]) * light).max() > 1:
        return
    assert NAMES[labels(pixel[None, None], NAMES)[0, 0]] == name


@pytest.mark.parametrize("rgb", [FLOOR_RGB, WALL_RGB, (0.5, 0.5, 0.5), (0.07, 0.07, 0.08)])
@pytest.mark.parametrize("light", [0.5, 1.0])
def test_room_and_robot_are_colourless(rgb, light):
    pixel = (np.array(rgb) * light * 255).astype(np.uint8)
    assert labels(pixel[None, None], NAMES)[0, 0] == COLOURLESS
