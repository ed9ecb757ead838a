"""Boards and entries: what everybody may look at, each page whole without any script."""

from functools import cache

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from autograder.assignment import Assignment
from autograder.reports.entry import EntryPage
from autograder.reports.folder import status_of
from autograder.reports.frontier import Network, frontier
from autograder.results.people import Account, Frozen
from autograder.results.rows import RankedRow
from autograder.results.standings import length, rank_of, read_page
from autograder.server.api import desk_of, streamed
from autograder.server.desk import NOT_THERE, Desk
from autograder.server.pages.reading import learned_of
from autograder.server.pages.rendering import html, page
from autograder.server.people.visible import owns, visible
from autograder.server.settings import Offer
from autograder.server.work.streams import listen
from course import records

ROWS = 100  # of a board's page
DRAWN = 150  # entries in the frontier's figure, from the board's top
NEIGHBOURS = 2  # shown above an entry, and as many below


# ---- boards -------------------------------------------------------------------------------------


def front(request: Request) -> Response:
    """Show the first assignment's board."""
    desk = desk_of(request)
    return board_page(request, desk, desk.settings.assignments[0])


def board(request: Request) -> Response:
    """Show an assignment's board."""
    desk = desk_of(request)
    return board_page(request, desk, offer_named(desk, request.path_params["assignment"]))


def offer_named(desk: Desk, name: str) -> Offer:
    """Find an assignment of the class."""
    offer = desk.settings.offer(name)
    if offer is None:
        raise NOT_THERE
    return offer


def board_page(request: Request, desk: Desk, offer: Offer) -> Response:
    """Show a page of a board."""
    account = desk.viewer(request)
    asked = request.query_params.get("page", "1")
    number = int(asked[:6]) if asked.isdecimal() and asked.isascii() else 1
    told = desk.board_channel(offer.rules.name).latest()  # before the board itself is read
    part = board_part(desk, offer.rules.name, max(1, number))
    live = number == 1
    return page(request, "board.html", account, offer=offer, part=part, live=live, told=told)


def board_part(desk: Desk, name: str, number: int = 1, rows: int = ROWS) -> str:
    """Write the part of a board's page that moves."""
    offer = offer_named(desk, name)
    rules = offer.rules
    with desk.queue.reading() as session:
        places = length(session, rules.sha256)
        shown = read_page(session, rules.sha256, (number - 1) * rows, rows)
        drawn = read_page(session, rules.sha256, 0, DRAWN)
        frozen = session.get(Frozen, rules.sha256)
    return html(
        desk,
        "board_part.html",
        offer=offer,
        rows=shown,
        places=places,
        number=number,
        pages=-(-places // rows),
        frozen=frozen,
        figure=frontier([*map(network_of, drawn), *references(rules)], rules),
    )


def network_of(row: RankedRow) -> Network:
    """Return an entry as its board's figure draws it: a dot that leads to its page."""
    return Network(
        name=row["handle"],
        parameters=row["parameters"],
        accuracy=row["mean_accuracy"] or 0.0,
        passed=row["passed"],
        href=f"/entry/{row['id']}",
        spread=row["spread"] or 0.0,
        verified=row["verified"],
    )


def references(rules: Assignment) -> list[Network]:
    """Return those of the course's own networks that are of a board's size."""
    most = 4 * rules.fewer_parameters_than
    return [one for one in course_networks() if one.parameters <= most]


@cache
def course_networks() -> tuple[Network, ...]:
    """Read the course's own networks; none where their records are not installed."""
    try:
        points = [one.point() for one in records.ladder()]
    except records.RecordError:
        return ()
    return tuple(
        Network(one["name"], one["parameters"], one["accuracy"], one["passed"], reference=True)
        for one in points
    )


async def board_events(request: Request) -> Response:
    """Tell of a board that moves: a page names the last event that it knows, a broken line also."""
    desk = desk_of(request)
    await run_in_threadpool(desk.viewer, request)
    offer = offer_named(desk, request.path_params["assignment"])
    last = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return streamed(request, listen(desk.board_channel(offer.rules.name), last))


# ---- an entry -----------------------------------------------------------------------------------


def entry(request: Request) -> Response:
    """Show an entry: what stands on a board is for everybody, all else for whoever made it."""
    desk = desk_of(request)
    account = desk.viewer(request)
    return HTMLResponse(entry_page(desk, account, request.path_params["number"]))


def entry_page(desk: Desk, account: Account | None, number: int, still: bool = False) -> str:
    """Write an entry's page; `still`: for a folder of files, where nothing answers."""
    with desk.queue.reading() as session:
        found = visible(session, number, account)
        owner = session.scalar(select(Account).where(Account.student == found.handle))
        rank = rank_of(session, found.assignment_sha256, found.handle)
        first = max(0, (rank or 1) - 1 - NEIGHBOURS)
        near = read_page(session, found.assignment_sha256, first, 2 * NEIGHBOURS + 1)
    verdict = found.verdict
    report = EntryPage(
        title=found.network,
        rules=verdict.assignment,
        status=status_of(verdict),
        said=verdict.headline(),
        verdict=verdict,
        source=found.source,
        number=found.id,
    )
    return html(
        desk,
        "entry.html",
        account=account,
        still=still,
        entry=found,
        row=found.row(),
        verdict=verdict,
        nickname=owner.nickname if owner else "somebody",
        rank=rank if any(row["id"] == found.id for row in near) else None,
        near=near if rank else [],
        own=owns(account, found),
        report=report,
        learned=learned_of(desk, found),
    )
