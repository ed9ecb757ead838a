"""The one console: whatever is printed on it leaves this process without a sign that steers.

File names, names of classes and layers, messages of exceptions and what a submission prints are
chosen by strangers. So nothing is cleaned where it comes in, but all of it here, where it goes out:
what rich itself sends (colours, the cursor of a spinner) passes, and text is made harmless.
Square brackets in a text are brackets: only what is written with Text has colours.
"""

from collections.abc import Iterator
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from autograder.words import harmless


class SafeConsole(Console):
    """A console on which no string steers the terminal."""

    def __init__(self, *, stderr: bool = False, file: TextIO | None = None) -> None:
        super().__init__(stderr=stderr, file=file, highlight=False, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Turn what is printed into pieces of text, each made harmless."""
        for piece in super().render(renderable, options):
            # A piece with control codes is rich's own, and holds no text of anybody's.
            yield piece if piece.control else Segment(harmless(piece.text), piece.style)
