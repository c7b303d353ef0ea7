import os

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)  # how fast a machine is belongs into benchmarks
hypothesis.settings.load_profile("untimed")

MODEL_SETTINGS = ("EXOACTOR_MODEL", "EXOACTOR_BASE_URL", "EXOACTOR_API_KEY", "EXOACTOR_STRUCTURED", "EXOACTOR_TRACING")


@pytest.fixture(autouse=True)
def no_language_model(monkeypatch, tmp_path_factory):
    """No test talks to the model that whoever runs it has configured, nor is traced."""
    for name in (*MODEL_SETTINGS, "OPENAI_API_KEY", "OPENAI_BASE_URL", *(n for n in os.environ if "LANGSMITH" in n)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("EXOACTOR_MODEL_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-settings"))
