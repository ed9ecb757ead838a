"""How often a minute somebody may do something: counted in the database, over restarts."""

import time
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from autograder.results.people import Allowance
from autograder.results.store import insert_once

MINUTE = 60


@dataclass(frozen=True)
class Limit:
    """So many times a minute."""

    what: str
    times: int


LOGIN = Limit("login", 20)  # for each address: nobody guesses 256 bits, but let nobody try
UPLOAD = Limit("upload", 30)
DRAW = Limit("draw", 240)  # four a second while somebody draws
CHANGE = Limit("change", 60)


def allow(session: Session, limit: Limit, who: str) -> int:
    """Count one more; return 0, or how many seconds to wait where it is one too many."""
    now = int(time.time())
    key = f"{limit.what} {who}"
    insert_once(session, Allowance, {"who": key, "stretch": now // MINUTE, "used": 0})
    row = session.scalars(select(Allowance).where(Allowance.who == key).with_for_update()).one()
    if row.stretch != now // MINUTE:
        row.stretch, row.used = now // MINUTE, 0
    row.used += 1
    return 0 if row.used <= limit.times else MINUTE - now % MINUTE


def sweep(session: Session) -> None:
    """Forget what no limit asks for any more: whoever came once leaves no row behind."""
    session.execute(delete(Allowance).where(Allowance.stretch < int(time.time()) // MINUTE))
