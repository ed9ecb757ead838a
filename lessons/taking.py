"""What a learner takes from the site: the notebook of a lesson, as a file or opened in Colab.

`[project.urls]` in pyproject.toml names the repository in which the site lies, on the branch that
GitHub Pages shows (README.md beside this file says how it gets there):

    [project.urls]
    Repository = "https://github.com/OWNER/NAME"

Without it the files are there all the same, and no link leads to Colab, which opens notebooks from
a repository alone.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat

from lessons import build

BRANCH = "gh-pages"
GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")

# The first cell of a notebook that was taken from a site whose repository is known.
GET_PACKAGE = """\
# This cell gets the course's package where it is missing, as in Colab: that takes some minutes.
import importlib.util

if importlib.util.find_spec("course") is None:
    %pip install --quiet "under8k[lessons] @ git+{repository}"
"""


def repository() -> str:
    """Return the address of the course's repository, or nothing where none is set."""
    project = tomllib.loads((build.LESSONS.parent / "pyproject.toml").read_text("utf-8"))["project"]
    address: str = project.get("urls", {}).get("Repository", "")
    if address and not GITHUB.fullmatch(address):
        raise build.LessonError(
            "expected Repository in pyproject.toml to be like https://github.com/OWNER/NAME, "
            f"found {address}"
        )
    return address


def colab(address: str, name: str) -> str:
    """Return where Colab opens a lesson's notebook, or nothing where there is no repository."""
    found = GITHUB.fullmatch(address)
    if found is None:
        return ""
    place = f"{found[1]}/blob/{BRANCH}/notebooks/{name}.ipynb"
    return f"https://colab.research.google.com/github/{place}"


def hand_out(source: nbformat.NotebookNode, address: str, path: Path) -> None:
    """Write a learner's notebook for the site; where its address is known, with the package."""
    book = build.release(source)
    for cell in book.cells:
        if address and cell.source == build.FIRST_CELL:
            cell.source = GET_PACKAGE.format(repository=address)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(book) + "\n", "utf-8")
