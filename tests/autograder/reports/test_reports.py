"""A page is one file that asks for nothing, and what a student chose does nothing in it."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.assignment import load, read
from autograder.classroom.batch import enqueue
from autograder.classroom.marks import points
from autograder.classroom.pages import page_name, part_of
from autograder.fleet.queue import Queue
from autograder.handout.misread import Mistake, Mistakes
from autograder.job import Options
from autograder.reports.entry import EntryPage, Marks, Place
from autograder.reports.figure import Scale, decades, even
from autograder.reports.folder import write_reports
from autograder.reports.frontier import Network, frontier, unequalled
from autograder.reports.pages import render
from autograder.verdict import Check, Verdict
from course.rows import Row
from tests.helpers.verdicts import epoch, verdict

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e\x1b[2J"
SOURCE = f"import torch\nnet = 1  # {HOSTILE}\n"


class Read(HTMLParser):
    """Reads a page: its tags with their attributes, its headings, what is left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def graded() -> Verdict:
    """Make a verdict of two seeds, all of whose words are a student's."""
    found = verdict((9_950, 9_900))
    layer = Row(HOSTILE, HOSTILE, (8, 26, 26), 72, False, 3, 1, 48_672)
    submission = replace(found.submission, file=HOSTILE, network=HOSTILE, layers=(layer,))
    failed = Check("accuracy", "fail", message=HOSTILE, hint=HOSTILE, line=2)
    return replace(found, submission=submission, checks=(*found.checks[:2], failed))


def page_of(found: Verdict) -> str:
    mistake = Mistake(4, 9, "98% sure, 2 of 2 seeds", bytes(784))
    marks = Marks(points(found, found.assignment), 1.0, 0.9, 1.0, "1 day late: 10% off")
    page = EntryPage(
        title=HOSTILE,
        whose=HOSTILE,
        rules=found.assignment,
        status="failed",
        said=HOSTILE,
        verdict=found,
        source=SOURCE,
        file=HOSTILE,
        marks=marks,
        place=Place(3, 17, 5),
        mistakes=Mistakes("1 of 10,000 test digits is misread", 1, (mistake,)),
    )
    return render("entry.html", page=page)


def expect_harmless(page: str) -> Read:
    """Check that a page runs nothing, asks for nothing, and is whole."""
    found = Read(page)
    assert found.open == []
    assert found.of("script", "iframe", "object", "embed", "link", "form", "base") == []
    for _, attributes in found.tags:
        assert not [name for name in attributes if name.startswith("on")]
    assert all((img["src"] or "").startswith("data:image/png;base64,") for img in found.of("img"))
    assert not {"\u202e", "\x1b"} & set(page)
    assert "url(" not in page
    assert "@import" not in page
    assert [one for one in found.of("meta") if "default-src 'none'" in str(one.get("content"))]
    return found


def test_what_a_student_chose_is_text() -> None:
    found = expect_harmless(page_of(graded()))
    assert found.text.count("<script>alert(1)</script>") > 6
    assert "\\u202e\\x1b" in found.text


def test_a_page_says_everything() -> None:
    found = Read(page_of(graded()))
    said = " ".join(found.text.split())
    for words in (
        *("Not passed", "3 of 17", "by submission 5", "1 day late: 10% off", "8×26×26", "676"),
        *("4 read as 9", "98% sure, 2 of 2 seeds", "seed", "9,950", "9,900", "line 2"),
    ):
        assert words in said, words


def test_a_page_can_be_read_aloud() -> None:
    found = Read(page_of(graded()))
    assert len(found.of("h1")) == 1
    assert len(found.of("h2")) >= 6
    assert all(img["alt"] for img in found.of("img"))
    assert all(th.get("scope") for th in found.of("th"))
    figures = [svg for svg in found.of("svg") if svg.get("role")]
    assert len(figures) == 3
    assert all(len(svg["aria-label"] or "") > 30 for svg in figures)
    labels = {one["id"] for one in found.of("h2") if "id" in one}
    assert {
        one["aria-labelledby"] for one in found.of("section", "div") if "aria-labelledby" in one
    } <= labels


def test_a_loss_that_was_no_number_is_drawn_as_far_as_it_goes() -> None:
    found = graded()
    lost = replace(found.runs[0], epochs=(epoch(980, 1, 2.0), epoch(980, 2, math.nan)))
    text = Read(page_of(replace(found, runs=(lost,), seeds=1))).text
    assert "no number from epoch 2 on" in text
    assert "nan" not in text


