"""Faults at the border to the kernel: strace attached to a running gallery (strace(1), "Tampering")."""

import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@functools.cache
def why_not() -> str | None:
    """Why strace cannot be used here; None when it can."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "strace is not installed"
    probe = subprocess.run(
        ["strace", "-o", os.devnull, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true"],
        capture_output=True,
        check=False,
    )
    return None if probe.returncode == 0 else "tracing processes is not allowed here"


needs_strace = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")


@contextmanager
def injected(
    pid: int, calls: str, effect: str, *, when: str = "1+", path: Path | None = None, threads: bool = True
) -> Iterator[None]:
    """Lets system calls of a process fail, or kill it, while the block runs.

    `effect` is strace's: `error=EIO`, `signal=KILL`. `when` counts for each thread. Without `threads` only the
    thread of the event loop is touched.
    """
    options = ["-e", f"trace={calls}", "-e", f"inject={calls}:{effect}:when={when}"]
    if path is not None:
        options += ["-P", str(path)]
    with _attached(pid, [*options, "-o", os.devnull], threads=threads):
        yield


@contextmanager
def recorded(pid: int, calls: str, into: Path) -> Iterator[None]:
    """Writes down the system calls that the event loop's thread makes while the block runs, one a line."""
    with _attached(pid, ["-e", f"trace={calls}", "-s", "64", "-o", str(into)], threads=False):
        yield


@contextmanager
def _attached(pid: int, options: list[str], *, threads: bool) -> Iterator[None]:
    command = ["strace", "-qq", *(["-f"] if threads else []), "-p", str(pid), *options]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        _wait_until_attached(pid, tracer)
        yield
    finally:
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
        assert tracer.stderr is not None
        tracer.stderr.close()


def _wait_until_attached(pid: int, tracer: subprocess.Popen[bytes]) -> None:
    for _ in range(1_000):
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        traced = [f"TracerPid:\t{tracer.pid}\n" in (thread / "status").read_text() for thread in threads]
        if traced and traced[0]:
            return
        try:
            tracer.wait(0.01)
        except subprocess.TimeoutExpired:
            continue
        assert tracer.stderr is not None
        raise RuntimeError(tracer.stderr.read().decode())
    raise RuntimeError("strace did not attach")
