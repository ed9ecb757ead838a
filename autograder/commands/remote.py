"""What submit, watch, show, history and leaderboard do where a class has a server."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec
import typer

from autograder.assignment import DEFAULT
from autograder.commands.shared import (
    AtClass,
    complain,
    console,
    finish,
    job_of_text,
    on_stop,
    sentences,
    stop,
)
from autograder.words import harmless
from course.errors import ExitCode, UsageError
from course.validators import counted

if TYPE_CHECKING:
    from autograder.display.console import SafeConsole
    from autograder.display.following import Follower
    from autograder.messages import ClassInfo, Offered, Outcome
    from autograder.remote.server import ClassServer


def submit(at: AtClass, model: Path, assignment: str, net: str | None) -> NoReturn:
    """Check a file here, hand it in, and follow what becomes of it."""
    from autograder.display.following import Follower
    from autograder.display.screen import QuietScreen, Screen
    from autograder.job import Options
    from autograder.remote.server import ClassServer

    out = console()
    with sentences(), ClassServer(at.server) as there:
        info = there.info()
        offered = chosen(info, assignment)
        say_differences(out, info, offered)
        # By the class's own rules: what they find here, they find there.
        job = job_of_text(model, offered.rules, Options(net=net))
        with (
            QuietScreen(out) if at.quiet else Screen(out, model, job.rules, offered.seeds) as screen
        ):
            from autograder.pipeline import grade

            verdict = grade(job, screen)
            if not verdict.ok:
                screen.conclude(verdict)
                finish(verdict, at.as_json)
            taken = there.upload(offered.rules.name, job.name, job.source, net)
            on_stop(f"it goes on without you: autograde watch {taken.number}")
            follower = Follower(screen, known=verdict.checks)
            left = f"{offered.tries_per_day} within 24 hours, {taken.tries_left} left"
            said = "handed in before" if taken.before else f"handed in ({left})"
            follower.say(f"{said} as number {taken.number} at {at.server}")
            outcome = followed(there, taken.number, follower)
        conclude(out, at, outcome)


def watch(at: AtClass, number: int) -> NoReturn:
    """Follow a submission that is there already."""
    from autograder.display.following import Follower
    from autograder.display.screen import Screen
    from autograder.remote.server import ClassServer

    out = console()
    with sentences(), ClassServer(at.server) as there:
        outcome = there.outcome(number)
        if outcome.state not in ("done", "given up"):
            offered = chosen(there.info(), outcome.assignment)
            on_stop(f"it goes on without you: autograde watch {number}")
            with Screen(out, Path(outcome.file), offered.rules, offered.seeds) as screen:
                outcome = followed(there, number, Follower(screen))
        else:
            show_outcome(outcome)
        conclude(out, at, outcome)


def chosen(info: "ClassInfo", assignment: str) -> "Offered":
    """Find an assignment of the class."""
    found = [one for one in info.assignments if one.rules.name == assignment]
    if assignment == DEFAULT and len(info.assignments) == 1:  # nobody said which, and it is clear
        return info.assignments[0]
    if not found:
        names = ", ".join(one.rules.name for one in info.assignments)
        raise UsageError(
            f"expected an assignment of the class ({names}), found {assignment}; choose with "
            "--assignment, or train here with --local"
        )
    return found[0]


def say_differences(out: "SafeConsole", info: "ClassInfo", offered: "Offered") -> None:
    """Warn where the checks here may find something else than those of the class."""
    from autograder.assignment import hash_of
    from autograder.messages import code_hash

    if hash_of(offered.rules) != offered.rules.sha256:
        raise UsageError(
            f"expected rules that this version knows, found those of version {info.version}; "
            "install that one"
        )
    if info.code != code_hash():
        out.print(
            f"the class checks with another version of autograde ({info.version}): it may find "
            "what is not found here",
            style="yellow",
        )


def followed(there: "ClassServer", number: int, follower: "Follower") -> "Outcome":
    """Show what happens to a submission, and return what came of it."""
    from autograder.messages import Outcome, decode

    for kind, data in there.follow(number):
        try:
            if kind == "outcome":
                outcome = decode(Outcome, data.encode())
                follower.end(outcome)
                return outcome
            follower.take(kind, data)
        except (msgspec.MsgspecError, ValueError, KeyError):
            raise there.strange(f"a strange {kind}") from None
    raise there.strange("a line that ended without an outcome")


def conclude(out: "SafeConsole", at: AtClass, outcome: "Outcome") -> NoReturn:
    """Say where a submission is kept and stands, and end as its verdict does."""
    from autograder.display.terminal import labelled
    from autograder.verdict import Verdict

    if outcome.verdict is None:
        complain(f"it could not be graded, which costs you no try: {outcome.fault}")
        raise typer.Exit(ExitCode.FAULT)
    verdict = Verdict.from_dict(outcome.verdict)
    if not at.quiet:
        page = f"{at.server}/entry/{outcome.entry}" if outcome.entry else f"{at.server}/me"
        out.print(labelled("number", f"{outcome.number}, {page}"), soft_wrap=True)
        if outcome.rank is not None:
            places = counted(outcome.places, "place")
            out.print(labelled("place", f"yours is {outcome.rank} of {places}"))
    finish(verdict, at.as_json)


def show_outcome(outcome: "Outcome") -> None:
    """Show a submission that has its verdict."""
    from autograder.display.terminal import show_verdict
    from autograder.verdict import Verdict

    if outcome.verdict is not None:
        show_verdict(console(stderr=False), Verdict.from_dict(outcome.verdict))


def show(at: AtClass, number: int, source: bool) -> None:
    """Show one of one's own submissions."""
    from autograder.remote.server import ClassServer

    with sentences(), ClassServer(at.server) as there:
        if source:
            print(harmless(there.source(number).replace("\r\n", "\n")))
            return
        outcome = there.outcome(number)
    if at.as_json and outcome.verdict is not None:
        print(json.dumps(outcome.verdict, indent=1))
    elif outcome.verdict is not None:
        show_outcome(outcome)
    else:
        stop(f"number {number} has no verdict yet; autograde watch {number} follows it")


def history(at: AtClass) -> None:
    """List one's own submissions."""
    from autograder.display.boards import history as table
    from autograder.remote.server import ClassServer

    with sentences(), ClassServer(at.server) as there:
        mine = there.mine()
    out = console(stderr=False)
    if at.as_json:
        print(json.dumps(mine.rows, indent=1))
        return
    if mine.rows:
        out.print(*table(mine.rows, out.width), sep="\n")
    for number, state, said in mine.open:
        out.print(f"{number:>4}  {state}{': ' if said else ''}{said}")
    if not mine.rows and not mine.open:
        console().print(f"no submissions at {at.server} yet: autograde submit model.py")


def leaderboard(at: AtClass, assignment: str, as_csv: bool) -> None:
    """Show the class's board."""
    from autograder.display.boards import board as table
    from autograder.remote.server import ClassServer

    with sentences(), ClassServer(at.server) as there:
        board = there.board(assignment)
    out = console(stderr=False)
    if as_csv:
        from autograder.results.exports import write_csv

        write_csv(board.rows, sys.stdout)
    elif at.as_json:
        print(json.dumps(board.rows, indent=1))
    elif not board.rows:
        console().print(f"nobody stands on {at.server}/board/{assignment} yet")
    else:
        out.print(*table(board.rows, f"{assignment}, {at.server}", out.width), sep="\n")
