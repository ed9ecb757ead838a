"""The command that checks a file again at every save."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import (
    AtClass,
    Device,
    Net,
    Rules,
    Server,
    Threads,
    console,
    sentences,
)

if TYPE_CHECKING:
    from autograder.display.keys import Keys
    from autograder.display.watching import WatchScreen
    from autograder.watching.rechecking import Rechecks
    from autograder.watching.saves import Saves

LOOK = 0.08  # seconds between two looks at the file and the keys


def watch(
    context: typer.Context,
    model: Annotated[
        Path, typer.Argument(metavar="MODEL.PY", help="Your file, or a number at the class.")
    ],
    assignment: Rules = "under-8k",
    net: Net = None,
    device: Device = "auto",
    threads: Threads = 0,
    server: Server = None,
) -> None:
    """Check a file again at every save, in a second or two; a key submits it."""
    if server is not None and model.name.isdecimal() and not model.exists():
        from autograder.commands import remote

        remote.watch(AtClass(server), int(str(model)))
    from autograder.display.keys import Keys
    from autograder.display.watching import WatchScreen
    from autograder.job import Options, job_of

    with sentences():
        job = job_of(model, assignment, Options(net=net, device=device, threads=threads))
        with Keys() as keys, WatchScreen(console(), model, job.rules, keys.there) as screen:
            screen.busy()
            # Imported only now: the first line is on the screen while this loads.
            from autograder.watching.rechecking import Rechecks
            from autograder.watching.saves import Saves
            from autograder.workers.warm import Warm

            with Warm() as warm:
                submits = follow(Saves(model), Rechecks(job, warm), screen, keys)
    if submits:
        chosen = [] if net is None else ["--net", net]
        words = ["-a", assignment, *chosen, "--device", device, "--threads", str(threads)]
        submit = ["submit", *words, "--", str(model)]
        context.find_root().command.main(submit, "autograde")


def follow(saves: "Saves", rechecks: "Rechecks", screen: "WatchScreen", keys: "Keys") -> bool:
    """Check at every save until a key ends it; return whether that one submits."""
    from autograder.watching.saves import NotThere, Saved

    while True:
        match saves.look(time.monotonic()):
            case Saved(source):
                if rechecks.want(source):
                    screen.busy()
                else:
                    screen.say("comments alone have changed: the verdict is the same")
            case NotThere(sentence):
                screen.say(sentence, "yellow")
        match keys.pressed():
            case "q":
                return False
            case "r" if rechecks.last is not None:
                rechecks.want(rechecks.last.source, again=True)
                screen.busy()
            case "s" if rechecks.last is not None and not rechecks.busy:
                if rechecks.last.verdict.ok:
                    return True
                screen.say("not ready to submit: a check fails", "yellow")
        if (found := rechecks.step(time.monotonic())) is not None:
            screen.show(found)
        screen.tick()
        time.sleep(LOOK)
