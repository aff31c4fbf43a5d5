"""Composition root of the job worker."""

import asyncio
import signal

from gallery.assembly import Gallery


async def work_until_stopped(gallery: Gallery) -> None:
    """Runs background jobs until SIGTERM or SIGINT; what runs then is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with gallery.running(work=True):
        await stop.wait()
