"""Commands for a whole class."""

import json
import os
import sys
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import (
    ClassHome,
    Device,
    Rules,
    console,
    sentences,
    stop,
    use_class_home,
)
from course.errors import ExitCode
from course.validators import counted

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.fleet.engines import Engine
    from autograder.fleet.queue import Queue
    from autograder.verdict import Verdict

Workers = Annotated[int, typer.Option("--workers", min=0, help="Gradings at once; 0: one a core.")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", help="A Dask scheduler's address: tcp://host:8786.")
]


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
    workers: Workers = 0,
    cluster: Cluster = None,
    class_home: ClassHome = None,
    device: Device = "auto",
    reports: Annotated[
        Path | None, typer.Option("--reports", help="A folder for pages: a student's, the class's.")
    ] = None,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="List who stands elsewhere than last time, and why.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the rows as JSON.")] = False,
) -> None:
    """Grade a whole class: everyone gets a row. Stop it at any time; it goes on where it was."""
    from autograder.assignment import load
    from autograder.children import cores
    from autograder.classroom.batch import enqueue
    from autograder.classroom.regrade import last_told, tell
    from autograder.classroom.roster import load_roster
    from autograder.display.batch import BatchScreen, changed, class_table, summary
    from autograder.fleet.queue import Queue
    from autograder.fleet.working import work_off
    from autograder.job import Options
    from autograder.results.home import key

    out = console()
    with sentences():
        use_class_home(class_home)
    with sentences(), Queue() as queue:
        # One training at a time for each grading: a core that waits for no other.
        options = Options(seeds=seeds, data=data, device=device, lanes=1, all_seeds=all_seeds)
        listed = load_roster(roster) if roster is not None else None
        found = enqueue(queue, folder, load(assignment), options, listed, named)
        engine = engine_for(queue, cluster, workers or cores(), key())
        done = sum(result.state == "done" for result in queue.results(found.numbers).values())
        with BatchScreen(out, len(found.numbers), done, engine) as screen:
            work_off(queue, found.name, engine, screen)
        rows = found.rows(queue)
        before, told = last_told(found.name), found.told(queue, rows)
        tell(found.name, told)
        if reports is not None:
            from autograder.reports.folder import write_reports

            first, *pages = write_reports(reports, found, queue)
            out.print(f"wrote {first}, and {counted(len(pages), 'page')} for students beside it")
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        shown = console(stderr=False)
        shown.print(class_table(rows, shown.width))
    out.print(summary(rows))
    if regrade:
        out.print(*changed(before, told), sep="\n")
    ungraded = any(row["status"] == "ungraded" for row in rows)
    raise typer.Exit(ExitCode.FAULT if ungraded else ExitCode.PASSED)


def engine_for(queue: "Queue", cluster: str | None, workers: int, key: bytes) -> "Engine":
    """Return who grades: this machine, or a cluster."""
    from autograder.fleet.engines import LocalEngine

    if cluster is None:
        return LocalEngine(queue, key, workers)
    try:
        from autograder.fleet.cluster import ClusterEngine
    except ModuleNotFoundError as error:
        stop(f"expected Dask, found no {error.name}: pip install 'under8k[cluster]'")
    return ClusterEngine(queue, key, cluster)


def worker(
    address: Annotated[
        str, typer.Argument(metavar="TCP://HOST:PORT", help="The Dask scheduler's address.")
    ],
    workers: Workers = 0,
) -> None:
    """Lend this machine to a cluster: grade for whoever runs `autograde batch --cluster`."""
    from importlib.util import find_spec

    from autograder.children import cores

    if find_spec("distributed") is None:
        stop("expected Dask, found no distributed: pip install 'under8k[cluster]'")
    # One thread each: a grading's processes are its own, and what is counted is their work. A
    # nanny starts a worker again that was killed.
    settings = ["--nworkers", str(workers or cores()), "--nthreads", "1", "--no-dashboard"]
    where = Path(gettempdir(), f"under8k-{os.getpid()}")
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, *settings]
    command += ["--memory-limit", "0", "--local-directory", str(where)]
    os.execv(sys.executable, command)  # noqa: S606  no shell: the words are ours and the address


def gradebook(
    assignment: Annotated[str, typer.Argument(help="An assignment of the class: 12_capstone.")],
    folder: Annotated[Path, typer.Option("--class", help="The class folder.")] = Path(),
    student: Annotated[str | None, typer.Option("--student", help="Only this one.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Trainings; 3 verify.")] = 1,
    data: Annotated[str, typer.Option("--data", help="mnist or practice.")] = "mnist",
    workers: Workers = 0,
    cluster: Cluster = None,
    class_home: ClassHome = None,
    device: Device = "auto",
) -> None:
    """Grade each student's model.py and write the points into nbgrader's gradebook."""
    with sentences():
        try:
            from autograder.classroom.notebooks import classfolder
            from autograder.classroom.notebooks.gradebook import enter
            from autograder.classroom.notebooks.queued import queued
        except ModuleNotFoundError as error:
            stop(f"expected nbgrader, found no {error.name}: pip install 'under8k[lessons]'")
        from autograder.children import cores
        from autograder.display.batch import BatchScreen
        from autograder.fleet.queue import Queue
        from autograder.job import Options
        from autograder.reports.folder import write_for_feedback
        from autograder.results.home import key

        use_class_home(class_home)
        options = Options(seeds=seeds, data=data, device=device, lanes=1)
        place = classfolder.course(folder)
        out = console()
        with Queue() as queue:
            engine = engine_for(queue, cluster, workers or cores(), key())

            def screen(total: int, done: int) -> BatchScreen:
                return BatchScreen(out, total, done, engine)

            grade = queued(queue, place, assignment, options, engine, screen, student)

            def reported(file: Path, rules: "Assignment", whose: str) -> "Verdict":
                verdict = grade(file, rules, whose)
                write_for_feedback(place.root, assignment, whose, file.read_bytes(), verdict)
                return verdict

            for line in enter(place, assignment, reported, student):
                console(stderr=False).print(line, soft_wrap=True)
