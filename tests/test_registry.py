import sys

import pytest

from exoactor import registry
from exoactor.types import ConfigError, MissingExtra


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ConfigError, match="procedural"):
        registry.load("video_models", "sora")
    with pytest.raises(ConfigError, match="video_models"):
        registry.names("video_model")


def test_every_built_in_part_can_be_imported():
    for kind in registry.KINDS_OF_PARTS:
        for name in registry.names(kind):
            assert callable(registry.load(kind, name))


def test_a_part_whose_packages_come_with_an_extra_names_the_extra(monkeypatch, tmp_path):
    (tmp_path / "needs_diffusers.py").write_text("import diffusers.pipelines\nclass Model: ...\n")
    (tmp_path / "needs_nothing_known.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "diffusers", None)  # absent, whatever is installed here
    monkeypatch.setitem(registry._BUILT_IN["video_models"], "wan", "needs_diffusers:Model")
    monkeypatch.setitem(registry._BUILT_IN["video_models"], "other", "needs_nothing_known:Model")
    with pytest.raises(MissingExtra, match=r"video_models 'wan' needs .* pip install 'exoactor\[video\]'"):
        registry.load("video_models", "wan")
    with pytest.raises(ConfigError, match="no_such_package") as caught:
        registry.load("video_models", "other")
    assert not isinstance(caught.value, MissingExtra)
