"""The site opens from disk: nothing is asked of a network, every link leads somewhere."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from course.records import names, record
from lessons import below, build, taking

# What a browser fetches by itself. A link to a paper asks for nothing until it is followed.
REMOTE = re.compile(r"""(?:src=|srcset=|<link[^>]*href=)["']?(?:https?:)?//""", re.IGNORECASE)
SHARED = ["figures", "notebooks", "style.css", "site.js", "search.js"]
SCRIPTS = ["sliding.js", "planner.js", "planner.data.js", "plan.js", "plan.shown.js"]
pytestmark = pytest.mark.xdist_group("site")  # one worker builds it
ADDRESS = "https://github.com/someone/course"


def test_there_is_a_page_for_each_lesson_between_start_and_glossary(site):
    lessons = [f"{path.stem}.html" for path in build.sources()]
    assert sorted(path.name for path in site.iterdir()) == sorted(
        [*lessons, "index.html", "planner.html", "below.html", "glossary.html", *SHARED, *SCRIPTS]
    )
    start = (site / "index.html").read_text()
    assert all(f'href="{name}"' in start for name in lessons)


def test_the_front_page_shows_the_frontier_in_a_figure_and_in_words(site):
    start = (site / "index.html").read_text()
    figure = re.search(
        r'<picture><source [^>]*srcset="([^"]+)"[^>]*><img src="([^"]+)" alt="([^"]+)"', start
    )
    assert figure
    phone, wide, words = figure.groups()
    assert phone != wide
    assert all((site / name).read_bytes().startswith(b"<?xml") for name in (phone, wide))
    assert f"under 8k: {record('under_8k').parameters:,} parameters" in words


def test_every_record_below_8000_is_on_its_page_with_its_diagram_and_its_own_words(site):
    page = BeautifulSoup((site / "below.html").read_text(), "html.parser")
    small = [one for one in map(record, names()) if one.parameters < 8_000]
    rows = [row.text for row in page.select("table.records tbody tr")]
    assert len(rows) == len(small) >= 8
    sizes = sorted(one.parameters for one in small)
    assert all(f"{size:,}" in row for size, row in zip(sizes, rows, strict=True))
    told = page.select_one("#upright").find_next("p").find_next("p").text
    assert told.startswith("Everyone slants digits in a way of their own")
    assert all("../" not in one.analysis for one in below.entries())
    drawn = [image["alt"] for image in page.select("picture img")]
    assert any("upright, 7,978 parameters: 1 x 28 x 28" in words for words in drawn)
    links = {link["href"] for link in page.select("table.records a")}
    assert all(page.find(id=link[1:]) for link in links)


def test_nothing_is_asked_of_a_network(site):
    for path in site.glob("*.html"):
        text = path.read_text()
        assert not REMOTE.search(text), path.name
        assert all(
            site.joinpath(name).exists() for name in re.findall(r'<script[^>]+src="([^"]+)"', text)
        )
    assert "url(" not in (site / "style.css").read_text()


def test_every_link_leads_somewhere(site):
    for path in site.glob("*.html"):
        for target in re.findall(r'href="([^"#:]+)"', path.read_text()):
            assert (site / target).exists(), (path.name, target)


def test_answers_are_folded_and_no_hidden_test_is_shown(site):
    for path in build.sources():
        text = (site / f"{path.stem}.html").read_text()
        hidden = re.findall(r"### BEGIN HIDDEN TESTS\n(.+?)\n### END", path.read_text(), re.DOTALL)
        assert "BEGIN SOLUTION" not in text
        assert "your code goes here" in text
        shown = BeautifulSoup(text, "html.parser")
        assert not [part for part in hidden if part in shown.text]
        folds = shown.select("details.fold")
        assert folds
        assert not any(fold.has_attr("open") for fold in folds)
        assert all(cell.find_parent("details") for cell in shown.select(".celltag_answer"))


def test_the_search_knows_sections_by_anchors_that_are_there(site):
    known = json.loads((site / "search.js").read_text().removeprefix("const KNOWN = ")[:-2])
    pages_ = {
        name: BeautifulSoup((site / name).read_text(), "html.parser")
        for name in {k[0] for k in known}
    }
    assert len(known) > 100
    assert all(pages_[file].find(id=anchor) for file, anchor, *_ in known if anchor)
    text = " ".join(section[4] for section in known)
    assert "One good answer" not in text
    assert "NotImplementedError" in text  # stubs are shown, and so they are found


def test_notebooks_can_be_taken_and_colab_is_linked_where_the_repository_is_known(site):
    for path in build.sources():
        book = site / "notebooks" / f"{path.stem}.ipynb"
        assert "BEGIN SOLUTION" not in book.read_text()
        assert "colab" not in (site / f"{path.stem}.html").read_text()
    link = taking.colab(ADDRESS, "01_look_and_count")
    assert link.endswith("/github/someone/course/blob/gh-pages/notebooks/01_look_and_count.ipynb")


def test_a_taken_notebook_gets_the_package_from_the_repository(tmp_path):
    source = build.read(build.sources()[0])
    taking.hand_out(source, ADDRESS, tmp_path / "with.ipynb")
    taking.hand_out(source, "", tmp_path / "without.ipynb")
    assert f"git+{ADDRESS}" in (tmp_path / "with.ipynb").read_text()
    assert "git+https://…" in (tmp_path / "without.ipynb").read_text()
