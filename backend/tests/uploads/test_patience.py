"""Waiting for senders, without HTTP: seconds would be minutes there."""

import asyncio
from pathlib import Path

import pytest

from gallery.infra.errors import Unavailable
from gallery.infra.patience import Patience
from gallery.infra.spool import SpoolFile


async def test_a_silent_sender_is_given_up() -> None:
    with pytest.raises(Unavailable):
        async with Patience(0.05).with_sender():
            await asyncio.sleep(10)


async def test_a_slow_sender_is_not() -> None:
    async with Patience(1).with_sender() as alive:  # a busy machine is ten times late before this fails
        for _ in range(12):
            await asyncio.sleep(0.1)
            alive()


async def test_the_end_ends_all_and_lets_nobody_begin() -> None:
    patience = Patience(60)

    async def receive() -> None:
        async with patience.with_sender() as alive:
            while True:
                await asyncio.sleep(0.01)
                alive()

    senders = [asyncio.create_task(receive()) for _ in range(3)]
    await asyncio.sleep(0.03)
    patience.end()
    outcomes = await asyncio.wait_for(asyncio.gather(*senders, return_exceptions=True), 2)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    with pytest.raises(Unavailable):
        await receive()


async def test_what_came_before_the_end_is_in_the_file(tmp_path: Path) -> None:
    """Also when the end comes while a thread is writing: the descriptor outlives it."""
    path = tmp_path / "spooled"
    patience = Patience(60)
    piece = bytes(2 << 20)

    async def receive() -> None:
        async with SpoolFile(path) as spool, patience.with_sender():
            while True:
                await spool.write(piece, limit=1 << 40)

    sender = asyncio.create_task(receive())
    await asyncio.sleep(0.02)
    patience.end()
    with pytest.raises(Unavailable):
        await sender
    assert path.stat().st_size > 0
    assert path.stat().st_size % len(piece) == 0
