"""Reading a backup again: bytes that nobody reads rot unseen."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from gallery.infra.clock import Clock
from gallery.infra.db import Database
from gallery.infra.storage import NO_FILE_OF_OURS
from gallery.keeping import queries
from gallery.keeping.reading import Pace, read_from_disk
from gallery.keeping.store import BackupTarget, KeepingError, Original
from gallery.models import BackupOutcome, BackupWork

_BATCH: Final = 50
_WITNESSES: Final = 3
"""So many others tell a disk that has gone away from one that has a bad spot."""
PARTS: Final = 28
"""A day's check reads one of so many parts of the store, so that four weeks cover all of it."""
AT_RANDOM: Final = 200
"""And so many originals from anywhere."""


@dataclass(slots=True)
class CheckSummary:
    """What reading a backup again found."""

    target: str
    snapshots: int = 0
    files: int = 0
    """Originals that snapshots name, all of which are there unless they are listed below."""
    read_files: int = 0
    read_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    broken_snapshots: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def problems(self) -> int:
        return len(self.missing) + len(self.damaged) + len(self.broken_snapshots)


Chooser = Callable[[Original], bool]


def everything(_: int) -> Chooser:
    return lambda original: True


def sample_of(count: int, total: int) -> Chooser:
    """About so many, each as likely as the other."""
    share = min(1.0, count / max(1, total))
    return lambda original: random.random() < share  # noqa: S311  # a sample, no secret


def part_of_the_day(now: datetime, total: int) -> Chooser:
    """The part of the store whose day it is, and some from anywhere."""
    part, by_chance = now.toordinal() % PARTS, sample_of(AT_RANDOM, total)
    return lambda original: original.sha256[-1] % PARTS == part or by_chance(original)


async def check_backup(database: Database, clock: Clock, root: Path, choose: Callable[[int], Chooser]) -> CheckSummary:
    """Looks whether all that the snapshots name is there, and reads the dumps, the lists and the chosen originals.

    `choose` is told how many originals there are. Damaged copies are set aside, and the next backup makes new ones.
    Raises KeepingError when it cannot be done at all.
    """
    target = await asyncio.to_thread(BackupTarget.open, root)
    with target.locked():
        async with database.transaction() as session:
            run_id = await queries.begin_run(session, BackupWork.CHECK, str(root), clock())
        try:
            summary = await look_into(target, choose)
        except (KeepingError, OSError) as error:
            async with database.transaction() as session:
                await queries.end_run(
                    session, run_id, outcome=BackupOutcome.FAILED, finished_at=clock(), details={"error": str(error)}
                )
            raise
        async with database.transaction() as session:
            await queries.end_run(
                session,
                run_id,
                outcome=BackupOutcome.FAILED if summary.problems else BackupOutcome.GOOD,
                finished_at=clock(),
                files=summary.read_files,
                size=summary.read_bytes,
                problems=summary.problems,
            )
    return summary


async def look_into(target: BackupTarget, choose: Callable[[int], Chooser]) -> CheckSummary:
    """The same, of a target that is open and locked, and without a word in the database. Raises OSError, too."""
    began, summary = time.monotonic(), CheckSummary(str(target.root))
    snapshots = target.snapshots()
    if not snapshots:
        raise KeepingError(f"{target.root} holds no complete snapshot.")
    whole = []
    for one in snapshots:
        try:
            await asyncio.to_thread(one.check_papers)
        except KeepingError:
            summary.broken_snapshots.append(one.name)
        else:
            whole.append(one)
    summary.snapshots = len(snapshots)
    chosen = choose(max((one.manifest().files for one in whole), default=0))
    named = target.named_originals(whole)
    refused: list[Original] = []
    while batch := list(islice(named, _BATCH)):
        refused += await asyncio.to_thread(_check_batch, target, batch, chosen, summary)
    if refused:
        others = islice((one for one in target.named_originals(whole) if one not in refused), _WITNESSES)
        await asyncio.to_thread(_check_again, target, refused, list(others), summary)
    summary.seconds = round(time.monotonic() - began, 3)
    return summary


def _check_batch(target: BackupTarget, batch: list[Original], chosen: Chooser, summary: CheckSummary) -> list[Original]:
    """Those that the disk did not give."""
    refused = []
    for original in batch:
        summary.files += 1
        if not target.has(original):
            summary.missing.append(original.sha256.hex())
        elif chosen(original):
            summary.read_files += 1
            summary.read_bytes += original.size
            try:
                if not _is_whole(target, original):
                    _set_aside(target, original, summary)
            except OSError:
                refused.append(original)
    return refused


def _check_again(target: BackupTarget, refused: list[Original], others: list[Original], summary: CheckSummary) -> None:
    """A disk that gives others and not these has lost these; one that gives nothing has gone away."""
    if not any(_is_given(target, one) for one in others):
        raise KeepingError(f"{target.root} cannot be read: is its disk all right? Nothing was set aside.")
    for original in refused:
        if not _is_given(target, original):
            _set_aside(target, original, summary)


def _set_aside(target: BackupTarget, original: Original, summary: CheckSummary) -> None:
    summary.damaged.append(original.sha256.hex())
    target.set_aside(original.sha256)


def _is_given(target: BackupTarget, original: Original) -> bool:
    with suppress(OSError):
        return _is_whole(target, original)
    return False


def _is_whole(target: BackupTarget, original: Original) -> bool:
    """Raises OSError when the disk does not give it."""
    try:
        with target.open_original(original.sha256) as file:
            return read_from_disk(file, Pace(None)) == original
    except OSError as error:
        if error.errno in NO_FILE_OF_OURS:
            return False
        raise
