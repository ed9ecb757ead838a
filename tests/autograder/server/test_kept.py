"""A class as one file, restored on either kind of database; and as a folder of pages."""

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from autograder.fleet.queue import Queue
from autograder.results import archive
from autograder.results.home import key, make_shared
from autograder.results.people import Base, Standing
from autograder.results.standings import PLACELESS
from autograder.server.backup import back_up, restore
from autograder.server.pages.still import write_site
from course.errors import UsageError
from tests.helpers.classes import Served, upload
from tests.helpers.databases import Database
from tests.helpers.verdicts import verdict


def rows(queue: Queue) -> dict[str, list[object]]:
    with queue.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {t.name: sorted(map(repr, connection.execute(t.select()))) for t in tables}


def test_a_backup_made_while_the_server_runs_fills_either_kind_of_database(
    there: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(there.client("ada"), "a = 1")
    number = there.place("ada", verdict((9_950,)))
    (archive.folder() / str(number)).mkdir(parents=True)
    (archive.folder() / str(number) / "7.answers").write_bytes(b"\x01\xff")
    file, before = tmp_path / "class.backup", rows(there.desk.queue)
    back_up(there.desk.queue, file)
    assert file.stat().st_mode & 0o077 == 0
    secret = key()
    home = make_shared(tmp_path / "other")
    monkeypatch.setenv("AUTOGRADE_HOME", str(home))
    with Queue(f"sqlite:///{tmp_path}/other.sqlite") as queue:
        restore(queue, file)
        assert rows(queue) == before
        assert key() == secret
        answers = archive.folder() / str(number) / "7.answers"
        assert answers.read_bytes() == b"\x01\xff"
        for one in (home / "key", answers):
            assert one.stat().st_mode & 0o777 == 0o660  # the group's, as the home is
        with pytest.raises(UsageError, match="expected an empty database, found rows"):
            restore(queue, file)


def test_a_restore_never_takes_away_a_key(
    there: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(there.client("cleo"), "c = 1")
    back_up(there.desk.queue, tmp_path / "b")
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "other"))
    secret = key()
    with Queue(f"sqlite:///{tmp_path}/other.sqlite") as queue:
        with pytest.raises(UsageError, match="found another one in"):
            restore(queue, tmp_path / "b")
        assert key() == secret
        assert not any(rows(queue).values())


def test_what_is_restored_goes_on(database: Database, there: Served, tmp_path: Path) -> None:
    upload(there.client("bob"), "b = 1")
    back_up(there.desk.queue, tmp_path / "b")
    with Queue(database.url) as queue:
        restore(queue, tmp_path / "b")
        claim = queue.claim("class", "here")
        assert claim is not None
        assert queue.finish(claim, verdict((9_960,)), 1.0)  # with a number that is free


@pytest.mark.parametrize("content", [b"", b"no tar", b"\x1f\x8b\x08\x00rest"])
def test_what_is_no_backup_is_a_sentence(there: Served, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UsageError, match="expected a backup of autograde's"):
        restore(there.desk.queue, tmp_path / "file")
    with pytest.raises(UsageError, match="found no file"):
        restore(there.desk.queue, tmp_path / "none")


def test_a_site_s_links_lead_to_its_files(there: Served, tmp_path: Path) -> None:
    there.place("site", verdict((9_950,), parameters=2_222))
    pages = list(write_site(there.desk, tmp_path / "site"))
    assert "2,222" in (tmp_path / "site/index.html").read_text()
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"#]+)"', page.read_text()):
            assert (page.parent / link).is_file(), (page, link)


def test_a_site_is_written_to_its_end_though_somebody_loses_a_place_meanwhile(
    there: Served, tmp_path: Path
) -> None:
    numbers = {there.place(who, verdict((9_950,), parameters=900)) for who in ("dot", "eve")}
    pages = write_site(there.desk, tmp_path / "site")
    first = next(page for page in pages if page.parent.name == "entry")  # all are read by now
    lost = next(number for number in numbers if f"{number}" != first.stem)
    with there.desk.queue.writing() as session:
        gone = update(Standing).where(Standing.entry_id == lost)
        session.execute(gone.values(tier=PLACELESS, entry_id=None))
    written = {page.name for page in pages}
    assert f"{lost}.html" not in written
    assert "under-20k.html" in written  # the last board
