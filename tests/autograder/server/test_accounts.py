"""Who is let in, and as whom: invitations, tokens, other people's pages, other sites' forms."""

from base64 import b64encode
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import httpx
import pytest
from sqlalchemy import text, update

from autograder.results.people import Base, Secret
from autograder.results.store import moment
from autograder.server.desk import COOKIE
from autograder.server.people import accounts, limits
from autograder.server.people.limits import LOGIN
from autograder.server.running import prepare
from autograder.server.safety import HEADERS
from tests.helpers.classes import Served, upload
from tests.helpers.verdicts import verdict

HOSTILE = '<script>alert(1)</script>" onload="'


class Elements(HTMLParser):
    """What a browser would find in a page: its scripts, and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))


def invitation(there: Served, student: str) -> str:
    with there.desk.queue.writing() as session:
        return accounts.invite(session, accounts.enrol(session, student))


def login(there: Served, code: str) -> httpx.Response:
    return there.client().post("/api/login", json={"invitation": code})


@pytest.fixture(autouse=True)
def nobody_waits(there: Served) -> None:
    with there.desk.queue.engine.begin() as connection:
        connection.execute(text("DELETE FROM allowances"))


def test_an_invitation_works_once_and_its_token_until_it_is_revoked(there: Served) -> None:
    code = invitation(there, "ivy")
    token = login(there, code).json()["token"]
    assert login(there, code).status_code == 403
    asked = {"Authorization": f"Bearer {token}"}
    assert there.client().get("/api/class", headers=asked).status_code == 200
    with there.desk.queue.writing() as session:
        account = accounts.account_of(session, "ivy")
        assert account is not None
        accounts.revoke(session, account)
    assert there.client().get("/api/class", headers=asked).status_code == 401


def test_a_new_invitation_ends_the_one_before_and_an_old_one_ends_by_itself(there: Served) -> None:
    first, second = invitation(there, "jo"), invitation(there, "jo")
    assert login(there, first).status_code == 403
    with there.desk.queue.writing() as session:
        session.execute(update(Secret).values(ends=moment() - timedelta(seconds=1)))
    assert login(there, second).status_code == 403
    there.tokens.clear()


def test_an_instructor_whose_tokens_have_all_ended_is_invited_again(there: Served) -> None:
    there.token("prof", "instructor")
    assert prepare(there.desk) == ""
    with there.desk.queue.writing() as session:
        session.execute(update(Secret).values(ends=moment() - timedelta(seconds=1)))
    there.tokens.clear()
    assert login(there, prepare(there.desk)).status_code == 200
    assert prepare(there.desk) == ""


def test_no_secret_stands_in_the_database(there: Served) -> None:
    secrets = [there.token("kim"), invitation(there, "kim")]
    with there.desk.queue.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(table.select()).all()
            assert not [row for row in rows for secret in secrets if secret in str(row)]


def test_looking_at_an_invitation_does_not_use_it_up_and_a_press_lets_in(there: Served) -> None:
    code = invitation(there, "lea")
    for _ in range(2):
        assert "works once" in there.client().get(f"/join/{code}").text
    browser = there.newcomer()
    answer = browser.post(f"/join/{code}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in (COOKIE, "HttpOnly", "SameSite=lax"))
    assert browser.get("/me").status_code == 200
    browser.post("/me/leave")
    assert browser.get("/me").status_code == 401


def test_whoever_tries_codes_is_held_up(there: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(time=lambda: 120.0)  # else a new minute may begin between two answers
    monkeypatch.setattr(limits, "time", clock)
    answers = [login(there, "x").status_code for _ in range(LOGIN.times + 1)]
    assert answers == [403] * LOGIN.times + [429]


def test_what_is_another_s_is_not_there(there: Served) -> None:
    number = upload(there.client("ada")).json()["number"]
    failed = there.place("ada", verdict((9_000,)))
    paths = [f"/api/submissions/{number}{more}" for more in ("", "/source", "/events")]
    paths += [f"/entry/{failed}", f"/entry/{failed}/misread.png"]
    assert there.client("ada").get(paths[0]).json()["state"] == "queued"
    assert there.client("ada").get(f"/entry/{failed}").status_code == 200
    for path in paths:
        assert there.client("bob").get(path).status_code == 404, path
        assert there.client().get(path).status_code in (401, 404), path
    for path in ("/class", "/class/people.csv", "/class/under-8k.csv"):
        assert there.client("bob").get(path).status_code == 404
        assert there.client("prof", "instructor").get(path).status_code == 200
    assert there.browser("bob").post("/class/revoke", data={"student": "ada"}).status_code == 404
    assert there.client("prof", "instructor").get(paths[1]).status_code == 200


def test_another_site_s_form_changes_nothing(there: Served) -> None:
    browser = there.browser("mia")
    for origin in ("https://evil.example", "null", f"{there.address}.evil.example"):
        answer = browser.post("/me/nickname", data={"nickname": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403
    del browser.headers["Origin"]
    assert browser.post("/me/nickname", data={"nickname": "x"}).status_code == 403
    assert browser.get("/me", headers={"Host": "evil.example"}).status_code == 400
    own = {"Origin": there.address}
    answer = browser.post("/me/nickname", data={"nickname": "Mia!"}, headers=own)
    assert answer.status_code == 303
    assert "Mia!" in browser.get("/me").text


def test_a_password_that_a_proxy_asks_for_lets_no_other_site_s_form_in(there: Served) -> None:
    browser, code = there.browser("mona"), b64encode(b"the:class").decode()
    form, elsewhere = {"nickname": "x"}, {"Origin": "https://evil.example"}
    for kind in ("Basic", "basic", "Digest", "BearerX"):
        headers = {**elsewhere, "Authorization": f"{kind} {code}"}
        assert browser.post("/me/nickname", data=form, headers=headers).status_code == 403, kind
    for kind in ("Bearer", "bearer"):  # which a program sends: then its token is what counts
        headers = {**elsewhere, "Authorization": f"{kind} {code}"}
        assert browser.post("/me/nickname", data=form, headers=headers).status_code == 401
        headers["Authorization"] = f"{kind} {there.token('mona')}"
        assert browser.post("/me/nickname", data=form, headers=headers).status_code == 303


def test_hostile_names_are_text(there: Served) -> None:
    browser = there.browser("nell")
    assert browser.post("/me/nickname", data={"nickname": HOSTILE[:40]}).status_code == 303
    there.place("nell", verdict((9_950,), parameters=1_234), source=f'"""{HOSTILE}"""')
    for path in ("/", "/me", "/class"):
        found = Elements()
        found.feed(there.client("prof", "instructor").get(path).text)
        assert "onload" not in found.attributes
        assert found.scripts == (["/static/live.js"] if path == "/" else [])
    for wrong in ("", " ", "a" * 41, "a\x1b[2J", "a\u202eb"):
        assert browser.post("/me/nickname", data={"nickname": wrong}).status_code == 400
    there.browser("ada")  # who is "ada the nick"
    taken = browser.post("/me/nickname", data={"nickname": "ada the nick"})
    assert "taken" in taken.text


def test_every_answer_carries_the_policy(there: Served) -> None:
    for path in ("/", "/static/style.css", "/nothing", "/api/class", "/healthz"):
        answer = there.client().get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    page = there.client().get("/").text
    assert not [word for word in ("<style", "style=", "onclick", "https://") if word in page]


def test_what_is_no_file_is_refused_before_it_is_read(there: Served) -> None:
    client, path = there.client("ada"), "/api/submissions?assignment=under-8k"
    python = {"Content-Type": "text/x-python"}
    assert client.post(path, content=b"x" * (2**20 + 1), headers=python).status_code == 413
    slowly = (b"x" * 2**16 for _ in range(20))  # without a length
    assert client.post(path, content=slowly, headers=python).status_code == 413
    html = {"Content-Type": "text/html"}
    assert client.post(path, content=b"x", headers=html).status_code == 415
    assert client.post(path, content=b" ", headers=python).status_code == 400
    nowhere = client.post("/api/submissions?assignment=x", content=b"x", headers=python)
    assert "expected one of under-8k, under-20k" in nowhere.json()["error"]
    assert there.client().post(path, content=b"x", headers=python).status_code == 401
