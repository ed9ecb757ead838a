"""The command line: reads arguments, calls, renders. Nothing heavy loads before it is needed."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.verdict import Verdict

USAGE, FAULT = 2, 5  # exit codes; the verdict knows the others

app = typer.Typer(
    name="autograde",
    help="Read MNIST at 99.40% with fewer than 8,000 parameters, and know why it works.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 passed · 1 a check failed · 2 wrong use · 3 the file cannot be read · "
    "4 time limit · 5 a fault of the grader or machine.",
)

Model = Annotated[Path, typer.Argument(metavar="MODEL.PY", help="The file with your network.")]
Rules = Annotated[
    str,
    typer.Option(
        "--assignment", "-a", help="under-8k, under-15k, under-20k, or an instructor's TOML file."
    ),
]
Net = Annotated[
    str | None, typer.Option("--net", help="The network's class, where a file holds several.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write the verdict as JSON to stdout.")]
Device = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")]
Threads = Annotated[
    int, typer.Option("--threads", min=0, help="Processor threads; 0: as many as pay.")
]
Handle = Annotated[
    str | None,
    typer.Option("--handle", envvar="AUTOGRADE_HANDLE", help="Your name on the leaderboard."),
]


def console(*, stderr: bool = True) -> "Console":
    """Make the console to print on; progress and messages go to stderr."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def stop(message: str, code: int = USAGE) -> NoReturn:
    """End with a sentence."""
    console().print(f"[bold red]autograde:[/bold red] {_escaped(message)}", soft_wrap=True)
    raise typer.Exit(code)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn every foreseen error into a sentence and its exit code."""
    from autograder.assignment import AssignmentError
    from autograder.jail.parent import JailError
    from autograder.pipeline import UsageError
    from autograder.results.home import HomeError

    try:
        yield
    except (AssignmentError, UsageError) as error:
        stop(str(error))
    except (HomeError, JailError) as error:
        stop(str(error), FAULT)
    except OSError as error:  # a full disk, too many processes: the machine's, not the student's
        what = f" ({error.filename})" if error.filename else ""
        stop(f"this machine says: {error.strerror or error}{what}", FAULT)


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
            with path.open("x", encoding="utf-8") as file:
                file.write(template.read_text("utf-8"))
        except FileExistsError:
            stop(f"expected to write a new {path}, found one there; name another")
        except FileNotFoundError:
            stop(f"expected to write {path}, found no folder {path.parent}")
    console().print(
        f"wrote [bold]{_escaped(str(path))}[/bold]: next, autograde check {_escaped(str(path))}"
    )


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
    from autograder.assignment import load
    from autograder.display.screen import Screen
    from autograder.display.terminal import verdict_lines

    out = console()
    with sentences():
        rules = load(assignment)
        with Screen(out, model, rules) as screen:
            from autograder.pipeline import check as run_checks

            verdict = run_checks(
                model, rules, net=net, device=device, threads=threads, watch=screen
            )
            screen.findings()
        out.print(verdict_lines(verdict))
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
    from autograder.assignment import load
    from autograder.display.screen import Screen
    from autograder.display.terminal import verdict_lines

    out = console()
    with sentences():
        rules = load(assignment)
        if data == "auto":
            data = available_data(out)
        with Screen(out, model, rules) as screen:
            from autograder.pipeline import grade
            from autograder.results.leaderboard import Leaderboard

            with Leaderboard() as board:  # opened first: a full disk should not cost a training
                try:
                    verdict = grade(
                        model,
                        rules,
                        net=net,
                        seeds=seeds,
                        data=data,
                        device=device,
                        threads=threads,
                        watch=screen,
                    )
                finally:
                    screen.stop_progress()
                screen.findings()
                out.print(verdict_lines(verdict))
                if verdict.runs:
                    from autograder.results.keeping import keep

                    keep(board, verdict, screen.source, name_on_board(handle), plot, out)
    finish(verdict, as_json)


def available_data(out: "Console") -> str:
    """Take MNIST where it can be had, else practice digits, saying so loudly."""
    from course.data import DataError, load

    try:
        load("mnist")
    except DataError as error:
        out.print(f"[yellow]{_escaped(str(error))}[/yellow]")
        out.print("[bold black on yellow] going on with practice digits: not a ranked result [/]")
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
    from autograder.results.leaderboard import Leaderboard, ranking

    with sentences():
        rules = load(assignment)
        with Leaderboard() as board:
            entries = board.entries(rules.sha256)
        rows = [{"rank": i, **entry.row()} for i, entry in enumerate(ranking(entries), start=1)]
        if plot is not None:
            from course.figures.plots import frontier, save

            points = [
                {
                    "name": entry.handle,
                    "parameters": entry.parameters,
                    "accuracy": entry.mean_accuracy,
                    "passed": entry.passed,
                    **({} if entry.spread is None else {"spread": entry.spread}),
                }
                for entry in entries
                if entry.data == "mnist" and entry.mean_accuracy is not None
            ]
            save(frontier(points, title=f"{rules.name}: accuracy against parameters"), plot)
            console().print(f"drew {_escaped(str(plot))}")
    if as_csv:
        write_csv(rows)
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


def write_csv(rows: list[dict[str, Any]]) -> None:
    """Write rows as CSV, a formula at a cell's start defused for spreadsheets."""
    import csv

    columns = (
        "rank id handle network parameters mean_accuracy spread seeds verified seconds device date"
    )
    writer = csv.DictWriter(sys.stdout, columns.split(), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    formulas = ("=", "+", "-", "@", "\t", "\r")
    for row in rows:
        risky = {k for k, v in row.items() if isinstance(v, str) and v.startswith(formulas)}
        writer.writerow({k: f"'{v}" if k in risky else v for k, v in row.items()})


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
    from autograder.display.terminal import show_verdict
    from autograder.results.leaderboard import Leaderboard

    with sentences(), Leaderboard() as board:
        entry = board.get(number)
    if entry is None:
        stop(f"expected the number of a submission, found {number}; autograde history lists them")
    if as_json:
        print(entry.verdict.to_json())
    elif source:
        print(entry.source)
    else:
        show_verdict(console(stderr=False), entry.verdict)


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
        from autograder.results.leaderboard import Leaderboard

        how = {"seeds": seeds, "data": data, "device": device, "threads": threads}
        try:
            place = class_book.course(folder)
            with Leaderboard() as board:
                grade = class_book.graded_once(board, how)
                for line in class_book.enter(place, assignment, grade, student):
                    console(stderr=False).print(_escaped(line), soft_wrap=True)
        except class_book.ClassError as error:
            stop(str(error))


@app.command()
def doctor() -> None:
    """Say what this machine offers, and how to mend what is missing."""
    from autograder.display.terminal import doctor_table
    from autograder.doctor import examine

    findings = examine()
    console(stderr=False).print(doctor_table(findings))
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)


def name_on_board(handle: str | None) -> str:
    """Return the name to go by, without what a terminal would act on."""
    import getpass

    from autograder.words import printable

    try:
        return printable(handle or getpass.getuser(), 40)
    except (KeyError, OSError):
        return "anonymous"


def finish(verdict: "Verdict", as_json: bool) -> NoReturn:
    """Write the JSON where it was asked for, and end with the verdict's exit code."""
    if as_json:
        print(verdict.to_json())
    raise typer.Exit(verdict.exit_code)


class Stopped(BaseException):
    """Ctrl-C, under a name of our own: typer would end at a KeyboardInterrupt without a word."""


def main() -> None:
    """Run the command line; Ctrl-C ends it at once, with nothing half-written."""
    signal.signal(signal.SIGINT, interrupt)
    try:
        app()
    except Stopped:
        console().print("\nstopped; nothing was kept of this run")
        os._exit(130)


def interrupt(*_: object) -> NoReturn:
    """Leave whatever is under way; what it opened is closed on the way out."""
    raise Stopped


if __name__ == "__main__":
    main()
