"""What the command line asks for, answered in messages.py's words."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

import course
from autograder import messages
from autograder.job import MOST_BYTES
from autograder.messages import Board, ClassInfo, Mine, Outcome, Taken, Welcome
from autograder.results.database import Entry
from autograder.results.jobs import QueuedJob
from autograder.results.people import Account, HandIn
from autograder.results.rows import EntryRow
from autograder.results.standings import length, rank_of, read_page
from autograder.server import submissions
from autograder.server.desk import NOT_THERE, Desk, NotServed, address_of, token_of
from autograder.server.people import accounts, limits
from autograder.server.settings import Offer
from autograder.server.work.grading import channel_name
from autograder.server.work.streams import QUIET, counted, line, listen
from autograder.words import printable
from course.errors import MachineError

MOST_UPLOAD = MOST_BYTES
LOOK = 1.0  # seconds between two looks at whether somebody's turn has come
PYTHON = ("text/x-python", "application/octet-stream")


def desk_of(request: Request) -> Desk:
    """Return the desk that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


def answer(message: object, status: int = 200) -> Response:
    """Send a message."""
    return Response(messages.encode(message), status, media_type="application/json")


def offers(request: Request) -> Response:
    """Say what the class hands out, and what is left of today's tries."""
    desk = desk_of(request)
    account = desk.somebody(request)
    with desk.queue.reading() as session:
        assignments = tuple(
            submissions.offered(session, offer, account) for offer in desk.settings.assignments
        )
    info = ClassInfo(
        desk.settings.title, course.__version__, messages.code_hash(), account.nickname, assignments
    )
    return answer(info)


def login(request: Request, body: bytes) -> Response:
    """Trade an invitation for a token."""
    desk = desk_of(request)
    desk.allow(limits.LOGIN, address_of(request))
    asked = read_json(body)
    with desk.queue.writing() as session:
        found = accounts.redeem(session, str(asked.get("invitation", "")), "machine")
        if found is None:
            raise NotServed(403, "expected an invitation that works, found one that is used or old")
        account, token = found
        if nickname := asked.get("nickname"):
            accounts.rename(session, account, str(nickname))
        return answer(Welcome(token, account.nickname, desk.settings.title))


def logout(request: Request, body: bytes) -> Response:
    """Sign this machine out."""
    desk = desk_of(request)
    desk.somebody(request)
    with desk.queue.writing() as session:
        accounts.forget(session, token_of(request))
    return answer({})


def pass_on(request: Request, body: bytes) -> Response:
    """Make an invitation for another device of one's own: a browser, say."""
    desk = desk_of(request)
    return answer({"invitation": invitation_for(desk, desk.somebody(request))})


def invitation_for(desk: Desk, account: Account) -> str:
    """Invite another device of somebody's own, for the time that it takes to walk there."""
    desk.allow(limits.CHANGE, f"{account.id}")
    with desk.queue.writing() as session:
        return accounts.invite(session, account, accounts.AT_HAND)


def upload(request: Request, body: bytes) -> Response:
    """Take a file into the queue."""
    desk = desk_of(request)
    account = desk.somebody(request)
    desk.allow(limits.UPLOAD, f"{account.id}")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind not in PYTHON:
        raise NotServed(415, f"expected a file of the type {PYTHON[0]}, found another type")
    if not body.strip():
        raise NotServed(400, "expected a file such as model.py, found an empty one")
    asked = request.query_params
    offer = offer_of(desk, asked.get("assignment", ""))
    name = printable(asked.get("name", ""), 80).strip() or "model.py"
    net = asked.get("net") or None
    if net is not None and (not net.isidentifier() or len(net) > 80):
        raise NotServed(400, "expected a class's name after --net, found another text")
    taken: Taken = submissions.take(desk.queue, offer, account, name, body, net)
    desk.line.changed()
    return answer(taken, 200 if taken.before else 201)


def offer_of(desk: Desk, name: str) -> Offer:
    """Find an assignment of the class, or say which there are."""
    offer = desk.settings.offer(name)
    if offer is None:
        known = ", ".join(one.rules.name for one in desk.settings.assignments)
        raise NotServed(404, f"expected one of {known}, found another assignment")
    return offer


def mine(request: Request) -> Response:
    """List one's own submissions."""
    desk = desk_of(request)
    account = desk.somebody(request)
    with desk.queue.reading() as session:
        own = HandIn.account_id == account.id
        columns = (QueuedJob.id, QueuedJob.state, QueuedJob.fault, QueuedJob.verdict_json)
        jobs = select(*columns, QueuedJob.entry_id).join(HandIn, HandIn.job_id == QueuedJob.id)
        jobs = jobs.where(own).order_by(QueuedJob.id)
        entries = select(Entry).join(QueuedJob, QueuedJob.entry_id == Entry.id)
        entries = entries.join(HandIn, HandIn.job_id == QueuedJob.id).where(own)
        placed = {entry.id: entry for entry in session.scalars(entries)}
        rows: list[EntryRow] = []
        open_: list[tuple[int, str, str]] = []
        for number, state, fault, verdict, entry in session.execute(jobs):
            if entry is not None:
                row = placed[entry].row()
                row["id"], row["handle"] = number, account.nickname
                rows.append(row)
            elif state != "done":
                open_.append((number, state, fault))
            else:
                open_.append((number, "refused", headline(verdict)))
    return answer(Mine(tuple(rows), tuple(open_)))


