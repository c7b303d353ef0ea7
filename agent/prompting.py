"""What is said to language models, from the templates in `prompts/`: sandboxed, and a missing value is an error."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import prompts
from exoactor.types import ConfigError


def render(template: str, **values: Any) -> str:
    """A packaged template with these values filled in.

    Raises:
        ConfigError: the template is not there.
        jinja2.UndefinedError: a value is missing.
    """
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    return environment.from_string(_source(template)).render(**values)


def as_data(value: Any) -> str:
    """JSON on one line, in ASCII: whatever stands in it cannot end the text it is put into."""
    return json.dumps(value, ensure_ascii=True, separators=(", ", ": "))


@cache
def _source(template: str) -> str:
    # a namespace package of an editable install lists a place that is no folder, which importlib.resources refuses
    for folder in prompts.__path__:
        path = Path(folder) / template
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise ConfigError(f"the template {template} is missing from the installed package 'prompts'; reinstall exoactor")
