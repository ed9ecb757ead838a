"""Commands before there is anything to grade: a file to start from, and what a machine offers."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.shared import console, sentences, write_new


def new(
    path: Annotated[Path, typer.Argument(metavar="MODEL.PY", help="Where to write it.")] = Path(
        "model.py"
    ),
) -> None:
    """Write a commented model.py to start from."""
    template = Path(__file__).parents[1] / "templates" / "model.py"
    with sentences():
        write_new(path, template.read_text("utf-8"))


def doctor() -> None:
    """Say what this machine offers, and how to mend what is missing."""
    from autograder.display.terminal import doctor_table
    from autograder.doctor import examine

    findings = examine()
    console(stderr=False).print(doctor_table(findings))
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)
