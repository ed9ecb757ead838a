"""The machine: which device trains, how it is named, how many threads it gets."""

import os
import platform
from pathlib import Path

import torch


class MachineError(Exception):
    """A sentence about something this machine does not have."""


def pick_device(wanted: str = "auto") -> torch.device:
    """Return the device to train on; `auto` takes a GPU where there is one."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(wanted)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        found = torch.cuda.device_count()
        raise MachineError(f"expected a GPU for --device {wanted}, found {found}; use --device cpu")
    return device


def describe(device: torch.device) -> str:
    """Name a device so that a record says where its numbers come from."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"{processor()}, {threads} thread{'s' * (threads > 1)}"


def processor() -> str:
    """Name the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    except OSError:
        pass
    return platform.processor() or platform.machine()


def sensible_threads(work: int) -> int:
    """Return how many threads a step of so many multiply-adds is best split over.

    Measured on two cores: a step of a small network takes ten milliseconds on one thread and more
    on two, which wait for each other after every layer; the stock network's is twice as fast.
    """
    return cores() if work > 1e9 else 1


def cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
