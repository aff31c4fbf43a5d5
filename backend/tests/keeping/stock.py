"""Small libraries, and ways to ruin them."""

import hashlib
import os
from pathlib import Path
from uuid import UUID, uuid4

from gallery.assets.volume import claim_volume
from gallery.infra.storage import files_by_checksum
from tests.factories import Person, World


async def fill(world: World, person: Person, count: int, *, size: int = 900) -> list[bytes]:
    """So many originals with rows; their checksums, sorted."""
    await claim_volume(world.gallery.database, world.gallery.storage)
    photos = {hashlib.sha256(data).digest(): data for data in (os.urandom(size) for _ in range(count))}
    space, now = person.personal_space, world.clock()
    with world.connect() as connection, connection.cursor() as cursor, connection.transaction():
        rows = [(uuid4(), sha256, len(data)) for sha256, data in photos.items()]
        cursor.executemany(
            "INSERT INTO blobs (id, sha256, bytes, kind, format, mime, state, recipe, created_at)"
            " VALUES (%s, %s, %s, 'image', 'jpeg', 'image/jpeg', 'ready', 'now', %s)",
            [(*row, now) for row in rows],
        )
        cursor.executemany(
            "INSERT INTO assets (id, space_id, blob_id, kind, file_name, taken_at, taken_source, created_at)"
            " VALUES (%s, %s, %s, 'image', 'a.jpg', %s, 'exif', %s)",
            [(uuid4(), space, row[0], now.replace(tzinfo=None), now) for row in rows],
        )
    for sha256, data in photos.items():
        path = world.gallery.storage.original(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return sorted(photos)


def contents(root: Path) -> dict[bytes, bytes]:
    """Every file of a tree by checksum: its name, and its bytes."""
    return {sha256: path.read_bytes() for sha256, path in files_by_checksum(root)}


def originals(world: World) -> dict[bytes, bytes]:
    return contents(world.gallery.storage.root / "originals")


def flip(path: Path, bit: int) -> None:
    """One bit of a file; its size and times stay as they are."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def integrity(world: World) -> dict[bytes, str]:
    """What is known of each original."""
    return {bytes(sha256): found for sha256, found in world.rows("SELECT sha256, integrity FROM blobs")}


def facts(world: World, table: str) -> list[UUID]:
    return [row[0] for row in world.rows(f"SELECT id FROM {table} ORDER BY id")]