def headline(verdict_json: str | None) -> str:
    """Return the sentence of a verdict without a training."""
    checks = checks_in(verdict_json)
    return next((c["message"] or c["found"] for c in checks if c["status"] == "fail"), "")


def checks_in(verdict_json: str | None) -> list[dict[str, str]]:
    """Return the checks of a verdict as it is kept; none where there is no verdict."""
    checks: list[dict[str, str]] = json.loads(verdict_json or "{}").get("checks", [])
    return checks


def find_job(session: Session, number: int, account: Account) -> tuple[QueuedJob, HandIn]:
    """Find a submission of somebody's own; an instructor may look at everybody's."""
    query = select(QueuedJob, HandIn).join(HandIn, HandIn.job_id == QueuedJob.id)
    query = query.where(QueuedJob.id == number)
    if account.role != "instructor":
        query = query.where(HandIn.account_id == account.id)
    found = session.execute(query).first()
    if found is None:
        raise NOT_THERE
    return found[0], found[1]


def outcome_of(session: Session, number: int, account: Account) -> Outcome:
    """Say what became of a submission so far."""
    job, hand_in = find_job(session, number, account)
    rules = json.loads(job.rules_json)["sha256"]
    return Outcome(
        number=number,
        state=job.state,
        handed_in=submissions.iso(hand_in.created),
        file=job.name,
        assignment=hand_in.rules,
        fault=job.fault,
        entry=job.entry_id,
        rank=rank_of(session, rules, job.student),
        places=length(session, rules),
        verdict=json.loads(job.verdict_json) if job.verdict_json else None,
    )


def submission(request: Request) -> Response:
    """Say what became of a submission."""
    desk = desk_of(request)
    account = desk.somebody(request)
    with desk.queue.reading() as session:
        return answer(outcome_of(session, request.path_params["number"], account))


def source(request: Request) -> Response:
    """Give a file back to whoever handed it in."""
    desk = desk_of(request)
    account = desk.somebody(request)
    with desk.queue.reading() as session:
        job, _ = find_job(session, request.path_params["number"], account)
        return Response(job.source, media_type="text/plain; charset=utf-8")


def board(request: Request) -> Response:
    """Return the first rows of a board."""
    desk = desk_of(request)
    desk.viewer(request)
    offer = offer_of(desk, request.path_params["assignment"])
    with desk.queue.reading() as session:
        rows = read_page(session, offer.rules.sha256, most=1_000)
        return answer(Board(tuple(rows), length(session, offer.rules.sha256)))


async def events(request: Request) -> Response:
    """Tell what happens to a submission, from the event after `Last-Event-ID` on."""
    desk = desk_of(request)
    number = request.path_params["number"]
    account = await run_in_threadpool(desk.somebody, request)
    await run_in_threadpool(look, desk, number, account)  # or there is no such submission
    last = request.headers.get("last-event-id", "")
    return streamed(request, follow(desk, number, account, last))


def streamed(request: Request, lines: AsyncIterator[bytes]) -> Response:
    """Send an event stream, where not too many are open."""
    desk = desk_of(request)
    if request.method == "HEAD":  # it has no body, and this one would never end
        return Response(media_type="text/event-stream")
    if desk.hub.listeners >= desk.settings.most_streams:
        raise NotServed(429, "expected fewer open lines than there are; wait a minute", 60)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    open_lines = counted(desk.hub, lines)
    return StreamingResponse(open_lines, media_type="text/event-stream", headers=headers)


def look(desk: Desk, number: int, account: Account) -> Outcome:
    """Look at a submission in the database."""
    with desk.queue.reading() as session:
        return outcome_of(session, number, account)


async def follow(desk: Desk, number: int, account: Account, last: str) -> AsyncIterator[bytes]:
    """Tell of a submission until its outcome: where it waits, all that happens, what came of it."""
    said, heard, outcome = None, time.monotonic(), None
    while not desk.hub.closing:
        channel = desk.hub.find(channel_name(number))
        if channel is not None:
            async for chunk in listen(channel, last):
                yield chunk
            continue
        place = desk.line.place(number)
        if place is None:  # its turn has come, or has passed
            with suppress(MachineError):  # the database is away: the next look may find it
                outcome = await run_in_threadpool(look, desk, number, account)
            if outcome is not None and outcome.state in ("done", "given up"):
                yield line("outcome", messages.encode(outcome).decode())
                return
        elif said is None or place.ahead != said.ahead or time.monotonic() > heard + QUIET:
            said, heard = place, time.monotonic()
            yield line("place", messages.encode(place).decode())
        await asyncio.sleep(LOOK)


def read_json(body: bytes) -> dict[str, object]:
    """Read a JSON object."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotServed(400, "expected a JSON object, found something else") from None
