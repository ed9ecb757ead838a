"""What a notebook calls: a file in, a verdict out.

    from autograder import check, grade
    check("model.py")                    # seconds: everything that needs no training
    grade("model.py", seeds=3)           # a Verdict, which shows itself in a notebook

Keywords are those of job.Options: net, seeds, data, device, threads.
"""

from pathlib import Path

from autograder import pipeline
from autograder.assignment import DEFAULT, Assignment
from autograder.events import Watch, unwatched
from autograder.job import Options, job_of
from autograder.results.home import key
from autograder.verdict import Verdict
from course.errors import UsageError


def check(
    path: str | Path,
    assignment: str | Path | Assignment = DEFAULT,
    *,
    watch: Watch = unwatched,
    **options: object,
) -> Verdict:
    """Run every check that needs no training on a model.py."""
    return pipeline.grade(job_of(path, assignment, Options.of(**options, seeds=0)), watch)


def grade(
    path: str | Path,
    assignment: str | Path | Assignment = DEFAULT,
    *,
    seeds: int = 1,
    watch: Watch = unwatched,
    **options: object,
) -> Verdict:
    """Check a model.py, train it with `seeds` seeds of the grader's choice, and judge it."""
    if seeds == 0:
        raise UsageError("expected 1 to 100 seeds, found 0; check() trains nothing")
    job = job_of(path, assignment, Options.of(**options, seeds=seeds), key())
    return pipeline.grade(job, watch)
