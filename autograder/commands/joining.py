"""Commands that join a class's server, and leave it: login, logout."""

from typing import Annotated

import typer

from autograder.commands.shared import Server, console, sentences, stop
from course.errors import Under8kError


def login(
    invitation: Annotated[
        str | None, typer.Argument(metavar="INVITATION", help="The link that your instructor sent.")
    ] = None,
    nickname: Annotated[
        str | None,
        typer.Option("--handle", envvar="AUTOGRADE_HANDLE", help="Your name on the board."),
    ] = None,
    server: Server = None,
) -> None:
    """Join a class: `autograde submit` goes there from now on. Without a link: let a browser in."""
    from autograder.commands.defaults import Settings
    from autograder.remote import logins
    from autograder.remote.server import ClassServer, log_in

    out = console()
    with sentences():
        if invitation is None:
            if server is None:
                stop("expected an invitation, the link that your instructor sent")
            with ClassServer(server) as there:
                out.print("within 15 minutes, this link signs one browser in:")
                console(stderr=False).print(there.invitation(), soft_wrap=True)
            return
        # First: a file that is wrong, of settings or of tokens, should use up no invitation.
        settings, _ = Settings(), logins.read()
        address, welcome = log_in(invitation, nickname)
        logins.keep(address, welcome.token)
        settings.set("server", address)
        out.print(f"welcome to {welcome.title}, {welcome.nickname}")
        out.print("next: autograde submit model.py; --local trains here", style="dim")


def logout(server: Server = None) -> None:
    """Leave the class's server: this machine's token works no more."""
    from autograder.commands.defaults import Settings
    from autograder.remote import logins
    from autograder.remote.server import ClassServer

    with sentences():
        if server is None:
            stop("expected a class's server, found none set; autograde config shows the settings")
        settings = Settings()
        with ClassServer(server) as there:
            # First: this machine has left, whether or not the server hears of it.
            logins.keep(there.address, None)
            if settings.get("server") == server:
                settings.unset("server")
            try:
                there.log_out()
            except Under8kError as error:
                left = f"this machine forgot its token, which may still work at {server}"
                stop(f"{left}: {error}", error.exit_code)
        console().print(f"logged out of {server}")
