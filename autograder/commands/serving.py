"""The command that serves a class."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import ClassHome, console, sentences, stop, use_class_home
from course.errors import ExitCode

if TYPE_CHECKING:
    from autograder.fleet.queue import Queue
    from autograder.server.settings import ClassSettings

Settings = Annotated[
    Path | None, typer.Option("--settings", metavar="CLASS.TOML", help="The class's settings.")
]


def serve(
    settings: Annotated[
        Path | None,
        typer.Argument(metavar="[CLASS.TOML]", help="What to change; nothing need be set."),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: a free one.")] = 8_000,
    class_home: ClassHome = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log what happens, as JSON lines.")
    ] = False,
) -> None:
    """Serve a class: one board, one queue, and this machine's processors or GPU."""
    out = console()
    need_server()
    with opened(settings, class_home) as (chosen, queue):
        from autograder.results.home import key
        from autograder.server.running import serve as run

        def greet(address: str, invitation: str) -> None:
            out.print(f"the class is at {address}", soft_wrap=True)
            if invitation:
                out.print("you are its instructor; this link lets you in, once:")
                out.print(f"  {address}/join/{invitation}", soft_wrap=True)
            out.print("Ctrl-C stops it: what runs goes on at the next start", style="dim")

        run(chosen, queue, key(), host, port, greet, verbose)
    out.print("\nstopped; nothing is lost")
    sys.stdout.flush()
    # Threads that follow gradings still wait for these, whose processes end with this one.
    os._exit(ExitCode.PASSED)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")],
    settings: Settings = None,
    class_home: ClassHome = None,
) -> None:
    """Write everything that a class has into one file, also while the server runs."""
    with opened(settings, class_home) as (_, queue):
        from autograder.server.backup import back_up

        rows = back_up(queue, file)
    console().print(f"wrote {file}: {rows:,} rows; it holds the key, so keep it to yourself")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What backup wrote.")],
    settings: Settings = None,
    class_home: ClassHome = None,
) -> None:
    """Fill an empty database and home from what backup wrote; also from SQLite to PostgreSQL."""
    with opened(settings, class_home) as (_, queue):
        from autograder.server.backup import restore as fill

        rows = fill(queue, file)
    console().print(f"restored {rows:,} rows from {file}")


def site(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the pages.")],
    settings: Settings = None,
    class_home: ClassHome = None,
) -> None:
    """Write boards and entries as files, for a course's own page."""
    need_server()
    with opened(settings, class_home) as (chosen, queue):
        from autograder.server.desk import Desk
        from autograder.server.pages.still import write_site

        desk = Desk(chosen, queue, b"")
        pages = sum(1 for _ in write_site(desk, folder))
        desk.reader.close()
    console().print(f"wrote {pages:,} files: open {folder / 'index.html'}", soft_wrap=True)


@contextmanager
def opened(
    settings: Path | None, class_home: Path | None
) -> "Iterator[tuple[ClassSettings, Queue]]":
    """Read a class's settings and open its database; what goes wrong is a sentence."""
    with sentences():
        use_class_home(class_home)
        from autograder.fleet.queue import Queue
        from autograder.server.settings import load_settings

        chosen = load_settings(settings)
        with Queue(chosen.database or None) as queue:
            yield chosen, queue


def need_server() -> None:
    """Stop where the server's packages are not installed."""
    missing = [name for name in ("starlette", "uvicorn", "jinja2") if find_spec(name) is None]
    if missing:
        found = f"found no {' and no '.join(missing)}: pip install 'under8k[server]'"
        stop(f"expected the server's packages, {found}")
