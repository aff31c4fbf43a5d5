"""The API's end of the fork server: start it, ask it, and believe nothing that a decoding child says.

A child may have been taken over by the picture that it decodes. So its answer is bounded in length, checked
field by field, and what it calls a thumb must at least begin like one.
"""

import asyncio
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from .sandbox import MEGABYTE, Limits

if TYPE_CHECKING:
    from .toolbox import Examination

log = logging.getLogger(__name__)

DECODE_SECONDS: Final = 30
"""Wall clock for one picture; CPU time ends earlier, at 20 s."""

_START_SECONDS: Final = 30
_END_SECONDS: Final = 0.5
_GRACE_SECONDS: Final = 5
_MESSAGE_BYTES: Final = 65536
_HEADER_BYTES: Final = 4096
_RESULT_BYTES: Final = Limits().file_bytes or 0

# One arena, large steps and a high trim threshold: 5 % less CPU and 20 MB less memory for every child. Huge pages,
# where the kernel gives them on request: another 10 % less, because a fresh child meets every page for the first time.
_ENVIRONMENT: Final = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "268435456",
    "MALLOC_TOP_PAD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "536870912",
    "VIPS_CONCURRENCY": "1",
}


class ToolUnavailable(Exception):
    """A tool that examining needs does not run here, or has stopped; nothing is wrong with the file."""


class DecoderCrashed(Exception):
    """The child that looked at the file died of it; worth another attempt, but not many.

    `examination` is what is known all the same (a `toolbox.Examination`), once `Toolbox.examine` has raised
    it.
    """

    examination: "Examination | None" = None


class DecodeTimeout(DecoderCrashed):
    """The child was killed because it took too long."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended and what it used: CPU seconds and peak memory in bytes."""

    status: int
    cpu_seconds: float
    peak_rss: int
    timed_out: bool

    @property
    def signal(self) -> int | None:
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else None

    @property
    def succeeded(self) -> bool:
        return self.status == 0

    def raise_if_killed(self) -> None:
        """DecodeTimeout or DecoderCrashed, if a signal ended the child."""
        if self.signal is None:
            return
        if self.timed_out or self.cpu_seconds >= (Limits().cpu_seconds or 0) - 1:
            raise DecodeTimeout(f"no result after {self.cpu_seconds:.1f} s of CPU time")
        raise DecoderCrashed(f"ended by {signal.Signals(self.signal).name}")


@dataclass(frozen=True, slots=True)
class Picture:
    """What was made of one picture, or why nothing was. Sizes are those of the original, upright."""

    failure: str | None = None
    width: int = 0
    height: int = 0
    thumb: bytes = b""
    preview: bytes = b""
    thumbhash: bytes = b""
    phash: int = 0
    colour: str = ""
    damaged: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    cpu_seconds: float = 0.0
    peak_rss: int = 0

    def having_used(self, cpu_seconds: float) -> "Picture":
        """The same, with the CPU time of the programs before it."""
        return replace(self, cpu_seconds=cpu_seconds)


