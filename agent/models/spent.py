"""What was spent on language models, as the journal has it; needs no model and no library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

CALLED = "model_called"
"""Journal event of one request to a language model."""
SAW = "model_saw"
"""Journal event of one answer about pictures."""


@dataclass(frozen=True)
class Spent:
    """Args: requests; tokens read and written; waiting [s]; money, None when no price is known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    money: float | None = None

    @classmethod
    def of(cls, calls: Iterable[Mapping[str, Any]]) -> Spent:
        """The sum of recorded calls."""
        made = list(calls)
        prices = [c["money"] for c in made if c.get("money") is not None]
        return cls(
            len(made),
            sum(int(c.get("tokens_in", 0)) for c in made),
            sum(int(c.get("tokens_out", 0)) for c in made),
            round(sum(float(c.get("seconds", 0.0)) for c in made), 3),
            round(sum(prices), 6) if prices else None,
        )

    def to_json(self) -> dict[str, Any]:
        """For the summary of a run."""
        return asdict(self)
