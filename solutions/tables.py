"""What is told from the records: each file's Result line, the tables of README.md, the figure.

    retell()

rewrites whatever says something else. Nothing of it is typed by hand, and a test compares.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from autograder.assignment import SHIPPED, load
from autograder.verdict import Verdict
from course.figures import Drawing, draw_frontier, save
from course.files import write_whole
from course.records import LAST
from solutions.frontier import told
from solutions.systems import (
    BESIDE,
    FRONTIER,
    HERE,
    LADDER,
    SEEDS,
    SYSTEMS,
    System,
    accuracy,
    best,
    dense,
    epochs_of,
    passes,
    point,
    sees,
)

README, FIGURE, FRONTIER_FIGURE = HERE / "README.md", HERE / "ladder.png", HERE / "frontier.png"
UNRECORDED = "not recorded yet"
RESULT = re.compile(r"^Result: .*$", re.MULTILINE)
TABLE = re.compile(r"(<!-- (\w+) of the (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# What a class is asked to pass. The games (golf-…) are won by fewer parameters, a column of it.
ASSIGNMENTS = sorted(
    (load(path.stem) for path in SHIPPED.glob("under-*.toml")),
    key=lambda one: one.fewer_parameters_than,
)


def retell() -> None:
    """Rewrite whatever is told from the records and says something else."""
    for system in SYSTEMS:
        write(system.model, with_result(system.model.read_text("utf-8"), system.record()))
    write(README, with_tables(README.read_text("utf-8")))
    save(figure(), FIGURE)
    save(told.figure(), FRONTIER_FIGURE)


def write(file: Path, text: str) -> None:
    """Write a text so that a reader meets the old one or the new one, never half of one."""
    if not file.is_file() or file.read_text("utf-8") != text:
        write_whole(file, text.encode())


def with_result(source: str, record: Verdict | None) -> str:
    """Put a record's figures into the Result line of a model.py."""
    return RESULT.sub(f"Result: {result(record) if record else UNRECORDED}", source, count=1)


def result(record: Verdict) -> str:
    """Say in one line what a record reached."""
    seeds = f"{len(record.runs)} seed{'s' * (len(record.runs) > 1)}"
    return (
        f"train {accuracy(record, 'train'):.2f}%, test {accuracy(record, 'test'):.2f}% over the "
        f"last {LAST} epochs; best epoch {best(record):.2f}%; {seeds}"
    )


# ---- the tables: one of networks and one of trainings, for the ladder, the seeds, what is beside

PARTS = {"ladder": LADDER, "seeds": SEEDS, "beside": BESIDE, "frontier": FRONTIER}
# What is told of the frontier alone.
TOLD = {"fewest": told.fewest, "reports": told.reports, "changes": told.changes}
COLUMNS: dict[str, dict[str, Callable[[Verdict], str]]] = {
    "networks": {
        "parameters": lambda record: f"{record.submission.parameters:,}",
        "multiply-adds": lambda record: f"{record.submission.multiply_adds:,}",
        "receptive field": lambda record: f"{sees(record)}",
        "dense layer": dense,
        "passes": lambda record: ", ".join(passed(record)) or "none",
    },
    "trainings": {
        "train": lambda record: f"{accuracy(record, 'train'):.2f}",
        "test": lambda record: f"{accuracy(record, 'test'):.2f}",
        "gap": lambda record: f"{accuracy(record, 'train') - accuracy(record, 'test'):+.2f}",
        "best epoch": lambda record: f"{best(record):.2f}",
        "seeds": lambda record: f"{len(record.runs)}",
        "epochs": lambda record: f"{epochs_of(record)}",
        "seconds": lambda record: f"{record.seconds:,.0f}",
        "device": lambda record: record.device,
    },
}


def with_tables(text: str) -> str:
    """Put the tables into README.md, between the marks that stand there."""
    return TABLE.sub(lambda mark: f"{mark[1]}{table(mark[2], mark[3])}{mark[4]}", text)


def table(kind: str, part: str) -> str:
    """Write one table; a system without a record shows what was reported of it."""
    if kind in TOLD:
        head, *others = list(TOLD[kind]())
        return lined([head, ["---"] * len(head), *others])
    columns = COLUMNS[kind]
    rows = [["", "reported", *columns], ["---"] * (2 + len(columns))]
    for step, system in enumerate(PARTS[part], start=1):
        name = f"{step} {system.title}" if part == "ladder" else system.title
        reported = reported_count(system) if kind == "networks" else reported_accuracy(system)
        record = system.record()
        cells = [cell(record) for cell in columns.values()] if record else [UNRECORDED]
        cells += [""] * (len(columns) - len(cells))
        rows.append([f"[{name}]({system.name}/model.py)", reported, *cells])
    return lined(rows)


def lined(rows: Iterable[Sequence[str]]) -> str:
    """Write rows of cells as a table's lines."""
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def reported_count(system: System) -> str:
    """Say how many parameters the reference states."""
    return f"{system.parameters:,}" if system.parameters else system.stated


def reported_accuracy(system: System) -> str:
    """Say which train and test accuracy the reference reports, and its own word on it."""
    known = (("train", system.train), ("test", system.test))
    found = [f"{name} {value:.2f}" for name, value in known if value is not None]
    return ", ".join(word for word in (*found, system.note) if word)


def passed(record: Verdict) -> list[str]:
    """Name the shipped assignments under which a record passes."""
    return [rules.name for rules in ASSIGNMENTS if passes(record, rules)]


# ---- the figure ----------------------------------------------------------------------------------


def figure() -> Drawing:
    """Draw what is recorded: the ladder as a path, the reference systems beside it."""
    named = [(system, f"{n} {system.title}", "step") for n, system in enumerate(LADDER, start=1)]
    for system in SEEDS:  # named by number, since they stand close together
        sibling = " conv" if "convolutional" in system.title else ""
        named.append((system, f"{system.title[:3]}{sibling}", "reference"))
    points = [
        point(record, name, group) for system, name, group in named if (record := system.record())
    ]
    path = [one["name"] for one in points if one.get("group") == "step"]
    title = "From 6.4 million parameters to fewer than 8,000"
    return draw_frontier(points, title=title, size=(9, 6), path=path)
