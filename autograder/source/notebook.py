"""A notebook as text: its code cells, one after the other, each under a heading with its number.

    as_text(raw)           # b"# the code of a notebook\\n# %% cell 1\\nimport torch\\n…"
    cells_of(text)         # [(1, "import torch"), …]; of a Python file [(None, text)]

A submitted notebook becomes this text before anything else is done with it. So there is one thing
to grade, to keep, to show and to grade again, and it is as readable as a file. Outputs are left
behind. Cells are counted as Jupyter's "Restart and Run All" counts them: code cells that are not
empty.

Nothing is run here. The JSON is read into the fields that are named below and no others, so a huge
output in it costs no memory, whatever it holds.
"""

import re

import msgspec

from autograder.problem import Problem

HEAD = "# the code of a notebook"
TITLE = re.compile(r"^# %% cell (\d+)$", re.MULTILINE)
MOST_CODE = 2**20  # characters
WRITE_ONE = "`autograde new` writes a file to start from"

Text = str | list[str]  # nbformat allows both


class Cell(msgspec.Struct):
    """One cell, of nbformat 4 or of the old format 3, which calls its text `input`."""

    cell_type: str = ""
    source: Text = ""
    input: Text = ""

    @property
    def text(self) -> str:
        """The cell's text as one string."""
        return "".join(self.source) or "".join(self.input)


class Sheet(msgspec.Struct):
    """What held the cells in format 3."""

    cells: list[Cell] = []


class Notebook(msgspec.Struct):
    """What is read of a notebook."""

    cells: list[Cell] = []
    worksheets: list[Sheet] = []


def is_notebook(raw: bytes) -> bool:
    """Return whether a file's bytes are meant as a notebook; its name does not matter."""
    start = raw[: 2**16].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and re.search(rb'"(cells|worksheets|nbformat)"', raw) is not None


def as_text(raw: bytes) -> bytes:
    """Turn a notebook's bytes into the text of its code cells, or say what is wrong with it."""
    try:
        found = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=Notebook)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        message = "expected a notebook, found JSON that is damaged or is none"
        raise Problem("readable", message, "open it in Jupyter and save it again") from None
    cells = [*found.cells, *(cell for sheet in found.worksheets for cell in sheet.cells)]
    code = [cell.text for cell in cells if cell.cell_type == "code" and cell.text.strip()]
    if not code:
        raise Problem("readable", "the notebook has no code cell", WRITE_ONE)
    if sum(map(len, code)) > MOST_CODE:
        raise Problem("readable", f"the notebook holds more than {MOST_CODE >> 10} KB of code")
    parts = [
        # A heading that a student pasted is a comment like any other.
        f"# %% cell {number}\n{TITLE.sub('# cell', text)}\n"
        for number, text in enumerate(code, start=1)
    ]
    return f"{HEAD}\n{''.join(parts)}".encode("utf-8", "replace")


def cells_of(text: str) -> list[tuple[int | None, str]]:
    """Take a file's text apart into numbered cells; a Python file is one without a number."""
    if not text.startswith(f"{HEAD}\n"):
        return [(None, text)]
    _, *found = TITLE.split(text)
    cells = zip(found[::2], found[1::2], strict=True)
    return [(int(number), body.removeprefix("\n")) for number, body in cells]
