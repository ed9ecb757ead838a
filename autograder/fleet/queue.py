"""The queue: gradings as rows of the database, each given to one worker at a time.

    queue.put(ticket)                       # the same grading again is the same row
    claim = queue.claim("tonight", "here")  # for LEASE seconds, renewed while it is worked at
    queue.finish(claim, verdict)            # verdict, place on the board and state, all or nothing

Whoever claims a row may die at any moment. Then its lease runs out, and the next claim takes the
row with a higher attempt number; whatever the first one still says carries the old number and
changes nothing. A row that cannot be graded is given up: a fault of ours, never a mark.
"""

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import and_, select, tuple_, update
from sqlalchemy.orm import Session, load_only

from autograder.assignment import Assignment
from autograder.fleet.identity import is_dead
from autograder.job import Job, Options
from autograder.judging import rejudged, untouched_by_accuracy
from autograder.results.database import entry_of
from autograder.results.jobs import QueuedJob, RecordedRun
from autograder.results.standings import MOST_NAMED, stand
from autograder.results.store import Store, insert_once, moment, slices
from autograder.source.text import as_written
from autograder.verdict import Verdict

LEASE = 60.0  # seconds that a claim is good for
RENEWED = 20.0  # and is renewed after so many: two renewals may fail
FAULTS = 3  # of ours, and then it is given up
DEATHS = 12  # of whoever was at it: a machine that restarts is not the row's fault, but one may be


@dataclass(frozen=True)
class Ticket:
    """What is to be graded, for whom, and who is to do it."""

    queue: str  # the name of those who work it off
    student: str
    name: str  # of the file
    source: bytes
    rules: Assignment
    options: Options

    @property
    def key(self) -> str:
        """Return the same text for the same grading, and for no other.

        On how many threads or devices it runs is not part of it.
        """
        return self.digest(self.rules.sha256)

    @property
    def like(self) -> str:
        """Return the same text also where another accuracy is to be reached."""
        return self.digest(json.dumps(untouched_by_accuracy(self.rules)))

    def digest(self, rules: str) -> str:
        """Make one text of student, file, options and rules."""
        options = self.options
        asked = (options.net, options.seeds, options.data, options.all_seeds)
        source = hashlib.sha256(self.source).hexdigest()
        what = json.dumps([self.student, self.name, source, rules, *asked])
        return hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Claim:
    """A row that is ours until its lease runs out."""

    number: int
    attempt: int
    ticket: Ticket

    def job(self, key: bytes) -> Job:
        """Make the job that it asks for; seeds are derived from `key`."""
        ticket = self.ticket
        return Job(ticket.source, ticket.name, ticket.rules, ticket.options, key)


@dataclass(frozen=True)
class Result:
    """What became of a grading so far."""

    number: int
    state: str
    attempt: int
    student: str
    verdict: Verdict | None
    fault: str
    entry: int | None
    seconds: float | None


