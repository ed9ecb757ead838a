"""Points for Moodle: a CSV for its gradebook's import, or its assignment's own grading worksheet.

    ID number,Email address,Full name,Capstone,Capstone (feedback)       moodle
    Identifier,Full name,…,Status,Grade,Maximum Grade,…                  moodle-worksheet, its own

The import takes any header: whoever imports says which column is what. It stops at a student that
it does not know, and an empty grade takes away what stood there, so such students have no line. The
worksheet is in the language of whoever downloaded it, and must come back with every column.
"""

import html
import re
from collections.abc import Iterator, Sequence

from autograder.classroom.folders import ClassError
from autograder.classroom.lms.sheets import (
    Exported,
    Key,
    Sheet,
    by_id,
    by_lms_id,
    by_mail,
    by_name,
    either_order,
    listed,
    matched,
    number,
    on_scale,
    ungraded,
    written,
)
from autograder.classroom.roster import letters_of
from autograder.classroom.rows import ClassRow
from autograder.words import printable

# "Grade" as the worksheet has it: English, German, French, Spanish, Italian, Portuguese, Dutch,
# Polish, Czech, Danish, Norwegian, Swedish, Finnish, Turkish, Russian, Greek, Chinese, Japanese.
GRADE = {
    *("grade", "bewertung", "note", "calificación", "valutazione", "nota", "cijfer", "ocena"),
    *("známka", "karakter", "karakterer", "betyg", "arvosana", "not", "оценка", "βαθμός", "成绩"),
    *("成績", "評点", "puntuación", "beoordeling", "évaluation", "avaliação"),
}
FEEDBACK = {
    *("feedback comments", "feedback als kommentar", "feedback par commentaires", "feedback"),
    *("comentarios de retroalimentación", "commenti come feedback", "commentaires de feedback"),
}
IDENTIFIER = re.compile(r"\D*(?P<number>\d+)")  # "Participant 123456", in any language


def moodle(rows: Sequence[ClassRow], into: Sheet | None, title: str) -> Exported:
    """Write a table for the gradebook's import."""
    if into is not None:
        raise ClassError("expected nothing to fill: moodle-worksheet fills Moodle's own table")
    name = title or "model.py"
    table = [["ID number", "Email address", "Full name", name, f"{name} (feedback)"]]
    strangers = [row["student"] for row in rows if row["unlisted"]]
    table += [
        [row["student"], row["email"], row["name"], number(row["points"]), row["said"]]
        for row in rows
        if row["points"] is not None and not row["unlisted"]
    ]
    notes = [f"not in the roster, and left out: {listed(strangers)}"] if strangers else []
    return Exported(written(table), (*ungraded(rows), *notes))


def worksheet(rows: Sequence[ClassRow], into: Sheet | None, title: str) -> Exported:
    """Fill the grading worksheet that Moodle gave; a cell that is not known keeps what it has."""
    if into is None:
        raise ClassError("expected --into with the grading worksheet that Moodle gives, found none")
    grade = grade_column(into)
    comment = next((n for n, word in enumerate(plain(into.header)) if word in FEEDBACK), None)
    lines = [list(line) for line in into.rows[1:]]
    found, notes = matched(rows, map(words, lines), "Moodle's worksheet")
    for line, row in zip(lines, found, strict=True):
        if row is None or (points := on_scale(row, line[grade + 1])) is None:
            continue
        line[grade] = points
        if comment is not None and not line[comment].strip():
            line[comment] = html.escape(row["said"], quote=False)  # Moodle takes it for HTML
    return Exported(written([into.header, *lines], into.separator), (*ungraded(rows), *notes))


def grade_column(into: Sheet) -> int:
    """Find the column of grades: by its name, else as the one before the maximum, alike for all."""
    named = [n for n, word in enumerate(plain(into.header)) if word in GRADE]
    for n in (*named, *range(1, len(into.header) - 1)):
        after = {line[n + 1].strip() for line in into.rows[1:] if n + 1 < len(line)}
        decimals = "*" if n in named else "+"
        if len(after) == 1 and re.fullmatch(rf"\d+[.,]?\d{decimals}", after.pop()):
            return n
    header = printable(", ".join(into.header), 120)
    raise ClassError(f"expected Moodle's worksheet with Grade and its maximum, found {header}")


def plain(header: Sequence[str]) -> list[str]:
    """Return a header's words to compare."""
    return [word.strip().casefold() for word in header]


def words(line: Sequence[str]) -> Iterator[tuple[Key, str]]:
    """Yield what a line says of its student: the identifier's number first.

    The columns after it, of which a site shows some, are known by what stands in them.
    """
    if found := IDENTIFIER.fullmatch(line[0].strip()):
        yield by_lms_id, found["number"]
    about = [cell.strip() for cell in line[1:5]]
    for cell in about:
        yield by_id, cell.casefold()
    for cell in about:
        yield by_mail, cell.casefold() if "@" in cell else ""
    for cell in about:
        yield by_name, letters_of(cell)
        for letters in either_order(cell):
            yield by_name, letters
