"""Which language model and which memory a command uses, and what is said of the model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.output import Output
from agent.cli.remembering import memory_file
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


@dataclass(frozen=True)
class Mind:
    """What thinks beside the parser and what is remembered, as the options of a command name them.

    Args:
        model: see `ModelName`.
        base_url: see `BaseUrl`.
        gguf: see `GgufFile`.
        memory: see `MemoryFile`.
    """

    model: str | None
    base_url: str | None
    gguf: str | None
    memory: str | None = None

    def settings(self, check: str | None = None) -> dict[str, Any] | None:
        """Of the model that options, environment and file name, without its key; None if none is named.

        Args:
            check: see `CheckByModel`.

        Raises:
            ConfigError: settings that cannot be used, or a check without a model.
        """
        from agent.models.config import MODEL, ModelCfg, find_model

        found = find_model(self.model, self.base_url, gguf=self.gguf)
        if found is None and check not in (None, "off"):
            raise ConfigError(
                f"--check-by-model {check}: no language model is configured; give --model, or set {MODEL}"
            )
        if found is None or check is None:
            return None if found is None else found.to_json()
        return ModelCfg.from_json({**found.to_json(), "check": check}).to_json()

    def memory_file(self) -> str | None:
        """See `remembering.memory_file`."""
        return memory_file(self.memory)


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
