"""No string that a student chose steers a terminal, a table or a log: each way out is tried.

The strings hold what terminals act on: ANSI sequences with one byte and with two, a window's title,
a link, a bell, backspaces, and signs that reorder letters; and rich's own markup.
"""

import csv
import io
import json
import logging
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.text import Text
from typer.testing import CliRunner

from autograder.cli import app
from autograder.display.boards import board, history
from autograder.display.console import SafeConsole
from autograder.display.terminal import findings, layer_table, show_verdict
from autograder.results.database import entry_of
from autograder.results.exports import write_csv
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Check
from autograder.words import harmless
from course.rows import Row
from tests.helpers.verdicts import verdict

COLOUR = "\x1b[95;7m"  # one that is nowhere ours
HOSTILE = (
    f"{COLOUR}red\x1b]0;title\x07\x1b]8;;mailto:x\x1b\\link\x9b2J\x90q\x9c\b\b\b\r\x7f\x00"
    "\u202eover\u2066iso\u200fmark\u061c[red]markup[/red][link=mailto:x]there[/link]:bomb:"
)
# C0 but newline and tab, DEL, C1, and every sign that reorders what stands beside it.
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What rich itself sends to a terminal: colours, the cursor, erasing a line. Of a terminal's own
# doing is the return before each newline.
OURS = re.compile(r"\x1b\[(\d+(;\d+)*)?m|\x1b\[\?25[lh]|\x1b\[\d*[AK]|\r(?=\n|\x1b\[)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(folder: Path, handle: str, source: str) -> None:
    with Leaderboard() as kept_board:
        kept_board.add(entry_of(verdict((9_950,)), handle, source))


def run(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "autograder.cli", *words]
    return subprocess.run(command, capture_output=True, timeout=120, check=False)


def in_terminal(*words: str) -> str:
    """Run a command in a terminal of its own, and return all that arrives there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    command = [sys.executable, "-m", "autograder.cli", *words]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
    )
    os.close(theirs)
    arrived = bytearray()
    while True:
        try:
            chunk = os.read(ours, 1 << 16)
        except OSError:  # Linux's way to say that nobody writes any more
            break
        if not chunk:
            break
        arrived += chunk
    child.wait(60)
    os.close(ours)
    return arrived.decode("utf-8", "surrogateescape")


def expect_harmless(text: str, terminal: bool = False) -> None:
    text = OURS.sub("", text.replace(COLOUR, "\x1b!")) if terminal else text
    found = STEERS.search(text)
    assert found is None, repr(text[max(0, found.start() - 60) : found.end() + 20])


def test_words_lose_what_steers_and_keep_what_reads() -> None:
    assert not STEERS.search(harmless(HOSTILE))
    assert harmless("ça va\n\t漢字 e\u0301 → ✓") == "ça va\n\t漢字 e\u0301 → ✓"
    assert harmless("a\x1b[2J\u202e\udcff") == r"a\x1b[2J\u202e\udcff"
    assert harmless("two\nlines\u00a0", keep="") == r"two\nlines "


def test_every_sign_of_unicode_comes_out_printable() -> None:
    for start in range(0, sys.maxunicode, 0x1000):
        block = "".join(map(chr, range(start, start + 0x1000)))
        assert harmless(block, keep="").isprintable(), hex(start)


def printed(*what: object) -> str:
    file = io.StringIO()
    console = SafeConsole(file=file)
    console.width = 200
    for one in what:
        console.print(one)
    return file.getvalue()


def test_the_console_lets_nothing_through() -> None:
    rows = [entry_row(HOSTILE)]
    layers = [Row(HOSTILE, HOSTILE, (8, 26, 26), 80, False, 3, 1, 1_000)]
    check = Check("no-dense", "fail", HOSTILE, HOSTILE, HOSTILE, HOSTILE, line=1)
    out = printed(
        HOSTILE,
        Text(HOSTILE),
        layer_table(layers, 100),
        *findings([check], HOSTILE),
        *board(rows, HOSTILE, 100),
        *history(rows, 100),
    )
    expect_harmless(out)
    assert "[red]markup[/red]" in out  # as it was written
    assert ":bomb:" in out


def entry_row(text: str):
    entry = entry_of(verdict((9_950,)), text, "")
    from datetime import datetime

    entry.id, entry.created = 1, datetime(2026, 1, 1)  # noqa: DTZ001
    return {
        **entry.row(),
        "device": text,
        "network": text,
        "assignment": text,
        "rank": 1,
        "tries": 1,
    }


def test_a_shown_verdict_is_harmless() -> None:
    from dataclasses import replace

    found = verdict((9_950,))
    submission = replace(found.submission, file=HOSTILE, network=HOSTILE)
    file = io.StringIO()
    hostile = replace(found, submission=submission, device=HOSTILE, jail=HOSTILE)
    show_verdict(SafeConsole(file=file), hostile)
    expect_harmless(file.getvalue())


@pytest.mark.parametrize(
    "name", [HOSTILE, "=cmd()", " =cmd()", "'=cmd()", "@x", "-1+1", "＝cmd()", "a,b", 'a"b', "a\nb"]
)
def test_a_csv_is_rows_of_plain_text(name: str) -> None:
    file = io.StringIO()
    write_csv([entry_row(name)], file)
    expect_harmless(file.getvalue())
    assert len(file.getvalue().splitlines()) == 2
    [row] = csv.DictReader(io.StringIO(file.getvalue()))
    assert row["handle"].lstrip(" \"'")[:1] not in tuple("=+-@＝") or row["handle"][0] == "'"
    assert row["parameters"] == "7000"


def test_commands_on_a_hostile_board(folder: Path) -> None:
    kept(folder, HOSTILE, f"# {HOSTILE}\r\nimport torch\n")
    for words in (
        ("leaderboard",),
        ("leaderboard", "--csv"),
        ("leaderboard", "--json"),
        ("show", "1"),
        ("show", "1", "--source"),
        ("show", "1", "--json"),
    ):
        done = run(*words)
        assert done.returncode == 0, done.stderr
        expect_harmless((done.stdout + done.stderr).decode())
        if words[-1] == "--json":
            json.loads(done.stdout)
    source = run("show", "1", "--source").stdout.decode()
    assert source.startswith(r"# \x1b[95;7mred")
    assert "\nimport torch\n" in source


ODD_FILES = (HOSTILE.replace("\x00", "").replace("/", "|") + ".py", "\udcff\udcfe.py")


@pytest.mark.parametrize("name", ODD_FILES, ids=("signs", "no text"))
@pytest.mark.parametrize("command", ["check", "new", "submit"])
def test_a_files_name_is_said_harmlessly(folder: Path, command: str, name: str) -> None:
    done = run(command, f"missing/{name}")
    assert done.returncode == 2, done.stderr
    expect_harmless(done.stderr.decode())
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("{}",),
        ("check", "--{}"),
        ("check", "a", "{}"),
        ("check", "a", "--threads", "{}"),
        ("check", "a", "-a", "{}"),
        ("check", "a", "--device", "{}"),
        ("show", "{}"),
        ("gradebook", "{}", "--class", "{}"),
        ("gradebook", "x", "--student", "{}"),
        ("retrain", "{}"),
        ("history", "--handle", "{}"),
    ],
    ids=" ".join,
)
def test_what_was_typed_is_quoted_harmlessly(folder: Path, words: tuple[str, ...]) -> None:
    typed = HOSTILE.replace("\x00", "")
    done = CliRunner().invoke(app, [word.replace("{}", typed) for word in words])
    expect_harmless(done.output)
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception


def test_nothing_of_a_students_steers_a_real_terminal(folder: Path) -> None:
    name = "\x1b[31mmodel\x1b]0;owned\x07\u202e.py"
    (folder / name).write_text(
        f"# {HOSTILE}".replace("\x00", "").replace("\r", "")
        + "\nraise ValueError('\\x1b]0;owned\\x07 \\u202e [red]x[/red]')\n",
        encoding="utf-8",
    )
    kept(folder, HOSTILE, f"# {HOSTILE}\n")
    for words in (("check", name), ("show", "1", "--source"), ("leaderboard",), ("show", "1")):
        arrived = in_terminal(*words)
        assert arrived.strip()
        expect_harmless(arrived, terminal=True)
        assert "Traceback" not in arrived
    colours = in_terminal("show", "1")
    assert "\x1b[" in colours  # rich's own may pass


def test_a_missing_file_steers_no_terminal(folder: Path) -> None:
    for typed in ("{}missing.py", "--{}"):
        words = ("check", typed.replace("{}", HOSTILE.replace("\x00", "")))
        expect_harmless(in_terminal(*words), terminal=True)


def test_a_log_is_harmless(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("nbgrader")
    from autograder.classroom.notebooks.door import HarmlessRecord

    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(HarmlessRecord)
    try:
        stream = io.StringIO()
        log = logging.Logger("door")
        log.addHandler(logging.StreamHandler(stream))
        log.warning("copying %s", HOSTILE)
        log.warning(HOSTILE.replace("%", ""))
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            log.exception("failed")
    finally:
        logging.setLogRecordFactory(before)
    expect_harmless(stream.getvalue())
    assert "Traceback" in stream.getvalue()
