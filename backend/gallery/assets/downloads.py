"""Many originals at once, as one ZIP.

What is to be downloaded is written down as an activity; the address names it and is a capability for some minutes.
When it is opened, the database is asked again for the session and the assets, and then every few seconds while the
bytes stream, on no connection of their own.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import compress
from pathlib import PurePath
from typing import Final
from uuid import UUID

from gallery.access.actors import Member
from gallery.access.assets import Want, require_assets
from gallery.access.spaces import role_in
from gallery.accounts.queries import live_session
from gallery.assets import queries
from gallery.assets.activity import remember
from gallery.assets.queries import FileView
from gallery.infra.db import Database, Session
from gallery.infra.errors import Invalid, NotFound, TooManyRequests
from gallery.infra.storage import Storage
from gallery.infra.zipping import Labels, zip_length
from gallery.infra.zipping import Member as File
from gallery.models import Activity

AT_ONCE: Final = 2
"""How many ZIPs one person may load at the same time."""
_RETRY_AFTER: Final = 30
_LOOKED_UP: Final = 32
"""Originals that are looked for at the same time: an object store takes its time for each."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A download that may be fetched. `missing` originals cannot be read and are left out."""

    id: UUID
    name: str
    files: int
    size: int
    missing: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A download that is being fetched."""

    actor: Member
    space_id: UUID
    name: str
    files: list[File]


class Downloads:
    """Prepares ZIPs and counts those under way; one for the whole process."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database, self._storage = database, storage
        self._under_way: Counter[UUID] = Counter()

    async def prepare(self, actor: Member, asset_ids: Sequence[UUID]) -> Prepared:
        """Raises NotFound, Invalid (assets of several spaces), TooManyRequests, Unavailable."""
        with self._running(actor.user_id):
            async with self._database.transaction() as session:
                assets = await require_assets(session, actor, asset_ids, Want.SEE)
                if len({asset.space_id for asset in assets}) > 1:
                    raise Invalid(errors=[{"field": "ids", "reason": "one-space"}])
                space_id = assets[0].space_id
                found = await queries.files_of(session, actor, asset_ids)
                name = _name(await queries.space_name(session, space_id), found)
                details = {"name": name, "session_id": str(actor.session_id)}
                download_id = remember(session, actor, space_id, "download", [asset.id for asset in assets], details)
            files = await self._readable(found)
        return Prepared(download_id, name, len(files), zip_length(files), len(found) - len(files))

    @asynccontextmanager
    async def open(self, download_id: UUID, now: datetime) -> AsyncIterator[Bundle]:
        """What there is to send, which counts as under way from before it is looked for until the block ends.

        Raises NotFound when it is no longer theirs to have, TooManyRequests, Unavailable.
        """
        async with self._database.transaction() as session:
            done = await queries.download_of(session, download_id)
            actor = None if done is None else await _alive(session, done, now)
            if done is None or actor is None:
                raise NotFound
            found = await queries.files_of(session, actor, done.asset_ids)
        if not found:
            raise NotFound
        with self._running(actor.user_id):
            yield Bundle(actor, done.space_id, done.details["name"], await self._readable(found))

    async def still_allowed(self, bundle: Bundle, now: datetime) -> bool:
        """Whether the session lasts and the actor still belongs to the space."""
        async with self._database.transaction() as session:
            row = await live_session(session, bundle.actor.session_id, bundle.actor.user_id, now)
            return row is not None and row.alive and await role_in(session, bundle.actor, bundle.space_id) is not None

    async def _readable(self, found: Sequence[FileView]) -> list[File]:
        there: list[bool] = []
        for start in range(0, len(found), _LOOKED_UP):
            there += await asyncio.gather(*[self._is_there(one) for one in found[start : start + _LOOKED_UP]])
        return list(compress(_files(self._storage, found), there))

    async def _is_there(self, one: FileView) -> bool:
        try:
            original = await self._storage.find_original(one.sha256)
        except OSError:
            return False
        if original is None:
            return False
        original.close()
        return original.size == one.size

    @contextmanager
    def _running(self, user_id: UUID) -> Iterator[None]:
        if self._under_way[user_id] >= AT_ONCE:
            raise TooManyRequests("too-many-downloads", retry_after=_RETRY_AFTER)
        self._under_way[user_id] += 1
        try:
            yield
        finally:
            self._under_way[user_id] -= 1
            self._under_way += Counter()  # forgets those who are done


async def _alive(session: Session, done: Activity, now: datetime) -> Member | None:
    """Who asked for the download, if they are still signed in."""
    if done.user_id is None:
        return None
    session_id = UUID(done.details["session_id"])
    row = await live_session(session, session_id, done.user_id, now)
    return Member(done.user_id, session_id, row.is_operator, row.locale) if row is not None and row.alive else None


def _files(storage: Storage, found: Sequence[FileView]) -> list[File]:
    """Labels for all; what belongs to an original is called like it."""
    labels, names = Labels(), {one.id: one.file_name for one in found}
    given = {one.id: labels.add(one.file_name) for one in found if one.owner not in names}
    for one in found:
        if one.owner is not None and one.id not in given:
            given[one.id] = labels.add(_like(one, names[one.owner], given.get(one.owner, one.file_name)))
    return [File(given[one.id], partial(storage.open_original, one.sha256), one.size, one.taken_at) for one in found]


def _like(part: FileView, owner: str, label: str) -> str:
    """`IMG_1 (2).MOV` for the clip of `IMG_1 (2).HEIC`, so that other programs know what belongs together."""
    suffix = PurePath(part.file_name).suffix
    is_whole_name = PurePath(part.file_name).stem.lower() == owner.lower()
    return (label if is_whole_name else PurePath(label).stem) + suffix


def _name(space: str, found: Sequence[FileView]) -> str:
    first, last = found[0].taken_at.date(), found[-1].taken_at.date()
    days = f"{first}" if first == last else f"{first} - {last}"
    return f"{space} {days}.zip"
