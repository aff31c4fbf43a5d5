"""A bad network: a TCP proxy that cuts connections after so many bytes."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from .serving import free_port


class CuttingProxy:
    """Passes connections on to `port` of this machine, and cuts each after a number of bytes.

    `upstream` says for each new connection how many bytes from the client may pass before the cut, `downstream` how many from
    the server (a lost answer); None lets it live. Runs in a thread of its own.
    """

    def __init__(
        self,
        port: int,
        *,
        upstream: Callable[[], int | None] = lambda: None,
        downstream: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._target, self._upstream, self._downstream = port, upstream, downstream
        self.port = 0
        self.cuts = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", free_port()))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        directions = [
            asyncio.ensure_future(self._pass(reader, up_writer, self._upstream())),
            asyncio.ensure_future(self._pass(up_reader, writer, self._downstream())),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            # A cut is a reset, not a polite end.
            writer.transport.abort()
            up_writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(16_384):
                if limit is not None:
                    if len(data) >= limit:
                        writer.write(data[:limit])
                        await writer.drain()
                        self.cuts += 1
                        return
                    limit -= len(data)
                writer.write(data)
                await writer.drain()
