"""Tables of what is kept: the leaderboard, one's own history, and where a new entry stands."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.text import Text

from autograder.classroom.marks import plain, points
from autograder.display.columns import Column, laid_out
from autograder.display.moments import clock, day, minute, zone
from autograder.display.terminal import labelled
from autograder.results.rows import EntryRow, RankedRow
from autograder.verdict import Verdict
from autograder.words import printable

if TYPE_CHECKING:  # a check shows nothing that is kept, and need not load the database
    from autograder.results.keeping import Kept

# What is more than one passed run: three seeds that passed, and what fresh ones said.
SEALS = {"✓✓": "verified", "✓✓✓": "confirmed", "✗": "not confirmed"}


def board(
    rows: Sequence[RankedRow], title: str, width: int, highlight: int | None = None
) -> list[Text]:
    """Lay out a leaderboard, or a part of it."""
    columns = [
        Column("", [f"{row['rank']}" for row in rows]),
        Column("parameters", [f"{row['parameters']:,}" for row in rows]),
        # The seal is padded, so that accuracies stand below each other.
        Column("last epochs", [f"{accuracy(row)} {seal(row):<3}" for row in rows]),
        Column("± seeds", [f"{spread(row)} ({row['seeds']})" for row in rows], goes=2),
        Column("tries", [f"{row['tries']:,}" for row in rows], goes=1),
        Column("id", [f"{row['id']}" for row in rows]),
        Column(dated(rows), [day(row["date"]) for row in rows], goes=3),
        Column("seconds", [f"{row['seconds']:,.0f}" for row in rows], goes=4),
        Column("device", [row["device"] for row in rows], left=True, goes=5),
        Column("handle", [printable(row["handle"], 40) for row in rows]),
    ]
    styles = ["bold green" if row["id"] == highlight else "" for row in rows]
    used = {seal(row) for row in rows}
    meaning = "  ".join(f"{mark} {word}" for mark, word in SEALS.items() if mark in used)
    lines = [Text(title, "bold"), *laid_out(columns, width, styles)]
    return [*lines, Text(meaning, "dim")] if meaning else lines


def history(rows: Sequence[EntryRow], width: int) -> list[Text]:
    """Lay out submissions, oldest first, whether they passed or not."""
    columns = [
        Column("id", [f"{row['id']}" for row in rows]),
        Column(dated(rows), [day(row["date"]) for row in rows], left=True, goes=1),
        Column("time", [clock(row["date"]) for row in rows], goes=5),
        Column("parameters", [f"{row['parameters']:,}" for row in rows]),
        Column("accuracy", [accuracy(row) for row in rows]),
        Column("seeds", [f"{row['seeds']}" for row in rows], goes=4),
        Column("verdict", [outcome(row) for row in rows], left=True),
        Column("assignment", [row["assignment"] for row in rows], left=True, goes=2),
    ]
    if any(row["confirmation"] for row in rows):
        confirmations = [row["confirmation"] for row in rows]
        columns.insert(-1, Column("fresh seeds", confirmations, left=True, goes=3))
    names = [printable(row["network"], 60) for row in rows]
    title = "network"
    if len({row["handle"] for row in rows}) > 1:  # several people hand in on this machine
        title = "network, handle"
        handles = [printable(row["handle"], 40) for row in rows]
        names = [f"{name}, {handle}" for name, handle in zip(names, handles, strict=True)]
    return laid_out([*columns, Column(title, names)], width)


def accuracy(row: EntryRow) -> str:
    """Write the mean accuracy of the last epochs."""
    return f"{100 * row['mean_accuracy']:.2f}%" if row["mean_accuracy"] is not None else ""


def spread(row: EntryRow) -> str:
    """Write how far seeds differ, in points."""
    return f"{100 * row['spread']:.2f}" if row["spread"] is not None else ""


def dated(rows: Sequence[EntryRow]) -> str:
    """Return the title above days: they begin where the local clock says so."""
    return f"date ({zone(row['date'] for row in rows)})"


def seal(row: EntryRow) -> str:
    """Mark what is more than one passed run."""
    if row["confirmed"] is not None:
        return "✓✓✓" if row["confirmed"] else "✗"
    return "✓✓" if row["verified"] else ""


def outcome(row: EntryRow) -> str:
    """Say in a word or two how a submission ended."""
    if row["data"] == "practice":
        return f"practice {'✓' if row['passed'] else '✗'}"
    return SEALS.get(seal(row), "passed" if row["passed"] else "not passed")


def handed_in(row: EntryRow) -> Group:
    """Say whose a kept submission is, since when, and what fresh seeds made of it."""
    moment = f"{minute(row['date'])} {zone([row['date']])}"
    lines = [labelled("number", f"{row['id']}, {moment}, by {printable(row['handle'], 40)}")]
    if row["confirmed"] is not None:
        word = "confirmed" if row["confirmed"] else "not confirmed"
        lines.append(labelled("again", f"{word}: {row['confirmation']} fresh seeds passed"))
    return Group(*lines)


def worth(verdict: Verdict, place: RankedRow | None, places: int) -> Group:
    """Say what a kept submission is worth: points, misread digits, its place on the board."""
    said = {}
    if verdict.assignment.marking.steps:
        by = points(verdict, verdict.assignment)
        said["points"] = f"{plain(by.gained)} of {plain(by.most)}: {by}"
    ended = [run.epochs[-1] for run in verdict.runs if run.epochs]
    if missed := sorted({epoch.test_total - epoch.test_correct for epoch in ended}):
        seeds = f"{missed[0]:,} to {missed[-1]:,}" if len(missed) > 1 else f"{missed[0]:,}"
        of = f"of {ended[0].test_total:,} digits after the last epoch"
        said["misread"] = f"{seeds} {of}; --misread FILE draws them"
    if place is not None:
        board = f"on the board of {verdict.assignment.name}"
        said["place"] = f"{place['rank']:,} of {places:,} {board}"
    return Group(*(labelled(label, words) for label, words in said.items()))


def print_kept(console: Console, kept: "Kept", verdict: Verdict) -> None:
    """Say where a verdict is kept, and where it stands among its neighbours."""
    number = kept.number
    if number is not None:
        where = f"as number {number} in your history (autograde show {number})"
        console.print(labelled("kept", where))
    if kept.curves is not None:
        # In one piece, however long: a path that is broken cannot be copied.
        console.print(Text(f" curves   {kept.curves}", "dim"), soft_wrap=True)
    if kept.learned:
        shown = f"autograde show {number} --misread misread.png"
        console.print(labelled("mistakes", f"{shown} draws what it read wrong"))
    if kept.failed:
        console.print(Text(f" not everything could be kept: {kept.failed}", "yellow"))
    if kept.place is not None:
        console.print(labelled("place", f"{kept.place} of {len(kept.board)}"))
        own = kept.board[kept.place - 1]["id"]
        lines = board(kept.neighbours(), verdict.assignment.name, console.width, own)
        console.print("", *lines, sep="\n")
    elif verdict.ranked and kept.best is not None:
        place = f"{kept.best['rank']} of {len(kept.board)}, by number {kept.best['id']}"
        why = "it ranks higher, and each student has one place"
        console.print(labelled("place", f"{place}: {why}"))
