"""What a confined process can no longer do, tried from inside."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

BACKEND = Path(__file__).resolve().parents[2]

ATTEMPTS = """
import ctypes, errno, json, os, signal, socket, sys, threading
from gallery.media import sandbox
profile, folder = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
present = open(folder + "/present", "w"); present.write("x"); present.close()
parent = os.getppid()
if not getattr(sandbox, "confine_" + profile)():
    os.write(1, b"null"); os._exit(0)

def attempt(action):
    try:
        action()
    except OSError as error:
        return error.errno
    return 0

def start_thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()

def syscall(number):
    def call():
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) == -1:
            raise OSError(ctypes.get_errno(), "")
    return call

def fork():
    if os.fork() == 0:
        os._exit(0)

results = {
    "read": attempt(lambda: os.close(os.open(folder + "/present", os.O_RDONLY))),
    "write": attempt(lambda: os.close(os.open(folder + "/present", os.O_WRONLY))),
    "create": attempt(lambda: os.close(os.open(folder + "/new", os.O_CREAT | os.O_WRONLY))),
    "truncate": attempt(lambda: os.close(os.open(folder + "/present", os.O_RDONLY | os.O_TRUNC))),
    "remove": attempt(lambda: os.unlink(folder + "/present")),
    "rename": attempt(lambda: os.rename(folder + "/present", folder + "/moved")),
    "mode": attempt(lambda: os.chmod(folder + "/present", 0o777)),
    "inet": attempt(lambda: socket.socket(socket.AF_INET)),
    "unix": attempt(lambda: socket.socket(socket.AF_UNIX)),
    "fork": attempt(fork),
    "kill": attempt(lambda: os.kill(parent, 0)),
    "mount": attempt(syscall({"x86_64": 165, "aarch64": 40}[os.uname().machine])),
    "bpf": attempt(syscall({"x86_64": 321, "aarch64": 280}[os.uname().machine])),
    "io_uring": attempt(syscall(425)),
    "thread": attempt(start_thread),
    "memory": attempt(lambda: bytearray(50_000_000)),
    "exec": attempt(lambda: os.execve("/bin/true", ["/bin/true"], {})) if profile == "decoder" else 0,
}
os.write(1, json.dumps(results).encode())
os._exit(0)
"""

DENIED = {errno.EPERM, errno.ENOSYS}


def attempts(profile: str, folder: Path) -> dict[str, int]:
    """What errno every attempt met in a process confined by `profile`; 0 for what worked."""
    command = [sys.executable, "-c", ATTEMPTS, profile, str(folder)]
    done = subprocess.run(command, cwd=BACKEND, stdout=subprocess.PIPE, check=True, timeout=30)
    results: dict[str, int] | None = json.loads(done.stdout)
    if results is None:
        pytest.skip("this kernel accepts no system call filters")
    return results


def test_a_decoder_can_compute_and_nothing_else(tmp_path: Path) -> None:
    results = attempts("decoder", tmp_path)
    may = {"thread", "memory"}
    assert {action for action, code in results.items() if code == 0} == may
    assert {code for action, code in results.items() if action not in may} <= DENIED
    assert (tmp_path / "present").read_text() == "x"


def test_a_program_can_read_files_and_nothing_else(tmp_path: Path) -> None:
    results = attempts("program", tmp_path)
    may = {"read", "thread", "memory", "exec"}
    assert {action for action, code in results.items() if code == 0} == may
    assert {code for action, code in results.items() if action not in may} <= DENIED
    assert (tmp_path / "present").read_text() == "x"
    assert list(tmp_path.iterdir()) == [tmp_path / "present"]


def test_limits_hold() -> None:
    script = (
        "from gallery.media.sandbox import Limits, limit\n"
        "limit(Limits(memory=300 * 1024 * 1024))\n"
        "try:\n bytearray(400 * 1024 * 1024)\nexcept MemoryError:\n print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=BACKEND, capture_output=True, check=True, text=True)
    assert done.stdout == "refused\n"


def test_limits_never_exceed_those_that_hold_already() -> None:
    script = (
        "import resource; from gallery.media.sandbox import Limits, limit\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))\n"
        "limit(Limits(open_files=64)); print(resource.getrlimit(resource.RLIMIT_NOFILE))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=BACKEND, capture_output=True, check=True, text=True)
    assert done.stdout == "(20, 20)\n"
