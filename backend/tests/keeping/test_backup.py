"""Backups that are whole or do not count, and what is put back from them (R02 to R07)."""

import asyncio
import errno
import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import psycopg
import pytest
from alembic import command

from gallery.assets import upkeep
from gallery.assets.volume import claim_volume, mark_volume
from gallery.infra.dumps import dump_database, restore_database
from gallery.infra.embedded import embedded_programs
from gallery.infra.migrate import alembic_config
from gallery.infra.storage import LocalStorage
from gallery.keeping import queries
from gallery.keeping.backup import BackupSummary
from gallery.keeping.checking import CheckSummary, check_backup, everything, look_into, part_of_the_day, sample_of
from gallery.keeping.reading import Pace
from gallery.keeping.restore import restore
from gallery.keeping.retention import Keep, kept
from gallery.keeping.schedule import Schedule, keep_backing_up
from gallery.keeping.store import MANIFEST, BackupTarget, KeepingError
from tests.accounts.processes import COMMAND, environment
from tests.factories import PASSWORD, Person, World, tiny_jpeg
from tests.uploads.strace import needs_strace

from .stock import contents, fill, flip, integrity, originals

Worlds = Callable[..., World]
Move = Callable[..., Awaitable["Restored"]]
NIGHT = timedelta(days=1)


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna", operator=True)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@dataclass
class Restored:
    """A second house, filled from a backup."""

    world: World
    checksums: set[bytes]

    async def signs_in(self, login: str) -> bool:
        answer = await self.world.client().post("/api/auth/password", json={"login": login, "password": PASSWORD})
        return answer.status_code == 200


@pytest.fixture
async def move(new_world: Worlds) -> Move:
    """Restores a backup into a gallery that has nothing, and looks whether every row has its bytes (I2)."""

    async def restore_elsewhere(target: Path, snapshot: str | None = None, *, migrated: bool = True) -> Restored:
        there = new_world()
        if not migrated:
            there.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await there.gallery.database.aclose()
        await restore(there.gallery.database, there.gallery.storage, target, snapshot)
        found = await there.gallery.scrubber.verify(pace=Pace(None))
        assert (found.missing, found.damaged, found.stopped) == ([], [], False)
        return Restored(there, set(integrity(there)))

    return restore_elsewhere


async def check(world: World, target: Path) -> CheckSummary:
    return await check_backup(world.gallery.database, world.clock, target, everything)


# --- There and back


async def test_a_gallery_comes_back_as_it_was(world: World, anna: Person, target: Path, move: Move) -> None:
    space = await world.space(owner=anna)
    await claim_volume(world.gallery.database, world.gallery.storage)
    for number in range(5):
        await world.asset(space, by=anna, data=tiny_jpeg(number), file_name=f"снимок {number}.jpg")
    trashed = await world.asset(space, by=anna, trashed=True)
    done = await world.gallery.backups.take(target)
    assert (done.files, done.copied_files, done.unavailable) == (6, 6, [])
    assert contents(target / "originals") == originals(world)
    restored = await move(target)
    there: World = restored.world
    assert originals(there) == originals(world)
    for table in ("users", "spaces", "memberships", "assets", "blobs", "installation"):
        query = f"SELECT count(*), min(t::text) FILTER (WHERE '{table}' <> 'blobs') FROM {table} t"
        assert there.rows(query) == world.rows(query), table
    assert there.rows("SELECT trashed_at IS NOT NULL FROM assets WHERE id = %s", trashed) == [(True,)]
    assert there.rows("SELECT count(*) FROM blobs WHERE recipe IS NULL") == [(6,)], "previews are made again"
    assert await restored.signs_in("anna")
    await claim_volume(there.gallery.database, there.gallery.storage)  # the marker came along
    again = await there.gallery.backups.take(target)
    assert (again.files, again.copied_files) == (6, 0), "the new house goes on with the same backups"


