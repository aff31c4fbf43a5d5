"""Real clients over bad networks and under a server that dies: every photo arrives, once and whole."""

import io
import json
import os
import random
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from tusclient import client as tuspy
from tusclient.storage import filestorage

from .cutting import CuttingProxy
from .serving import Installation, Person, assets_of, eventually, photo

HERE = Path(__file__).parent
TUS_JS = HERE.parents[2] / "front" / "node_modules" / "tus-js-client"
LONG = int(os.environ.get("UPLOAD_TEST_ROUNDS", "1"))
"""How many times as many files the long loops send; 40 makes the thousand cuts of a night's run."""

needs_tus_js = pytest.mark.skipif(
    not TUS_JS.is_dir() or shutil.which("node") is None,
    reason="needs node and front/node_modules (make test brings them)",
)


class TusJs:
    """The client in a process of its own; may be killed and started again like a browser tab."""

    def __init__(self, person: Person, space_id: str, files: list[Path], memory: Path, **options: Any) -> None:
        self.job = {
            "endpoint": f"{person.installation.url}/api/uploads",
            "token": person.token,
            "spaceId": space_id,
            "files": [str(file) for file in files],
            "chunkSize": 64_000,
            "memory": str(memory),
            **options,
        }
        self.stored: dict[str, dict[str, Any]] = {}
        self.failed: list[dict[str, Any]] = []
        self.begun: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "tus_js_client.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self.job))
        self._process.stdin.close()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self.wait()

    def wait(self) -> None:
        assert self._process is not None
        assert self._reader is not None
        self._process.wait(120)
        self._reader.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def run(self) -> None:
        self.start()
        self.wait()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line)
            if event["event"] == "stored":
                self.stored[event["path"]] = event
            elif event["event"] == "failed":
                self.failed.append(event)
            else:
                self.begun.append(event["path"])


def photos(folder: Path, count: int, size: int) -> list[Path]:
    made = []
    for index in range(count):
        path = folder / f"IMG_{index:04}.jpg"
        path.write_bytes(photo(size + index))
        made.append(path)
    return made


def assert_all_arrived(person: Person, client: TusJs, files: list[Path]) -> None:
    assert client.failed == []
    assert set(client.stored) == {str(file) for file in files}
    for file in files:
        data = file.read_bytes()
        assert assets_of(person.installation, data) == 1
        assert person.original(client.stored[str(file)]["assetId"]) == data


@needs_tus_js
class TestTusJsClient:
    def test_in_peace(self, anna: Person, space: str, tmp_path: Path) -> None:
        files = photos(tmp_path, 6, 150_000)
        client = TusJs(anna, space, files, tmp_path / "urls", withCreation=True)
        client.run()
        assert_all_arrived(anna, client, files)
        again = TusJs(anna, space, files, tmp_path / "urls 2")
        again.run()
        assert [event["duplicate"] for event in again.stored.values()] == [True] * len(files)
        assert {event["assetId"] for event in again.stored.values()} == {
            event["assetId"] for event in client.stored.values()
        }

    @pytest.mark.parametrize("with_creation", [False, True])
    def test_cut_at_random_points(self, anna: Person, space: str, tmp_path: Path, with_creation: bool) -> None:
        """Bytes are lost on the way there, answers on the way back: also the one that says "stored"."""
        dice = random.Random(20260501)
        files = photos(tmp_path, 12 * LONG, 400_000)
        with CuttingProxy(
            anna.installation.port,
            upstream=lambda: dice.randrange(1, dice.choice([2_000, 300_000])),
            downstream=lambda: dice.choice([None, dice.randrange(1, 2_000)]),
        ) as proxy:
            client = TusJs(
                anna,
                space,
                files,
                tmp_path / "urls",
                endpoint=f"{proxy.url}/api/uploads",
                chunkSize=150_000,
                withCreation=with_creation,
            )
            client.run()
        assert proxy.cuts > len(files)
        for path, event in client.stored.items():
            if event["assetId"] is None:
                pytest.fail(f"{path} was finished without a word about its asset")
        assert_all_arrived(anna, client, files)

    def test_server_killed_and_restarted(self, anna: Person, space: str, tmp_path: Path, gallery: Installation) -> None:
        files = photos(tmp_path, 6, 1_500_000)
        client = TusJs(anna, space, files, tmp_path / "urls", chunkSize=40_000)
        client.start()
        for _ in range(2):
            _wait_until_bytes_flow(gallery)
            gallery.kill()
            gallery.start()
        client.wait()
        assert_all_arrived(anna, client, files)

    def test_client_killed_and_started_again(
        self, anna: Person, space: str, tmp_path: Path, gallery: Installation
    ) -> None:
        files = photos(tmp_path, 3, 3_000_000)
        client = TusJs(anna, space, files, tmp_path / "urls", chunkSize=20_000, lanes=1)
        client.start()
        _wait_until_bytes_flow(gallery)
        client.kill()
        client.start()
        client.wait()
        assert_all_arrived(anna, client, files)
        with gallery.database() as connection:
            row = connection.execute("SELECT count(*) FROM uploads WHERE space_id = %s", (space,)).fetchone()
        assert row == (len(files),), "nothing may begin twice"


def _wait_until_bytes_flow(gallery: Installation) -> None:
    def spooled() -> int:
        return sum(file.stat().st_size for file in (gallery.uploads / "spool").iterdir() if file.is_file())

    before = spooled()
    with eventually(20) as soon:
        while soon.waiting(spooled() > before):
            pass


class Unclosed(io.BytesIO):
    """tuspy closes the stream after a mere look at it."""

    def close(self) -> None:
        """Stays open."""


class TestTuspy:
    @pytest.fixture
    def client(self, anna: Person) -> tuspy.TusClient:
        return tuspy.TusClient(
            f"{anna.installation.url}/api/uploads", headers={"Authorization": f"Bearer {anna.token}"}
        )

    @pytest.fixture
    def file(self) -> Unclosed:
        return Unclosed(photo(700_000))

    @pytest.mark.parametrize("checksum", [False, True])
    def test_upload(self, anna: Person, space: str, client: tuspy.TusClient, file: Unclosed, checksum: bool) -> None:
        uploader = client.uploader(
            file_stream=file,
            chunk_size=200_000,
            metadata={"filename": "Фото 1.jpg", "space_id": space},
            upload_checksum=checksum,
        )
        uploader.upload()
        state = anna.http.get(str(uploader.url)).json()
        asset = anna.http.get(f"/api/assets/{state['asset']['id']}").json()
        assert asset["file_name"] == "Фото 1.jpg"
        assert anna.original(asset["id"]) == file.getvalue()

    def test_resumes_after_the_server_was_killed(
        self,
        anna: Person,
        space: str,
        client: tuspy.TusClient,
        file: Unclosed,
        tmp_path: Path,
        gallery: Installation,
    ) -> None:
        memory = filestorage.FileStorage(str(tmp_path / "urls.json"))  # type: ignore[no-untyped-call]  # tuspy is untyped here
        options: dict[str, Any] = {
            "file_stream": file,
            "chunk_size": 100_000,
            "metadata": {"filename": "a.jpg", "space_id": space},
            "store_url": True,
            "url_storage": memory,
        }
        first = client.uploader(**options)
        for _ in range(2):
            first.upload_chunk()  # type: ignore[no-untyped-call]  # as above
        gallery.restart()
        second = client.uploader(**options)
        assert (second.url, second.offset) == (first.url, 200_000)
        second.upload()
        memory.close()  # type: ignore[no-untyped-call]  # as above
        assert anna.original(anna.http.get(str(second.url)).json()["asset"]["id"]) == file.getvalue()
