import json
from pathlib import Path

import pytest

from agent.models.config import ModelCfg, ModelLimits, find_key, find_model
from agent.models.connect import connect
from agent.models.failures import ModelFailure
from exoactor.types import ConfigError

URL = "http://127.0.0.1:9/v1"


def test_nothing_is_configured_by_default():
    assert find_model(environment={"HOME": "/nowhere", "EXOACTOR_MODEL_CONFIG": ""}) is None


def test_options_go_before_environment_and_file(tmp_path):
    file = tmp_path / "model.yaml"
    file.write_text("model: of-file\nbase_url: http://file/v1\ntimeout: 5\napi_key: file-key\nlimits: {calls: 3}\n")
    environment = {"EXOACTOR_MODEL_CONFIG": str(file)}
    cfg = find_model(environment=environment)
    assert (cfg.model, cfg.base_url, cfg.timeout, cfg.limits.calls) == ("of-file", "http://file/v1", 5, 3)
    assert find_key(environment) == "file-key"
    environment |= {"EXOACTOR_MODEL": "of-env", "EXOACTOR_API_KEY": "env-key", "EXOACTOR_STRUCTURED": "tools"}
    cfg = find_model(environment=environment)
    assert (cfg.model, cfg.base_url, cfg.structured) == ("of-env", "http://file/v1", "tools")
    assert find_key(environment) == "env-key"
    assert find_model("said", "http://said/v1", environment).model == "said"
    assert find_model("none", environment=environment) is None


def test_a_file_takes_the_place_of_an_endpoint_and_the_other_way(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings").mkdir()
    file, sha256 = tmp_path / "settings/model.yaml", "ab" * 32
    file.write_text(f"gguf: small model.gguf\nmmproj: ~/p.gguf\nsha256: {sha256}\ntimeout: 5\n")
    environment = {"EXOACTOR_MODEL_CONFIG": str(file)}

    def found(environment, **options):
        cfg = find_model(environment=environment, **options)
        assert cfg.timeout == 5
        return cfg.model, cfg.base_url, cfg.gguf, cfg.sha256

    ours = ("small-model", "", str(tmp_path / "settings/small model.gguf"), sha256)
    assert found(environment) == ours, "a path is relative to the file that names it"
    assert find_model(environment=environment).mmproj == str(Path("~/p.gguf").expanduser())
    assert found(environment, gguf="w.gguf") == ("w", "", str(tmp_path / "w.gguf"), ""), "the hash is of the other one"
    assert found(environment, model="m", base_url=URL) == ("m", URL, "", "")
    assert found(environment, model="m") == ("m", "", "", ""), "of its provider"
    file.write_text(f"model: m\nbase_url: {URL}\ntimeout: 5\n")
    environment["EXOACTOR_MODEL_GGUF"] = "/w.gguf"
    assert found(environment) == ("w", "", "/w.gguf", "")
    assert found(environment, gguf="/v.gguf", model="named") == ("named", "", "/v.gguf", "")
    assert find_model("none", environment=environment, gguf="/v.gguf") is None
    assert find_model(environment={**environment, "EXOACTOR_MODEL": "none"}) is None
    cfg = find_model(environment=environment)
    assert ModelCfg.from_json(json.loads(json.dumps(cfg.to_json()))) == cfg


def test_it_is_written_without_a_key_and_read_again():
    cfg = ModelCfg("m", URL, price_in=1.0, price_out=2.0, limits=ModelLimits(money=0.5))
    assert ModelCfg.from_json(json.loads(json.dumps(cfg.to_json()))) == cfg
    assert "key" not in json.dumps(cfg.to_json())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "", "base_url": URL}, "model"),
        ({"model": "a b"}, "without spaces"),
        ({"model": "m", "base_url": "localhost:8000"}, "http://HOST"),
        ({"model": "m", "base_url": "file:///etc/passwd"}, "http://HOST"),
        ({"model": "m", "base_url": "https://user:word@host/v1"}, "EXOACTOR_API_KEY"),
        ({"model": "m", "base_url": "https://host/v1?key=abc"}, "EXOACTOR_API_KEY"),
        ({"model": "m", "structured": "xml"}, "json_schema"),
        ({"model": "m", "timeout": 0}, "timeout"),
        ({"model": "m", "retries": -1}, "retries"),
        ({"model": "m", "limits": {"money": 1.0}}, "price_in"),
        ({"model": "m", "limits": {"calls": 0}}, "calls"),
        ({"model": "m", "limits": {"hours": 1}}, "limits.hours"),
        ({"model": "m", "temprature": 1}, "temprature"),
        ({"base_url": URL}, "name of the model is missing"),
        ({"gguf": "/w.gguf", "base_url": URL}, "Give one of them"),
        ({"model": "m", "sha256": "ab" * 32}, "gguf does not say which"),
        ({"model": "m", "mmproj": "/p.gguf"}, "gguf does not say which"),
        ({"gguf": "/w.gguf", "sha256": "ABC"}, "64 digits"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        ModelCfg.from_json(settings)


@pytest.mark.parametrize("text", ["api_key: [sk-secret-file-key", "- just\n- a list", "sk-secret-file-key"])
def test_a_broken_file_of_settings_is_told_without_its_text(tmp_path, text):
    file = tmp_path / "model.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        find_model(environment={"EXOACTOR_MODEL_CONFIG": str(file)})
    assert str(file) in str(caught.value) and "secret" not in str(caught.value)


def test_an_address_without_a_model_and_a_file_that_is_not_there():
    with pytest.raises(ConfigError, match="EXOACTOR_MODEL"):
        find_model(environment={"EXOACTOR_BASE_URL": URL, "XDG_CONFIG_HOME": "/nowhere"})
    with pytest.raises(ConfigError, match="not a file"):
        find_model(environment={"EXOACTOR_MODEL_CONFIG": "/nowhere/model.yaml"})


@pytest.mark.parametrize("name", ["nobody-knows-this", "anthropic:whatever"])
def test_a_model_whose_provider_is_not_there_is_told(name):
    with pytest.raises(ModelFailure) as caught:
        connect(ModelCfg(name), "sk-secret-000000")
    assert caught.value.code == "no_model" and name in str(caught.value) and "secret" not in str(caught.value)


def test_the_client_neither_retries_nor_shows_its_key():
    chat = connect(ModelCfg("m", URL), "sk-secret-000000")
    assert chat.max_retries == 0 and chat.model_name == "m"
    assert "secret" not in repr(chat)
