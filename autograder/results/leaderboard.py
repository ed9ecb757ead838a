"""The kept submissions: every one that was trained, passed or not."""

from pathlib import Path

from sqlalchemy import select

from autograder.results.database import Confirmation, Entry
from autograder.results.home import home, share
from autograder.results.standings import stand
from autograder.results.store import Store


class Leaderboard(Store):
    """What is kept of submissions, in the one database."""

    def add(self, entry: Entry) -> int:
        """Keep an entry, whole or not at all, and return its number."""
        with self.writing() as session:
            session.add(entry)
            session.flush()  # the database chooses the number
            stand(session, entry.assignment_sha256, entry.handle)
            return entry.id

    def add_confirmation(self, confirmation: Confirmation) -> None:
        """Keep what fresh seeds said of an entry."""
        with self.writing() as session:
            session.add(confirmation)
            session.flush()
            entry = session.get_one(Entry, confirmation.entry_id)
            stand(session, entry.assignment_sha256, entry.handle)

    def entries(self, rules: str | None = None, handle: str | None = None) -> list[Entry]:
        """Return the kept entries, oldest first; `rules` is an assignment's sha256."""
        query = select(Entry).order_by(Entry.id)
        if rules is not None:
            query = query.where(Entry.assignment_sha256 == rules)
        if handle is not None:
            query = query.where(Entry.handle == handle)
        with self.reading() as session:
            return list(session.scalars(query))

    def get(self, number: int) -> Entry | None:
        """Return one entry by its number."""
        with self.reading() as session:
            return session.get(Entry, number)


def curves_path(number: int) -> Path:
    """Return where the curves of an entry are drawn."""
    folder = home() / "curves"
    folder.mkdir(exist_ok=True)
    share(folder)
    return folder / f"{number}.png"
