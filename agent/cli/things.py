"""What there is: scenes, skills, assets, and whether everything is in order."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.output import Json, Output, command


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(scenes)
    app.command()(skills)
    app.command()(doctor)
    group = typer.Typer(no_args_is_help=True, help="Files that pip fetches without installing them.")
    group.command()(pull)
    group.command(name="list")(list_assets)
    app.add_typer(group, name="assets")


@command
def scenes(
    name: Annotated[str | None, typer.Argument(help="Show this scene's YAML.")] = None,
    json_: Json = False,
) -> int:
    """List the bundled scenes, or show one."""
    from exoactor.world.scene_file import bundled_scenes, load_scene

    output = Output(json_)
    if name is not None:
        spec = load_scene(name)
        output.say(spec.text.rstrip())
        output.result({"name": spec.name, "about": spec.about, "yaml": spec.text})
        return 0
    specs = [load_scene(n) for n in bundled_scenes()]
    for spec in specs:
        output.say(f"{spec.name:16s} {spec.about}")
        output.say(f"{'':16s} {', '.join(t.id for t in spec.things)}")
    output.result({"scenes": [{"name": s.name, "about": s.about, "things": [t.id for t in s.things]} for s in specs]})
    return 0


@command
def skills(json_: Json = False) -> int:
    """List the skills with their arguments."""
    import skills as package

    output = Output(json_)
    found = [skill.describe() for skill in package.registry().values()]
    calls = []
    for skill in found:
        arguments = ", ".join(a["name"] if a["required"] else f"[{a['name']}]" for a in skill["arguments"])
        calls.append(f"{skill['name']}({arguments})")
    width = 2 + max(map(len, calls))
    for call, skill in zip(calls, found, strict=True):
        output.say(call.ljust(width) + skill["about"])
    output.result({"skills": found})
    return 0


@command
def pull(json_: Json = False) -> int:
    """Get what is missing: the robot model and the landmark networks."""
    from exoactor import assets

    output = Output(json_)
    said: dict[str, int] = {}

    def progress(group: str, fraction: float) -> None:
        tenth = int(10 * fraction)
        if said.get(group) != tenth:
            said[group] = tenth
            output.say(f"{group}: {10 * tenth} %")

    pulled = assets.pull(progress=progress)
    output.say(f"pulled: {', '.join(pulled)}" if pulled else "everything is there")
    output.result({"pulled": pulled, "folder": str(assets.cache_dir())})
    return 0


@command
def list_assets(json_: Json = False) -> int:
    """List the asset groups and their state."""
    from exoactor import assets

    output = Output(json_)
    states = assets.check()
    for state in states:
        output.say(f"{state.name:14s} {state.state:8s} {state.licence:14s} {state.detail}")
    output.result({"assets": [{"name": s.name, "state": s.state, "detail": s.detail} for s in states]})
    return 0 if all(s.state == "ok" for s in states) else 1


@command
def doctor(json_: Json = False) -> int:
    """Check every part and say how to mend what is wrong."""
    from agent.models.probe import language_model
    from exoactor.doctor import diagnose

    output = Output(json_)
    found = diagnose({"language model": language_model})
    for part in found:
        output.say(f"{part.name:22s} {part.state:8s} {part.detail}")
        if part.mend:
            output.say(f"{'':22s} -> {part.mend}")
    broken = [part.name for part in found if part.state not in ("ok", "optional")]
    output.say("everything needed is in order" if not broken else f"to mend: {', '.join(broken)}")
    output.result({"ok": not broken, "parts": [vars(part) for part in found]})
    return 0 if not broken else 1
