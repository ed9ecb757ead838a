"""A class's points on their way to whatever keeps them: one function each, of rows to a table."""

from collections.abc import Callable, Sequence

from autograder.classroom.lms.canvas import canvas
from autograder.classroom.lms.moodle import moodle, worksheet
from autograder.classroom.lms.sheets import Exported, Sheet
from autograder.classroom.lms.tables import as_csv, as_json, gradescope
from autograder.classroom.rows import ClassRow

# The rows, the LMS's own table to fill if there is one, and the assignment's title there.
Export = Callable[[Sequence[ClassRow], Sheet | None, str], Exported]
TARGETS: dict[str, Export] = {
    "canvas": canvas,
    "moodle": moodle,
    "moodle-worksheet": worksheet,
    "gradescope": gradescope,
    "csv": as_csv,
    "json": as_json,
}
