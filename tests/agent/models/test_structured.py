import threading
import time

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from scripted import ScriptedChat

from agent.bench.endpoint import Reply, serving
from agent.models.calls import Calls
from agent.models.config import ModelCfg, ModelLimits
from agent.models.connect import connect
from agent.models.failures import ModelFailure
from agent.models.meter import Meter
from agent.models.structured import Structured, first_object, read, within
from exoactor.types import Interrupted

SCHEMA = {
    "title": "plan",
    "description": "d",
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
HELLO = [HumanMessage("hello")]


def asked(endpoint, **settings):
    cfg = ModelCfg("m", endpoint.url, retry_delay=0.01, **{"timeout": 30, **settings})
    return Structured(connect(cfg, "k"), cfg, ("k",)), Meter(cfg)


def test_what_worked_is_asked_for_again_without_trying():
    with serving(lambda body: Reply({"a": 1}), speaks=("tools",)) as endpoint:
        structured, meter = asked(endpoint)
        assert structured.ask(HELLO, SCHEMA, meter, "t") == {"a": 1}
        assert structured.ask(HELLO, SCHEMA, meter, "t") == {"a": 1}
    assert ["tools" in body for body in endpoint.requests] == [False, True, True]
    assert endpoint.requests[1]["tool_choice"]["function"]["name"] == "plan"


def test_each_way_says_the_schema_in_its_own_place():
    with serving(lambda body: Reply({"a": 1})) as endpoint:
        for way in ("json_schema", "tools", "json"):
            structured, meter = asked(endpoint, structured=way)
            assert structured.ask(HELLO, SCHEMA, meter, "t") == {"a": 1}
    schema, tools, text = endpoint.requests
    assert schema["response_format"]["json_schema"]["strict"] is True
    assert schema["response_format"]["json_schema"]["schema"]["required"] == ["a"]
    assert tools["tools"][0]["function"]["parameters"]["required"] == ["a"]
    assert '"required":["a"]' in text["messages"][-1]["content"]
    assert "tools" not in text and "response_format" not in text
    assert all(body["temperature"] == 0 for body in endpoint.requests)


def test_the_endpoint_says_how_long_to_wait():
    replies = [Reply("later", 429, headers={"retry-after": "0.6"}), Reply({"a": 1})]
    with serving(replies) as endpoint:
        structured, meter = asked(endpoint, structured="json")
        began = time.monotonic()
        structured.ask(HELLO, SCHEMA, meter, "t")
        assert time.monotonic() - began > 0.6


def test_every_request_is_counted_and_the_next_one_is_refused_at_the_limit():
    told = []
    with serving(lambda body: Reply({"a": 1})) as endpoint:
        structured, _ = asked(endpoint, structured="json")
        cfg = ModelCfg("m", price_in=2.0, price_out=4.0, limits=ModelLimits(calls=3, money=1.0))
        meter = Meter(cfg, Calls([{"tokens_in": 1, "tokens_out": 1, "seconds": 1.0, "money": 0.1}], told.append))
        structured.ask(HELLO, SCHEMA, meter, "t")
        structured.ask(HELLO, SCHEMA, meter, "t")
        with pytest.raises(ModelFailure) as caught:
            structured.ask(HELLO, SCHEMA, meter, "t")
    assert caught.value.code == "budget_spent" and "3 of 3 calls" in str(caught.value)
    assert len(endpoint.requests) == len(told) == 2
    assert (meter.spent.calls, meter.spent.tokens_in, meter.spent.tokens_out) == (3, 201, 41)
    assert meter.spent.money == pytest.approx(0.1 + 2 * (100 * 2 + 20 * 4) / 1e6)
    assert told[0]["reply"] == '{"a": 1}' and told[0]["request"][0]["text"] == "hello"


def test_an_answer_that_was_cut_at_its_longest_is_paid_for():
    told = []
    with serving(lambda body: Reply('{"a"', finish="length")) as endpoint:
        structured, _ = asked(endpoint, retries=0, structured="json_schema")
        with pytest.raises(ModelFailure):
            structured.ask(HELLO, SCHEMA, Meter(structured.cfg, Calls(record=told.append)), "t")
    assert (told[0]["code"], told[0]["tokens_in"], told[0]["tokens_out"]) == ("too_much", 100, 20)


def test_a_wait_ends_when_the_user_asks_to_stop():
    stop = threading.Event()

    def check():
        if stop.is_set():
            raise Interrupted("stopped")

    with serving(lambda body: Reply({"a": 1}, wait=5.0)) as endpoint:
        structured, _ = asked(endpoint, structured="json")
        meter = Meter(structured.cfg, Calls(stop=check))
        threading.Timer(0.3, stop.set).start()
        began = time.monotonic()
        with pytest.raises(Interrupted):
            structured.ask(HELLO, SCHEMA, meter, "t")
        assert time.monotonic() - began < 3.0
    assert meter.spent.calls == 1, "what was sent is paid for"


def test_an_endpoint_that_dribbles_is_not_waited_for():
    with pytest.raises(ModelFailure) as caught:
        within(0.1, lambda: time.sleep(3) or AIMessage("late"))
    assert caught.value.code == "timeout"


def test_the_planted_fault_takes_the_way_of_a_real_500():
    told = []
    with serving(lambda body: Reply({"a": 1})) as endpoint:
        structured, _ = asked(endpoint)
        with pytest.raises(ModelFailure) as caught:
            structured.ask(HELLO, SCHEMA, Meter(structured.cfg, Calls(record=told.append, down=True)), "t")
    assert caught.value.code == "server_error"
    assert [c["code"] for c in told] == ["server_error"] * 3 and not endpoint.requests


def test_any_other_chat_model_will_do():
    cfg = ModelCfg("scripted", retry_delay=0.0)
    chat = ScriptedChat(replies=[ValueError("odd"), "word", {"a": 1}], asked=[])
    assert Structured(chat, cfg).ask(HELLO, SCHEMA, Meter(cfg), "t") == {"a": 1}


def test_nothing_is_traced_also_where_other_programs_are(monkeypatch):
    from langsmith.utils import get_env_var, tracing_is_enabled

    seen = []

    class Looks(ScriptedChat):
        def _generate(self, *args, **kwargs):
            seen.append(bool(tracing_is_enabled()))
            return super()._generate(*args, **kwargs)

    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    get_env_var.cache_clear()
    try:
        assert tracing_is_enabled()
        cfg = ModelCfg("scripted")
        Structured(Looks(replies=[{"a": 1}], asked=[]), cfg).ask(HELLO, SCHEMA, Meter(cfg), "t")
    finally:
        monkeypatch.undo()
        get_env_var.cache_clear()
    assert seen == [False]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (AIMessage(""), "nonsense"),
        (AIMessage("[1, 2]"), "nonsense"),
        (AIMessage('{"a": 1'), "truncated"),
        (AIMessage('{"a": 1', response_metadata={"finish_reason": "stop"}), "nonsense"),
        (AIMessage('{"a": 1}', response_metadata={"finish_reason": "length"}), "too_much"),
        (AIMessage('{"a": 1}', response_metadata={"stop_reason": "refusal"}), "refused"),
        (AIMessage("", additional_kwargs={"refusal": "no"}), "refused"),
    ],
)
def test_answers_that_are_none(message, code):
    with pytest.raises(ModelFailure) as caught:
        read(message)
    assert caught.value.code == code


def test_the_object_is_found_among_words():
    assert first_object('Sure: ```json\n{"a": {"b": 1}}\n``` {"c": 2}') == {"a": {"b": 1}}
    assert first_object("{" * 50_000) is None
    assert first_object('{"a":' * 3000) is None
