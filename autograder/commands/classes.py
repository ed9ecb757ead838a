"""Commands for a whole class."""

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.shared import Device, Rules, Threads, console, sentences, stop
from course.errors import ExitCode


def batch(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Hand-ins as Canvas, Moodle or nbgrader give them, or a folder or file each."
        ),
    ],
    assignment: Rules = "under-8k",
    roster: Annotated[
        Path | None, typer.Option("--roster", help="CSV: id, first_name, last_name, email.")
    ] = None,
    named: Annotated[
        str | None, typer.Option("--named", help="nbgrader's assignment, where there are several.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Trainings; 3 verify.")] = 1,
    all_seeds: Annotated[
        bool, typer.Option("--all-seeds", help="Train on after a seed that fails.")
    ] = False,
    data: Annotated[str, typer.Option("--data", help="mnist or practice.")] = "mnist",
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="Gradings at once; 0: one a core.")
    ] = 0,
    device: Device = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Write the rows as JSON.")] = False,
) -> None:
    """Grade a whole class: everyone gets a row. Stop it at any time; it goes on where it was."""
    from autograder.assignment import load
    from autograder.children import cores
    from autograder.classroom.batch import enqueue
    from autograder.classroom.roster import load_roster
    from autograder.display.batch import BatchScreen, class_table, summary
    from autograder.fleet.engines import LocalEngine
    from autograder.fleet.queue import Queue
    from autograder.fleet.working import work_off
    from autograder.job import Options
    from autograder.results.home import key

    out = console()
    with sentences(), Queue() as queue:
        # One thread and one training at a time for each: a core that waits for no other.
        options = Options(
            seeds=seeds, data=data, device=device, threads=1, lanes=1, all_seeds=all_seeds
        )
        listed = load_roster(roster) if roster is not None else None
        found = enqueue(queue, folder, load(assignment), options, listed, named)
        slots = workers or cores()
        done = sum(result.state == "done" for result in queue.results(found.numbers).values())
        with BatchScreen(out, len(found.numbers), done, slots) as screen:
            work_off(queue, found.name, LocalEngine(queue, key(), slots), screen)
        rows = found.rows(queue)
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        shown = console(stderr=False)
        shown.print(class_table(rows, shown.width))
    out.print(summary(rows))
    ungraded = any(row["status"] == "ungraded" for row in rows)
    raise typer.Exit(ExitCode.FAULT if ungraded else ExitCode.PASSED)


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
