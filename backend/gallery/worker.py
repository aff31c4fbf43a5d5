"""Composition root of the job worker."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from gallery.assembly import Gallery

_BEAT: Final = 10


async def work_until_stopped(gallery: Gallery) -> None:
    """Runs background jobs until SIGTERM or SIGINT; what runs then is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with gallery.running(work=True), _beating(gallery.settings.heartbeat_file):
        await stop.wait()


@contextlib.asynccontextmanager
async def _beating(path: Path | None) -> AsyncIterator[None]:
    """Touches a file for as long as the loop turns: a worker has no door at which one could ask."""
    beat = None if path is None else asyncio.create_task(_beat(path))
    try:
        yield
    finally:
        if beat is not None:
            beat.cancel()


async def _beat(path: Path) -> None:
    while True:
        await asyncio.to_thread(path.touch)
        await asyncio.sleep(_BEAT)
