"""Print what every attack and every control must get, and what it gets.

    python -m tests.attacks.table                  all of them; exit code 1 if any differs
    python -m tests.attacks.table size start       these kinds
    python -m tests.attacks.table start/many_pairs one file

The starts are measured on MNIST's training digits; without MNIST (AUTOGRADE_DATA) they show "·".
"""

import os
import sys
import warnings
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

# Before torch loads: a process a core, one thread each, and no GPU, which no check needs.
os.environ["OMP_NUM_THREADS"], os.environ["CUDA_VISIBLE_DEVICES"] = "1", ""

from autograder.words import printable  # noqa: E402
from course.data import DataError  # noqa: E402
from tests.attacks.suite import Answer, Attack, attacks, controls, judge  # noqa: E402

NAME, WORDS = 46, 46  # characters a row may take for the file's name, and for what it says


def judged(attack: Attack) -> Answer | None:
    """Judge one file; None where MNIST is missing. Nothing that a file does ends the table."""
    warnings.simplefilter("ignore")
    try:
        return judge(attack)
    except DataError:
        return None
    except Exception as error:  # as a fault of the grader's would be
        return Answer(False, f"a fault: {type(error).__name__}: {error}")


def main(wanted: list[str]) -> int:
    """Print the table and return the exit code."""
    found = [a for a in attacks() + controls() if not wanted or {a.kind, a.name} & set(wanted)]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])  # right, wrong, not measured
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for attack, answer in zip(found, pool.map(judged, found), strict=True):
            sign = "·" if answer is None else "✓" if answer.right else "✗"
            counts[attack.kind]["✓✗·".index(sign)] += 1
            got = answer.found if answer else "not measured: needs MNIST"
            print(f"{sign} {attack.name:<{NAME}} {cut(attack.expected)}", flush=True)
            print(f"  {'':<{NAME}} {cut(got)}", flush=True)
    print(f"\n{'kind':<14}{'✓':>6}{'✗':>6}{'·':>6}")
    for kind, row in counts.items():
        print(f"{kind:<14}{row[0]:>6}{row[1]:>6}{row[2]:>6}")
    totals = [sum(row[i] for row in counts.values()) for i in range(3)]
    print(f"{'all':<14}{totals[0]:>6}{totals[1]:>6}{totals[2]:>6}")
    return int(totals[1] > 0)


def cut(text: str) -> str:
    """Cut a text to the width of its column."""
    text = printable(text, 10 * WORDS)
    return text if len(text) <= WORDS else f"{text[: WORDS - 1]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