async def test_only_what_is_new_is_copied(world: World, anna: Person, target: Path, move: Move) -> None:
    await fill(world, anna, 30)
    first = await world.gallery.backups.take(target)
    world.clock.advance(days=1)
    await fill(world, anna, 3)
    second = await world.gallery.backups.take(target)
    assert (first.copied_files, second.copied_files, second.files) == (30, 3, 33)
    store, live = target / "originals", world.gallery.storage.root / "originals"
    inodes = [{path.stat().st_ino for path in root.rglob("*") if path.is_file()} for root in (store, live)]
    assert not inodes[0] & inodes[1], "copies, no links"
    assert len((await move(target, first.snapshot)).checksums) == 30
    assert len((await move(target, migrated=False)).checksums) == 33


async def test_the_backup_holds_no_secret(world: World, anna: Person, target: Path) -> None:
    """A24, R08: what signs and opens is neither in the dump nor beside it."""
    await fill(world, anna, 1)
    await world.gallery.backups.take(target)
    settings = world.gallery.settings
    secrets = [settings.secret_key, settings.refresh_secret_key, settings.bot_token, PASSWORD]
    secrets += [anna.access_token, anna.refresh_token]
    [dump] = target.rglob("database.dump")
    pg_restore = [str(embedded_programs() / "pg_restore"), "--file=-", str(dump)]  # type: ignore[operator]  # it is here
    plain = subprocess.run(pg_restore, capture_output=True, check=True).stdout
    assert b"COPY public.users" in plain
    everything_else = b"".join(path.read_bytes() for path in target.rglob("*.*") if path.is_file())
    for secret in filter(None, secrets):
        assert secret.encode() not in plain + everything_else


# --- Into nothing but an empty gallery


async def test_a_gallery_with_photos_is_not_replaced(world: World, anna: Person, target: Path) -> None:
    await fill(world, anna, 4)
    await world.gallery.backups.take(target)
    before = originals(world), world.rows("SELECT count(*) FROM users")
    with pytest.raises(KeepingError, match="not empty"):
        await restore(world.gallery.database, world.gallery.storage, target, None)
    assert (originals(world), world.rows("SELECT count(*) FROM users")) == before


async def test_a_gallery_that_came_to_life_meanwhile_is_not_replaced(
    world: World, anna: Person, target: Path, new_world: Worlds
) -> None:
    """Originals are brought for hours; somebody starts the gallery, takes a photo in and stops it again."""
    await fill(world, anna, 2)
    await world.gallery.backups.take(target)
    there = new_world()
    await there.gallery.database.aclose()

    class Slow(LocalStorage):
        def prepare(self) -> None:
            there.execute("INSERT INTO users (id, name, created_at) VALUES (gen_random_uuid(), 'boris', now())")

    with pytest.raises(KeepingError, match="not empty"):
        await restore(there.gallery.database, Slow(there.gallery.storage.root), target, None)
    assert there.rows("SELECT name FROM users") == [("boris",)]


@pytest.fixture
async def broken_off(world: World, anna: Person, target: Path, new_world: Worlds) -> World:
    """A house to which the files and the database came, and then the lights went out."""
    await fill(world, anna, 3)
    done = await world.gallery.backups.take(target)
    there = new_world()
    await there.gallery.database.aclose()
    dump = target / "snapshots" / done.snapshot / "database.dump"
    await restore_database(there.gallery.database.libpq_url, dump, lambda found: None)
    mark_volume(there.gallery.storage, BackupTarget.open(target).volume_id)
    assert there.rows("SELECT count(*) FROM blobs WHERE recipe IS NOT NULL") == [(3,)]
    return there


async def test_a_restore_that_broke_off_is_started_again(world: World, target: Path, broken_off: World) -> None:
    gallery = broken_off.gallery
    done = await restore(gallery.database, gallery.storage, target, None)
    assert (done.files, originals(broken_off)) == (3, originals(world))
    assert broken_off.rows("SELECT count(*) FROM blobs WHERE recipe IS NULL") == [(3,)]
    await gallery.database.aclose()
    with pytest.raises(KeepingError, match="not empty"):
        await restore(gallery.database, gallery.storage, target, None)


async def test_a_gallery_that_is_started_on_half_a_restore_ends_it(target: Path, broken_off: World) -> None:
    gallery = broken_off.gallery
    async with broken_off.running():
        assert broken_off.rows("SELECT count(*) FROM blobs WHERE recipe IS NULL") == [(3,)], "previews are made again"
    with pytest.raises(KeepingError, match="not empty"):
        await restore(gallery.database, gallery.storage, target, None)


