"""The machine: which device trains, how it is named, how many threads it gets."""

import os
import platform
import re
import sys
from pathlib import Path

import torch

from autograder.children import cores as cores
from course.errors import MachineError
from course.validators import counted

LARGE = 10**9  # multiply-adds in a step: the stock network's are 10 times as many
SPARE = 2 << 30  # bytes beside a training's own: the digits, copies of the weights, what is lost

# What torch's libraries say where memory is refused; only one of them has a class for it.
NO_MEMORY = re.compile(r"can't allocate memory|out of memory|bad_alloc|could not create a memory")


class DeviceError(MachineError):
    """The device that was asked for is not there."""


def pick_device(wanted: str = "auto") -> torch.device:
    """Return the device to train on; `auto` takes a GPU where there is one."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(wanted)
    # torch accepts any number of a GPU here and complains only when it is first used.
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        found = torch.cuda.device_count() or "none"
        raise DeviceError(f"expected a GPU for --device {wanted}, found {found}; use --device cpu")
    return device


def device_name(device: torch.device, bfloat16: bool = False) -> str:
    """Name a device so that a record says where its numbers come from."""
    rounding = ", bfloat16" * bfloat16
    if device.type == "cuda":
        return torch.cuda.get_device_name(device) + rounding
    threads = torch.get_num_threads()
    return f"{processor()}, {counted(threads, 'thread')}{rounding}"


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

    As many as have a core for each of their threads.
    """
    return max(1, min(seeds, cores() // (threads or sensible_threads(work))))


def sensible_threads(work: int) -> int:
    """Return how many threads a step of `work` multiply-adds is split over, on every machine.

    How many there are decides in which order sums are added, so it must not depend on the cores:
    the same submission gives the same numbers on two of them and on twenty. Threads wait for each
    other at every split, and whatever else runs keeps one of them waiting. Measured on two cores:
    of a small network, two threads gain a fifth where nothing else runs, and take four times as
    long as one beside a busy loop; of the stock network they halve the step, and take at worst
    twice as long where two busy loops run beside. Where a core is free, a second thread may help
    a small network with whatever splits no sum (course/training/helper.py).
    """
    return 2 if work > LARGE else 1


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


# ---- memory -------------------------------------------------------------------------------------

_limited = False  # whether this process may use less memory than there is


def limit_memory(device: torch.device, gigabytes: float, trainings: int) -> None:
    """Let this process take so much memory for each of its trainings, and no more.

    So a network that needs more fails by itself, and takes down nothing else on the machine.
    """
    global _limited
    own = int(gigabytes * 2**30)
    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
        share = min(1.0, trainings * (own + SPARE) / total)
        torch.cuda.set_per_process_memory_fraction(share, device)
        _limited = share < 1
    elif sys.platform == "linux":
        import resource

        # Of data, not of addresses: torch's build for CUDA maps gigabytes that it never touches.
        limit, (_, hard) = data_bytes() + own + SPARE, resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
        _limited = True


def data_bytes() -> int:
    """Return how much memory for data this process has by now, torch's own among it."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"^VmData:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def ran_out(error: BaseException) -> bool:
    """Return whether an error says that there was no memory left."""
    return isinstance(error, MemoryError) or bool(NO_MEMORY.search(str(error)))


def memory_is_limited() -> bool:
    """Return whether memory that is refused is refused by our limit, and not by the machine.

    Linux itself refuses nothing: it promises more than it has, and kills where that was too much.
    """
    return _limited
