"""What follows a verdict: it is kept, placed on the leaderboard, and drawn."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.assignment import Assignment
from autograder.events import Learned
from autograder.results import archive
from autograder.results.database import Entry, entry_of
from autograder.results.home import HomeError
from autograder.results.leaderboard import Leaderboard, curves_path
from autograder.results.ranking import ranked_rows
from autograder.results.rows import RankedRow
from autograder.verdict import Verdict
from course.rows import Point

NEIGHBOURS = 3  # shown above a new entry, and as many below


@dataclass
class Kept:
    """What became of a verdict. A failure here never changes the verdict."""

    number: int | None = None  # in the history
    place: int | None = None  # on the leaderboard, from 1, of this network and recipe
    best: RankedRow | None = None  # the student's own place, by whichever submission
    board: list[RankedRow] = field(default_factory=list)  # the whole leaderboard
    curves: Path | None = None
    learned: bool = False  # what the seeds have learned is kept too
    failed: str = ""  # why not everything could be kept

    def neighbours(self) -> list[RankedRow]:
        """Return the rows around this one."""
        first = max(0, (self.place or 1) - 1 - NEIGHBOURS)
        return self.board[first : first + 2 * NEIGHBOURS + 1]

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note why something could not be kept, and go on."""
        try:
            yield
        except (HomeError, OSError, ValueError) as error:
            self.failed = self.failed or getattr(error, "strerror", None) or str(error)


def keep(
    board: Leaderboard,
    verdict: Verdict,
    learned: Mapping[int, Learned],
    source: str,
    handle: str,
    plot: Path | None,
) -> Kept:
    """Keep a verdict, find its place, keep what each seed has learned, and draw its curves."""
    kept = Kept()
    with kept.noting():
        place(kept, board, verdict, source, handle)
    if kept.number is None:
        return kept
    # Each by itself: where curves cannot be drawn the weights are kept, and the other way round.
    with kept.noting():
        archive.keep(kept.number, learned)
        kept.learned = bool(learned)
    with kept.noting():
        kept.curves = draw(verdict, plot or curves_path(kept.number))
    return kept


def place(kept: Kept, board: Leaderboard, verdict: Verdict, source: str, handle: str) -> None:
    """Add a verdict to the leaderboard, and note where it stands."""
    kept.number = board.add(entry_of(verdict, handle, source))
    entries = board.entries(verdict.assignment.sha256)
    kept.board = ranked_rows(entries)
    kept.best = next((row for row in kept.board if row["handle"] == handle), None)
    if verdict.ranked and kept.best is not None:
        same = {e.id for e in entries if e.fingerprint == verdict.submission.fingerprint}
        kept.place = kept.best["rank"] if kept.best["id"] in same else None


def draw(verdict: Verdict, path: Path) -> Path:
    """Draw the curves of a verdict."""
    from course.figures.curves import draw_curves  # matplotlib takes a second to load
    from course.figures.drawing import save
    from course.figures.letters import drawable

    submission = verdict.submission
    threshold = float(verdict.assignment.percent) / 100
    network = drawable(submission.network or "", "your network")
    title = f"{network}: {submission.parameters or 0:,} parameters"
    title += " (practice digits)" if verdict.data == "practice" else ""
    runs = [[asdict(epoch) for epoch in run.epochs] for run in verdict.runs]
    return save(draw_curves(runs, threshold, verdict.last, title), path)


def draw_entries(entries: Iterable[Entry], rules: Assignment, path: Path) -> Path:
    """Draw the accuracy of entries against their parameters."""
    from course.figures.drawing import save
    from course.figures.frontier import draw_frontier
    from course.figures.letters import drawable

    points = [
        Point(
            name=drawable(entry.handle, f"entry {entry.id}"),
            parameters=entry.parameters,
            accuracy=entry.mean_accuracy,
            passed=entry.passed,
            spread=entry.spread or 0.0,
        )
        for entry in entries
        if entry.data == "mnist" and entry.mean_accuracy is not None
    ]
    figure = draw_frontier(
        points,
        threshold=float(rules.percent) / 100,
        title=f"{rules.name}: accuracy against parameters",
        fewer_than=rules.fewer_parameters_than,
    )
    return save(figure, path)
