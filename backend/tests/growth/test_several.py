"""Two APIs and two workers over one database and one bucket: together they are one gallery."""

import hashlib
import json
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gallery.infra.s3 import S3Storage
from tests.jobs.test_crashes import rescue
from tests.jobs.watching import (
    examinations,
    jobs_left,
    picture,
    send,
    start_worker,
    states,
    wait_until_examined,
    watch,
    worker,
)
from tests.uploads.serving import (
    PASSWORD,
    Installation,
    Person,
    _plain_environment,
    assets_of,
    eventually,
    photo,
    set_up,
)

from .objects import ObjectStore

if TYPE_CHECKING:
    from tests.conftest import Postgres

JOBS = 60


@dataclass
class Pair:
    """Two installations that share all but their ports and their scratch folders.

    `KILLS` counts the files that a killed process of an installation may have left in its scratch folder.
    """

    one: Installation
    other: Installation
    storage: S3Storage

    def audit(self) -> None:
        """Checks P1 from below: every row has its original, whole, in the bucket; no scratch is left behind."""
        with self.one.database() as connection:
            rows = connection.execute("SELECT sha256, bytes FROM blobs").fetchall()
        sizes = {found.sha256: found.size for found in self.storage.originals()}
        for sha256, size in rows:
            assert sizes.pop(sha256) == size
            with self.storage.open_original(sha256) as file:
                assert hashlib.sha256(file.read()).digest() == sha256
        assert not sizes, "originals that no row names"
        for installation in (self.one, self.other):
            scratch = [path.name for path in (installation.uploads / "scratch").iterdir()]
            assert len(scratch) <= installation.environment["KILLS"].count("x"), scratch


@pytest.fixture(scope="module")
def pair(postgres: "Postgres", store: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    bucket = store.bucket()
    shared = {
        **store.environment(bucket.name),
        "SECRET_KEY": secrets.token_hex(32),
        "REFRESH_SECRET_KEY": secrets.token_hex(32),
        "MIN_FREE_BYTES": "0",
        "KILLS": "",
    }
    url = postgres.create()
    one, other = (Installation(url, tmp_path_factory.mktemp("node"), **shared) for _ in range(2))
    made = Pair(one, other, S3Storage(store.bucket(bucket.name, "photos/"), tmp_path_factory.mktemp("scratch")))
    watch(one)
    # Both meet an unmarked pair of database and bucket at once: one marks it, the other finds it marked.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Installation.start, (one, other)))
    yield made
    made.audit()
    assert (one.stop(), other.stop()) == (0, 0)
    postgres.drop(url)


@pytest.fixture(scope="module")
def anna(pair: Pair) -> Iterator[Person]:
    """The operator, who happens to be served by the first."""
    # Each start made a link, and only the last one works: whichever that was, now it is this one.
    verb = [sys.executable, "-c", "from gallery.cli import main; main()", "setup-link"]
    with pair.one.log.open("ab") as log:
        subprocess.run(verb, env={**_plain_environment(), **pair.one.environment}, stdout=log, check=True)
    person = set_up(pair.one)
    yield person
    person.http.close()


@pytest.fixture(scope="module")
def anna_elsewhere(pair: Pair, anna: Person) -> Iterator[Person]:
    """The same person with the same token, served by the other."""
    with httpx.Client(base_url=pair.other.url, timeout=60, headers=anna.http.headers) as http:
        yield Person(pair.other, anna.login, anna.token, anna.personal_space, http)


def test_pages_of_one_hear_of_uploads_to_the_other(anna: Person, anna_elsewhere: Person) -> None:
    space, heard, listening = anna.new_space(), queue.Queue[dict[str, Any]](), threading.Event()

    def listen() -> None:
        with anna.http.stream("GET", "/api/events") as events:
            for line in events.iter_lines():
                listening.set()
                if line.startswith("data:") and space in line:
                    heard.put(json.loads(line.removeprefix("data:")))
                    return

    page = threading.Thread(target=listen)
    page.start()
    assert listening.wait(30)
    stored = send(anna_elsewhere, space, "a.jpg", photo())
    assert stored.status_code == 201
    assert stored.json()["id"] in json.dumps(heard.get(timeout=30))
    page.join(30)


def test_an_upload_alternates_between_them(anna: Person, anna_elsewhere: Person) -> None:
    space, data = anna.new_space(), photo(1_000_000)
    location = anna.begin(space, data)
    offset = 0
    for step in range(10):
        here, there = (anna, anna_elsewhere) if step % 2 else (anna_elsewhere, anna)
        answer = here.patch(location, offset, data[offset : offset + 100_000])
        offset += 100_000
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(offset))
        assert there.offset(location) == offset
    assert assets_of(anna.installation, data) == 1
    skeleton = anna.http.get("/api/timeline", params={"space_id": space}).raise_for_status().json()
    assert skeleton["total"] == 1
    # Bytes that the other took in, handed out by this one.
    again = send(anna, space, "again.jpg", data)
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert anna.original(again.json()["id"]) == data


