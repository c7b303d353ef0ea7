"""Whether a hand is seen to close round what it takes, and to open when it lets go.

When a thing rises or comes to rest is read from the thing itself; the fingers are a second witness. Looks that follow
each other show the same hand from the same side, so a row of them counts for few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoactor.types import Array, Contact, Fingers, HandStates

OPEN, HALF, CLOSED = range(3)


@dataclass(frozen=True)
class FingersCfg:
    """What counts as agreeing.

    Args:
        before: hands are looked at from so long before they are at a thing [s] ...
        after: ... and for so long after they have let go of one [s].
        fewest: fewer looks that tell, while the thing is held or while it is not, say nothing.
        counts: so many looks count at most, however many there are.
        agree: probability that they are closed round the thing, and are not before or after, from which fingers agree.
        refuse: probability that they are stretched while they should be round the thing from which they surely do not
            agree, if ...
        large: the hand is no smaller [px]: at 17 px a closed one was once taken for an open one all along ...
        firm: and so many looks tell.
    """

    before: float = 1.0
    after: float = 0.8
    fewest: int = 4
    counts: float = 3.0
    agree: float = 0.7
    refuse: float = 0.95
    large: float = 20.0
    firm: int = 8


def span_of(contact: Contact, seconds: float, cfg: FingersCfg | None = None) -> tuple[float, float]:
    """First and last time at which the hand of a contact is worth looking at [s], of a clip of a length [s]."""
    cfg = cfg or FingersCfg()
    if contact.kind == "lift":
        return max(0.0, min(contact.reach, contact.begin - cfg.before)), min(contact.end, seconds)
    return contact.begin, seconds


def fingers_of(states: HandStates, contact: Contact, cfg: FingersCfg | None = None) -> Fingers:
    """What the looks at the hand of a contact say about it.

    Args:
        states: of the hand that takes the thing, or lets go of it.
        contact: of kind "lift" or "put_down".
        cfg: limits.
    """
    cfg = cfg or FingersCfg()
    lift = contact.kind == "lift"
    looks, pixels = states.letters(), float(np.median(states.pixels)) if len(states) else 0.0
    nothing = Fingers("cannot_tell", looks=looks, pixels=pixels)
    with_it = states.times >= contact.rise if lift else states.times <= contact.rise
    held = states.odds[states.told & with_it]
    if len(held) < cfg.fewest:
        return nothing
    stretched = _jointly(held, cfg)[OPEN]
    if stretched >= cfg.refuse and pixels >= cfg.large and len(held) >= cfg.firm:
        return Fingers("no", sure=float(stretched), looks=looks, pixels=pixels)
    change = _change(states.odds, opens=not lift)
    earlier, later = (states.odds[part & states.told] for part in (_first(states, change), ~_first(states, change)))
    if min(len(earlier), len(later)) < cfg.fewest:
        return nothing
    free, closed = (_jointly(part, cfg) for part in ((earlier, later) if lift else (later, earlier)))
    sure = float(min(1.0 - free[CLOSED], closed[CLOSED]))
    if sure < cfg.agree:
        return nothing
    return Fingers("yes", float(states.times[change]), sure, looks, pixels)


def _jointly(odds: Array, cfg: FingersCfg) -> Array:
    """(3,) probabilities of one state during looks (N, 3) that repeat each other."""
    mean = np.log(np.maximum(odds, 1e-3)).mean(0) * min(cfg.counts, len(odds))
    joint = np.exp(mean - mean.max())
    return np.asarray(joint / joint.sum())


def _first(states: HandStates, change: int) -> Array:
    """(N,) whether a look comes before that of an index."""
    return np.arange(len(states)) < change


def _change(odds: Array, *, opens: bool) -> int:
    """Index from which looks (N, 3) are best explained as closed after they were not, or the other way round.

    Looks that tell nothing by themselves count here by what little they say: the change is often among them.
    """
    closed = np.clip(odds[:, CLOSED], 1e-3, 1 - 1e-3)
    leans = np.log(closed / (1 - closed)) - np.log(0.5)  # one state of three
    gain = np.concatenate([[0.0], np.cumsum(leans if opens else -leans)])
    return int(np.argmax(2 * gain - gain[-1]))
