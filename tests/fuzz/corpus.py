"""Where a fuzz begins: what the jail really sends for the networks of this project.

    seeds = captured(paths())       # {"zoo/residual": Draft, …}

A file is captured once and then kept in build/fuzz, under a hash of it and of what captures it.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from autograder import capture
from autograder.graph.arguments import Refused
from tests.attacks import suite
from tests.fuzz.draft import Draft

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
FOUND = Path(__file__).parent / "found"  # answers that showed a fault once
PATTERNS = ("tests/zoo/*.py", "tests/attacks/controls/*.py", "solutions/**/model.py")
LARGEST = 60_000  # bytes of an answer: larger networks are slow, and no different
# A few that hold most operations, small ones: what the tests begin with.
FEW = (
    *("zoo/residual", "zoo/squeeze_excite", "zoo/group_norm", "zoo/split_cat", "zoo/transposed"),
    *("zoo/functional_dropout", "zoo/tied", "controls/coord_conv", "controls/gem_pooling"),
    *("controls/weight_standardisation", "controls/shuffle_net"),
)


def name_of(path: Path) -> str:
    """Name a file by its folder and itself; a solution by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "/".join(part for part in parts if part not in ("tests", "attacks", "model"))


def paths() -> dict[str, Path]:
    """Return every honest network of this project, by name."""
    return {name_of(path): path for pattern in PATTERNS for path in sorted(ROOT.glob(pattern))}


def found() -> list[Path]:
    """Return the answers that showed a fault once: what is mended stays mended."""
    return sorted(FOUND.glob("*.safetensors"))


def captured(files: dict[str, Path]) -> dict[str, Draft]:
    """Capture files; leave out what is refused, or large."""
    KEPT.mkdir(parents=True, exist_ok=True)
    mark = digest(sorted(Path(capture.__file__).parent.glob("*.py")))
    drafts: dict[str, Draft] = {}
    for name, path in files.items():
        kept = KEPT / f"{digest([path])}-{mark}.safetensors"
        if not kept.exists():
            written = kept.with_suffix(f".{os.getpid()}")  # another process may capture it too
            written.write_bytes(suite.captured(path))
            written.replace(kept)
        data = kept.read_bytes()
        if len(data) > LARGEST:
            continue
        try:
            drafts[name] = Draft.of(data)
        except (Refused, KeyError):  # a problem is no network
            continue
    return drafts


def digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
