"""Ask a class's server, and be answered in messages.py's words or with a sentence.

with ClassServer("https://class.example") as server:
taken = server.upload("under-8k", "model.py", source, None)
for kind, data in server.follow(taken.number): …     # resumed when the line breaks
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

import course
from autograder import messages
from autograder.messages import Board, ClassInfo, Mine, Outcome, Refusal, Taken, Welcome
from autograder.remote.logins import token_for
from autograder.words import printable, summary_of
from course.errors import MachineError, UsageError

SECONDS = 30.0  # for an answer; a stream shows every 15 s that it is alive
SILENCE = 50.0
SLOWEST = 10.0  # seconds between two tries to take up a broken line
T = TypeVar("T")


class ServerError(MachineError):
    """A class server that does not answer, or not as one."""


class ClassServer:
    """One class's server."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address.rstrip("/")
        token = token_for(self.address) if token is None else token
        headers = {"User-Agent": f"autograde/{course.__version__}"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        self.client = httpx.Client(base_url=self.address, headers=headers, timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.client.close()

    def ask(
        self,
        kind: type[T],
        path: str,
        body: bytes | None = None,
        media: str = "application/json",
        **query: str,
    ) -> T:
        """Ask for something, or send a body."""
        method = "GET" if body is None else "POST"
        headers = {} if body is None else {"Content-Type": media}
        try:
            answer = self.client.request(
                method, path, content=body, params=query or None, headers=headers
            )
        except httpx.HTTPError as error:
            raise self.away(error) from None
        return self.read(kind, answer)

    def read(self, kind: type[T], answer: httpx.Response) -> T:
        """Read an answer, or raise its sentence."""
        if answer.status_code >= 400:
            try:
                sentence = messages.decode(Refusal, answer.content).error
            except msgspec.MsgspecError:
                raise self.strange(f"status {answer.status_code}") from None
            error = MachineError if answer.status_code >= 500 else UsageError
            raise error(f"{self.address}: {printable(sentence, 400)}")
        try:
            return messages.decode(kind, answer.content)
        except msgspec.MsgspecError as error:
            raise self.strange(summary_of(error, 120)) from None

    def away(self, error: httpx.HTTPError) -> ServerError:
        """Say that nobody answers."""
        why = summary_of(error, 120)
        return ServerError(
            f"expected the class's server at {self.address}, found: {why}; --local trains here"
        )

    def strange(self, found: str) -> ServerError:
        """Say that whoever answered is no class server of this version."""
        return ServerError(
            f"expected a class server of this version at {self.address}, found: {found}"
        )

    # ---- what can be asked --------------------------------------------------------------------

    def info(self) -> ClassInfo:
        """Return what the class hands out."""
        return self.ask(ClassInfo, "/api/class")

    def upload(self, assignment: str, name: str, source: bytes, net: str | None) -> Taken:
        """Hand a file in."""
        query = {"assignment": assignment, "name": name} | ({"net": net} if net else {})
        return self.ask(Taken, "/api/submissions", source, "text/x-python", **query)

    def outcome(self, number: int) -> Outcome:
        """Return what became of a submission."""
        return self.ask(Outcome, f"/api/submissions/{number}")

    def source(self, number: int) -> str:
        """Return a submission's file."""
        try:
            answer = self.client.get(f"/api/submissions/{number}/source")
        except httpx.HTTPError as error:
            raise self.away(error) from None
        if answer.status_code >= 400:
            self.read(Refusal, answer)
        return answer.content.decode("utf-8", "replace")

    def mine(self) -> Mine:
        """Return one's own submissions."""
        return self.ask(Mine, "/api/submissions")

    def board(self, assignment: str) -> Board:
        """Return a board."""
        return self.ask(Board, f"/api/board/{quote(assignment, safe='')}")

    def invitation(self) -> str:
        """Return an invitation for another device of one's own, as a link."""
        code = self.ask(dict[str, str], "/api/invitation", b"")["invitation"]
        return f"{self.address}/join/{code}"

    def log_out(self) -> None:
        """Let this machine's token work no more."""
        self.ask(dict[str, str], "/api/logout", b"")

    def follow(self, number: int) -> Iterator[tuple[str, str]]:
        """Yield what happens to a submission, to its outcome; a broken line is taken up again."""
        last, pause = "", 1.0
        while True:
            try:
                headers = {"Last-Event-ID": last} if last else {}
                path = f"/api/submissions/{number}/events"
                with self.client.stream("GET", path, headers=headers, timeout=SILENCE) as answer:
                    if 400 <= answer.status_code < 500 and answer.status_code != 429:
                        answer.read()
                        self.read(Refusal, answer)
                    for last_id, kind, data in events_in(answer):
                        last, pause = last_id or last, 1.0
                        yield kind, data
                        if kind == "outcome":
                            return
            except httpx.HTTPError:
                pass  # the line is broken, or the server starts again: what it has is in a database
            time.sleep(pause)
            pause = min(SLOWEST, 2 * pause)


def events_in(answer: httpx.Response) -> Iterator[tuple[str, str, str]]:
    """Read an event stream: the id, the kind and the data of each event."""
    number, kind, data = "", "message", list[str]()
    for line in answer.iter_lines():
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield number, kind, "\n".join(data)
            number, kind, data = "", "message", []
        elif name == "id":
            number = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)


def log_in(invitation: str, nickname: str | None) -> tuple[str, Welcome]:
    """Trade an invitation, the link that an instructor sends, for a token of its server."""
    address, code = address_and_code(invitation)
    asked = {"invitation": code} | ({"nickname": nickname} if nickname else {})
    with ClassServer(address, token="") as server:
        return address, server.ask(Welcome, "/api/login", messages.encode(asked))


def address_and_code(invitation: str) -> tuple[str, str]:
    """Take the link of an invitation apart: its server's address, and what it trades there."""
    with suppress(httpx.InvalidURL, ValueError):  # the link, or its host's name
        link = httpx.URL(invitation.strip())
        before, _, code = link.path.rpartition("/join/")
        # What no host's name may hold, httpx writes as %5B, say.
        named = link.host and "%" not in link.host and (link.port or 0) < 2**16
        if link.scheme in ("http", "https") and named and code:
            return f"{link.scheme}://{link.netloc.decode()}{before}".rstrip("/"), code
    found = printable(invitation, 60)
    raise UsageError(
        f"expected the link of an invitation: https://class.example/join/…, found {found}"
    )
