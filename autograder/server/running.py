"""Start the server, and stop it: what runs is handed back, and every line ends."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from sqlalchemy import func, select

from autograder.classroom.roster import load_roster
from autograder.fleet.queue import Queue
from autograder.results.people import Account, Secret
from autograder.results.store import moment
from autograder.server.app import application
from autograder.server.desk import Desk
from autograder.server.health import AsJson
from autograder.server.people import accounts
from autograder.server.settings import ClassSettings

GRACE = 5  # seconds that open requests have when the server stops


class Server(uvicorn.Server):
    """uvicorn, which ends event streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, desk: Desk) -> None:
        super().__init__(config)
        self.desk = desk
        self.ready: Callable[[], None] = lambda: None  # called when it listens

    @property
    def address(self) -> str:
        """The address that people open."""
        if self.desk.settings.address:
            return self.desk.settings.address
        name, port = self.servers[0].sockets[0].getsockname()[:2]
        name = "127.0.0.1" if name in ("0.0.0.0", "::") else name  # noqa: S104  asked for, by --host
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    async def startup(self, *arguments: object, **options: object) -> None:
        """Listen, and say so."""
        await super().startup(*arguments, **options)  # type: ignore[arg-type]
        if self.started:
            self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second Ctrl-C waits for nobody."""
        # Not uvicorn's own: it raises the signal once more at its end, and ours would end there.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self.desk.hub.close_all()


def prepare(desk: Desk) -> str:
    """Enrol the roster; return an invitation for the instructor, where none is signed in."""
    roster = load_roster(desk.settings.roster) if desk.settings.roster else None
    with desk.queue.writing() as session:
        for student in roster.students if roster else ():
            accounts.enrol(session, student.id, student.name)
        inside = select(func.count()).select_from(Secret).join(Account)
        # A browser is signed out by itself after a while: whoever used no other is let in again.
        inside = inside.where(Account.role == "instructor", Secret.kind != "invitation")
        if session.scalar(inside.where(Secret.ends > moment())):
            return ""
        doorkeeper = accounts.enrol(session, accounts.DOORKEEPER, "Instructor", "instructor")
        return accounts.invite(session, doorkeeper)


def serve(
    settings: ClassSettings,
    queue: Queue,
    key: bytes,
    host: str,
    port: int,
    greet: Callable[[str, str], None],
    verbose: bool = False,
) -> None:
    """Serve until somebody stops it; `greet` is told the address, and an invitation or ""."""
    desk = Desk(settings, queue, key)
    invitation = prepare(desk)
    log_as_json(logging.INFO if verbose else logging.ERROR)
    server = server_of(desk, host, port)
    server.ready = lambda: greet(server.address, invitation)
    desk.grading.start()
    desk.confirming.start()
    threading.Thread(target=desk.warm, name="loading digits", daemon=True).start()
    try:
        server.run()
    finally:
        desk.hub.close_all()
        desk.confirming.closing.set()
        desk.grading.close()
        desk.reader.close()


def server_of(desk: Desk, host: str, port: int) -> Server:
    """Make the server of a desk."""
    config = uvicorn.Config(
        application(desk),
        host=host,
        port=port,
        log_config=None,
        access_log=False,  # addresses hold invitations; a proxy's log is the place for visits
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=20,
    )
    return Server(config, desk)


def log_as_json(level: int) -> None:
    """Write what happens as lines of JSON to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson())
    for name in ("under8k", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = [handler], False
        logger.setLevel(level)
