"""What an instructor and a learner get from one command, and what it never overwrites."""

import nbformat
import pytest

from lessons import build, release

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def test_a_class_folder_is_ready_after_one_command(tmp_path, capsys):
    assert release.release(tmp_path / "class") == 0
    for path in build.sources():
        made = tmp_path / "class" / "release" / path.stem / f"{path.stem}.ipynb"
        assert "BEGIN SOLUTION" not in made.read_text()
        assert f"released {made.parent}" in capsys.readouterr().out or len(build.sources()) > 1
    assert (tmp_path / "class" / "gradebook.db").is_file()
    config = tmp_path / "class" / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.JailedExecute.seconds = 60\n")
    assert release.release(tmp_path / "class") == 0, "a second release"
    assert config.read_text().endswith("seconds = 60\n"), "a teacher's own lines are kept"


def test_a_learners_own_notebook_is_never_written_over(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "BUILD", tmp_path / "build")
    path, said = build.sources()[0], []
    build.build(path, say=said.append)
    build.hand_out(path.stem, tmp_path / "mine", said.append)
    mine = tmp_path / "mine" / f"{path.stem}.ipynb"
    book = nbformat.read(mine, as_version=4)
    book.cells[0].source = "my notes"
    nbformat.write(book, mine)
    build.hand_out(path.stem, tmp_path / "mine", said.append)
    assert nbformat.read(mine, as_version=4).cells[0].source == "my notes"
    assert said[-2:] == [f"new: {mine}", f"kept as you left it: {mine}"]
