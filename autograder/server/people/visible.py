"""Which entries somebody may see: what stands on a board, and one's own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.results.database import Entry
from autograder.results.people import Account, Standing
from autograder.results.standings import PLACELESS
from autograder.server.desk import NOT_THERE


def visible(session: Session, number: int, account: Account | None) -> Entry:
    """Find an entry that somebody may see; for all others there is none of this number."""
    found = session.get(Entry, number)
    if found is None:
        raise NOT_THERE
    if account is not None and (account.role == "instructor" or account.student == found.handle):
        return found
    placed = Standing.entry_id == number, Standing.tier < PLACELESS
    if session.scalar(select(Standing.id).where(*placed)) is None:
        raise NOT_THERE
    return found
