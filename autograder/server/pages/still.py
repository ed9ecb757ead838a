"""Boards and entries as a folder of files, for a course's own page: `autograde site FOLDER`.

The templates are the server's. What they link to is made relative, so that the folder opens from
disk and from any address.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder.results.database import Entry
from autograder.results.standings import read_page
from autograder.server.desk import Desk, NotServed
from autograder.server.pages.boards import board_part, entry_page
from autograder.server.pages.reading import picture_of
from autograder.server.pages.rendering import STATIC, html
from course.errors import MachineError, UsageError
from course.files import write_whole

MOST = 2_000  # entries of a board that get a page
LINK = re.compile(r'(?<= )(href|src)="(/[^"]*)"')


def write_site(desk: Desk, folder: Path) -> Iterator[Path]:
    """Write every board, and the pages of its entries."""
    if folder.is_file():
        raise UsageError(f"expected a folder to write into, found the file {folder}")
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    written: set[int] = set()
    for number, offer in enumerate(desk.settings.assignments):
        name = offer.rules.name
        part = board_part(desk, name, rows=MOST)
        page = html(desk, "board.html", offer=offer, part=part, live=False, still=True)
        yield write(folder / "board" / f"{name}.html", page, "../")
        if number == 0:
            yield write(folder / "index.html", page, "")
        with desk.queue.reading() as session:
            placed = [row["id"] for row in read_page(session, offer.rules.sha256, most=MOST)]
        for entry in placed:
            if entry not in written:
                written.add(entry)
                yield from write_entry(desk, folder, entry)


def write_entry(desk: Desk, folder: Path, number: int) -> Iterator[Path]:
    """Write the page of an entry that stands on a board, and the picture of what it misread."""
    try:
        page = entry_page(desk, None, number, still=True)
    except NotServed:  # it has lost its place since the board was read
        return
    yield write(folder / "entry" / f"{number}.html", page, "../")
    with desk.queue.reading() as session:
        entry = session.get_one(Entry, number)
    try:
        picture = picture_of(desk, entry)
    except MachineError:  # the digits are not here: the page stands without their picture
        return
    if picture is not None:
        yield write_whole(folder / "entry" / str(number) / "misread.png", picture)


def write(path: Path, page: str, up: str) -> Path:
    """Write a page; `up` leads from its folder to the site's."""

    def relative(link: re.Match[str]) -> str:
        target = link[2].lstrip("/")
        if not target:
            target = "index.html"
        elif not target.startswith("static/") and not target.endswith(".png"):
            target += ".html"
        return f'{link[1]}="{up}{target}"'

    return write_whole(path, LINK.sub(relative, page).encode())
