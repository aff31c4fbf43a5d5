"""What a process that touches strangers' bytes may still do: limits, no new rights, and few system calls.

Two profiles. A decoding child is forked with its input and its output already open, so it needs no file
system, no network and no other program: `confine_decoder` leaves it a list of allowed calls. A program
(ExifTool, ffmpeg) has to be loaded and to open what it reads: `confine_program` takes away the network,
writing, other processes and the kernel's rarer doors.

Filters are classic BPF over `struct seccomp_data` (seccomp(2)); system call numbers are those of the
kernel's tables.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one process; None leaves a resource alone."""

    memory: int | None = 768 * MEGABYTE
    cpu_seconds: int | None = 20
    file_bytes: int | None = 16 * MEGABYTE
    open_files: int | None = 64


def limit(limits: Limits) -> None:
    """Applies `limits` to this process. Nothing it does can raise them again."""
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        if value is not None:
            _, hard = resource.getrlimit(kind)
            bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (bound, bound))


_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """This process is killed when its parent dies of whatever; `parent` closes the race at start."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, value: int, pointer: int = 0) -> None:
    arguments = (ctypes.c_ulong(value), ctypes.c_ulong(pointer), ctypes.c_ulong(0), ctypes.c_ulong(0))
    if _libc.prctl(option, *arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


# --- seccomp ----------------------------------------------------------------------------------------------

# Name: number on x86-64, number on aarch64 (None: the call does not exist there).
_CALLS: Final[dict[str, tuple[int, int | None]]] = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "fstat": (5, 80),
    "poll": (7, None), "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215),
    "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66),
    "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "nanosleep": (35, 101),
    "getpid": (39, 172), "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "sendto": (44, 206),
    "sendmsg": (46, 211), "bind": (49, 200), "listen": (50, 201), "socketpair": (53, 199), "clone": (56, 220),
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "exit": (60, 93), "kill": (62, 129),
    "uname": (63, 160), "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None),
    "link": (86, None), "unlink": (87, None), "symlink": (88, None), "chmod": (90, None), "fchmod": (91, 52),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "getrlimit": (97, 163),
    "getrusage": (98, 165), "sysinfo": (99, 179), "times": (100, 153), "ptrace": (101, 117),
    "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175), "getegid": (108, 177),
    "sigaltstack": (131, 132), "mknod": (133, None), "personality": (135, 92), "pivot_root": (155, 41),
    "chroot": (161, 51), "mount": (165, 40), "umount2": (166, 39), "swapon": (167, 224), "reboot": (169, 142),
    "init_module": (175, 105), "delete_module": (176, 106), "gettid": (186, 178), "tkill": (200, 130),
    "futex": (202, 98), "sched_getaffinity": (204, 123), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "exit_group": (231, 94), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "openat": (257, 56), "mkdirat": (258, 34),
    "mknodat": (259, 33), "fchownat": (260, 54), "unlinkat": (263, 35), "renameat": (264, 38),
    "linkat": (265, 37), "symlinkat": (266, 36), "fchmodat": (268, 53), "ppoll": (271, 73),
    "unshare": (272, 97), "set_robust_list": (273, 99), "vmsplice": (278, 75), "accept4": (288, 242),
    "eventfd2": (290, 19), "perf_event_open": (298, 241), "open_by_handle_at": (304, 265),
    "setns": (308, 268), "getcpu": (309, 168), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "finit_module": (313, 273), "sched_getattr": (315, 275),
    "renameat2": (316, 276), "getrandom": (318, 278), "kexec_file_load": (320, 294), "bpf": (321, 280),
    "execveat": (322, 281), "userfaultfd": (323, 282), "membarrier": (324, 283), "rseq": (334, 293),
    "pidfd_send_signal": (424, 424), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsmount": (432, 432), "pidfd_open": (434, 434), "clone3": (435, 435), "openat2": (437, 437),
    "pidfd_getfd": (438, 438),
    "fchmodat2": (452, 452),
}  # fmt: skip

_DECODER_MAY: Final = (
    "read", "write", "close", "fstat", "poll", "ppoll", "lseek", "mmap", "mprotect", "munmap", "brk",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "pread64", "pwrite64", "readv", "writev", "sched_yield",
    "mremap", "madvise", "nanosleep", "getpid", "exit", "uname", "getrusage", "sysinfo", "times", "getuid",
    "getgid", "geteuid", "getegid", "getrlimit", "sigaltstack", "gettid", "futex", "sched_getaffinity",
    "clock_gettime", "clock_getres", "clock_nanosleep", "exit_group", "set_robust_list", "eventfd2", "getcpu",
    "sched_getattr", "getrandom", "membarrier", "rseq",
)  # fmt: skip

_PROGRAM_MAY_NOT: Final = (
    "socket", "connect", "accept", "accept4", "bind", "listen", "socketpair", "sendto", "sendmsg", "ptrace",
    "fork", "vfork", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "creat", "link",
    "linkat", "unlink", "unlinkat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "fchmodat2",
    "chown", "fchown", "fchownat", "lchown", "mknod", "mknodat", "kill", "tkill", "personality", "pivot_root",
    "chroot", "mount", "umount2", "swapon", "reboot", "init_module", "delete_module", "finit_module",
    "kexec_file_load", "add_key", "request_key", "keyctl", "unshare", "setns", "vmsplice", "perf_event_open",
    "open_by_handle_at", "process_vm_readv", "process_vm_writev", "bpf", "execveat", "userfaultfd",
    "pidfd_send_signal", "pidfd_open", "pidfd_getfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "open_tree", "move_mount", "fsopen", "fsmount", "openat2",
)  # fmt: skip

_ARCHITECTURES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_DENY = 0x00050000 | errno.EPERM
_ABSENT = 0x00050000 | errno.ENOSYS
_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def confine_decoder() -> bool:
    """Leaves this process the calls that computing needs; False where the kernel refuses filters.

    What is not on the list answers ENOSYS, for which libraries have a way round; opening, connecting and
    starting anything answers EPERM.
    """
    return _install(_decoder_filter)


def confine_program() -> bool:
    """Takes network, writing and other processes from this process; False where refused."""
    return _install(_program_filter)


class _Filter:
    """A filter under construction: each rule compares, returns on a match and falls through otherwise."""

    def __init__(self, column: int, architecture: int) -> None:
        self._column = column
        self._code = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL)]
        self._code.append((_LOAD, 0, 0, _NUMBER))
        if column == 0:
            self._code += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]

    def numbers(self, names: Iterable[str]) -> list[int]:
        found = (_CALLS[name][self._column] for name in names)
        return [number for number in found if number is not None]

    def answer(self, names: Iterable[str], verdict: int) -> None:
        """The calls named get `verdict`."""
        for number in self.numbers(names):
            self._code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, verdict)]

    def answer_by_bit(self, name: str, argument: int, bits: int, if_any: int, if_none: int) -> None:
        """The call named gets one of two verdicts, by whether its argument has any of `bits`."""
        for number in self.numbers([name]):
            self._code += [
                (_EQUAL, 0, 4, number),
                (_LOAD, 0, 0, 16 + 8 * argument),
                (_ANY_BIT, 0, 1, bits),
                (_RETURN, 0, 0, if_any),
                (_RETURN, 0, 0, if_none),
            ]

    def finish(self, verdict: int) -> bytes:
        self._code.append((_RETURN, 0, 0, verdict))
        return b"".join(struct.pack("=HBBI", *instruction) for instruction in self._code)


def _decoder_filter(column: int, architecture: int) -> bytes:
    rules = _Filter(column, architecture)
    rules.answer(_DECODER_MAY, _ALLOW)
    rules.answer_by_bit("clone", 0, _CLONE_THREAD, if_any=_ALLOW, if_none=_DENY)
    rules.answer(
        ["open", "openat", "openat2", "execve", "execveat", "socket", "connect", "fork", "vfork", "kill"],
        _DENY,
    )
    return rules.finish(_ABSENT)


def _program_filter(column: int, architecture: int) -> bytes:
    rules = _Filter(column, architecture)
    rules.answer_by_bit("open", 1, _WRITING, if_any=_DENY, if_none=_ALLOW)
    rules.answer_by_bit("openat", 2, _WRITING, if_any=_DENY, if_none=_ALLOW)
    rules.answer_by_bit("clone", 0, _CLONE_THREAD, if_any=_ALLOW, if_none=_DENY)
    # The flags of clone3 lie behind a pointer that a filter cannot follow; without it, the C library uses
    # clone.
    rules.answer(["clone3"], _ABSENT)
    rules.answer(_PROGRAM_MAY_NOT, _DENY)
    return rules.finish(_ALLOW)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _install(build: Callable[[int, int], bytes]) -> bool:
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return False
    architecture, column = known
    code = build(column, architecture)
    program = _Program(len(code) // 8, code)
    try:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))
    except OSError:
        return False
    return True
