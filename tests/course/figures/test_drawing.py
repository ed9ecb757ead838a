"""A figure needs no pyplot and no torch, shows itself with its text, and is saved whole."""

import html
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from course.figures import draw_curves, draw_learning_rate, drawing
from course.figures.drawing import Drawing, save
from tests.helpers.drawings import run


def test_neither_torch_nor_pyplot_is_needed():
    code = """
import sys
from course import figures
figure = figures.draw_frontier([])
assert "data:image/png;base64,iVBOR" in figure.to_html()
for name in ("torch", "matplotlib.pyplot"):
    assert name not in sys.modules, name
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_save_writes_a_png_that_others_may_read(tmp_path):
    path = save(draw_learning_rate([0.1, 0.2], 2), tmp_path / "new" / "rate.png")
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    assert content.endswith(b"IEND\xaeB\x60\x82")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_save_replaces_only_what_is_complete(tmp_path, monkeypatch):
    path = tmp_path / "rate.png"
    path.write_text("old")
    replace = os.replace

    def watch(source, target):
        assert path.read_text() == "old"
        assert Path(source).read_bytes().endswith(b"IEND\xaeB\x60\x82")
        assert Path(source).parent == tmp_path  # on one disk, or it is a copy
        replace(source, target)

    monkeypatch.setattr(drawing.os, "replace", watch)
    save(draw_learning_rate([0.1], 1), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_save_leaves_the_old_file_if_it_fails(tmp_path, monkeypatch):
    def fail(source, target):
        raise OSError("disk")

    monkeypatch.setattr(drawing.os, "replace", fail)
    path = tmp_path / "rate.png"
    path.write_text("old")
    with pytest.raises(OSError, match="disk"):
        save(draw_learning_rate([0.1], 1), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_page_gets_the_text_escaped():
    figure = Drawing((3, 2), 'a "title" <b> & more')
    assert figure.alt == 'a "title" <b> & more'
    assert f'alt="{html.escape(figure.alt, quote=True)}"' in figure.to_html()


def test_nbgraders_pages_get_a_png_with_its_text_beside_it(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    figure = draw_curves([run()])
    data, about = figure._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR")
    assert about["image/png"]["alt"] == figure.alt
    assert "text/html" not in data


@pytest.mark.parametrize(
    ("name", "begins"),
    [("rate.svg", b"<?xml"), ("rate.PDF", b"%PDF"), ("rate.png", b"\x89PNG"), ("rate", b"\x89PNG")],
)
def test_save_writes_the_kind_that_the_name_says(tmp_path, name, begins):
    figure = draw_learning_rate([0.1, 0.2], 2)
    content = save(figure, tmp_path / name).read_bytes()
    assert content.startswith(begins)
    assert figure.alt[:20].encode() in content  # for readers who cannot see it