async def test_foreign_databases_and_folders_are_left_alone(
    world: World, anna: Person, target: Path, new_world: Worlds, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    await fill(world, anna, 2)
    await world.gallery.backups.take(target)
    other = new_world()
    await other.gallery.database.aclose()
    with psycopg.connect(other.gallery.database.libpq_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE accounting (id int)")
    with pytest.raises(KeepingError, match="somebody else's"):
        await restore(other.gallery.database, other.gallery.storage, target, None)
    other.execute("DROP TABLE accounting")
    stray = other.gallery.storage.original(hashlib.sha256(b"x").digest())
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    with pytest.raises(KeepingError, match="another gallery"):
        await restore(other.gallery.database, other.gallery.storage, target, None)
    assert stray.read_bytes() == b"x"
    stray.unlink()
    with psycopg.connect(other.gallery.database.libpq_url, application_name="gallery"):
        with pytest.raises(KeepingError, match="is running"):
            await restore(other.gallery.database, other.gallery.storage, target, None)
    assert world.rows("SELECT count(*) FROM backup_runs WHERE outcome = 'failed'") == [(0,)]
    full = tmp_path / "documents"
    full.mkdir()
    (full / "letter.txt").write_text("Dear")
    with pytest.raises(KeepingError, match="not empty and holds no backup"):
        await world.gallery.backups.take(full)
    assert world.rows("SELECT count(*) FROM backup_runs WHERE outcome = 'failed'") == [(1,)], "also this is known"
    stranger = new_world()
    await claim_volume(stranger.gallery.database, stranger.gallery.storage)
    with pytest.raises(KeepingError, match="another gallery"):
        await stranger.gallery.backups.take(target)


async def test_a_volume_that_lost_its_database_gets_it_back(
    world: World, anna: Person, target: Path, new_world: Worlds, tmp_path: Path
) -> None:
    """What is there and whole stays, what rotted is replaced, what is newer than the backup waits to be adopted."""
    checksums = await fill(world, anna, 10)
    await world.gallery.backups.take(target)
    newer = set(await fill(world, anna, 2)) - set(checksums)
    survivor = new_world(folder=tmp_path / "survivor")
    await survivor.gallery.database.aclose()
    root = survivor.gallery.storage.root
    os.rmdir(root / "originals")
    os.rename(world.gallery.storage.root / "originals", root / "originals")
    os.mkdir(world.gallery.storage.root / "originals")
    (root / "gallery.volume-id").write_text((world.gallery.storage.root / "gallery.volume-id").read_text())
    flip(survivor.gallery.storage.original(checksums[3]), 77)
    survivor.gallery.storage.original(checksums[4]).unlink()
    done = await restore(survivor.gallery.database, survivor.gallery.storage, target, None)
    assert (done.files, done.kept_files, done.unknown) == (10, 8, 2)
    assert set(originals(survivor)) == {*checksums, *newer}
    assert (await survivor.gallery.scrubber.verify(pace=Pace(None))).damaged == []


# --- Trouble


async def test_what_is_damaged_stops_nothing(world: World, anna: Person, target: Path) -> None:
    checksums = await fill(world, anna, 200)
    flip(world.gallery.storage.original(checksums[3]), 1)
    world.gallery.storage.original(checksums[150]).unlink()
    done = await world.gallery.backups.take(target)
    assert {(item["sha256"], item["problem"]) for item in done.unavailable} == {
        (checksums[3].hex(), "damaged"),
        (checksums[150].hex(), "missing"),
    }
    assert done.files == 198
    assert set(contents(target / "originals")) == set(checksums) - {checksums[3], checksums[150]}
    assert world.rows("SELECT outcome, problems, files FROM backup_runs") == [("good", 2, 198)]

    flip(world.gallery.storage.original(checksums[5]), 1)
    again = await world.gallery.backups.take(target)
    assert len(again.unavailable) == 2, "of what rotted since, the backup has a good copy"
    assert hashlib.sha256(contents(target / "originals")[checksums[5]]).digest() == checksums[5]


async def test_an_empty_volume_makes_no_backup(world: World, anna: Person, target: Path, tmp_path: Path) -> None:
    await fill(world, anna, 20)
    os.rename(world.gallery.storage.root / "originals", tmp_path / "away")
    with pytest.raises(KeepingError, match="right volume"):
        await world.gallery.backups.take(target)
    assert BackupTarget.open(target).snapshots() == []
    [(outcome, details)] = world.rows("SELECT outcome, details FROM backup_runs")
    assert outcome == "failed"
    assert "right volume" in details["error"]
    os.rename(tmp_path / "away", world.gallery.storage.root / "originals")
    good = await world.gallery.backups.take(target)
    assert [one.name for one in BackupTarget.open(target).snapshots()] == [good.snapshot]
    assert [path.name for path in (target / "snapshots").iterdir()] == [good.snapshot], "what broke off is gone"


async def test_a_disk_that_is_not_mounted_does_not_become_a_new_target(
    world: World, anna: Person, target: Path, tmp_path: Path
) -> None:
    await fill(world, anna, 2)
    await world.gallery.backups.take(target)
    target.rename(tmp_path / "unmounted")
    target.mkdir()
    with pytest.raises(KeepingError, match="mounted"):
        await world.gallery.backups.take(target)
    assert list(target.iterdir()) == []
    assert (await world.gallery.backups.take(target, anew=True)).copied_files == 2
    assert (await world.gallery.backups.take(target)).copied_files == 0


async def test_a_file_of_the_backup_that_cannot_be_read_costs_only_itself(
    world: World, anna: Person, target: Path, new_world: Worlds
) -> None:
    checksums = await fill(world, anna, 3)
    await world.gallery.backups.take(target)
    path = BackupTarget.open(target).path(checksums[1])
    path.unlink()
    path.mkdir()
    there = new_world()
    await there.gallery.database.aclose()
    done = await restore(there.gallery.database, there.gallery.storage, target, None)
    assert (done.files, done.unavailable) == (2, [checksums[1].hex()])


async def test_one_at_a_time_and_nothing_goes_meanwhile(world: World, anna: Person, target: Path) -> None:
    gallery = world.gallery
    await fill(world, anna, 2)
    world.execute("DELETE FROM assets")
    async with gallery.database.transaction() as session:
        assert await queries.hold_still(session)
        with pytest.raises(KeepingError, match="Another backup"):
            await gallery.backups.take(target)
        late = world.clock() + timedelta(days=99)
        await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=late, grace=timedelta(0))
        assert len(originals(world)) == 2
    await gallery.backups.take(target)
    with BackupTarget.open(target).locked(), pytest.raises(KeepingError, match="Somebody else"):
        await gallery.backups.take(target)
    await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=late, grace=timedelta(0))
    assert originals(world) == {}


