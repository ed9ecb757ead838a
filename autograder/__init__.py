"""model.py in, verdict out.

from autograder import check, grade
grade("model.py", seeds=3)          # a Verdict, which shows itself in a notebook
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.pipeline import check, grade
    from autograder.verdict import Verdict

__all__ = ["Verdict", "check", "grade"]


def __getattr__(name: str) -> Any:
    """Load what is asked for, when it is asked for: `autograde --help` needs none of it."""
    from importlib import import_module

    home = {"check": "pipeline", "grade": "pipeline", "Verdict": "verdict"}
    if name not in home:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    return getattr(import_module(f"autograder.{home[name]}"), name)
