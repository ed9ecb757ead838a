"""What you predicted beside what came, kept in predictions.json in the notebook's folder.

    choice("look and count, stock", guess, "A", "B", "C")     # in the check: written down
    number("look and count, mended", now, 1, 1_000)
    outcome("look and count, stock", "B")          # You said C, it was B. 2 of 4 so far.
    outcome("look and count, mended", 873, within=50)

The file is small, and yours: delete it to begin again. Where it cannot be read or written nothing
is lost but the count. What you wrote down before an outcome counts, not what you change afterwards.
"""

from __future__ import annotations

import json
from pathlib import Path

from course.checking import one_of, plain, whole
from course.files import write_whole

FILE = Path("predictions.json")
_now: dict[str, dict[str, object]] = {}  # of this kernel, where the folder cannot be written


def choice(name: str, said: object, *choices: str) -> None:
    """Check that a prediction, or each of several, is one of the choices, and write it down."""
    for one in said if isinstance(said, tuple) else (said,):
        one_of(one, *choices)
    _note(name, " and ".join(said) if isinstance(said, tuple) else said)


def number(name: str, said: object, least: int, most: int) -> None:
    """Check that a prediction is a whole number between two, and write it down."""
    whole(said, least, most)
    _note(name, plain(said))


def outcome(name: str, was: str | int, within: int = 0) -> None:
    """Say what came, beside what was said; a number counts as right within so many of it."""
    kept = _read()
    said = kept.get(name, {}).get("said")
    if said is None:
        print(f"It was {_words(was)}. You had written nothing down.")
        return
    near = type(said) is int and type(was) is int and abs(said - was) <= within
    right = near if type(was) is int else said == was
    kept[name] = {"said": said, "was": was, "right": right}
    _write(kept)
    known = [one["right"] is True for one in kept.values() if "right" in one]
    judged = f", {'' if near else 'not '}within {within}" if type(was) is int else ""
    so_far = f"{sum(known)} of {len(known)} predictions so far"
    print(f"You said {_words(said)}, it was {_words(was)}{judged}. {so_far}.")


def _words(value: object) -> str:
    return f"{value:,}" if type(value) is int else str(value)


def _note(name: str, said: object) -> None:
    kept = _read()
    if "was" not in kept.get(name, {}):
        kept[name] = {"said": said}
        _write(kept)


def _read() -> dict[str, dict[str, object]]:
    """Return what is kept; of a file that somebody else wrote, what can be understood."""
    try:
        found = json.loads(FILE.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        found = {}
    understood = {k: v for k, v in found.items() if isinstance(v, dict) and "said" in v}
    return understood | _now


def _write(kept: dict[str, dict[str, object]]) -> None:
    try:
        write_whole(FILE, (json.dumps(kept, indent=1) + "\n").encode())
        _now.clear()
    except OSError:
        _now.update(kept)