def test_the_lock_is_one_that_nfs_gives_and_a_reader_gets(tmp_path: Path) -> None:
    """NFS wants a descriptor that is open for writing; a medium that nobody can write to is locked by reading it."""
    target = BackupTarget.claim(tmp_path / "backup", uuid4())
    label = target.root / "gallery-backup.json"
    with target.locked():
        [flags] = [
            int(line.split()[1], 8)
            for path in Path("/proc/self/fd").iterdir()
            if path.exists() and path.samefile(label)
            for line in Path(f"/proc/self/fdinfo/{path.name}").read_text().splitlines()
            if line.startswith("flags:")
        ]
        assert flags & os.O_ACCMODE == os.O_RDWR
    label.unlink()
    label.symlink_to("/sys/kernel/notes")  # not even root may open that one for writing
    with target.locked(), target.locked():
        pass


async def test_a_backup_among_uploads_and_removals_is_whole(
    world: World, anna: Person, target: Path, move: Move
) -> None:
    """R03: whatever happens meanwhile, no restored row lacks its bytes."""
    gallery = world.gallery
    await fill(world, anna, 120)
    late = world.clock() + timedelta(days=99)
    over = asyncio.Event()

    async def bustle() -> int:
        rounds = 0
        while not over.is_set():
            assert (await world.upload(anna, anna.personal_space, tiny_jpeg())).status_code == 201
            world.execute("DELETE FROM assets WHERE id IN (SELECT id FROM assets ORDER BY random() LIMIT 2)")
            await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=late, grace=timedelta(0))
            rounds += 1
        return rounds

    busy = asyncio.create_task(bustle())
    snapshots = []
    for _ in range(3):
        world.clock.advance(minutes=1)
        snapshots.append(await gallery.backups.take(target))
        await asyncio.sleep(0.05)
    over.set()
    assert await busy > 3
    assert [one.unavailable for one in snapshots] == [[], [], []]
    for one in (snapshots[0], snapshots[2]):
        assert len((await move(target, one.snapshot)).checksums) == one.files


