"""The application: which address is answered by which function, and how a refusal looks."""

import logging
import re
from asyncio import Event, create_task, wait
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from autograder.messages import Refusal
from autograder.results.home import HomeError
from autograder.server import api, health
from autograder.server.desk import Desk, NotServed
from autograder.server.pages import boards, instructing, mine, reading
from autograder.server.pages.rendering import STATIC, refusal_page
from autograder.server.safety import Safety
from course.errors import MachineError, Under8kError

LAST_LOOK = 5.0  # seconds that a look at the queue has to end when the server stops
MOST_FORM = 1 << 18  # bytes of anything but an upload
Posted = Callable[[Request, bytes], Response]
log = logging.getLogger("under8k.server")


def posted(function: Posted, most: int = MOST_FORM) -> Callable[[Request], object]:
    """Make an endpoint that is given its request's body, read up to `most` bytes."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(function, request, await body_of(request, most))

    return endpoint


async def body_of(request: Request, most: int) -> bytes:
    """Read a body, and no more of it than is allowed."""
    too_large = NotServed(413, f"expected at most {most >> 10} KB, found more")
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said[:12]) > most:
        raise too_large
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_large
        parts.append(part)
    return b"".join(parts)


class Number(Convertor[int]):
    """A row's number in an address: one that is too long for the database is none."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        """Read it."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Write it."""
        return str(value)


register_url_convertor("number", Number())


def routes() -> list[Route | Mount]:
    """List every address."""
    number = "{number:number}"
    return [
        Route("/", boards.front),
        Route("/board/{assignment}", boards.board),
        Route("/board/{assignment}/events", boards.board_events),
        Route(f"/entry/{number}", boards.entry),
        Route(f"/entry/{number}/misread.png", reading.misread),
        Route(f"/entry/{number}/read", posted(reading.read), methods=["POST"]),
        Route("/me", mine.me),
        Route("/me/nickname", posted(mine.nickname), methods=["POST"]),
        Route("/me/leave", posted(mine.leave), methods=["POST"]),
        Route("/me/invitation", posted(mine.another_device), methods=["POST"]),
        Route("/join/{code}", mine.invited),
        Route("/join/{code}", posted(mine.join), methods=["POST"]),
        Route("/class", instructing.overview),
        Route("/class/people.csv", instructing.people_csv),
        Route("/class/{assignment}.csv", instructing.board_csv),
        Route("/class/{what}", posted(instructing.change), methods=["POST"]),
        Route("/api/class", api.offers),
        Route("/api/login", posted(api.login), methods=["POST"]),
        Route("/api/logout", posted(api.logout), methods=["POST"]),
        Route("/api/invitation", posted(api.pass_on), methods=["POST"]),
        Route("/api/board/{assignment}", api.board),
        Route("/api/submissions", api.mine),
        Route("/api/submissions", posted(api.upload, api.MOST_UPLOAD), methods=["POST"]),
        Route(f"/api/submissions/{number}", api.submission),
        Route(f"/api/submissions/{number}/source", api.source),
        Route(f"/api/submissions/{number}/events", api.events),
        Route("/healthz", health.healthz),
        Route("/metrics", health.metrics),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


def application(desk: Desk) -> Starlette:
    """Make the application that a desk stands behind."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        closing = Event()
        desk.clock = create_task(desk.tick(closing))
        yield
        closing.set()
        # It is let finish: to cancel it would leave its thread alone with an open database.
        await wait({desk.clock}, timeout=LAST_LOOK)

    app = Starlette(
        routes=routes(),
        lifespan=running,
        middleware=[Middleware(Safety, address=desk.settings.address)],
        exception_handlers={
            NotServed: refuse,
            HTTPException: refuse,
            Under8kError: refuse,
            ClientDisconnect: refuse,
        },
    )
    app.state.desk = desk
    desk.render = lambda name: boards.board_part(desk, name)
    return app


def refuse(request: Request, error: Exception) -> Response:
    """Answer with a sentence: as JSON for a program, as a page for people."""
    status, sentence, wait = 400, str(error), 0
    match error:
        case NotServed():
            status, sentence, wait = error.status, error.sentence, error.wait
        case HTTPException():
            status, sentence = error.status_code, STATUS.get(error.status_code, error.detail)
        case MachineError():
            database = isinstance(error, HomeError)
            away = "the class's database is away" if database else "this cannot be done now"
            status, sentence, wait = 503, f"{away}; try again soon", 5
            log.error("%s", error)
    headers = {"Retry-After": str(wait)} if wait else {}
    if re.match(r"/(api|healthz|metrics)", request.url.path) or request.url.path.endswith("/read"):
        answer = api.answer(Refusal(sentence), status)
    else:
        answer = refusal_page(request, status, sentence)
    answer.headers.update(headers)
    return answer


STATUS = {
    404: "there is no such page, or it is not yours",
    405: "this page is asked for in another way",
}
