"""A second thread for the parts of a training that nothing has to wait for at once.

    with Helper() as helper:
        for epoch in train(network, digits, recipe, helper=helper): ...

Threads that share an operation wait for each other at its end, many times in a step: beside another
program two of them take four times as long as one. Here each task is one thread's, so every sum is
added as one thread adds it, and there is nothing to wait for until a result is needed. A task that
the second thread has not begun by then is done by the first, so a helper that finds no idle core
costs next to nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Generic, TypeVar

import torch

Result = TypeVar("Result")


class Task(Generic[Result]):
    """Work that is handed to the helper."""

    def __init__(self, work: Callable[[], Result], future: "Future[Result]") -> None:
        self.work, self.future = work, future

    def result(self) -> Result:
        """Return what the work returns: do it, wait for its end, or have it at once."""
        return self.work() if self.future.cancel() else self.future.result()


class Helper:
    """The second thread, with what it is to do."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "helper", initializer=begin)
        self.left: list[Task[None]] = []
        self.worked = 0.0  # seconds that the second thread has worked, not waited

    def __enter__(self) -> "Helper":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """Drop what is not begun, wait for what is."""
        self.thread.shutdown(cancel_futures=True)

    def do(self, work: Callable[[], Result]) -> Task[Result]:
        """Hand over work."""
        return Task(work, self.thread.submit(self.timed, work))

    def timed(self, work: Callable[[], Result]) -> Result:
        """Do work in the second thread, and add up what it takes."""
        began = time.thread_time()
        try:
            return work()
        finally:
            self.worked += time.thread_time() - began

    def aside(self, work: Callable[[], None]) -> None:
        """Hand over work that is to be done when `finish` returns."""
        self.left.append(self.do(work))

    def finish(self) -> None:
        """End all that was handed over as an aside."""
        tasks, self.left = self.left, []
        self.share(tasks)

    def share(self, tasks: "list[Task[Result]]") -> list[Result]:
        """Return the tasks' results: the helper begins at the front, the caller at the end."""
        return [task.result() for task in reversed(tasks)][::-1]

    def each(self, works: Iterable[Callable[[], Result]]) -> list[Result]:
        """Return what each of these returns, half of them done by either thread."""
        return self.share([self.do(work) for work in works])

    def ahead(self, items: Iterator[Result]) -> Iterator[Result]:
        """Yield the same items, each of which is made while the one before it is used."""
        coming = self.do(partial(next, items, None))
        while (item := coming.result()) is not None:
            coming = self.do(partial(next, items, None))
            yield item


def begin() -> None:
    """Set up the second thread; that no gradients are wanted is each thread's own setting."""
    torch.set_num_threads(1)
    torch.set_grad_enabled(mode=False)
