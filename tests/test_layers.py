"""Who may import whom is checked (pyproject.toml, [tool.importlinter]), and the check can fail."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograder", "course")
LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)
# No rule of the project is worth a file or a folder that nobody wants to read to its end.
MOST_LINES, MOST_FILES = 400, 15


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the packages in a folder."""
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True)


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_imports_go_one_way():
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("course/data.py", "import autograder.cli", "The course never imports the autograder"),
        ("course/errors.py", "import course.data", "Inside the course, imports go down"),
        (
            "autograder/words.py",
            "from autograder.verdict import Verdict",
            "Inside the autograder, imports go down",
        ),
        (
            "autograder/checks/study.py",
            "import autograder.capture.entry",
            "Inside the autograder, imports go down",
        ),
        (
            "autograder/judging.py",
            "from course.data import Digits",
            "The process that you start needs no torch",
        ),
    ],
)
def test_an_import_the_wrong_way_is_found(tmp_path, file, line, broken):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a") as module:
        module.write(f"\n\ndef added():\n    {line}\n")
    found = lint(tmp_path)
    assert found.returncode == 1, found.stdout + found.stderr
    assert f"{broken} BROKEN" in " ".join(found.stdout.split())


def test_every_folder_of_modules_is_looked_at():
    # import-linter silently passes over a folder without an __init__.py.
    folders = {path.parent for path in modules()} - {ROOT / "autograder/templates"}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_process_that_you_start_loads_no_torch():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contract = next(c for c in settings["contracts"] if c["id"] == "parent-without-torch")
    names = [name for source in contract["source_modules"] for name in with_children(source)]
    look = (
        f"import importlib, sys; [importlib.import_module(name) for name in {names}]; "
        f"print([name for name in {contract['forbidden_modules']} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "[]"


def with_children(name: str) -> list[str]:
    """List a module and, if it is a package, the modules in it."""
    folder = ROOT / name.replace(".", "/")
    return [name, *(f"{name}.{path.stem}" for path in folder.glob("[!_]*.py"))]


def test_no_file_is_long_and_no_folder_is_full():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {str(path): n for path, n in lengths.items() if n > MOST_LINES} == {}
    folders = [path.parent for path in modules()]
    assert {str(f): folders.count(f) for f in folders if folders.count(f) > MOST_FILES} == {}


def test_no_two_files_of_tests_have_one_name():
    # pytest would collect one of them and end the other in an error.
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert {name for name in names if names.count(name) > 1} == set()
