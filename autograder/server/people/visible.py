"""Which entries somebody may see: what stands on a board, and one's own."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from autograder.results.database import Entry
from autograder.results.people import Account, Standing
from autograder.results.standings import PLACELESS
from autograder.server.desk import NOT_THERE


def owns(account: Account | None, entry: Entry) -> bool:
    """Return whether somebody may see all of an entry: whoever made it, and an instructor."""
    if account is None:
        return False
    return account.role == "instructor" or account.student == entry.handle


def visible(session: Session, number: int, account: Account | None) -> Entry:
    """Find an entry that somebody may see; for all others there is none of this number."""
    found = session.get(Entry, number)
    if found is None:
        raise NOT_THERE
    if owns(account, found):
        return found
    placed = Standing.entry_id == number, Standing.tier < PLACELESS
    if session.scalar(select(Standing.id).where(*placed)) is None:
        raise NOT_THERE
    return found
