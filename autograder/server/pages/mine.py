"""One's own page: tries, the best so far, what to try next; and how one comes in and leaves."""

from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from autograder.results.database import Entry
from autograder.results.jobs import QueuedJob
from autograder.results.people import Account, HandIn
from autograder.results.ranking import ranking
from autograder.results.standings import length, rank_of
from autograder.server import submissions
from autograder.server.api import checks_in, desk_of, headline, invitation_for
from autograder.server.desk import COOKIE, Desk, NotServed, address_of, token_of
from autograder.server.pages.rendering import page
from autograder.server.people import accounts, limits
from autograder.server.settings import Offer
from course.errors import UsageError

# ---- one's own page -----------------------------------------------------------------------------


def me(request: Request) -> Response:
    """Show somebody their own tries, their best, and what to try next."""
    desk = desk_of(request)
    account = desk.who(request)
    if account is None:
        return page(request, "stranger.html", status=401)
    return my_page(request, desk, account)


def my_page(
    request: Request, desk: Desk, account: Account, status: int = 200, **more: object
) -> HTMLResponse:
    """Show somebody their own page."""
    with desk.queue.reading() as session:
        jobs = session.execute(
            select(HandIn, QueuedJob.state, QueuedJob.fault, QueuedJob.verdict_json, Entry)
            .join(QueuedJob, QueuedJob.id == HandIn.job_id)
            .outerjoin(Entry, Entry.id == QueuedJob.entry_id)
            .where(HandIn.account_id == account.id)
            .order_by(HandIn.id.desc())
            .limit(200)
        ).all()
        progress = [
            progress_of(session, desk, offer, account) for offer in desk.settings.assignments
        ]
    tries = [
        {
            "number": hand_in.job_id,
            "rules": hand_in.rules,
            "date": submissions.iso(hand_in.created),
            "state": state,
            "fault": fault,
            "entry": made,
            "said": advice(verdict),
            "headline": headline(verdict),
            "place": desk.line.order.get(hand_in.job_id),
        }
        for hand_in, state, fault, verdict, made in jobs
    ]
    what: dict[str, object] = {"said": "", "code": "", "base": base(request, desk), **more}
    return page(request, "me.html", account, status, tries=tries, progress=progress, **what)


def progress_of(session: Session, desk: Desk, offer: Offer, account: Account) -> dict[str, object]:
    """Say how far somebody has come with an assignment."""
    rules = offer.rules
    mine = Entry.assignment_sha256 == rules.sha256, Entry.handle == account.student
    entries = list(session.scalars(select(Entry).where(*mine)))
    ranked = ranking(entries)
    best = ranked[0] if ranked else max(entries, key=lambda e: e.mean_accuracy or 0, default=None)
    return {
        "offer": offer,
        "offered": submissions.offered(session, offer, account),
        "best": best,
        "passed": bool(ranked),
        "rank": rank_of(session, rules.sha256, account.student),
        "places": length(session, rules.sha256),
        "goal": float(rules.percent) / 100,
    }


def advice(verdict_json: str | None) -> str:
    """Return what a verdict says to try next."""
    checks = checks_in(verdict_json)
    return next((check["hint"] for check in checks if check["status"] == "fail"), "")


def nickname(request: Request, body: bytes) -> Response:
    """Give somebody another nickname."""
    desk = desk_of(request)
    account = desk.somebody(request)
    desk.allow(limits.CHANGE, f"{account.id}")
    wanted = form_of(body).get("nickname", "")
    try:
        with desk.queue.writing() as session:
            mine = session.get_one(Account, account.id)
            accounts.rename(session, mine, wanted)
    except UsageError as error:
        return my_page(request, desk, account, 400, said=str(error))
    desk.stale.update(offer.rules.name for offer in desk.settings.assignments)
    return RedirectResponse("/me", 303)


def another_device(request: Request, body: bytes) -> Response:
    """Make an invitation for another machine of somebody's own."""
    desk = desk_of(request)
    account = desk.somebody(request)
    return my_page(request, desk, account, code=invitation_for(desk, account))


def leave(request: Request, body: bytes) -> Response:
    """Sign this browser out."""
    desk = desk_of(request)
    with desk.queue.writing() as session:
        accounts.forget(session, token_of(request))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


# ---- coming in ----------------------------------------------------------------------------------


def invited(request: Request) -> Response:
    """Show an invitation; only a press of its button uses it up, not whatever looks at links."""
    desk = desk_of(request)
    code = request.path_params["code"]
    return page(request, "join.html", code=code, base=base(request, desk))


def join(request: Request, body: bytes) -> Response:
    """Let somebody in who has an invitation."""
    desk = desk_of(request)
    desk.allow(limits.LOGIN, address_of(request))
    with desk.queue.writing() as session:
        found = accounts.redeem(session, request.path_params["code"], "browser")
        if found is None:
            raise NotServed(
                403, "this invitation was used or is too old; ask your instructor for a new one"
            )
        account, token = found
    answer = RedirectResponse("/class" if account.role == "instructor" else "/me", 303)
    secure = desk.settings.address.startswith("https:")
    answer.set_cookie(
        COOKIE, token, max_age=120 * 86_400, httponly=True, secure=secure, samesite="lax"
    )
    return answer


def base(request: Request, desk: Desk) -> str:
    """Return the address that people open."""
    return desk.settings.address or f"{request.url.scheme}://{request.url.netloc}"


def form_of(body: bytes) -> dict[str, str]:
    """Read a form's fields."""
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=200))
    except (UnicodeDecodeError, ValueError):
        raise NotServed(400, "expected a form, found something else") from None
