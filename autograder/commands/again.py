"""Commands that train once more what was trained before: confirm, retrain."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.shared import AsJson, Device, Threads, console, finish, sentences


def confirm(
    number: Annotated[int, typer.Argument(metavar="ID", help="A number from the leaderboard.")],
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="Fresh seeds.")] = 10,
    device: Device = "auto",
    threads: Threads = 0,
    as_json: AsJson = False,
) -> None:
    """Train a ranked submission again with fresh seeds, and mark it confirmed or not."""
    from autograder.display.boards import handed_in
    from autograder.display.screen import Screen
    from autograder.results.home import key

    out = console()
    with sentences():
        from autograder.results.confirming import confirming_job
        from autograder.results.database import confirmation_of
        from autograder.results.leaderboard import Leaderboard

        with Leaderboard() as board:
            entry = board.get(number)
            job = confirming_job(entry, number, seeds, device, threads, key())
            with Screen(out, Path(job.name), job.rules, seeds) as screen:
                from autograder.pipeline import grade

                verdict = grade(job, screen)
                screen.conclude(verdict)
            if verdict.finished:  # a fault of ours, or no training at all, says nothing about luck
                board.add_confirmation(confirmation_of(verdict, number))
                again = board.get(number)
                out.print(handed_in(again.row()) if again else "")
    finish(verdict, as_json)


def retrain(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Records; else all missing ones.")
    ] = None,
    device: Device = "auto",
    threads: Threads = 0,
) -> None:
    """Train the course's recorded networks on this machine, for AUTOGRADE_RETRAIN=1."""
    from autograder.assignment import Assignment
    from autograder.display.screen import Screen
    from autograder.job import Options, job_of
    from autograder.results.home import key
    from course import records

    out = console()
    with sentences():
        from autograder.pipeline import grade

        # Without names, those that are missing: stopped in the middle, it goes on there.
        for name in names or records.missing_here():
            model, document = records.recorded(name)
            rules = Assignment.from_dict(document["assignment"])
            options = Options(seeds=len(document["runs"]), device=device, threads=threads)
            with Screen(out, model, rules, options.seeds) as screen:
                verdict = grade(job_of(model, rules, options, key()), screen)
                screen.conclude(verdict)
            if not verdict.finished:
                raise typer.Exit(verdict.exit_code)
            out.print(f" kept     {records.keep_retrained(name, verdict.to_json())}")
