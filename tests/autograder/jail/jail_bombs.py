"""Ways to use too much, or to end badly: each for a child of its own. The request names the one."""

import ctypes
import errno
import mmap
import os
import signal
import sys
import threading
import time


def endless_loop() -> None:
    while True:
        pass


def burn_cpu_and_ignore_the_warning() -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    endless_loop()


def stop_oneself() -> None:
    signal.raise_signal(signal.SIGSTOP)


def sleep() -> None:
    time.sleep(60)


def memory_bomb() -> bytes:
    return b"".join(bytearray(64 << 20) for _ in range(1000))


def thread_bomb() -> None:
    for _ in range(100_000):
        try:
            threading.Thread(target=sleep, daemon=True).start()
        except RuntimeError:
            time.sleep(0.01)


def print_bomb() -> bytes:
    for _ in range(200):
        sys.stdout.write("x" * (1 << 20))
    os.write(2, b"the end")
    return b"printed"


def result_bomb() -> bytes:
    return bytes(64 << 20)


def result_bomb_by_hand() -> None:
    while True:
        os.write(3, bytes(1 << 20))


def descriptor_bomb() -> bytes:
    opened = 0
    try:
        while True:
            os.open("/dev/null", os.O_RDONLY)
            opened += 1
    except OSError as error:
        return f"{errno.errorcode[int(error.errno or 0)]} after {opened}".encode()


def print_a_terminal_escape() -> bytes:
    print("\x1b[2J\x1b[31mpassed\r\n\tand \x9b1m\x00so on é")
    return b""


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(9)


def close_everything() -> None:
    os.closerange(0, 16)
    sleep()


def raise_an_error() -> None:
    raise LookupError("not here")


def _machine_code(code: bytes) -> int:
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    result: int = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return result


def call_as_32_bit_code() -> None:
    # mov eax, 20 (getpid there, writev here); int 0x80; ret
    _machine_code(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")


def call_as_x32() -> None:
    ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))


def main(request: bytes) -> bytes:
    return globals()[request.decode()]() or b""


if __name__ == "__main__":  # the control: one of them with no jail around it
    globals()[sys.argv[1]]()
