"""The command line: reads arguments, calls, renders. Nothing heavy loads before it is needed."""

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from autograder.commandline import (
    AsJson,
    Device,
    Handle,
    Model,
    Net,
    Rules,
    Threads,
    console,
    finish,
    name_on_board,
    sentences,
    stop,
)
from autograder.display.usage import Commands
from autograder.words import harmless
from course.errors import ExitCode

if TYPE_CHECKING:
    from autograder.display.console import SafeConsole

app = typer.Typer(
    name="autograde",
    cls=Commands,
    help="Read MNIST at 99.40% with fewer than 8,000 parameters, and know why it works.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 passed · 1 a check failed · 2 wrong use · 3 the file cannot be read · "
    "4 time limit · 5 a fault of the grader or machine.",
)


@app.command()
def new(
    path: Annotated[Path, typer.Argument(metavar="MODEL.PY", help="Where to write it.")] = Path(
        "model.py"
    ),
) -> None:
    """Write a commented model.py to start from."""
    template = Path(__file__).parent / "templates" / "model.py"
    with sentences():
        try:
            # "x" never overwrites: what stands there may be a student's work.
            with path.open("x", encoding="utf-8") as file:
                file.write(template.read_text("utf-8"))
        except FileExistsError:
            stop(f"expected to write a new {path}, found one there; name another")
        except FileNotFoundError:
            stop(f"expected to write {path}, found no folder {path.parent}")
    console().print(f"wrote {path}: next, autograde check {path}")


@app.command()
def check(
    model: Model,
    assignment: Rules = "under-8k",
    net: Net = None,
    device: Device = "auto",
    threads: Threads = 0,
    as_json: AsJson = False,
) -> None:
    """Check everything that needs no training; takes seconds."""
    from autograder.display.screen import Screen
    from autograder.job import Options, job_of

    out = console()
    with sentences():
        job = job_of(model, assignment, Options(net=net, device=device, threads=threads))
        with Screen(out, model, job.rules) as screen:
            # Imported only now: the first line is on the screen while this loads.
            from autograder.pipeline import grade

            verdict = grade(job, screen)
            screen.conclude(verdict)
    finish(verdict, as_json)


