"""A class server for tests: a real one, on a port of its own, in a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from autograder.fleet.queue import Queue
from autograder.results.database import Entry, entry_of
from autograder.results.people import Role
from autograder.results.standings import stand
from autograder.server.desk import COOKIE, Desk
from autograder.server.people import accounts
from autograder.server.running import Server, server_of
from autograder.server.settings import ClassSettings
from autograder.verdict import Verdict
from tests.helpers.gradings import KEY
from tests.helpers.models import TINY


@dataclass
class Served:
    """A class server that runs."""

    desk: Desk
    server: Server
    tokens: dict[str, str] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.server.address

    def token(self, student: str, role: Role = "student") -> str:
        """Return somebody's token; they are in the class from then on."""
        if student not in self.tokens:
            with self.desk.queue.writing() as session:
                account = accounts.enrol(session, student, student.title(), role)
                code = accounts.invite(session, account)
                found = accounts.redeem(session, code, "machine")
                assert found is not None
                self.tokens[student] = found[1]
                if account.nickname.startswith("newcomer"):
                    accounts.rename(session, account, f"{student} the nick")
        return self.tokens[student]

    def client(self, student: str | None = None, role: Role = "student") -> httpx.Client:
        """Return what asks as the command line does."""
        headers = {"Authorization": f"Bearer {self.token(student, role)}"} if student else {}
        return self.opened(httpx.Client(base_url=self.address, headers=headers, timeout=60))

    def browser(self, student: str, role: Role = "student") -> httpx.Client:
        """Return what asks as a browser does."""
        browser = self.newcomer()
        browser.cookies.set(COOKIE, self.token(student, role))
        return browser

    def newcomer(self) -> httpx.Client:
        """Return the browser of somebody who has not come in yet."""
        headers = {"Origin": self.address}
        return self.opened(httpx.Client(base_url=self.address, headers=headers, timeout=60))

    def opened(self, client: httpx.Client) -> httpx.Client:
        """Note a client, which is closed with the server."""
        self.clients.append(client)
        return client

    def place(self, student: str, verdict: Verdict, source: str = TINY) -> int:
        """Put an entry of somebody's onto the board."""
        self.token(student)
        with self.desk.queue.writing() as session:
            entry: Entry = entry_of(verdict, student, source)
            session.add(entry)
            session.flush()
            stand(session, entry.assignment_sha256, student)
        self.desk.stale.add(entry.assignment)  # once it is written, as the server does
        return entry.id


@contextmanager
def served(url: str, settings: ClassSettings, grading: bool = False) -> Iterator[Served]:
    """Run a class server; it grades only where it is to."""
    desk = Desk(settings, Queue(url), KEY)
    server = server_of(desk, "127.0.0.1", 0)
    listening = threading.Event()
    server.ready = listening.set
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listening.wait(30)
    if grading:
        desk.grading.start()
    running = Served(desk, server)
    try:
        yield running
    finally:
        for client in running.clients:
            client.close()
        desk.hub.close_all()
        server.should_exit = True
        if grading:
            desk.grading.close()
        thread.join(30)
        desk.reader.close()
        desk.queue.close()


def upload(
    client: httpx.Client, source: str = TINY, assignment: str = "under-8k"
) -> httpx.Response:
    """Hand a file in."""
    query = {"assignment": assignment, "name": "model.py"}
    headers = {"Content-Type": "text/x-python"}
    return client.post("/api/submissions", content=source.encode(), params=query, headers=headers)
