"""What comes out of lessons/build.py: nothing secret, nothing that changes, nothing confusing."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from lessons import build

LESSONS = build.sources()
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
SECRETS = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS")


def text(book: NotebookNode) -> str:
    return "\n".join(cell.source for cell in book.cells)


def graded(book: NotebookNode) -> dict[str, NotebookNode]:
    found = (cell for cell in book.cells if "nbgrader" in cell.metadata)
    return {cell.metadata.nbgrader["grade_id"]: cell for cell in found}


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Write a lesson of one's own and read it."""

    def write(source: str) -> NotebookNode:
        path = tmp_path / "11_mine.py"
        path.write_text(source)
        return build.read(path)

    return write


TASK = """\
# %% task="add"
def add(a, b):
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION
"""
CHECK = """
# %% check="check_add" points=2
assert add(1, 2) == 3
### BEGIN HIDDEN TESTS
assert add(0, 0) == 0
### END HIDDEN TESTS
"""
PROSE = """
# %% [markdown] answer="why" points=3
# ### BEGIN SOLUTION
# So.
# ### END SOLUTION

# %% [markdown] verdict="under-8k" points=10
# Your model.py is graded apart.
"""


@each_lesson
def test_the_release_holds_no_solution_no_hidden_test_and_no_output(path):
    source = build.read(path)
    released = build.release(source)
    assert not any(secret in text(released) for secret in SECRETS)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in released.cells)
    assert [cell.id for cell in released.cells] == [cell.id for cell in source.cells]
    for before, after in zip(source.cells, released.cells, strict=True):
        regions = re.findall(r"### BEGIN .*?### END", before.source, re.DOTALL)
        outside = re.sub(r"### BEGIN .*?### END", "", before.source, flags=re.DOTALL)
        lines = [line.strip() for region in regions for line in region.splitlines()[1:-1]]
        assert not [line for line in lines if line in after.source and line not in outside]


@each_lesson
def test_every_build_gives_the_same_bytes(path, tmp_path, monkeypatch):
    results = []
    for name in ("one", "two"):
        monkeypatch.setattr(build, "BUILD", tmp_path / name)
        build.build(path, say=lambda word: None)
        files = sorted(file for file in (tmp_path / name).rglob("*") if file.is_file())
        results.append([(file.relative_to(tmp_path / name), file.read_bytes()) for file in files])
    assert results[0] == results[1]
    assert len(results[0]) == 2


@each_lesson
def test_notebooks_are_valid_and_say_nothing_of_the_machine(path):
    book = build.read(path)
    nbformat.validate(book)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"nbgrader"} for cell in book.cells)
    ids = [cell.id for cell in book.cells]
    assert len(set(ids)) == len(ids)


@each_lesson
def test_the_first_code_says_how_to_get_the_package(path, tmp_path, monkeypatch):
    first = next(cell for cell in build.read(path).cells if cell.cell_type == "code")
    monkeypatch.setitem(__import__("sys").modules, "course", None)  # as where it is missing
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        exec(first.source, {})


def test_a_stub_names_its_exercise(lesson):
    released = build.release(lesson(TASK + CHECK))
    stub = graded(released)["add"].source
    assert 'raise NotImplementedError("Exercise add: your code goes here")' in stub
    namespace: dict = {}
    exec(stub, namespace)
    with pytest.raises(NotImplementedError, match="Exercise add"):
        namespace["add"](1, 2)


def test_tags_become_nbgraders_words(lesson):
    book = lesson(TASK + CHECK + PROSE)
    found = {name: cell.metadata.nbgrader for name, cell in graded(book).items()}
    assert found["add"]["solution"]
    assert not found["add"]["grade"]
    assert found["check_add"]["grade"]
    assert found["check_add"]["locked"]
    assert found["check_add"]["points"] == 2
    assert found["why"]["grade"]
    assert found["why"]["solution"]
    assert found["under-8k"]["task"]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('# %% tsk="add"\npass\n', "expected one of the tags task, check,.* found tsk"),
        ('# %% task="a" check="b"\npass\n', "expected one tag, found task and check"),
        ('# %% task="add"\npass\n', "expected ### BEGIN SOLUTION"),
        ('# %% check="add"\npass\n', "check add: expected points, a whole number"),
        (TASK.replace('task="add"', 'task="add" points=1'), "points belong to its check"),
        ('# %% task="Add!"\npass\n', "small letters"),
        ('# %% [markdown] check="x" points=1\n# a\n', "check x: expected code"),
        ('# %% answer="x" points=1\npass\n', r"answer x: expected \[markdown\]"),
        (TASK.replace(' task="add"', ""), "needs a tag"),
        (TASK + "\n" + TASK, "Duplicate grade id: add"),
    ],
)
def test_a_wrong_tag_is_answered_with_its_lesson_and_cell(lesson, source, complaint):
    with pytest.raises(build.LessonError, match=f"11_mine.py.*{complaint}"):
        lesson(source)


def test_a_lesson_is_numbered_by_its_file_and_names_others_by_their_names(lesson):
    book = lesson("# %% [markdown]\n# # Mine\n#\n# | Lesson | |\n#\n# As lesson[dropout] said.")
    dropout = build.number_of(build.sources(["dropout"])[0])
    assert text(book).endswith(f"# 11. Mine\n\n| Lesson 11 | |\n\nAs lesson {dropout} said.")
    with pytest.raises(
        build.LessonError, match=r"11_mine.py: expected .* Lesson\[drop\]: look_and"
    ):
        lesson("# %% [markdown]\n# Lesson[drop] says otherwise.\n")


def test_no_two_lessons_have_the_same_number():
    numbers = [build.number_of(path) for path in LESSONS]
    assert numbers == sorted(set(numbers))


def test_a_lesson_is_chosen_by_the_beginning_of_its_number_or_name():
    assert build.sources(["01"]) == build.sources(["look"]) == LESSONS[:1]
    assert build.sources(["02", "01"]) == LESSONS[:2]
    with pytest.raises(build.LessonError, match="found 99: 01_"):
        build.sources(["99"])


@pytest.mark.slow
@pytest.mark.parametrize("digits", ["practice", pytest.param("mnist", marks=pytest.mark.mnist)])
@each_lesson
def test_the_solved_lesson_runs_and_passes_every_check(path, digits, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_DIGITS", digits)
    book = build.execute(build.solved(build.read(path)), tmp_path)  # a warning is an error
    shown = [output for cell in book.cells for output in cell.get("outputs", [])]
    figures = [str(output.get("data", {}).get("text/html", "")) for output in shown]
    figures = [figure for figure in figures if figure.startswith("<picture")]
    assert len(figures) >= 3
    assert all(re.search(r'alt="[^"]{20,}"', figure) for figure in figures)
    said = "".join(output.get("text", "") for output in shown)
    assert f"of {said.count('You said ')} predictions so far" in said
    assert "You had written nothing down" not in said


@each_lesson
def test_the_release_stops_at_its_first_stub_and_names_it(path, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADE_DIGITS", "practice")
    released = build.release(build.read(path))
    with pytest.raises(build.CellExecutionError) as caught:
        build.execute(released, Path(tmp_path))
    first = next(name for name, cell in graded(released).items() if "Exercise" in cell.source)
    assert f"Exercise {first}: your code goes here" in str(caught.value)
