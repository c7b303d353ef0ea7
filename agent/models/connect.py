"""From a configuration to a chat model that can be asked."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from agent.models.config import ModelCfg
from agent.models.failures import ModelFailure, quoted, without_secrets

NO_KEY = "none"
"""Local endpoints want no key, but the client wants a text to send."""


def connect(cfg: ModelCfg, key: str = "") -> BaseChatModel:
    """A chat model; nothing is sent yet.

    With an address it is an OpenAI-compatible endpoint (hosted, vLLM, Ollama, llama.cpp). Without one the name says
    whose it is, as LangChain's `init_chat_model` reads it, and its package has to be installed.

    Raises:
        ModelFailure: "no_model", the package is missing or the settings do not suit it.
    """
    common: dict[str, Any] = {"timeout": cfg.timeout, "max_retries": 0}
    if cfg.temperature is not None:
        common["temperature"] = cfg.temperature
    try:
        if cfg.base_url:
            from langchain_openai import ChatOpenAI

            return ChatOpenAI(
                model=cfg.model,
                base_url=cfg.base_url,
                api_key=SecretStr(key or NO_KEY),
                use_responses_api=False,
                streaming=cfg.stream,
                max_completion_tokens=cfg.max_output,
                **common,
            )
        from langchain.chat_models import init_chat_model

        if key:
            common["api_key"] = key
        made: BaseChatModel = init_chat_model(cfg.model, max_tokens=cfg.max_output, **common)
        return made
    except Exception as error:  # each provider's class refuses its settings in its own way
        raise ModelFailure("no_model", f"{cfg.model}: {quoted(without_secrets(str(error), (key,)))}") from None
