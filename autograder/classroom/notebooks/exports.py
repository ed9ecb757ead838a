"""The class's points as CSV, with nbgrader's columns and each text as nothing but text.

nbgrader's own exporter joins texts with commas: a student named `a,b` moves a column, and one named
`=cmd()` is a formula for whoever opens the table.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin

from autograder.results.exports import defused

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


class SafeCsv(CsvExportPlugin):
    """nbgrader's `nbgrader export`, with every text quoted and defused."""

    def export(self, gradebook: Gradebook) -> None:
        """Write a row for each student and assignment."""
        to = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", to)
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            for row in self.rows(gradebook):
                writer.writerow({name: defused(value) for name, value in row.items()})

    def rows(self, gradebook: Gradebook) -> Iterator[dict[str, object]]:
        """Yield the points of each student, 0 where nothing was handed in."""
        for assignment in gradebook.assignments:
            if self.assignment and assignment.name not in map(str, self.assignment):
                continue
            for student in gradebook.students:
                if self.student and student.id not in map(str, self.student):
                    continue
                row = {name: getattr(student, name) for name in COLUMNS[4:7]}
                row |= {"assignment": assignment.name, "duedate": assignment.duedate}
                row |= {"student_id": student.id, "max_score": assignment.max_score}
                yield row | points(gradebook, assignment.name, student.id)


def points(gradebook: Gradebook, assignment: str, student: str) -> dict[str, object]:
    """Return what a student has of an assignment."""
    try:
        found = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    late = found.late_submission_penalty
    return {
        "timestamp": found.timestamp,
        "raw_score": found.score,
        "late_submission_penalty": late,
        "score": max(0.0, found.score - late),
    }
