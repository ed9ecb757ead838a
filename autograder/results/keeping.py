"""What becomes of a verdict: it is kept, placed on the leaderboard, and drawn."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from autograder.display import terminal
from autograder.results.home import HomeError
from autograder.results.leaderboard import Leaderboard, curves_path, entry_of, ranking
from autograder.verdict import Verdict
from course.figures.plots import curves, save


def keep(
    board: Leaderboard, verdict: Verdict, source: str, handle: str, plot: Path | None, out: Console
) -> None:
    """Keep a verdict, draw it and say where it stands; what fails here takes no verdict back."""
    try:
        number = board.add(entry_of(verdict, handle, source))
        place(board, number, verdict, handle, out)
        draw(verdict, plot or curves_path(number), out)
    except (HomeError, OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        out.print(f"[yellow] not everything could be kept: {escape(why)}[/yellow]")


def draw(verdict: Verdict, path: Path, out: Console) -> None:
    """Draw the curves of a verdict."""
    threshold = float(verdict.assignment["percent"]) / 100
    title = f"{verdict.submission['network']}: {verdict.submission['parameters']:,} parameters"
    title += " (practice digits)" if verdict.data == "practice" else ""
    save(curves([run.epochs for run in verdict.runs], threshold, verdict.last, title), path)
    out.print(f" curves   {escape(str(path))}", soft_wrap=True)


def place(board: Leaderboard, number: int, verdict: Verdict, handle: str, out: Console) -> None:
    """Say where an entry stands, with its neighbours."""
    ranked = ranking(board.entries(verdict.assignment["sha256"]))
    same = (handle, verdict.submission["fingerprint"])
    standing = [i for i, entry in enumerate(ranked) if (entry.handle, entry.fingerprint) == same]
    if not verdict.ranked or not standing:
        out.print(f" kept     as number {number} in your history (autograde show {number})")
        return
    out.print(f" place    {standing[0] + 1} of {len(ranked)} (number {number} in your history)\n")
    first = max(0, standing[0] - 3)
    rows = [entry.row() for entry in ranked[first : first + 7]]
    name, own = verdict.assignment["name"], ranked[standing[0]].id
    out.print(terminal.board(rows, name, out.width, own, first))
