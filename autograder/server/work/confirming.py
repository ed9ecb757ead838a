"""Confirmations that an instructor asked for: trained one after the other, beside the queue."""

import logging
import queue
import threading
from collections.abc import Callable, Iterable

from autograder import pipeline
from autograder.fleet.queue import Queue
from autograder.results.confirming import confirming_job
from autograder.results.database import Entry, confirmation_of
from autograder.results.standings import stand
from course.errors import ExitCode, Under8kError

SEEDS = 10
log = logging.getLogger("under8k.confirming")


class Confirmer:
    """Trains entries again with fresh seeds. What a restart loses is asked for again."""

    def __init__(self, store: Queue, key: bytes, placed: Callable[[str], None]) -> None:
        self.store, self.key, self.placed = store, key, placed
        self.asked: queue.Queue[int] = queue.Queue()
        self.open: set[int] = set()
        self.thread: threading.Thread | None = None

    def ask(self, numbers: Iterable[int]) -> None:
        """Confirm these entries, each once."""
        for number in numbers:
            if number not in self.open:
                self.open.add(number)
                self.asked.put(number)
        if self.thread is None:
            self.thread = threading.Thread(target=self.work, name="confirming", daemon=True)
            self.thread.start()

    def work(self) -> None:
        """Confirm whatever is asked for."""
        while True:
            number = self.asked.get()
            try:
                self.confirm(number)
            except Under8kError as error:
                log.error("entry %d was not confirmed: %s", number, error)
            self.open.discard(number)

    def confirm(self, number: int) -> None:
        """Train an entry again, and keep what came of it."""
        with self.store.reading() as session:
            entry = session.get(Entry, number)
        job = confirming_job(entry, number, SEEDS, "auto", 1, self.key)
        verdict = pipeline.grade(job)
        if verdict.exit_code == ExitCode.FAULT or entry is None:
            return
        with self.store.writing() as session:
            session.add(confirmation_of(verdict, number))
            session.flush()
            stand(session, entry.assignment_sha256, entry.handle)
        self.placed(entry.assignment)
