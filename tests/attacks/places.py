"""Draw where learned numbers work: in one network layer by layer, and over all that are here.

python -m tests.attacks.places          # writes docs/places.png and docs/place_shares.png
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.capture.entry import capture
from autograder.checks.places.measure import Places, measure
from autograder.graph.nodes import Graph
from course import figures

ROOT = Path(__file__).parents[2]
FEW = 16  # numbers: smaller tensors are left out
HIDDEN = "tests/attacks/models/places/one_hot_pads.py"


def main() -> int:
    """Draw both figures."""
    honest, hidden = (layers(ROOT / file) for file in ("solutions/under_8k/model.py", HIDDEN))
    panels = {"solutions/under_8k": honest, "a dense layer behind one-hot masks": hidden}
    figures.save(figures.draw_places(panels), ROOT / "docs/places.png")
    groups = {
        "the zoo": "tests/zoo/*.py",
        "solutions": "solutions/**/model.py",
        "odd but honest": "tests/attacks/controls/*.py",
        "hidden dense layers": "tests/attacks/models/places/*.py",
    }
    shares = {name: list(least(pattern)) for name, pattern in groups.items()}
    figures.save(figures.draw_shares(shares), ROOT / "docs/place_shares.png")
    return 0


def layers(path: Path) -> dict[str, float]:
    """Return the share of each tensor of a file's network, in the order they are used."""
    graph, found = look(path)
    names = [name for name in graph.stored() if graph.tensors[name].numel() > FEW]
    return {
        name.removesuffix(".weight"): found.shares[name] for name in names if name in found.shares
    }


def least(pattern: str) -> Iterator[float]:
    """Return the least share of each network whose file matches."""
    for path in sorted(ROOT.glob(pattern)):
        try:
            graph, found = look(path)
        except Exception as error:  # a file of the tests that no network can be made of
            print(f"left out: {path.name}: {error}", file=sys.stderr)
            continue
        large = [s for name, s in found.shares.items() if graph.tensors[name].numel() > FEW]
        if large:
            yield min(large)


def look(path: Path) -> tuple[Graph, Places]:
    """Capture a file's network and measure it."""
    graph = capture(path.read_bytes()).graph
    return graph, measure(graph)


if __name__ == "__main__":
    raise SystemExit(main())
