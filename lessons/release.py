"""Make a class folder ready: nbgrader's configuration, and every lesson generated for students.

    python lessons/release.py class          # make release CLASS=class

What students get then lies in class/release/NN_name/. A lesson that students have handed in
already is generated again only while its graded cells are the same: nbgrader refuses otherwise.
"""

import logging
import sys
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lessons import build

CONFIG = """\
# How this class is graded; later lines win. See https://nbgrader.readthedocs.io
load_subconfig("nbgrader_config.py", path={lessons!r})
c = get_config()
c.CourseDirectory.root = {root!r}
c.Exchange.root = {exchange!r}  # where students of the same machine or hub fetch and submit
"""


def prepare(folder: Path) -> NbGraderAPI:
    """Make the class folder, with a configuration that a teacher may add to."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nbgrader_config.py"
    if not config.exists():
        exchange = folder / "exchange"
        exchange.mkdir(exist_ok=True)
        places = {"lessons": str(build.LESSONS), "root": str(folder), "exchange": str(exchange)}
        config.write_text(CONFIG.format(**places))
    loader = PyFileConfigLoader(config.name, path=str(folder))
    return NbGraderAPI(config=loader.load_config())


def release(folder: Path) -> int:
    """Generate every lesson; return how many could not be."""
    api = prepare(folder.resolve())
    failed = 0
    for path in build.sources():
        build.build(path, say=lambda word: None)
        result = api.generate_assignment(path.stem)
        if result["success"]:
            print(f"released {folder / 'release' / path.stem}")
        else:
            failed += 1
            why = [line for line in result["log"].splitlines() if "[ERROR]" in line][-1:]
            print(f"could not release {path.stem}: {' '.join(why)}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    logging.disable(logging.INFO)
    if len(sys.argv) != 2:
        sys.exit("release: expected the class folder: python lessons/release.py class")
    try:
        sys.exit(min(1, release(Path(sys.argv[1]))))
    except build.LessonError as error:
        sys.exit(f"release: {error}")
