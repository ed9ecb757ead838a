"""Commands that carry a class's points to whatever keeps them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import Rules, console, sentences, stop

if TYPE_CHECKING:
    from autograder.classroom.rows import ClassRow


def export(
    target: Annotated[
        str,
        typer.Argument(help="canvas, moodle, moodle-worksheet, gradescope, nbgrader, csv or json."),
    ],
    rows: Annotated[
        Path, typer.Argument(metavar="ROWS.json", help="What `autograde batch --json` wrote.")
    ],
    into: Annotated[
        Path | None,
        typer.Option("--into", help="The LMS's own table to fill; nbgrader: the class's folder."),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="The assignment's title there.")] = "",
    to: Annotated[
        Path | None, typer.Option("--to", help="The file to write; without it, stdout.")
    ] = None,
) -> None:
    """Write a class's points for Canvas, Moodle, Gradescope or nbgrader."""
    from autograder.classroom.lms import TARGETS
    from autograder.classroom.lms.sheets import read_sheet
    from autograder.classroom.rows import read_rows

    with sentences():
        found = read_rows(rows)
        if target == "nbgrader":
            for line in into_gradebook(into or Path(), found, title):
                console(stderr=False).print(line, soft_wrap=True)
            return
        if target not in TARGETS:
            stop(f"expected one of {', '.join(TARGETS)}, nbgrader, found {target!r}")
        exported = TARGETS[target](found, read_sheet(into) if into is not None else None, title)
        if to is None:
            sys.stdout.write(exported.text)
        else:
            to.write_text(exported.text, "utf-8", newline="")
        for note in exported.notes:
            console().print(note, soft_wrap=True)


def into_gradebook(folder: Path, rows: "list[ClassRow]", assignment: str) -> Iterator[str]:
    """Write points into nbgrader's gradebook; say what was done for each."""
    try:
        from autograder.classroom.notebooks import classfolder, gradebook
    except ModuleNotFoundError as error:
        stop(f"expected nbgrader, found no {error.name}: pip install 'under8k[lessons]'")
    yield from gradebook.enter_rows(classfolder.course(folder), rows, assignment)


def gradescope(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the zip.")] = Path(),
    assignment: Rules = "under-8k",
) -> None:
    """Write an autograder for Gradescope: it checks there, and trains nothing."""
    from autograder.assignment import load, text_of
    from autograder.classroom.gradescope import pack

    with sentences():
        file = to / f"{load(assignment).name}-gradescope.zip" if to.is_dir() else to
        pack(text_of(assignment), file)
        console(stderr=False).print(f"wrote {file}", soft_wrap=True)
