"""What you tried and what came of it, kept in trials.csv in the notebook's folder.

    diary = Diary()
    diary.add("pools early", "8 p 16 p 16 gap", 3_418, 941, 1_000, seed=0, why="sees all at once")
    diary                     # at the end of a cell: a table, the newest trial last

Every trial stays in it, the bad ones too: whoever keeps only the best cannot say how often they
tried. The file is yours, and a spreadsheet opens it. A training that repeats itself is one trial.
"""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

import msgspec

from course.files import write_whole

FILE = Path("trials.csv")
COLUMNS = ("design", "network", "parameters", "read", "of", "seed", "why")
HEADS = ("design", "network", "parameters", "read", "seed", "why")


@dataclass(frozen=True)
class Trial:
    """One training, judged by digits that were held out."""

    design: str
    network: str
    parameters: int
    read: int
    of: int
    seed: int
    why: str


class Diary:
    """All trials so far; of a file that cannot be read or written, those of this kernel."""

    def __init__(self, file: Path = FILE) -> None:
        self.file, self.trials = file, read(file)

    def add(
        self, design: str, network: str, parameters: int, read: int, of: int, seed: int, why: str
    ) -> None:
        """Write a trial down."""
        trial = Trial(design, network, parameters, read, of, seed, why)
        if trial not in self.trials:
            self.trials.append(trial)
            write(self.file, self.trials)

    def __repr__(self) -> str:
        lines = [f"{t.read:6,} of {t.of:,}  {t.parameters:6,}  {t.design}" for t in self.trials]
        return "\n".join([f"{len(self.trials)} trials", *lines])

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
        rows = "".join(row(trial) for trial in self.trials)
        return f"<table class='diary'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def row(trial: Trial) -> str:
    """Return a trial as a row of the table."""
    read = f"{trial.read:,} of {trial.of:,}"
    values = (trial.design, trial.network, f"{trial.parameters:,}", read, trial.seed, trial.why)
    return f"<tr>{''.join(f'<td>{escape(str(value))}</td>' for value in values)}</tr>"


def read(file: Path) -> list[Trial]:
    """Return the trials of a file; lines that somebody else changed beyond use are left out."""
    try:
        lines = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    except (OSError, ValueError, csv.Error):
        return []
    return [trial for line in lines if (trial := understood(line))]


def understood(line: dict[str, str]) -> Trial | None:
    """Return the trial that a line holds, if it does."""
    try:
        return msgspec.convert(line, Trial, strict=False)  # a spreadsheet has numbers as text
    except msgspec.ValidationError:
        return None


def write(file: Path, trials: list[Trial]) -> None:
    """Write all trials, or none where the folder cannot be written."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows(asdict(trial) for trial in trials)
    with suppress(OSError):
        write_whole(file, text.getvalue().encode())
