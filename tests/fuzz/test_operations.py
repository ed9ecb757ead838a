"""No arguments that the rules accept crash torch, or run otherwise than the labels foretold."""

import subprocess
import sys

DRAWS = 3_000  # some seconds; 100,000 before a release


def test_random_arguments_are_refused_or_run_as_followed() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.operations", "0", str(DRAWS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    *troubles, last = done.stdout.splitlines() or [""]
    assert troubles == []
    assert last.startswith("done"), done.stderr
    never_ran = last.split()[1:]
    assert len(never_ran) < 8, never_ran
