"""model.py in, verdict out.

from autograder import check, grade
grade("model.py", seeds=3)          # a Verdict, which shows itself in a notebook
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.api import check, grade
    from autograder.verdict import Verdict

__all__ = ["Verdict", "check", "grade"]


def __getattr__(name: str) -> object:
    """Load what is asked for, when it is asked for: `autograde --help` needs none of it."""
    home = {"check": "api", "grade": "api", "Verdict": "verdict"}
    if name not in home:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    return getattr(import_module(f"autograder.{home[name]}"), name)
