"""Fuzz the grader with what a hostile child could send it.

    python -m tests.fuzz --minutes 10 --seed 1       # says how far mutants came, and what is wrong
    python -m tests.fuzz --seed 1 --only 4711        # one of them again, in words
    python -m tests.fuzz --seed 1 --only 4711 --keep padded_by_nothing    # for tests/fuzz/found

Each mutant is a captured network, changed: read, checked, trained for a few steps, and compared
with its one form. They run in a child process, since torch may crash or hang on what it is given.
"""

import argparse
import os
import select
import signal
import sys
import time
import warnings
from collections import Counter, defaultdict

os.environ["OMP_NUM_THREADS"], os.environ["CUDA_VISIBLE_DEVICES"] = "1", ""

from tests.fuzz import corpus  # noqa: E402
from tests.fuzz.draft import Draft  # noqa: E402
from tests.fuzz.grading import STAGES, Grading  # noqa: E402
from tests.fuzz.mutants import Mutant, judged, make  # noqa: E402

HANGS = 600.0  # seconds without a word
SHOWN = 4  # mutants that are named for a fault


class Tally:
    """How far mutants came, why not further, and what is wrong."""

    def __init__(self) -> None:
        self.stages: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()  # of those that run
        self.said: Counter[str] = Counter()
        self.faults: dict[str, list[int]] = defaultdict(list)

    def reached(self, stage: str) -> int:
        """Count the mutants that came so far, or further."""
        return sum(self.stages[name] for name in STAGES[STAGES.index(stage) :])  # type: ignore[arg-type]

    def __str__(self) -> str:
        lines = [f"{name:<10}{self.reached(name):>8}" for name in STAGES]
        lines += ["", "why mutants came no further:"]
        lines += [f"{count:>8}  {words}" for words, count in self.said.most_common(25)]
        lines += ["", "changes of those that run:"]
        lines += [f"{count:>8}  {name}" for name, count in self.changes.most_common()]
        lines += ["", f"{len(self.faults)} kinds of faults"]
        for words, numbers in sorted(self.faults.items(), key=lambda item: -len(item[1])):
            lines.append(f"{len(numbers):>8}  {words}  e.g. {numbers[:SHOWN]}")
        return "\n".join(lines)


def fuzz(seeds: dict[str, Draft], seed: int, numbers: range, until: float) -> Tally:
    """Judge mutants in a child; start another where one is lost."""
    tally, numbers_left = Tally(), iter(numbers)
    number = next(numbers_left)
    while number is not None and time.monotonic() < until:
        number = in_a_child(seeds, seed, number, numbers.stop, until, tally)
    return tally


def in_a_child(
    seeds: dict[str, Draft], seed: int, first: int, stop: int, until: float, tally: Tally
) -> int | None:
    """Judge from one number on; return the next where the child was lost, None at the end."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        work(seeds, seed, range(first, stop), until, sending)
        os._exit(0)
    os.close(sending)
    number, ended = first, False
    with os.fdopen(receiving, "rb") as pipe:
        while select.select([pipe], [], [], HANGS)[0] and (line := pipe.readline()):
            kind, _, words = line.decode().rstrip("\n").partition(" ")
            match kind:
                case "begin":
                    number = int(words)
                case "end":
                    ended = True
                case "stage":
                    tally.stages[words] += 1
                case "change":
                    tally.changes[words] += 1
                case "said":
                    tally.said[words] += 1
                case "fault":
                    note(tally, words, number)
    if not ended:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if ended:
        return None
    note(tally, f"lost: the process ended with {os.waitstatus_to_exitcode(status)}", number)
    return number + 1


def note(tally: Tally, words: str, number: int) -> None:
    """Note a fault under its first words; tell of a new one at once."""
    key = words[:90]
    if key not in tally.faults:
        print(f"{number}: {words}", flush=True)
    tally.faults[key].append(number)


def work(seeds: dict[str, Draft], seed: int, numbers: range, until: float, pipe: int) -> None:
    """Judge mutants and tell of each, in the child."""
    warnings.simplefilter("ignore")
    grading = Grading()

    def tell(kind: str, words: object) -> None:
        os.write(pipe, f"{kind} {' '.join(str(words).split())}\n".encode("utf-8", "replace"))

    for number in numbers:
        if time.monotonic() > until:
            break
        tell("begin", number)
        mutant = make(seeds, seed, number)
        graded = judged(mutant, grading)
        tell("stage", graded.stage)
        if graded.stage != "refused":
            for change in mutant.draft.done:
                tell("change", change)
        for words in graded.said:
            tell("said", kind_of(words))
        for words in graded.faults:
            tell("fault", words)
    tell("end", "")


def kind_of(words: str) -> str:
    """Shorten a sentence to what it has in common with others like it."""
    check, _, sentence = words.partition(": ")
    plain = "".join("#" if letter.isdigit() else letter for letter in sentence)
    return f"{check}: {' '.join(plain.split())[:70]}"


def show(mutant: Mutant) -> int:
    """Print one mutant and what becomes of it."""
    warnings.simplefilter("ignore")
    print(mutant, f"\n{'sound' if mutant.sound else 'spoilt'}, by {mutant.rules.name}")
    for made, row in enumerate(mutant.draft.nodes, start=1):
        print(f"{made:>4}  {row['op']}  {row['args']}")
    graded = judged(mutant, Grading())
    print(f"{graded.stage}, {graded.seconds:.1f} seconds")
    print("\n".join([*graded.said, *graded.faults]))
    return int(bool(graded.faults))


def capture_apart() -> None:
    """Capture in a child what is not kept yet: who ran torch's autograd may not fork afterwards."""
    print(
        f"capturing {len(corpus.paths())} networks, where build/fuzz has them not yet", flush=True
    )
    child = os.fork()
    if child == 0:
        corpus.captured(corpus.paths())
        os._exit(0)
    os.waitpid(child, 0)


def main() -> int:
    """Fuzz as long as asked; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--most", type=int, default=10**9, help="as many mutants at most")
    parser.add_argument("--only", type=int, help="this mutant alone, in words")
    parser.add_argument("--keep", help="a name for it, among the answers that the tests replay")
    asked = parser.parse_args()
    until = time.monotonic() + 60 * asked.minutes
    capture_apart()
    seeds = corpus.captured(corpus.paths())
    if asked.only is not None:
        mutant = make(seeds, asked.seed, asked.only)
        if asked.keep:
            (corpus.FOUND / f"{asked.keep}.safetensors").write_bytes(mutant.data)
        return show(mutant)
    numbers = range(asked.first, asked.first + asked.most)
    tally = fuzz(seeds, asked.seed, numbers, until)
    print(tally)
    return int(bool(tally.faults))


if __name__ == "__main__":
    sys.exit(main())
