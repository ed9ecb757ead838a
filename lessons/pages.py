"""The solved lessons as pages that open from disk: no server, no network, no script.

    python lessons/pages.py          # make site; then open build/site/index.html

Why not Jupyter Book: version 2 needs Node, and the pages of version 1 ask the network for their
formulas and search from disk. nbconvert is here already, with nbgrader, and one page and one style
sheet (site/) are all that is missing.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from pygments.formatters import HtmlFormatter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from course import figures, records
from lessons import build

HERE = Path(__file__).resolve().parent / "site"


@dataclass(frozen=True)
class Page:
    """One page of the site, as others link to it."""

    file: str
    title: str
    short: str
    body: str
    number: int = 0
    learn: str = ""
    time: str = ""


def lesson_page(path: Path) -> Page:
    """Turn an executed lesson into a page."""
    book = nbformat.read(path, as_version=4)
    book.cells = [cell for cell in book.cells if cell.source != build.FIRST_CELL]
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(book)
    for cell in book.cells:
        place = f'" id="cell-id={cell.id}"'
        body = body.replace(place, f" {kind_of(cell)}{place}")
    text = book.cells[0].source
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.MULTILINE))
    title = text.splitlines()[0].removeprefix("# ")
    number = int(path.stem[:2])
    return Page(
        f"{path.stem}.html", title, str(number), body, number, rows["You will learn"], rows["Time"]
    )


def kind_of(cell: nbformat.NotebookNode) -> str:
    """Tell an exercise from its check, for the style sheet."""
    known = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code" or not known:
        return ""
    return "check" if known["grade"] else "task"


def front_page(lessons: list[Page], frame: Environment) -> Page:
    """Make the first page: what the course asks, its frontier, its lessons."""
    points = [record.point() for record in records.ladder()]
    figure = figures.draw_frontier(points, title="Test accuracy against parameters")
    body = frame.get_template("index.html").render(lessons=lessons, frontier=figure.to_html())
    return Page("index.html", "Under 8k", "Start", body)


def glossary() -> Page:
    """Make the page of words."""
    body = markdown2html_mistune((build.LESSONS / "glossary.md").read_text("utf-8"))
    return Page("glossary.html", "Words of this course", "Glossary", body)


def write(pages: list[Page], folder: Path, frame: Environment) -> None:
    """Write every page with its way to the others, and the style sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, page in enumerate(pages):
        text = frame.get_template("page.html").render(
            title=page.title,
            file=page.file,
            body=page.body,
            pages=pages,
            before=pages[place - 1] if place else None,
            after=pages[place + 1] if place + 1 < len(pages) else None,
        )
        (folder / page.file).write_text(text, "utf-8")
    code = HtmlFormatter(style="friendly", nobackground=True).get_style_defs(".highlight pre")
    style = (HERE / "style.css").read_text("utf-8") + f"\n/* code, by Pygments */\n{code}\n"
    (folder / "style.css").write_text(style, "utf-8")


def site(folder: Path) -> Path:
    """Build the site from build/solved."""
    frame = Environment(loader=FileSystemLoader(HERE), autoescape=False)  # noqa: S701  our own text
    solved = [build.BUILD / "solved" / p.stem / f"{p.stem}.ipynb" for p in build.sources()]
    lessons = [lesson_page(path) for path in solved]
    write([front_page(lessons, frame), *lessons, glossary()], folder, frame)
    return folder / "index.html"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Build the lessons' pages.")
    parser.add_argument("--as-built", action="store_true", help="do not execute the lessons again")
    options = parser.parse_args()
    try:
        if not options.as_built:
            for path in build.sources():
                build.build(path, run=True)
        print(f"open {os.path.relpath(site(build.BUILD / 'site'))}")
    except build.LessonError as error:
        sys.exit(f"site: {error}")


if __name__ == "__main__":
    main()
