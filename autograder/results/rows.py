"""What is shown of a kept submission, in a table, as CSV or as JSON."""

from typing import TypedDict


class EntryRow(TypedDict):
    """One kept submission."""

    id: int
    handle: str
    network: str
    parameters: int
    mean_accuracy: float | None
    spread: float | None
    seeds: int
    verified: bool
    confirmed: bool | None  # by fresh seeds (autograde confirm); None: nobody has asked
    confirmation: str  # how many of them passed: "8 of 10"
    passed: bool
    ranked: bool
    seconds: float
    device: str
    data: str
    assignment: str
    date: str  # ISO 8601, with its zone


class RankedRow(EntryRow):
    """One kept submission, with its place on the leaderboard."""

    rank: int
    tries: int  # trained submissions of this student by these rules


CSV_COLUMNS = (
    *("rank", "id", "handle", "network", "parameters", "mean_accuracy", "spread", "seeds"),
    *("verified", "confirmed", "confirmation", "tries", "seconds", "device", "date"),
)
