"""What is told while something happens, for any number of listeners, by server-sent events.

    channel = hub.channel("submission 17")
    channel.tell("event", data)                 # from any thread
    async for chunk in listen(channel, "3.14"): # whatever came after the event of that id

Each event has an id, so a line that broke is resumed where it was. A channel keeps what a listener
who comes late needs: all events but steps, of which the last of each kind is enough.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

QUIET = 15.0  # seconds after which a silent line is shown to be alive: proxies cut dead ones


@dataclass(frozen=True)
class Told:
    """One event."""

    number: int
    kind: str
    data: str
    replaces: str = ""  # of two with the same word here, only the later one is kept


class Channel:
    """Events about one thing."""

    def __init__(self, hub: "Hub", epoch: str, most: int | None = None) -> None:
        self.hub, self.epoch, self.most = hub, epoch, most
        self.kept: list[Told] = []
        self.count = 0
        self.over = False
        self.waiting: set[asyncio.Event] = set()

    def tell(self, kind: str, data: str, replaces: str = "") -> None:
        """Tell all who listen, and keep it for those who come."""
        with self.hub.lock:
            self.count += 1
            if replaces:
                self.kept = [one for one in self.kept if one.replaces != replaces]
            self.kept.append(Told(self.count, kind, data, replaces))
            if self.most is not None:
                del self.kept[: -self.most]
        self.wake()

    def end(self) -> None:
        """Let every listener see that nothing more comes."""
        self.over = True
        self.wake()

    def after(self, last: str) -> list[Told]:
        """Return what whoever heard the event of id `last` has not heard."""
        epoch, _, number = last.rpartition(".")
        known = int(number) if epoch == self.epoch and number.isdecimal() else 0
        with self.hub.lock:
            return [one for one in self.kept if one.number > known]

    def name(self, told: Told) -> str:
        """Return the id of an event."""
        return f"{self.epoch}.{told.number}"

    def latest(self) -> str:
        """Return the id of the latest event: whoever reads the database now knows all up to it."""
        return f"{self.epoch}.{self.count}"

    def wake(self) -> None:
        """Wake whoever waits, from whichever thread this is."""
        loop = self.hub.loop
        if loop is not None:
            with suppress(RuntimeError):  # it is closed: the server has ended
                loop.call_soon_threadsafe(self.wake_all)

    def wake_all(self) -> None:
        """Wake whoever waits, in the loop's own thread."""
        for event in self.waiting:
            event.set()


class Hub:
    """Every channel, and how many listen."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.channels: dict[str, Channel] = {}
        self.loop: asyncio.AbstractEventLoop | None = None  # once the server runs
        self.listeners = 0  # also those that wait for a channel to open
        self.closing = False

    def channel(self, name: str, most: int | None = None, epoch: str = "0") -> Channel:
        """Find a channel, or open it; of another `epoch` it is another channel."""
        with self.lock:
            there = self.channels.get(name)
            if there is None or there.epoch != epoch:
                old, there = there, Channel(self, epoch, most)
                self.channels[name] = there
                if old is not None:
                    old.over = True
                    old.wake()
            return there

    def find(self, name: str) -> Channel | None:
        """Return a channel that is open."""
        return self.channels.get(name)

    def close(self, name: str) -> None:
        """End a channel; who listens hears the rest."""
        with self.lock:
            channel = self.channels.pop(name, None)
        if channel is not None:
            channel.end()

    def close_all(self) -> None:
        """End every line: the server stops."""
        self.closing = True
        for name in list(self.channels):
            self.close(name)


async def listen(channel: Channel, last: str) -> AsyncIterator[bytes]:
    """Yield what a channel tells, as lines of an event stream, until it ends."""
    event = asyncio.Event()
    channel.waiting.add(event)
    try:
        while True:
            event.clear()  # before looking: what is told from here on wakes again
            over = channel.over
            told = channel.after(last)
            for one in told:
                last = channel.name(one)
                yield line(one.kind, one.data, last)
            if over:
                return
            if not told:
                try:
                    await asyncio.wait_for(event.wait(), QUIET)
                except TimeoutError:
                    yield b": still here\n\n"
    finally:
        channel.waiting.discard(event)


async def counted(hub: Hub, lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield an event stream, which counts as a listener for as long as it is open."""
    hub.listeners += 1
    try:
        async for one in lines:
            yield one
    finally:
        hub.listeners -= 1


def line(kind: str, data: str, number: str = "") -> bytes:
    """Write one event of a stream; `data` may have several lines."""
    lines = [f"id: {number}"] if number else []
    lines += [f"event: {kind}", *(f"data: {part}" for part in data.split("\n"))]
    return ("\n".join(lines) + "\n\n").encode()
