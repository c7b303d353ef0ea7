"""What a task script is once it is checked: its steps, and what they come to with all repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.conditions import Condition
from agent.decide import Budgets
from agent.plan import Subtask
from exoactor.world.scene_file import SceneSpec

KINDS = ("say", "do", "checkpoint", "expect", "repeat")


@dataclass(frozen=True)
class Step:
    """One step of a script.

    Args:
        kind: one of `KINDS`.
        id: its place, e.g. "4.2", and in repeats the round, "4.2#3".
        line: of the file.
        text: what is said, or the checkpoint's name.
        subtask: what is done, for "do".
        when: it is left out unless all hold.
        expect: what has to hold afterwards; for "say" and "do" that it was achieved, unless another outcome is named.
        times: rounds of a "repeat".
        steps: those that are repeated.
        budgets: of the step; None for those of the script.
    """

    kind: str
    id: str
    line: int
    text: str = ""
    subtask: Subtask | None = None
    when: tuple[Condition, ...] = ()
    expect: tuple[Condition, ...] = ()
    times: int = 1
    steps: tuple[Step, ...] = ()
    budgets: Budgets | None = None

    def __str__(self) -> str:
        if self.kind == "say":
            return f"say: {self.text}"
        if self.kind == "do":
            return f"do: {self.subtask}"
        if self.kind == "repeat":
            return f"repeat {self.times} times"
        return f"{self.kind}: {self.text or ', '.join(map(str, self.expect))}"

    def rounds(self) -> Iterator[tuple[Step, ...]]:
        """The repeated steps, once a round, each with the round in its id."""
        for number in range(1, self.times + 1):
            yield tuple(step.in_round(number) for step in self.steps)

    def in_round(self, number: int) -> Step:
        """The step in a round of the repeat around it."""
        inner = tuple(step.in_round(number) for step in self.steps)
        return replace(self, id=f"{self.id}#{number}", steps=inner)

    def count(self) -> int:
        """How many steps it comes to."""
        return self.times * sum(step.count() for step in self.steps) if self.kind == "repeat" else 1


@dataclass(frozen=True)
class Script:
    """A checked script.

    Args:
        name: of the script.
        about: one sentence for people.
        spec: the scene.
        seed: of the first step.
        budgets: of each step; the seconds are those of the whole script [s].
        go_on: after a step that did not come out as expected; else the script ends there.
        steps: in order.
        text: the YAML as read.
    """

    name: str
    about: str
    spec: SceneSpec
    seed: int
    budgets: Budgets
    go_on: bool
    steps: tuple[Step, ...]
    text: str
