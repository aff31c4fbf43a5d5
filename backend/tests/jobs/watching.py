"""What the tests of background work share: pictures that cost something, waiting, and a note of every examination."""

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image

from tests.uploads.serving import PASSWORD, Installation, Person, _plain_environment, eventually

PATIENCE = 240.0
"""Seconds; a busy machine is no defect."""

_WATCH = """
CREATE TABLE examinations (blob_id uuid, state text, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION note_examination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO examinations (blob_id, state) VALUES (NEW.id, NEW.state);
    RETURN NULL;
END $$;
CREATE TRIGGER note_examination AFTER UPDATE ON blobs FOR EACH ROW
    WHEN (NEW.processed_at IS DISTINCT FROM OLD.processed_at) EXECUTE FUNCTION note_examination();
"""


def watch(installation: Installation) -> None:
    """From now on the database notes who was examined, beside the gallery and without its knowledge."""
    with installation.database() as connection:
        connection.execute(_WATCH)


def examinations(installation: Installation, space: str | None = None) -> Counter[str]:
    """How often each blob's examination was written down; of all blobs, or of those that a space shows."""
    shown = "WHERE blob_id IN (SELECT blob_id FROM assets WHERE space_id = %(space)s)" if space else ""
    query = f"SELECT blob_id::text, count(*) FROM examinations {shown} GROUP BY 1"
    with installation.database() as connection:
        return Counter(dict(connection.execute(query, {"space": space}).fetchall()))


def states(installation: Installation) -> Counter[str]:
    """How many blobs are in which state."""
    with installation.database() as connection:
        return Counter(dict(connection.execute("SELECT state, count(*) FROM blobs GROUP BY 1").fetchall()))


def jobs_left(installation: Installation) -> int:
    with installation.database() as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'assets.ingest' AND status IN ('todo', 'doing')"
        ).fetchone()
    assert row is not None
    return int(row[0])


def wait_until_examined(installation: Installation) -> None:
    """Nothing is processing any more and no job waits."""
    with eventually(PATIENCE) as soon:
        while soon.waiting(states(installation)["processing"] == 0 and jobs_left(installation) == 0):
            pass


def picture(seed: int, size: tuple[int, int] = (1800, 1200)) -> bytes:
    """A JPEG of noise, another one for every seed, that takes a decoder a moment."""
    noise = Image.effect_noise(size, 20 + seed % 80)
    out = io.BytesIO()
    Image.merge("RGB", (noise, noise, Image.new("L", size, seed % 256))).save(out, "JPEG", quality=80)
    return out.getvalue()


def send(person: Person, space_id: str, name: str, data: bytes) -> httpx.Response:
    return person.http.post("/api/assets", params={"space_id": space_id}, files={"file": (name, data)})


def sign_in_again(person: Person) -> None:
    """A token that is new: access tokens live for minutes, and examining a whole library takes longer."""
    answer = person.http.post("/api/auth/password", json={"login": person.login, "password": PASSWORD})
    person.http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"


def start_worker(installation: Installation) -> subprocess.Popen[bytes]:
    """A `gallery worker` beside the gallery."""
    with (installation.folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", "from gallery.cli import main; main()", "worker"],
            env={**_plain_environment(), **installation.environment},
            stdout=log,
            stderr=log,
        )


@contextmanager
def worker(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is asked to end, and has to do so in order."""
    process = start_worker(installation)
    try:
        yield process
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def derivatives(installation: Installation) -> set[str]:
    """Blob ids (hex) that have a thumb and a preview on the disk."""
    folders = (installation.uploads / "derivatives").glob("??/??/*")
    return {folder.name for folder in folders if _names(folder) == {"thumb-1", "preview-1"}}


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
