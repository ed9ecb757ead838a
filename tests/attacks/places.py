"""Draw where learned numbers work: in one network layer by layer, and over all that are here.

python -m tests.attacks.places             # writes docs/places.png and docs/place_shares.png
python -m tests.attacks.places FOLDER      # with a row for a folder's files: ./place_shares.png

The files of a folder are a stranger's, so they are captured in the jail.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.checks.places.measure import few
from autograder.checks.study import Study
from autograder.jail.parent import Jailed
from autograder.job import read_source
from autograder.workers.warm import CAPTURE
from course import figures
from tests.attacks.suite import captured, check_answer, read

ROOT = Path(__file__).parents[2]
FEW = 16  # numbers: smaller tensors are not drawn layer by layer
HIDDEN = "tests/attacks/models/places/one_hot_pads.py"
GROUPS = {
    "the zoo": "tests/zoo/*.py",
    "solutions": "solutions/**/model.py",
    "odd but honest": "tests/attacks/controls/*.py",
    "hidden dense layers": "tests/attacks/models/places/*.py",
}


def main(folders: list[str]) -> int:
    """Draw both figures; with further folders, the second one alone."""
    if not folders:
        honest, hidden = (look(ROOT / file)[0] for file in ("solutions/under_8k/model.py", HIDDEN))
        panels = {
            "solutions/under_8k": layers(honest),
            "a dense layer behind one-hot masks": layers(hidden),
        }
        figures.save(figures.draw_places(panels), ROOT / "docs/places.png")
    groups = {Path(folder).name: judged(Path(folder).iterdir(), jailed) for folder in folders}
    groups |= {name: judged(ROOT.glob(pattern)) for name, pattern in GROUPS.items()}
    figure = figures.draw_shares(groups)
    figures.save(figure, "place_shares.png" if folders else ROOT / "docs/place_shares.png")
    return 0


def layers(study: Study) -> dict[str, float]:
    """Return the share of each tensor of a network, in the order they are used."""
    tensors, shares = study.graph.stored(), study.places.shares
    names = [name for name in tensors if tensors[name].numel() > FEW and name in shares]
    return {name.removesuffix(".weight"): shares[name] for name in names}


def judged(
    files: Iterable[Path], answer_of: Callable[[Path], bytes] = captured
) -> tuple[list[float], list[float]]:
    """Return the least shares of the files' networks: of those allowed, and of those refused."""
    allowed, refused = [], []
    for path in sorted(files):
        try:
            study, dense = look(path, answer_of)
        except LookupError as why:
            print(f"left out: {path.name}: {why}", file=sys.stderr)
        else:
            (refused if dense else allowed).append(least(study))
    return allowed, refused


def look(path: Path, answer_of: Callable[[Path], bytes] = captured) -> tuple[Study, bool]:
    """Return what is known of a file's network, and whether it is refused as dense."""
    rules = read(path).words.get("rules") if path.is_relative_to(ROOT / "tests/attacks") else None
    found = check_answer(answer_of(path), ["no-dense"], rules)
    if found.study is None or found.checks[-1].id != "no-dense":
        raise LookupError(found.said())
    return found.study, found.checks[-1].bad


def jailed(path: Path) -> bytes:
    """Capture a stranger's file."""
    with Jailed(CAPTURE) as child:
        child.send(json.dumps({"net": None}).encode() + b"\n" + read_source(path))
        return child.wait().result


def least(study: Study) -> float:
    """Return the share of the narrowest numbers that are too many to be let off."""
    tensors, shares = study.graph.stored(), study.places.shares
    numbers = 0
    for name in sorted(shares, key=lambda name: shares[name]):
        numbers += tensors[name].numel()
        if numbers > few(study.graph):
            return shares[name]
    return max(shares.values(), default=1.0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
