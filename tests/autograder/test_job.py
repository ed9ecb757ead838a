"""A job decides its verdict alone: the same anywhere, whatever home or machine it is sent to."""

import json
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.job import Job, Options
from autograder.pipeline import grade
from autograder.verdict import Verdict
from course.errors import UsageError
from tests.helpers.gradings import EASY, KEY, numbers, practice_job

ELSEWHERE = """
import pickle, sys
from autograder.pipeline import grade
sys.stdout.write(grade(pickle.load(sys.stdin.buffer)).to_json())
"""


def test_a_job_sent_into_a_process_with_another_home_gets_the_same_verdict(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = practice_job(model, seeds=2)
    here = grade(job)
    assert here.passed, here.headline()
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "another"))
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], input=pickle.dumps(job), capture_output=True, check=True
    )
    there = Verdict.from_dict(json.loads(done.stdout))
    assert [run.seed for run in there.runs] == [run.seed for run in here.runs]
    assert numbers(there) == numbers(here)
    untimed = [(check.id, check.status) for check in here.checks]
    assert [(check.id, check.status) for check in there.checks] == untimed
    assert (there.submission, there.assignment) == (here.submission, here.assignment)
    assert not (tmp_path / "another").exists()  # nothing was read or kept there


def seeded(seeds: int, key: bytes = KEY) -> Job:
    return Job(b"", "model.py", EASY, Options(seeds=seeds), key)


def test_seeds_repeat_differ_and_depend_on_the_key() -> None:
    first = seeded(3).seeds("this")
    assert first == seeded(3).seeds("this")
    assert len({*first, *seeded(3).seeds("that")}) == 6
    assert seeded(1).seeds("this") == first[:1]
    assert seeded(3, bytes(32)).seeds("this") != first


def test_seeds_are_those_of_the_first_edition() -> None:
    # Records and classes depend on them: the same key must give the same seeds for ever.
    assert seeded(3, bytes(32)).seeds("fingerprint") == [1303679064, 411979513, 1922958013]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"seeds": 101}, "expected seeds to be a whole number from 0 to 100, found 101"),
        ({"seeds": True}, "found True"),
        ({"data": "mnist2"}, "expected data to be one of 'mnist', 'practice', found 'mnist2'"),
        ({"device": "gpu"}, "expected device to be auto, cpu or cuda, found 'gpu'"),
        ({"threads": -1}, "found -1"),
        ({"net": 5}, "expected net to be a class's name, or None, found 5"),
        (
            {"speed": 1},
            "expected any of net, seeds, data, device, threads, lanes, all_seeds, found speed",
        ),
    ],
)
def test_wrong_options_are_a_sentence(words: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Options.of(**words)


def test_a_job_is_frozen() -> None:
    with pytest.raises(AttributeError):
        seeded(1).name = "other.py"  # type: ignore[misc]
    assert replace(seeded(1), name="other.py").rules is EASY
