import json

import pytest

from agent.bench.endpoint import Reply, serving, way_asked
from agent.models.config import ModelCfg
from agent.models.failures import ModelFailure
from agent.models.probe import capabilities, language_model


def able(body):
    """Answers in form, right or not, and sees red."""
    picture = "image_url" in json.dumps(body["messages"])
    return Reply({"colour": "red"} if picture else {"sum": 41})


def blind(body):
    if "image_url" in json.dumps(body["messages"]):
        return Reply("this model takes no images", 400)
    return able(body)


def test_what_an_endpoint_can_do_is_found_by_asking():
    with serving(able) as endpoint:
        can = capabilities(ModelCfg("m", endpoint.url))
    assert can == {"json_schema": True, "tools": True, "json": True, "images": True}
    assert [way_asked(b) for b in endpoint.requests] == ["json_schema", "tools", "json", "json_schema"]
    with serving(blind, speaks=("tools",)) as endpoint:
        assert capabilities(ModelCfg("m", endpoint.url)) == {
            "json_schema": False, "tools": True, "json": False, "images": False,
        }  # fmt: skip


def test_one_that_answers_anything_can_do_nothing():
    with serving(lambda body: Reply("I am a teapot")) as endpoint:
        assert not any(capabilities(ModelCfg("m", endpoint.url)).values())


def test_who_cannot_be_reached_is_asked_once():
    with serving(lambda body: Reply("who are you", 401)) as endpoint, pytest.raises(ModelFailure):
        capabilities(ModelCfg("m", endpoint.url))
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("replies", "speaks", "state", "says"),
    [
        (able, ("json",), "ok", "json yes"),
        (lambda body: Reply("no"), ("json",), "broken", "json no"),
        (lambda body: Reply("key sk-doctor-1234567", 401), ("json_schema", "tools", "json"), "broken", "unauthorized"),
    ],
)
def test_the_doctor_says_it_in_a_line_and_no_key(monkeypatch, replies, speaks, state, says):
    with serving(replies, speaks) as endpoint:
        monkeypatch.setenv("EXOACTOR_MODEL", "m")
        monkeypatch.setenv("EXOACTOR_BASE_URL", endpoint.url)
        monkeypatch.setenv("EXOACTOR_API_KEY", "sk-doctor-1234567")
        (part,) = language_model()
    assert part.state == state and says in part.detail
    assert "1234567" not in part.detail + part.mend
    assert part.mend or state == "ok"


def test_without_a_model_everything_is_in_order(monkeypatch):
    (part,) = language_model()
    assert part.state == "optional"
    monkeypatch.setenv("EXOACTOR_BASE_URL", "http://127.0.0.1:9/v1")
    (part,) = language_model()
    assert part.state == "broken" and "EXOACTOR_MODEL" in part.detail


def test_a_check_by_a_model_that_takes_no_pictures_is_told(monkeypatch, tmp_path):
    (tmp_path / "model.yaml").write_text("check: veto\n")
    monkeypatch.setenv("EXOACTOR_MODEL_CONFIG", str(tmp_path / "model.yaml"))
    monkeypatch.setenv("EXOACTOR_MODEL", "m")
    found = []
    for script in (able, blind):
        with serving(script) as endpoint:
            monkeypatch.setenv("EXOACTOR_BASE_URL", endpoint.url)
            found.append({part.name: part.state for part in language_model()})
    assert found == [{"language model": "ok"}, {"language model": "ok", "check by model": "broken"}]
