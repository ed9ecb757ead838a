"""Write the files that are wanted of a kept submission: its mistakes, its weights, an ONNX file.

    for said in hand_out(entry, Wanted(misread=Path("misread.png"))):
        print(said)

Nothing here runs a student's code but the jail, and mostly the graph that was kept is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.handout.misread import draw_misread
from autograder.handout.script import loading, script
from autograder.results import archive
from autograder.results.database import Entry
from autograder.verdict import Run
from autograder.workers.exporting import export
from course.errors import UsageError
from course.files import write_whole


@dataclass(frozen=True)
class Wanted:
    """Which files to write; None: not that one."""

    misread: Path | None = None
    weights: Path | None = None
    onnx: Path | None = None
    seed: int = 1  # whose weights, counted from 1
    force: bool = False  # write over files that are there

    def files(self) -> list[Path]:
        """List every file that will be written, if their names fit what they are to hold."""
        files = [
            ending(self.misread, ".png", ".svg", ".pdf"),
            ending(self.weights, ".safetensors"),
            ending(self.onnx, ".onnx"),
        ]
        files += [script_beside(self.weights)] if self.weights else []
        return [path for path in files if path is not None]


def hand_out(entry: Entry, wanted: Wanted) -> Iterator[str]:
    """Write what is wanted, and say of each file what it is."""
    run = chosen(entry, wanted.seed)
    for path in wanted.files():
        expect_new(path, wanted.force)
    if wanted.misread is not None:
        yield f"drew {wanted.misread}: {draw_misread(entry, wanted.misread)}"
    if wanted.weights is not None:
        yield from write_weights(entry, run, wanted.weights)
    if wanted.onnx is not None:
        exported = export(archive.weights(entry, run.seed), entry.data)
        write_whole(wanted.onnx, exported.content)
        yield f"wrote {wanted.onnx}, which {exported}"


def chosen(entry: Entry, number: int) -> Run:
    """Return the run of a seed, counted from 1."""
    runs = entry.verdict.runs
    if not 1 <= number <= len(runs):
        raise UsageError(f"expected a seed from 1 to {len(runs)}, found --seed {number}")
    return runs[number - 1]


def write_weights(entry: Entry, run: Run, path: Path) -> Iterator[str]:
    """Write the weights of a run, and the script that loads them."""
    weights = archive.weights(entry, run.seed)
    loads = loading(entry, weights)
    beside = script_beside(path)
    text = script(entry, run, path.name, loads)
    write_whole(path, weights)
    write_whole(beside, text.encode("utf-8", "surrogateescape"))
    yield f"wrote {path}, and {beside}, which loads it: python {beside.name}"
    if said := str(loads):
        yield said


def script_beside(weights: Path) -> Path:
    """Return where the script goes that loads weights."""
    return weights.with_suffix(".py")


def expect_new(path: Path, force: bool) -> None:
    """Refuse to write over a file, unless that is wanted."""
    if path.exists() and not force:
        found = "found one there; name another, or replace it with --force"
        raise UsageError(f"expected to write a new {path}, {found}")


def ending(path: Path | None, *endings: str) -> Path | None:
    """Return a path whose name ends as it should, or say how it should."""
    if path is not None and path.suffix.lower() not in endings:
        raise UsageError(f"expected a name that ends in {' or '.join(endings)}, found {path}")
    return path
