"""Writes into the grader's own package.

Expect: exit 3, no files and no network here
"""

from pathlib import Path

import autograder

with Path(autograder.__file__).open("a") as file:
    file.write("# passed")
