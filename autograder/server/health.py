"""What whoever runs the server asks: is it alive, and how much does it do."""

import json
import logging
import time
from collections.abc import Iterator

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from autograder.server.api import desk_of
from autograder.server.desk import Desk, NotServed
from autograder.server.work.grading import states_in


def healthz(request: Request) -> Response:
    """Answer 200 where the database answers, and what grades and tells of boards lives."""
    desk = desk_of(request)
    with desk.queue.reading() as session:
        session.execute(select(1))
    if desk.grading.ident is not None and not desk.grading.is_alive():  # it was started, and died
        raise NotServed(503, "nothing grades here any more")
    if desk.clock is not None and desk.clock.done():
        raise NotServed(503, "nothing tells of queue and boards here any more")
    return PlainTextResponse("ok\n")


def metrics(request: Request) -> Response:
    """Say how much there is of everything, in Prometheus's words; to this machine, or a token's."""
    desk = desk_of(request)
    if not from_this_machine(request, desk):
        desk.instructor(request)
    with desk.queue.reading() as session:
        states = states_in(session)
    grading = desk.grading
    lines = [
        *series("under8k_submissions", "gauge", "Submissions by state", "state", states),
        *series("under8k_gradings_total", "counter", "Since the start", "end", grading.counts),
        *one("under8k_grading_seconds_total", "counter", "Seconds spent", grading.seconds),
        *one("under8k_streams", "gauge", "Open event streams", desk.hub.listeners),
        *one("under8k_slots", "gauge", "Gradings at once", grading.slots),
        *one("under8k_up_seconds", "gauge", "Since the start", time.time() - desk.began),
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def from_this_machine(request: Request, desk: Desk) -> bool:
    """Return whether whoever asks is surely on this machine.

    Behind a proxy that stands here, everybody seems to be, unless the proxy says for whom it asks.
    Where an address is set there may be one, so nobody is taken at their word.
    """
    host = request.client.host if request.client else ""
    behind_proxy = desk.settings.address or "x-forwarded-for" in request.headers
    return host in ("127.0.0.1", "::1") and not behind_proxy


def series(name: str, kind: str, what: str, label: str, values: dict[str, int]) -> Iterator[str]:
    """Write a metric with a value for each label."""
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} {kind}"
    for word, value in values.items():
        yield f'{name}{{{label}="{word}"}} {value}'


def one(name: str, kind: str, what: str, value: float) -> Iterator[str]:
    """Write a metric with one value."""
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} {kind}"
    yield f"{name} {value:g}"


class AsJson(logging.Formatter):
    """Writes a record as a line of JSON. No address with its query and no header is in one."""

    WANTED = ("submission", "attempt", "seconds", "fault", "status", "method", "path")

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": record.getMessage(),
        }
        line |= {name: record.__dict__[name] for name in self.WANTED if name in record.__dict__}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)
