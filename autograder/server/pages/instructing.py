"""The instructor's page: the queue, the class, what fails and why, and what is theirs to do.

Whoever is no instructor finds no such page.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from autograder.results.database import Entry
from autograder.results.exports import defused, write_csv
from autograder.results.jobs import QueuedJob
from autograder.results.people import Account, Extension, Frozen, HandIn, Standing
from autograder.results.standings import PLACELESS, read_page, stand_all
from autograder.results.store import insert_once, moment
from autograder.server.api import checks_in, desk_of
from autograder.server.desk import NOT_THERE, Desk
from autograder.server.pages.boards import offer_named
from autograder.server.pages.mine import base, form_of
from autograder.server.pages.rendering import page
from autograder.server.people import accounts
from autograder.server.settings import Offer
from autograder.server.work.confirming import ask, asked
from autograder.server.work.grading import QUEUE, states_in
from autograder.words import printable
from course.errors import UsageError

LOOKED_AT = 1_000  # the last gradings, of which reasons for failing are counted
MOST_LISTED = 20_000  # rows of a CSV
MOST_PEOPLE = 2_000  # lines of a form


def overview(request: Request) -> Response:
    """Show the class."""
    desk = desk_of(request)
    return class_page(request, desk, desk.instructor(request))


def class_page(
    request: Request, desk: Desk, account: Account, status: int = 200, **more: object
) -> HTMLResponse:
    """Show the class, and what came of a change."""
    with desk.queue.reading() as session:
        states = states_in(session)
        people = list(session.scalars(select(Account).order_by(Account.student)))
        boards = [board_of(session, offer, people) for offer in desk.settings.assignments]
        reasons = reasons_to_fail(session)
        wishes = len(asked(session))
    grading = desk.grading
    what: dict[str, object] = {"said": "", "wrong": "", "links": [], **more}
    return page(
        request,
        "class.html",
        account,
        status,
        states=states,
        slots=grading.slots,
        alive=grading.is_alive(),
        running=sorted(grading.line.begun),
        typical=desk.line.typical,
        wait=desk.line.wait(len(desk.line.order)),
        people=people,
        boards=boards,
        reasons=reasons,
        wishes=wishes,
        **what,
    )


def board_of(session: Session, offer: Offer, people: list[Account]) -> dict[str, object]:
    """Say who has come how far with an assignment, and whose networks are the same."""
    rules = offer.rules
    handed = dict(
        session.execute(
            select(HandIn.account_id, func.count())
            .where(HandIn.rules == rules.name)
            .group_by(HandIn.account_id)
        ).all()
    )
    places = {
        row.handle: row
        for row in session.scalars(select(Standing).where(Standing.rules_sha256 == rules.sha256))
    }
    longer = {
        one.account_id: one.until
        for one in session.scalars(select(Extension).where(Extension.rules == rules.name))
    }
    return {
        "offer": offer,
        "frozen": session.get(Frozen, rules.sha256),
        "handed": handed,
        "places": places,
        "longer": longer,
        "placeless": PLACELESS,
        "copies": copies(session, offer),
        "missing": sum(one.role == "student" and one.id not in handed for one in people),
    }


def copies(session: Session, offer: Offer) -> list[tuple[str, list[str]]]:
    """Find networks and recipes that several students handed in."""
    alike: dict[str, set[str]] = defaultdict(set)
    for print_, handle in session.execute(
        select(Entry.fingerprint, Entry.handle)
        .where(Entry.assignment_sha256 == offer.rules.sha256)
        .distinct()
    ):
        alike[print_].add(handle)
    return [(print_[:8], sorted(who)) for print_, who in alike.items() if len(who) > 1 and print_]


def reasons_to_fail(session: Session) -> list[tuple[str, int]]:
    """Count what the last gradings failed by."""
    query = select(QueuedJob.verdict_json, QueuedJob.state).where(QueuedJob.queue == QUEUE)
    query = query.where(QueuedJob.state.in_(("done", "given up")))
    found: Counter[str] = Counter()
    for text, state in session.execute(query.order_by(QueuedJob.id.desc()).limit(LOOKED_AT)):
        if state == "given up":
            found["a fault of ours"] += 1
            continue
        bad = next((c["id"] for c in checks_in(text) if c["status"] in ("fail", "error")), None)
        if bad is not None:
            found[bad] += 1
    return found.most_common()


# ---- what an instructor may do ------------------------------------------------------------------

Form = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """What came of it: what the page then says, and what else is to be done."""

    said: str
    invited: Sequence[tuple[str, str]] = ()  # who, and the code of the invitation
    moved: str = ""  # the board that is read again, once this is written


def change(request: Request, body: bytes) -> Response:
    """Do what a form asks for, and say what was done."""
    desk = desk_of(request)
    account = desk.instructor(request)
    action = ACTIONS.get(request.path_params["what"])
    if action is None:
        raise NOT_THERE
    try:
        with desk.queue.writing() as session:
            done = action(desk, session, form_of(body))
    except UsageError as error:
        return class_page(request, desk, account, 400, wrong=str(error))
    if done.moved:
        desk.stale.add(done.moved)  # the board is read again from here on
    address = base(request, desk)
    links = [(who, f"{address}/join/{code}") for who, code in done.invited]
    return class_page(request, desk, account, said=done.said, links=links)


def somebody(session: Session, form: Form) -> Account:
    """Find whom a form is about."""
    account = accounts.account_of(session, form.get("student", ""))
    if account is None:
        who = printable(form.get("student", ""), 40)
        raise UsageError(f"expected somebody of the class, found {who!r}")
    return account


def enrol(desk: Desk, session: Session, form: Form) -> Done:
    """Add people: a line each, an id and perhaps a name."""
    lines = [line.strip() for line in form.get("people", "").splitlines() if line.strip()]
    if not lines or len(lines) > MOST_PEOPLE:
        raise UsageError(f"expected 1 to {MOST_PEOPLE:,} lines, found {len(lines):,}")
    invited = []
    for line in lines:
        student, _, name = line.partition(",")
        student, name = student.strip(), name.strip()
        if not student.isprintable() or not name.isprintable() or len(line) > 200:
            raise UsageError(f"expected an id and a name, found {printable(line, 60)!r}")
        account = accounts.enrol(session, student, name)
        if account.joined is None:
            invited.append((student, accounts.invite(session, account)))
    return Done(f"{len(lines)} in the class; their invitations:", invited)


def invite(desk: Desk, session: Session, form: Form) -> Done:
    """Invite somebody, once more: what they had before works no more."""
    account = somebody(session, form)
    accounts.revoke(session, account)
    code = accounts.invite(session, account)
    said = f"{account.student} is signed out everywhere and has a new invitation:"
    return Done(said, [(account.student, code)])


def invite_all(desk: Desk, session: Session, form: Form) -> Done:
    """Invite everybody who has not come yet."""
    query = select(Account).where(Account.joined.is_(None)).order_by(Account.student)
    waiting = list(session.scalars(query))
    invited = [(one.student, accounts.invite(session, one)) for one in waiting]
    return Done(f"{len(invited)} have not come yet; their invitations:", invited)


def revoke(desk: Desk, session: Session, form: Form) -> Done:
    """Sign somebody out everywhere."""
    account = somebody(session, form)
    accounts.revoke(session, account)
    return Done(f"{account.student} is signed out everywhere")


def extend(desk: Desk, session: Session, form: Form) -> Done:
    """Give somebody so many more days from now, or from when it closes."""
    account, offer = somebody(session, form), offer_named(desk, form.get("rules", ""))
    days = form.get("days", "")
    if not re.fullmatch("[0-9]{1,3}", days) or not 1 <= int(days) <= 400:
        raise UsageError(f"expected 1 to 400 days, found {printable(days, 20)!r}")
    start = moment()
    if offer.until is not None:
        start = max(start, moment(offer.until))
    until = start + timedelta(days=int(days))
    who = {"account_id": account.id, "rules": offer.rules.name}
    insert_once(session, Extension, {**who, "until": until})
    query = select(Extension).where(Extension.account_id == account.id)
    session.scalars(query.where(Extension.rules == offer.rules.name)).one().until = until
    return Done(f"{account.student} has until {until:%d %B %Y, %H:%M} UTC")


def freeze(desk: Desk, session: Session, form: Form) -> Done:
    """Let a board stand still, or move on."""
    rules = offer_named(desk, form.get("rules", "")).rules
    there = session.get(Frozen, rules.sha256)
    if there is None:
        session.add(Frozen(rules_sha256=rules.sha256, since=moment()))
        said = f"the board of {rules.name} stands still"
    else:
        session.delete(there)
        session.flush()
        stand_all(session, rules.sha256)
        said = f"the board of {rules.name} moves on"
    return Done(said, moved=rules.name)


def confirm(desk: Desk, session: Session, form: Form) -> Done:
    """Train the first entries of a board again with fresh seeds, one after the other."""
    rules = offer_named(desk, form.get("rules", "")).rules
    wanted = form.get("first", "3")
    first = int(wanted[:3]) if wanted.isdecimal() and wanted.isascii() else 3
    rows = read_page(session, rules.sha256, most=max(1, first))
    numbers = [row["id"] for row in rows if row["confirmed"] is None]
    ask(session, numbers)
    many = "1 entry is" if len(numbers) == 1 else f"{len(numbers)} entries are"
    said = f"{many} trained again with fresh seeds; a seal changes when its training ends"
    return Done(said)


ACTIONS: dict[str, Callable[[Desk, Session, Form], Done]] = {
    "enrol": enrol,
    "invite": invite,
    "invite-all": invite_all,
    "revoke": revoke,
    "extend": extend,
    "freeze": freeze,
    "confirm": confirm,
}


# ---- for other programs -------------------------------------------------------------------------


def board_csv(request: Request) -> Response:
    """Write a board as CSV."""
    desk = desk_of(request)
    desk.instructor(request)
    rules = offer_named(desk, request.path_params["assignment"]).rules
    with desk.queue.reading() as session:
        rows = read_page(session, rules.sha256, most=MOST_LISTED)
    file = io.StringIO()
    write_csv(rows, file)
    return as_file(file, f"{rules.name}.csv")


def people_csv(request: Request) -> Response:
    """Write who has handed in what, for the instructor's own table."""
    desk = desk_of(request)
    desk.instructor(request)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "name", "nickname", "joined", "assignment", "handed_in", "parameters"])
    with desk.queue.reading() as session:
        people = list(session.scalars(select(Account).order_by(Account.student)))
        for offer in desk.settings.assignments:
            found = board_of(session, offer, people)
            handed, places = found["handed"], found["places"]
            assert isinstance(handed, dict)
            assert isinstance(places, dict)
            for one in people:
                place = places.get(one.student)
                ranked = place.parameters if place is not None and place.tier < PLACELESS else ""
                who = [one.student, one.name, one.nickname, one.joined or ""]
                cells = [*who, offer.rules.name, handed.get(one.id, 0), ranked]
                writer.writerow([defused(cell) for cell in cells])
    return as_file(file, "class.csv")


def as_file(file: io.StringIO, name: str) -> Response:
    """Send a CSV that the browser keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
