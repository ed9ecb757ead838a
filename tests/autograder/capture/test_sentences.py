"""What cannot be captured gets a sentence with the student's line and what to write instead.

The table is sentences.txt: a name, a file, and what its student is told. After a change of wording,
write it anew with `python -m tests.autograder.capture.test_sentences` and read the difference.

- Text that many files share is written once, at the table's top. Such a part has a name in angle
  brackets, and a line with that name alone stands for all its lines.
- Lines are numbered as in the whole file. The text of the line in question stands beside its
  number: `interface, line 12 | if x.mean() > 0:`.
- Words that an exception of Python or torch brought along are no words of ours and change with
  versions: ⟨words of an exception⟩ stands for them.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
import torch

from autograder.capture import entry, tracebacks
from autograder.capture.running import statements
from autograder.graph.answer import read_answer
from autograder.problem import Problem

TABLE = Path(__file__).with_name("sentences.txt")
TITLE, ANSWER = "=" * 8 + " ", "-" * 8
THEIRS = "⟨words of an exception⟩"


def table() -> tuple[str, dict[str, str], list[tuple[str, str, str]]]:
    """Read the table: its first line, the shared parts, and each case's name, source and words."""
    first, *sections = TABLE.read_text("utf-8").split("\n" + TITLE)
    parts: dict[str, str] = {}
    cases = []
    for section in sections:
        name, _, rest = section.partition("\n")
        source, _, words = rest.partition("\n" + ANSWER + "\n")
        if name.startswith("<"):
            parts[name] = source.rstrip()
        else:
            cases.append((name, source.rstrip(), words.strip()))
    return first.strip(), parts, cases


FIRST, PARTS, CASES = table()


def whole(source: str) -> str:
    """Return a file with its shared parts written out."""
    lines = source.split("\n")
    return "\n".join(whole(PARTS[line]) if line in PARTS else line for line in lines)


def words_for(name: str, source: bytes) -> str:
    """Capture a file and write down what its student is told."""
    seconds = 0.5 if "endless" in name else 60.0
    with (
        patch.object(entry, "SECONDS", seconds),
        patch.object(statements, "SECONDS", min(seconds, statements.SECONDS)),
        quotations() as quoted,
    ):
        try:
            found = read_answer(entry.main(b'{"net": null}\n' + source))
        except Problem as problem:
            lines = source.decode("utf-8", "replace").split("\n")
            line = problem.line
            place = f", line {line} | {lines[line - 1].strip()}" if line else ""
            told = f"{problem.check}{place}\n{problem.message}\n{problem.hint}"
        else:
            told = "\n".join(["captured", found.skipped, found.recipe_missed])
    for words in {*quoted, syntax_error(source)} - {""}:
        told = told.replace(f": {words}", f": {THEIRS}")
    return told.rstrip()


@contextmanager
def quotations() -> Iterator[list[str]]:
    """Note what is quoted of exceptions: all of it passes through `tracebacks.message_of`."""
    quoted: list[str] = []
    message_of = tracebacks.message_of

    def noting(error: BaseException) -> str:
        quoted.append(message_of(error))
        return quoted[-1]

    with ExitStack() as patches:
        for name, module in list(sys.modules.items()):
            if name.startswith("autograder.capture.") and hasattr(module, "message_of"):
                patches.enter_context(patch.object(module, "message_of", noting))
        yield quoted


def syntax_error(source: bytes) -> str:
    """Return what Python itself says of a file that is not Python."""
    try:
        compile(source, "model.py", "exec")
    except SyntaxError as error:
        return error.msg
    except (ValueError, RecursionError, MemoryError):
        pass  # quoted by message_of
    return ""


@pytest.mark.parametrize(("name", "source", "words"), [pytest.param(*c, id=c[0]) for c in CASES])
def test_a_problem_is_a_sentence(name: str, source: str, words: str) -> None:
    if "cuda" in name and torch.cuda.is_available():
        pytest.skip("the jail has no GPU, this process does")
    assert words_for(name, whole(source + "\n").encode()) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "the file is empty"),
        (b"\n  \n", "the file is empty"),
        (b"import torch\0\n", "the file is not Python text: it holds zero bytes"),
        ("import torch".encode("utf-16"), "the file is UTF-16, not UTF-8"),
        (b"\n# caf\xe9\n", "line 2 holds a byte that is not UTF-8 (0xe9)"),
        (b"(" * 5000, f"line 1 is not Python: {THEIRS}"),
        (b"-" * 200_000 + b"1", f"the file cannot be compiled: {THEIRS}"),
    ],
)
def test_bytes_that_are_no_python(source: bytes, words: str) -> None:
    assert words in words_for("", source)


def test_words_of_an_exception_are_told() -> None:
    # The table leaves them out. This says that a student reads them.
    with pytest.raises(Problem) as told:
        read_answer(entry.main(b'{"net": null}\n\nraise ValueError("a word of mine")\n'))
    assert "line 2 (stops with ValueError: a word of mine)" in told.value.message


def test_a_flood_of_print_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    source = b"for _ in range(10_000):\n    print('!' * 100)\n"
    assert "there is no network in this file" in words_for("", source)
    assert len(capsys.readouterr().out) > 1_000_000  # the jail throws it away


def write_anew() -> None:
    """Write the table with what students are told now."""
    sections = [FIRST + "\n"]
    sections += [f"{TITLE}{name}\n{text}\n" for name, text in PARTS.items()]
    for name, source, _ in CASES:
        words = words_for(name, whole(source + "\n").encode())
        sections.append(f"{TITLE}{name}\n{source}\n{ANSWER}\n{words}\n")
    TABLE.write_text("\n".join(sections), "utf-8")


if __name__ == "__main__":
    write_anew()
