import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core import exceptions as lc

from agent.models.failures import CODES, QUOTED, ModelFailure, failure_of, quoted, without_secrets


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (lc.ModelRateLimitError("x"), "rate_limited"),
        (lc.ModelAPIError("x"), "server_error"),
        (lc.ModelTimeoutError("x"), "timeout"),
        (lc.ModelConnectionError("x"), "unreachable"),
        (lc.ModelAuthenticationError("x"), "unauthorized"),
        (lc.ModelNotFoundError("x"), "not_found"),
        (lc.ContextOverflowError("x"), "too_long"),
        (lc.OutputParserException("x"), "nonsense"),
        (TimeoutError("x"), "timeout"),
        (ConnectionResetError("x"), "unreachable"),
        (KeyError("choices"), "nonsense"),
        (type("Odd", (Exception,), {"status_code": 529})("x"), "server_error"),
        (type("Odd", (Exception,), {"status_code": 402})("x"), "bad_request"),
    ],
)
def test_every_providers_errors_have_the_same_names(error, code):
    assert failure_of(error).code == code
    assert code in CODES


def test_a_key_is_told_in_no_error():
    key = "abcd1234-very-secret"
    said = failure_of(ValueError(f"url with {key} and Bearer {key} and sk-proj-1234567890abcdef"), [key])
    assert key not in str(said) and "1234567890" not in str(said)
    assert not failure_of(lc.ModelAuthenticationError("Incorrect API key provided: abcd****cret"), [key]).detail


def test_an_unknown_code_is_a_mistake():
    with pytest.raises(ValueError, match="tired"):
        ModelFailure("tired")


@given(st.text(max_size=600))
def test_quoted_text_cannot_steer_a_terminal(text):
    said = quoted(text)
    assert len(said) <= QUOTED
    assert said.isprintable()


def test_short_secrets_do_not_blot_out_everything():
    assert without_secrets("a cat", ("a",)) == "a cat"
