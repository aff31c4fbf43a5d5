"""The process that makes the processes: one short-lived, confined child for every picture, and the tools
beside them.

Started by `decoding.ForkServer` with an empty environment and one end of a socket pair. It imports the
decoders once, runs none of them (so it keeps a single thread and may fork), and ends with the socket. Each
request is one JSON message with two descriptors, each answer one JSON message:

    {"id": 7, "do": "derive", "format": "jpeg", "orientation": null, "seconds": 30}   (input, output)
    {"id": 8, "do": "run", "argv": [...], "seconds": 30, "limits": {...}}             (stdin, stdout)
    {"id": 8, "do": "kill"}                                                           (none)
    -> {"id": 7, "status": <wait status>, "cpu": <seconds>, "rss": <bytes>, "timed_out": false}

A child writes its result to the output descriptor: the length of a JSON header as four bytes, the header,
then the bytes that the header gives lengths for.
"""

import contextlib
import fcntl
import gc
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, NoReturn

from PIL import Image as Pillow

from . import derive, sandbox

MESSAGE_BYTES: Final = 65536
_INPUT, _OUTPUT = 3, 4
_MOST_DESCRIPTORS: Final = 256
_CHECK_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class _Child:
    request: int
    pid: int
    deadline: float | None


class _Server:
    """Forks on request, watches the clock, and reports every death."""

    def __init__(self, control: socket.socket, confine: bool) -> None:
        self._control = control
        self._confine = confine
        self._children: dict[int, _Child] = {}
        self._late: set[int] = set()
        self._deaths, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._deaths, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(self._patience())}
            if self._deaths in ready:
                os.read(self._deaths, 512)
            self._bury()
            self._kill_the_late()
            if self._control.fileno() in ready and not self._take_request():
                return

    def _patience(self) -> float | None:
        """Milliseconds until the next deadline."""
        deadlines = [child.deadline for child in self._children.values() if child.deadline is not None]
        return max(0.0, min(deadlines) - time.monotonic()) * 1000 + 1 if deadlines else None

    def _take_request(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 2)
        if not message:
            return False
        try:
            self._begin(json.loads(message), descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _begin(self, request: dict[str, Any], descriptors: list[int]) -> None:
        if request["do"] == "kill":
            self._kill(request["id"])
            return
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_child(server, request, descriptors, self._confine)
        seconds = request.get("seconds")
        deadline = None if seconds is None else time.monotonic() + seconds
        self._children[pid] = _Child(request["id"], pid, deadline)

    def _bury(self) -> None:
        for pid, child in list(self._children.items()):
            gone, status, usage = os.wait4(pid, os.WNOHANG)
            if gone:
                del self._children[pid]
                self._report(child, status, usage)

    def _report(self, child: _Child, status: int, usage: resource.struct_rusage) -> None:
        answer = {
            "id": child.request,
            "status": status,
            "cpu": round(usage.ru_utime + usage.ru_stime, 6),
            "rss": usage.ru_maxrss * 1024,
            "timed_out": child.pid in self._late,
        }
        self._late.discard(child.pid)
        self._control.sendall(json.dumps(answer).encode())

    def _kill_the_late(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if child.deadline is not None and child.deadline <= now and child.pid not in self._late:
                self._late.add(child.pid)
                os.kill(child.pid, signal.SIGKILL)

    def _kill(self, request: int) -> None:
        for child in self._children.values():
            if child.request == request:
                os.kill(child.pid, signal.SIGKILL)

    def end(self) -> None:
        for child in self._children.values():
            os.kill(child.pid, signal.SIGKILL)


# --- In the child -----------------------------------------------------------------------------------------


def _be_child(server: int, request: dict[str, Any], descriptors: list[int], confine: bool) -> NoReturn:
    """Never returns into the server's loop, whatever happens."""
    try:
        sandbox.die_with_parent(server)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if request["do"] == "derive":
            _derive(request, *descriptors, confine=confine)
        else:
            _execute(request, *descriptors)
    finally:
        os._exit(1)


def _keep(*descriptors: int) -> None:
    """The descriptors become 0, 1, 2 ... in this order, and every other one is closed."""
    high = [_duplicate_above(descriptor) for descriptor in descriptors]
    for place, descriptor in enumerate(high):
        os.dup2(descriptor, place)
    os.closerange(len(high), _MOST_DESCRIPTORS)


def _duplicate_above(descriptor: int) -> int:
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 16)


def _derive(request: dict[str, Any], source: int, sink: int, *, confine: bool) -> NoReturn:
    nothing = os.open(os.devnull, os.O_RDWR)
    _keep(nothing, nothing, nothing, source, sink)
    sandbox.limit(sandbox.Limits())
    data = _mapped()
    if confine:
        sandbox.confine_decoder()
    header, parts = ({"failure": "too-large"}, []) if data is None else _result(data, request)
    text = json.dumps(header | {"lengths": [len(part) for part in parts]}).encode()
    _write(len(text).to_bytes(4, "big") + text + b"".join(parts))
    os._exit(0)


def _mapped() -> derive.Bytes | None:
    """The input without copying it; None when it does not fit into the memory that a child may have."""
    size = os.fstat(_INPUT).st_size
    try:
        return mmap.mmap(_INPUT, size, prot=mmap.PROT_READ) if size else b""
    except (OSError, OverflowError):
        return None


def _result(data: derive.Bytes, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        made = derive.derive(data, request["format"], request["orientation"])
    except derive.Refused as refusal:
        return {"failure": refusal.code}, []
    except Exception:  # noqa: BLE001 - strangers' bytes may raise anything
        # Whatever else a decoder says about a stranger's bytes: there is no picture in them that we can show.
        return {"failure": "corrupt"}, []
    header = {
        "width": made.width,
        "height": made.height,
        "phash": made.phash,
        "colour": made.colour,
        "damaged": made.damaged,
        "brightness": made.brightness,
        "contrast": made.contrast,
    }
    return header, [made.thumb, made.preview, made.thumbhash]


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(_OUTPUT, view) :]


def _execute(request: dict[str, Any], source: int, sink: int) -> NoReturn:
    """Becomes a tool: reads files and its standard input, writes to its standard output, and nothing else."""
    nothing = os.open(os.devnull, os.O_RDWR)
    _keep(source, sink, nothing)
    argv = request["argv"]
    sandbox.limit(sandbox.Limits(**request["limits"]))
    sandbox.confine_program()
    os.execve(argv[0], argv, dict(os.environ))


# --- Start ------------------------------------------------------------------------------------------------


def _can_be_confined() -> bool:
    """Whether a confined child still decodes: where kernel or C library differ, limits alone must do."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(_CHECK_SECONDS)
            sample = BytesIO()
            Pillow.new("RGB", (64, 48), "teal").save(sample, "JPEG")
            confined = sandbox.confine_decoder()
            derive.derive(sample.getvalue(), "jpeg", None)
            os._exit(0 if confined else 1)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def main() -> None:
    parent, control = int(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
    sandbox.die_with_parent(parent)
    derive.prepare()
    gc.collect()
    gc.freeze()
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_DESCRIPTORS, _MOST_DESCRIPTORS))
    confine = _can_be_confined()
    server = _Server(control, confine)
    control.sendall(json.dumps({"ready": True, "confined": confine}).encode())
    try:
        with contextlib.suppress(ConnectionError):
            # The parent has gone, perhaps without waiting for its answers.
            server.serve()
    finally:
        server.end()


if __name__ == "__main__":
    main()
