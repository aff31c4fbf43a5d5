"""Composition root of the job worker."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator

import uvicorn

from gallery.assembly import Gallery
from gallery.infra.asgi import Application


async def work_until_stopped(gallery: Gallery, watch: Application) -> None:
    """Runs background jobs until SIGTERM or SIGINT; what runs then is finished.

    Where WORKER_PORT is set, `watch` answers there meanwhile.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with gallery.running(work=True), _answering(watch, gallery.settings.host, gallery.settings.worker_port):
        await stop.wait()


@contextlib.asynccontextmanager
async def _answering(watch: Application, host: str, port: int) -> AsyncIterator[None]:
    if not port:
        yield
        return
    config = uvicorn.Config(
        watch, host=host, port=port, log_config=None, access_log=False, server_header=False, lifespan="off",
        proxy_headers=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Quiet(uvicorn.Server):
    """Leaves signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
