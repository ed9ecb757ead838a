"""The command that plans a network: a line of words in, its sizes at once, a model.py if wanted."""

import contextlib
import inspect
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.shared import Rules, console, sentences, stop, write_new
from course.errors import ExitCode, Under8kError, UsageError

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.planning import Plan

KEYS = "? lists the words, write model.py writes it, q leaves"


def plan(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="The network; none: a prompt.")
    ] = None,
    assignment: Rules = "under-8k",
    write: Annotated[
        Path | None, typer.Option("--write", metavar="MODEL.PY", help="Write it as a file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")] = False,
) -> None:
    """Plan a network as a line of words, and see its sizes at once.

    \b
    16, c16     Conv2d 3x3 to 16, then BatchNorm2d, ReLU
    c16k5s2p1   with a kernel of 5x5, stride 2, padding 1
    1x16        Conv2d 1x1 to 16, as c16k1
    d, d16      a 3x3 of each channel; d16: then a 1x1
    r, r16      residual: two padded 3x3, the input added
    p, a        max pool, average pool, 2x2; or p3s2
    do5         Dropout of 5%
    gap         average of all places, a 1x1 to ten scores
    nobn, nobias, silu    from there on; bn, bias, relu

    \b
    autograde plan 8 12 p 16 16 p 16 gap
    autograde plan 8 r12 p r16s2 gap --write model.py
    autograde plan silu 12 d24 a d40 a d50 gap -a under-20k
    """
    from autograder.assignment import load

    with sentences():
        rules = load(assignment)
        if words:
            show(" ".join(words), rules, write, as_json)
        elif sys.stdin.isatty() and sys.stdout.isatty() and not (write or as_json):
            ask(rules)
        else:
            stop("expected a network, found no words: autograde plan 8 12 p 16 16 p 16 gap")


def show(line: str, rules: "Assignment", write: Path | None, as_json: bool) -> None:
    """Show one plan, and write it where that was asked for; end as a check would."""
    from autograder.planning import plan
    from autograder.planning.foreseen import fits

    found = plan(line, rules)
    if as_json:
        print(json.dumps(found.to_dict(), indent=1))
    else:
        draw(found)
    if write is not None:
        write_file(found, write)
    raise typer.Exit(ExitCode.PASSED if fits(found) else ExitCode.FAILED)


def ask(rules: "Assignment") -> None:
    """Draw each line that is typed, until there are no more."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  from here on, input() has a history and arrow keys

    from autograder.planning import plan
    from autograder.words import harmless

    print(f"a network for {rules.name}, such as 8 12 p 16 16 p 16 gap; {KEYS}")
    found: Plan | None = None
    while True:
        try:
            line = input("plan> ").strip()
        except EOFError:
            print()
            return
        try:
            match line.split():
                case []:
                    pass
                case ["q" | "quit" | "exit"]:
                    return
                case ["?" | "help"]:
                    print(words_help())
                case ["write", name]:
                    write_file(found, Path(name))
                case ["write", *_]:
                    raise UsageError("expected the name of one file: write model.py")
                case _:
                    before, found = found, plan(line, rules)
                    draw(found, before, afresh=True)
        except Under8kError as error:
            print(harmless(str(error)))


def draw(found: "Plan", before: "Plan | None" = None, afresh: bool = False) -> None:
    """Show a plan; afresh: on an empty screen, so that it stays where it is as lines change."""
    from autograder.display.planning import planned

    out = console(stderr=False)
    if afresh:
        out.clear()
    out.print(planned(found, out.width, before))
    if afresh:
        out.print(f" {KEYS}\n {found.line}", style="dim")


def write_file(found: "Plan | None", path: Path) -> None:
    """Write a plan as a new model.py."""
    from autograder.planning.writing import written

    if found is None:
        raise UsageError("expected a network before it is written: type its words first")
    write_new(path, written(found))


def words_help() -> str:
    """Return the words of a line, as --help lists them."""
    return inspect.cleandoc(plan.__doc__ or "").replace("\b\n", "")
