"""Task scripts are YAML: read and checked as a whole before anything moves, every problem named with its line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

import skills
from agent.conditions import NAMES, PAIRS, Condition
from agent.decide import Budgets
from agent.given import GivenPlan
from agent.plan import MAX_INSTRUCTION, Context, Planner, PlanResult, PlanStatus, Subtask
from agent.planner import DeterministicPlanner
from agent.script_steps import KINDS, Script, Step
from exoactor.types import Catalogue, ConfigError
from exoactor.world.scene_file import SceneSpec, load_scene
from exoactor.world.yaml_reader import Reader, compose
from skills import Symbols, acted_on

BUNDLED = Path(__file__).with_name("scripts")
MAX_STEPS = 500
"""With all repeats."""
DEEPEST = 3
"""Repeats within repeats."""
_TOP = ("name", "about", "scene", "seed", "budgets", "on_failure", "steps")
_ALLOWED = {
    "say": ("say", "when", "expect", "budgets"),
    "do": ("do", "args", "when", "expect", "budgets"),
    "checkpoint": ("checkpoint", "when"),
    "expect": ("expect", "when"),
    "repeat": ("repeat", "steps", "when"),
}


def load_script(path: str | Path, *, has_model: bool = False) -> Script:
    """A bundled script by name, or a script file by path.

    Args:
        path: which.
        has_model: a language model is asked where the parser abstains, so that is no problem yet.

    Raises:
        ConfigError: there is no such file, or what is in it cannot be; all problems at once.
    """
    bundled = {p.stem: p for p in sorted(BUNDLED.glob("*.yaml"))}
    file = bundled.get(str(path), Path(path).expanduser())
    try:
        return read_script(file.read_text(), str(path), file.parent, has_model=has_model)
    except FileNotFoundError:
        raise ConfigError(f"script {str(path)!r} is neither a file nor a bundled one ({', '.join(bundled)})") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"script {path}: {error}") from error


def read_script(
    text: str,
    source: str = "script",
    folder: Path = Path(),
    *,
    spec: SceneSpec | None = None,
    has_model: bool = False,
) -> Script:
    """Check a script's YAML.

    Args:
        text: the YAML.
        source: name of the file for messages.
        folder: scene files are looked up from here.
        spec: the scene, where it is not to be looked up again.
        has_model: see `load_script`.

    Raises:
        ConfigError: one line a problem.
    """
    root = compose(text, source, "a script needs scene and steps")
    read = _ScriptReader(source, has_model)
    top = read.mapping(root, _TOP, ("scene", "steps"))
    if spec is None and "scene" in top:
        spec = read.scene(top["scene"], folder)
    seed = read.number(top.get("seed"), 0, 2**31, default=0)
    budgets = read.budgets(top.get("budgets"), Budgets()) or Budgets()
    go_on = read.choice(top.get("on_failure"), ("stop", "go_on"), default="stop") == "go_on"
    read.catalogue = () if spec is None else spec.catalogue()
    steps = read.steps(top.get("steps"), "", budgets)
    if not steps and not read.problems:
        read.problem(root, "no steps: there is nothing to do")
    if (count := sum(step.count() for step in steps)) > MAX_STEPS:
        read.problem(root, f"with all repeats there are {count} steps, at most {MAX_STEPS} are allowed")
    name = read.text(top["name"]) if "name" in top else Path(source).stem
    about = read.text(top["about"]) if "about" in top else ""
    read.finish()
    assert spec is not None and seed is not None
    return Script(name, about, spec, int(seed), budgets, go_on, steps, text)


@dataclass
class _Believed:
    """What would be believed if all steps so far came out well; planning goes on from it."""

    symbols: Symbols = field(default_factory=Symbols)
    mentioned: tuple[str, ...] = ()

    def after(self, plan: PlanResult) -> None:
        for subtask in plan.subtasks:
            self.symbols = skills.get(subtask.skill).effects(self.symbols, subtask.args)
            thing = acted_on(subtask.args)
            self.mentioned = self.mentioned if thing is None else (*self.mentioned, thing)


class _ScriptReader(Reader):
    def __init__(self, source: str, has_model: bool) -> None:
        super().__init__(source)
        self.catalogue: Catalogue = ()
        self._has_model = has_model
        self._believed = _Believed()
        self._checkpoints: dict[str, int] = {}

    def scene(self, node: yaml.Node, folder: Path) -> SceneSpec | None:
        name = self.text(node)
        beside = folder / name
        try:
            return load_scene(beside if beside.is_file() else name)
        except ConfigError as error:
            self.problem(node, str(error))
            return None

    def budgets(self, node: yaml.Node | None, default: Budgets) -> Budgets | None:
        if node is None:
            return None
        keys = self.mapping(node, ("attempts", "replans", "seconds"))
        attempts = self.number(keys.get("attempts"), 1, 20, default=default.attempts)
        replans = self.number(keys.get("replans"), 0, 20, default=default.replans)
        seconds = self.number(keys.get("seconds"), 1, 1e6, default=default.seconds)
        if attempts is None or replans is None or seconds is None:
            return None
        return replace(default, attempts=int(attempts), replans=int(replans), seconds=seconds)

    def steps(self, node: yaml.Node | None, above: str, budgets: Budgets) -> tuple[Step, ...]:
        found = [self._step(n, f"{above}{i}", budgets) for i, n in enumerate(self.sequence(node), 1)]
        return tuple(step for step in found if step is not None)

    def _step(self, node: yaml.Node, id: str, budgets: Budgets) -> Step | None:
        given = [str(k.value) for k, _ in node.value] if isinstance(node, yaml.MappingNode) else []
        kind = next((k for k in ("say", "do", "checkpoint", "repeat", "expect") if k in given), None)
        if kind is None:
            shown = ", ".join(given) or "no mapping"
            self.problem(node, f"{shown} given; a step has one of {', '.join(KINDS)}, e.g. `- say: walk to the table`")
            return None
        keys = self.mapping(node, _ALLOWED[kind])
        step = Step(
            kind,
            id,
            self.line(node),
            when=self._conditions(keys.get("when")),
            expect=self._conditions(keys.get("expect")),
            budgets=self.budgets(keys.get("budgets"), budgets),
        )
        if kind == "say":
            return self._say(step, keys["say"])
        if kind == "do":
            return self._do(step, keys["do"], keys.get("args"))
        if kind == "repeat":
            times = self.number(keys["repeat"], 1, 100)
            if "steps" not in keys:
                self.problem(node, "key 'steps' is missing: a repeat says which")
            if id.count(".") >= DEEPEST:
                self.problem(node, f"repeats within repeats are allowed {DEEPEST} deep")
                return None
            inner = self.steps(keys.get("steps"), f"{id}.", budgets)
            return replace(step, times=int(times or 1), steps=inner)
        if kind == "checkpoint":
            return self._checkpoint(step, keys["checkpoint"])
        return step

    def _say(self, step: Step, node: yaml.Node) -> Step:
        text = self.text(node).strip()
        if not text or len(text) > MAX_INSTRUCTION:
            self.problem(node, f"{len(text)} characters given, 1 to {MAX_INSTRUCTION} wanted")
        elif self.catalogue:
            self._plan(node, DeterministicPlanner(), text, abstain_is_fine=self._has_model)
        return replace(step, text=text)

    def _do(self, step: Step, node: yaml.Node, args: yaml.Node | None) -> Step | None:
        name = self.choice(node, tuple(skills.registry()))
        values: dict[str, Any] = {}
        for key, value in args.value if isinstance(args, yaml.MappingNode) else []:
            try:
                if not isinstance(value, yaml.ScalarNode):
                    raise yaml.YAMLError("a list or mapping given")
                values[str(key.value)] = yaml.SafeLoader("").construct_object(value)
            except (yaml.YAMLError, ValueError) as error:
                why = getattr(error, "problem", None) or error
                self.problem(value, f"argument {key.value!r}: {why}; one plain value wanted")
        if args is not None and not isinstance(args, yaml.MappingNode):
            self.problem(args, "a mapping of the skill's arguments wanted, e.g. {target: table}")
        if name is None:
            return None
        subtask = Subtask(name, values)
        if self.catalogue:
            self._plan(node, GivenPlan([subtask]), str(subtask), abstain_is_fine=False)
        return replace(step, subtask=subtask)

    def _plan(self, node: yaml.Node, planner: Planner, text: str, *, abstain_is_fine: bool) -> None:
        """Note what is wrong with a step; believe what it brings about if nothing is."""
        plan = PlanResult(PlanStatus.ABSTAIN)
        for symbols in (self._believed.symbols, Symbols()):  # steps before it may be left out
            try:
                plan = planner.plan(text, self.catalogue, Context(symbols=symbols, mentioned=self._believed.mentioned))
            except ConfigError as error:
                plan = PlanResult(PlanStatus.INVALID, reason=str(error))
            if plan.status is PlanStatus.OK:
                self._believed.after(plan)
                return
        if plan.status is PlanStatus.INVALID or not abstain_is_fine:
            self.problem(node, f"{text!r}: {plan.reason} {plan.question}".rstrip())

    def _checkpoint(self, step: Step, node: yaml.Node) -> Step:
        name = self.identifier(node)
        if name is not None:
            if name in self._checkpoints:
                self.problem(node, f"checkpoint {name!r} is there already, in line {self._checkpoints[name]}")
            self._checkpoints.setdefault(name, self.line(node))
        return replace(step, text=name or "")

    def _conditions(self, node: yaml.Node | None) -> tuple[Condition, ...]:
        """`{seen: [a, b], on: {a: table}}`; all have to hold."""
        if node is None:
            return ()
        keys, found = self.mapping(node, NAMES), []
        if isinstance(node, yaml.MappingNode) and not node.value:
            self.problem(node, f"no condition given, one or more of {', '.join(NAMES)} wanted")
        for name in NAMES:
            value = keys.get(name)
            if value is None:
                continue
            if name in PAIRS:
                if not isinstance(value, yaml.MappingNode):
                    self.problem(value, f"{name}: a mapping wanted, e.g. {{bottle: table}}")
                    continue
                rows = [(n, Condition(name, self.text(k), self.text(n))) for k, n in value.value]
            else:
                several = value.value if isinstance(value, yaml.SequenceNode) else [value]
                rows = [(n, Condition(name, self.text(n))) for n in several]
            for where, condition in rows:
                if (wrong := condition.problem(self.catalogue)) is not None and (self.catalogue or name == "last"):
                    self.problem(where, wrong)
                found.append(condition)
        return tuple(found)
