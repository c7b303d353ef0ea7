"""Which language model is used: options, environment and a file say so; no name of a model is in the code."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

import yaml
from platformdirs import user_config_path

from exoactor.types import ConfigError

Way = Literal["json_schema", "tools", "json"]
"""How structured output is asked for: by JSON schema, as the arguments of a tool, or as JSON in the text."""
WAYS: Final[tuple[Way, ...]] = get_args(Way)

Power = Literal["off", "flag", "veto", "confirm"]
"""What a model that looks at outcomes and imagined videos may do: nothing, say what it sees, besides turn `done` into
`cannot_tell` and refuse videos, besides settle what measuring cannot tell where the skill allows it."""
POWERS: Final[tuple[Power, ...]] = get_args(Power)

MODEL, BASE_URL, API_KEY = "EXOACTOR_MODEL", "EXOACTOR_BASE_URL", "EXOACTOR_API_KEY"
GGUF = "EXOACTOR_MODEL_GGUF"
STRUCTURED, FILE, TRACING = "EXOACTOR_STRUCTURED", "EXOACTOR_MODEL_CONFIG", "EXOACTOR_TRACING"
NO_MODEL = "none"


@dataclass(frozen=True)
class ModelLimits:
    """What one run may spend on language models.

    Args:
        calls: requests, those that fail included.
        tokens: read and written, as the endpoint counts them.
        seconds: waiting for answers, wall time [s].
        money: in the currency of the prices; None for no limit. Needs prices.
    """

    calls: int = 12
    tokens: int = 60_000
    seconds: float = 300.0
    money: float | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value is None and name == "money":
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise ConfigError(f"limits: {name}: {value!r} given, a number above 0 wanted")


@dataclass(frozen=True)
class ModelCfg:
    """A language model and how it is talked to. The key is not part of it.

    Args:
        model: name at the endpoint, or with its provider ("PROVIDER:NAME") where no address is given; of a file, its
            own by default.
        base_url: of an OpenAI-compatible endpoint, e.g. "http://127.0.0.1:8080/v1"; empty for a provider's own.
        structured: "auto" tries "json_schema", "tools" and "json" in this order and stays with what worked.
        temperature: of sampling; None where the model takes none.
        timeout: for one answer [s].
        retries: of a request that failed in a way that may pass.
        retry_delay: before the first retry; doubled each time [s].
        corrections: how often the errors of a plan, or of a prompt's words, are sent back.
        prompts: it also words the prompts of videos, which costs a call an attempt.
        max_output: longest answer [tokens].
        check: what it may do with verdicts and videos that it is shown pictures of; "off" shows it none.
        stream: receive the answer piece by piece, for slow endpoints behind impatient proxies.
        price_in, price_out: of a million tokens read, written; None for unknown.
        limits: what a run may spend.
        gguf: path of a file of weights, which this machine runs; there is no address then.
        sha256: of that file; another one is not loaded. Empty for any.
        mmproj: path of its projector, for models that take pictures.
    """

    model: str
    base_url: str = ""
    structured: Literal["auto", "json_schema", "tools", "json"] = "auto"
    temperature: float | None = 0.0
    timeout: float = 60.0
    retries: int = 2
    retry_delay: float = 1.0
    corrections: int = 2
    prompts: bool = False
    max_output: int = 2000
    check: Power = "off"
    stream: bool = False
    price_in: float | None = None
    price_out: float | None = None
    limits: ModelLimits = field(default_factory=ModelLimits)
    gguf: str = ""
    sha256: str = ""
    mmproj: str = ""

    def __post_init__(self) -> None:
        if not self.model or any(c.isspace() or not c.isprintable() for c in self.model):
            raise ConfigError(f"model: {self.model!r} given; its name at the endpoint is wanted, without spaces")
        address = urlsplit(self.base_url)
        if self.base_url and (address.scheme not in ("http", "https") or not address.hostname):
            raise ConfigError(f"base_url: {self.base_url!r} given, http://HOST/... or https://HOST/... wanted")
        if address.username or address.password or address.query:
            raise ConfigError(f"base_url: no user, password or query belongs into it; the key goes into {API_KEY}")
        if self.gguf and self.base_url:
            raise ConfigError(
                "gguf and base_url are both given: a file is run here and has no address. Give one of them"
            )
        if not self.gguf and (self.sha256 or self.mmproj):
            raise ConfigError("sha256 and mmproj belong to a file of weights, and gguf does not say which")
        if self.sha256 and not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ConfigError(f"sha256: {self.sha256!r} given, 64 digits of 0-9 and a-f wanted")
        if self.structured not in ("auto", *WAYS):
            raise ConfigError(f"structured: {self.structured!r} given, one of auto, {', '.join(WAYS)} wanted")
        if self.check not in POWERS:
            raise ConfigError(f"check: {self.check!r} given, one of {', '.join(POWERS)} wanted")
        for name, least in (
            ("timeout", 0.1),
            ("retries", 0),
            ("retry_delay", 0),
            ("corrections", 0),
            ("max_output", 1),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < least:
                raise ConfigError(f"{name}: {value!r} given, a number from {least} on wanted")
        if not isinstance(self.prompts, bool):
            raise ConfigError(f"prompts: {self.prompts!r} given, true or false wanted")
        if self.limits.money is not None and (self.price_in is None or self.price_out is None):
            raise ConfigError("limits: money is limited but price_in and price_out are not given")

    def to_json(self) -> dict[str, Any]:
        """For job.json; there is no key in it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**plain, "limits": vars(self.limits)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], where: str = "model") -> ModelCfg:
        """Inverse of `to_json`; also reads the file of settings.

        Raises:
            ConfigError: unknown or wrong settings.
        """
        known, inside = {f.name for f in fields(cls)}, {f.name for f in fields(ModelLimits)}
        limits = data.get("limits") or {}
        if not isinstance(limits, Mapping):
            raise ConfigError(f"{where}: limits: {limits!r} given, a mapping of {', '.join(sorted(inside))} wanted")
        wrong = sorted({*data} - known) + sorted(f"limits.{name}" for name in {*limits} - inside)
        if wrong:
            raise ConfigError(f"{where}: {', '.join(wrong)} unknown; there are: {', '.join(sorted(known))}")
        if "model" not in data:
            if not data.get("gguf"):
                raise ConfigError(f"{where}: the name of the model is missing (model: NAME)")
            data = {**data, "model": "-".join(Path(str(data["gguf"])).stem.split())}
        data = {**data, **{name: str(data.get(name) or "") for name in ("gguf", "sha256", "mmproj")}}
        if data.get("check") is False:  # YAML reads a plain off as false
            data = {**data, "check": "off"}
        return cls(**{**data, "model": str(data["model"]), "limits": ModelLimits(**limits)})


