"""Asks a chat model for one JSON object, in a way that its endpoint understands; retried, counted, limited in time."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from langchain_core.exceptions import ModelAPIError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage

from agent.models.calls import never
from agent.models.config import TRACING, WAYS, ModelCfg, Way
from agent.models.failures import ANOTHER_WAY, RETRIED, ModelFailure, failure_of, quoted
from agent.models.meter import Meter
from exoactor.types import Interrupted

MAX_REPLY = 40_000
"""A longer answer is not read [characters]."""
LONGEST_WAIT = 20.0
"""However long an endpoint asks to be left alone, and however often it failed [s]."""
_POLL = 0.05
_METHODS: Final = {"json_schema": "json_schema", "tools": "function_calling"}


@dataclass(frozen=True)
class _Request:
    """What is asked, as `Structured.ask` takes it."""

    messages: Sequence[BaseMessage]
    schema: dict[str, Any]
    meter: Meter
    purpose: str


class Structured:
    """One chat model as a source of JSON objects.

    Args:
        chat: the model; None where `reach` brings it about.
        cfg: how patient to be; which way to ask, or "auto".
        secrets: texts that no message may repeat.
    """

    def __init__(self, chat: BaseChatModel | None, cfg: ModelCfg, secrets: Sequence[str] = ()) -> None:
        self.chat = chat
        self.cfg = cfg
        self.secrets = tuple(s for s in secrets if s)
        self.about: dict[str, str] = {}
        self.way: Way | None = None if cfg.structured == "auto" else cfg.structured

    def ask(
        self, messages: Sequence[BaseMessage], schema: dict[str, Any], meter: Meter, purpose: str
    ) -> dict[str, Any]:
        """The model's answer, an object that is meant to follow `schema`; whoever asks validates it.

        Args:
            messages: what is said to the model.
            schema: JSON schema with a title and a description.
            meter: counts each request before it is repeated, and says who may stop it.
            purpose: for the record.

        Raises:
            ModelFailure: nothing usable within the limits.
        """
        request = _Request(messages, schema, meter, purpose)
        ways = (self.way,) if self.way is not None else WAYS
        for i, way in enumerate(ways):
            try:
                answer = self._with_retries(request, way)
            except ModelFailure as failure:
                if failure.code in ANOTHER_WAY and i + 1 < len(ways):
                    continue
                raise
            self.way = way
            return answer
        raise AssertionError("there is always a way to try")

    def reach(self, stop: Callable[[], None]) -> BaseChatModel:
        """The model, before each request; `stop` is called while it has to be waited for.

        Raises:
            ModelFailure: "no_model".
        """
        assert self.chat is not None
        return self.chat

    def _with_retries(self, request: _Request, way: Way) -> dict[str, Any]:
        for attempt in range(self.cfg.retries + 1):
            try:
                return self._once(request, way)
            except ModelFailure as failure:
                if failure.code not in RETRIED or attempt == self.cfg.retries:
                    raise
                wait = max(self.cfg.retry_delay * 2**attempt, failure.after)
                _sleep(min(wait, LONGEST_WAIT, request.meter.seconds_left()), request.meter.calls.stop)
        raise AssertionError("there is always a first try")

    def _once(self, request: _Request, way: Way) -> dict[str, Any]:
        """One request; counted whatever comes of it."""
        seconds = min(self.cfg.timeout, request.meter.seconds_left())
        calls = request.meter.calls
        chat = None if calls.down else self.reach(calls.stop)
        began = time.monotonic()
        reply: AIMessage | None = None
        code, error = "stopped", None
        tokens = (0, 0)
        try:
            if chat is None:
                raise ModelAPIError("500, planted")
            reply = within(seconds, lambda: _invoke(chat, request.messages, request.schema, way), calls.stop)
            tokens = _tokens(reply.usage_metadata)
            found = read(reply, streamed=self.cfg.stream)
            code = "ok"
            return found
        except Interrupted:
            raise
        except Exception as raised:
            error = failure_of(raised, self.secrets)
            code = error.code
            tokens = tokens if any(tokens) else _tokens_of(raised)
            raise error from None
        finally:
            request.meter.add(
                {
                    "purpose": request.purpose,
                    "way": way,
                    "code": code,
                    "detail": error.detail if error else "",
                    "seconds": round(time.monotonic() - began, 3),
                    "tokens_in": tokens[0],
                    "tokens_out": tokens[1],
                    "request": [{"role": m.type, "text": str(m.text)} for m in request.messages],
                    "reply": "" if reply is None else said(reply)[:MAX_REPLY],
                    **self.about,
                }
            )


def _invoke(chat: BaseChatModel, messages: Sequence[BaseMessage], schema: dict[str, Any], way: Way) -> AIMessage:
    """Send it; tracing is off unless it was asked for, also where the user's environment turns it on for others."""
    from langsmith import tracing_context

    with tracing_context(enabled=None if os.environ.get(TRACING, "").lower() in ("1", "true") else False):
        if way == "json":
            return _ai(chat.invoke([*messages, _asks_for_text(schema)]))
        options: dict[str, Any] = {"strict": True} if way == "json_schema" else {}
        try:
            runnable = chat.with_structured_output(schema, method=_METHODS[way], include_raw=True, **options)
        except (NotImplementedError, TypeError, ValueError) as error:
            # Not every provider's class knows every way.
            raise ModelFailure("bad_request", quoted(str(error))) from None
        answer: Any = runnable.invoke(list(messages))
        return _ai(answer["raw"])


