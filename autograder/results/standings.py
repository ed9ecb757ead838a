"""Places on the boards, kept up to date with each entry.

The rule is `ranking` (ranking.py). It sorts all entries; a class server with 100,000 of them cannot
do that for each page. So whoever adds an entry asks `stand` for its student's place: the rule is
applied to one student's entries, and what it says becomes a row in the order of an index.
"""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, tuple_
from sqlalchemy.orm import Session, defer

from autograder.results.database import Entry
from autograder.results.people import Account, Frozen, Standing
from autograder.results.ranking import ranked_rows, ranking
from autograder.results.rows import RankedRow
from autograder.results.store import insert_once, moment, slices

VERIFIED, RANKED, PLACELESS = range(3)
# What a board shows of an entry: not the verdict, which is long.
SHOWN = (
    *(Entry.id, Entry.network, Entry.parameters, Entry.mean_accuracy, Entry.spread, Entry.seeds),
    *(Entry.passed, Entry.ranked, Entry.seconds, Entry.device, Entry.data, Entry.assignment),
    *(Entry.created, Standing.handle, Standing.tier, Standing.tries),
    *(Standing.confirmed, Standing.confirmation, Account.nickname),
)
ORDER = (
    *(Standing.tier, Standing.parameters, Standing.missed, Standing.created, Standing.entry_id),
)
MOST_NAMED = 500  # rows that one question names: databases have a bound
UNKNOWN = "somebody"  # an entry of nobody who has an account: a class's batch, say


def stand(session: Session, rules: str, handle: str) -> None:
    """Bring a student's place on a board up to date; a frozen board stays as it is."""
    if session.get(Frozen, rules) is not None:
        return
    blank = {"rules_sha256": rules, "handle": handle, "tier": PLACELESS, "parameters": 0}
    blank |= {"missed": 1.0, "created": moment(), "tries": 0, "confirmation": ""}
    insert_once(session, Standing, blank)
    mine = Standing.rules_sha256 == rules, Standing.handle == handle
    # Held from here on: of two entries at once, the second sees what the first has added.
    row = session.scalars(select(Standing).where(*mine).with_for_update()).one()
    session.flush()
    entries = list(
        session.scalars(
            select(Entry)
            .where(Entry.assignment_sha256 == rules, Entry.handle == handle)
            .options(defer(Entry.verdict_json), defer(Entry.source))
            .execution_options(populate_existing=True)
        )
    )
    row.tries = sum(entry.data == "mnist" for entry in entries)
    row.tier, row.entry_id, row.confirmed, row.confirmation = PLACELESS, None, None, ""
    for entry, shown in zip(ranking(entries), ranked_rows(entries), strict=True):
        row.tier = VERIFIED if shown["verified"] else RANKED
        row.entry_id, row.parameters, row.created = entry.id, entry.parameters, entry.created
        row.missed = 1 - (entry.mean_accuracy or 0)
        row.confirmed, row.confirmation = shown["confirmed"], shown["confirmation"]


def stand_all(session: Session, rules: str | None = None) -> None:
    """Find every place afresh: of one board, or of all."""
    students = select(Entry.assignment_sha256, Entry.handle).distinct()
    places = delete(Standing)
    if rules is not None:
        students = students.where(Entry.assignment_sha256 == rules)
        places = places.where(Standing.rules_sha256 == rules)
    session.execute(places)
    for board, handle in session.execute(students).all():
        stand(session, board, handle)


def page(rules: str, first: int, most: int) -> "Select[int]":
    """Ask which standings stand on a board from place `first` (from 0) on: an index alone knows."""
    return select(Standing.id).where(*placed(rules)).order_by(*ORDER).offset(first).limit(most)


def placed(rules: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say which standings are places of a board."""
    return Standing.rules_sha256 == rules, Standing.tier < PLACELESS


def read_page(session: Session, rules: str, first: int = 0, most: int = 100) -> list[RankedRow]:
    """Read rows of a board: under nicknames, best first."""
    places = list(session.scalars(page(rules, first, most)))
    # In a second step, so that nothing is looked up of the rows that were passed over.
    query = (
        select(Standing.id.label("place"), *SHOWN)
        .join(Entry, Entry.id == Standing.entry_id)
        .outerjoin(Account, Account.student == Standing.handle)
    )
    found = {
        row.place: row
        for some in slices(places, MOST_NAMED)
        for row in session.execute(query.where(Standing.id.in_(some)))
    }
    # Whoever lost their place between the two questions is left out; the others keep their ranks.
    ranks = enumerate(places, start=first + 1)
    return [shown(found[place], rank) for rank, place in ranks if place in found]


def shown(row: "Row[*tuple[Any, ...]]", rank: int) -> RankedRow:
    """Make the row of a table of what was read."""
    of = row._mapping
    return {
        "rank": rank,
        "tries": of["tries"],
        "id": of["id"],
        "handle": of["nickname"] or UNKNOWN,
        "network": of["network"],
        "parameters": of["parameters"],
        "mean_accuracy": of["mean_accuracy"],
        "spread": of["spread"],
        "seeds": of["seeds"],
        "verified": of["tier"] == VERIFIED,
        "confirmed": of["confirmed"],
        "confirmation": of["confirmation"],
        "passed": of["passed"],
        "ranked": of["ranked"],
        "seconds": round(of["seconds"], 2),
        "device": of["device"],
        "data": of["data"],
        "assignment": of["assignment"],
        "date": of["created"].isoformat(timespec="seconds") + "+00:00",
    }


def length(session: Session, rules: str) -> int:
    """Count the places of a board."""
    return session.scalar(select(func.count()).select_from(Standing).where(*placed(rules))) or 0


def rank_of(session: Session, rules: str, handle: str) -> int | None:
    """Return somebody's place on a board, from 1."""
    mine = session.execute(
        select(*ORDER).where(*placed(rules), Standing.handle == handle)
    ).one_or_none()
    if mine is None:
        return None
    before = select(func.count()).select_from(Standing)
    before = before.where(*placed(rules), tuple_(*ORDER) < tuple_(*mine))
    return (session.scalar(before) or 0) + 1
