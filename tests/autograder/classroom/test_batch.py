"""Everybody has a row, whatever became of the file, and doing it all again is free."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import text

from autograder.assignment import Assignment, read
from autograder.classroom.batch import Batch, enqueue
from autograder.classroom.regrade import Change, Told, changes, last_told, tell
from autograder.classroom.roster import Roster, load_roster
from autograder.classroom.rows import ClassRow
from autograder.display.batch import class_table, remarks, summary
from autograder.display.console import SafeConsole
from autograder.fleet.queue import FAULTS, Queue
from autograder.job import Options, read_source
from autograder.results.home import HomeError
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Check, Verdict
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict

DUE = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
RULES = """\
name = "mine"
[network]
fewer_parameters_than = 9_000
[recipe]
most_epochs = 2
[accuracy]
percent = 15
in_each_of_last_epochs = 1
[points]
parameters = 2
accuracy = [{ percent = 10, points = 3 }, { percent = 15, points = 8 }]
[dates]
due = 2026-12-01T23:59:00Z
[late]
percent_per_day = 10
most_days = 2
"""
MINE = read(RULES.encode(), "mine")
PEOPLE = 40
READ = b"import torch"  # nothing here is run: the verdicts are given


def roster() -> str:
    lines = [f"s{i:02},Student,Number{i:02},s{i:02}@uni.example" for i in range(PEOPLE)]
    return "\n".join(["id,first_name,last_name,email", *lines])


def lay_out(layout: str, folder: Path) -> Roster:
    """Let 38 of 40 hand in: the last two do not."""
    for i in range(PEOPLE - 2):
        # Two and three hand in the same bytes.
        content = READ + b"\n" * (i if i != 3 else 2)
        path = {
            "plain": folder / f"s{i:02}" / "model.py",
            "canvas": folder / f"number{i:02}student_{'LATE_' * (i == 5)}{i}_9{i:02}_model.py",
            "moodle": folder / f"Student Number{i:02}_9{i:02}_assignsubmission_file_" / "model.py",
            "nbgrader": folder / "submitted" / f"s{i:02}" / "capstone" / "Model (1).py",
        }[layout]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        days = {6: 1, 7: 5}.get(i, -1)
        when = (DUE + timedelta(days=days)).timestamp()
        os.utime(path, (when, when))
    (folder.parent / "class.csv").write_text(roster())
    return load_roster(folder.parent / "class.csv")


@pytest.fixture
def queue(own_home: Path) -> Iterator[Queue]:
    with Queue() as opened:
        yield opened


def said(student: str, rules: Assignment) -> Verdict:
    """Make the verdict that a grading would come to."""
    number = int(student[1:])
    correct = (9_950,) if number != 8 else (1_200,)
    found = replace(verdict(correct, parameters=1_000 + number), assignment=rules)
    found = replace(found, checks=(Check("parameters", "pass"), *found.checks))
    if number == 8:
        runs = tuple(replace(run, passed=False) for run in found.runs)
        failed = Check("accuracy", "fail", message="1,200 in epoch 2 is 300 too few")
        checks = (*(c for c in found.checks if c.id != "accuracy"), failed)
        return replace(found, runs=runs, checks=checks)
    if number == 9:
        broken = Check("readable", "fail", message="line 1 is not Python")
        return replace(found, runs=(), checks=(broken,))
    same = "the same" if number in (2, 3) else student
    return replace(found, submission=replace(found.submission, fingerprint=same))


def work(queue: Queue, batch: Batch) -> None:
    """Give every row its verdict; number 10 cannot be graded."""
    while (claim := queue.claim(batch.name, "here")) is not None:
        if claim.ticket.student == "s10":
            queue.fail(claim, "no memory left")
        else:
            queue.finish(claim, said(claim.ticket.student, claim.ticket.rules), 1)


@pytest.mark.parametrize("layout", ["plain", "canvas", "moodle", "nbgrader"])
def test_a_class_of_forty_has_forty_rows(queue: Queue, tmp_path: Path, layout: str) -> None:
    listed = lay_out(layout, tmp_path / "in")
    batch = enqueue(queue, tmp_path / "in", MINE, Options(seeds=1), listed)
    work(queue, batch)
    rows = {row["student"]: row for row in batch.rows(queue)}
    assert list(rows) == [f"s{i:02}" for i in range(PEOPLE)]
    knows_time = layout in ("plain", "nbgrader")
    assert told(rows["s00"]) == ("passed", 10.0)
    assert told(rows["s08"]) == ("failed", 5.0)
    assert told(rows["s09"]) == ("refused", 0.0)
    assert told(rows["s10"]) == ("ungraded", None)
    assert rows["s10"]["said"] == "no memory left"
    assert told(rows["s38"]) == told(rows["s39"]) == ("missing", 0.0)
    assert (rows["s02"]["copies"], rows["s03"]["copies"]) == (["s03"], ["s02"])
    assert rows["s05"]["late"] == ("late, says the LMS" if layout == "canvas" else "")
    assert told(rows["s06"]) == (("passed", 9.0) if knows_time else ("passed", 10.0))
    assert told(rows["s07"]) == (("late", 0.0) if knows_time else ("passed", 10.0))
    assert all(row["most"] == 10 for row in rows.values())
    assert rows["s00"]["checks"]["accuracy"] == "pass"
    with Leaderboard() as board:
        entry = board.get(rows["s00"]["submission"] or 0)
    assert entry is not None
    assert entry.handle == "s00"


def told(row: ClassRow) -> tuple[str, float | None]:
    return row["status"], row["points"]


def test_doing_it_again_grades_nobody_twice_but_whoever_changed_the_file(
    queue: Queue, tmp_path: Path
) -> None:
    listed = lay_out("plain", tmp_path / "in")
    for _ in range(2):
        batch = enqueue(queue, tmp_path / "in", MINE, Options(seeds=1), listed)
        work(queue, batch)
    with Leaderboard() as board:
        assert len(board.entries()) == 35  # of 38: too late, no network, and a fault of ours
    (tmp_path / "in" / "s00" / "model.py").write_bytes(b"another")
    batch = enqueue(queue, tmp_path / "in", MINE, Options(seeds=1), listed)
    claims = [queue.claim(batch.name, "here") for _ in range(3)]
    assert [claim and claim.ticket.student for claim in claims] == ["s10", "s00", None]


def test_other_points_dates_and_accuracies_train_nobody_again(queue: Queue, tmp_path: Path) -> None:
    listed = lay_out("plain", tmp_path / "in")
    work(queue, enqueue(queue, tmp_path / "in", MINE, Options(seeds=1), listed))
    other = RULES.replace("points = 8", "points = 6").replace("percent_per_day = 10\n", "")
    other = other.replace("percent = 15\n", "percent = 99.6\n")
    rules = read(other.encode(), "mine")
    batch = enqueue(queue, tmp_path / "in", rules, Options(seeds=1), listed)
    claim = queue.claim(batch.name, "here")
    assert claim is not None
    assert claim.ticket.student == "s10"  # whom a fault of ours kept from having a verdict
    assert queue.claim(batch.name, "here") is None
    rows = {row["student"]: row for row in batch.rows(queue)}
    assert told(rows["s00"]) == ("failed", 8.0)
    assert rows["s00"]["checks"]["accuracy"] == "fail"


def told_by(queue: Queue, folder: Path, toml: str, listed: Roster) -> tuple[Told | None, Told]:
    """Grade by these rules; return what was told before, and what is told now."""
    batch = enqueue(queue, folder, read(toml.encode(), "mine"), Options(seeds=1), listed)
    work(queue, batch)
    before, now = last_told(batch.name), batch.told(queue, batch.rows(queue))
    tell(batch.name, now)
    return before, now


def test_a_regrade_says_who_changed_and_by_which_rule(queue: Queue, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    listed = lay_out("plain", folder)
    before, now = told_by(queue, folder, RULES, listed)
    assert before is None
    assert told_by(queue, folder, RULES, listed) == (now, now)
    assert list(changes(now, now)) == []

    def changed(toml: str) -> dict[str, Change]:
        before, now = told_by(queue, folder, toml, listed)
        assert before is not None
        return {one.student: one for one in changes(before, now)}

    # The one that reads 12% has 10% held, and passes; nobody else stands elsewhere.
    lower = RULES.replace("percent = 15\n", "percent = 12\n")
    [one] = changed(lower).values()
    assert one == Change("s08", "failed, 5", "passed, 5", ("accuracy: percent 15 → 12",))
    later = lower.replace("2026-12-01", "2026-12-03")
    found = changed(later)
    assert set(found) == {"s06"}  # five days late is still three too many
    due = "due 2026-12-01T23:59:00+00:00 → 2026-12-03T23:59:00+00:00"
    assert found["s06"] == Change("s06", "passed, 9", "passed, 10", (due,))
    found = changed(later.replace("points = 8", "points = 6"))
    assert found["s00"].why == (
        "points for accuracy 10 gives 3; 15 gives 8 → 10 gives 3; 15 gives 6",
    )


def test_a_database_that_fails_is_no_fault_of_a_file(queue: Queue, tmp_path: Path) -> None:
    lay_out("plain", tmp_path / "in")
    with queue.writing() as session:
        session.execute(text("ALTER TABLE jobs RENAME TO gone"))
    with pytest.raises(HomeError, match="expected"):
        enqueue(queue, tmp_path / "in", MINE, Options(seeds=1))


def test_a_notebook_is_read_as_at_home(queue: Queue, tmp_path: Path) -> None:
    figure = {"output_type": "display_data", "data": {"image/png": "A" * (21 << 20)}}
    cell = {"cell_type": "code", "source": "import torch", "outputs": [figure]}
    path = tmp_path / "in" / "ada.ipynb"
    path.parent.mkdir()
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    )
    batch = enqueue(queue, path.parent, MINE, Options(seeds=1))
    assert [queue.source(number) for number in batch.numbers] == [read_source(path)]
    assert b"import torch" in read_source(path)
    assert b"AAAA" not in read_source(path)


def test_what_was_given_up_is_tried_again(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "in" / "s10").mkdir(parents=True)
    (tmp_path / "in" / "s10" / "model.py").write_bytes(READ)
    for _ in range(2):
        batch = enqueue(queue, tmp_path / "in", MINE, Options(seeds=1))
        tries = 0
        while (claim := queue.claim(batch.name, "here")) is not None:
            queue.fail(claim, "no memory left")
            tries += 1
        assert tries == FAULTS


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_class_is_a_table_at_any_width(queue: Queue, tmp_path: Path, width: int) -> None:
    listed = lay_out("plain", tmp_path / "in")
    batch = enqueue(queue, tmp_path / "in", MINE, Options(seeds=1), listed)
    work(queue, batch)
    rows = batch.rows(queue)
    page = StringIO()
    console = SafeConsole(file=page)
    console.width = width
    console.print(class_table(rows, width))
    lines = page.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    for row in rows:
        [line] = [line for line in lines if line.startswith(row["student"])]
        assert row["status"] in line
    assert summary(rows) == (
        "40 students: 34 passed, 1 late, 1 failed, 1 refused, 2 missing, 1 could not be graded"
    )
    assert remarks(rows[2]) == ["the same network as s03"]


@pytest.mark.slow
def test_a_batch_from_the_command_line(own_home: Path, tmp_path: Path) -> None:
    files = {
        "ada": TINY,
        "bob": TINY.replace("conv", "fold"),  # the same network under another name
        "eve": TINY.replace("(1, 6, 5", "(1, 5, 5"),  # 5 channels do not fit the norm of 6
        "kim": "import os\nos._exit(0)\n",
    }
    for student, source in files.items():
        (tmp_path / "in" / student).mkdir(parents=True)
        (tmp_path / "in" / student / "model.py").write_text(source)
    (tmp_path / "mine.toml").write_text(RULES)
    (tmp_path / "class.csv").write_text("id,first_name\nada,\nbob,\neve,\nkim,\nzoe,Zoë\n")
    words = ["in", "-a", "mine.toml", "--roster", "class.csv", "--data", "practice", "--json"]
    command = [sys.executable, "-m", "autograder.cli", "batch", *words]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    rows = {row["student"]: row for row in json.loads(first.stdout)}
    assert [row["status"] for row in rows.values()] == [
        *("passed", "passed", "refused", "refused", "missing")
    ]
    assert rows["ada"]["mean_accuracy"] == rows["bob"]["mean_accuracy"]
    assert rows["bob"]["copies"] == ["ada"]
    assert "1 of 4 · " in first.stderr
    assert "5 students: 2 passed, 2 refused, 1 missing" in first.stderr
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout) == list(rows.values())
    assert "1 of 4" not in again.stderr
