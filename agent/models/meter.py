"""What language models cost, counted while it is spent, and the limits that code enforces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agent.models.config import ModelCfg
from agent.models.failures import ModelFailure
from agent.models.spent import Spent

Record = Callable[[dict[str, Any]], None]
"""Is given every call as it ends: purpose, way, code, seconds, tokens_in, tokens_out, money, request, reply."""


class Meter:
    """Counts calls and refuses the one that would go beyond a limit.

    Args:
        cfg: prices and limits.
        before: calls that this run made earlier, also in other processes.
        record: told of each call as it ends.
    """

    def __init__(self, cfg: ModelCfg, before: Iterable[Mapping[str, Any]] = (), record: Record | None = None) -> None:
        self.cfg = cfg
        self._calls = list(before)
        self._record = record

    @property
    def spent(self) -> Spent:
        """So far."""
        return Spent.of(self._calls)

    def seconds_left(self) -> float:
        """For answers [s].

        Raises:
            ModelFailure: "budget_spent", when any of the limits is reached.
        """
        spent, limits = self.spent, self.cfg.limits
        for name, used, limit in (
            ("calls", spent.calls, limits.calls),
            ("tokens", spent.tokens_in + spent.tokens_out, limits.tokens),
            ("seconds", spent.seconds, limits.seconds),
            ("money", spent.money, limits.money),
        ):
            if limit is not None and used is not None and used >= limit:
                raise ModelFailure("budget_spent", f"{used:g} of {limit:g} {name} are used")
        return limits.seconds - spent.seconds

    def add(self, call: dict[str, Any]) -> None:
        """Count a call, and tell of it."""
        cfg = self.cfg
        money = None
        if cfg.price_in is not None and cfg.price_out is not None:
            money = (call["tokens_in"] * cfg.price_in + call["tokens_out"] * cfg.price_out) / 1e6
        call = {**call, "money": money}
        self._calls.append({k: call[k] for k in ("tokens_in", "tokens_out", "seconds", "money")})
        if self._record is not None:
            self._record(call)
