"""The search behind the frontier: which network and recipe read most with so few parameters.

    python -m solutions.frontier.search mattered       # the usual design, and one change at a time
    python -m solutions.frontier.search 2000           # candidates of at most 2,000 parameters

The first is a hundred trainings, four hours on two cores; the second as much as twelve, half an
hour.

Nothing here sees the test set: split k holds 10,000 training digits out, drawn by k, and trains
on the other 50,000 with seed k. A trial's score is the mean of its last fifth of epochs. Every
trial that ends becomes a line of log.jsonl, and no trial of the log is run again, so a search may
be stopped at any moment and goes on where it stood. A trial trains on one core, and as many run at
once as there are cores; where there is a GPU, they share it.

A size is searched by successive halving: many candidates train for a few epochs, the best third
of them for all fifteen, the best third of those on more splits.
"""

import argparse
import itertools
import json
import math
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import Any

from autograder.machine import cores, pick_device
from course.errors import Under8kError, UsageError
from solutions.frontier.design import Design, code, source
from solutions.trainings import each, on_split

HERE = Path(__file__).parent
LOG = HERE / "log.jsonl"
MOST = 8_000  # parameters: beyond them is no frontier
HELD_OUT = 10_000
LAST = 5  # of five epochs the last one counts: 3 of 15
MOST_ON_A_GPU = 8  # trials that share it: networks this small leave most of it idle