# Without a new original a backup asks the disk for seven things, all in one thread: dump, list and three folders, the
# manifest, and after it got its name the manifest's folder.
MANIFEST_WRITTEN, MANIFEST_NAMED = 6, 7


@needs_strace
async def test_a_backup_that_was_killed_does_not_count(world: World, anna: Person, target: Path, move: Move) -> None:
    """R02: incomplete, taken for no snapshot, and no reason to let a good one go."""
    await fill(world, anna, 12)
    good = await world.gallery.backups.take(target)
    env = environment(
        DATABASE_URL=world.gallery.database.libpq_url,
        DATA_DIR=str(world.gallery.settings.data_dir),
        UPLOADS_DIR=str(world.gallery.storage.root),
    )

    async def after_a_kill_at(fsync: int) -> list[str]:
        """The complete snapshots after a backup was killed at one of its fsyncs."""
        verb = (*COMMAND, "backup", str(target), "--keep-daily", "1")
        options = ["-e", "trace=fsync", "-e", f"inject=fsync:signal=KILL:when={fsync}"]
        command = ["strace", "-f", "-qq", "-o", os.devnull, *options, *verb]
        done = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True)
        assert done.returncode in {1, -signal.SIGKILL, 128 + signal.SIGKILL}, done.stderr.decode()[-2000:]
        return [one.name for one in BackupTarget.open(target).snapshots()]

    assert await after_a_kill_at(1) == [good.snapshot], "that was pg_dump, which asks once"
    assert world.rows("SELECT count(*) FROM backup_runs WHERE outcome = 'failed'") == [(1,)]
    await fill(world, anna, 1)
    complete = await world.gallery.backups.take(target)
    for fsync in (2, MANIFEST_WRITTEN):
        assert await after_a_kill_at(fsync) == [good.snapshot, complete.snapshot], fsync
    broken = {path.name for path in (target / "snapshots").iterdir()} - {good.snapshot, complete.snapshot}
    assert len(broken) == 1, "each try tidies away what the one before it left"
    with pytest.raises(KeepingError, match="incomplete"):
        BackupTarget.open(target).snapshot(broken.pop())
    assert len((await move(target)).checksums) == 13
    assert len(await after_a_kill_at(MANIFEST_NAMED)) == 3, "whole from the manifest on"
    assert len((await move(target)).checksums) == 13

    world.clock.now = datetime.now(UTC) + timedelta(days=1)
    whole = await world.gallery.backups.take(target, Keep(daily=1))
    assert [path.name for path in (target / "snapshots").iterdir()] == [whole.snapshot]
    assert world.rows("SELECT count(*) FROM backup_runs WHERE outcome = 'running'") == [(0,)]


# --- Reading it again


async def test_each_flipped_byte_of_a_backup_is_found(world: World, anna: Person, target: Path) -> None:
    """R04, and the next backup mends what it can."""
    checksums = await fill(world, anna, 60)
    done = await world.gallery.backups.take(target)
    assert (await check(world, target)).problems == 0
    store = BackupTarget.open(target)
    flip(store.path(checksums[7]), 3000)
    store.path(checksums[8]).unlink()
    found = await check(world, target)
    assert (found.damaged, found.missing, found.read_files) == ([checksums[7].hex()], [checksums[8].hex()], 59)
    assert world.rows("SELECT outcome, problems FROM backup_runs WHERE work = 'check' ORDER BY started_at, id") == [
        ("good", 0),
        ("failed", 2),
    ]
    assert (await world.gallery.backups.take(target)).copied_files == 2
    assert (await check(world, target)).problems == 0
    assert not list(target.rglob("*.damaged")), "whole again, it needs no memory"
    for name in ("database.dump", "originals.txt"):
        path = target / "snapshots" / done.snapshot / name
        flip(path, 4000)
        assert (await check(world, target)).broken_snapshots == [done.snapshot], name
        with pytest.raises(KeepingError, match=f"{name} is damaged"):
            await restore(world.gallery.database, world.gallery.storage, target, done.snapshot)
        flip(path, 4000)


