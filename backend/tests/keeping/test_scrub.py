"""Originals that rot, that are gone, and that nobody knows: all found, none touched (F25, F26, F28, F30)."""

import hashlib
import os
import random
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from gallery.assets import upkeep
from gallery.infra.errors import Unavailable
from gallery.keeping.reading import Interrupted, Pace
from gallery.keeping.restore import heal
from gallery.keeping.scrub import Scrubber
from tests.factories import Person, World, tiny_jpeg
from tests.fakes.storage import FailingStorage

from .stock import fill, flip, integrity, originals

QUICK = Pace(None)


@pytest.fixture
async def anna(world: World) -> Person:
    return await world.person("anna", operator=True)


async def test_a_sound_library_is_found_sound(world: World, anna: Person) -> None:
    await fill(world, anna, 250)
    found = await world.gallery.scrubber.verify(pace=QUICK)
    assert (found.files, found.size) == (250, 250 * 900)
    assert (found.missing, found.damaged, found.unknown, found.stopped) == ([], [], [], False)
    [(position, finished, files)] = world.rows("SELECT position, finished_at, files FROM scrubs")
    assert (bytes(position), finished, files) == (b"\xff" * 32, world.clock(), 250)


async def test_all_rot_is_found_left_alone_and_healed(world: World, anna: Person, tmp_path: Path) -> None:
    """F26: one bit in each of 100 of 300; then a cut, zeros, two swapped, a link, a folder, something added."""
    scrubber, storage = world.gallery.scrubber, world.gallery.storage
    checksums = await fill(world, anna, 300)
    whole = originals(world)
    await world.gallery.backups.take(tmp_path / "backup")
    chance = random.Random(26)
    flipped = set(chance.sample(checksums, 100))
    for sha256 in flipped:
        flip(storage.original(sha256), chance.randrange(900 * 8))
    cut, zeros, one, other, linked, longer = [s for s in checksums if s not in flipped][:6]
    os.truncate(storage.original(cut), 899)
    storage.original(zeros).write_bytes(bytes(900))
    storage.original(one).write_bytes(whole[other])
    storage.original(other).write_bytes(whole[one])
    outside = tmp_path / "elsewhere"
    outside.write_bytes(whole[linked])
    storage.original(linked).unlink()
    storage.original(linked).symlink_to(outside)
    with storage.original(longer).open("ab") as file:
        file.write(b"!")
    ruined = originals(world)

    found = await scrubber.verify(pace=QUICK)
    bad = flipped | {cut, zeros, one, other, linked, longer}
    assert {bytes.fromhex(name) for name in found.damaged} == bad
    assert (len(found.damaged), found.missing, found.stopped) == (106, [], False)
    assert {sha256 for sha256, what in integrity(world).items() if what == "damaged"} == bad
    assert originals(world) == ruined, "what is damaged is neither deleted nor overwritten"
    answer = (await anna.http.get("/api/operator/keeping")).json()
    assert (answer["originals"], answer["damaged"], answer["missing"]) == ("damaged", 106, 0)
    health = (await world.client().get("/health")).json()
    assert (health["status"], health["originals"]) == ("degraded", "damaged")

    healed = await heal(world.gallery.database, storage, tmp_path / "backup")
    assert (len(healed.healed), healed.left) == (106, [])
    assert originals(world) == whole
    assert set(integrity(world).values()) == {"sound"}
    assert not storage.original(linked).is_symlink()
    assert world.rows("SELECT count(*) FROM blobs WHERE recipe IS NULL") == [(106,)], "made again by the sweep"
    again = await scrubber.verify(pace=QUICK)
    assert (again.files, again.damaged) == (300, [])


async def test_the_same_bytes_sent_again_heal(world: World, anna: Person) -> None:
    data = tiny_jpeg("precious")
    assert (await world.upload(anna, anna.personal_space, data)).status_code == 201
    path = world.gallery.storage.original(hashlib.sha256(data).digest())
    flip(path, 700)
    await world.gallery.scrubber.verify(pace=QUICK)
    assert set(integrity(world).values()) == {"damaged"}
    assert (await world.upload(anna, anna.personal_space, data)).json()["duplicate"]
    assert path.read_bytes() == data
    assert set(integrity(world).values()) == {"sound"}


async def test_an_empty_mount_stops_everything(world: World, anna: Person, tmp_path: Path) -> None:
    """F28: more than one of a hundred missing is no reason to mark, or to tidy up, all the others."""
    gallery = world.gallery
    checksums = await fill(world, anna, 400)
    world.execute("DELETE FROM assets WHERE blob_id = (SELECT id FROM blobs ORDER BY sha256 DESC LIMIT 1)")
    root = gallery.storage.root / "originals"
    away = root.rename(tmp_path / "unmounted")
    root.mkdir()
    found = await gallery.scrubber.verify(pace=QUICK)
    assert found.stopped
    assert 4 < len(found.missing) <= 100, "it went no further than it took to see"
    health = (await world.client().get("/health")).json()
    assert (health["status"], health["originals"]) == ("degraded", "lost")
    late = world.clock() + timedelta(days=90)
    await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=late, grace=timedelta(days=30))
    assert world.rows("SELECT count(*) FROM blobs") == [(400,)], "nothing is tidied up"
    await gallery.scrubber.keep_up(within=timedelta(days=30), pace=QUICK, patience=5)
    assert sum(what == "missing" for what in integrity(world).values()) == len(found.missing)

    root.rmdir()
    away.rename(root)
    await gallery.scrubber.keep_up(within=timedelta(days=30), pace=QUICK, patience=5)
    assert set(integrity(world).values()) == {"sound"}, "it sees by itself that they are back"
    await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=late, grace=timedelta(days=30))
    assert sorted(integrity(world)) == checksums[:-1]


