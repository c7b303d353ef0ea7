"""What can go wrong with a language model, by name, whatever library and provider stand behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from langchain_core import exceptions as lc

from exoactor.types import ExoActorError

QUOTED = 200
"""Text from outside is quoted up to this length [characters]."""

CODES: Final = {
    "rate_limited": "the endpoint answered 429: too many requests, or no credit left",
    "server_error": "the endpoint answered 5xx",
    "timeout": "no answer in time",
    "unreachable": "no connection to the endpoint, or it broke off",
    "unauthorized": "the key was not accepted",
    "not_found": "the endpoint does not know the model or the address",
    "bad_request": "the endpoint refused the request",
    "too_long": "the request is longer than the model can read",
    "refused": "the model declined to answer",
    "truncated": "the answer was cut off",
    "too_much": "the answer is longer than it may be",
    "nonsense": "the answer is not what was asked for",
    "budget_spent": "the limit on calls, tokens, seconds or money is reached",
    "no_model": "the model cannot be made: its package is missing, its settings are wrong, or its file cannot be run",
}
RETRIED = frozenset({"rate_limited", "server_error", "timeout", "unreachable", "truncated"})
"""A moment later the same request may succeed."""
ANOTHER_WAY = frozenset({"bad_request", "nonsense"})
"""The endpoint may not know this way of asking for structured output; another may do."""

_BY_CLASS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (lc.ContextOverflowError, "too_long"),
    (lc.ModelAuthenticationError, "unauthorized"),
    (lc.ModelPermissionDeniedError, "unauthorized"),
    (lc.ModelNotFoundError, "not_found"),
    (lc.ModelRateLimitError, "rate_limited"),
    (lc.ModelTimeoutError, "timeout"),
    (lc.ModelConnectionError, "unreachable"),
    (lc.ModelAPIError, "server_error"),
    (lc.ModelInvalidRequestError, "bad_request"),
    (TimeoutError, "timeout"),
    (ConnectionError, "unreachable"),
    (json.JSONDecodeError, "truncated"),
)
_BY_STATUS: Final = {401: "unauthorized", 403: "unauthorized", 404: "not_found", 408: "timeout", 429: "rate_limited"}
_BY_NAME: Final = {
    "APITimeoutError": "timeout",
    "ReadTimeout": "timeout",
    "APIConnectionError": "unreachable",
    "RemoteProtocolError": "unreachable",
    "ReadError": "unreachable",
    "LengthFinishReasonError": "too_much",
    "OutputParserException": "nonsense",
    "OpenAIRefusalError": "refused",
    "ContentFilterFinishReasonError": "refused",
    "NotImplementedError": "bad_request",
}
"""Classes that are known by name, so that no provider's package has to be there."""


class ModelFailure(ExoActorError):
    """A language model gave nothing usable. The planner goes on without it: to the parser's answer, or to a person.

    Args:
        code: one of `CODES`.
        detail: what was seen, quoted and without secrets.
        after: how long the endpoint asks to wait [s]; 0 when it does not say.
    """

    def __init__(self, code: str, detail: str = "", after: float = 0.0) -> None:
        if code not in CODES:
            raise ValueError(f"code {code!r} is not one of {', '.join(CODES)}")
        super().__init__(f"{CODES[code]}" + (f" ({detail})" if detail else ""))
        self.code = code
        self.detail = detail
        self.after = after


def failure_of(error: Exception, secrets: Iterable[str] = ()) -> ModelFailure:
    """The failure that an exception of a chat model stands for.

    Args:
        error: whatever the model raised.
        secrets: texts that must not be repeated, the key first of all.
    """
    if isinstance(error, ModelFailure):
        return error
    code = _code(error)
    # What an endpoint says about a key may hold a part of it.
    detail = "" if code == "unauthorized" else quoted(without_secrets(str(error), secrets))
    return ModelFailure(code, detail, _retry_after(error))


def _code(error: Exception) -> str:
    names = [kind.__name__ for kind in type(error).__mro__]
    for name in names:
        if name in _BY_NAME:
            return _BY_NAME[name]
    for kind, code in _BY_CLASS:
        if isinstance(error, kind):
            return code
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _BY_STATUS.get(status, "server_error" if status >= 500 else "bad_request")
    return "nonsense"


def _retry_after(error: Exception) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(float(headers.get("retry-after", 0.0)), 0.0)
    except (TypeError, ValueError):
        return 0.0


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with keys, and what looks like one, put out of sight."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return re.sub(r"(?i)(bearer\s+|\bsk-|\bkey-)[\w.*-]{6,}", r"\1***", text)


def quoted(text: str, most: int = QUOTED) -> str:
    """Text from outside on one line: without control characters, so that it cannot steer a terminal, and not long."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
