"""Commands that look at what is kept: leaderboard, history, show."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import (
    AsJson,
    AtClass,
    Local,
    Rules,
    Server,
    console,
    name_on_board,
    sentences,
    stop,
)
from autograder.words import harmless

if TYPE_CHECKING:
    from autograder.results.database import Entry


def leaderboard(
    assignment: Rules = "under-8k",
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV to stdout.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw accuracy against parameters.")
    ] = None,
    server: Server = None,
    local: Local = False,
) -> None:
    """Show who needs how few parameters."""
    if server is not None and not local and plot is None:
        from autograder.commands import remote

        remote.leaderboard(AtClass(server, as_json=as_json), assignment, as_csv)
        return
    from autograder.assignment import load
    from autograder.results.leaderboard import Leaderboard
    from autograder.results.ranking import ranked_rows

    with sentences():
        rules = load(assignment)
        with Leaderboard() as board:
            entries = board.entries(rules.sha256)
        rows = ranked_rows(entries)
        if plot is not None:
            from autograder.results.keeping import draw_entries

            draw_entries(entries, rules, plot)
            console().print(f"drew {plot}")
    if as_csv:
        from autograder.results.exports import write_csv

        write_csv(rows, sys.stdout)
    elif as_json:
        print(json.dumps(rows, indent=1))
    elif not rows:
        console().print(
            f"nobody has passed {rules.name} on this machine yet: autograde submit model.py"
        )
    else:
        from autograder.display.boards import board as board_table

        out = console(stderr=False)
        out.print(*board_table(rows, rules.name, out.width), sep="\n")


def history(
    # Without the environment's or the settings' handle: whoever submits as somebody else, once,
    # looks for that here too.
    handle: Annotated[
        str | None, typer.Option("--handle", help="Only this one's; else all of this machine's.")
    ] = None,
    assignment: Annotated[
        str | None, typer.Option("--assignment", "-a", help="Only this one.")
    ] = None,
    server: Server = None,
    local: Local = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")] = False,
) -> None:
    """List your own submissions, passed or not."""
    if server is not None and not local:
        from autograder.commands import remote

        remote.history(AtClass(server, as_json=as_json))
        return
    from autograder.assignment import load
    from autograder.display.boards import history as history_table
    from autograder.results.leaderboard import Leaderboard

    with sentences():
        rules = load(assignment).sha256 if assignment else None
        with Leaderboard() as board:
            rows = [entry.row() for entry in board.entries(rules, handle and name_on_board(handle))]
    if as_json:
        print(json.dumps(rows, indent=1))
    elif not rows:
        console().print("no submissions yet: autograde submit model.py")
    else:
        out = console(stderr=False)
        out.print(*history_table(rows, out.width), sep="\n")


def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="A number from `autograde history`.")],
    source: Annotated[
        bool, typer.Option("--source", help="Print the model.py as submitted.")
    ] = False,
    misread: Annotated[
        Path | None, typer.Option("--misread", help="Draw what it misread: a png, svg or pdf.")
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", help="Write its weights, and a script that loads them."),
    ] = None,
    onnx: Annotated[Path | None, typer.Option("--onnx", help="Write it as an ONNX file.")] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write all of it as one page: an html file.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=1, help="Whose weights.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    server: Server = None,
    local: Local = False,
    as_json: AsJson = False,
) -> None:
    """Show one submission again: findings, epochs, verdict; or hand out what it has learned."""
    if server is not None and not local:
        from autograder.commands import remote

        if misread or weights or onnx or report:
            stop(f"expected --local with that, found a submission at {server}, whose page has it")
        remote.show(AtClass(server, as_json=as_json), number, source)
        return
    from autograder.display.boards import handed_in, worth
    from autograder.display.terminal import show_verdict
    from autograder.results.leaderboard import Leaderboard
    from autograder.results.ranking import ranked_rows

    with sentences(), Leaderboard() as board:
        entry = board.get(number)
    if entry is None:
        stop(f"expected the number of a submission, found {number}; autograde history lists them")
    if misread or weights or onnx or report:
        from autograder.handout.files import Wanted, hand_out

        with sentences():
            for file in hand_out(entry, Wanted(misread, weights, onnx, seed, force)):
                console().print(file, soft_wrap=True)
            if report is not None:
                write_report(entry, report, force)
    elif as_json:
        print(entry.verdict.to_json())
    elif source:
        print(harmless(entry.source.replace("\r\n", "\n")))
    else:
        out = console(stderr=False)
        show_verdict(out, entry.verdict, entry.source)
        with sentences(), Leaderboard() as board:
            ranked = ranked_rows(board.entries(entry.assignment_sha256))
        place = next((row for row in ranked if row["id"] == number), None)
        out.print(worth(entry.verdict, place, len(ranked)))
        out.print(handed_in(entry.row()))


def write_report(entry: "Entry", path: Path, force: bool) -> None:
    """Write the page of a kept submission."""
    from autograder.handout.files import ending, expect_new
    from autograder.reports.folder import entry_page
    from autograder.reports.pages import render
    from autograder.results.leaderboard import Leaderboard
    from course.files import write_whole

    ending(path, ".html")
    expect_new(path, force)
    with Leaderboard() as board:
        entries = board.entries(entry.assignment_sha256)
    write_whole(path, render("entry.html", page=entry_page(entry, entries)).encode())
    console().print(f"wrote {path}, which any browser opens", soft_wrap=True)
