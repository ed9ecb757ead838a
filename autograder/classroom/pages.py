"""Where a student's page lies, and what of it another page can take over."""

import hashlib
import re
from pathlib import Path

BEGIN, END = "<!-- the report begins -->", "<!-- the report ends -->"
REPORTS = "reports"  # the folder in a class folder for nbgrader
LONGEST = 80  # letters of a page's name


def page_name(student: str) -> str:
    """Name a student's page: a name that any disk takes, and nobody else's."""
    plain = re.sub(r"[^a-z0-9_-]+", "_", student)[:LONGEST]
    if plain and plain == student:
        return f"{plain}.html"
    mark = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{mark}.html"


def page_in_class(root: str, assignment: str, student: str) -> Path:
    """Return where the page of a student's model.py lies in a class folder for nbgrader."""
    return Path(root, REPORTS, assignment, page_name(student))


def part_of(page: str) -> str:
    """Return what stands in a page, its style with it, as another page takes it over."""
    return page.partition(BEGIN)[2].partition(END)[0]