@dataclass(frozen=True)
class Trial:
    """One training of a design, on one split."""

    design: Design
    split: int
    parameters: int
    held_out: int  # digits
    correct: tuple[int, ...]  # of them, after each epoch
    seconds: float
    code: str  # of the design's file, which a later version may write differently
    device: str = "cpu"

    @property
    def score(self) -> float:
        """Percent of the digits held out, over the last fifth of the epochs."""
        last = self.correct[-max(1, len(self.correct) // LAST) :]
        return statistics.fmean(last) / self.held_out * 100


def trial(design: Design, split: int, data: str, held_out: int, device: str) -> Trial:
    """Train a design on one split, in a process of its own."""
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        model = Path(folder) / "model.py"
        model.write_text(source(design))
        network, epochs = on_split(model, split, data, held_out, device)
    correct = tuple(epoch.test_correct for epoch in epochs)
    count = sum(weights.numel() for weights in network.parameters())
    seconds = round(time.perf_counter() - began, 1)
    return Trial(design, split, count, held_out, correct, seconds, code(design), device)


# ---- the log -------------------------------------------------------------------------------------


def read(log: Path = LOG, held_out: int = HELD_OUT) -> dict[tuple[Design, int], Trial]:
    """Return every trial of the log by its design and split.

    Passed over, so that their trials are run again: half a line, where a disk was full; a choice
    that there is no more; a design whose file is another by now.
    """
    lines = log.read_text("utf-8").splitlines() if log.is_file() else []
    found = {}
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            kept = json.loads(line)
            design = Design.read(kept.pop("design"))
            ended = Trial(design, **kept | {"correct": tuple(kept["correct"])})
            if (ended.code, ended.held_out) == (code(design), held_out):
                found[design, ended.split] = ended
    return found


def append(ended: Trial, log: Path) -> None:
    """Add a trial to the log; of its design, what differs from the usual one."""
    line = json.dumps({**asdict(ended), "design": ended.design.changes()})
    torn = log.is_file() and log.read_text("utf-8")[-1:] not in ("", "\n")
    with log.open("a", encoding="utf-8") as lines:
        lines.write(f"\n{line}\n" if torn else f"{line}\n")


def run(
    jobs: Iterable[tuple[Design, int]],
    log: Path = LOG,
    data: str = "mnist",
    held_out: int = HELD_OUT,
) -> Iterator[Trial]:
    """Yield a trial for every job: from the log, else run and logged."""
    wanted, known = list(jobs), read(log, held_out)
    missing = [job for job in dict.fromkeys(wanted) if job not in known]
    device = pick_device("auto").type
    lanes = min(cores(), MOST_ON_A_GPU) if device == "cuda" else cores()
    jobs_of_trials = [(*job, data, held_out, device) for job in missing]
    for ended in each(trial, jobs_of_trials, lanes, in_order=False):
        append(ended, log)
        known[ended.design, ended.split] = ended
        print(f"{ended.score:.3f}  {ended.parameters:5}  {ended.design.changes()}", flush=True)
    for job in wanted:
        yield known[job]


# ---- what mattered: one change at a time ---------------------------------------------------------

USUAL = Design()
CHANGES: dict[str, Design] = {
    "a head of its own": replace(USUAL, head="average", widths=(8, 13, 17, 19, 20)),
    "attention pooling": replace(USUAL, head="attention", widths=(8, 12, 16, 18, 20)),
    "full 3x3 layers": replace(USUAL, layer="full", widths=(6, 7, 8, 10)),
    "1x1 in two groups": replace(USUAL, layer="grouped", widths=(12, 18, 24, 28)),
    "1x1 in two steps": replace(USUAL, layer="low rank", widths=(10, 15, 21, 27)),
    "5x5 first": replace(USUAL, stem=5, widths=(9, 14, 19, 22)),
    "one layer more": replace(USUAL, widths=(9, 13, 16, 17, 18), pools=(2, 5)),
    "one layer more on large maps": replace(USUAL, widths=(8, 12, 15, 18, 19), pools=(3, 5)),
    "one layer more on small maps": replace(USUAL, widths=(8, 12, 16, 18, 18)),
    "the fourth layer twice": replace(USUAL, twice=True, widths=(10, 16, 20, 20)),
    "ReLU": replace(USUAL, activation="ReLU"),
    "an activation before the mixing too": replace(USUAL, between=True),
    "every map and its negative": replace(USUAL, both=True, widths=(7, 10, 12, 15)),
    "every map turned by half, too": replace(USUAL, turned="maps", widths=(6, 9, 13, 15)),
    "what kernels saw turned by half, too": replace(USUAL, turned="looks", widths=(8, 11, 15, 17)),
    "kernels look from four sides": replace(USUAL, turned="four looks", widths=(6, 8, 10, 12)),
    "max pooling": replace(USUAL, pool="max"),
    "blurred pooling": replace(USUAL, pool="blur"),
    "last pool moves by one place": replace(USUAL, slide=True),
    "slant left in": replace(USUAL, upright=False),
    "read at two slants": replace(USUAL, slants=(-0.15, 0.15)),
    "brought nearer to one width": replace(USUAL, widen=0.5),
    "brought to one width": replace(USUAL, widen=1.0),
    "brought nearer to one width and height": replace(USUAL, widen=0.5, heighten=0.5),
    "brought nearer to one width, to one height": replace(USUAL, widen=0.5, heighten=1.0),
    "half as much augmentation again": replace(USUAL, strength=1.5),
    "half the augmentation": replace(USUAL, strength=0.5),
    "no augmentation": replace(USUAL, strength=0.0),
    "each pixel moved a little by itself, too": replace(USUAL, elastic=20.0),
    "32 images a step": replace(USUAL, batch=32),
    "128 images a step": replace(USUAL, batch=128),
    "twice the rate": replace(USUAL, lr=0.4),
    "half the rate": replace(USUAL, lr=0.1),
    "128 images a step at twice the rate": replace(USUAL, batch=128, lr=0.4),
    "rate falls in a line": replace(USUAL, schedule="linear"),
    "rate falls in steps": replace(USUAL, schedule="steps", lr=0.1),
    "rate stays": replace(USUAL, schedule="constant", lr=0.05),
    "AdamW": replace(USUAL, optimizer="AdamW", lr=0.01),
    "NAdam": replace(USUAL, optimizer="NAdam", lr=0.01),
    "Muon": replace(USUAL, optimizer="Muon", lr=0.05),
    "Muon at twice the rate": replace(USUAL, optimizer="Muon", lr=0.1),
    "no weight decay": replace(USUAL, weight_decay=0.0),
    "no running mean of the weights": replace(USUAL, average=0.0),
    "label smoothing": replace(USUAL, label_smoothing=0.05),
}


def mattered(splits: int) -> None:
    """Train the usual design and each change on a split, then on the next one.

    Not on split 0: the usual design was chosen by it, and luck was part of that.
    """
    designs = (USUAL, *CHANGES.values())
    for _ in run((design, split) for split in range(1, splits + 1) for design in designs):
        pass


# ---- a size: successive halving ------------------------------------------------------------------

# Widths in proportion: as the usual ones, flatter, steeper, wide at the start.
PROFILES = ((10, 15, 20, 23), (10, 18, 20, 20), (7, 14, 22, 24), (13, 16, 18, 21))
STRENGTHS = (0.6, 1.0, 1.6)  # of the augmentation


def sized(profile: Sequence[int], most: int, usual: Design) -> Design:
    """Return the widest design of about this profile that has at most so many parameters."""
    fitting = None
    for step in itertools.count(1):
        widths = tuple(max(2, round(width * step / 40)) for width in profile)
        design = replace(usual, widths=widths)
        if parameters(design) > most:
            break
        fitting = design
    if fitting is None:
        least = parameters(replace(usual, widths=(2,) * len(profile)))
        raise UsageError(f"expected at least {least} parameters, found {most}")
    for place in reversed(range(len(profile))):  # what is left makes single layers wider by a map
        one_more = tuple(width + (at == place) for at, width in enumerate(fitting.widths))
        wider = replace(usual, widths=one_more)
        fitting = wider if parameters(wider) <= most else fitting
    return fitting


def parameters(design: Design) -> int:
    """Count a design's parameters on the network that its file makes."""
    made: dict[str, Any] = {}
    exec(source(design), made)  # noqa: S102  our own text
    return sum(weights.numel() for weights in made["Net"]().parameters())


ROUNDS = ((5, 1), (15, 1), (15, 3))  # epochs and splits


def search(most: int, rounds: Sequence[tuple[int, int]] = ROUNDS) -> list[Trial]:
    """Return the last round's trials of the best design of at most so many parameters."""
    left = [
        replace(sized(profile, most, USUAL), strength=strength)
        for profile in PROFILES
        for strength in STRENGTHS
    ]
    best: list[Trial] = []
    for epochs, splits in rounds:
        whole = [replace(design, epochs=epochs) for design in left]
        trials: dict[Design, list[Trial]] = {design: [] for design in whole}
        for ended in run((design, split) for split in range(splits) for design in whole):
            trials[ended.design].append(ended)
        ranked = sorted(whole, key=lambda design: mean(trials[design]), reverse=True)
        left = ranked[: math.ceil(len(ranked) / 3)]
        best = trials[left[0]]
    return best


def mean(trials: Iterable[Trial]) -> float:
    """Average the scores of trials."""
    return statistics.fmean(trial.score for trial in trials)


def write(most: int, found: Sequence[Trial]) -> Path:
    """Write the file of what was found: a folder that solutions/systems.toml may name."""
    design, splits = found[0].design, len(found)
    analysis = ANALYSIS.format(
        maps=", ".join(map(str, design.widths[:-1])) + f" and {design.widths[-1]}",
        percent=mean(found),
        splits="one split" if splits == 1 else f"{splits} splits",
    )
    opening = OPENING.format(parameters=found[0].parameters, most=most) + fill(analysis, 100)
    model = HERE / f"under_{most}" / "model.py"
    model.parent.mkdir(exist_ok=True)
    model.write_text(source(design, opening), encoding="utf-8")
    return model


OPENING = """\
{parameters:,} parameters: the best that the search found of at most {most:,}.

Target: read as many digits as so few parameters can.
Result: not recorded yet
"""
ANALYSIS = (
    "Analysis: every digit is set upright before it is looked at, as in ../../upright. The layers "
    "have {maps} maps; behind the first one, each looks at every map by itself and then mixes "
    "them, which stores few weights for many, and the last one mixes them into the ten scores. It "
    "was chosen on digits held out of the training set and reads {percent:.2f}% of them ({splits})."
)


def main() -> None:
    """Search what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", help='"mattered", or a number of parameters')
    parser.add_argument("--splits", type=int, default=3, help="that decide at the end")
    parser.add_argument("--write", action="store_true", help="write its model.py")
    chosen = parser.parse_args()
    if chosen.what != "mattered" and not chosen.what.isdecimal():
        parser.error(f'expected "mattered" or a number of parameters, found {chosen.what!r}')
    if chosen.what.isdecimal() and int(chosen.what) > MOST:
        parser.error(f"expected at most {MOST:,} parameters, found {int(chosen.what):,}")
    if chosen.splits < 1:
        parser.error(f"expected at least one split, found {chosen.splits}")
    if chosen.write and chosen.what == "mattered":
        parser.error('expected a number of parameters with --write, found "mattered"')
    recorded = HERE / f"under_{chosen.what}" / "result.json"
    if chosen.write and recorded.is_file():
        parser.error(f"expected a size without a record, found {recorded.relative_to(HERE)}")
    try:
        if chosen.what == "mattered":
            mattered(chosen.splits)
            return
        most = int(chosen.what)
        found = search(most, (*ROUNDS[:-1], (ROUNDS[-1][0], chosen.splits)))
    except Under8kError as error:
        raise SystemExit(f"search: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("search: stopped; the trials that ended are in the log") from None
    print(f"{mean(found):.3f}% of the digits held out: {found[0].design}")
    if chosen.write:
        print(f"wrote {write(most, found)}")


if __name__ == "__main__":
    main()