class Queue(Store):
    """The rows of gradings, in the one database."""

    def put(self, ticket: Ticket) -> int:
        """Add a grading, or find the same one from before; return its number.

        One that was given up is tried again, since whoever asks again wants to know.
        """
        with self.writing() as session:
            return self.put_in(session, ticket).id

    def put_in(self, session: Session, ticket: Ticket) -> QueuedJob:
        """Do so within somebody's own transaction."""
        insert_once(session, QueuedJob, row_of(ticket))
        row = session.scalars(
            select(QueuedJob).where(QueuedJob.key == ticket.key).with_for_update()
        ).one()
        if row.state in ("queued", "given up"):
            row.queue, row.state = ticket.queue, "queued"
            row.attempt, row.faults = 0, 0
            row.options_json = options_json(ticket.options)
        elif row.state == "running" and (row.leased_until < time.time() or is_dead(row.worker)):
            row.queue, row.leased_until = ticket.queue, 0.0  # theirs to take over, who ask now
        if row.state == "queued":
            self.judge_again(session, row, ticket)
        return row

    def judge_again(self, session: Session, row: QueuedJob, ticket: Ticket) -> None:
        """Where only the accuracy to reach is another one, judge what was recorded by it."""
        known = select(QueuedJob).where(QueuedJob.like == ticket.like, QueuedJob.state == "done")
        before = session.scalars(known.order_by(QueuedJob.id.desc()).limit(1)).first()
        if before is None or before.verdict_json is None:
            return
        verdict = Verdict.from_dict(json.loads(before.verdict_json))
        again = rejudged(verdict, ticket.rules, ticket.options.all_seeds)
        if again is not None:
            close(session, row, ticket, again, before.seconds)

    def claim(self, queue: str, worker: str) -> Claim | None:
        """Take the oldest row that nobody works at, or None where there is none."""
        with self.writing() as session:
            while True:
                row = next_row(session, queue)
                if row is None:
                    return None
                if row.attempt < DEATHS + row.faults:
                    break
                row.state = "given up"
                row.fault = f"whoever graded it was killed, {DEATHS} times"
                session.flush()
            row.state, row.worker, row.attempt = "running", worker, row.attempt + 1
            row.leased_until = time.time() + LEASE
            return Claim(row.id, row.attempt, ticket_of(row))

    def renew(self, claims: Iterable[Claim]) -> None:
        """Go on holding these rows."""
        pairs = [(claim.number, claim.attempt) for claim in claims]
        row = tuple_(QueuedJob.id, QueuedJob.attempt)
        longer = update(QueuedJob).values(leased_until=time.time() + LEASE)
        with self.writing() as session:
            for some in slices(pairs, MOST_NAMED):  # one question for many: a class has hundreds
                session.execute(longer.where(QueuedJob.state == "running", row.in_(some)))

    def finish(self, claim: Claim, verdict: Verdict, seconds: float) -> bool:
        """Keep a verdict, and its entry where there was a training; False where it is not ours."""
        with self.writing() as session:
            row = held(session, claim)
            if row is None:
                return False
            close(session, row, claim.ticket, verdict, seconds)
            return True

    def fail(self, claim: Claim, fault: str) -> None:
        """Give a row back that could not be graded, to be tried again or given up."""
        with self.writing() as session:
            row = held(session, claim)
            if row is not None:
                row.faults += 1
                row.fault = fault
                row.state = "queued" if row.faults < FAULTS else "given up"

    def give_back(self, claims: Iterable[Claim]) -> None:
        """Give back rows whose grading was stopped; that is no attempt."""
        with self.writing() as session:
            for claim in claims:
                if (row := held(session, claim)) is not None:
                    # The number that guards it stays used up, so what was stopped cannot finish it.
                    row.state = "queued"

    def is_open(self, queue: str) -> bool:
        """Return whether a row of this queue still waits for its verdict."""
        with self.reading() as session:
            left = QueuedJob.queue == queue, QueuedJob.state.in_(("queued", "running"))
            return session.scalar(select(QueuedJob.id).where(*left).limit(1)) is not None

    def free_from_the_dead(self, queue: str) -> None:
        """Let go of the rows whose worker was a process of this machine that has ended."""
        with self.writing() as session:
            running = QueuedJob.queue == queue, QueuedJob.state == "running"
            for row in session.scalars(select(QueuedJob).where(*running).with_for_update()):
                if is_dead(row.worker):
                    row.leased_until = 0.0

    def note(self, claim: Claim, fingerprint: str) -> None:
        """Note which network and recipe a row turned out to hold."""
        with self.writing() as session:
            if (row := session.get(QueuedJob, claim.number)) is not None:
                row.fingerprint = fingerprint

    def runs_of(self, claim: Claim) -> dict[int, str]:
        """Return what is recorded of a row's network and recipe, where they are known, by seed."""
        with self.reading() as session:
            fingerprint = session.scalar(
                select(QueuedJob.fingerprint).where(QueuedJob.id == claim.number)
            )
            runs = select(RecordedRun.seed, RecordedRun.run_json).where(
                RecordedRun.fingerprint == fingerprint,
                RecordedRun.data == claim.ticket.options.data,
            )
            found = session.execute(runs).tuples() if fingerprint else ()
            return dict(iter(found))

    def find(self, ticket: Ticket) -> Result | None:
        """Return what became of a grading, without asking for it."""
        with self.reading() as session:
            row = session.scalar(select(QueuedJob).where(QueuedJob.key == ticket.key))
            return result_of(row) if row is not None else None

    def source(self, number: int) -> bytes:
        """Return the file that a row is about."""
        with self.reading() as session:
            return session.scalar(select(QueuedJob.source).where(QueuedJob.id == number)) or b""

    def results(self, numbers: Iterable[int]) -> dict[int, Result]:
        """Return what became of these gradings."""
        with self.reading() as session:
            rows = session.scalars(
                select(QueuedJob)
                .where(QueuedJob.id.in_(list(numbers)))
                .options(
                    load_only(
                        *(QueuedJob.state, QueuedJob.attempt, QueuedJob.student),
                        *(QueuedJob.verdict_json, QueuedJob.fault),
                        *(QueuedJob.entry_id, QueuedJob.seconds),
                    )
                )
            )
            return {row.id: result_of(row) for row in rows}


