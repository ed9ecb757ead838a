"""Fresh seeds: nobody could have tried them, and what they say of an entry is kept and shown."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.display.boards import board, history
from autograder.display.console import SafeConsole
from autograder.job import Job, Options
from autograder.results.confirming import confirming_job, fresh_key
from autograder.results.database import Entry, confirmation_of, entry_of
from autograder.results.exports import write_csv
from autograder.results.leaderboard import Leaderboard
from autograder.results.ranking import ranked_rows
from course.errors import UsageError
from tests.helpers.gradings import KEY, rules
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict

pytestmark = pytest.mark.usefixtures("own_home")


def entry(source: str = TINY, data: str = "mnist") -> Entry:
    return entry_of(verdict(data=data), "ada", source)


def job(kept: Entry | None, number: int = 7, seeds: int = 10) -> Job:
    return confirming_job(kept, number, seeds, "cpu", 1, KEY)


def test_fresh_seeds_are_none_of_a_submissions_nor_of_another_entrys() -> None:
    own = Job(b"", "", rules("percent = 15\nin_each_of_last_epochs = 1"), Options(seeds=100), KEY)
    seeds = [set(own.seeds("print")), *(set(job(entry(), n).seeds("print")) for n in (7, 8))]
    assert not seeds[0] & seeds[1]
    assert not seeds[1] & seeds[2]
    assert job(entry()).seeds("print") == job(entry()).seeds("print")  # asked again, the same
    assert fresh_key(KEY, 7) != fresh_key(bytes(32), 7)  # and nobody has them without the key


def test_the_job_is_the_kept_file_by_its_own_rules() -> None:
    kept = entry()
    again = job(kept)
    assert (again.source, again.rules) == (TINY.encode(), kept.verdict.assignment)
    assert (again.options.net, again.options.seeds, again.options.data) == ("Net", 10, "mnist")
    # One that is made in a way that nobody sees in the text is found as it was the first time.
    assert job(entry("globals()['Net'] = make()")).options.net is None


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (None, "expected the number of a submission, found 7"),
        (entry(source=" \n"), "expected an entry that keeps its model.py, found none in number 7"),
        (entry(data="practice"), "trained on MNIST, found number 7 on practice digits"),
    ],
    ids=["no such entry", "no source", "practice digits"],
)
def test_what_cannot_be_confirmed_is_a_sentence(kept: Entry | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        job(kept)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_tries_and_marks_are_shown_at_any_width(width: int) -> None:
    with Leaderboard() as kept:
        for handle, parameters, right in (
            ("a-handle-as-long-as-forty-letters-may-be", 7_900, (10, 10)),
            ("bob", 7_800, (7, 10)),
            ("eve", 7_700, None),
        ):
            for _ in range(11):
                number = kept.add(entry_of(verdict((9_950,) * 3, parameters), handle, ""))
            if right is not None:
                passed, seeds = right
                counts = (9_950,) * passed + (9_900,) * (seeds - passed)
                kept.add_confirmation(confirmation_of(verdict(counts), number))
        rows = ranked_rows(kept.entries())
        past = [one.row() for one in kept.entries(handle="bob")][-1:]
    console = SafeConsole(file=io.StringIO())
    console.width = width
    console.print(*board(rows, "under-8k", width), *history(past, width), sep="\n")
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    lines = shown.splitlines()
    assert max(map(len, lines)) <= width
    for name, seal in (("a-han", "✓✓✓"), ("eve", "✓✓ "), ("bob", "✗")):
        [line] = [line for line in lines if name in line]
        assert seal in line
        assert " 11 " in line
    assert " not confirmed  " in shown
    file = io.StringIO()
    write_csv(rows, file)
    assert "confirmed,confirmation,tries" in file.getvalue()
    assert "False,7 of 10,11" in file.getvalue()


EASY = """name = "easy"
[network]
fewer_parameters_than = 2000
[recipe]
most_epochs = 2
[accuracy]
percent = 15
in_each_of_last_epochs = 1
"""


@pytest.mark.mnist
def test_an_entry_is_trained_again_and_marked(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_bytes(f"# coding: latin-1\ngröße = 8\n{TINY}".encode("latin-1"))
    (tmp_path / "easy.toml").write_text(EASY)

    def autograde(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "autograder.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    done = autograde("submit", "model.py", "-a", "easy.toml", "--threads", "1", "--json")
    assert done.returncode == 0, done.stderr
    again = autograde("confirm", "1", "--seeds", "2", "--threads", "1", "--json")
    assert again.returncode == 0, again.stderr
    assert "confirmed: 2 of 2 fresh seeds passed" in again.stderr
    first, fresh = (json.loads(run.stdout)["runs"] for run in (done, again))
    assert len({run["seed"] for run in [*first, *fresh]}) == 3
    assert "confirmed: 2 of 2" in autograde("show", "1").stdout
    with Leaderboard() as kept, kept.writing() as session:  # as a later version may refuse it
        session.get_one(Entry, 1).source += "\nclass"
    assert autograde("confirm", "1", "--seeds", "2", "--threads", "1").returncode == 3
    [row] = json.loads(autograde("leaderboard", "-a", "easy.toml", "--json").stdout)
    assert (row["confirmed"], row["confirmation"], row["tries"]) == (True, "2 of 2", 1)
    assert autograde("confirm", "2").returncode == 2
