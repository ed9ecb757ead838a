"""What the documents say is so: figures are the recorded ones, files and commands exist."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import typer.main
import yaml

import course
from autograder.cli import app
from autograder.verdict import Verdict

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + DECISIONS


def test_the_shipped_solutions_figures_are_the_recorded_ones() -> None:
    verdict = Verdict.from_dict(json.loads((ROOT / "solutions/under_8k/result.json").read_text()))
    assert verdict.verified
    assert verdict.ranked
    lowest = min(epoch.test_correct for run in verdict.runs for epoch in run.epochs[-3:])
    row = (
        f"| {verdict.submission.parameters:,} | {len(verdict.runs)} of {len(verdict.runs)} "
        f"| {100 * (verdict.mean_accuracy or 0):.2f}% | {lowest:,} "
        f"| {100 * (verdict.spread or 0):.2f} points | {verdict.seconds:.0f} s, {verdict.device} |"
    )
    assert row in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_linked_or_named_exists(document: Path) -> None:
    text = document.read_text()
    links = [document.parent / target for target in re.findall(r"\]\(([^)#:]+)\)", text)]
    # `tests/zoo/`, `course/data.py`: with a folder in front. Elsewhere a slash may mean "or".
    folders = "autograder|course|docs|lessons|solutions|tests"
    named = [ROOT / name for name in re.findall(rf"`((?:{folders})/[\w/.-]*)`", text)]
    for path in links + named:
        assert path.exists(), path


def test_every_file_that_contributing_names_exists() -> None:
    folder = ROOT
    for name in re.findall(r"`([\w/]+(?:\.py|/))`", (ROOT / "CONTRIBUTING.md").read_text()):
        if "/" in name:
            assert (ROOT / name).exists(), name
            folder = ROOT / name.rpartition("/")[0]
        elif name not in ("grade.py", "__init__.py"):  # a name that is not used; one of many
            # A short name follows a long one: it is in the same folder or in one above.
            assert any((near / name).exists() for near in (folder, *folder.parents)), name


def test_a_lesson_has_its_own_number_wherever_it_is_named() -> None:
    stems = {path.stem for path in (ROOT / "lessons").glob("[0-9][0-9]_*.py")}
    names = "|".join(stem[3:] for stem in stems)
    named = re.compile(rf"(?<!ladder/)\b\d\d_(?:{names})\b")  # steps of the ladder have their own
    code = [
        path
        for room in ("autograder", "tests", "solutions")
        for path in ROOT.glob(f"{room}/**/*.py")
    ]
    for path in [*DOCUMENTS, ROOT / "lessons/README.md", ROOT / "CHANGELOG.md", *code]:
        assert set(named.findall(path.read_text("utf-8"))) <= stems, path
    assert re.findall(r"^\| \[(\d\d)\]", README, re.MULTILINE) == sorted(stem[:2] for stem in stems)


def test_every_command_is_in_the_readme() -> None:
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert f"autograde {name}" in README


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        assert set(re.findall(r"`make (\w+)", document.read_text())) <= targets, document


def test_the_citation_is_of_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert cited["version"] == course.__version__
    assert cited["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)


def test_a_decision_says_why_and_what_was_left() -> None:
    for number, path in enumerate(DECISIONS, start=1):
        assert path.name.startswith(f"{number:04}-")
        headings = re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Considered and rejected"], path
