"""Examination goes on after the worst: the whole server dies in the middle, or two workers want the same job."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from gallery.infra.jobs import Jobs
from tests.uploads.serving import Installation, Person, eventually, set_up

from .watching import (
    PATIENCE,
    derivatives,
    examinations,
    jobs_left,
    picture,
    send,
    sign_in_again,
    states,
    wait_until_examined,
    worker,
)

COUNT = 16


@contextmanager
def operator_of(installation: Installation) -> Iterator[Person]:
    person = set_up(installation)
    try:
        yield person
    finally:
        person.http.close()


async def rescue(installation: Installation) -> None:
    """What the clock does every minute, for workers whose last sign of life is long past."""
    with installation.database() as connection:
        connection.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")
    jobs = Jobs(installation.database_url)
    await jobs.open()
    try:
        await jobs.rescue()
    finally:
        await jobs.aclose()


async def test_a_killed_server_takes_up_its_work_again(install: Callable[..., Installation]) -> None:
    gallery = install()
    with operator_of(gallery) as anna:
        space = anna.new_space()
        with ThreadPoolExecutor(4) as pool:
            sent = pool.map(lambda n: send(anna, space, f"{n}.jpg", picture(n)).status_code, range(COUNT))
        assert list(sent) == [201] * COUNT
        with eventually(PATIENCE) as soon:
            while soon.waiting(states(gallery)["ready"] >= 1):
                pass
        gallery.kill()
        before = examinations(gallery)
        assert 0 < len(before) < COUNT, "killed in the middle"
        assert states(gallery) == {"ready": len(before), "processing": COUNT - len(before)}

        await rescue(gallery)
        gallery.start()
        wait_until_examined(gallery)

        assert states(gallery) == {"ready": COUNT}
        after = examinations(gallery)
        assert set(after.values()) == {1}, "nothing was done twice"
        assert derivatives(gallery) == {blob_id.replace("-", "") for blob_id in after}
        sign_in_again(anna)
        skeleton = anna.http.get("/api/timeline", params={"space_id": space}).raise_for_status().json()
        assert skeleton["total"] == COUNT


def test_folders_named_from_where_one_stands_are_as_good(install: Callable[..., Installation]) -> None:
    """`make run` says DATA_DIR=data; other programs are told the whole path."""
    gallery = install()
    assert gallery.stop() == 0
    gallery.environment |= {
        "DATA_DIR": os.path.relpath(gallery.folder),
        "UPLOADS_DIR": os.path.relpath(gallery.uploads),
    }
    gallery.start()
    with operator_of(gallery) as anna:
        assert send(anna, anna.new_space(), "1.jpg", picture(1)).status_code == 201
        wait_until_examined(gallery)
    assert states(gallery) == {"ready": 1}


def test_two_workers_do_each_job_once(install: Callable[..., Installation]) -> None:
    gallery = install(JOBS_IN_PROCESS="false")
    with operator_of(gallery) as anna:
        space = anna.new_space()
        for number in range(COUNT):
            assert send(anna, space, f"{number}.jpg", picture(number)).status_code == 201
        assert states(gallery) == {"processing": COUNT}
        assert jobs_left(gallery) == COUNT
        with worker(gallery), worker(gallery):
            wait_until_examined(gallery)
            with gallery.database() as connection:
                row = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
        assert row == (2,)
        assert states(gallery) == {"ready": COUNT}
        assert list(examinations(gallery).values()) == [1] * COUNT
        assert len(derivatives(gallery)) == COUNT
