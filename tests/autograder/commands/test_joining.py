"""Joining a class's server and leaving it: nothing is used up or kept by a command that fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.commands.defaults import Settings
from autograder.remote import logins
from autograder.server.people import accounts
from autograder.server.settings import ClassSettings
from tests.helpers.classes import Served, served


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("AUTOGRADE_SERVER", raising=False)


@pytest.fixture
def there(own_home: Path) -> Iterator[Served]:
    with served(f"sqlite:///{own_home}/class.sqlite", ClassSettings()) as running:
        yield running


def invitation(there: Served) -> str:
    with there.desk.queue.writing() as session:
        code = accounts.invite(session, accounts.enrol(session, "ada"))
    return f"{there.address}/join/{code}"


def autograde(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize("content", ["[]", "3", "no JSON"])
def test_a_wrong_file_of_tokens_uses_up_no_invitation(there: Served, content: str) -> None:
    link = invitation(there)
    logins.place().parent.mkdir(parents=True)
    logins.place().write_text(content)
    refused = autograde("login", link)
    assert refused.exit_code == 2
    assert "expected tokens in" in refused.stderr
    logins.place().unlink()
    assert autograde("login", link).exit_code == 0


def test_whoever_leaves_is_forgotten_on_both_sides(there: Served) -> None:
    autograde("login", invitation(there))
    token = logins.token_for(there.address)
    assert f"logged out of {there.address}" in autograde("logout").stderr
    assert (logins.read(), Settings().get("server")) == ({}, None)
    asked = there.client().get("/api/class", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 401


def test_whoever_leaves_while_the_server_is_away_is_forgotten_here() -> None:
    nobody = "http://127.0.0.1:1"
    logins.keep(nobody, "token")
    Settings().set("server", nobody)
    left = autograde("logout")
    assert left.exit_code == 5
    assert "this machine forgot its token, which may still work" in left.stderr
    assert (logins.read(), Settings().get("server")) == ({}, None)


@pytest.mark.parametrize(
    "link",
    [
        *("http://[foo/join/x", "http://host:port/join/x", "http://host:99999/join/x"),
        *("http://xn--/join/x", "http:///join/x", "http://host/join/", "host/join/x"),
    ],
)
def test_what_is_no_link_of_an_invitation_is_a_sentence(link: str) -> None:
    refused = autograde("login", link)
    assert refused.exit_code == 2
    assert "expected the link of an invitation" in refused.stderr
