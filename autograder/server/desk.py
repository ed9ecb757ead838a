"""What every request is answered with: the settings, the database, what grades, what is told.

desk = Desk(settings, queue, key)
account = desk.somebody(request)        # or a refusal
"""

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from autograder.children import cores
from autograder.fleet.engines import Engine, LocalEngine
from autograder.fleet.queue import Queue
from autograder.results.people import Account
from autograder.server.people import accounts, limits
from autograder.server.people.limits import Limit
from autograder.server.settings import ClassSettings
from autograder.server.work.confirming import Confirming
from autograder.server.work.grading import Grading
from autograder.server.work.streams import Channel, Hub
from autograder.workers.readers import Reader
from course.errors import MachineError

COOKIE = "under8k"
TICK = 1.0  # seconds between two looks at queue and boards
SWEPT = 600.0  # and between two at what no limit asks for any more
log = logging.getLogger("under8k.server")


class NotServed(Exception):
    """A request that is refused, with its status and a sentence."""

    def __init__(self, status: int, sentence: str, wait: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.wait = status, sentence, wait


NOBODY = NotServed(401, "expected somebody who is signed in; autograde login INVITATION does that")
NOT_THERE = NotServed(404, "there is no such page, or it is not yours")


@dataclass
class Desk:
    """Everything that a server has open."""

    settings: ClassSettings
    queue: Queue
    key: bytes
    hub: Hub = field(default_factory=Hub)
    began: float = field(default_factory=time.time)
    labels: dict[str, bytes] = field(default_factory=dict)  # of test digits, by data
    stale: set[str] = field(default_factory=set)  # boards that somebody has moved on
    render: Callable[[str], str] | None = None  # a board's part of its page (pages/boards.py)
    clock: asyncio.Task[None] | None = None  # `tick`, while the server runs

    def __post_init__(self) -> None:
        self.grading = Grading(self.queue, self.engine, self.hub, self.stale.add)
        self.line = self.grading.line
        self.reader = Reader()
        self.confirming = Confirming(self.queue, self.key, self.stale.add)
        self.epoch = secrets.token_hex(4)  # of ids: those of before a restart mean nothing

    def engine(self) -> Engine:
        """Make what grades: this machine's processes, or a cluster."""
        if not self.settings.cluster:
            workers = self.settings.workers or cores()
            return LocalEngine(self.queue, self.key, workers)
        try:
            from autograder.fleet.cluster import ClusterEngine
        except ModuleNotFoundError as error:
            need = f"expected Dask, found no {error.name}"
            raise MachineError(f"{need}: pip install 'under8k[cluster]'") from None
        return ClusterEngine(self.queue, self.key, self.settings.cluster)

    # ---- who asks -----------------------------------------------------------------------------

    def who(self, request: Request) -> Account | None:
        """Return who asks, by the token of the command line or of the browser."""
        token = token_of(request)
        if not token:
            return None
        with self.queue.reading() as session:
            return accounts.recognise(session, token)

    def somebody(self, request: Request) -> Account:
        """Return who asks, who must be somebody."""
        account = self.who(request)
        if account is None:
            raise NOBODY
        return account

    def instructor(self, request: Request) -> Account:
        """Return who asks, who must be an instructor; for others there is no such page."""
        account = self.who(request)
        if account is None or account.role != "instructor":
            raise NOT_THERE
        return account

    def viewer(self, request: Request) -> Account | None:
        """Return who looks at a board; where it is the class's own, it must be one of them."""
        account = self.who(request)
        if account is None and self.settings.board == "class":
            raise NOBODY
        return account

    def allow(self, limit: Limit, who: str) -> None:
        """Let somebody go on, or say how long to wait."""
        with self.queue.writing() as session:
            wait = limits.allow(session, limit, who)
        if wait:
            raise NotServed(
                429, f"expected at most {limit.times} of these a minute; wait {wait} s", wait
            )

    # ---- what happens by itself ---------------------------------------------------------------

    async def tick(self, closing: asyncio.Event) -> None:
        """Look at the queue and tell of boards that changed, for as long as the server runs."""
        self.hub.loop = asyncio.get_running_loop()
        swept = 0.0
        while not closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), TICK)
                return
            try:
                await run_in_threadpool(self.line.look)
                for name in list(self.stale):
                    self.stale.discard(name)  # before it is read: who moves it now is told next
                    await run_in_threadpool(self.tell_board, name)
                if time.monotonic() > swept + SWEPT:
                    swept = time.monotonic()
                    await run_in_threadpool(self.sweep)
            except MachineError:  # the database is away: the next look may find it
                continue
            except Exception:  # nobody foresaw it: one look is lost, not every one after it
                log.exception("a look at queue and boards failed; the next goes on")

    def tell_board(self, name: str) -> None:
        """Send a board as it is now to all who look at it."""
        if self.render is None or self.settings.offer(name) is None:
            return  # graded although the settings have left it out since: nobody looks at it
        try:
            board = self.render(name)
        except MachineError:
            self.stale.add(name)  # told once the database is back
            raise
        if name not in self.stale:  # else a page may show more: it is told at the next look
            self.board_channel(name).tell("board", board)

    def board_channel(self, name: str) -> Channel:
        """Return the channel of a board; its last state is all that anybody needs."""
        return self.hub.channel(f"board {name}", most=1, epoch=self.epoch)

    def warm(self) -> None:
        """Load the digits that pages show, before somebody waits for a page."""
        for data in {offer.data for offer in self.settings.assignments}:
            with suppress(MachineError):  # they are not here: a grading will say so
                self.labels[data] = self.reader.labels(data)

    def sweep(self) -> None:
        """Forget what no limit asks for."""
        with self.queue.writing() as session:
            limits.sweep(session)


def token_of(request: Request) -> str:
    """Return the token that a request carries."""
    sent = bearer(request.headers)
    return request.cookies.get(COOKIE, "") if sent is None else sent


def bearer(headers: Mapping[str, str]) -> str | None:
    """Return the token that a program has sent; None where a cookie is what counts.

    Browsers never send one by themselves. Other kinds of Authorization they do, beside the cookie:
    where a proxy asks for a password (Basic), say.
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def address_of(request: Request) -> str:
    """Name where a request comes from, for limits: not kept as it is."""
    host = request.client.host if request.client else ""
    return hashlib.sha256(host.encode()).hexdigest()[:16]