def find_model(
    model: str | None = None,
    base_url: str | None = None,
    environment: Mapping[str, str] = os.environ,
    gguf: str | None = None,
) -> ModelCfg | None:
    """The model that options, environment and the file of settings name, in this order; None if none does.

    "none" is no model, also where a later one of them names one. A path is relative to the working directory, in the
    file of settings to that file's folder.

    Args:
        model: as given on the command line.
        base_url: likewise.
        environment: EXOACTOR_MODEL, EXOACTOR_BASE_URL, EXOACTOR_MODEL_GGUF, EXOACTOR_STRUCTURED, EXOACTOR_MODEL_CONFIG.
        gguf: as given on the command line.

    Raises:
        ConfigError: settings that cannot be used, or an address without a model.
    """
    settings, path = _file(environment)
    settings = _absolute({k: v for k, v in settings.items() if k != "api_key"}, path.parent)
    settings = _over(
        settings,
        model=environment.get(MODEL),
        base_url=environment.get(BASE_URL),
        gguf=environment.get(GGUF),
        structured=environment.get(STRUCTURED),
    )
    settings = _over(settings, model=model, base_url=base_url, gguf=gguf)
    if not settings or settings.get("model") == NO_MODEL:
        return None
    if "model" not in settings and "gguf" not in settings:
        raise ConfigError(f"a language model's address is given but not its name. Set {MODEL}, or give --model NAME")
    return ModelCfg.from_json(settings, str(path))


def _over(settings: Mapping[str, Any], **said: str | None) -> dict[str, Any]:
    """What is said over what was set before: a file of weights takes the place of an endpoint, and the other way."""
    given = _absolute({k: v for k, v in said.items() if v}, Path.cwd())
    replaced = {"gguf", "sha256", "mmproj"} if given.keys() & {"model", "base_url", "gguf"} else set()
    replaced |= {"model", "base_url"} if "gguf" in given else set()
    return {**{k: v for k, v in settings.items() if k not in replaced}, **given}


def _absolute(settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    paths = {k: str(folder / Path(v).expanduser()) for k in ("gguf", "mmproj") if (v := settings.get(k))}
    return {**settings, **paths}


def find_key(environment: Mapping[str, str] = os.environ) -> str:
    """The key, from EXOACTOR_API_KEY or the file of settings (api_key); empty when there is none."""
    return environment.get(API_KEY) or str(_file(environment)[0].get("api_key") or "")


def settings_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of settings: EXOACTOR_MODEL_CONFIG, else model.yaml in the user's configuration folder."""
    return Path(environment.get(FILE) or user_config_path("exoactor") / "model.yaml")


def _file(environment: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    path = settings_path(environment)
    if not path.is_file():
        if environment.get(FILE):
            raise ConfigError(f"{FILE}: {path} is not a file")
        return {}, path
    try:
        data = yaml.safe_load(path.read_text()) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        # The parser's message quotes the text, which may hold a key.
        raise ConfigError(f"{path} cannot be read as YAML ({type(error).__name__})") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: settings by name are wanted, e.g. model: NAME")
    return data, path


def patient(cfg: ModelCfg, seconds: float) -> ModelCfg:
    """The same model, asked once and for so long [s]; for trying it out."""
    return replace(cfg, timeout=seconds, retries=0, max_output=min(cfg.max_output, 300))
