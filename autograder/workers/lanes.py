"""Train a submission once for each seed, in as many worker processes at a time as the machine fits.

A GPU trains all seeds in one worker. On a processor a small network leaves cores idle, so each
seed gets a worker of its own, as many at a time as there are cores; a large network gets every
core for one seed after another.

A lane is a thread that follows one worker. All lanes put what their workers tell into one queue,
and `train_all` reads it in the caller's thread: nothing else here needs a lock.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import assert_never

from autograder import events
from autograder.events import (
    ChecksDone,
    EngineChosen,
    EpochDone,
    Fault,
    LaneIdle,
    RunDone,
    RunStarted,
    StepDone,
    TimeUp,
    TrainingRefused,
    TrainingStarted,
    TurnDone,
)
from autograder.workers.process import WorkerProcess
from autograder.workers.requests import CheckRequest, TrainRequest
from course.epoch import Epoch

CHECK_SECONDS = 300.0  # for all checks of one submission together, from the request on
PREPARATION_SECONDS = 1_800.0  # MNIST may have to be downloaded first

# What comes out of train_all, and what lanes put into the queue besides.
Told = RunStarted | events.Progress | TrainingRefused | Fault
Queued = Told | LaneIdle | TimeUp


@dataclass
class Training:
    """One seed's training as far as it has come."""

    run: int  # its number
    seed: int
    epochs: list[Epoch] = field(default_factory=list)
    started: TrainingStarted | None = None
    done: bool = False
    late: bool = False  # stopped by the time limit


@dataclass(frozen=True)
class Arrangement:
    """What the trainings of one submission share: data, time limit, and how many run at once."""

    data: str
    limit: float  # seconds a training may take
    lanes: int  # workers side by side
    together: bool  # all seeds in one worker
    check: tuple[CheckRequest, bytes]  # what lets another worker read the submission


def train_all(
    first: WorkerProcess, trainings: list[Training], arrangement: Arrangement
) -> Iterator[Told]:
    """Train them all and yield what the workers tell; stop them when nobody reads any more."""
    # A turn is what one worker trains in one go.
    turns = deque([trainings] if arrangement.together else [[training] for training in trainings])
    queue: SimpleQueue[Queued] = SimpleQueue()
    with ExitStack() as stack:
        more = range(1, min(arrangement.lanes, len(turns)))
        others = [stack.enter_context(WorkerProcess()) for _ in more]
        lanes = [Lane(first, turns, arrangement, queue)]
        lanes += [Lane(worker, turns, arrangement, queue, fresh=True) for worker in others]
        for lane in lanes:
            lane.start()
        try:
            yield from collect(queue, trainings, len(lanes))
        finally:
            # Also where the caller stopped reading, by an error or Ctrl-C: a lane waits for its
            # worker to say something, so killing the worker is what ends the lane.
            for lane in lanes:
                if lane.is_alive():
                    lane.worker.process.kill()
                lane.join()


def collect(queue: SimpleQueue[Queued], trainings: list[Training], lanes: int) -> Iterator[Told]:
    """Note in each training what concerns it, until every lane is idle or one came to a bad end."""
    while lanes:
        event = queue.get()
        match event:
            case LaneIdle():
                lanes -= 1
                continue
            case TimeUp():
                return
            case TrainingStarted(runs):
                for run in runs:
                    trainings[run].started = event
            case EpochDone(run, epoch):
                trainings[run].epochs.append(epoch)
            case RunDone(run):
                trainings[run].done = True
            case Fault() | TrainingRefused():
                yield event
                return
            case RunStarted() | EngineChosen() | StepDone():
                pass
            case _ as never:
                assert_never(never)
        yield event


class Lane(threading.Thread):
    """A worker, and the thread that follows it through one turn after another."""

    def __init__(
        self,
        worker: WorkerProcess,
        turns: deque[list[Training]],
        arrangement: Arrangement,
        queue: SimpleQueue[Queued],
        fresh: bool = False,
    ) -> None:
        super().__init__(daemon=True)
        self.worker, self.turns, self.arrangement, self.queue = worker, turns, arrangement, queue
        self.fresh = fresh  # has not read the submission yet

    def run(self) -> None:
        """Take turns until none is left or something goes wrong."""
        if self.fresh and not self.read():
            self.queue.put(Fault(self.worker.ending("checking")))
            return
        while True:
            try:
                turn = self.turns.popleft()  # safe from several threads
            except IndexError:
                self.queue.put(LaneIdle())
                return
            if not self.train(turn):
                return

    def read(self) -> bool:
        """Send this worker the first one's CheckRequest. It checks again, and nobody reports it."""
        request, captured = self.arrangement.check
        self.worker.ask(request, captured, seconds=CHECK_SECONDS)
        return any(isinstance(event, ChecksDone) for event in self.worker.checking())

    def train(self, turn: list[Training]) -> bool:
        """Train one turn's seeds; return whether the worker can take another turn."""
        seeds = tuple((training.run, training.seed) for training in turn)
        self.worker.ask(TrainRequest(seeds, self.arrangement.data), seconds=PREPARATION_SECONDS)
        for training in turn:
            self.queue.put(RunStarted(training.run, training.seed))
        begun = False
        for event in self.worker.training():
            match event:
                case TurnDone():
                    self.worker.limit(None)
                    return True
                case TrainingStarted():
                    # Loading the digits is not the student's time; the limit starts anew here.
                    begun = True
                    # A turn's seeds train together, so each takes as many times longer.
                    self.worker.limit(self.arrangement.limit * len(turn))
                case Fault() | TrainingRefused():
                    self.queue.put(event)
                    return False
                case EngineChosen() | StepDone() | EpochDone() | RunDone():
                    pass
                case _ as never:
                    assert_never(never)
            self.queue.put(event)
        # The worker fell silent in the middle of a turn: killed by the limit, or dead.
        if begun and self.worker.timed_out:
            for training in turn:
                training.late = not training.done
            self.queue.put(TimeUp())
        else:
            self.queue.put(Fault(self.worker.ending("training")))
        return False
