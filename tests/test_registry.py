import pytest

from exoactor import registry
from exoactor.types import ConfigError


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ConfigError, match="procedural"):
        registry.load("video_models", "sora")
    with pytest.raises(ConfigError, match="video_models"):
        registry.names("video_model")


def test_every_built_in_part_can_be_imported():
    for kind in registry.KINDS_OF_PARTS:
        for name in registry.names(kind):
            assert callable(registry.load(kind, name))
