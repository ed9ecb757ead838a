"""The machine: which device trains, how it is named, how many threads it gets."""

import os
import platform
from pathlib import Path

import torch

from course.errors import MachineError

LARGE = 10**9  # multiply-adds in a step: the stock network's are 10 times as many


class DeviceError(MachineError):
    """The device that was asked for is not there."""


def pick_device(wanted: str = "auto") -> torch.device:
    """Return the device to train on; `auto` takes a GPU where there is one."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(wanted)
    # torch accepts any number of a GPU here and complains only when it is first used.
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        found = torch.cuda.device_count()
        raise DeviceError(f"expected a GPU for --device {wanted}, found {found}; use --device cpu")
    return device


def device_name(device: torch.device, bfloat16: bool = False) -> str:
    """Name a device so that a record says where its numbers come from."""
    rounding = ", bfloat16" * bfloat16
    if device.type == "cuda":
        return torch.cuda.get_device_name(device) + rounding
    threads = torch.get_num_threads()
    return f"{processor()}, {threads} thread{'s' * (threads > 1)}{rounding}"


def processor() -> str:
    """Name the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    except OSError:
        pass
    return platform.processor() or platform.machine()


def instruction_set() -> str:
    """Name the widest vector instructions that torch computes with here, such as "AVX512".

    Sums are made in another order with wider vectors, so numbers repeat bit for bit on processors
    of one such kind. Both of torch's libraries can be told to use less than the processor has.
    """
    name: str = torch.backends.cpu.get_cpu_capability()
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA", "")
    return f"{name}, oneDNN at most {limit}" if limit else name


def side_by_side(work: int, seeds: int, threads: int = 0) -> int:
    """Return how many trainings are best run at once, each in a process of its own.

    Small ones one to a core, or to `threads` of them; a large one takes every core by itself.
    """
    if work > LARGE:
        return 1  # its step alone keeps every core busy
    return max(1, min(seeds, cores() // max(1, threads)))


def sensible_threads(work: int, lanes: int = 1) -> int:
    """Return how many threads a step of `work` multiply-adds is best split over.

    Measured on two cores: with two threads a small network's step takes two thirds of the time,
    a large one's half. Trainings side by side gain more, since they never wait for each other.
    """
    each = max(1, cores() // lanes)
    # A small step is split over two threads at most: more of them would mostly wait.
    return each if work > LARGE else min(2, each)


def sensible_bfloat16(work: int, device: torch.device) -> bool:
    """Return whether rounding to bfloat16 pays: for a large step on a device made for it.

    Measured: the stock network's step takes 0.6 of the time, that of one under 20,000 parameters
    0.9, which is not worth other numbers than a machine without it has.
    """
    if work <= LARGE:
        return False
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)  # Ampere, the first that can
    return {"avx512_bf16", "amx_bf16", "bf16"} & processor_flags() != set()


def processor_flags() -> set[str]:
    """Name what the processor can do, where the system says so."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return {
        flag
        for line in lines
        if line.startswith(("flags", "Features"))  # on x86-64, on ARM
        for flag in line.partition(":")[2].split()
    }


def cores() -> int:
    """Count the cores this process may use."""
    # A container or `taskset` may allow fewer than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