async def test_what_nobody_shows_is_no_loss(world: World, anna: Person) -> None:
    """Bytes that were on their way out when the process died: found missing, and the row goes all the same."""
    gallery = world.gallery
    [sha256] = await fill(world, anna, 1)
    world.execute("DELETE FROM assets")
    gallery.storage.original(sha256).unlink()
    assert len((await gallery.scrubber.verify(pace=QUICK)).missing) == 1
    assert (await world.client().get("/health")).json()["originals"] == "ok"
    late = world.clock() + timedelta(days=90)
    await upkeep.drop_unused_blobs(gallery.database, gallery.storage, now=late, grace=timedelta(days=30))
    assert integrity(world) == {}


async def test_one_of_a_hundred_may_be_missing(world: World, anna: Person) -> None:
    checksums = await fill(world, anna, 400)
    gone = set(checksums[::100])
    for sha256 in gone:
        world.gallery.storage.original(sha256).unlink()
    found = await world.gallery.scrubber.verify(pace=QUICK)
    assert {bytes.fromhex(name) for name in found.missing} == gone
    assert (found.files, found.stopped) == (400, False)


async def test_a_pass_takes_its_days_and_catches_up(world: World, anna: Person) -> None:
    checksums = await fill(world, anna, 200)
    scrubber, month = world.gallery.scrubber, timedelta(days=30)

    async def looked_at() -> int:
        await scrubber.keep_up(within=month, pace=QUICK, patience=60)
        return int(world.rows("SELECT files FROM scrubs ORDER BY started_at DESC")[0][0])

    assert await looked_at() == 0
    world.clock.advance(days=9)
    third = await looked_at()
    assert 40 < third < 95, "a third of the time, a third of the checksums"
    assert await looked_at() == third, "and not twice"
    flip(world.gallery.storage.original(checksums[-1]), 5)
    world.clock.advance(days=19)  # the machine was off meanwhile
    assert await looked_at() == 200
    assert [sha256 for sha256, what in integrity(world).items() if what != "sound"] == [checksums[-1]]
    assert world.rows("SELECT count(*) FROM scrubs WHERE finished_at IS NOT NULL") == [(1,)]
    world.clock.advance(days=1)
    assert await looked_at() < 20, "the next pass has begun"


async def test_a_pass_goes_on_where_its_patience_ended(world: World, anna: Person) -> None:
    await fill(world, anna, 250)
    scrubber = world.gallery.scrubber
    await scrubber.keep_up(within=timedelta(days=30), pace=QUICK, patience=60)
    world.clock.advance(days=40)
    turns = 0
    while not world.rows("SELECT 1 FROM scrubs WHERE finished_at IS NOT NULL"):
        await scrubber.keep_up(within=timedelta(days=30), pace=Pace(1_500_000), patience=0.03)
        turns += 1
    assert turns > 1
    assert world.rows("SELECT files FROM scrubs WHERE finished_at IS NOT NULL") == [(250,)], "each once"


async def test_reading_keeps_its_pace(world: World, anna: Person) -> None:
    await fill(world, anna, 20, size=10_000)
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(400_000, clock=lambda: now, sleep=sleep)
    await world.gallery.scrubber.verify(pace=pace)
    assert now == pytest.approx(0.5)
    now += 100
    pace.read(1_200_000)
    assert now == pytest.approx(102.5), "who waited long may be in a hurry for one second"


# --- A disk that does not give what it has


def failing(world: World) -> tuple[FailingStorage, Scrubber]:
    storage = FailingStorage(world.gallery.storage.root)
    return storage, Scrubber(world.gallery.database, storage, world.clock)


async def test_a_bad_spot_is_damage_and_a_disk_that_went_away_is_none(world: World, anna: Person) -> None:
    checksums = await fill(world, anna, 150)
    storage, scrubber = failing(world)
    storage.unreadable = {checksums[0], checksums[120]}
    found = await scrubber.verify(pace=QUICK)
    assert (found.files, found.missing) == (150, [])
    assert found.damaged == [checksums[0].hex(), checksums[120].hex()]
    storage.unreadable = ()
    await scrubber.verify(pace=QUICK)
    for readings in (0, 50):
        storage.lasts = readings
        with pytest.raises(Unavailable):
            await scrubber.verify(pace=QUICK)
        assert set(integrity(world).values()) == {"sound"}
    storage.lasts = None
    assert (await scrubber.verify(pace=QUICK, resume=True)).damaged == []


