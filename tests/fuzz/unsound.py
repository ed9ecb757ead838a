"""Answers that are no network: bytes flipped, JSON bent, tensors of another kind.

spoilt(draft, chance)      # bytes
"""

import json
import random
import struct
from collections.abc import Callable
from typing import Any

import torch
from safetensors.torch import save

from tests.fuzz.draft import Draft

NASTY: list[Any] = [
    *(None, True, False, -1, 0, 2**31, 2**63, -(2**63), 10**400, 0.5, 1e308, float("nan")),
    *(float("inf"), "", "N", "same", "x" * 10_000, "\x1b[31m", "\ud800", [], {}, [[]], [None]),
    *({"value": 0}, {"value": -1}, {"value": 10**5}, {"tensor": "none"}, {"tensor": 5}),
    *({"value": True}, {"value": 1, "tensor": "x"}, [1] * 5_000, {"op": "conv2d", "args": {}}),
]


def everywhere(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the way to everything in a document."""
    keys = raw.items() if isinstance(raw, dict) else enumerate(raw)
    found: list[tuple[Any, ...]] = []
    for key, inner in keys:
        found.append((*path, key))
        if isinstance(inner, dict | list):
            found += everywhere(inner, (*path, key))
    return found


def bent(draft: Draft, chance: random.Random) -> bytes:
    """Anything in the document becomes anything, is gone, or stands there twice."""
    draft = draft.copy()
    for _ in range(chance.randrange(1, 4)):
        *way, key = chance.choice(everywhere(draft.document) or [("nodes",)])
        holder: Any = draft.document
        for step in way:
            holder = holder[step]
        match chance.randrange(4):
            case 0 if isinstance(holder, list):
                holder.insert(key, holder[key])
            case 1:
                del holder[key]
            case _:
                holder[key] = chance.choice(NASTY)
    return draft.pack()


def flipped(draft: Draft, chance: random.Random) -> bytes:
    """Some bytes of the file, or its length, are others."""
    data = bytearray(draft.pack())
    header = 8 + int.from_bytes(data[:8], "little")
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(chance.choice([header, len(data)]))] = chance.randrange(256)
    return bytes(data)


def cut(draft: Draft, chance: random.Random) -> bytes:
    """A part of the file, or the file and more."""
    data = draft.pack()
    end = chance.randrange(len(data))
    return chance.choice([data[:end], data + data[:end], data[end:], data + b"\0" * 9])


def header(draft: Draft, chance: random.Random) -> bytes:
    """A header that says something else of the tensors than the bytes behind it."""
    data = draft.pack()
    size = int.from_bytes(data[:8], "little")
    told = json.loads(data[8 : 8 + size])
    entries = [key for key in told if key != "__metadata__"]
    if entries:
        entry = told[chance.choice(entries)]
        entry[chance.choice(list(entry))] = chance.choice(
            [[0, 4], [4, 0], [0, 2**62], [-1, 4], "F64", "BF16", "I8", "F4", [2**40], [0], [], 7]
        )
    else:
        told["x"] = {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}
    text = json.dumps(told).encode()
    return struct.pack("<Q", chance.choice([len(text), size, 0, 2**63])) + text + data[8 + size :]


def retyped(draft: Draft, chance: random.Random) -> bytes:
    """Tensors of other numbers, of none, of too many axes, or not finite."""
    draft = draft.copy()
    for name in [n for n in draft.tensors if chance.random() < 0.5] or list(draft.tensors)[:1]:
        numbers = draft.tensors[name]
        kinds = (torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool, torch.uint8)
        draft.tensors[name] = chance.choice(
            [
                numbers.to(chance.choice(kinds)),
                numbers.new_zeros(0, *numbers.shape),
                numbers.reshape(*[1] * (7 - numbers.dim()), *numbers.shape),
                torch.full_like(numbers, chance.choice([float("nan"), float("inf")])),
                numbers.flatten(),
            ]
        )
    return draft.pack()


def told(draft: Draft, chance: random.Random) -> bytes:
    """A problem instead of a network, or beside it."""
    words = chance.choice(["{", "[]", "[" * 5_000, '{"check": []}', json.dumps({"message": "\0"})])
    document = json.dumps(draft.document)
    return save({}, chance.choice([{"problem": words}, {"problem": words, "submission": document}]))


WAYS: list[Callable[[Draft, random.Random], bytes]] = [bent, bent, bent, flipped, cut, header]
WAYS += [retyped, told]


def spoilt(draft: Draft, chance: random.Random) -> bytes:
    """Return the bytes of an answer that was spoilt in one way."""
    return chance.choice(WAYS)(draft, chance)
