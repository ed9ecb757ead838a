"""Commands that join a class's server, and leave it: login, logout."""

from typing import Annotated

import typer

from autograder.commands.shared import Server, console, sentences, stop


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
        settings = Settings()  # first: a file of settings that is wrong should use up no invitation
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
        with ClassServer(server) as there:
            there.log_out()
        logins.keep(server, None)
        settings = Settings()
        if settings.get("server") == server:
            settings.unset("server")
        console().print(f"logged out of {server}")
