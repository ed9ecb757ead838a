"""The command line: which commands there are, and how it ends. What each does is in commands/."""

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import course
from autograder.commands import (
    again,
    classes,
    exporting,
    grading,
    joining,
    looking,
    planning,
    serving,
    settings,
    starting,
    watching,
)
from autograder.commands.shared import complain, console, last_words, machine_says
from autograder.display.usage import Commands
from course.errors import ExitCode

app = typer.Typer(
    name="autograde",
    cls=Commands,
    help="Read MNIST at 99.40% with fewer than 8,000 parameters, and know why it works.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 passed · 1 a check failed · 2 wrong use · 3 the file cannot be read · "
    "4 time limit · 5 a fault of the grader or machine.",
)

# In the order in which --help lists them.
for command in (
    starting.new,
    planning.plan,
    grading.check,
    watching.watch,
    grading.submit,
    looking.leaderboard,
    looking.history,
    looking.show,
    again.confirm,
    classes.batch,
    classes.worker,
    serving.serve,
    serving.backup,
    serving.restore,
    serving.site,
    joining.login,
    joining.logout,
    exporting.export,
    classes.gradebook,
    exporting.gradescope,
    again.retrain,
    settings.config,
    starting.doctor,
):
    app.command()(command)


def show_version(wanted: bool) -> None:
    """Print the version, where it is asked for."""
    if wanted:
        print(f"autograde {course.__version__}")
        raise typer.Exit


@app.callback()
def before(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Run before each command: what a user has set becomes its options' defaults."""
    settings.apply_settings(context)


class Stopped(BaseException):
    """Ctrl-C, under a name of our own: typer would end at a KeyboardInterrupt without a word."""


def main() -> None:
    """Run the command line; Ctrl-C ends it at once, with nothing half-written."""
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)  # a server that shuts down, `timeout`, a cluster
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # what cannot be written is told; later it would be lost
    except Stopped:
        # By now every `with` on the way has closed what it opened: jail, workers, database. What is
        # left is threads that wait, and os._exit does not wait for them.
        console().print(f"\n{last_words[0]}")
        os._exit(ExitCode.STOPPED)
    except BrokenPipeError:  # whoever read has seen enough: `| head`
        leave_stdout()
        sys.exit(ExitCode.PASSED)
    except OSError as error:
        leave_stdout()
        complain(machine_says(error))
        sys.exit(ExitCode.FAULT)
    except Exception as error:  # nobody foresaw it: a fault of ours, with what helps to find it
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = (
            f"{type(error).__name__}: {error} (line {where.lineno} of {Path(where.filename).name})"
        )
        console().print(f"autograde: a fault of the grader, please report it: {what}")
        sys.exit(ExitCode.FAULT)


def leave_stdout() -> None:
    """Let what is left in stdout's buffer go nowhere, or Python would try once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def interrupt(*_: object) -> NoReturn:
    """Leave whatever is under way; what it opened is closed on the way out."""
    raise Stopped


if __name__ == "__main__":
    main()
