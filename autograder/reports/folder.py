"""A folder of pages for a batch: one for the class, and one for each student to be handed back.

    write_reports(folder, batch, queue)

    reports/class.html             names everybody
    reports/students/s4711.html    names s4711 and nobody else

Everything is read from what the database holds, so it can be written again at any time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.classroom.batch import Batch
from autograder.classroom.marks import points
from autograder.classroom.pages import page_in_class, page_name
from autograder.classroom.rows import ClassRow, ClassStatus
from autograder.fleet.queue import Queue, Result
from autograder.handout.misread import mistakes
from autograder.reports.classpage import ClassPage
from autograder.reports.entry import EntryPage, Marks, Place
from autograder.reports.pages import render
from autograder.results.database import Entry
from autograder.results.leaderboard import Leaderboard
from autograder.results.ranking import ranked_rows
from autograder.results.rows import RankedRow
from autograder.source.text import as_written
from autograder.verdict import Verdict
from course.errors import ExitCode
from course.files import write_whole

STUDENTS = "students"  # the folder of their pages


def write_reports(folder: Path, batch: Batch, queue: Queue) -> list[Path]:
    """Write every page of a batch; return the files, that of the class first."""
    # Marks are personal: a folder that is made here is nobody else's.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = batch.rows(queue)
    links = {row["student"]: f"{STUDENTS}/{page_name(row['student'])}" for row in rows}
    page = render("class.html", page=ClassPage(batch.rules, rows, links))
    written = [write_whole(folder / "class.html", page.encode())]
    for row, text in student_pages(batch, rows, queue):
        written.append(write_whole(folder / links[row["student"]], text.encode()))
    return written


def student_pages(
    batch: Batch, rows: Sequence[ClassRow], queue: Queue
) -> Iterator[tuple[ClassRow, str]]:
    """Make each student's page."""
    results = queue.results(batch.numbers)
    with Leaderboard() as board:
        ranked = ranked_rows(board.entries(batch.rules.sha256))
        for one, row in zip(batch.everybody, rows, strict=True):
            result = results.get(one.number) if one.number is not None else None
            source = queue.source(one.number) if one.number is not None else b""
            entry = board.get(result.entry) if result and result.entry is not None else None
            page = student_page(row, batch.rules, result, source, entry, ranked)
            yield row, render("entry.html", page=page)


def student_page(
    row: ClassRow,
    rules: Assignment,
    result: Result | None,
    source: bytes,
    entry: Entry | None,
    ranked: Sequence[RankedRow],
) -> EntryPage:
    """Put together what a student is told."""
    verdict = result.verdict if result is not None else None
    judged = verdict is not None and row["status"] in ("passed", "failed")
    by = points(verdict, rules) if verdict is not None and judged else None
    return EntryPage(
        title=row["name"] or row["student"],
        whose=row["student"] if row["name"] not in ("", row["student"]) else "",
        rules=rules,
        status=row["status"],
        said=row["said"] or row["late"],
        verdict=verdict,
        source=as_written(source),
        number=row["submission"],
        file=row["file"] or "",
        marks=Marks(by, row["gained"], row["points"], row["most"], row["late"]),
        place=place_of(row["student"], ranked),
        mistakes=mistakes(entry) if entry is not None else None,
    )


def entry_page(entry: Entry, entries: Sequence[Entry]) -> EntryPage:
    """Put together the page of a kept submission; `entries` are all by the same rules."""
    verdict = entry.verdict
    return EntryPage(
        title=entry.handle,
        rules=verdict.assignment,
        status=status_of(verdict),
        said=verdict.headline(),
        verdict=verdict,
        source=entry.source,
        number=entry.id,
        place=place_of(entry.handle, ranked_rows(entries)),
        mistakes=mistakes(entry),
    )


def write_for_feedback(
    root: str, assignment: str, student: str, source: bytes, verdict: Verdict
) -> Path:
    """Write the page that nbgrader's feedback takes over; being late is told by nbgrader."""
    rules = verdict.assignment
    with Leaderboard() as board:
        entries = board.entries(rules.sha256)
    own = [one for one in entries if one.handle == student]
    same = [one for one in own if one.fingerprint == verdict.submission.fingerprint]
    by = points(verdict, rules)
    page = EntryPage(
        title=student,
        rules=rules,
        status=status_of(verdict),
        said=verdict.headline(),
        verdict=verdict,
        source=as_written(source),
        number=same[-1].id if same else None,
        marks=Marks(by, float(by.gained), float(by.gained), float(by.most)),
        place=place_of(student, ranked_rows(entries)),
        mistakes=mistakes(same[-1]) if same else None,
    )
    text = render("entry.html", page=page)
    return write_whole(page_in_class(root, assignment, student), text.encode())


def status_of(verdict: Verdict) -> ClassStatus:
    """Say in a word how a submission ended."""
    if verdict.passed:
        return "passed"
    endings: dict[ExitCode, ClassStatus] = {
        ExitCode.UNREADABLE: "refused",
        ExitCode.FAULT: "ungraded",
    }
    return endings.get(verdict.exit_code, "failed")


def place_of(handle: str, ranked: Sequence[RankedRow]) -> Place | None:
    """Find somebody's place on a board."""
    for row in ranked:
        if row["handle"] == handle:
            return Place(row["rank"], len(ranked), row["id"])
    return None
