"""Who is who: one-time invitations, and the tokens that they are traded for.

    code = invite(session, "ada")              # told once, kept as its SHA-256
    account, token = redeem(session, code, "machine")
    account = recognise(session, token)        # None: nobody

A secret has 256 random bits, so its hash needs no salt and cannot be guessed. It is looked up by
that hash: how long this takes depends on a hash that whoever guesses cannot steer, never on how
many letters of a secret are right.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from autograder.results.people import Account, Role, Secret
from autograder.results.store import moment
from autograder.words import printable
from course.errors import UsageError

INVITED = timedelta(days=120)
AT_HAND = timedelta(minutes=15)  # an invitation that somebody made for another device of theirs
TOKENS = {"machine": timedelta(days=400), "browser": timedelta(days=120)}
LONGEST = 40  # letters of a nickname
DOORKEEPER = "instructor"  # the account that the first start invites


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def draw(session: Session, account: Account, kind: str, lasts: timedelta) -> str:
    """Draw a new secret of somebody's."""
    secret = secrets.token_urlsafe(32)
    now = moment()
    kept = digest(secret)
    session.add(
        Secret(sha256=kept, account_id=account.id, kind=kind, created=now, ends=now + lasts)
    )
    return secret


def account_of(session: Session, student: str) -> Account | None:
    """Find somebody by the name that the roster has."""
    return session.scalar(select(Account).where(Account.student == student))


def enrol(session: Session, student: str, name: str = "", role: Role = "student") -> Account:
    """Add somebody to the class, or find them there."""
    account = account_of(session, student)
    if account is None:
        # Until they choose one: nothing on a public board may say who somebody is.
        known = student if role == "instructor" else f"newcomer {secrets.token_hex(4)}"
        account = Account(student=student, name=name or student, nickname=known, role=role)
        session.add(account)
        session.flush()
    return account


def invite(session: Session, account: Account, lasts: timedelta = INVITED) -> str:
    """Make an invitation; one that an instructor sends ends all that were made before."""
    if lasts == INVITED:
        mine = Secret.account_id == account.id, Secret.kind == "invitation"
        session.execute(delete(Secret).where(*mine))
    return draw(session, account, "invitation", lasts)


def redeem(session: Session, code: str, kind: str) -> tuple[Account, str] | None:
    """Trade an invitation for a token, once; None where it is no invitation, or no more."""
    found = find(session, code, "invitation")
    if found is None:
        return None
    secret, account = found
    session.delete(secret)
    account.joined = account.joined or moment()
    return account, draw(session, account, kind, TOKENS[kind])


def recognise(session: Session, token: str) -> Account | None:
    """Return whose token this is."""
    found = find(session, token, "machine", "browser")
    return found[1] if found is not None else None


def find(session: Session, secret: str, *kinds: str) -> tuple[Secret, Account] | None:
    """Find a secret that is still good, and whose it is."""
    query = select(Secret, Account).join(Account, Account.id == Secret.account_id)
    good = Secret.sha256 == digest(secret), Secret.kind.in_(kinds), Secret.ends > moment()
    found = session.execute(query.where(*good)).first()
    return (found[0], found[1]) if found is not None else None


def forget(session: Session, token: str) -> None:
    """Sign out: this token works no more."""
    session.execute(delete(Secret).where(Secret.sha256 == digest(token)))


def revoke(session: Session, account: Account) -> None:
    """Sign somebody out everywhere, and take back what invitations there are."""
    session.execute(delete(Secret).where(Secret.account_id == account.id))


def rename(session: Session, account: Account, nickname: str) -> None:
    """Give somebody the nickname that they want, or say why not."""
    wanted = " ".join(nickname.split())
    if not wanted or len(wanted) > LONGEST or not wanted.isprintable():
        found = printable(nickname, 60)
        raise UsageError(f"expected a nickname of 1 to {LONGEST} letters, found {found!r}")
    taken = session.scalar(select(Account).where(Account.nickname == wanted))
    if taken is not None and taken.id != account.id:
        raise UsageError(f"expected a nickname of your own, found {wanted!r} taken; choose another")
    account.nickname = wanted
