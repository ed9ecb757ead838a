"""The command that shows and keeps settings, and how they become the defaults of options."""

from typing import Annotated

import typer

from autograder.commands.shared import console, sentences, stop

NAMES = ("handle", "assignment", "device", "server")


def config(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="handle, assignment, device or server.",
            autocompletion=lambda: list(NAMES),
        ),
    ] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help="What to keep.")] = None,
    unset: Annotated[
        str | None, typer.Option("--unset", metavar="NAME", help="Forget this one.")
    ] = None,
) -> None:
    """Show your settings, or keep one: autograde config handle ada.

    They are what options are where you do not give them. An environment variable goes before
    them: AUTOGRADE_HANDLE, AUTOGRADE_ASSIGNMENT, AUTOGRADE_DEVICE, AUTOGRADE_SERVER.
    """
    from autograder.commands.defaults import SETTINGS, Settings, expect_known, origin
    from autograder.display.columns import Column, laid_out

    with sentences():
        if unset is not None and name is not None:
            stop(f"expected one of the two, found --unset {unset} and {name}")
        settings = Settings()
        if unset is not None:
            settings.unset(unset)
            console().print(f"forgot {unset} in {settings.path}", soft_wrap=True)
        elif name is None:
            out = console(stderr=False)
            found = [(name, *origin(name, settings)) for name in SETTINGS]
            there = "" if settings.content else " (not there yet)"
            out.print(f"settings: {settings.path}{there}", soft_wrap=True)
            columns = [
                Column("name", [name for name, _, _ in found], left=True),
                Column("from", [where for _, _, where in found], left=True),
                Column("value", [value for _, value, _ in found]),
            ]
            out.print(*laid_out(columns, out.width), sep="\n")
        elif value is None:
            expect_known(name)
            console(stderr=False).print(origin(name, settings)[0], soft_wrap=True)
        else:
            kept = settings.set(name, value)
            console().print(f"kept {name} = {kept} in {settings.path}", soft_wrap=True)


def apply_settings(context: typer.Context) -> None:
    """Let settings be the defaults of the options that have their environment variables."""
    group, called = context.command, context.invoked_subcommand
    command = group.get_command(context, called) if called else None  # type: ignore[attr-defined]
    if called is None or command is None:
        return
    options = {option.envvar: option.name for option in command.params if option.envvar}
    if not options:
        return
    from autograder.commands.defaults import SETTINGS, Settings

    with sentences():
        settings = Settings()
        kept = {
            options[setting.variable]: settings.get(name)
            for name, setting in SETTINGS.items()
            if setting.variable in options
        }
    known = {option: value for option, value in kept.items() if value is not None}
    context.default_map = {called: known}
