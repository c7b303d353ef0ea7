"""From a configuration to a chat model that can be asked, and to whatever asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from agent.models.config import ModelCfg, find_key
from agent.models.failures import ModelFailure, quoted, without_secrets
from agent.models.gguf import check_weights
from agent.models.local import running
from agent.models.structured import Structured
from exoactor.types import ConfigError

Made = TypeVar("Made")

NO_KEY = "none"
"""Local endpoints want no key, but the client wants a text to send."""


def connect(cfg: ModelCfg, key: str = "", *, direct: bool = False) -> BaseChatModel:
    """A chat model; nothing is sent yet.

    With an address it is an OpenAI-compatible endpoint (hosted, vLLM, Ollama, llama.cpp). Without one the name says
    whose it is, as LangChain's `init_chat_model` reads it, and its package has to be installed.

    Args:
        cfg: which model.
        key: for the endpoint.
        direct: through no proxy, whatever the environment names.

    Raises:
        ModelFailure: "no_model", the package is missing or the settings do not suit it.
    """
    common: dict[str, Any] = {"timeout": cfg.timeout, "max_retries": 0}
    if cfg.temperature is not None:
        common["temperature"] = cfg.temperature
    try:
        if cfg.base_url:
            from langchain_openai import ChatOpenAI

            if direct:
                import httpx2

                common |= {"http_client": httpx2.Client(trust_env=False), "openai_proxy": None}
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


def structured(cfg: ModelCfg, key: str = "", chat: BaseChatModel | None = None) -> Structured:
    """The model as a source of JSON objects; `chat` is taken where it is not to be made from `cfg`.

    Raises:
        ConfigError: a file of weights that cannot be run.
        ModelFailure: "no_model".
    """
    if cfg.gguf and chat is None:
        return Local(cfg)
    return Structured(chat if chat is not None else connect(cfg, key), cfg, (key,))


class Local(Structured):
    """A model in a file. Its process is started when it is first asked, and again where it died.

    Raises:
        ConfigError: the file cannot be run.
    """

    def __init__(self, cfg: ModelCfg) -> None:
        check_weights(cfg)
        super().__init__(None, cfg)

    def reach(self, stop: Callable[[], None]) -> BaseChatModel:
        """The model, loaded; waiting for that is not counted."""
        server = running(self.cfg, stop)
        if self.chat is None or server.key not in self.secrets:
            cfg = replace(self.cfg, base_url=server.url, gguf="", sha256="", mmproj="")
            self.chat = connect(cfg, server.key, direct=True)
            self.secrets, self.about = (server.key,), {"sha256": server.sha256}
        return self.chat


def of_job(make: Callable[[ModelCfg, str], Made], config: Mapping[str, Any], key: str | None = None) -> Made:
    """What asks the model of a job: its planner, its eyes, its writer.

    Args:
        make: of the settings and the key.
        config: a `ModelCfg` as in job.json.
        key: for the endpoint; by default from the environment or the file of settings.

    Raises:
        ConfigError: settings that cannot be used, or the model cannot be made.
    """
    cfg = ModelCfg.from_json(config)
    try:
        return make(cfg, find_key() if key is None else key)
    except ModelFailure as failure:
        raise ConfigError(f"language model: {failure}") from None
