"""What every lesson must hold, so that a learner finds the same things in the same places."""

import re
from pathlib import Path

import jupytext
import pytest

from course.records import ladder
from lessons import build

each_lesson = pytest.mark.parametrize("path", build.sources(), ids=lambda path: path.stem)
ROW = re.compile(r"\| ([\w -]+) \| (.+) \| ([a-z ]+) \| (.*?) ?\|")
GLOSSARY = (build.LESSONS / "glossary.md").read_text().partition("|---|\n")[2].splitlines()
WORDS = [row.groups() for line in GLOSSARY if (row := ROW.fullmatch(line))]


def prose(path: Path) -> str:
    """Return what a learner reads, without code."""
    book = jupytext.reads(build.numbered(path), fmt="py:percent")
    cells = [cell.source for cell in book.cells if cell.cell_type == "markdown"]
    return re.sub(r"`[^`]*`", "``", "\n".join(cells))


def spoken(path: Path) -> str:
    """Return a lesson's name in words."""
    return build.name_of(path).replace("_", " ")


def bold(path: Path) -> list[str]:
    """List the words a lesson sets in bold, in the singular."""
    return [singular(word) for word in re.findall(r"\*\*([^*]+)\*\*", prose(path))]


def singular(word: str) -> str:
    word = word.lower()
    names = {name for name, *_ in WORDS}
    return word.removesuffix("s") if word.removesuffix("s") in names else word


@each_lesson
def test_a_lesson_begins_with_its_box(path):
    start = prose(path)[:1200]
    number = build.number_of(path)
    assert start.startswith(f"# {number}. ")
    for row in (f"Lesson {number}", "You will learn", "You need", "Time", "Points"):
        assert f"| {row} |" in start
    assert re.search(r"\| Time \| .*minutes.*laptop.*GPU", start)


@each_lesson
def test_the_box_names_the_points_there_are(path):
    book = build.read(path)
    points = sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in book.cells)
    assert f"| Points | {points} |" in prose(path)


@each_lesson
def test_each_exercise_has_its_goal_its_hints_and_its_way_out(path):
    parts = re.split(r"^## (?=Exercise \d)", prose(path), flags=re.MULTILINE)[1:]
    assert 2 <= len(parts) <= 3
    for number, part in enumerate(parts, start=1):
        assert part.startswith(f"Exercise {number}: ")
        assert re.search(r"\*Goal: .+ Difficulty: [●○]{3}\. Time: \d+ minutes\.\*", part)
        assert "<details><summary>Hint 1: " in part
        assert "<details><summary>Hint 2: " in part
        assert re.search(r"<summary>Passing .+ but failing .+\?</summary>", part)


@each_lesson
def test_each_task_is_checked_and_no_check_gives_points_by_its_last_value(path):
    cells = build.read(path).cells
    for cell in cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution") and not meta["grade"]:
            assert any(c.id.startswith(f"check_{meta['grade_id']}") for c in cells), cell.id
        if meta.get("grade") and cell.cell_type == "code":
            # nbgrader reads a check's last value as points: a string there would be full marks.
            assert cell.source.rstrip().splitlines()[-1].startswith("print("), cell.id


@each_lesson
def test_before_each_training_something_is_predicted(path):
    cells = build.read(path).cells
    predicted = trained = 0
    for cell in cells:
        predicted += cell.id.startswith("predict_")
        trained += cell.cell_type == "code" and "lesson.fit(" in cell.source
        assert trained <= predicted, "a training run without a prediction written down before it"


@each_lesson
def test_each_prediction_is_set_beside_what_came(path):
    cells = [cell for cell in build.read(path).cells if cell.cell_type == "code"]
    slug = spoken(path)
    for place, cell in enumerate(cells):
        if cell.id.startswith("check_predict_"):
            name = f'"{slug}, {cell.id.removeprefix("check_predict_").replace("_", " ")}"'
            assert re.search(rf"(choice|number)\(\s*{name}, ", cell.source)
            after = "".join(later.source for later in cells[place + 1 :])
            assert len(re.findall(rf"outcome\(\s*{name}, ", after)) == 1, name


def test_the_ladder_is_shown_as_far_as_it_is_reached():
    found = [re.findall(r"reached=(\d+)", path.read_text()) for path in build.sources()]
    assert all(len(one) == 1 for one in found)
    reached = [int(one[0]) for one in found]
    assert reached == sorted(reached)
    assert (reached[0], reached[-1]) == (1, len(ladder()))
    first = build.sources()[0].read_text()
    assert ".accuracy" not in first.split("in ladder():")[1].split("# %%")[0]


@each_lesson
def test_a_lesson_ends_with_checkpoint_takeaways_questions_and_something_to_explore(path):
    order = ["## Checkpoint", "## What to take away", "## Five questions", "## Explore"]
    places = [prose(path).find(title) for title in order]
    assert -1 not in places
    assert places == sorted(places)
    questions = prose(path)[places[2] : places[3]]
    assert [int(n) for n in re.findall(r"<summary>(\d)\. .+\?</summary>", questions)] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert "lesson.checkpoint(" in path.read_text()
    sources = prose(path).split("## Where it comes from")[1]
    assert len(re.findall(r"^- .+?\]\(https?://", sources, re.MULTILINE | re.DOTALL)) >= 2


@each_lesson
def test_folds_open_and_close(path):
    assert prose(path).count("<details>") == prose(path).count("</details>")
    # Without the empty line, what is folded is shown as it is written, not as Markdown.
    assert not re.search(r"</summary>\n(?!\n)", prose(path))
    assert not re.search(r"(?<!\n)\n</details>", prose(path))


@each_lesson
def test_no_formula_needs_the_network_to_be_shown(path):
    assert "$" not in prose(path), "MathJax is not on the site: write it in words or as code"


def test_each_word_is_explained_once_where_the_glossary_says():
    first: dict[str, str] = {}
    for path in build.sources():
        for word in bold(path):
            if len(word) > 1 and word != "in your own words":  # A, B, C: choices
                assert word not in first, f"{word} is explained in {first[word]} already"
                first[word] = spoken(path)
    assert first == {name: lesson for name, _, lesson, _ in WORDS}


@each_lesson
def test_the_same_thing_has_the_same_name(path):
    said = re.sub(r"\[[^]]*\]\(", "", prose(path)).lower()  # a paper's title is its authors' own
    for name, _, _, instead in WORDS:
        for other in filter(None, instead.lower().split(", ")):
            assert not re.search(rf"\b{other}s?\b", said), f"say {name}, not {other}"


def test_the_glossary_is_in_order():
    names = [name for name, *_ in WORDS]
    assert names == sorted(set(names))
