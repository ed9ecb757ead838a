"""Confirmations that an instructor asked for: trained one after the other, beside the queue.

What was asked for is in the database until it is done, and so is each seed that has ended: after a
restart the first goes on where it was.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder import pipeline
from autograder.fleet.queue import FAULTS, Queue
from autograder.fleet.recorded import RecordedRuns
from autograder.fleet.working import AGAIN
from autograder.results.confirming import confirming_job
from autograder.results.database import Entry, confirmation_of
from autograder.results.people import Wish
from autograder.results.standings import stand
from autograder.results.store import insert_once
from autograder.verdict import Verdict
from course.errors import ExitCode, MachineError, Under8kError

SEEDS = 10
LOOK = 2.0  # seconds between two looks at what is asked for
log = logging.getLogger("under8k.confirming")


def ask(session: Session, numbers: Iterable[int]) -> None:
    """Ask for the confirmation of these entries, each once."""
    for number in numbers:
        insert_once(session, Wish, {"entry_id": number, "faults": 0})


def asked(session: Session) -> Sequence[int]:
    """List the entries that are to be confirmed; what failed waits for the others."""
    return session.scalars(select(Wish.entry_id).order_by(Wish.faults, Wish.entry_id)).all()


class Confirming(threading.Thread):
    """Trains entries again with fresh seeds, for as long as the server runs."""

    def __init__(self, store: Queue, key: bytes, placed: Callable[[str], None]) -> None:
        super().__init__(name="confirming", daemon=True)
        self.store, self.key, self.placed = store, key, placed
        self.recorded = RecordedRuns(store, "mnist")
        self.closing = threading.Event()

    def run(self) -> None:
        """Confirm whatever is asked for."""
        while not self.closing.wait(LOOK):
            try:
                with self.store.reading() as session:
                    numbers = asked(session)
                if numbers:
                    self.confirm(numbers[0])
            except MachineError as error:  # the database is away: the next look may find it
                log.error("nothing is confirmed at the moment: %s", error)
            except Exception:  # nobody foresaw it: the next look may do better
                log.exception("nothing is confirmed at the moment")
                self.closing.wait(AGAIN)

    def confirm(self, number: int) -> None:
        """Train an entry again, and keep what came of it."""
        with self.store.reading() as session:
            entry = session.get(Entry, number)
        try:
            job = confirming_job(entry, number, SEEDS, "auto", 1, self.key)
            with self.recorded.one_grading() as recorded:
                verdict, faults = pipeline.grade(job, recorded=recorded), 1
        except MachineError:  # the database is away: what was asked for waits
            raise
        except Under8kError as error:
            log.error("entry %d cannot be confirmed: %s", number, error)
            verdict, faults = None, FAULTS
        except Exception:  # nobody foresaw it: a fault of ours, as a verdict may say of itself
            log.exception("entry %d was not confirmed this time", number)
            verdict, faults = None, 1
        if self.closing.is_set() or entry is None:
            return
        self.keep(entry, verdict, faults)

    def keep(self, entry: Entry, verdict: Verdict | None, faults: int) -> None:
        """Keep a confirmation, and forget that it was asked for; a fault of ours is tried again.

        What was not trained says nothing about luck: a later version may refuse what it once took.
        """
        with self.store.writing() as session:
            wish = session.get(Wish, entry.id)
            if verdict is None or verdict.exit_code == ExitCode.FAULT:
                if wish is not None:
                    wish.faults += faults
                    if wish.faults >= FAULTS:
                        session.delete(wish)
                return
            if wish is not None:
                session.delete(wish)
            if not verdict.finished:
                log.error("entry %d cannot be confirmed: %s", entry.id, verdict.headline())
                return
            session.add(confirmation_of(verdict, entry.id))
            session.flush()
            stand(session, entry.assignment_sha256, entry.handle)
        self.placed(entry.assignment)