def test_what_was_never_trained_has_a_page_too() -> None:
    page = EntryPage("ada", load("under-8k"), "missing", "nothing was handed in")
    assert "Nothing handed in" in Read(render("entry.html", page=page)).text


def test_another_page_takes_over_what_stands_in_it() -> None:
    part = part_of(page_of(graded()))
    assert part.strip().startswith("<style>")
    assert '<div class="report">' in part
    assert not {"<body", "<main"} & set(re.findall("<[a-z]+", part))


@pytest.mark.parametrize(
    "student", ["../../etc/passwd", "Ada", "con/", "x" * 300, "", "ada\0", ".."]
)
def test_a_pages_name_is_one_name(student: str) -> None:
    name = page_name(student)
    assert re.fullmatch(r"[a-z0-9_-]{1,90}\.html", name)
    assert name not in {page_name("ada"), page_name("passwd"), page_name("x" * 299)}


def test_the_frontier_is_what_no_smaller_network_equals() -> None:
    networks = [
        Network("large", 7_900, 0.9950, True),
        Network("small", 5_000, 0.9945, True),
        Network("beaten", 6_000, 0.9941, True),
        Network("far off", 9_000, 0.2, False),
    ]
    assert [one.name for one in unequalled(networks)] == ["small", "large"]
    drawn = frontier(networks, load("under-8k"))
    assert {dot.label for dot in drawn.dots} == {"small", "large", ""}
    assert "the smallest that passed is small: 5,000 parameters" in drawn.alt


def test_the_courses_own_networks_compete_with_nobody() -> None:
    networks = [
        Network("ada", 7_900, 0.9950, True, spread=0.0004, verified=True),
        Network("the course", 5_000, 0.9960, True, reference=True),
        Network("out of sight", 5_000, 0.2, False, reference=True),
    ]
    drawn = frontier(networks, load("under-8k"))
    assert [(dot.kind, dot.label) for dot in drawn.dots] == [
        ("reference", ""),
        ("enough verified", "ada"),
    ]
    assert [line.kind for line in drawn.lines] == ["steps", "spread"]
    assert drawn.alt.startswith("Accuracy against parameters, 99.40% to reach: 1 network, 1 of")
    assert frontier([], load("under-8k")).dots == ()


def test_a_scale_keeps_everything_inside() -> None:
    scale = Scale(1, 100, 0, 10, log=True)
    assert [scale(value) for value in (0, 1, 10, 100, 1e9)] == [0, 0, 5, 10, 10]
    assert even(0, 0.23) == [0, 0.05, 0.1, 0.15, 0.2]
    assert decades(2_600, 10_400) == [4_000, 6_000, 8_000, 10_000]


# ---- a class ------------------------------------------------------------------------------------


@pytest.fixture
def queue(own_home: Path) -> Iterator[Queue]:
    with Queue() as opened:
        yield opened


def test_a_batch_becomes_a_folder_of_pages(queue: Queue, tmp_path: Path) -> None:
    names = {"ada": "a", "bob": "b", "<b>Eve<b>": "a"}
    for name, content in names.items():
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "model.py").write_text(f"# {content}")
    rules = read((Path("autograder/assignments") / "under-8k.toml").read_bytes(), "rules")
    batch = enqueue(queue, tmp_path / "in", rules, Options(seeds=1))
    while (claim := queue.claim(batch.name, "here")) is not None:
        found = verdict((9_950,), parameters=7_000 + (claim.ticket.source == b"# b"))
        queue.finish(claim, replace(found, assignment=rules), 1)
    first, *pages = write_reports(tmp_path / "out", batch, queue)
    everybody = expect_harmless(first.read_text())
    links = {one["href"] for one in everybody.of("a")}
    assert links == {f"students/{path.name}" for path in pages}
    assert len(pages) == 3
    assert "3 passed" in " ".join(everybody.text.split())
    copies = everybody.text.split("The same network and recipe")[1]
    assert re.search(r"<b>Eve<b>,\s*ada", copies)
    for path, own in zip(pages, sorted(names), strict=True):
        text = expect_harmless(path.read_text()).text
        assert own in text
        assert not [other for other in names if other != own and other in text.replace(own, "")]
