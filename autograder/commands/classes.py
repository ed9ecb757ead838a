"""Commands for a whole class."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.shared import Device, Threads, console, sentences, stop


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
