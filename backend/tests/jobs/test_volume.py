"""A gallery with the wrong folder does not start, and touches nothing."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from gallery.assets.volume import MARKER, WrongVolume, claim_volume
from tests.factories import World
from tests.uploads.serving import Installation

Worlds = Callable[..., World]


async def test_the_first_start_marks_both(new_world: Worlds) -> None:
    world = new_world()
    await claim_volume(world.gallery.database, world.gallery.storage)
    marker = (world.gallery.storage.root / MARKER).read_text()
    assert world.rows("SELECT volume_id::text FROM installation") == [(marker,)]
    await claim_volume(world.gallery.database, world.gallery.storage)
    assert (world.gallery.storage.root / MARKER).read_text() == marker


@pytest.mark.parametrize("found", [None, "5f3c1c3e-0000-4000-8000-000000000000"], ids=["empty mount", "another"])
async def test_another_folder_is_refused(new_world: Worlds, found: str | None) -> None:
    world = new_world()
    await claim_volume(world.gallery.database, world.gallery.storage)
    marker = world.gallery.storage.root / MARKER
    if found is None:
        marker.unlink()
    else:
        marker.write_text(found)
    with pytest.raises(WrongVolume, match="is not the one that belongs to this database"):
        async with world.running(work=True):
            pytest.fail("it started")
    assert (marker.read_text() if marker.exists() else None) == found


async def test_a_restored_database_without_the_name_takes_the_folders(new_world: Worlds) -> None:
    world = new_world()
    await claim_volume(world.gallery.database, world.gallery.storage)
    marker = (world.gallery.storage.root / MARKER).read_text()
    world.execute("DELETE FROM installation")
    await claim_volume(world.gallery.database, world.gallery.storage)
    assert world.rows("SELECT volume_id::text FROM installation") == [(marker,)]


def test_the_server_says_why_and_ends(install: Callable[..., Installation], tmp_path: Path) -> None:
    gallery = install(JOBS_IN_PROCESS="false")
    assert gallery.stop() == 0
    other = Installation(gallery.database_url, tmp_path, **{**gallery.environment, "UPLOADS_DIR": str(tmp_path / "up")})
    with pytest.raises(RuntimeError, match="did not start"):
        other.start()
    assert other.wait_for_end() != 0
    assert "is not the one that belongs to this database" in other.log.read_text()
    assert not (tmp_path / "up" / MARKER).exists()
    with psycopg.connect(gallery.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM installation").fetchone() == (1,)
    gallery.start()
