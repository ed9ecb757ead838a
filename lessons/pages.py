"""The lessons as pages that open from disk: no server, no network, and no script that they need.

    python lessons/pages.py          # make site; then open build/site/index.html

    build/site/NN_name.html          a lesson as a learner reads it: answers folded, learner.py
    build/site/notebooks/            the same to work through, taking.py
    build/site/figures/              its figures, each for a wide page and for a phone
    build/site/search.js             what the search knows, sections.py

Why not Jupyter Book: version 2 needs Node, and the pages of version 1 ask the network for their
formulas and search from disk. nbconvert is here already, with nbgrader, and the frame, the style
sheet and two scripts (site/) are all that is missing.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from pygments.formatters import HtmlFormatter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.planning import plan
from autograder.planning.picture import on_page
from course import figures, records
from lessons import below, build, learner, planner, taking
from lessons.sections import Section, sections

HERE = Path(__file__).resolve().parent / "site"
PICTURE = re.compile(r'data:image/(svg\+xml|png);base64,([^"]+)')
KINDS = {"svg+xml": "svg", "png": "png"}
CODE_STYLES = {"friendly": "{rules}", "github-dark": "@media screen and {dark} {{ {rules} }}"}
# What a lesson shows that a script brings to life, by the words that its HTML has.
SCRIPTS = {'class="planner"': planner.SCRIPTS, 'class="sliding"': ("sliding.js",)}
DARK = "(prefers-color-scheme: dark)"


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
    colab: str = ""
    scripts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The lesson's own name."""
        return self.file.removesuffix(".html")

    @property
    def sections(self) -> list[Section]:
        """What stands on it."""
        return sections(self.body)


def lesson_page(path: Path, address: str) -> Page:
    """Turn an executed lesson into a page."""
    solved = nbformat.read(path, as_version=4)
    book = learner.reading(solved, build.read(build.LESSONS / f"{path.stem}.py"))
    exporter = HTMLExporter(template_name="lesson", extra_template_basedirs=[str(HERE)])
    body, _ = exporter.from_notebook_node(book)
    text = book.cells[0].source
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.MULTILINE))
    number = build.number_of(path)
    return Page(
        f"{path.stem}.html",
        text.splitlines()[0].removeprefix("# "),
        str(number),
        body,
        number,
        rows["You will learn"],
        rows["Time"],
        taking.colab(address, path.stem),
        tuple(name for kind, names in SCRIPTS.items() if kind in body for name in names),
    )


def front_page(lessons: list[Page], frame: Environment) -> Page:
    """Make the first page: what the course asks, its frontier, its lessons."""
    points = [record.point() for record in records.ladder()]
    path = [point["name"] for point in points]  # names them all: they are the course's steps
    figure = figures.draw_frontier(points, title="Accuracy against parameters", path=path)
    body = frame.get_template("index.html").render(lessons=lessons, frontier=figure.to_picture())
    return Page("index.html", "Under 8k", "Start", body)


def planner_page(frame: Environment) -> Page:
    """Make the page on which a network is planned."""
    body = frame.get_template("planner.html").render(planner=on_page(plan(planner.EXAMPLE)))
    return Page("planner.html", "Plan a network", "Planner", body, scripts=planner.SCRIPTS)


def below_page(frame: Environment) -> Page:
    """Make the page of what is known below 8,000 parameters."""
    found = below.entries()
    template = frame.get_template("below.html")
    body = template.render(entries=found, frontier=below.frontier(found))
    return Page("below.html", "Below 8,000", "Below 8,000", body)


def glossary() -> Page:
    """Make the page of words."""
    body = markdown2html_mistune((build.LESSONS / "glossary.md").read_text("utf-8"))
    body = f'<div class="glossary">{body}</div>'
    return Page("glossary.html", "Words of this course", "Glossary", body)


def write(pages: list[Page], folder: Path, frame: Environment) -> None:
    """Write every page with its way to the others, its figures, and what all of them share."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, page in enumerate(pages):
        text = frame.get_template("page.html").render(
            page=page,
            body=with_files(page.body, folder / "figures"),
            contents=[section for section in page.sections if section.level == 2],
            pages=pages,
            before=pages[place - 1] if place else None,
            after=pages[place + 1] if place + 1 < len(pages) else None,
        )
        (folder / page.file).write_text(text, "utf-8")
    for script in HERE.glob("*.js"):
        shutil.copy(script, folder)
    (folder / "planner.data.js").write_text(planner.data(), "utf-8")
    (folder / "search.js").write_text(f"const KNOWN = {search_index(pages)};\n", "utf-8")
    style = (HERE / "style.css").read_text("utf-8")
    (folder / "style.css").write_text(f"{style}\n/* code, by Pygments */\n{code_style()}", "utf-8")


def with_files(body: str, folder: Path) -> str:
    """Move the pictures of a page into files of their own: it shows only those that it needs."""
    folder.mkdir(parents=True, exist_ok=True)

    def moved(found: re.Match[str]) -> str:
        content = base64.b64decode(found[2])
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{KINDS[found[1]]}"
        (folder / name).write_bytes(content)
        return f"figures/{name}"

    return PICTURE.sub(moved, body)


def search_index(pages: list[Page]) -> str:
    """Return every section as JSON: page, anchor, the titles of both, and the text."""
    known = [
        [page.file, section.anchor, page.title, section.title, section.text]
        for page in pages
        for section in page.sections
    ]
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def code_style() -> str:
    """Return the colours of code, on light pages and on dark ones."""
    found = []
    for style, where in CODE_STYLES.items():
        formatter = HtmlFormatter(style=style, nobackground=True)
        rules = formatter.get_style_defs(".highlight pre")
        found.append(where.format(rules=rules, dark=DARK))
    return "\n".join(found)


def site(folder: Path, address: str = "") -> Path:
    """Build the site from build/solved; `address` is that of the repository it is shown from."""
    shutil.rmtree(folder, ignore_errors=True)
    frame = Environment(loader=FileSystemLoader(HERE), autoescape=False)  # noqa: S701  our own text
    names = [path.stem for path in build.sources()]
    solved = [build.BUILD / "solved" / name / f"{name}.ipynb" for name in names]
    lessons = [lesson_page(path, address) for path in solved]
    others = [planner_page(frame), below_page(frame), glossary()]
    write([front_page(lessons, frame), *lessons, *others], folder, frame)
    for path in build.sources():
        taking.hand_out(build.read(path), address, folder / "notebooks" / f"{path.stem}.ipynb")
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
        print(f"open {os.path.relpath(site(build.BUILD / 'site', taking.repository()))}")
    except build.LessonError as error:
        sys.exit(f"site: {error}")


if __name__ == "__main__":
    main()
