"""Record every system again: trained by the grader, told in README.md, resumable.

    make records                        # or: python -m solutions.records
    python -m solutions.records --list              # what is recorded, and what is missing
    python -m solutions.records --only ladder/07    # those whose folder begins so
    python -m solutions.records --table             # retell the records without any training

It says beforehand what it will cost, and passes over what is recorded already: a record counts as
long as network, recipe, rules and data are the same. Where more seeds are asked for, those that a
record holds are not trained again, if this machine's numbers are the same. What is trained of one
that is not complete lies in build/records/, so Ctrl-C loses the trainings under way and nothing
else.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from rich.console import Console

from autograder.display.screen import Screen
from autograder.fleet.recorded import RecordedRuns
from autograder.job import Options, job_of
from autograder.machine import LARGE, device_name, instruction_set, pick_device
from autograder.pipeline import grade
from autograder.results.home import key
from autograder.results.keeping import draw
from autograder.results.store import Store
from autograder.verdict import Verdict
from autograder.words import duration
from course.errors import ExitCode, Under8kError
from solutions.systems import SYSTEMS, System, best
from solutions.tables import UNRECORDED, result, retell, write

OUT = Console(stderr=True, highlight=False)
# Multiply-adds a second, forwards, while a large or a small network trains: bench/cpu.json.
FAST, SLOW = 4e10, 6e9
BUILD = Path(__file__).parent.parent / "build" / "records"  # the trainings that have ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and follow it; return the exit code."""
    chosen = parser().parse_args(arguments)
    systems = [s for s in SYSTEMS if not chosen.only or s.name.startswith(tuple(chosen.only))]
    if not systems:
        names = ", ".join(system.name for system in SYSTEMS)
        OUT.print(f"expected the beginning of a folder's name, found {chosen.only}: {names}")
        return 2
    if chosen.table:
        retell()
        return 0
    missing = [s for s in systems if not s.is_recorded(chosen.seeds or s.seeds, chosen.data)]
    if chosen.list:
        lines = (f"{s.name:<32}{state(s, stale=s in missing)}" for s in systems)
        print("\n".join(lines))  # all at once, since `| head` closes the pipe early
        return 0
    try:
        announce(missing, chosen.seeds)
        complete = [record(system, chosen) for system in missing]
    except Under8kError as error:
        OUT.print(f"records: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        OUT.print("\nstopped; what was complete is kept, and the next run goes on after it")
        return ExitCode.STOPPED
    return 0 if all(complete) else 1


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(prog="records", description=__doc__.splitlines()[0])
    made.add_argument("--only", nargs="+", metavar="FOLDER", help="those whose folder begins so")
    made.add_argument("--list", action="store_true", help="say what is recorded; train nothing")
    made.add_argument("--table", action="store_true", help="retell the records; train nothing")
    made.add_argument("--seeds", type=int, default=0, help="instead of what systems.toml says")
    made.add_argument("--data", default="mnist", choices=("mnist", "practice"))
    made.add_argument("--device", default="auto", help="auto, cpu or cuda")
    made.add_argument("--threads", type=int, default=0, help="0: by the network's size")
    return made


def state(system: System, stale: bool) -> str:
    """Say in a line what is recorded of a system."""
    found = system.record()
    if found is None:
        return UNRECORDED
    return ("to be recorded again; now " if stale else "") + result(found)


def announce(systems: Sequence[System], seeds: int) -> None:
    """Say what the recording will cost before it begins."""
    if not systems:
        OUT.print("everything is recorded; nothing to do")
        return
    total = 0.0
    for system in systems:
        runs = seeds or system.seeds
        seconds = runs * seconds_a_run(system)
        total += seconds
        OUT.print(f" {system.name:<32}{runs:>3} seed{'s' * (runs > 1):<2}about {duration(seconds)}")
    OUT.print(f" about {duration(total)} in all on one core; seeds train side by side on more\n")


def seconds_a_run(system: System) -> float:
    """Estimate a training: as long as the recorded one took, else by its multiply-adds."""
    found = system.record()
    if found is not None and found.data == "mnist":
        return found.seconds
    study = system.study()
    assert study.recipe is not None
    each = study.table.multiply_adds
    rate = FAST if each * study.recipe.batch_size > LARGE else SLOW
    return each * study.images * study.recipe.epochs / rate


def record(system: System, chosen: argparse.Namespace) -> bool:
    """Let the grader train a system, and write what it found; return whether it is complete."""
    rules, seeds = system.assignment(), chosen.seeds or system.seeds
    options = Options(seeds=seeds, data=chosen.data, device=chosen.device, threads=chosen.threads)
    ended = BUILD / f"{system.name.replace('/', '-')}.sqlite"
    ended.parent.mkdir(parents=True, exist_ok=True)
    with Store(f"sqlite:///{ended}") as store:
        trained = RecordedRuns(store, chosen.data)
        if known := recorded_here(system, options):
            assert known.submission.fingerprint is not None  # it was compared
            for run in known.runs:
                trained.add(known.submission.fingerprint, run)
        with Screen(OUT, system.model, rules, seeds) as screen, trained.one_grading() as recorded:
            job = job_of(system.model, rules, options, key())
            verdict = grade(job, screen, recorded=recorded)
            screen.conclude(verdict)
    if not keep(system, verdict):
        return False
    ended.unlink()  # what is recorded once more is trained once more
    return True


def recorded_here(system: System, options: Options) -> Verdict | None:
    """Return a system's record, if its trainings would come out the same here."""
    found = system.record()
    if found is None or not system.is_recorded(1, options.data):
        return None
    recorded = found.grader.torch, found.grader.instructions, found.device
    device = device_name(pick_device(options.device))
    here = str(torch.__version__), instruction_set(), device
    return found if recorded == here else None


def keep(system: System, verdict: Verdict) -> bool:
    """Write a complete record and retell; a record that fell short of its seeds is not kept."""
    whole = len(verdict.runs) == verdict.seeds
    if not whole or any(check.status == "error" for check in verdict.checks):
        OUT.print(f"[bold red]{system.name} is not recorded:[/bold red] {verdict.headline()}")
        return False
    # The figure first: the record is what the next run looks for.
    OUT.print(f" curves   {draw(verdict, system.folder / 'curves.png')}", soft_wrap=True)
    write(system.folder / "result.json", verdict.to_json() + "\n")
    retell()
    OUT.print(f" recorded {system.name}: best epoch {best(verdict):.2f}%\n")
    return True


if __name__ == "__main__":
    raise SystemExit(main())
