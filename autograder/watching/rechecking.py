"""One file, checked again at every save, with at most one check under way.

    rechecks = Rechecks(job, warm)
    rechecks.want(source)
    rechecks.step(time.monotonic())     # a Rechecked once there is one, else None

A newer save ends what is under way: its verdict would be of a file that there is no more.
"""

import threading
import time
from dataclasses import dataclass, replace

from autograder.job import Job
from autograder.pipeline import grade
from autograder.verdict import Verdict
from autograder.watching.saves import same_code
from autograder.workers.warm import Warm

PATIENCE = 2.0  # seconds for the checks of an earlier save to end by themselves


@dataclass(frozen=True)
class Rechecked:
    """A file's verdict."""

    source: bytes
    verdict: Verdict
    seconds: float  # from the save being seen


class UnderWay(threading.Thread):
    """A check under way; it ends with a verdict or an error."""

    def __init__(self, job: Job, warm: Warm, since: float) -> None:
        super().__init__(daemon=True)
        self.job, self.warm, self.since = job, warm, since
        self.verdict: Verdict | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """Grade, and keep what came of it for whoever asks."""
        try:
            self.verdict = grade(self.job, children=self.warm)
        except BaseException as error:  # told in the thread that people see
            self.error = error


class Rechecks:
    """What is wanted, what is under way, and what was found last."""

    def __init__(self, job: Job, warm: Warm) -> None:
        self.job, self.warm = job, warm
        self.wanted: bytes | None = None
        self.since = 0.0  # when that came to be wanted
        self.running: UnderWay | None = None
        self.last: Rechecked | None = None

    @property
    def busy(self) -> bool:
        """Whether a verdict is on its way."""
        return self.running is not None or self.wanted is not None

    def want(self, source: bytes, again: bool = False) -> bool:
        """Ask for a file's verdict; return whether that needs a check, which no comment does."""
        known = self.last is not None and not self.busy and same_code(self.last.source, source)
        if known and not again and self.last is not None:
            self.last = replace(self.last, source=source)
            return False
        self.wanted, self.since = source, time.monotonic()
        return True

    def step(self, now: float) -> Rechecked | None:
        """Go on: return a verdict that is there, begin what is wanted, end what is not."""
        found: Rechecked | None = None
        if self.running is not None and not self.running.is_alive():
            found, self.running = self.ended(self.running), None
        if self.wanted is not None:
            if self.running is None:
                job = replace(self.job, source=self.wanted)
                self.running = UnderWay(job, self.warm, self.since)
                self.running.start()
                self.wanted = None
            else:
                self.warm.abandon(checking=now - self.since > PATIENCE)
        return found

    def ended(self, check: UnderWay) -> Rechecked | None:
        """Take the verdict of a check, unless a newer one is wanted."""
        if self.wanted is not None:
            return None
        if check.error is not None:
            raise check.error
        assert check.verdict is not None
        seconds = time.monotonic() - check.since
        self.last = Rechecked(check.job.source, check.verdict, seconds)
        return self.last
