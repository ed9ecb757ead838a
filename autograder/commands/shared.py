"""What the commands of the command line share: their options, their console, how they end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from autograder.words import printable
from course import files
from course.errors import ExitCode, Under8kError, UsageError

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.display.console import SafeConsole
    from autograder.job import Job, Options
    from autograder.verdict import Verdict


@dataclass(frozen=True)
class AtClass:
    """Where a command goes to that is not for this machine, and how it tells of it."""

    server: str
    quiet: bool = False
    as_json: bool = False


last_words = ["stopped; nothing was kept of this run"]


def on_stop(words: str) -> None:
    """Note what Ctrl-C says from here on."""
    last_words[0] = words


def assignments() -> list[str]:
    """List the shipped assignments, for a shell that completes what is typed."""
    return sorted(file.stem for file in Path(__file__).parents[1].glob("assignments/*.toml"))


Model = Annotated[Path, typer.Argument(metavar="MODEL.PY", help="The file with your network.")]
Rules = Annotated[
    str,
    typer.Option(
        *("--assignment", "-a"),
        envvar="AUTOGRADE_ASSIGNMENT",
        help=f"{', '.join(assignments())}, or an instructor's TOML file.",
        autocompletion=assignments,
    ),
]
Net = Annotated[
    str | None, typer.Option("--net", help="The network's class, where a file holds several.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show the verdict's line and nothing else.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write the verdict as JSON to stdout.")]
Device = Annotated[
    str,
    typer.Option(
        "--device",
        envvar="AUTOGRADE_DEVICE",
        help="auto, cpu or cuda.",
        autocompletion=lambda: ["auto", "cpu", "cuda"],
    ),
]
Threads = Annotated[
    int, typer.Option("--threads", min=0, help="Processor threads; 0: by the network's size.")
]
Handle = Annotated[
    str | None,
    typer.Option("--handle", envvar="AUTOGRADE_HANDLE", help="Your name on the leaderboard."),
]


Server = Annotated[
    str | None,
    typer.Option("--server", envvar="AUTOGRADE_SERVER", help="The class's server; login sets it."),
]
Local = Annotated[bool, typer.Option("--local", help="Here, not at the class's server.")]
ClassHome = Annotated[
    Path | None, typer.Option("--class-home", help="A folder that the class's assistants share.")
]


# Verdicts and tables that a program may read go to stdout, everything for people to stderr. So
# `autograde submit model.py --json > verdict.json` shows its progress and keeps a clean file.
def console(*, stderr: bool = True) -> "SafeConsole":
    """Make the console to print on; progress and messages go to stderr."""
    from autograder.display.console import SafeConsole

    return SafeConsole(stderr=stderr)


def stop(message: str, code: ExitCode = ExitCode.USAGE) -> NoReturn:
    """End with a sentence."""
    complain(message)
    raise typer.Exit(code)


def complain(message: str) -> None:
    """Say in a sentence what is wrong."""
    from rich.text import Text

    console().print(Text.assemble(("autograde:", "bold red"), " ", message), soft_wrap=True)


def write_new(path: Path, text: str) -> None:
    """Write a student's file, but never over one that is there: it may be somebody's work."""
    try:
        files.write_new(path, text.encode())
    except FileExistsError:
        raise UsageError(f"expected to write a new {path}, found one there; name another") from None
    except FileNotFoundError:
        raise UsageError(f"expected to write {path}, found no folder {path.parent}") from None
    console().print(f"wrote {path}: next, autograde check {path}")


def job_of_text(
    model: Path, assignment: "str | Assignment", options: "Options", key: bytes = b""
) -> "Job":
    """Make the job of a file that somebody named; a picture or an archive is answered at once."""
    from autograder.job import job_of

    job = job_of(model, assignment, options, key)
    if b"\0" in job.source and not job.source.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        raise UsageError(f"expected a file such as model.py, found {model}, which is no text")
    return job


@contextmanager
def sentences() -> Iterator[None]:
    """Turn every foreseen error into a sentence and its exit code."""
    try:
        yield
    except Under8kError as error:
        stop(str(error), error.exit_code)
    except OSError as error:  # a full disk, too many processes: the machine's, not the student's
        stop(machine_says(error), ExitCode.FAULT)


def machine_says(error: OSError) -> str:
    """Say what the system refused, and of which file."""
    what = f" ({error.filename})" if error.filename else ""
    return f"this machine says: {error.strerror or error}{what}"


def name_on_board(handle: str | None) -> str:
    """Return the name to go by, without what a terminal would act on."""
    import getpass

    try:
        return printable(handle or getpass.getuser(), 40)
    except (KeyError, OSError):
        return "anonymous"


def finish(verdict: "Verdict", as_json: bool) -> NoReturn:
    """Write the JSON where it was asked for, and end with the verdict's exit code."""
    if as_json:
        print(verdict.to_json())
    raise typer.Exit(verdict.exit_code)


def use_class_home(folder: Path | None) -> None:
    """Keep everything in a folder that a group of people shares."""
    if folder is not None:
        from autograder.results.home import make_shared

        os.environ["AUTOGRADE_HOME"] = str(make_shared(folder).resolve())
