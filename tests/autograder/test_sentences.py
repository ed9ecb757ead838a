"""What cannot be captured gets a sentence with the student's line and what to write instead.

The table is sentences.txt: a name, a file, and the exact words. After a change of wording, write it
anew with `python -m tests.autograder.test_sentences` and read the difference.
"""

import sys
from pathlib import Path

import pytest
import torch

from autograder.capture import entry as capture
from autograder.graph.answer import read_answer
from autograder.problem import Problem

TABLE = Path(__file__).with_name("sentences.txt")
TITLE, ANSWER = "=" * 8 + " ", "-" * 8


def rows() -> list[tuple[str, str, str]]:
    """Read the table: name, source and expected words of each case."""
    found = []
    for part in TABLE.read_text("utf-8").split("\n" + TITLE)[1:]:
        name, _, rest = part.partition("\n")
        source, _, words = rest.partition("\n" + ANSWER + "\n")
        found.append((name, source + "\n", words.strip()))
    return found


def words_for(name: str, source: bytes) -> str:
    """Capture a file and write down what its student is told."""
    before, capture.SECONDS = capture.SECONDS, 0.5 if "endless" in name else 60.0
    try:
        read_answer(capture.main(b'{"net": null}\n' + source))
    except Problem as problem:
        place = f", line {problem.line}" if problem.line else ""
        hint = f"\n{problem.hint}" if problem.hint else ""
        return f"{problem.check}{place}\n{problem.message}{hint}"
    finally:
        capture.SECONDS = before
    return "captured"


@pytest.mark.parametrize(("name", "source", "words"), [pytest.param(*r, id=r[0]) for r in rows()])
def test_a_problem_is_a_sentence(name: str, source: str, words: str) -> None:
    if "cuda" in name and torch.cuda.is_available():
        pytest.skip("the jail has no GPU, this process does")
    assert words_for(name, source.encode()) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "the file is empty"),
        (b"\n  \n", "the file is empty"),
        (b"import torch\0\n", "the file is not Python text: it holds zero bytes"),
        ("import torch".encode("utf-16"), "the file is UTF-16, not UTF-8"),
        (b"\n# caf\xe9\n", "line 2 holds a byte that is not UTF-8 (0xe9)"),
        (b"(" * 5000, "line 1 is not Python: too many nested parentheses"),
        (b"-" * 200_000 + b"1", "the file cannot be compiled: "),
    ],
)
def test_bytes_that_are_no_python(source: bytes, words: str) -> None:
    assert words in words_for("", source)


def test_a_flood_of_print_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    source = b"for _ in range(10_000):\n    print('!' * 100)\n"
    assert "there is no network in this file" in words_for("", source)
    assert len(capsys.readouterr().out) > 1_000_000  # the jail throws it away


if __name__ == "__main__":
    table = ["What a student is told: name, file, words. Written by test_sentences.py.\n"]
    for name, source, _ in rows():
        words = words_for(name, source.encode())
        table.append(f"{TITLE}{name}\n{source.rstrip()}\n{ANSWER}\n{words}\n")
    TABLE.write_text("\n".join(table), "utf-8")
    sys.exit()
