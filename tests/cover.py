"""For `make cover` alone: let workers end by themselves, so that they write down what they ran.

A grading kills its workers when it has what it wants, and a process that is killed writes nothing.
"""

from contextlib import suppress
from subprocess import TimeoutExpired

import pytest

from autograder.workers.process import WorkerProcess

PATIENCE = 10.0  # seconds for a worker to see that no request comes any more, and to write


@pytest.fixture(autouse=True)
def workers_end_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close a worker's requests and wait, before it is killed as always."""
    leave = WorkerProcess.__exit__

    def leave_gently(worker: WorkerProcess, *error: object) -> None:
        if worker.process.stdin is not None and not worker.timed_out:
            with suppress(BrokenPipeError, TimeoutExpired):
                worker.process.stdin.close()
                worker.process.wait(PATIENCE)
        leave(worker, *error)  # type: ignore[arg-type]

    monkeypatch.setattr(WorkerProcess, "__exit__", leave_gently)
