"""Where small steps are aimed, of robots that do not take them as they are asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exoactor.small_steps import SmallSteps
from exoactor.types import Pose2D
from exoactor.types.rotations import yaw_matrix


@given(
    st.tuples(*[st.floats(-0.09, 0.09)] * 2),
    st.tuples(*[st.floats(-1.5, 1.5)] * 3),
    st.floats(-3.1, 3.1),
    st.booleans(),
)
def test_steps_that_always_miss_alike_end_at_the_stance(miss, place, heading, moves):
    """A robot that runs on or falls short by so much in its own heading, wherever it goes; the stance may move."""
    stance, steps, here = Pose2D(place[0], place[1], heading), SmallSteps(0.1), Pose2D(0.0, 0.0, place[2])
    for number in range(3):
        aim = steps.aim(here, stance)
        assert np.abs(yaw_matrix(-heading) @ (aim.xy - stance.xy)).max() <= 0.1 + 1e-9
        assert number or aim.is_near(stance, 1e-9, 1e-9)
        here = Pose2D(*(aim.xy + yaw_matrix(heading) @ miss), heading)
        if moves and number == 1:
            stance = Pose2D(stance.x + 0.3, stance.y, heading)
    assert here.is_near(stance, 1e-6, 1e-6)
