"""Wrong use of the command line: typer quotes what was typed, and here that is made harmless."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperGroup

from autograder.words import harmless


class Commands(TyperGroup):
    """The commands; an error about one holds no sign that steers a terminal."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the words that come before a command's name."""
        with harmless_errors():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Read the words of a command, and run it."""
        with harmless_errors():
            return super().invoke(ctx)


@contextmanager
def harmless_errors() -> Iterator[None]:
    """Clean the message of an error that typer will show."""
    try:
        yield
    except Exception as error:
        # Not by its class: that of wrong use is typer's own in some versions, click's in others.
        message = getattr(error, "message", None)
        if isinstance(message, str) and hasattr(error, "format_message"):
            error.message = harmless(message)  # type: ignore[attr-defined]
        raise
