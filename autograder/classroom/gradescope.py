"""An autograder for Gradescope: it checks there and keeps what it found; it trains nothing.

    pack(text_of("under-8k"), Path("autograder.zip"))            here, once
    python -m autograder.classroom.gradescope /autograder           there, for each hand-in

Gradescope gives a hand-in half a processor and 768 MB: enough for every check, and hours too slow
for a training. So the points there are those of the checks. What a network reads is measured where
the class is graded, from the hand-ins that Gradescope lets an instructor download.
"""

import importlib.metadata
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import Assignment, load
from autograder.classroom.folders import ClassError
from autograder.classroom.marks import points
from autograder.classroom.picking import pick
from autograder.classroom.places import MOST_ENTRIES, Folder
from autograder.job import MOST_NOTEBOOK, Options, job_of
from autograder.pipeline import grade
from autograder.verdict import Check, Verdict
from course.errors import ExitCode, SubmissionError, UsageError
from course.ordinary import NotReadable, read_ordinary

RULES = "rules.toml"
OURS = Path(__file__).resolve().parents[2]  # the folder that holds autograder/ and course/
MOST_METADATA = 4 << 20
LATER = (
    "Every check passed. What it reads is measured when your class is graded: nothing trains here."
)
SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, to build the machine that every hand-in is checked on.
set -euo pipefail
here="${AUTOGRADER:-/autograder}"
apt-get update && apt-get install -y python3 python3-venv
python3 -m venv "$here/venv"
"$here/venv/bin/pip" install -r "$here/source/requirements.txt"
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each hand-in; results/results.json is what it reads.
here="${AUTOGRADER:-/autograder}"
export PYTHONPATH="$here/source"
exec "${AUTOGRADER_PYTHON:-$here/venv/bin/python}" -P -m autograder.classroom.gradescope "$here"
"""


# ---- the zip ------------------------------------------------------------------------------------


def pack(rules_text: bytes, to: Path) -> None:
    """Write the zip that an instructor uploads: scripts, rules, and the grader itself."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, script in (("setup.sh", SETUP), ("run_autograder", RUN)):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o755 << 16  # both are run
            archive.writestr(info, script)
        archive.writestr("requirements.txt", "\n".join(requirements()) + "\n")
        archive.writestr(RULES, rules_text)
        for path in sorted(sources()):
            archive.write(path, path.relative_to(OURS))


def requirements() -> list[str]:
    """Return what the grader needs besides Python, as pyproject.toml says it."""
    try:
        found = importlib.metadata.requires("under8k") or []
    except importlib.metadata.PackageNotFoundError:
        raise ClassError("expected an installed autograder, found none: pip install .") from None
    return [need for need in found if "extra ==" not in need]


def sources() -> Iterator[Path]:
    """Yield the files of the grader: Python, and the assignments and templates it brings."""
    for package in ("autograder", "course"):
        for path in (OURS / package).rglob("*"):
            if path.is_file() and path.suffix != ".pyc" and "recorded" not in path.parts:
                yield path


# ---- there --------------------------------------------------------------------------------------


def main(home: Path) -> int:
    """Check what was handed in, and write what Gradescope shows."""
    began = time.monotonic()
    rules = load(home / "source" / RULES)
    try:
        verdict = check(home / "submission", rules)
    except (UsageError, SubmissionError) as unusable:
        result, kept = refused(str(unusable)), {}
    else:
        if verdict.exit_code == ExitCode.FAULT:
            # No results at all: Gradescope then says that the autograder failed, and gives no 0.
            print(f"a fault of the grader, not of the hand-in: {verdict.headline()}")
            return ExitCode.FAULT
        result, kept = told(verdict, rules), {"verdict": verdict.to_dict()}
    result["execution_time"] = round(time.monotonic() - began, 1)
    result["extra_data"] = about(home) | kept  # no student sees it
    (home / "results").mkdir(exist_ok=True)
    (home / "results" / "results.json").write_text(json.dumps(result, indent=1))
    return ExitCode.PASSED


def check(folder: Path, rules: Assignment) -> Verdict:
    """Run every check that needs no training on what was handed in."""
    try:
        place = Folder(folder)
        name = pick(place.entries((), MOST_ENTRIES))
        with tempfile.TemporaryDirectory(prefix="model-") as clean:
            # A copy, through no link: what was handed in stays as it is.
            copy = Path(clean, name)
            copy.write_bytes(place.read((name,), MOST_NOTEBOOK))
            return grade(job_of(copy, rules, Options(seeds=0)))
    except NotReadable as found:
        raise ClassError(f"expected an ordinary file, found {found}") from None


def told(verdict: Verdict, rules: Assignment) -> dict[str, object]:
    """Write a verdict as Gradescope's results.json wants it."""
    worth = points(verdict, rules)
    of = {part.what: part for part in worth.by}
    tests = []
    for found in verdict.checks:
        if found.id == "note":
            continue
        test: dict[str, object] = {"name": found.id, "output": words(found)}
        if found.status != "skip":
            test["status"] = "failed" if found.bad else "passed"
        if found.id in of:
            test |= {"score": float(of[found.id].gained), "max_score": float(of[found.id].most)}
        tests.append(test)
    parameters = verdict.submission.parameters
    board = [{"name": "parameters", "value": parameters, "order": "asc"}] if parameters else []
    return {
        "score": float(sum(part.gained for part in worth.by)),
        "output": LATER if verdict.ok else verdict.headline(),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "leaderboard": board,
    }


def refused(why: str) -> dict[str, object]:
    """Say that there is nothing to check."""
    return {
        "score": 0.0,
        "output": why,
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [{"name": "readable", "status": "failed", "output": why}],
    }


def words(check: Check) -> str:
    """Say what a check found."""
    said = check.message or f"expected {check.expected}, found {check.found}"
    return f"{said}\n{check.hint}" if check.hint else said


def about(home: Path) -> dict[str, object]:
    """Remember whose hand-in this was, as Gradescope says it."""
    try:
        said = json.loads(read_ordinary(home / "submission_metadata.json", MOST_METADATA))
    except (FileNotFoundError, NotReadable, ValueError):
        return {}
    users = [{key: user.get(key) for key in ("id", "name", "email")} for user in said["users"]]
    return {"gradescope": {"id": said.get("id"), "at": said.get("created_at"), "users": users}}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
