"""Run a student's file statement by statement; what fails is noted and skipped.

A file defines its network somewhere between plots, downloads and training. None of that can work
here: there is no data, no file, no window and little time. Python would end at the first of these;
here each statement fails by itself, and the next one has its turn.

RECIPE is the exception. The training follows it to the letter, so what should have made it or a
part of it is never passed over in silence.
"""

import ast
from types import ModuleType

from autograder.capture.complaints import advice
from autograder.capture.running.clock import TICK, Clock, TimeUp
from autograder.capture.running.digits import Training
from autograder.capture.running.names import asks_for_main, binds, changes, lines, reads
from autograder.capture.running.skipped import (
    GUARDED,
    NO_DATA,
    NO_FILES,
    NO_TRAINING,
    ONE_FILE,
    UNREACHED,
    Skip,
    Why,
)
from autograder.capture.running.source import Source
from autograder.capture.running.standins import StandInUsed
from autograder.capture.running.words import word_lines
from autograder.capture.tracebacks import what_happened
from autograder.problem import Problem
from autograder.source.lines import place

SECONDS = 12.0  # of work, for all statements; a file that does not train needs less than one
SHARE = 0.25  # of what is left, that a single statement may use: so none uses it up
MOST_SECONDS = 20.0  # when so many have used all they may that nobody should wait any longer

GUARD = 'put training and other long work under `if __name__ == "__main__":`'
RECIPE = "RECIPE"


class Statements:
    """A file's statements, run one after the other in its module."""

    def __init__(self, source: Source, module: ModuleType, clock: Clock) -> None:
        self.source, self.module, self.clock = source, module, clock
        self.skipped = source.skipped
        self.used = 0.0  # seconds of work
        self.stale: dict[str, Skip] = {}  # names, and what was skipped of what their values need
        self.recipe_line: int | None = None  # the last that had to do with RECIPE
        self.recipe_lines: dict[str, int] = {}  # of its words
        self.recipe_missed = ""  # why RECIPE is not what the file says, in a sentence

    def run(self) -> None:
        """Run every statement, or skip it."""
        for number, step in enumerate(self.source.steps):
            if isinstance(step, Skip):  # a cell that is not Python
                self.skip(step, changes_recipe=RECIPE in step.makes)
            elif asks_for_main(step):
                missing = frozenset(binds(step) - set(vars(self.module)))
                self.skipped.add(Skip(number, *lines(step), GUARDED, missing))
            elif (skip := self.attempt(number, step)) is None:
                self.succeeded(step)
            else:
                self.skip(skip, changes_recipe=changes(step, RECIPE))
        if RECIPE not in vars(self.module) and not self.recipe_missed:
            self.look_for_recipe()

    @property
    def other_recipe(self) -> str:
        """A remark where there is no RECIPE, but a dict of a name that means one."""
        module = vars(self.module)
        steps = [step for step in self.source.steps if isinstance(step, ast.stmt)]
        for step in steps if RECIPE not in module else []:
            for name in sorted(binds(step)):
                if name.upper() in (RECIPE, f"{RECIPE}S") and type(module.get(name)) is dict:
                    return f"{place(step.lineno)} sets {name}; the grader reads {RECIPE}"
        return ""

    def attempt(self, number: int, statement: ast.stmt) -> Skip | None:
        """Run a statement; return why it failed, if it did."""
        seconds = max(TICK, SHARE * (SECONDS - self.used))
        try:
            with self.clock.allowing(seconds) as work:
                exec(self.source.compiled(statement), vars(self.module))  # noqa: S102
        except BaseException as error:
            why, source = why_skipped(error, self.source, seconds)
            names = frozenset(binds(statement))
            return Skip(number, *lines(statement), why, names, source)
        finally:
            self.used += work.used
            if self.used > MOST_SECONDS:
                line = statement.lineno
                message = f"{place(line)} was still running after {MOST_SECONDS:g} seconds of work"
                raise Problem("readable", message, GUARD, line)
        return None

    def skip(self, skip: Skip, *, changes_recipe: bool) -> None:
        """Note a statement that failed."""
        self.skipped.add(skip)
        if changes_recipe:
            self.recipe_line, self.recipe_missed = skip.first, skip.would_make(RECIPE)

    def succeeded(self, statement: ast.stmt) -> None:
        """Note what a statement has made, and whether it made that of what is there by luck.

        `lr = 0.1`, then `lr = best_rate(loader)`, which fails: so lr is still 0.1. A network may be
        built with that, and its student is told; a recipe that is made with it is not theirs.
        """
        made, needed = binds(statement), reads(statement)
        known = self.skipped.lost | self.stale
        skip = next((known[name] for name in sorted(needed) if name in known), None)
        for name in made:
            self.stale.pop(name, None)
            if skip is not None:
                self.stale[name] = skip
        self.skipped.made(made)
        if not changes(statement, RECIPE):
            return
        self.recipe_line = statement.lineno
        # Set anew, or a part of it: RECIPE["epochs"] = 10
        self.recipe_lines = ({} if RECIPE in made else self.recipe_lines) | word_lines(statement)
        if skip is not None:
            self.recipe_missed = f"{RECIPE} needs what {skip.would_make('a part of it')}"
        elif RECIPE in made:  # anew: what an earlier one missed is no matter any more
            self.recipe_missed = ""

    def look_for_recipe(self) -> None:
        """Find a statement that sets RECIPE, and did not come to that."""
        for number, step in enumerate(self.source.steps):
            if isinstance(step, ast.stmt) and RECIPE in binds(step):
                why = GUARDED if asks_for_main(step) else UNREACHED
                self.skip(Skip(number, *lines(step), why), changes_recipe=True)
                return


def why_skipped(error: BaseException, source: Source, seconds: float) -> tuple[Why, Skip | None]:
    """Say why a statement failed, and which skipped statement it builds on."""
    if (missed := source.skipped.missed_by(error)) is None:
        return why_alone(error, source, seconds), None
    name, where, cause = getattr(error, "name", ""), place(missed.first), missed.cause
    words = f"needs {name} of {where}, which {missed.why.words}"
    kind = "error" if cause.kind == "not run" else cause.kind
    return Why(kind, words, cause.hint, cause.package), missed


def why_alone(error: BaseException, source: Source, seconds: float) -> Why:
    """Say why a statement failed that builds on no other."""
    match error:
        case TimeUp():
            return Why("error", f"was still running after {seconds:.2g} seconds", GUARD)
        case StandInUsed(asks_for_data=True):
            return NO_DATA
        case Training():
            return NO_TRAINING
        # An import of torch's may need a package that is missing: tensorboard.
        case StandInUsed(name=str(name)) | ModuleNotFoundError(name=str(name)):
            package = name.partition(".")[0]
            words = f"works with {package}, which is not there"
            return Why("package", words, ONE_FILE, package)
        case SyntaxError(msg=why):  # found by compiling, not by parsing
            return Why("error", f"is not Python: {why}", "mend that line")
        case SystemExit():
            return Why("error", "ends the program", "remove the exit")
        case EOFError():
            return Why("error", "asks for input, and nobody is there", "write it into the file")
        case FileNotFoundError() | OSError(filename=str()):
            return NO_FILES
    what = what_happened(error)
    # urllib's error, which need not be loaded, and torch's own when it saves or loads.
    if type(error).__name__ == "URLError" or "open file failed" in what:
        return NO_FILES
    return Why("error", what, advice(error, source) or "mend that line")