async def test_only_what_is_missing_is_looked_for_at_every_turn(world: World, anna: Person) -> None:
    checksums = await fill(world, anna, 700)
    _, scrubber = failing(world)
    flip(scrubber.storage.original(checksums[0]), 3)  # type: ignore[attr-defined]  # a local one
    await scrubber.verify(pace=QUICK)
    world.execute("UPDATE blobs SET integrity = 'missing' WHERE integrity = 'sound' AND sha256 > %s", checksums[98])
    read: list[int] = []
    pace = Pace(None, should_stop=lambda: bool(read.append(1)))
    await scrubber.keep_up(within=timedelta(days=30), pace=pace, patience=60)
    assert len(read) == 601, "each chunk that is read asks once"
    assert [sha256 for sha256, what in integrity(world).items() if what != "sound"] == [checksums[0]]


async def test_what_changed_while_it_was_read_is_not_written_down(world: World, anna: Person) -> None:
    """An upload brought the bytes meanwhile, the upkeep took others away rightly, a third was healed."""
    healed, removed, known = await fill(world, anna, 3)

    class Meanwhile(FailingStorage):
        changed = False

        def open_original(self, sha256: bytes) -> BinaryIO:
            if self.changed or sha256 not in {healed, removed}:
                return super().open_original(sha256)
            self.changed = sha256 == removed
            if sha256 == removed:
                world.execute("DELETE FROM assets USING blobs b WHERE b.id = blob_id AND b.sha256 = %s", removed)
                world.execute("DELETE FROM blobs WHERE sha256 = %s", removed)
            raise FileNotFoundError

    found = await Scrubber(world.gallery.database, Meanwhile(world.gallery.storage.root), world.clock).verify(
        pace=QUICK
    )
    assert (found.missing, found.damaged) == ([], [])
    assert integrity(world) == {healed: "sound", known: "sound"}


async def test_reading_ends_when_the_worker_stops(world: World, anna: Person) -> None:
    """A worker that is told to stop does not wait for a film; what was read until then is not read again."""
    await fill(world, anna, 30)
    answers = iter([False] * 10 + [True] * 100)
    await world.gallery.scrubber.keep_up(within=timedelta(days=30), pace=QUICK, patience=60)
    world.clock.advance(days=40)
    pace = Pace(None, should_stop=lambda: next(answers))
    with pytest.raises(Interrupted):
        await world.gallery.scrubber.keep_up(within=timedelta(days=30), pace=pace, patience=60)
    assert world.rows("SELECT files, finished_at FROM scrubs") == [(10, None)]
    rest = await world.gallery.scrubber.verify(pace=QUICK, resume=True)
    assert (rest.files, rest.damaged) == (20, [])


async def test_unknown_originals_become_photos(world: World, anna: Person) -> None:
    """F30: a database older than its volume. What was deleted on purpose does not come back, and nothing is lost."""
    gallery, boris = world.gallery, await world.person("boris")
    kept, lost, buried, fresh = (tiny_jpeg(name) for name in ("kept", "lost", "buried", "fresh"))
    for data in (kept, lost, buried, fresh):
        assert (await world.upload(boris, boris.personal_space, data)).status_code == 201
    checksums = {data: hashlib.sha256(data).digest() for data in (kept, lost, buried, fresh)}
    world.execute("INSERT INTO tombstones (space_id, sha256) VALUES (%s, %s)", boris.personal_space, checksums[buried])
    for data in (lost, buried, fresh):
        world.execute("DELETE FROM assets USING blobs b WHERE b.id = blob_id AND b.sha256 = %s", checksums[data])
        world.execute("DELETE FROM blobs WHERE sha256 = %s", checksums[data])
    old = gallery.storage.originals
    before = originals(world)

    class Aged(type(gallery.storage)):  # type: ignore[misc]  # the storage, two hours later
        def originals(self, after: bytes = b"") -> object:
            return (
                one if one.sha256 == checksums[fresh] else one._replace(since=one.since - 7200) for one in old(after)
            )

    scrubber = type(gallery.scrubber)(gallery.database, Aged(gallery.storage.root), world.clock)
    found = await scrubber.verify(pace=QUICK)
    assert set(found.unknown) == {checksums[lost].hex(), checksums[buried].hex()}, "not an upload of this very hour"
    await scrubber.adopt(gallery.intake, found)
    assert found.adopted == 1
    rows = world.rows(
        "SELECT s.name, b.sha256, a.file_name FROM assets a JOIN spaces s ON s.id = a.space_id"
        " JOIN blobs b ON b.id = a.blob_id WHERE s.kind = 'group'"
    )
    assert [(name, bytes(sha256)) for name, sha256, _ in rows] == [("Recovered", checksums[lost])]
    assert rows[0][2].endswith(".jpeg")
    assert [space["name"] for space in (await anna.http.get("/api/spaces")).json()["items"]] == ["anna", "Recovered"]
    assert originals(world) == before
    assert not list(gallery.storage.spooled())
    again = await scrubber.verify(pace=QUICK)
    assert again.unknown == [checksums[buried].hex()]
