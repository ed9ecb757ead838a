"""A submission's trainings, one for each seed, side by side where the machine has room for them.

A GPU trains all seeds in one worker. On a processor a small network leaves cores idle, so each
seed gets a worker of its own, as many at a time as there are cores; a large network gets every
core for one seed after another. Whatever the workers say comes through one queue, in one place.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from autograder.workers.process import WorkerProcess

CHECK_SECONDS = 300.0
PREPARATION_SECONDS = 1_800.0  # MNIST may have to be downloaded first
Event = dict[str, Any]


@dataclass
class Training:
    """One seed's training as far as it has come."""

    run: int  # its number
    seed: int
    epochs: list[Event] = field(default_factory=list)
    begun: bool = False  # from here on it is the student's time
    done: bool = False
    late: bool = False  # stopped by the time limit
    readying: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> dict[str, float]:
        """Where the time went."""
        return {
            "training": sum(epoch["seconds"] for epoch in self.epochs),
            "testing": sum(epoch["test_seconds"] for epoch in self.epochs),
            **self.readying,
        }

    def take(self, event: Event) -> None:
        """Take in what a worker says of this training."""
        match event["event"]:
            case "training":
                self.begun, self.readying = True, event["seconds"]
            case "epoch":
                self.epochs.append({k: v for k, v in event.items() if k not in ("event", "run")})
            case "trained":
                self.done = True


@dataclass(frozen=True)
class Arrangement:
    """How the trainings of one submission go: on what, how long at most, how many at once."""

    data: str
    limit: float  # seconds a training may take
    lanes: int  # workers side by side
    together: bool  # all seeds in one worker
    check: tuple[Event, bytes]  # what lets another worker read the submission


def follow(
    first: WorkerProcess, trainings: list[Training], arrangement: Arrangement
) -> Iterator[Event]:
    """Train them all and yield what the workers say; stop them when nobody listens any more."""
    turns = deque([trainings] if arrangement.together else [[training] for training in trainings])
    inbox: SimpleQueue[Event] = SimpleQueue()
    with ExitStack() as stack:
        more = range(1, min(arrangement.lanes, len(turns)))
        others = [stack.enter_context(WorkerProcess()) for _ in more]
        lanes = [Lane(first, turns, arrangement, inbox)]
        lanes += [Lane(worker, turns, arrangement, inbox, fresh=True) for worker in others]
        for lane in lanes:
            lane.start()
        try:
            yield from events(inbox, trainings, len(lanes))
        finally:
            for lane in lanes:
                if lane.is_alive():
                    lane.worker.process.kill()  # its thread ends with it
                lane.join()


def events(inbox: SimpleQueue[Event], trainings: list[Training], lanes: int) -> Iterator[Event]:
    """Yield events until every lane is idle or one has come to a bad end."""
    while lanes:
        event = inbox.get()
        if event["event"] == "idle":
            lanes -= 1
            continue
        for run in event.get("runs", [event.get("run")]):
            if run is not None:
                trainings[run].take(event)
        yield event
        if event["event"] in ("fault", "refused", "late"):
            return


class Lane(threading.Thread):
    """A worker, and the thread that follows it through one turn after another."""

    def __init__(
        self,
        worker: WorkerProcess,
        turns: deque[list[Training]],
        arrangement: Arrangement,
        inbox: SimpleQueue[Event],
        fresh: bool = False,
    ) -> None:
        super().__init__(daemon=True)
        self.worker, self.turns, self.arrangement, self.inbox = worker, turns, arrangement, inbox
        self.fresh = fresh  # has not read the submission yet

    def run(self) -> None:
        """Take turns until none is left or something goes wrong."""
        if self.fresh and not self.read():
            self.say("fault", message=self.worker.ending("checking"))
            return
        try:
            while self.train(self.turns.popleft()):
                pass
        except IndexError:  # none left
            self.say("idle")

    def read(self) -> bool:
        """Let this worker read the submission that the first one has checked already."""
        request, captured = self.arrangement.check
        self.worker.ask(request, captured, seconds=CHECK_SECONDS)
        return any(event["event"] == "checked" for event in self.worker.events())

    def train(self, turn: list[Training]) -> bool:
        """Train one turn's seeds; return whether the worker can take another turn."""
        seeds = [[training.run, training.seed] for training in turn]
        request = {"do": "train", "seeds": seeds, "data": self.arrangement.data}
        self.worker.ask(request, seconds=PREPARATION_SECONDS)
        for training in turn:
            self.say("run", run=training.run, seed=training.seed)
        begun = False
        for event in self.worker.events():
            if event["event"] == "training":
                begun = True
                self.worker.limit(self.arrangement.limit * len(turn))
            if event["event"] == "turned":
                self.worker.limit(None)
                return True
            self.inbox.put(event)
            if event["event"] in ("fault", "refused"):
                return False
        if begun and self.worker.timed_out:
            for training in turn:
                training.late = not training.done
            self.say("late")
        else:
            self.say("fault", message=self.worker.ending("training"))
        return False

    def say(self, event: str, **content: Any) -> None:
        """Say something of this lane's own."""
        self.inbox.put({"event": event, **content})
