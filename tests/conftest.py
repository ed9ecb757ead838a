"""What all tests share: tests marked `mnist` are skipped, with the reason, where MNIST is not."""

import os
from collections.abc import Iterator

import pytest

# One thread a process: pytest runs one process a core, and threads that wait for each other there
# wait long. Set before anything imports torch.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("mnist")]
    if not marked:
        return
    from course.data import FILES, mnist_folder  # here: most runs of one file need no torch

    raw = mnist_folder() / "MNIST" / "raw"
    missing = [name for name in FILES if not (raw / name).is_file()]
    if missing:
        reason = f"needs the real MNIST: set AUTOGRADE_DATA; {raw} lacks {', '.join(missing)}"
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute on one thread, as most trainings do; afterwards on as many as before."""
    from course.training.repeatable import one_thread

    with one_thread():
        yield
