"""How long the gallery waits for somebody who is sending."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gallery.infra.errors import Unavailable


class Patience:
    """Ends the receiving of bytes whose sender has fallen silent, and of all when the process is about to end.

    A connection that died without a word would otherwise hold its upload's lock for ever, so that nobody could go on
    with it; and a process that is asked to end would wait for a phone that sends a film.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: set[asyncio.Timeout] = set()
        self._ended = False

    @asynccontextmanager
    async def with_sender(self) -> AsyncIterator[Callable[[], None]]:
        """Gives what to call at every sign of life. Raises Unavailable in the block when the patience is at its end."""
        if self._ended:
            raise Unavailable
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(self._seconds) as timeout:
                self._running.add(timeout)
                try:
                    yield lambda: None if self._ended else timeout.reschedule(now() + self._seconds)
                finally:
                    self._running.discard(timeout)
        except TimeoutError:
            raise Unavailable from None

    def end(self) -> None:
        """Lets everybody who is sending come back later."""
        self._ended = True
        for timeout in self._running:
            if not timeout.expired():
                timeout.reschedule(0)
