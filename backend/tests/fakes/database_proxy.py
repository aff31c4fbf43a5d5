"""A door before the database that can be shut, for a database that goes away and comes back."""

import asyncio
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg import conninfo


class DatabaseProxy:
    """Passes bytes between a socket of its own and a database's: `async with DatabaseProxy(url) as proxy`.

    `url` is the database seen through the door. `shut` breaks every connection and refuses new ones, as a server that
    was stopped; `hang` accepts and says nothing, as one that is stuck; `open` lets everybody through again.
    """

    def __init__(self, url: str) -> None:
        self.target_url = url
        parts = conninfo.conninfo_to_dict(url)
        self._target = Path(str(parts["host"])) / ".s.PGSQL.5432"
        self._folder = tempfile.TemporaryDirectory(prefix="pg-")
        self._socket = Path(self._folder.name) / ".s.PGSQL.5432"
        self.url = f"postgresql://{parts['user']}@/{parts['dbname']}?host={self._folder.name}"
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._hanging = False

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shut()
        self._folder.cleanup()

    async def open(self) -> None:
        self._hanging = False
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._serve, self._socket)

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._socket.unlink(missing_ok=True)
        self._cut()
        await asyncio.sleep(0)

    def hang(self) -> None:
        self._hanging = True
        self._cut()

    def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._hanging:
                await reader.read()
                return
            upstream, downstream = await asyncio.open_unix_connection(str(self._target))
            self._writers.add(downstream)
            try:
                await asyncio.gather(_pump(reader, downstream), _pump(upstream, writer))
            finally:
                self._writers.discard(downstream)
                downstream.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.transport.abort()
