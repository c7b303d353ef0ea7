"""Which language model a command uses, and what is said of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.output import Output
from agent.models.spent import Spent
from exoactor.types import ConfigError

if TYPE_CHECKING:
    from exoactor.types import Scene
    from exoactor.world.scene_file import SceneSpec

ModelName = Annotated[
    str | None, typer.Option("--model", help="Language model, asked where the parser abstains; or EXOACTOR_MODEL.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="OpenAI-compatible endpoint of it; or EXOACTOR_BASE_URL.")
]
GgufFile = Annotated[
    str | None, typer.Option("--gguf", help="Or a file of weights, which this machine runs; or EXOACTOR_MODEL_GGUF.")
]

CheckByModel = Annotated[
    str | None,
    typer.Option(
        help="Let it look at outcomes and imagined videos too, to flag, veto or (where a skill allows) confirm; or off."
    ),
]


def model_config(
    model: str | None, base_url: str | None, gguf: str | None, check: str | None = None
) -> dict[str, Any] | None:
    """The settings of the model that options, environment and file name, without its key; None if none is named.

    Raises:
        ConfigError: settings that cannot be used, or a check without a model.
    """
    from agent.models.config import MODEL, ModelCfg, find_model

    found = find_model(model, base_url, gguf=gguf)
    if found is None and check not in (None, "off"):
        raise ConfigError(f"--check-by-model {check}: no language model is configured; give --model, or set {MODEL}")
    if found is None or check is None:
        return None if found is None else found.to_json()
    return ModelCfg.from_json({**found.to_json(), "check": check}).to_json()


def look_once(spec: SceneSpec) -> Scene | None:
    """The room of a scene file as it is perceived; None where it cannot be seen."""
    from exoactor import assets
    from exoactor.pipeline import SimPipeline
    from exoactor.types import StageError

    if any(state.state != "ok" for state in assets.check()):
        return None
    with tempfile.TemporaryDirectory(prefix="exoactor-look-") as folder:
        pipeline = SimPipeline(spec)
        try:
            return pipeline.observe(Path(folder))
        except StageError:
            return None
        finally:
            pipeline.close()


def costs(calls: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What calls cost together, as in the summary of a run; None for none."""
    return Spent.of(calls).to_json() if calls else None


def say_costs(output: Output, spent: Mapping[str, Any] | None) -> None:
    """Say what was spent on a language model, if one was asked, and of what."""
    if not spent or not spent["calls"]:
        return
    limits = spent.get("limits", {})
    told = [
        f"{spent['calls']}{_of(limits, 'calls')} calls",
        f"{spent['tokens_in']} + {spent['tokens_out']}{_of(limits, 'tokens')} tokens",
        f"{spent['seconds']:.1f}{_of(limits, 'seconds')} s",
    ]
    if spent["money"] is not None:
        told.append(f"{spent['money']:.4f}{_of(limits, 'money')} paid")
    output.say(f"language model: {', '.join(told)}")


def _of(limits: Mapping[str, Any], name: str) -> str:
    return f" of {limits[name]:g}" if limits.get(name) is not None else ""
