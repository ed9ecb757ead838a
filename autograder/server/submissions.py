"""A file comes in: may it, was it here before, and where does it wait.

    taken = take(queue, offer, account, "model.py", source, None)

Everything happens in one transaction: what is acknowledged is in the database, and two files at
the same moment cannot both be somebody's last try.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from autograder.fleet.queue import Queue, Ticket
from autograder.job import Options
from autograder.messages import Offered, Taken
from autograder.results.jobs import QueuedJob
from autograder.results.people import Account, Extension, HandIn
from autograder.results.store import moment
from autograder.server.settings import Offer
from autograder.server.work.grading import QUEUE
from course.errors import UsageError
from course.validators import counted

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tries:
    """How many tries somebody has left today."""

    left: int
    next: datetime | None  # when the next is free, where none is left


def take(
    queue: Queue, offer: Offer, account: Account, name: str, source: bytes, net: str | None
) -> Taken:
    """Take a file into the queue, or say why not."""
    # One training at a time for each grading: a core that waits for no other.
    options = Options(net=net, seeds=offer.seeds, data=offer.data, lanes=1, all_seeds=False)
    ticket = Ticket(QUEUE, account.student, name, source, offer.rules, options)
    with queue.writing() as session:
        # Held until the end: of two files at once, the second sees the first.
        session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
        tries = tries_of(session, account, offer)
        known = session.scalar(
            select(HandIn).join(QueuedJob).where(QueuedJob.key == ticket.key, of(account))
        )
        if known is not None:  # what was given up is tried again, which costs nothing
            return Taken(queue.put_in(session, ticket).id, before=True, tries_left=tries.left)
        expect_open(session, offer, account)
        if tries.next is not None:
            raise UsageError(
                f"expected at most {counted(offer.tries_per_day, 'try').replace('trys', 'tries')} "
                f"within 24 hours, found that all are used; the next is free {said(tries.next)}"
            )
        number = queue.put_in(session, ticket).id
        session.add(
            HandIn(account_id=account.id, job_id=number, rules=offer.rules.name, created=moment())
        )
        return Taken(number, before=False, tries_left=tries.left - 1)


def of(account: Account) -> ColumnElement[bool]:
    """Say which hand-ins are somebody's."""
    return HandIn.account_id == account.id


def tries_of(session: Session, account: Account, offer: Offer) -> Tries:
    """Count the tries of the last 24 hours; what came to a fault of ours is none."""
    mine = of(account), HandIn.rules == offer.rules.name, HandIn.created > moment() - DAY
    query = select(HandIn.created).join(QueuedJob, QueuedJob.id == HandIn.job_id)
    query = query.where(*mine, QueuedJob.state != "given up").order_by(HandIn.created)
    made = list(session.scalars(query))
    left = max(0, offer.tries_per_day - len(made))
    return Tries(left, None if left else made[-offer.tries_per_day] + DAY)


def expect_open(session: Session, offer: Offer, account: Account) -> None:
    """Refuse what comes too late."""
    until = closes(session, offer, account)
    if until is not None and moment() > until:
        raise UsageError(
            f"expected {offer.rules.name} before it closed {said(until)}, found that it is later; "
            "ask for an extension"
        )


def closes(session: Session, offer: Offer, account: Account) -> datetime | None:
    """Return until when somebody may hand in; None: it stays open."""
    if offer.until is None:
        return None
    until = moment(offer.until)
    longer = session.scalar(
        select(Extension.until).where(
            Extension.account_id == account.id, Extension.rules == offer.rules.name
        )
    )
    return max(until, longer) if longer is not None else until


def offered(session: Session, offer: Offer, account: Account) -> Offered:
    """Say what somebody may hand in, and how often still."""
    tries, until = tries_of(session, account, offer), closes(session, offer, account)
    return Offered(
        rules=offer.rules,
        seeds=offer.seeds,
        data=offer.data,
        tries_per_day=offer.tries_per_day,
        tries_left=tries.left,
        next_try=iso(tries.next),
        until=iso(until),
    )


def iso(time: datetime | None) -> str:
    """Write a moment of the database's as ISO 8601."""
    return time.replace(tzinfo=UTC).isoformat(timespec="seconds") if time is not None else ""


def said(time: datetime) -> str:
    """Say a moment of the database's in a sentence."""
    return f"on {time:%d %B %Y at %H:%M} UTC"