async def test_a_backups_disk_that_went_away_costs_no_good_copy(world: World, anna: Person, target: Path) -> None:
    """One that gives some and not others has lost the others."""
    checksums = await fill(world, anna, 6)
    await world.gallery.backups.take(target)
    before = contents(target / "originals")

    class Refusing(BackupTarget):
        unreadable: Container[bytes] = checksums

        def open_original(self, sha256: bytes) -> BinaryIO:
            if sha256 in self.unreadable:
                raise OSError(errno.EIO, "Input/output error")
            return super().open_original(sha256)

    refusing = Refusing.open(target)
    with pytest.raises(KeepingError, match="its disk all right"):
        await look_into(refusing, everything)
    assert contents(target / "originals") == before
    refusing.unreadable = {checksums[0], checksums[4]}
    assert (await look_into(refusing, everything)).damaged == [checksums[0].hex(), checksums[4].hex()]
    assert (await world.gallery.backups.take(target)).copied_files == 2


async def test_a_part_each_day_is_all_of_it_in_four_weeks(world: World, anna: Person, target: Path) -> None:
    checksums = await fill(world, anna, 150)
    await world.gallery.backups.take(target)
    flip(BackupTarget.open(target).path(checksums[99]), 9)
    start = datetime(2026, 5, 1, tzinfo=UTC)
    gallery, read, damaged = world.gallery, 0, 0
    for day in range(28):
        chosen = part_of_the_day(start + day * NIGHT, 10**9)  # of so many that chance chooses none
        found = await check_backup(gallery.database, world.clock, target, lambda _, chosen=chosen: chosen)
        read, damaged = read + found.read_files, damaged + len(found.damaged)
    assert (read, damaged) == (150, 1)
    few = await check_backup(gallery.database, world.clock, target, partial(sample_of, 20))
    assert 3 < few.read_files < 60


# --- What stays


def test_the_newest_of_each_day_week_and_month_stay() -> None:
    nights = [datetime(2026, 3, 31, 3, tzinfo=UTC) - n * NIGHT for n in range(120)]
    stay = sorted(kept([*nights, nights[0] - timedelta(hours=2)], Keep(daily=3, weekly=2, monthly=3)), reverse=True)
    assert [moment.strftime("%m-%d") for moment in stay] == ["03-31", "03-30", "03-29", "02-28", "01-31"]
    assert kept(nights, Keep(daily=1)) == {nights[0]}
    assert kept([], Keep(daily=1)) == set()
    weeks = kept(nights, Keep(weekly=3))
    assert sorted(moment.strftime("%m-%d") for moment in weeks) == ["03-22", "03-29", "03-31"]


async def test_a_clock_that_was_ahead_does_not_cost_the_new_snapshot(world: World, anna: Person, target: Path) -> None:
    await fill(world, anna, 1)
    world.clock.advance(days=400)
    ahead = await world.gallery.backups.take(target, Keep(daily=1))
    world.clock.reset()
    done = await world.gallery.backups.take(target, Keep(daily=1))
    assert [one.name for one in BackupTarget.open(target).snapshots()] == [done.snapshot, ahead.snapshot]


async def test_old_snapshots_go_and_take_only_their_own(world: World, anna: Person, target: Path, move: Move) -> None:
    first = await fill(world, anna, 20)
    for _ in range(3):
        await world.gallery.backups.take(target, Keep(daily=3))
        world.clock.advance(days=1)
    gone = first[:5]
    for sha256 in gone:
        world.execute("DELETE FROM assets USING blobs b WHERE b.id = blob_id AND b.sha256 = %s", sha256)
        world.execute("DELETE FROM blobs WHERE sha256 = %s", sha256)
    middle = await world.gallery.backups.take(target, Keep(daily=3))
    assert (len(middle.dropped_snapshots), middle.dropped_files) == (1, 0), "older snapshots still need them"
    lists = sorted((target / "snapshots").glob("*/originals.txt"))
    world.clock.advance(days=1)
    flip(lists[-1], 100)
    untidied = await world.gallery.backups.take(target, Keep(daily=2))
    assert "nothing is removed from the store" in (untidied.untidied or "")
    assert BackupTarget.open(target).snapshot(None).name == untidied.snapshot, "the new one is whole all the same"
    assert set(contents(target / "originals")) == set(first)
    flip(lists[-1], 100)
    world.clock.advance(days=1)
    await world.gallery.backups.take(target, Keep(daily=1))
    assert set(contents(target / "originals")) == set(first[5:])
    assert (await check(world, target)).problems == 0
    assert len((await move(target)).checksums) == 15