def next_row(session: Session, queue: str) -> QueuedJob | None:
    """Find the oldest row whose worker died, else the oldest that waits."""
    died = and_(QueuedJob.state == "running", QueuedJob.leased_until < time.time())
    # Asked one after the other: each is found by the index, however many rows there are.
    for turn in (died, QueuedJob.state == "queued"):
        query = select(QueuedJob).where(QueuedJob.queue == queue, turn)
        # What failed before waits until the others have had their turn.
        query = query.order_by(QueuedJob.attempt, QueuedJob.id).limit(1)
        # PostgreSQL passes over rows that another worker is claiming at this moment; in SQLite
        # nobody else is.
        row = session.scalars(query.with_for_update(skip_locked=True)).first()
        if row is not None:
            return row
    return None


def held(session: Session, claim: Claim) -> QueuedJob | None:
    """Return a row, as long as it is the one that was claimed."""
    ours = QueuedJob.attempt == claim.attempt, QueuedJob.state == "running"
    query = select(QueuedJob).where(QueuedJob.id == claim.number, *ours)
    return session.scalar(query.with_for_update())


def row_of(ticket: Ticket) -> dict[str, object]:
    """Return the row of a new grading."""
    return {
        "key": ticket.key,
        "like": ticket.like,
        "queue": ticket.queue,
        "student": ticket.student,
        "name": ticket.name,
        "source": ticket.source,
        "rules_json": json.dumps(ticket.rules.as_dict()),
        "options_json": options_json(ticket.options),
        "created": moment(),
        "state": "queued",
        "attempt": 0,
        "faults": 0,
        "worker": "",
        "leased_until": 0.0,
        "fault": "",
        "fingerprint": "",
    }


def close(
    session: Session, row: QueuedJob, ticket: Ticket, verdict: Verdict, seconds: float | None
) -> None:
    """Write a verdict into its row, with its entry on the board where there was a training."""
    entry = None
    if verdict.runs:
        entry = entry_of(verdict, ticket.student, as_written(ticket.source))
        session.add(entry)
        session.flush()  # the database chooses the number; the row is changed after, and once
    row.state, row.seconds, row.finished, row.fault = "done", seconds, moment(), ""
    if entry is None:
        row.verdict_json = verdict.to_line()
    else:
        row.entry_id, row.verdict_json = entry.id, entry.verdict_json
        stand(session, entry.assignment_sha256, entry.handle)


def options_json(options: Options) -> str:
    """Write the options of a grading."""
    return json.dumps(asdict(options))


def ticket_of(row: QueuedJob) -> Ticket:
    """Read what a row asks for."""
    rules = Assignment.from_dict(json.loads(row.rules_json))
    options = Options.of(**json.loads(row.options_json))
    return Ticket(row.queue, row.student, row.name, row.source, rules, options)


def result_of(row: QueuedJob) -> Result:
    """Read what became of a row."""
    verdict = Verdict.from_dict(json.loads(row.verdict_json)) if row.verdict_json else None
    return Result(
        number=row.id,
        state=row.state,
        attempt=row.attempt,
        student=row.student,
        verdict=verdict,
        fault=row.fault,
        entry=row.entry_id,
        seconds=row.seconds,
    )
