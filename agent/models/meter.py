"""What language models cost, counted while it is spent, and the limits that code enforces."""

from __future__ import annotations

from typing import Any

from agent.models.calls import UNTOLD, Calls
from agent.models.config import ModelCfg
from agent.models.failures import ModelFailure
from agent.models.spent import Spent


class Meter:
    """Counts calls and refuses the one that would go beyond a limit.

    Args:
        cfg: prices and limits.
        calls: of the run so far, and who is told of those to come.
    """

    def __init__(self, cfg: ModelCfg, calls: Calls = UNTOLD) -> None:
        self.cfg, self.calls = cfg, calls
        self._made = list(calls.before)

    @property
    def spent(self) -> Spent:
        """So far."""
        return Spent.of(self._made)

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
        self._made.append({k: call[k] for k in ("tokens_in", "tokens_out", "seconds", "money")})
        if self.calls.record is not None:
            self.calls.record(call)
