"""Read what came out of the jail, a submission or a problem, as if an enemy had written every byte.

    submission = read_answer(data)   # or raises Problem

A problem's text is the student's to forge, so it is clipped and made printable, and its check is
one that a capture may fail.
"""

import json

from autograder.graph.arguments import Refused
from autograder.graph.reading import line_number, read, read_metadata
from autograder.graph.submission import Submission
from autograder.problem import Problem
from autograder.words import printable

CHECKS = ("readable", "interface")
LONGEST = 600  # characters in a message or a hint


def read_answer(data: bytes) -> Submission:
    """Return the submission that the bytes hold, or raise the problem that they tell of."""
    try:
        told = read_metadata(data).get("problem")
    except Refused as refusal:
        raise Problem("readable", str(refusal)) from None
    if told is not None:
        raise read_problem(told)
    try:
        return read(data)
    except Refused as refusal:
        raise Problem("interface", printable(str(refusal), LONGEST)) from None


def read_problem(told: object) -> Problem:
    """Make a problem of whatever the jailed child said about one."""
    try:
        document = json.loads(told) if isinstance(told, str) else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Problem("readable", "the file could not be read, and no reason came with that")
    check, message, hint = (document.get(key) for key in ("check", "message", "hint"))
    return Problem(
        check if isinstance(check, str) and check in CHECKS else "readable",
        printable(message, LONGEST) if isinstance(message, str) else "the file could not be read",
        printable(hint, LONGEST) if isinstance(hint, str) else "",
        line_number(document.get("line")),
    )
