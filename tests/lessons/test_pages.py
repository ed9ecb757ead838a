"""The site opens from disk: nothing is asked of a network, every link leads somewhere."""

import re

import pytest

from course.records import record
from lessons import build, pages

# What a browser fetches by itself. A link to a paper asks for nothing until it is followed.
REMOTE = re.compile(r"""(?:src=|<link[^>]*href=)["']?(?:https?:)?//""", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site from lessons that were not executed: figures are test_build.py's."""
    folder = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "BUILD", folder)
        for path in build.sources():
            build.write(build.solved(build.read(path)), "solved", path.stem)
        return pages.site(folder / "site").parent


def test_there_is_a_page_for_each_lesson_between_start_and_glossary(site):
    lessons = [f"{path.stem}.html" for path in build.sources()]
    assert sorted(path.name for path in site.iterdir()) == sorted(
        [*lessons, "index.html", "glossary.html", "style.css"]
    )
    start = (site / "index.html").read_text()
    assert all(f'href="{name}"' in start for name in lessons)


def test_the_front_page_shows_the_frontier_in_a_figure_and_in_words(site):
    figure = re.search(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)"', start_of(site))
    assert figure
    assert f"under 8k: {record('under_8k').parameters:,} parameters" in figure[1]


def start_of(site):
    return (site / "index.html").read_text()


def test_nothing_is_asked_of_a_network(site):
    for path in site.glob("*.html"):
        text = path.read_text()
        assert not REMOTE.search(text), path.name
        assert "<script" not in text, path.name
    assert "url(" not in (site / "style.css").read_text()


def test_every_link_leads_somewhere(site):
    for path in site.glob("*.html"):
        for target in re.findall(r'href="([^"#:]+)"', path.read_text()):
            assert (site / target).exists(), (path.name, target)


def test_solutions_are_shown_without_their_marks(site):
    for path in site.glob("[0-9]*.html"):
        assert "BEGIN SOLUTION" not in path.read_text()
        assert 'rendered task"' in path.read_text()
        assert 'rendered check"' in path.read_text()