# --- An older version's backup


async def test_an_older_backup_is_migrated(
    world: World, anna: Person, target: Path, new_world: Worlds, move: Move
) -> None:
    """R06."""
    old = new_world()
    boris = await old.person("boris", operator=True)
    await fill(old, boris, 5)
    done = await old.gallery.backups.take(target)
    await old.gallery.database.aclose()
    folder = target / "snapshots" / done.snapshot
    await asyncio.to_thread(command.downgrade, alembic_config(old.gallery.database.libpq_url), "0001")
    await dump_database(old.gallery.database.libpq_url, folder / "database.dump")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["migration"] = "0001"
    manifest["database"]["sha256"] = hashlib.sha256((folder / "database.dump").read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))
    restored = await move(target)
    assert len(restored.checksums) == 5
    assert await restored.signs_in("boris")
    head = world.rows("SELECT version_num FROM alembic_version")
    assert restored.world.rows("SELECT version_num FROM alembic_version") == head != [("0001",)]


async def test_a_newer_versions_backup_is_refused_beforehand(
    world: World, anna: Person, target: Path, new_world: Worlds
) -> None:
    await fill(world, anna, 1)
    done = await world.gallery.backups.take(target)
    path = target / "snapshots" / done.snapshot / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"migration": "9999", "gallery": "99.0"}))
    there = new_world()
    await there.gallery.database.aclose()
    with pytest.raises(KeepingError, match=r"version 99\.0"):
        await restore(there.gallery.database, there.gallery.storage, target, None)
    assert originals(there) == {}


# --- The application knows


async def test_backups_that_stay_away_are_noticed(world: World, anna: Person, target: Path, tmp_path: Path) -> None:
    """R07: no good backup for 26 hours, none read again for 8 days; and silence as long as nobody has begun."""
    gallery = world.gallery
    await fill(world, anna, 3)

    async def state() -> tuple[str, str]:
        health = (await world.client().get("/health")).json()
        return health["status"], health["backup"]

    world.clock.advance(days=30)
    assert await state() == ("ok", "none")
    await gallery.backups.take(target)
    assert await state() == ("ok", "ok")
    world.clock.advance(hours=25, minutes=59)
    assert await state() == ("ok", "ok")
    world.clock.advance(minutes=2)
    assert await state() == ("degraded", "overdue")
    os.rename(gallery.storage.root / "originals", tmp_path / "away")
    world.clock.advance(hours=1)
    with pytest.raises(KeepingError):
        await gallery.backups.take(tmp_path / "other")
    assert await state() == ("degraded", "overdue"), "one that failed is none"
    os.rename(tmp_path / "away", gallery.storage.root / "originals")
    await gallery.backups.take(target)
    assert await state() == ("ok", "ok")
    world.clock.advance(days=7)
    await gallery.backups.take(target)
    assert await state() == ("degraded", "unverified")
    await check(world, target)
    assert await state() == ("ok", "ok")
    text = (await world.client().get("/metrics")).text
    stamp = str(world.clock().timestamp())
    for line in (
        f'gallery_backup_last_success_timestamp_seconds{{target="{target}"}}',
        f'gallery_backup_check_last_success_timestamp_seconds{{target="{target}"}}',
    ):
        value = next(said for said in text.splitlines() if said.startswith(line)).split()[-1]
        assert float(value) == float(stamp)
    assert f'gallery_backup_last_result{{target="{target}"}} 1.0' in text
    anna = await world.person("keeper", operator=True)
    told = (await anna.http.get("/api/operator/keeping")).json()
    assert (told["backup"], told["last_backup"]["outcome"], told["last_backup"]["files"]) == ("ok", "good", 3)