class ForkServer:
    """One fork server process. Every method may be used by several tasks at once."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._waiting: dict[int, asyncio.Future[Ended]] = {}
        self._next = 0
        self._loop = asyncio.get_running_loop()
        self.alive = True

    @classmethod
    async def start(cls) -> Self:
        """Starts the process and waits until it has imported its decoders."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            server = cls(_started(theirs), ours)
        try:
            greeting = await asyncio.wait_for(server._loop.sock_recv(ours, _MESSAGE_BYTES), _START_SECONDS)
        except (OSError, TimeoutError) as error:
            await server.close()
            raise ToolUnavailable("the fork server did not start") from error
        if not greeting:
            await server.close()
            raise ToolUnavailable("the fork server ended at its start")
        if not json.loads(greeting)["confined"]:
            log.warning("The kernel accepts no system call filter: decoding children have limits only")
        server._loop.add_reader(ours, server._receive)
        return server

    async def derive(self, path: Path, format: str, orientation: int | None) -> Picture:
        """The derivatives of the picture at `path`."""
        source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return await self.derive_open(source, format, orientation)
        finally:
            os.close(source)

    async def derive_bytes(self, data: bytes, format: str, orientation: int | None) -> Picture:
        """The derivatives of the picture in `data`."""
        source = os.memfd_create("picture", os.MFD_CLOEXEC)
        try:
            with os.fdopen(os.dup(source), "wb") as file:
                file.write(data)
            return await self.derive_open(source, format, orientation)
        finally:
            os.close(source)

    async def derive_open(self, source: int, format: str, orientation: int | None) -> Picture:
        """The derivatives of the picture behind the descriptor `source`, which is read from its beginning."""
        sink = os.memfd_create("derivatives", os.MFD_CLOEXEC)
        try:
            request = {
                "do": "derive",
                "format": format,
                "orientation": orientation,
                "seconds": DECODE_SECONDS,
            }
            ended = await self._ask(request, (source, sink), DECODE_SECONDS)
            ended.raise_if_killed()
            if not ended.succeeded:
                raise DecoderCrashed("ended without a result")
            return _picture(_content(sink, _RESULT_BYTES), ended)
        finally:
            os.close(sink)

    async def run(self, argv: Sequence[str], seconds: float, limits: Limits) -> tuple[bytes, Ended]:
        """Runs a program to its end, without input; its standard output."""
        sink = os.memfd_create("output", os.MFD_CLOEXEC)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            request = {"do": "run", "argv": list(argv), "seconds": seconds, "limits": _as_dict(limits)}
            ended = await self._ask(request, (nothing, sink), seconds)
            return _content(sink, limits.file_bytes or 0), ended
        finally:
            os.close(nothing)
            os.close(sink)

    def begin(self, argv: Sequence[str], source: int, sink: int, limits: Limits) -> tuple[int, "asyncio.Future[Ended]"]:
        """Starts a program that stays, between two descriptors: its number for `kill`, and its end."""
        return self._send(
            {"do": "run", "argv": list(argv), "seconds": None, "limits": _as_dict(limits)}, (source, sink)
        )

    def kill(self, number: int) -> None:
        """Kills what `begin` started; nothing happens if it has ended already."""
        if not self.alive:
            return
        try:
            self._control.send(json.dumps({"id": number, "do": "kill"}).encode())
        except OSError:
            self._lose("the fork server has ended")

    async def close(self) -> None:
        """Ends the process and everything it has started."""
        self._lose("the fork server was closed")
        self._control.close()
        await asyncio.to_thread(_end, self._process)

    async def _ask(self, request: Mapping[str, object], descriptors: tuple[int, int], seconds: float) -> Ended:
        number, end = self._send(request, descriptors)
        try:
            return await asyncio.wait_for(end, seconds + _GRACE_SECONDS)
        except TimeoutError as error:
            self._lose("the fork server does not answer")
            self._process.kill()
            raise ToolUnavailable("the fork server does not answer") from error
        except asyncio.CancelledError:
            self.kill(number)
            raise

    def _send(self, request: Mapping[str, object], descriptors: tuple[int, int]) -> tuple[int, "asyncio.Future[Ended]"]:
        if not self.alive:
            raise ToolUnavailable("the fork server has ended")
        self._next += 1
        number = self._next
        end: asyncio.Future[Ended] = self._loop.create_future()
        message = json.dumps({"id": number, **request}).encode()
        try:
            socket.send_fds(self._control, [message], list(descriptors))
        except OSError as error:
            self._lose("the fork server has ended")
            raise ToolUnavailable("the fork server has ended") from error
        self._waiting[number] = end
        return number, end

    def _receive(self) -> None:
        while True:
            try:
                message = self._control.recv(_MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._lose("the fork server has ended")
                return
            answer = json.loads(message)
            end = self._waiting.pop(answer["id"], None)
            if end is not None and not end.done():
                end.set_result(Ended(answer["status"], answer["cpu"], answer["rss"], answer["timed_out"]))

    def _lose(self, reason: str) -> None:
        """Nothing more will be answered: everyone who waits is told."""
        if not self.alive:
            return
        self.alive = False
        self._loop.remove_reader(self._control)
        for end in self._waiting.values():
            if not end.done():
                end.set_exception(ToolUnavailable(reason))
                # A tool nobody waits for any more must not leave a complaint in the log.
                end.exception()
        self._waiting.clear()


def _started(control: socket.socket) -> subprocess.Popen[bytes]:
    """The fork server's process: nothing of our environment but PATH, nothing open but `control`."""
    return subprocess.Popen(
        [sys.executable, "-B", "-m", f"{__package__}.forkserver", str(os.getpid()), str(control.fileno())],
        cwd=Path(__file__).resolve().parents[2],
        env={"PATH": os.environ.get("PATH", os.defpath), **_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        pass_fds=[control.fileno()],
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _as_dict(limits: Limits) -> dict[str, int | None]:
    return {name: getattr(limits, name) for name in Limits.__slots__}


def _content(descriptor: int, most_bytes: int) -> bytes:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0) if size <= most_bytes else b""


# --- What a child says ------------------------------------------------------------------------------------

_FAILURES: Final = frozenset({"corrupt", "too-large", "unsupported"})
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_MOST_PIXELS: Final = 1 << 20


def _picture(result: bytes, ended: Ended) -> Picture:
    try:
        return _parsed(result, ended)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DecoderCrashed("the result makes no sense") from error


def _parsed(result: bytes, ended: Ended) -> Picture:
    """ValueError, KeyError, TypeError or IndexError when the result is not what `forkserver` writes."""
    body = 4 + int.from_bytes(result[:4], "big")
    _require(4 < body <= _HEADER_BYTES)
    header: dict[str, Any] = json.loads(result[4:body])
    failure = header.get("failure")
    if failure is not None:
        _require(failure in _FAILURES)
        return Picture(failure, cpu_seconds=ended.cpu_seconds, peak_rss=ended.peak_rss)
    thumb_bytes, preview_bytes, _ = header["lengths"]
    thumb = result[body : body + thumb_bytes]
    preview = result[body + thumb_bytes : body + thumb_bytes + preview_bytes]
    thumbhash = result[body + thumb_bytes + preview_bytes :]
    _require(_is_webp(thumb) and (preview[:3] == b"\xff\xd8\xff" or _is_webp(preview)) and 5 <= len(thumbhash) <= 32)
    width, height, phash, colour = header["width"], header["height"], header["phash"], header["colour"]
    _require(type(width) is int and type(height) is int and 0 < width < _MOST_PIXELS and 0 < height < _MOST_PIXELS)
    _require(type(phash) is int and 0 <= phash < 1 << 64 and _COLOUR.fullmatch(colour) is not None)
    return Picture(
        None, width, height, thumb, preview, thumbhash, phash, colour, bool(header["damaged"]),
        float(header["brightness"]), float(header["contrast"]), ended.cpu_seconds, ended.peak_rss,
    )  # fmt: skip


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


PROGRAM_LIMITS: Final = Limits(memory=1024 * MEGABYTE)
"""For a program that is run once: ffmpeg and its like."""

TOOL_LIMITS: Final = Limits(memory=512 * MEGABYTE, cpu_seconds=None)
"""For a tool that stays: its time is limited by the question."""
