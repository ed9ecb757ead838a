"""Commands that grade one file of yours: check, submit."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import (
    AsJson,
    AtClass,
    Device,
    Handle,
    Local,
    Model,
    Net,
    Quiet,
    Rules,
    Server,
    Threads,
    console,
    finish,
    job_of_text,
    name_on_board,
    sentences,
)

if TYPE_CHECKING:
    from autograder.display.console import SafeConsole


def check(
    model: Model,
    assignment: Rules = "under-8k",
    net: Net = None,
    device: Device = "auto",
    threads: Threads = 0,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check everything that needs no training; takes seconds."""
    from autograder.display.screen import QuietScreen, Screen
    from autograder.job import Options

    out = console()
    with sentences():
        options = Options(net=net, device=device, threads=threads)
        job = job_of_text(model, assignment, options)
        with QuietScreen(out) if quiet else Screen(out, model, job.rules) as screen:
            # Imported only now: the first line is on the screen while this loads.
            from autograder.pipeline import grade

            verdict = grade(job, screen)
            screen.conclude(verdict)
    finish(verdict, as_json)


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
    server: Server = None,
    local: Local = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check, train, judge, and climb the leaderboard: the class's, once you are logged in there."""
    if server is not None and not local:
        from autograder.commands import remote

        remote.submit(AtClass(server, quiet, as_json), model, assignment, net)
    from autograder.display.boards import print_kept
    from autograder.display.screen import QuietScreen, Screen
    from autograder.events import Learned
    from autograder.job import Options
    from autograder.results.home import key
    from autograder.source.text import as_written

    out = console()
    with sentences():
        options = Options(
            net=net,
            seeds=seeds,
            data="mnist" if data == "auto" else data,
            device=device,
            threads=threads,
        )
        job = job_of_text(model, assignment, options, key())
        if data == "auto":  # last, since it may have to download
            job = replace(job, options=replace(options, data=available_data(out)))
        learned: dict[int, Learned] = {}  # by seed
        with QuietScreen(out) if quiet else Screen(out, model, job.rules, seeds) as screen:
            from autograder.pipeline import grade
            from autograder.results.leaderboard import Leaderboard

            with Leaderboard() as board:  # opened first: a full disk should not cost a training
                verdict = grade(job, screen, learned.__setitem__)
                screen.conclude(verdict)
                if verdict.runs:  # what was never trained is shown, but not kept
                    from autograder.results.keeping import keep

                    name = name_on_board(handle)
                    source = as_written(job.source)
                    kept = keep(board, verdict, learned, source, name, plot)
                    if not quiet or kept.failed:
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
