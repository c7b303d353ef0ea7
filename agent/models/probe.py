"""What an endpoint can do, found by asking it: structured output in each way, tools, images. For `exoactor doctor`."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from agent.models.config import API_KEY, BASE_URL, GGUF, MODEL, WAYS, ModelCfg, find_key, find_model, patient
from agent.models.connect import structured
from agent.models.failures import ModelFailure
from agent.models.gguf import check_weights
from agent.models.meter import Meter
from exoactor.doctor import Part
from exoactor.types import ConfigError

SECONDS = 15.0
"""So long is waited for each answer [s]."""
_UNREACHED = frozenset({"unauthorized", "not_found", "unreachable", "timeout", "no_model"})
"""After these the other questions would go the same way."""

_SCHEMA = {
    "title": "sum",
    "description": "The sum of two numbers.",
    "type": "object",
    "properties": {"sum": {"type": "integer"}},
    "required": ["sum"],
    "additionalProperties": False,
}
_COLOUR = {
    "title": "colour",
    "description": "The colour of a picture.",
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}


def language_model() -> Iterable[Part]:
    """Try the configured endpoint. A machine without one is in order: the deterministic planner needs none."""
    try:
        cfg, key = find_model(), find_key()
        if cfg is not None and cfg.gguf:
            check_weights(cfg)
    except ConfigError as error:
        yield Part("language model", "broken", str(error), "mend the settings, or unset them to do without a model")
        return
    if cfg is None:
        mend = f"only if you want one: set {MODEL}, {BASE_URL} and {API_KEY}, or {GGUF}"
        yield Part("language model", "optional", "none is set; the deterministic planner needs none", mend)
        return
    where = f"{cfg.model} at {cfg.base_url or cfg.gguf or 'its provider'}"
    try:
        can = capabilities(cfg, key)
    except ModelFailure as failure:
        settings = GGUF if cfg.gguf else f"{MODEL}, {BASE_URL} and {API_KEY}"
        mend = f"look at {settings}; without it the deterministic planner works as before"
        yield Part("language model", "broken", f"{where}: {failure.code}, {failure}", mend)
        return
    told = ", ".join(f"{name} {'yes' if able else 'no'}" for name, able in can.items())
    if any(can[way] for way in WAYS):
        yield Part("language model", "ok", f"{where}: {told}")
    else:
        mend = "choose a model that can answer in JSON, or do without; the deterministic planner works as before"
        yield Part("language model", "broken", f"{where}: {told}", mend)
    if cfg.check != "off" and not can["images"]:
        mend = "choose a model that takes pictures, or check: off; what is measured decides as before"
        yield Part("check by model", "broken", f"check: {cfg.check}, but pictures were not answered as asked", mend)


def capabilities(cfg: ModelCfg, key: str = "", seconds: float = SECONDS) -> dict[str, bool]:
    """Which of json_schema, tools, json and images work, each tried once.

    Raises:
        ConfigError: a file of weights that cannot be run.
        ModelFailure: the endpoint cannot be reached or does not let us in.
    """
    found: dict[str, bool] = {}
    for way in WAYS:
        found[way] = _right(cfg, way, key, seconds, [HumanMessage("What is 19 + 23?")], _SCHEMA, _is_sum)
    way = next((w for w in WAYS if found[w]), "json")
    picture = HumanMessage(
        [
            {"type": "text", "text": "Which colour does this picture have?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(_red()).decode()}"}},
        ]
    )
    found["images"] = _right(cfg, way, key, seconds, [picture], _COLOUR, {"colour": "red"}.__eq__)
    return found


def _right(
    cfg: ModelCfg,
    way: str,
    key: str,
    seconds: float,
    messages: list[BaseMessage],
    schema: dict[str, object],
    fits: Callable[[dict[str, Any]], bool],
) -> bool:
    tried = ModelCfg.from_json({**patient(cfg, seconds).to_json(), "structured": way, "limits": {}})
    try:
        reply = structured(tried, key).ask(messages, schema, Meter(tried), "doctor")
    except ModelFailure as failure:
        if failure.code in _UNREACHED:
            raise
        return False
    return fits(reply)


def _is_sum(reply: dict[str, Any]) -> bool:
    """In the form that was asked for; whether a model can add is not the question."""
    return set(reply) == {"sum"} and isinstance(reply["sum"], int)


def _red(side: int = 32) -> bytes:
    """A red square as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\xe0\x10\x10" * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
