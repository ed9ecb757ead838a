"""What the README says is so: its figures are the recorded ones, its files and commands exist."""

import json
import re
from pathlib import Path

import typer.main

from autograder.cli import app
from autograder.verdict import Verdict

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_shipped_solutions_figures_are_the_recorded_ones() -> None:
    verdict = Verdict.from_dict(json.loads((ROOT / "solutions/under_8k/result.json").read_text()))
    assert verdict.verified
    assert verdict.ranked
    lowest = min(e["test_correct"] for run in verdict.runs for e in run.epochs[-3:])
    row = (
        f"| {verdict.submission['parameters']:,} | {len(verdict.runs)} of {len(verdict.runs)} "
        f"| {100 * (verdict.mean_accuracy or 0):.2f}% | {lowest:,} "
        f"| {100 * (verdict.spread or 0):.2f} points | {verdict.seconds:.0f} s, {verdict.device} |"
    )
    assert row in README


def test_every_file_that_is_linked_exists() -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text()):
            assert (ROOT / target).exists(), target


def test_every_file_that_contributing_names_exists() -> None:
    folder = ""
    for name in re.findall(r"`([\w/]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text()):
        folder = name.rpartition("/")[0] or folder  # short names follow a long one
        if name != "grade.py":
            assert (ROOT / (name if "/" in name else f"{folder}/{name}")).exists(), name


def test_every_command_is_in_the_readme() -> None:
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert f"autograde {name}" in README
