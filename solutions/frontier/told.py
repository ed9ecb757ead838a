"""What ../README.md tells of the frontier: the fewest that hold, what others report, what mattered.

solutions/tables.py puts these tables between the marks that stand there.
"""

from collections.abc import Iterator, Sequence

from autograder.assignment import SHIPPED, load
from autograder.judging import deciding_count
from autograder.verdict import Verdict
from course.figures import Drawing, draw_frontier
from course.records import RECORDED, mean_accuracy, others, reported
from solutions.frontier.design import Design
from solutions.frontier.search import CHANGES, MOST, USUAL, Trial, read
from solutions.held_out import gain, mean_and_error
from solutions.systems import SYSTEMS, System, passes, passes_on_average, point

GAMES = sorted(
    (load(path.stem) for path in SHIPPED.glob("golf-*.toml")), key=lambda rules: rules.percent
)


def small() -> list[tuple[System, Verdict]]:
    """Return every recorded network below 8,000 parameters, the smallest first."""
    known = ((system, system.record()) for system in SYSTEMS)
    found = [(system, record) for system, record in known if record is not None]
    below = [(s, r) for s, r in found if (r.submission.parameters or MOST) < MOST]
    return sorted(below, key=lambda pair: pair[1].submission.parameters or 0)


# ---- tables: rows of cells, the head first -------------------------------------------------------


def fewest() -> Iterator[Sequence[str]]:
    """For each game, the smallest network whose every seed holds its line, and whose mean does."""
    head = "holds", "fewest parameters", "network", "seeds", "lowest epoch that counts"
    yield *head, "on average", "network", "mean"
    found = small()
    for rules in GAMES:
        every = next((pair for pair in found if passes(pair[1], rules)), None)
        cells: tuple[str, ...] = ("none is recorded", "", "", "")
        if every is not None:
            lowest = min(deciding_count(rules, run)[0] for run in every[1].runs)
            cells = *named(*every), f"{len(every[1].runs)}", f"{lowest:,}"
        average = next((pair for pair in found if passes_on_average(pair[1], rules)), None)
        mean: tuple[str, ...] = ("none is recorded", "", "")
        if average is not None:
            mean = *named(*average), mean_of(average[1])
        yield f"{rules.percent}%", *cells, *mean


def named(system: System, record: Verdict) -> tuple[str, str]:
    """Say how many parameters a network has, and link to it."""
    return f"{record.submission.parameters:,}", f"[{system.title}]({system.name}/model.py)"


def mean_of(record: Verdict) -> str:
    """Say a record's mean over its seeds and that mean's standard error, in percent."""
    seeds = [100 * mean_accuracy([run.epochs]) for run in record.runs]
    if len(seeds) == 1:
        return f"{seeds[0]:.2f}%"
    mean, error = mean_and_error(seeds)
    return f"{mean:.2f} ± {error:.2f}%"


def reports() -> Iterator[Sequence[str]]:
    """What others report, the smallest first."""
    yield "who", "parameters", "reports", "epochs", "dense layer", "of what"
    for one in reported():
        dense = "yes" if one.dense else "no"
        count, percent = f"{one.parameters:,}", f"{one.percent:.2f}"
        yield one.name, count, percent, f"{one.epochs:,}", dense, one.note


def changes() -> Iterator[Sequence[str]]:
    """What one change of the usual design gains, on the same splits of the training set."""
    yield "change", "parameters", "gain, percentage points", "splits"
    log = read()
    usual = splits_of(log, USUAL)
    told = []
    for name, design in CHANGES.items():
        changed = splits_of(log, design)
        common = sorted(usual.keys() & changed.keys())
        if len(common) > 1:
            before, after = ([found[k].score for k in common] for found in (usual, changed))
            more, error = gain(before, after)
            count = f"{changed[common[0]].parameters:,}"
            told.append((more, (name, count, f"{more:+.3f} ± {error:.3f}", f"{len(common)}")))
    yield from (cells for _, cells in sorted(told, reverse=True))


def splits_of(log: dict[tuple[Design, int], Trial], design: Design) -> dict[int, Trial]:
    """Return a design's trials by their split, without split 0: the usual one was chosen by it."""
    return {split: trial for (one, split), trial in log.items() if one == design and split}


# ---- the figure ----------------------------------------------------------------------------------


def figure() -> Drawing:
    """Draw every recorded network below 8,000, and in grey what others report."""
    ours = [point(record, system.title, RECORDED) for system, record in small()]
    title = "The fewest parameters for MNIST"
    return draw_frontier([*ours, *others()], title=title, size=(9, 6), fewer_than=MOST)
