"""A student's file as Python reads it: its statements, each with its lines.

    source = Source(raw)
    source.steps                   # its statements as ast nodes, in the file's order
    source.skipped                 # what of it was skipped, and why

Of a notebook, a cell that is not Python is skipped like a statement that fails; a Python file must
be Python from top to bottom.
"""

import __future__

import ast
import re
import tokenize
from collections.abc import Iterator
from io import BytesIO
from types import CodeType

from autograder.capture.running.commands import python_of
from autograder.capture.running.skipped import Skip, Skipped, Why
from autograder.capture.tracebacks import FILENAME, message_of
from autograder.problem import Problem
from autograder.source.lines import lines_of, numbered, parts, place
from autograder.source.notebook import as_text, cells_of, is_notebook

# What text that is not Python seems to name: as far as one can see without reading it.
NAMED = re.compile(r"^(?:class|def)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)


class Source:
    """A student's file: its text, its statements, and what of it was skipped."""

    def __init__(self, raw: bytes) -> None:
        self.text = decode(raw)
        self.skipped = Skipped()
        # In the file's order; in the place of a cell that is not Python stands why it is skipped.
        self.steps: list[ast.stmt | Skip] = []
        self.flags = 0  # what the file imports from __future__, for the compiler
        self.cells = dict(cells_of(self.text))
        for cell in self.cells:
            self.read(cell)

    def nodes(self) -> Iterator[ast.AST]:
        """Walk through all that the file's statements are made of."""
        for step in self.steps:
            if isinstance(step, ast.stmt):
                yield from ast.walk(step)

    def read(self, cell: int | None) -> None:
        """Take a cell's statements, or the whole file's."""
        python = python_of(self.cells[cell])
        if python is None:
            return  # a cell in another language
        try:
            found = parsed(python, cell)
        except Problem as problem:
            if cell is None:
                raise
            self.steps.append(self.not_python(cell, python, problem))
            return
        self.steps += found
        for node in found:
            # Jupyter takes these in any cell, and from then on they hold.
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                features = [getattr(__future__, alias.name, None) for alias in node.names]
                for feature in features:
                    self.flags |= getattr(feature, "compiler_flag", 0)

    def not_python(self, cell: int, python: str, problem: Problem) -> Skip:
        """Say why a cell is skipped."""
        names = frozenset(one or other for one, other in NAMED.findall(python))
        first, last = numbered(cell, 1), numbered(cell, len(lines_of(python)))
        words = problem.message.removeprefix(f"{place(problem.line or first)} ")
        return Skip(len(self.steps), first, last, Why("error", words), names)

    def line(self, number: int) -> str:
        """Return the text of a line, or nothing where there is none."""
        cell, line = parts(number)
        rows = lines_of(self.cells.get(cell, ""))
        return rows[line - 1] if 0 < line <= len(rows) else ""

    def compiled(self, statement: ast.stmt) -> CodeType:
        """Compile one statement; some mistakes are found only now."""
        module = ast.Module([statement], type_ignores=[])
        code: CodeType = compile(module, FILENAME, "exec", self.flags, dont_inherit=True)
        return code


def decode(raw: bytes) -> str:
    """Turn a file's bytes into text, or say why they are not text."""
    if not raw.strip():
        raise Problem("readable", "the file is empty", "`autograde new` writes one to start from")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problem("readable", "the file is UTF-16, not UTF-8", "save it as UTF-8")
    if b"\0" in raw:
        raise Problem("readable", "the file is not Python text: it holds zero bytes")
    if is_notebook(raw):  # one that job.py did not turn into text: this says why
        raw = as_text(raw)
    if raw.lstrip()[:1] == b"<":
        hint = "where it is shown, choose to download the file itself (Raw, on many pages)"
        raise Problem("readable", "the file is a web page, not Python", hint)
    try:
        return raw.decode(encoding_of(raw))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8, or remove the character"
        message = f"line {line} holds a byte that is not UTF-8 (0x{raw[error.start]:02x})"
        raise Problem("readable", message, hint, line) from None


def encoding_of(raw: bytes) -> str:
    """Return the encoding that a file names in its first lines, else UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(raw).readline)
        raw[:0].decode(encoding)  # some are known that make no text
    except (SyntaxError, LookupError):
        return "utf-8-sig"
    return encoding


def parsed(python: str, cell: int | None) -> list[ast.stmt]:
    """Parse a file or a cell, or say on which line it is not Python."""

    def problem(line: int | None, words: str, hint: str = "") -> Problem:
        number = numbered(cell or 0, line or 1)
        return Problem("readable", f"{place(number)} {words}", hint, number)

    try:
        tree = ast.parse(python, FILENAME)
        if cell is not None:
            ast.increment_lineno(tree, numbered(cell, 0))
    except TabError as error:
        hint = "indent with four spaces throughout"
        raise problem(error.lineno, "mixes tabs and spaces", hint) from None
    except SyntaxError as error:
        raise problem(error.lineno, f"is not Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        what = "the file" if cell is None else f"cell {cell}"
        message = f"{what} cannot be compiled: {message_of(error)}"
        raise Problem("readable", message) from None
    return tree.body
