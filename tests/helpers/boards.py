"""A long board, made at once."""

import random

from sqlalchemy import insert

from autograder.results.database import Entry, entry_of
from autograder.results.leaderboard import Leaderboard
from autograder.results.people import Standing
from tests.helpers.verdicts import verdict


def filled(board: Leaderboard, many: int) -> None:
    """Fill a board, each with an entry and its place."""
    noise = random.Random(2)
    with board.writing() as session:
        made = entry_of(verdict((9_950,)), "x", "")
        of = {c.name: getattr(made, c.name) for c in Entry.__table__.columns if c.name != "id"}
        rows, places = [], []
        for number in range(1, many + 1):
            size = noise.randint(1_000, 7_999)
            handle, accuracy = f"s{number}", noise.uniform(0.994, 0.998)
            rows.append(of | {"id": number, "handle": handle, "parameters": size})
            place = {
                "rules_sha256": made.assignment_sha256,
                "handle": handle,
                "tier": noise.randint(0, 1),
            }
            place |= {"parameters": size, "missed": 1 - accuracy, "created": made.created}
            places.append(place | {"entry_id": number, "tries": 1, "confirmation": ""})
        session.execute(insert(Entry), rows)
        session.execute(insert(Standing), places)
