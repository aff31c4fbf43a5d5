"""Backups by the clock: `gallery backup --every 24h`, or at an hour of the day."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Self

from gallery.infra.errors import Unavailable
from gallery.keeping import queries
from gallery.keeping.backup import FAILURES, Backups, BackupSummary
from gallery.keeping.checking import CheckSummary, check_backup, part_of_the_day
from gallery.keeping.retention import Keep

Say = Callable[[BackupSummary | CheckSummary | Exception], None]
Sleep = Callable[[float], Awaitable[None]]
_LOOK_AGAIN: Final = 60.0
RETRY_AFTER: Final = timedelta(hours=1)
_UNITS: Final = {"m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either every so often, or once a day at a time of the machine's clock."""

    every: timedelta = timedelta(days=1)
    at: time | None = None

    @classmethod
    def parse(cls, every: str | None, at: str | None) -> Self | None:
        """From "24h", "30m", "2d" or from "03:30"; None when neither is given. Raises ValueError."""
        if every is not None and at is not None:
            raise ValueError("either --every or --at")
        if at is not None:
            return cls(at=time.fromisoformat(at))
        if every is None:
            return None
        match = re.fullmatch(r"([1-9][0-9]{0,3})([mhd])", every)
        if match is None:
            raise ValueError("a number with m, h or d, such as 24h")
        return cls(every=timedelta(seconds=int(match[1]) * _UNITS[match[2]]))

    def due(self, last_good: datetime | None, last_try: datetime | None, now: datetime) -> datetime:
        """When the next backup is to begin, which may be past. What failed is tried again within the hour."""
        due = now if last_good is None else self._after(last_good, now)
        if last_try is not None and (last_good is None or last_try > last_good):
            due = max(due, last_try + min(RETRY_AFTER, self.every))
        return due

    def _after(self, last: datetime, now: datetime) -> datetime:
        if self.at is None:
            return last + self.every
        local = last.astimezone(now.tzinfo)
        same_day = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return same_day if same_day > last else same_day + timedelta(days=1)


async def keep_backing_up(
    backups: Backups, schedule: Schedule, root: Path, keep: Keep | None, say: Say, sleep: Sleep = asyncio.sleep
) -> None:
    """Backs up by the clock until it is cancelled, and reads a part of the backups again each time.

    What fails is said and tried again; backups to other targets count for nothing here.
    """
    while True:
        runs = await _runs(backups, root)
        if runs is None:
            await sleep(_LOOK_AGAIN)
            continue
        now = backups.clock().astimezone()
        good, tried = (run.started_at if run else None for run in (runs.last_good, runs.last))
        wait = (schedule.due(good, tried, now) - now).total_seconds()
        if wait > 0:
            await sleep(min(wait, _LOOK_AGAIN))
            continue
        try:
            say(await backups.take(root, keep, every=schedule.every))
            say(await check_part_of(now, backups, root))
        except FAILURES as error:
            say(error)
            await sleep(_LOOK_AGAIN)


async def check_part_of(day: datetime, backups: Backups, root: Path) -> CheckSummary:
    """Reads again the part of the backups whose day it is: day by day all of it in four weeks. Raises KeepingError."""
    return await check_backup(backups.database, backups.clock, root, partial(part_of_the_day, day))


async def _runs(backups: Backups, root: Path) -> queries.Runs | None:
    """None while the database is away."""
    try:
        async with backups.database.transaction() as session:
            return await queries.runs(session, str(root))
    except Unavailable:
        return None
