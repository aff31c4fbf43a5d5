"""Whether every original is still there and still itself.

A pass goes over all originals in the order of their checksums. Checksums are spread evenly, so the place where a pass
must be follows from the time alone, and a machine that was off catches up. What is found is written down and left as
it is: nothing is deleted, moved or overwritten here.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import structlog

from gallery.access.actors import Operator
from gallery.assets.intake import Arrival, Intake
from gallery.assets.queries import is_mass_loss, lock_checksum
from gallery.infra.clock import Clock
from gallery.infra.db import Database
from gallery.infra.errors import Conflict, GalleryError, Unavailable
from gallery.infra.storage import NO_FILE_OF_OURS, Storage
from gallery.keeping import queries
from gallery.keeping.queries import Known
from gallery.keeping.reading import Interrupted, Pace, read_from_disk
from gallery.keeping.store import DamagedBytes, copy_checked
from gallery.media.sniff import SNIFF_BYTES, Sniffed, sniff
from gallery.models import Integrity

LAST: Final = b"\xff" * 32
_PAGE: Final = 100
_WITNESSES: Final = 3
"""So many originals from elsewhere tell a disk that has gone away from one that has a bad spot."""
_YOUNG: Final = 3600.0
"""Seconds after which an original that no row names is no upload that is just being finished."""
_AHEAD: Final = 0.9
"""A pass aims at less than the time it has."""
RECOVERED: Final = "Recovered"
_log = structlog.get_logger()


@dataclass(slots=True)
class ScrubSummary:
    """What one walk found."""

    files: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Originals that no row names."""
    adopted: int = 0
    stopped: bool = False
    """So much is missing that the walk did not go on."""
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class _Looked:
    sha256: bytes
    size: int
    before: str
    found: Integrity


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Looks after the originals of one gallery."""

    database: Database
    storage: Storage
    clock: Clock

    async def keep_up(self, *, within: timedelta, pace: Pace, patience: float) -> None:
        """As much of the pass under way as its time asks for; called often. `patience` is in seconds."""
        deadline = time.monotonic() + patience
        await self._look_for_missing(pace, deadline)
        if await self._stopped():
            return
        async with self.database.transaction() as session:
            scrub = await queries.scrub_under_way(session) or await queries.begin_scrub(session, self.clock())
        share = (self.clock() - scrub.started_at) / (within * _AHEAD)
        await self._walk(scrub.id, scrub.position, _place(share), pace, deadline, ScrubSummary())

    async def verify(self, *, pace: Pace, resume: bool = False) -> ScrubSummary:
        """A whole pass, now, or the rest of the one under way, which ends otherwise."""
        began, summary = time.monotonic(), ScrubSummary()
        await self._look_for_missing(pace, None)
        async with self.database.transaction() as session:
            begun = await queries.scrub_under_way(session) if resume else None
            scrub = begun or await queries.begin_scrub(session, self.clock())
        await self._walk(scrub.id, scrub.position, LAST, pace, None, summary)
        summary.seconds = round(time.monotonic() - began, 3)
        return summary

    async def adopt(self, intake: Intake, summary: ScrubSummary) -> None:
        """Makes originals that no row names photos of a space of the operators'; nothing is moved or deleted.

        What was deleted on purpose somewhere is left alone, and so is what is damaged.
        """
        for name in summary.unknown:
            spooled = self.storage.spool_path(uuid4())
            try:
                await self._adopt(intake, bytes.fromhex(name), spooled)
            except (GalleryError, DamagedBytes, OSError) as error:
                _log.error("scrub.not_adopted", sha256=name, error=type(error).__name__)
            else:
                summary.adopted += 1
            finally:
                spooled.unlink(missing_ok=True)

    async def _adopt(self, intake: Intake, sha256: bytes, spooled: Path) -> None:
        async with self.database.transaction() as session:
            if await queries.deleted_on_purpose(session, sha256):
                raise Conflict("deleted-before")
            space_id = await queries.recovery_space(session, RECOVERED)
        sniffed = await asyncio.to_thread(_copy_out, self.storage, sha256, spooled)
        name = f"{sha256.hex()[:16]}.{sniffed.format if sniffed else 'bin'}"
        await intake.take_in(Operator(), space_id, Arrival(spooled, name, sha256=sha256), now=self.clock())

    async def _walk(
        self, scrub_id: UUID, position: bytes, until: bytes, pace: Pace, deadline: float | None, summary: ScrubSummary
    ) -> None:
        while position < until and (deadline is None or time.monotonic() < deadline):
            async with self.database.transaction() as session:
                page = await queries.originals_between(session, position, until, _PAGE)
            looked = await self._look_at(page, pace, deadline)
            # All of the page, and it was not full: there is nothing more before `until`.
            end = until if len(looked) == len(page) < _PAGE else looked[-1].sha256
            unknown = await self._unknown(position, end)
            found = await self._write_down(looked)
            async with self.database.transaction() as session:
                size = sum(one.size for one in looked)
                if not await queries.advance_scrub(
                    session, scrub_id, end, files=len(looked), size=size, unknown=len(unknown)
                ):
                    return  # somebody began anew
            summary.files += len(looked)
            summary.size += size
            summary.missing += [one.sha256.hex() for one in found if one.found is Integrity.MISSING]
            summary.damaged += [one.sha256.hex() for one in found if one.found is Integrity.DAMAGED]
            summary.unknown += unknown
            position = end
            if await self._stopped():
                summary.stopped = True
                return
        if position == LAST:
            async with self.database.transaction() as session:
                await queries.finish_scrub(session, scrub_id, self.clock())

    async def _look_at(self, page: list[Known], pace: Pace, deadline: float | None) -> list[_Looked]:
        """Reads the originals of a page, at least one and no more than time allows.

        Raises Unavailable when the disk gives nothing at all: then nothing is known of any of them.
        """
        looked, refused = await asyncio.to_thread(self._read, page, pace, deadline)
        if refused:
            async with self.database.transaction() as session:
                witnesses = await queries.some_sound(session, [one.sha256 for one in refused], _WITNESSES)
            looked += await asyncio.to_thread(self._read_twice, refused, witnesses, pace)
        return sorted(looked, key=lambda one: one.sha256)

    def _read(self, page: list[Known], pace: Pace, deadline: float | None) -> tuple[list[_Looked], list[Known]]:
        """What was found, and those that the disk did not give."""
        looked: list[_Looked] = []
        refused: list[Known] = []
        for one in page:
            if (looked or refused) and deadline is not None and time.monotonic() > deadline:
                break
            try:
                looked.append(_Looked(*one, examine(self.storage, one.sha256, one.size, pace)))
            except OSError:
                refused.append(one)
            except Interrupted:
                if not (looked or refused):
                    raise
                break
        return looked, refused

    def _read_twice(self, refused: list[Known], witnesses: list[Known], pace: Pace) -> list[_Looked]:
        """A disk that gives others and not these has lost these; one that gives nothing has gone away."""
        if not any(found.found is Integrity.SOUND for found in self._read(witnesses, pace, None)[0]):
            _log.error("scrub.unreadable", place=self.storage.place, originals=len(refused))
            raise Unavailable
        looked, lost = self._read(refused, pace, None)
        if len(looked) + len(lost) < len(refused):
            raise Interrupted
        return looked + [_Looked(*one, Integrity.DAMAGED) for one in lost]

    async def _write_down(self, looked: list[_Looked]) -> list[_Looked]:
        """Those that are now as they were found."""
        return [one for one in looked if one.found == one.before or await self._change(one)]

    async def _change(self, one: _Looked) -> bool:
        async with self.database.transaction() as session:
            # Whoever takes these bytes away, or brings them again, is done by now.
            await lock_checksum(session, one.sha256)
            if one.found is Integrity.MISSING and await asyncio.to_thread(self._is_there, one.sha256):
                return False
            changed = await queries.mark(session, one.sha256, one.found, before=one.before)
        if changed:
            _log.error("scrub.changed", sha256=one.sha256.hex(), found=one.found)
        return changed

    def _is_there(self, sha256: bytes) -> bool:
        with suppress(FileNotFoundError), self.storage.open_original(sha256):
            return True
        return False

    async def _look_for_missing(self, pace: Pace, deadline: float | None) -> None:
        """What was missing may have come back: a volume was mounted. What is damaged is read by the passes."""
        last = b""
        while deadline is None or time.monotonic() < deadline:
            async with self.database.transaction() as session:
                page = await queries.unsound(session, _PAGE, last, only=Integrity.MISSING)
            if not page:
                return
            await self._write_down(await self._look_at(page, pace, deadline))
            last = page[-1].sha256

    async def _unknown(self, after: bytes, until: bytes) -> list[str]:
        """Originals of this stretch that no row names, and that are no upload of this very hour."""
        found = await asyncio.to_thread(self._names, after, until, time.time() - _YOUNG)
        unknown: list[str] = []
        for start in range(0, len(found), _PAGE):
            names = found[start : start + _PAGE]
            async with self.database.transaction() as session:
                known = await queries.known_originals(session, names)
            unknown += [name.hex() for name in names if name not in known]
        return unknown

    def _names(self, after: bytes, until: bytes, before: float) -> list[bytes]:
        names = []
        for original in self.storage.originals(after):
            if original.sha256 > until:
                break
            if original.since < before:
                names.append(original.sha256)
        return names

    async def _stopped(self) -> bool:
        async with self.database.transaction() as session:
            lost = await is_mass_loss(session)
        if lost:
            _log.error("scrub.stopped", reason="more than one original of a hundred is missing")
        return lost


def _copy_out(storage: Storage, sha256: bytes, spooled: Path) -> Sniffed | None:
    """Copies an original to the spool. Raises DamagedBytes and OSError."""
    with storage.open_original(sha256) as source, spooled.open("w+b") as into:
        copy_checked(sha256, source, into)
        into.seek(0)
        return sniff(into.read(SNIFF_BYTES))


def examine(storage: Storage, sha256: bytes, size: int, pace: Pace) -> Integrity:
    """Reads an original from the disk. Raises Interrupted, and OSError when the disk does not give it."""
    try:
        with storage.open_original(sha256) as source:
            found = read_from_disk(source, pace)
    except FileNotFoundError:
        return Integrity.MISSING
    except OSError as error:
        if error.errno in NO_FILE_OF_OURS:
            return Integrity.DAMAGED
        raise
    return Integrity.SOUND if found == (sha256, size) else Integrity.DAMAGED


def _place(share: float) -> bytes:
    """How far a pass is after a share of its time."""
    if share >= 1:
        return LAST
    return int(max(share, 0) * 2**256).to_bytes(32, "big")


def progress(position: bytes) -> float:
    """How far a pass has come, 0 to 1."""
    return int.from_bytes(position.ljust(32, b"\0")[:8], "big") / (2**64 - 1)
