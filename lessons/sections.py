"""What is on a page, section by section: its contents, and what the search knows of it.

    sections(page.body)      # [Section("Exercise-1", 2, "Exercise 1: …", "goal count the …")]

Read off the finished page, so that a section is what the page shows and its anchor leads there.
Answers, checks and what code prints are left out: a search is no way around thinking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

HEADINGS = re.compile("h[1-3]")


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, up to the next one."""

    anchor: str
    level: int
    title: str
    text: str


def sections(body: str) -> list[Section]:
    """List the sections of a page."""
    page = BeautifulSoup(body, "html.parser")
    for hidden in page.select(".fold, .output_wrapper, .anchor-link, script, style, .planner"):
        hidden.decompose()
    found = [heading for heading in page.find_all(HEADINGS) if isinstance(heading, Tag)]
    return [
        Section(str(heading.get("id", "")), int(heading.name[1]), plain(heading), below(heading))
        for heading in found
    ]


def below(heading: Tag) -> str:
    """Return the text between a heading and the next one."""
    words = []
    for element in heading.next_elements:
        if isinstance(element, Tag) and HEADINGS.fullmatch(element.name):
            break
        inside = isinstance(element, Tag) or heading in element.parents
        words += [] if inside else [str(element)]
    return " ".join(" ".join(words).split())


def plain(tag: Tag) -> str:
    """Return the text of an element in one line."""
    return " ".join(tag.get_text().split())
