"""The class's rows: what became of each student's hand-in, as a table, a CSV or JSON shows it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypedDict

import msgspec

from autograder.assignment import Assignment
from autograder.classroom.folders import ClassError
from autograder.classroom.layouts import HandIn
from autograder.classroom.marks import Lateness, final, points
from autograder.verdict import Verdict
from autograder.words import summary_of
from course.errors import ExitCode
from course.ordinary import NotReadable, read_ordinary

MOST_BYTES = 64 << 20  # of a class's rows

# passed, failed: graded. refused: the file cannot be read as a network. missing: nothing was handed
# in. late: too late to count. ungraded: a fault of ours, or nobody can tell whose file it is.
ClassStatus = Literal["passed", "failed", "refused", "missing", "late", "ungraded"]


class ClassRow(TypedDict):
    """One student."""

    student: str
    name: str
    status: ClassStatus
    points: float | None  # None: not graded, which is never 0
    most: float
    gained: float | None  # before what being late costs
    checks: dict[str, str]  # what became of each check
    parameters: int | None
    mean_accuracy: float | None
    submission: int | None  # its number in the history
    file: str | None
    late: str  # how late, and what that costs
    said: str  # in one sentence
    copies: list[str]  # who handed in the same network and recipe
    unlisted: bool  # not in the roster
    email: str
    lms_id: str


def row_of(
    hand_in: HandIn,
    rules: Assignment,
    late: Lateness,
    verdict: Verdict | None = None,
    submission: int | None = None,
    fault: str = "",
    unread: str = "",
    copies: Sequence[str] = (),
) -> ClassRow:
    """Make a student's row of what is known."""
    status, said = status_of(hand_in, late, verdict, fault, unread)
    worth = points(verdict, rules) if verdict is not None else None
    gained: Decimal | None = Decimal(0)
    if status == "ungraded":
        gained = None
    elif worth is not None and status in ("passed", "failed"):
        gained = worth.gained
    most = worth.most if worth is not None else most_of(rules)
    return {
        "student": hand_in.student,
        "name": hand_in.name,
        "status": status,
        "points": float(final(gained, late)) if gained is not None else None,
        "most": float(most),
        "gained": float(gained) if gained is not None else None,
        "checks": {c.id: c.status for c in verdict.checks if c.id != "note"} if verdict else {},
        "parameters": verdict.submission.parameters if verdict else None,
        "mean_accuracy": verdict.mean_accuracy if verdict else None,
        "submission": submission,
        "file": hand_in.file,
        "late": str(late) or ("late, says the LMS" if hand_in.late else ""),
        "said": said,
        "copies": list(copies),
        "unlisted": hand_in.unlisted,
        "email": hand_in.email,
        "lms_id": hand_in.lms_id,
    }


def status_of(
    hand_in: HandIn, late: Lateness, verdict: Verdict | None, fault: str, unread: str
) -> tuple[ClassStatus, str]:
    """Say what became of a hand-in, in a word and in a sentence."""
    if hand_in.trouble == "missing":
        return "missing", hand_in.why
    if late.refused:
        return "late", str(late)
    if hand_in.trouble == "whose":
        return "ungraded", hand_in.why
    if hand_in.file is None or unread:
        return "refused", unread or hand_in.why
    if fault or verdict is None:
        return "ungraded", fault
    if verdict.passed:
        return "passed", verdict.headline()
    refused = verdict.exit_code == ExitCode.UNREADABLE
    return "refused" if refused else "failed", verdict.headline()


def most_of(rules: Assignment) -> Decimal:
    """Return the points that a perfect hand-in gets."""
    marking = rules.marking
    if not marking.steps:
        return Decimal(1)
    return sum((Decimal(worth) for _, worth in marking.points), Decimal(marking.steps[-1][1]))


def read_rows(path: Path) -> list[ClassRow]:
    """Read the rows that `autograde batch --json` wrote."""
    expected = f"expected what autograde batch --json writes in {path}"
    try:
        return msgspec.json.decode(
            read_ordinary(path, MOST_BYTES, follow=True), type=list[ClassRow]
        )
    except FileNotFoundError:
        raise ClassError(f"{expected}, found no such file") from None
    except NotReadable as found:
        raise ClassError(f"{expected}, found {found}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ClassError(f"{expected}, found other JSON: {summary_of(error, 120)}") from None