@app.command()
def submit(
    model: Model,
    assignment: Rules = "under-8k",
    net: Net = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Trainings; 3 verify.")] = 1,
    data: Annotated[str, typer.Option("--data", help="mnist, practice, or auto.")] = "mnist",
    handle: Handle = None,
    device: Device = "auto",
    threads: Threads = 0,
    plot: Annotated[Path | None, typer.Option("--plot", help="Where to draw the curves.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check, train, judge, and climb the leaderboard."""
    from autograder.display.screen import Screen
    from autograder.display.terminal import print_kept
    from autograder.job import Options, job_of
    from autograder.results.home import key

    out = console()
    with sentences():
        data = available_data(out) if data == "auto" else data
        options = Options(net=net, seeds=seeds, data=data, device=device, threads=threads)
        job = job_of(model, assignment, options, key())
        with Screen(out, model, job.rules, seeds) as screen:
            from autograder.pipeline import grade
            from autograder.results.leaderboard import Leaderboard

            with Leaderboard() as board:  # opened first: a full disk should not cost a training
                verdict = grade(job, screen)
                screen.conclude(verdict)
                if verdict.runs:  # what was never trained is shown, but not kept
                    from autograder.results.keeping import keep

                    kept = keep(board, verdict, screen.source, name_on_board(handle), plot)
                    print_kept(out, kept, verdict)
    finish(verdict, as_json)


def available_data(out: "SafeConsole") -> str:
    """Take MNIST where it can be had, else practice digits, saying so loudly."""
    from course.data import DataError, load

    try:
        load("mnist")
    except DataError as error:
        out.print(str(error), style="yellow")
        loud = "bold black on yellow"
        out.print(" going on with practice digits: not a ranked result ", style=loud)
        return "practice"
    return "mnist"


@app.command()
def leaderboard(
    assignment: Rules = "under-8k",
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV to stdout.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw accuracy against parameters.")
    ] = None,
) -> None:
    """Show who needs how few parameters."""
    from autograder.assignment import load
    from autograder.results.leaderboard import Leaderboard
    from autograder.results.ranking import ranked_rows

    with sentences():
        rules = load(assignment)
        with Leaderboard() as board:
            entries = board.entries(rules.sha256)
        rows = ranked_rows(entries)
        if plot is not None:
            from autograder.results.keeping import draw_entries

            draw_entries(entries, rules, plot)
            console().print(f"drew {plot}")
    if as_csv:
        from autograder.results.exports import write_csv

        write_csv(rows, sys.stdout)
    elif as_json:
        print(json.dumps(rows, indent=1))
    elif not rows:
        console().print(
            f"nobody has passed {rules.name} on this machine yet: autograde submit model.py"
        )
    else:
        from autograder.display.terminal import board as board_table

        out = console(stderr=False)
        out.print(board_table(rows, rules.name, out.width))


@app.command()
def history(
    handle: Handle = None,
    assignment: Annotated[
        str | None, typer.Option("--assignment", "-a", help="Only this one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")] = False,
) -> None:
    """List your own submissions, passed or not."""
    from autograder.assignment import load
    from autograder.display.terminal import history_table
    from autograder.results.leaderboard import Leaderboard

    with sentences():
        rules = load(assignment).sha256 if assignment else None
        with Leaderboard() as board:
            rows = [entry.row() for entry in board.entries(rules, name_on_board(handle))]
    if as_json:
        print(json.dumps(rows, indent=1))
    elif not rows:
        console().print("no submissions yet: autograde submit model.py")
    else:
        console(stderr=False).print(history_table(rows))


@app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="A number from `autograde history`.")],
    source: Annotated[
        bool, typer.Option("--source", help="Print the model.py as submitted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one submission again: findings, epochs, verdict."""
    from autograder.display.terminal import confirmed_line, show_verdict
    from autograder.results.leaderboard import Leaderboard

    with sentences(), Leaderboard() as board:
        entry = board.get(number)
    if entry is None:
        stop(f"expected the number of a submission, found {number}; autograde history lists them")
    if as_json:
        print(entry.verdict.to_json())
    elif source:
        print(harmless(entry.source.replace("\r\n", "\n")))
    else:
        out = console(stderr=False)
        show_verdict(out, entry.verdict)
        if (said := confirmed_line(entry.row())) is not None:
            out.print(said)


@app.command()
def confirm(
    number: Annotated[int, typer.Argument(metavar="ID", help="A number from the leaderboard.")],
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Fresh seeds.")] = 10,
    device: Device = "auto",
    threads: Threads = 0,
    as_json: AsJson = False,
) -> None:
    """Train a ranked submission again with fresh seeds, and mark it confirmed or not."""
    from autograder.display.screen import Screen
    from autograder.display.terminal import confirmed_line
    from autograder.results.home import key

    out = console()
    with sentences():
        from autograder.results.confirming import confirming_job
        from autograder.results.database import confirmation_of
        from autograder.results.leaderboard import Leaderboard

        with Leaderboard() as board:
            entry = board.get(number)
            job = confirming_job(entry, number, seeds, device, threads, key())
            with Screen(out, Path(job.name), job.rules, seeds) as screen:
                from autograder.pipeline import grade

                verdict = grade(job, screen)
                screen.conclude(verdict)
            if verdict.exit_code != ExitCode.FAULT:  # a fault of ours says nothing about luck
                board.add_confirmation(confirmation_of(verdict, number))
                again = board.get(number)
                out.print(confirmed_line(again.row()) if again else "")
    finish(verdict, as_json)


@app.command()
def gradebook(
    assignment: Annotated[str, typer.Argument(help="An assignment of the class: 10_capstone.")],
    folder: Annotated[Path, typer.Option("--class", help="The class folder.")] = Path(),
    student: Annotated[str | None, typer.Option("--student", help="Only this one.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Trainings; 3 verify.")] = 1,
    data: Annotated[str, typer.Option("--data", help="mnist or practice.")] = "mnist",
    device: Device = "auto",
    threads: Threads = 0,
) -> None:
    """Grade each student's model.py and write the points into nbgrader's gradebook."""
    with sentences():
        try:
            from autograder.classroom import gradebook as class_book
        except ModuleNotFoundError as error:
            stop(f"expected nbgrader, found no {error.name}: pip install 'under8k[lessons]'")
        from autograder.job import Options
        from autograder.results.home import key
        from autograder.results.leaderboard import Leaderboard

        options = Options(seeds=seeds, data=data, device=device, threads=threads)
        place = class_book.course(folder)
        with Leaderboard() as board:
            grade = class_book.graded_once(board, options, key())
            for line in class_book.enter(place, assignment, grade, student):
                console(stderr=False).print(line, soft_wrap=True)


@app.command()
def retrain(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Records; else all missing ones.")
    ] = None,
    device: Device = "auto",
    threads: Threads = 0,
) -> None:
    """Train the course's recorded networks on this machine, for AUTOGRADE_RETRAIN=1."""
    from autograder.assignment import Assignment
    from autograder.display.screen import Screen
    from autograder.job import Options, job_of
    from autograder.results.home import key
    from course import records

    out = console()
    with sentences():
        from autograder.pipeline import grade

        # Without names, those that are missing: stopped in the middle, it goes on there.
        for name in names or records.missing_here():
            model, document = records.recorded(name)
            rules = Assignment.from_dict(document["assignment"])
            options = Options(seeds=len(document["runs"]), device=device, threads=threads)
            with Screen(out, model, rules, options.seeds) as screen:
                verdict = grade(job_of(model, rules, options, key()), screen)
                screen.conclude(verdict)
            if not verdict.finished:
                raise typer.Exit(verdict.exit_code)
            out.print(f" kept     {records.keep_retrained(name, verdict.to_json())}")


@app.command()
def doctor() -> None:
    """Say what this machine offers, and how to mend what is missing."""
    from autograder.display.terminal import doctor_table
    from autograder.doctor import examine

    findings = examine()
    console(stderr=False).print(doctor_table(findings))
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)


class Stopped(BaseException):
    """Ctrl-C, under a name of our own: typer would end at a KeyboardInterrupt without a word."""


def main() -> None:
    """Run the command line; Ctrl-C ends it at once, with nothing half-written."""
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)  # a server that shuts down, `timeout`, a cluster
    try:
        app()
    except Stopped:
        # By now every `with` on the way has closed what it opened: jail, workers, database. What is
        # left is threads that wait, and os._exit does not wait for them.
        console().print("\nstopped; nothing was kept of this run")
        os._exit(ExitCode.STOPPED)
    except Exception as error:  # nobody foresaw it: a fault of ours, with what helps to find it
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = (
            f"{type(error).__name__}: {error} (line {where.lineno} of {Path(where.filename).name})"
        )
        console().print(f"autograde: a fault of the grader, please report it: {what}")
        sys.exit(ExitCode.FAULT)


def interrupt(*_: object) -> NoReturn:
    """Leave whatever is under way; what it opened is closed on the way out."""
    raise Stopped


if __name__ == "__main__":
    main()
