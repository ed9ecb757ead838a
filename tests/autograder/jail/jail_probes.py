"""What a hostile submission would try. Runs inside the jail, and unlocked as a control.

Each probe is a function that returns when its attack works and raises where it is denied. `main`
runs those that the request names. The attacks that work do no harm: signal 0 to a victim process,
a mount that is undone, an attach that stops nobody. One file, since the jail shows the child no
file beside it; what only ends the child is in jail_bombs.py.
"""

# The plain calls of `os` are what is probed.
# ruff: noqa: PTH101, PTH102, PTH104, PTH108, PTH115, PTH118, PTH208, PTH211

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Probe = Callable[[], object]
PROBES: dict[str, Probe] = {}
# What the test hands to the probes: a victim process, an address in it, a folder, a secret.
told: dict[str, Any] = {}

X86 = os.uname().machine == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def probe(function: Probe) -> Probe:
    PROBES[function.__name__] = function
    return function


def call(x86: int, arm: int, *arguments: Any) -> int:
    """Make a raw system call, as C code would, past every check of Python's."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = libc.syscall(ctypes.c_long(x86 if X86 else arm), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), "denied")
    return result


def path(name: str) -> str:
    return os.path.join(told["folder"], name)


# --- Files ---------------------------------------------------------------------------------


@probe
def read_passwd() -> None:
    Path("/etc/passwd").read_bytes()


@probe
def read_a_secret_at_home() -> None:
    Path(path("secret")).read_bytes()


@probe
def list_a_home() -> None:
    os.listdir(told["folder"])


@probe
def list_the_root() -> None:
    os.listdir("/")


@probe
def list_the_project() -> None:
    os.listdir(told["project"])


@probe
def read_a_file_beside_the_packages() -> None:
    Path(told["project"], "pyproject.toml").read_bytes()


@probe
def read_the_tests_beside_this_file() -> None:
    Path(__file__).with_name("test_jail.py").read_bytes()


@probe
def read_through_an_o_path_descriptor() -> None:
    fd = os.open(told["folder"], os.O_PATH)
    os.close(os.open("secret", os.O_RDONLY, dir_fd=fd))


@probe
def read_through_own_root() -> None:
    Path(f"/proc/self/root{path('secret')}").read_bytes()


@probe
def write_a_file() -> None:
    Path(path("written")).write_bytes(b"x")


@probe
def write_to_tmp() -> None:
    name = f"/tmp/jail-probe-{os.getpid()}"
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600))
    os.unlink(name)


@probe
def open_for_writing_what_may_be_read() -> None:
    os.close(os.open("/dev/null", os.O_RDWR))


@probe
def truncate_by_opening() -> None:
    os.close(os.open(path("truncated"), os.O_RDONLY | os.O_TRUNC))


@probe
def nameless_file() -> None:
    os.close(os.open(told["folder"], os.O_TMPFILE | os.O_WRONLY, 0o600))


@probe
def truncate() -> None:
    os.truncate(path("truncated"), 0)


@probe
def unlink() -> None:
    os.unlink(path("unlinked"))


@probe
def rename() -> None:
    os.rename(path("renamed"), path("renamed-away"))


@probe
def chmod() -> None:
    os.chmod(path("mode"), 0o644)


@probe
def chown() -> None:
    os.chown(path("mode"), os.getuid(), os.getgid())


@probe
def touch() -> None:
    os.utime(path("mode"))


@probe
def make_folder() -> None:
    os.mkdir(path("made"))


@probe
def symlink() -> None:
    os.symlink("/etc", path("linked"))


@probe
def link() -> None:
    os.link(path("mode"), path("hard"))


@probe
def make_fifo() -> None:
    os.mkfifo(path("fifo"))


@probe
def watch_files() -> None:
    call(294, 26, 0)  # inotify_init1


@probe
def change_folder() -> None:
    os.chdir("/")


@probe
def change_root() -> None:
    call(161, 51, b"/\0")


@probe
def mount() -> None:
    place = path("mounted").encode()
    call(165, 40, b"none", place, b"tmpfs", 0, 0)
    call(166, 39, place, 0)


# --- Other processes -------------------------------------------------------------------------


@probe
def read_the_victims_environment() -> None:
    Path(f"/proc/{told['victim']}/environ").read_bytes()


@probe
def read_the_victims_command() -> None:
    Path(f"/proc/{told['victim']}/cmdline").read_bytes()


@probe
def open_the_victims_memory() -> None:
    os.close(os.open(f"/proc/{told['victim']}/mem", os.O_RDONLY))


@probe
def read_the_parents_environment() -> None:
    Path(f"/proc/{os.getppid()}/environ").read_bytes()


@probe
def open_the_parents_memory() -> None:
    os.close(os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY))


@probe
def follow_the_victims_folder() -> None:
    os.readlink(f"/proc/{told['victim']}/cwd")


@probe
def open_the_victims_pipes() -> None:
    os.close(os.open(f"/proc/{told['victim']}/fd/0", os.O_RDONLY))


def _vectors() -> tuple[Any, Any]:
    mine = ctypes.create_string_buffer(8)
    return (
        ctypes.create_string_buffer(struct.pack("QQ", ctypes.addressof(mine), 8), 16),
        ctypes.create_string_buffer(struct.pack("QQ", told["address"], 8), 16),
    )


@probe
def process_vm_readv() -> None:
    mine, theirs = _vectors()
    call(310, 270, told["victim"], mine, 1, theirs, 1, 0)


@probe
def process_vm_writev() -> None:
    mine, theirs = _vectors()
    call(311, 271, told["victim"], mine, 0, theirs, 0, 0)


@probe
def ptrace_seize() -> None:
    call(101, 117, 0x4206, told["victim"], 0, 0)


@probe
def signal_the_parent() -> None:
    os.kill(os.getppid(), 0)


@probe
def kill_the_victim() -> None:
    os.kill(told["victim"], signal.SIGCONT)


@probe
def kill_its_group() -> None:
    os.killpg(os.getpgid(0), 0)


@probe
def kill_a_thread_of_the_victim() -> None:
    call(234, 131, told["victim"], told["victim"], 0)  # tgkill


@probe
def tkill() -> None:
    call(200, 130, told["victim"], 0)


@probe
def queue_a_signal() -> None:
    information = ctypes.create_string_buffer(struct.pack("iii", signal.SIGCONT, 0, -1), 128)
    call(129, 138, told["victim"], signal.SIGCONT, information)


@probe
def signal_by_file_owner() -> None:
    call(72, 25, 1, 8, told["victim"])  # F_SETOWN: who gets SIGIO for this pipe
    call(72, 25, 1, 8, 0)


@probe
def choose_the_signal_of_a_file() -> None:
    call(72, 25, 1, 10, 0)  # F_SETSIG


@probe
def pidfd_open() -> None:
    os.close(call(434, 434, told["victim"], 0))


@probe
def pidfd_send_signal() -> None:
    pidfd = call(434, 434, told["victim"], 0)
    call(424, 424, pidfd, 0, 0, 0)


@probe
def prlimit_on_the_victim() -> None:
    call(302, 261, told["victim"], 7, 0, ctypes.create_string_buffer(16))


@probe
def prlimit_on_the_parent() -> None:
    call(302, 261, os.getppid(), 7, 0, ctypes.create_string_buffer(16))


@probe
def change_own_limit() -> None:
    current = ctypes.create_string_buffer(16)
    call(302, 261, 0, 7, 0, current)
    call(302, 261, 0, 7, current, 0)


@probe
def slow_the_victim_down() -> None:
    call(141, 140, 0, told["victim"], 1)  # setpriority


@probe
def pin_the_victim() -> None:
    mask = ctypes.create_string_buffer(128)
    size = call(204, 123, told["victim"], 128, mask)
    call(203, 122, told["victim"], size, mask)


@probe
def compare_with_the_victim() -> None:
    call(312, 272, os.getpid(), told["victim"], 1, 0, 0)  # kcmp


# --- New processes ---------------------------------------------------------------------------


def _child_ends(pid: int) -> None:
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


@probe
def fork() -> None:
    _child_ends(os.fork())


@probe
def raw_clone() -> None:
    _child_ends(call(56, 220, signal.SIGCHLD, 0, 0, 0, 0))


@probe
def clone_shared_files() -> None:
    _child_ends(call(56, 220, 0x600 | signal.SIGCHLD, 0, 0, 0, 0))  # as a thread, but no thread


@probe
def clone_under_the_grandparent() -> None:
    if call(56, 220, 0x8000 | signal.SIGCHLD, 0, 0, 0, 0) == 0:  # CLONE_PARENT
        os._exit(0)


@probe
def raw_clone3() -> None:
    arguments = ctypes.create_string_buffer(struct.pack("8Q", 0, 0, 0, 0, 17, 0, 0, 0), 64)
    _child_ends(call(435, 435, arguments, 64))


@probe
def run_a_program() -> None:
    subprocess.run(["/bin/true"], check=True)


@probe
def posix_spawn() -> None:
    _child_ends(os.posix_spawn("/bin/true", ["true"], {}))


@probe
def execve_nothing() -> None:
    # Would replace us if it worked, so run what is no program: ENOEXEC says it was looked at.
    try:
        os.execve(told["plain"], ["x"], {})
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise


# --- The network -----------------------------------------------------------------------------


@probe
def internet_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


@probe
def datagram_socket() -> None:
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()


@probe
def unix_socket() -> None:
    socket.socket(socket.AF_UNIX).close()


@probe
def netlink_socket() -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()


@probe
def socket_pair() -> None:
    for end in socket.socketpair():
        end.close()


# --- The kernel ------------------------------------------------------------------------------


@probe
def io_uring() -> None:
    os.close(call(425, 425, 1, ctypes.create_string_buffer(120)))


@probe
def memfd_create() -> None:
    os.close(call(319, 279, b"x\0", 0))


@probe
def user_namespace() -> None:
    call(272, 97, 0x10000000)  # unshare(CLONE_NEWUSER)


@probe
def enter_a_namespace() -> None:
    fd = os.open("/proc/self/ns/uts", os.O_RDONLY)  # Landlock has no say over these files
    call(308, 268, fd, 0)


@probe
def setns_itself() -> None:
    try:
        call(308, 268, 0, 0)  # stdin is no namespace: EINVAL says it was looked at
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):
            raise


@probe
def add_a_key() -> None:
    call(248, 217, b"user\0", b"jail-probe\0", b"x", 1, -2)


@probe
def keyctl() -> None:
    call(250, 219, 0, -3, 1)


@probe
def bpf() -> None:
    attributes = ctypes.create_string_buffer(struct.pack("IIIII", 2, 4, 4, 1, 0), 128)
    os.close(call(321, 280, 0, attributes, 128))  # an array map


@probe
def perf_event() -> None:
    attributes = ctypes.create_string_buffer(struct.pack("IIQ", 1, 128, 0), 128)
    os.close(call(298, 241, attributes, 0, -1, -1, 0))


@probe
def userfaultfd() -> None:
    os.close(call(323, 282, 1))


@probe
def shared_memory() -> None:
    call(31, 195, call(29, 194, 0, 4096, 0o600), 0, 0)  # shmget, then remove it


@probe
def message_queue() -> None:
    call(71, 187, call(68, 186, 0, 0o600), 0, 0)  # msgget, then remove it


@probe
def become_oneself() -> None:
    os.setuid(os.getuid())


@probe
def personality() -> None:
    call(135, 92, 0xFFFFFFFF)


@probe
def be_dumpable_again() -> None:
    call(157, 167, 4, 1, 0, 0, 0)


@probe
def outlive_the_parent() -> None:
    call(157, 167, 1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG


@probe
def leave_the_group() -> None:
    try:
        os.setpgid(0, 0)
    except PermissionError:
        if told["control"]:  # a session's leader may not, jail or no jail
            return
        raise


@probe
def type_into_a_terminal() -> None:
    try:
        call(16, 29, 0, 0x5412, b"x")  # TIOCSTI
    except OSError as error:
        if error.errno != errno.ENOTTY:  # a pipe is no terminal, but it was looked at
            raise


@probe
def lock_memory() -> None:
    call(149, 228, ctypes.create_string_buffer(8), 8)


@probe
def drop_pages_of_others() -> None:
    memory = mmap.mmap(-1, 4096)
    vector = ctypes.create_string_buffer(1)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    call(27, 232, address, 4096, vector)  # mincore: what lies in the page cache


@probe
def event_loop() -> None:
    os.close(call(291, 20, 0))  # epoll_create1


@probe
def asynchronous_io() -> None:
    call(206, 0, 1, ctypes.create_string_buffer(8))  # io_setup


@probe
def open_by_handle() -> None:
    try:
        call(304, 265, 0, ctypes.create_string_buffer(136), 0)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF, errno.ESTALE):  # looked at
            raise


# --- Running them ---------------------------------------------------------------------------------


def _outcomes(names: list[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            PROBES[name]()
        except OSError as error:
            found[name] = errno.errorcode.get(int(error.errno or 0), str(error))
        else:
            found[name] = "done"
    return found


def main(request: bytes) -> bytes:
    told.update(json.loads(request))
    answer: dict[str, object] = {
        "modules": list(sys.modules),
        "environment": dict(os.environ),
        "descriptors": [fd for fd in range(256) if _is_open(fd)],
        "first": _outcomes(told["names"]),
    }
    if told.get("thread"):
        worker = threading.Thread(
            target=lambda: answer.update(second=_outcomes(told["names"])), name="second"
        )
        worker.start()
        worker.join()
    return json.dumps(answer).encode()


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


if __name__ == "__main__":  # the control: the same probes with no jail around them
    told.update(json.loads(sys.argv[1]))
    print(json.dumps(_outcomes(told["names"])))
