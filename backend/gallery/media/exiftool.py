"""ExifTool as a process that stays: one question at a time, each with a time limit, a new process after a
failure.

The protocol is ExifTool's `-stay_open`: arguments as lines, `-execute<number>`, and an answer that ends
with `{ready<number>}`. The number is random for every question, so that no file can pretend that an answer
is over.
"""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .decoding import TOOL_LIMITS, Ended, ForkServer, ToolUnavailable

ANSWER_SECONDS: Final = 10
_ANSWERS_PER_PROCESS: Final = 1000
_IDLE_SECONDS: Final = 60
"""A process that nobody asks is ended: it holds 40 MB and is there again in a tenth of a second."""
_PIPE_BYTES: Final = 1024 * 1024

_WITHOUT_INFLATION: Final = """ BEGIN { unshift @INC, sub { $_[1] =~
m{^(?:Compress|IO/Compress|IO/Uncompress|Archive)/} and die "left out"; return } } $0 = shift @ARGV; do $0;
die $@ if $@; """.strip()
"""Without Perl's inflating modules a text chunk of 256 MB costs 22 MB of memory instead of 800."""


class ExifToolFailed(Exception):
    """No answer for this file: ExifTool died of it or took too long."""


class ExifTool:
    """One persistent process; `ask` may be called again after any failure."""

    def __init__(self, server: ForkServer, perl: Path, script: Path, patience: float = ANSWER_SECONDS) -> None:
        self._server = server
        self._patience = patience
        self._argv = [
            str(perl),
            "-e",
            _WITHOUT_INFLATION,
            str(script),
            "-config",
            "",
            "-stay_open",
            "True",
            "-@",
            "-",
        ]
        self._process: _Process | None = None
        self._rest: asyncio.TimerHandle | None = None

    async def ask(self, path: Path, arguments: Sequence[str], most_bytes: int) -> bytes:
        """What ExifTool prints for the file at `path`, which must be absolute and free of line breaks."""
        name = os.fspath(path)
        if not name.startswith("/") or "\n" in name or "\r" in name:
            raise ValueError("the path cannot be passed on")
        return await self._answer([*arguments, name], most_bytes)

    async def version(self) -> str:
        """ExifTool's version: the question that it always answers."""
        return (await self._answer(["-ver"], 100)).decode("ascii", "replace").strip()

    async def _answer(self, lines: Sequence[str], most_bytes: int) -> bytes:
        process = await self._running()
        try:
            async with asyncio.timeout(self._patience):
                answer = await process.ask(lines, most_bytes)
        except (TimeoutError, OSError, EOFError) as error:
            self.close()
            raise ExifToolFailed("ExifTool gave no answer") from error
        except BaseException:
            # An answer that nobody has read to its end would be taken for that of the next question.
            self.close()
            raise
        self._rest = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self.close)
        return answer

    def close(self) -> None:
        """Ends the process, if there is one; the next question starts another."""
        if self._rest is not None:
            self._rest.cancel()
        if self._process is not None:
            self._process.close()
            self._process = None

    async def _running(self) -> "_Process":
        if self._rest is not None:
            self._rest.cancel()
        if self._process is not None and (self._process.ended or self._process.answers >= _ANSWERS_PER_PROCESS):
            self.close()
        if self._process is None:
            self._process = await _Process.start(self._server, self._argv)
        return self._process


@dataclass
class _Process:
    """A running ExifTool between two pipes."""

    server: ForkServer
    number: int
    end: "asyncio.Future[Ended]"
    questions: int
    reader: asyncio.StreamReader
    transport: asyncio.ReadTransport
    answers: int = 0

    @classmethod
    async def start(cls, server: ForkServer, argv: Sequence[str]) -> "_Process":
        source, questions = os.pipe2(os.O_CLOEXEC)
        answers, sink = os.pipe2(os.O_CLOEXEC)
        try:
            number, end = server.begin(argv, source, sink, TOOL_LIMITS)
        except ToolUnavailable:
            os.close(questions)
            os.close(answers)
            raise
        finally:
            os.close(source)
            os.close(sink)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_PIPE_BYTES)
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(answers, "rb", buffering=0)
        )
        return cls(server, number, end, questions, reader, transport)

    @property
    def ended(self) -> bool:
        return self.end.done()

    async def ask(self, lines: Sequence[str], most_bytes: int) -> bytes:
        """EOFError when the process is gone; OSError when it does not listen."""
        self.answers += 1
        number = secrets.randbits(62)
        question = "\n".join([*lines, f"-execute{number}", ""])
        # A question is far smaller than what a pipe holds, and the process has nothing else to read: this
        # cannot block.
        os.write(self.questions, os.fsencode(question))
        return await self._until(f"{{ready{number}}}\n".encode(), most_bytes)

    async def _until(self, mark: bytes, most_bytes: int) -> bytes:
        parts: list[bytes] = []
        tail, size = b"", 0
        while True:
            part = await self.reader.read(_PIPE_BYTES)
            size += len(part)
            if not part or size > most_bytes + len(mark):
                raise EOFError
            parts.append(part)
            tail = (tail + part)[-len(mark) :]
            if tail == mark:
                return b"".join(parts)[: -len(mark)]

    def close(self) -> None:
        self.server.kill(self.number)
        with contextlib.suppress(OSError):
            os.close(self.questions)
        self.transport.close()
