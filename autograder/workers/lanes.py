"""Train a submission once for each seed, in as many worker processes at a time as the machine fits.

A GPU trains all seeds in one worker. On a processor a small network leaves cores idle, so each
seed gets a worker of its own, as many at a time as there are cores; a large network gets every
core for one seed after another.

A lane is a thread that follows one worker. All lanes put what their workers tell into one queue,
and `train_all` reads it in the caller's thread: nothing else here needs a lock.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Literal, assert_never

from autograder import events
from autograder.events import (
    ChecksDone,
    EngineChosen,
    EpochDone,
    Fault,
    LaneIdle,
    RunDone,
    RunLearned,
    RunStarted,
    StepDone,
    TimeUp,
    TrainingRefused,
    TrainingStarted,
    TurnDone,
)
from autograder.verdict import Run
from autograder.workers.process import WorkerProcess
from autograder.workers.requests import CheckRequest, TrainRequest
from course.epoch import Epoch

CHECK_SECONDS = 120.0  # of work, for all checks of one submission together
PREPARATION_SECONDS = 1_800.0  # MNIST may have to be downloaded first

# Work is what counts, and the worker counts it. Real time is a backstop, for a machine on which
# nothing gets done; it is no student's fault, and tried once more.
GENEROUS = 4  # times as much real time as work
STARTUP = 300.0  # seconds of real time besides: a busy machine takes long to load torch
TRIES = 2

# What comes out of train_all, and what lanes put into the queue besides.
Told = RunStarted | events.Progress | TrainingRefused | Fault
Queued = Told | LaneIdle | TimeUp
End = Literal["done", "ended", "stuck"]  # a turn's: "ended" is a bad end that has been told


def backstop(seconds: float) -> float:
    """Return the real time that so many seconds of work may take."""
    return GENEROUS * seconds + STARTUP


@dataclass
class Training:
    """One seed's training as far as it has come."""

    run: int  # its number
    seed: int
    epochs: list[Epoch] = field(default_factory=list)
    started: TrainingStarted | None = None
    done: bool = False
    late: bool = False  # stopped by the time limit
    recorded: Run | None = None  # it came to its end before; there is nothing to do

    @property
    def ended(self) -> bool:
        """Whether there are epochs to judge."""
        return self.done or self.late or self.recorded is not None


@dataclass(frozen=True)
class Arrangement:
    """What the trainings of one submission share: data, time limit, and how many run at once."""

    data: str
    limit: float  # seconds a training may work
    lanes: int  # workers side by side
    together: bool  # all seeds in one worker
    keep: bool  # what each seed has learned is wanted
    helped: bool  # there is a core more for each worker
    check: tuple[CheckRequest, bytes]  # what lets another worker read the submission
    enough: Callable[[Sequence[Epoch]], bool]  # whether a training with these needs no other beside


def train_all(
    first: WorkerProcess, trainings: list[Training], arrangement: Arrangement
) -> Iterator[Told]:
    """Train them all and yield what the workers tell; stop them when nobody reads any more."""
    missing = [training for training in trainings if training.recorded is None]
    if not missing:
        return
    # A turn is what one worker trains in one go.
    turns = deque([missing] if arrangement.together else [[training] for training in missing])
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
                lane.stop()
            for lane in lanes:
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
            case RunStarted(run):
                trainings[run].epochs.clear()  # those of a first try that got stuck
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
            case EngineChosen() | StepDone() | RunLearned():
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
        self.stopped = False
        self.changing = threading.Lock()  # the worker, or whether it has been stopped

    def stop(self) -> None:
        """Kill the worker, and start no other."""
        with self.changing:
            self.stopped = True
            if self.is_alive():
                self.worker.kill()

    def run(self) -> None:
        """Take turns until none is left or something goes wrong."""
        with ExitStack() as renewed:
            while True:
                try:
                    turn = self.turns.popleft()  # safe from several threads
                except IndexError:
                    self.queue.put(LaneIdle())
                    return
                if self.take(turn, renewed) != "done":
                    return

    def take(self, turn: list[Training], renewed: ExitStack) -> End:
        """Train one turn, again with another worker where the first one gets stuck."""
        end: End = "stuck"
        for number in range(TRIES):
            if number > 0 and not self.renew(renewed):
                return "ended"
            end = self.read() if self.fresh else "done"
            self.fresh = False
            if end == "done":
                end = self.train(turn)
            if end != "stuck":
                return end
        self.queue.put(Fault(self.worker.ending("training")))
        return end

    def renew(self, renewed: ExitStack) -> bool:
        """Put another worker in the place of one that was killed, unless nobody wants it."""
        with self.changing:
            if not self.stopped:
                self.worker = renewed.enter_context(WorkerProcess())
                self.fresh = True
            return not self.stopped

    def read(self) -> End:
        """Send this worker the first one's CheckRequest. It checks again, and nobody reports it."""
        request, captured = self.arrangement.check
        self.worker.ask(request, captured, seconds=backstop(request.most_seconds))
        if any(isinstance(event, ChecksDone) for event in self.worker.checking()):
            return "done"
        return self.silent("checking")

    def silent(self, doing: str) -> End:
        """Tell of a worker that fell silent, unless it was killed for that and may try again."""
        if self.worker.timed_out:
            return "stuck"
        self.queue.put(Fault(self.worker.ending(doing)))
        return "ended"

    def train(self, turn: list[Training]) -> End:
        """Train one turn's seeds; say whether the worker can take another turn."""
        seeds = tuple((training.run, training.seed) for training in turn)
        arrangement, limit = self.arrangement, self.arrangement.limit
        request = TrainRequest(seeds, arrangement.data, limit, arrangement.keep, arrangement.helped)
        self.worker.ask(request, seconds=PREPARATION_SECONDS)
        for training in turn:
            self.queue.put(RunStarted(training.run, training.seed))
        epochs: dict[int, list[Epoch]] = defaultdict(list)
        for event in self.worker.training():
            match event:
                case TurnDone():
                    self.worker.limit(None)
                    return "done"
                case TrainingStarted():
                    # A turn's seeds train together, so each takes as many times longer.
                    self.worker.limit(backstop(limit * len(turn)))
                case TimeUp():
                    for training in turn:
                        training.late = not training.done
                    self.queue.put(event)
                    return "ended"
                case Fault() | TrainingRefused():
                    self.queue.put(event)
                    return "ended"
                case EpochDone(run, epoch):
                    epochs[run].append(epoch)
                case RunDone(run):
                    # Here, and not where all lanes are collected: this one's next turn is near.
                    if self.arrangement.enough(epochs[run]):
                        self.turns.clear()
                case EngineChosen() | StepDone() | RunLearned():
                    pass
                case _ as never:
                    assert_never(never)
            self.queue.put(event)
        return self.silent("training")