async def told_within(world: World, target: Path, hours: int, every: str = "24h") -> list[object]:
    """What a scheduled backup says in so many hours of the clock."""
    said: list[object] = []
    end = world.clock() + timedelta(hours=hours)

    async def sleep(seconds: float) -> None:
        world.clock.advance(seconds=seconds)
        if world.clock() > end:
            raise asyncio.CancelledError

    schedule = Schedule.parse(every, None)
    assert schedule is not None
    with suppress(asyncio.CancelledError):
        await keep_backing_up(world.gallery.backups, schedule, target, None, said.append, sleep)
    return said


async def test_what_fails_is_said_and_tried_again_within_the_hour(world: World, anna: Person, target: Path) -> None:
    await fill(world, anna, 1)
    target.write_text("no folder")
    said = await told_within(world, target, 1)
    assert [type(one) for one in said] == [KeepingError] * 2
    target.unlink()
    said = await told_within(world, target, 23)
    assert [type(one) for one in said] == [BackupSummary, CheckSummary]


async def test_each_target_of_a_schedule_is_seen_by_itself(
    world: World, anna: Person, target: Path, tmp_path: Path
) -> None:
    """Neither the backup to another disk nor one by hand to a stick is the backup of this one."""
    await fill(world, anna, 1)
    other = tmp_path / "usb"

    async def state() -> str:
        return str((await world.client().get("/health")).json()["backup"])

    assert len(await told_within(world, target, 0)) == 2
    assert len(await told_within(world, other, 0)) == 2, "it has none of its own yet"
    assert await state() == "ok"
    world.clock.advance(hours=24)
    other.rename(tmp_path / "unplugged")
    assert len(await told_within(world, target, 0)) == 2
    assert [type(one) for one in await told_within(world, other, 0)] == [KeepingError]
    world.clock.advance(hours=3)
    await world.gallery.backups.take(tmp_path / "stick")
    assert await state() == "overdue"
    (tmp_path / "unplugged").rename(other)
    assert len(await told_within(world, other, 0)) == 2
    assert await state() == "ok"


async def test_a_rare_schedule_is_not_overdue_before_its_time(world: World, anna: Person, target: Path) -> None:
    await fill(world, anna, 1)
    await told_within(world, target, 0, every="2d")

    async def state() -> str:
        return str((await world.client().get("/health")).json()["backup"])

    world.clock.advance(hours=49)
    assert await state() == "ok"
    world.clock.advance(hours=2)
    assert await state() == "overdue"


@pytest.mark.parametrize(
    ("every", "at", "good", "tried", "due"),
    [
        ("24h", None, None, None, "05-10 12:00"),
        ("24h", None, None, "05-10 11:30", "05-10 12:30"),
        ("24h", None, "05-10 02:00", "05-10 02:00", "05-11 02:00"),
        ("24h", None, "05-09 02:00", "05-10 02:00", "05-10 03:00"),
        ("30m", None, "05-10 11:50", "05-10 11:50", "05-10 12:20"),
        ("30m", None, "05-10 11:10", "05-10 11:40", "05-10 12:10"),
        (None, "03:30", "05-10 03:30", "05-10 03:30", "05-11 03:30"),
        (None, "03:30", "05-10 10:00", "05-10 10:00", "05-11 03:30"),
        (None, "03:30", "05-08 03:30", None, "05-09 03:30"),
        (None, "23:00", "05-09 23:00", "05-09 23:00", "05-10 23:00"),
    ],
)
def test_when_a_backup_is_due(every: str | None, at: str | None, good: str | None, tried: str | None, due: str) -> None:
    def moment(text: str | None) -> datetime | None:
        return None if text is None else datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)

    schedule, now = Schedule.parse(every, at), moment("05-10 12:00")
    assert schedule is not None
    assert now is not None
    assert schedule.due(moment(good), moment(tried), now) == moment(due)


@pytest.mark.parametrize(("every", "at"), [("24", None), ("0h", None), ("1y", None), (None, "25:00"), ("1h", "03:00")])
def test_schedules_that_are_none(every: str | None, at: str | None) -> None:
    with pytest.raises(ValueError):
        Schedule.parse(every, at)
