"""Scenes, robot and camera in MuJoCo; the simulated robot behind the `Robot` protocol."""

from contextlib import suppress

from exoactor.types import ConfigError
from exoactor.world.backend import choose_backend

with suppress(ConfigError):  # said again, loudly, when something is to be rendered
    choose_backend()
