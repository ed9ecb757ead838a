"""Points as tables that no LMS asked for: everything as CSV or JSON, and Gradescope's columns."""

import json
from collections.abc import Sequence

from autograder.classroom.lms.sheets import Exported, Sheet, number, ungraded, written
from autograder.classroom.rows import ClassRow

COLUMNS = (
    *("student", "name", "email", "status", "points", "most", "late", "parameters"),
    *("mean_accuracy", "submission", "file", "said", "copies", "unlisted", "lms_id"),
)
# As Gradescope writes an assignment's scores.
GRADESCOPE = ("Name", "SID", "Email", "Total Score", "Max Points", "Status")
STATES = {"missing": "Missing", "ungraded": "Ungraded"}  # all others are "Graded"


def as_csv(rows: Sequence[ClassRow], into: Sheet | None, title: str) -> Exported:
    """Write everything that is known, a column each."""
    checks = list(dict.fromkeys(check for row in rows for check in row["checks"]))
    table: list[list[object]] = [[*COLUMNS, *(f"check {name}" for name in checks)]]
    for row in rows:
        known: dict[str, object] = {**row, "copies": " ".join(row["copies"])}
        table.append(
            [*(known[name] for name in COLUMNS), *(row["checks"].get(name) for name in checks)]
        )
    return Exported(written(table), tuple(ungraded(rows)))


def as_json(rows: Sequence[ClassRow], into: Sheet | None, title: str) -> Exported:
    """Write the rows as they are."""
    return Exported(json.dumps(rows, indent=1) + "\n", tuple(ungraded(rows)))


def gradescope(rows: Sequence[ClassRow], into: Sheet | None, title: str) -> Exported:
    """Write Gradescope's columns; who handed in nothing, or is not graded, has no score there."""
    table = [GRADESCOPE]
    for row in rows:
        state = STATES.get(row["status"], "Graded")
        score = number(row["points"]) if row["points"] is not None and state == "Graded" else ""
        about = (row["name"], row["student"], row["email"])
        table.append((*about, score, number(row["most"]), state))
    return Exported(written(table), tuple(ungraded(rows)))
