"""A problem in a submission: one sentence for the student, with the line it is about."""

from dataclasses import dataclass

from course.errors import SubmissionError


@dataclass(eq=False)  # exceptions are told apart by identity
class Problem(SubmissionError):
    """What stopped a submission: `check` is the check that fails by it."""

    check: str  # "readable" or "interface"
    message: str
    hint: str = ""
    line: int | None = None

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the problem as plain JSON."""
        return {"check": self.check, "message": self.message, "hint": self.hint, "line": self.line}
