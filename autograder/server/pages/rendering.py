"""How a page is made: by the reports' Jinja2, which escapes every text that it is given."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from autograder.reports.pages import TEMPLATES, environment
from autograder.results.people import Account
from autograder.results.rows import EntryRow
from autograder.server.desk import Desk
from autograder.words import duration, long_duration, printable

HERE = Path(__file__).parents[1]
STATIC = HERE / "static"

# The reports' own templates are there by their folder's name, for what both show.
LOADER = ChoiceLoader([FileSystemLoader(HERE / "templates"), PrefixLoader({"reports": TEMPLATES})])
ENVIRONMENT = environment(LOADER)


def points(share: float | None) -> str:
    """Write how far seeds differ, in points."""
    return f"± {100 * share:.2f}" if share is not None else ""


def day(date: str | datetime) -> str:
    """Write a date as people read it."""
    found = datetime.fromisoformat(date) if isinstance(date, str) else date
    return f"{found.day} {found:%b %Y}"


def minute(date: str | datetime) -> str:
    """Write a moment, in UTC, which the page says."""
    found = datetime.fromisoformat(date) if isinstance(date, str) else date
    found = found.astimezone(UTC) if found.tzinfo else found  # the database's own are UTC
    return f"{found.day} {found:%b %Y, %H:%M} UTC"


def seal(row: EntryRow) -> str:
    """Say what is more than one passed run."""
    if row["confirmed"] is not None:
        return "confirmed" if row["confirmed"] else "not confirmed"
    return "verified" if row["verified"] else ""


def said(text: str, most: int = 60) -> str:
    """Write a stranger's text on one line: nothing in it turns or hides what stands beside it."""
    return printable(text, most)


ENVIRONMENT.filters |= {
    "points": points,
    "day": day,
    "minute": minute,
    "seal": seal,
    "said": said,
    "duration": duration,
    "long_duration": long_duration,
}
ENVIRONMENT.filters["sentence"] = lambda text: f"{text[:1].upper()}{text[1:]}"


def page(
    request: Request,
    template: str,
    account: Account | None = None,
    status: int = 200,
    **what: object,
) -> HTMLResponse:
    """Make a page."""
    desk: Desk = request.app.state.desk
    return HTMLResponse(html(desk, template, account=account, **what), status)


def html(desk: Desk, template: str, **what: object) -> str:
    """Write a template out."""
    shared: Mapping[str, object] = {
        "title": desk.settings.title,
        "offers": desk.settings.assignments,
        "static": "/static/",
        "account": None,
        "still": False,  # a page of a folder of files
    }
    return ENVIRONMENT.get_template(template).render({**shared, **what})


def refusal_page(request: Request, status: int, sentence: str) -> HTMLResponse:
    """Make the page of a request that is refused."""
    return page(request, "refusal.html", status=status, code=status, sentence=sentence)