def _ai(message: Any) -> AIMessage:
    if not isinstance(message, AIMessage):
        raise ModelFailure("nonsense", f"a {type(message).__name__} came back")
    return message


def _asks_for_text(schema: dict[str, Any]) -> SystemMessage:
    text = json.dumps(schema, separators=(",", ":"))
    return SystemMessage(f"Answer with one JSON object and nothing else. It follows this JSON schema: {text}")


def said(reply: AIMessage) -> str:
    """What the model answered, as text: the arguments of its tool call, else its words."""
    if reply.tool_calls:
        return json.dumps(reply.tool_calls[0]["args"])
    if reply.invalid_tool_calls:
        return str(reply.invalid_tool_calls[0].get("args") or "")
    return str(reply.text)


def read(reply: AIMessage, *, streamed: bool = False) -> dict[str, Any]:
    """The object in an answer, wherever the model put it.

    Args:
        reply: what came back.
        streamed: it came in pieces. Then it has to say that it is at its end: the library mends JSON that breaks off,
            and half a plan would pass for a whole one.

    Raises:
        ModelFailure: "refused", "truncated", "too_much" or "nonsense".
    """
    finished = reply.response_metadata.get("finish_reason") or reply.response_metadata.get("stop_reason")
    refusal = reply.additional_kwargs.get("refusal")
    if refusal or finished in ("content_filter", "refusal", "safety", "SAFETY"):
        raise ModelFailure("refused", quoted(str(refusal or finished)))
    if finished in ("length", "max_tokens", "MAX_TOKENS"):
        raise ModelFailure("too_much", "max_output says how long it may be")
    text = said(reply).strip()
    if not finished and (streamed or _cut_off(text)):
        raise ModelFailure("truncated", "the answer ends in the middle")
    found = first_object(text)
    if found is None:
        raise ModelFailure("nonsense", f"no JSON object in {quoted(text, 80)!r}" if text else "an empty answer")
    return found


def first_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in a text, or None; fences and words around it do not matter."""
    start = text.find("{")
    if start < 0 or len(text) > MAX_REPLY:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _cut_off(text: str) -> bool:
    """Whether it begins an object and does not end it."""
    return "{" in text and first_object(text) is None


def _tokens(usage: Mapping[str, Any] | None) -> tuple[int, int]:
    counted = usage or {}
    return int(counted.get("input_tokens", 0)), int(counted.get("output_tokens", 0))


def _tokens_of(error: Exception) -> tuple[int, int]:
    """What an answer cost that a library refused to hand over, as the one that reached its longest length."""
    usage = getattr(getattr(error, "completion", None), "usage", None)
    return int(getattr(usage, "prompt_tokens", 0)), int(getattr(usage, "completion_tokens", 0))


def within(seconds: float, work: Callable[[], AIMessage], stop: Callable[[], None] = never) -> AIMessage:
    """The result of `work`, or a "timeout" once `seconds` are over, whatever it is waiting for.

    A library's own time-out counts from the last byte, so that an endpoint that dribbles is waited for without end,
    and a wait in the main thread does not see that the user asked to stop.
    """
    box: list[AIMessage | Exception] = []

    def run() -> None:
        try:
            box.append(work())
        except Exception as error:
            box.append(error)

    thread = threading.Thread(target=run, daemon=True, name="language-model")
    thread.start()
    until = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < until:
        stop()
        thread.join(_POLL)
    if not box:
        raise ModelFailure("timeout", f"nothing within {seconds:g} s")
    if isinstance(box[0], Exception):
        raise box[0]
    return box[0]


def _sleep(seconds: float, stop: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stop()
        time.sleep(min(left, _POLL))
