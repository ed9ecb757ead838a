"""What grades while the server runs: a thread that works off the queue, and tells as it goes."""

import json
import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autograder import events
from autograder.events import Shown, Started, StepDone
from autograder.fleet.engines import Engine
from autograder.fleet.queue import Claim, Queue
from autograder.fleet.working import AGAIN, work_on
from autograder.results.jobs import QueuedJob
from autograder.server.work.line import Line
from autograder.server.work.streams import Channel, Hub
from autograder.verdict import Verdict
from course.errors import MachineError

QUEUE = "class"  # the server's own: a batch in the same database has another
STEPS = 0.5  # seconds between two steps of one training that are told
log = logging.getLogger("under8k.grading")


def channel_name(number: int) -> str:
    """Name the channel of a submission."""
    return f"submission {number}"


def states_in(session: Session) -> dict[str, int]:
    """Count the server's gradings by their state."""
    counts = select(QueuedJob.state, func.count()).where(QueuedJob.queue == QUEUE)
    return dict(session.execute(counts.group_by(QueuedJob.state)).all())


class Grading(threading.Thread):
    """Works off the queue until the server closes; is its own watcher (working.py)."""

    def __init__(
        self, queue: Queue, engine: Callable[[], Engine], hub: Hub, placed: Callable[[str], None]
    ) -> None:
        super().__init__(name="grading of the class", daemon=True)
        self.queue, self.make_engine, self.hub, self.placed = queue, engine, hub, placed
        self.engine: Engine | None = None
        self.line = Line(queue, QUEUE, lambda: self.slots)
        self.closing = threading.Event()
        self.stepped: dict[int, dict[int, float]] = {}  # by grading and run: when it told a step
        self.counts = {"done": 0, "fault": 0}  # since the server began
        self.seconds = 0.0  # of all that ended

    @property
    def slots(self) -> int:
        """How many are graded at once; none before an engine is made."""
        return self.engine.slots if self.engine else 0

    def run(self) -> None:
        """Grade; begin again after whatever ended it, such as a database that was not there."""
        while not self.closing.is_set():
            try:
                self.engine = self.make_engine()
                work_on(self.queue, QUEUE, self.engine, self, self.closing)
            except MachineError as error:
                log.error("grading stopped, and is begun again: %s", error)
            except Exception:  # nobody foresaw it: it ends one round, not all that are to come
                log.exception("grading stopped, and is begun again")
            self.closing.wait(AGAIN)

    def close(self) -> None:
        """Hand back what runs: each training that has ended is kept, the rest is done again."""
        self.closing.set()
        self.join(timeout=20)

    # ---- what the work tells --------------------------------------------------------------------

    def begun(self, claim: Claim) -> None:
        """Open the channel of this attempt; who waits is told that it begins."""
        self.line.begun[claim.number] = time.monotonic()
        self.line.changed()
        self.channel(claim).tell("begun", json.dumps({"attempt": claim.attempt}))
        log.info("begun", extra={"submission": claim.number, "attempt": claim.attempt})

    def happened(self, claim: Claim, event: Shown) -> None:
        """Tell one event; called from the thread that follows this grading."""
        if isinstance(event, Started):
            return  # it holds the file, which whoever may listen has
        replaces = ""
        if isinstance(event, StepDone):
            # Of its own: the threads of other gradings tell and end theirs at the same time.
            told, now = self.stepped.setdefault(claim.number, {}), time.monotonic()
            if now < told.get(event.run, 0.0) + STEPS:
                return
            told[event.run], replaces = now, f"step {event.run}"
        self.channel(claim).tell("event", events.encode(event).decode().rstrip(), replaces)

    def ended(self, claim: Claim, verdict: Verdict | None, fault: str, seconds: float) -> None:
        """End the channel: what came of it is in the database."""
        self.line.begun.pop(claim.number, None)
        self.stepped.pop(claim.number, None)
        self.line.changed()
        self.hub.close(channel_name(claim.number))
        self.counts["fault" if fault or verdict is None else "done"] += 1
        self.seconds += seconds
        if verdict is not None and not fault:
            self.line.ended(seconds)
        what = {"submission": claim.number, "seconds": round(seconds, 2), "fault": fault}
        log.info("ended", extra=what)
        if verdict is not None and verdict.runs:
            self.placed(claim.ticket.rules.name)

    def look(self) -> None:
        """Nothing is drawn here."""

    def channel(self, claim: Claim) -> Channel:
        """Return the channel of an attempt."""
        return self.hub.channel(channel_name(claim.number), epoch=str(claim.attempt))