def test_one_dies_and_the_other_goes_on_with_its_uploads(pair: Pair, anna: Person, anna_elsewhere: Person) -> None:
    space, data = anna.new_space(), photo(12_000_000)
    location = anna.begin(space, data)
    gone = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield data[:9_000_000]
        with eventually(60) as soon:
            while soon.waiting(anna.offset(location) > 0):
                pass
        pair.other.kill()
        gone.set()

    with pytest.raises(httpx.TransportError):
        anna_elsewhere.patch(location, 0, slowly())
    assert gone.is_set()
    pair.other.environment["KILLS"] += "x"
    kept = anna.offset(location)
    assert kept == 8 << 20, "a whole part had come"
    # The claim of the one that died ends with its connection, which the database notices at once.
    answer = anna.patch(location, kept, data[kept:])
    assert answer.status_code == 204
    assert assets_of(pair.one, data) == 1
    pair.other.start()


def test_sign_in_attempts_are_counted_together(pair: Pair) -> None:
    def attempt(node: Installation) -> int:
        body = {"login": "nobody-here", "password": "wrong " + PASSWORD}
        return httpx.post(f"{node.url}/api/auth/password", json=body).status_code

    # Windows lie side by side on the clock: a fresh one has room for all attempts.
    if (left := 60 - time.time() % 60) < 15:
        time.sleep(left)
    answers = [attempt(node) for node in (pair.one, pair.other, pair.one, pair.other, pair.one)]
    assert answers == [401] * 5
    assert [attempt(pair.other), attempt(pair.one)] == [429, 429]


def test_two_workers_do_each_job_once(pair: Pair, anna: Person, anna_elsewhere: Person) -> None:
    space = anna.new_space()
    people = (anna, anna_elsewhere)
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(
            lambda n: send(people[n % 2], space, f"{n}.jpg", picture(n, (160 + n, 120))).status_code, range(JOBS)
        )
        assert set(sent) == {201}
    assert jobs_left(pair.one) >= JOBS
    with worker(pair.one), worker(pair.other):
        wait_until_examined(pair.one)
        with pair.one.database() as connection:
            assert connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (2,)
    assert states(pair.one)["processing"] == 0
    new = examinations(pair.one, space)
    assert (len(new), set(new.values())) == (JOBS, {1})
    # What workers made, both hand out.
    skeleton = anna.http.get("/api/timeline", params={"space_id": space}).raise_for_status().json()
    assert skeleton["total"] == JOBS
    with pair.one.database() as connection:
        query = "SELECT id::text FROM assets WHERE space_id = %s LIMIT 2"
        ids = [row[0] for row in connection.execute(query, (space,)).fetchall()]
    for person, asset in zip(people, ids, strict=True):
        media = person.http.get(f"/api/assets/{asset}").raise_for_status().json()["media"]
        assert person.http.get(media["thumb"]).raise_for_status().headers["content-type"] == "image/webp"
        original = person.http.get(media["original"], headers={"Range": "bytes=0-2"})
        assert (original.status_code, original.content) == (206, b"\xff\xd8\xff")


async def test_a_killed_workers_jobs_go_to_the_other(pair: Pair, anna: Person) -> None:
    space, count = anna.new_space(), 12
    for number in range(count):
        assert send(anna, space, f"{number}.jpg", picture(number, (2400, 1600))).status_code == 201
    doomed = start_worker(pair.other)
    try:
        with eventually(120) as soon:
            while soon.waiting(len(examinations(pair.one, space)) >= 2):
                pass
    finally:
        doomed.kill()
        doomed.wait()
    pair.other.environment["KILLS"] += "xx"
    done = examinations(pair.one, space)
    assert 0 < len(done) < count, "killed in the middle"
    await rescue(pair.one)
    with worker(pair.one):
        wait_until_examined(pair.one)
    new = examinations(pair.one, space)
    assert (len(new), set(new.values())) == (count, {1}), "each effect once"
    assert states(pair.one)["processing"] == 0
