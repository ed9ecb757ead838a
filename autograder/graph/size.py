"""How many numbers a network stores: the count that every table, check and leaderboard shows.

Stored tensors count number by number. But numbers can also be written into a network's operations:
where slices end, by how much a map is rolled, which of two branches comes first. So the shortest
description of the network, without its tensors, may take some bytes, more than any honest network
needs, and what it takes beyond them counts as numbers too.
"""

import zlib
from dataclasses import dataclass

from autograder.graph.arguments import Argument, Stored, Value
from autograder.graph.canonical import canonical
from autograder.graph.nodes import Graph
from autograder.graph.operations import OPERATIONS

# Bytes that cost nothing, and more for each stored tensor, which has its own layer to describe. The
# longest of 50 networks of a zoo, of the solutions and of 100 unusual honest ones is 274 bytes.
FREE_BYTES, FREE_BYTES_PER_TENSOR = 256, 2
NUMBERS_PER_BYTE = 8  # stored, at least: else tensors of one number each would pay for others
BITS = 6  # of a number: weights rounded to so many read nearly as well as before

CODES = {name: bytes([128 + code]) for code, name in enumerate(sorted(OPERATIONS))}


@dataclass(frozen=True)
class Size:
    """What a network stores, and what it tells in its operations beyond any network's need."""

    stored: int
    written: int

    @property
    def total(self) -> int:
        """The count of its parameters."""
        return self.stored + self.written


def count(graph: Graph) -> int:
    """Count what the network stores: every number once, and what is written into operations."""
    return size_of(graph).total


def size_of(graph: Graph) -> Size:
    """Count the numbers of a network by where they are."""
    stored = graph.stored()
    numbers = sum(tensor.numel() for tensor in stored.values())
    free = FREE_BYTES + min(FREE_BYTES_PER_TENSOR * len(stored), numbers // NUMBERS_PER_BYTE)
    excess = len(described(canonical(graph))) - free
    return Size(numbers, max(0, -(-excess * 8 // BITS)))


def described(graph: Graph) -> bytes:
    """Describe a network's operations as shortly as we can, without its tensors' numbers."""
    text, used = bytearray(), list[str]()
    for made, node in enumerate(graph.nodes, start=1):
        text += CODES[node.operation.name]
        text += b" ".join(token(arg, made, used) for arg in node.args.values())
    # Without a header, whose checksum would look different for every network.
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    return packer.compress(bytes(text)) + packer.flush()


def token(arg: Argument, made: int, used: list[str]) -> bytes:
    """Write an argument: a value by how far back it was made, a tensor by how many came since.

    A tensor that was used before is a choice among all those, and a choice carries information.
    """
    if isinstance(arg, Value):
        back = made - arg.index
        return b"" if back == 1 else b"x" if arg.index == 0 else b"^%d" % back
    if isinstance(arg, Stored):
        since = used[::-1].index(arg.name) if arg.name in used else None
        if since is not None:
            used.remove(arg.name)
        used.append(arg.name)  # the last one used is the last in the list
        return b"s" if since is None else b"S%d" % since
    if isinstance(arg, tuple):
        return b",".join(token(item, made, used) for item in arg)
    short = {None: b"-", True: b"t", False: b"f"}
    # By identity: 1 equals True.
    return next((code for word, code in short.items() if arg is word), str(arg).encode())
