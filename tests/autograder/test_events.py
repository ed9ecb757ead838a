"""Events have one encoding, and whoever reads them handles every one: the type checker says so."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import events
from autograder.events import Answers, Learned
from autograder.verdict import Check, Grader
from course.rows import Row
from tests.helpers.verdicts import epoch, submission

ROW = Row("conv", "conv2d 3x3", (8, 26, 26), 80, False, 3, 1, 48_672)
TOLD: list[events.Event] = [
    events.Started(b"import torch"),
    events.Checked(Check("cost", "fail", "at most 1 h", "2 h", "slow", "pool", 3)),
    events.Described(replace(submission(), layers=(ROW,))),
    events.RunStarted(1, 2**31 - 1),
    events.TrainingStarted((0, 1), 15, 14_055, 0.5, 0.0),
    events.StepDone(1, 700),
    events.EpochDone(0, epoch(9_950)),
    events.RunDone(0),
    events.MachineKnown(
        "AMD EPYC, 1 thread", Grader("0.1.0", "2.11", "3.11", "AVX2", "plain loop")
    ),
    events.ChecksDone(True, 2, False),
    events.RunLearned(2, Learned(b"\x00\xff\n weights", Answers(b"\x07", b"\xff"))),
    events.EngineChosen("recorded steps"),
    events.TurnDone(),
    events.TimeUp(),
    events.TrainingRefused("no"),
    events.Fault("our fault"),
]


@pytest.mark.parametrize("event", TOLD, ids=lambda event: type(event).__name__)
def test_an_event_is_read_as_it_was_written(event: events.Event) -> None:
    line = events.encode(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert events.decode(line) == event


def test_every_kind_is_tried() -> None:
    assert {type(event) for event in TOLD} == set(events.KINDS.values())


def test_a_loss_that_is_no_number_comes_through() -> None:
    [event] = [events.decode(events.encode(events.EpochDone(0, epoch(980, loss=math.nan))))]
    assert isinstance(event, events.EpochDone)
    assert math.isnan(event.epoch.train_loss)


FORGETFUL = """
from typing import assert_never
from autograder.events import Shown, Started, {misspelled}

def watch(event: Shown) -> None:
    match event:
        case Started():
            pass
        case {misspelled}():
            pass
        case _ as never:
            assert_never(never)
"""


@pytest.mark.parametrize(
    ("misspelled", "complaint"),
    [("EpochDone", "assert_never"), ("EpochEnded", 'has no attribute "EpochEnded"')],
)
def test_a_forgotten_or_misspelled_event_is_a_type_error(
    tmp_path: Path, misspelled: str, complaint: str
) -> None:
    (tmp_path / "watcher.py").write_text(FORGETFUL.format(misspelled=misspelled))
    command = [sys.executable, "-m", "mypy", "--strict", str(tmp_path / "watcher.py")]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 1
    assert complaint in done.stdout
