"""A grading at a class's server, shown on the screen that shows those at home."""

import json
from collections.abc import Sequence

from autograder import events
from autograder.display.screen import QuietScreen, Screen
from autograder.events import Checked, Described, EpochDone, Started
from autograder.messages import Outcome, Place, decode
from autograder.verdict import Check, Verdict
from autograder.words import long_duration


class Follower:
    """Feeds a screen what a server tells; what was found here already is not said again."""

    def __init__(self, screen: Screen | QuietScreen, known: Sequence[Check] = ()) -> None:
        self.screen = screen if isinstance(screen, Screen) else None
        self.quiet = screen
        self.known = {check.id: check.status for check in known}
        self.checked = bool(known)
        self.epochs: set[tuple[int, int]] = set()  # that were shown: of which run, which

    def say(self, sentence: str) -> None:
        """Say something below the findings."""
        if self.screen is not None:
            self.screen.show_findings()
            self.screen.console.print(f"\n{sentence}", soft_wrap=True)

    def take(self, kind: str, data: str) -> None:
        """Show one thing that the server tells."""
        match kind:
            case "place":
                self.wait(waiting(decode(Place, data.encode())))
            case "begun":
                self.begin(int(json.loads(data)["attempt"]))
            case "event":
                self.pass_on(events.decode(data.encode()))

    def wait(self, what: str) -> None:
        """Show that it waits."""
        if self.screen is not None and self.screen.progress is None:
            self.screen.wait(what)

    def begin(self, attempt: int) -> None:
        """Show that somebody has begun, perhaps not for the first time."""
        if self.screen is None:
            return
        if self.epochs or self.screen.progress is not None:
            self.screen.restart()
            self.epochs.clear()
        again = f", for the {attempt}. time" if attempt > 1 else ""
        self.wait(f"the class's machine looks at it{again}")

    def pass_on(self, event: events.Event) -> None:
        """Hand an event to the screen, where it is new there."""
        match event:
            case Started():
                return
            case Checked(check) if self.known.get(check.id) == check.status:
                return
            case Described() if self.checked:
                return
            case EpochDone(run, epoch):
                self.epochs.add((run, epoch.epoch))
        if self.screen is not None:
            self.screen(event)  # type: ignore[arg-type]  # only what is shown is sent

    def end(self, outcome: Outcome) -> None:
        """Show what was missed while the line was broken, and how it ended."""
        if outcome.verdict is None:
            return
        verdict = Verdict.from_dict(outcome.verdict)
        for number, run in enumerate(verdict.runs):
            for epoch in run.epochs:
                if self.screen is not None and (number, epoch.epoch) not in self.epochs:
                    self.screen.stop_waiting()
                    self.screen.show_epoch(EpochDone(number, epoch))
        for check in verdict.checks:
            if self.screen is not None and check.id not in self.found(self.screen):
                self.screen.show_check(check)
        self.quiet.conclude(verdict)

    def found(self, screen: Screen) -> set[str]:
        """Name the checks that have been shown."""
        return {"note", *self.known, *(check.id for check in screen.checks)}


def waiting(place: Place) -> str:
    """Say where a submission waits, and how long."""
    who = "it is next" if place.ahead == 0 else f"{place.ahead:,} ahead of it"
    if place.seconds is None or place.seconds < 1:
        return f"waiting in the class's queue: {who}"
    return f"waiting in the class's queue: {who}, about {long_duration(place.seconds)}"
