"""A language-model endpoint with a script: a real HTTP server on this machine that answers what it was told to.

It speaks the OpenAI chat protocol, also badly: errors, silence, answers and streams that break off, models that know
only some ways of giving structured output. Benchmarks and tests talk to it over a real socket.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Speaks = Literal["json_schema", "tools", "json"]


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    Args:
        content: what the model says: a dict as JSON, or a text as it is.
        status: HTTP status; other than 200 it is an error and `content` its message.
        refusal: the model declines with these words.
        finish: finish_reason.
        wait: before anything is sent [s].
        cut: send only so many bytes of the body and hang up; None sends all.
        headers: further ones.
    """

    content: Any = ""
    status: int = 200
    refusal: str = ""
    finish: str | None = "stop"
    wait: float = 0.0
    cut: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Endpoint:
    """A running endpoint.

    Args:
        replies: in order, or a function of the request's body. A request beyond the script is answered 599.
        speaks: ways of asking for structured output it knows; another is answered 400, as servers do.
        requests: bodies received, in order.
        headers: of the requests.
        url: base URL.
    """

    replies: Sequence[Reply] | Callable[[dict[str, Any]], Reply]
    speaks: tuple[Speaks, ...] = ("json_schema", "tools", "json")
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def next(self, body: dict[str, Any]) -> Reply:
        """The answer to a request; what it does not know how to do is not taken from the script."""
        way = way_asked(body)
        if way not in self.speaks:
            return Reply(f"{'response_format' if way == 'json_schema' else 'tools'} is not supported", 400)
        if callable(self.replies):
            return self.replies(body)
        number = sum(way_asked(r) in self.speaks for r in self.requests) - 1
        return self.replies[number] if number < len(self.replies) else Reply("the script is at its end", 599)


def way_asked(body: dict[str, Any]) -> Speaks:
    """How a request asks for structured output."""
    if "response_format" in body:
        return "json_schema"
    return "tools" if "tools" in body else "json"


@contextmanager
def serving(
    replies: Sequence[Reply] | Callable[[dict[str, Any]], Reply],
    speaks: tuple[Speaks, ...] = ("json_schema", "tools", "json"),
) -> Iterator[Endpoint]:
    """An endpoint on a free port of the loopback interface, for the length of the block."""
    endpoint = Endpoint(replies, speaks)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            endpoint.requests.append(body)
            endpoint.headers.append({k.lower(): v for k, v in self.headers.items()})
            _answer(self, body, endpoint.next(body))

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, body: dict[str, Any], reply: Reply) -> None:
    time.sleep(reply.wait)
    stream = bool(body.get("stream")) and reply.status == 200
    payload = _stream(body, reply) if stream else json.dumps(_whole(body, reply)).encode()
    handler.close_connection = True
    try:
        handler.send_response(reply.status)
        handler.send_header("content-type", "text/event-stream" if stream else "application/json")
        if not stream:
            handler.send_header("content-length", str(len(payload)))
        handler.send_header("connection", "close")
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(payload if reply.cut is None else payload[: reply.cut])
        handler.wfile.flush()
    except (BrokenPipeError, ConnectionResetError):
        pass  # who asked did not wait


def _message(body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """The assistant's message, as a call of the tool where one was forced."""
    if reply.refusal:
        return {"role": "assistant", "content": None, "refusal": reply.refusal}
    text = reply.content if isinstance(reply.content, str) else json.dumps(reply.content)
    if way_asked(body) == "tools" and not isinstance(reply.content, str):
        function = {"name": body["tools"][0]["function"]["name"], "arguments": text}
        return {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call-1", "type": "function", "function": function}],
        }
    return {"role": "assistant", "content": text}


def _whole(body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    if reply.status != 200:
        return {"error": {"message": str(reply.content), "type": "scripted", "code": None}}
    message = _message(body, reply)
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return {**_head(body, "chat.completion"), "choices": [choice], "usage": usage}


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": body.get("model", "")}


def _stream(body: dict[str, Any], reply: Reply) -> bytes:
    """The message in pieces of some characters, as server-sent events."""
    message = _message(body, reply)
    text = message.get("content") or ""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": text[i : i + 16]} for i in range(0, len(text), 16)]
    if "tool_calls" in message:
        call: dict[str, Any] = message["tool_calls"][0]
        arguments = str(call["function"]["arguments"])
        deltas.append({"tool_calls": [{"index": 0, **call, "function": {**call["function"], "arguments": ""}}]})
        pieces = [arguments[i : i + 16] for i in range(0, len(arguments), 16)]
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in pieces]
    if reply.refusal:
        deltas.append({"refusal": reply.refusal})
    events: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    events.append({"index": 0, "delta": {}, "finish_reason": reply.finish or "stop"})
    head = _head(body, "chat.completion.chunk")
    lines = [f"data: {json.dumps({**head, 'choices': [e]})}\n\n" for e in events]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()
