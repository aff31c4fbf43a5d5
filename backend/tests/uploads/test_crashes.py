"""P1 under fire: the gallery is killed at each step of finishing an upload, its disk refuses, it is told to end.

[Note: What is asserted after each fault]
Whatever the gallery acknowledged is readable with the same bytes. No asset row lacks its bytes (`audit`). The
interrupted upload can be taken up and finished by what any tus client does: HEAD, then PATCH of the rest. It
ends as one asset.
"""

import contextlib
import hashlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from .serving import Installation, Person, assets_of, audit, eventually, photo, set_up
from .strace import injected, needs_strace, recorded

LONG = int(os.environ.get("UPLOAD_TEST_ROUNDS", "1"))
"""How many times as many kills; 8 kills at every single message to the database."""


class Ledger:
    """What a person was promised, to be counted afterwards."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.promised: dict[str, bytes] = {}

    def note(self, answer: httpx.Response, data: bytes) -> None:
        assert answer.headers["Upload-Offset"] == str(len(data))
        self.promised[answer.headers["Asset-Id"]] = data

    def all_are_there(self) -> None:
        for asset_id, data in self.promised.items():
            assert self.person.original(asset_id) == data
            assert assets_of(self.person.installation, data) == 1
        audit(self.person.installation)


@pytest.fixture(scope="module")
def ledger(anna: Person) -> Iterator[Ledger]:
    """Counts everything that any test of this file was promised, once more at the end."""
    ledger = Ledger(anna)
    yield ledger
    ledger.all_are_there()


def spool_file(gallery: Installation, location: str) -> Path:
    return gallery.uploads / "spool" / location.rpartition("/")[2].replace("-", "")


def ready_to_finish(anna: Person, space: str) -> tuple[str, bytes]:
    """An upload that lacks its last bytes, and a gallery that has nothing left to do: its log of the answer, written after
    the answer, would else be the first thing that a trap for writes catches."""
    data = photo(200_000)
    location = anna.begin(space, data)
    answer = anna.patch(location, 0, data[:150_000])
    assert answer.status_code == 204
    with eventually() as soon:
        while soon.waiting(answer.headers["X-Request-Id"] in anna.installation.log.read_text()):
            pass
    return location, data


def send_the_rest(anna: Person, location: str, data: bytes) -> httpx.Response | None:
    """The answer, or None when the connection died."""
    try:
        return anna.patch(location, 150_000, data[150_000:])
    except httpx.TransportError:
        return None


def recover(anna: Person, gallery: Installation, location: str, data: bytes, ledger: Ledger) -> None:
    gallery.wait_for_end()
    audit(gallery)
    gallery.start()
    audit(gallery)
    answer = anna.finish(location, data)
    assert answer.status_code in {200, 204}, answer.text
    ledger.note(answer, data)
    ledger.all_are_there()


def registration(conversation: list[str]) -> tuple[int, int]:
    """Which message begins the transaction that makes the asset and finishes the upload, and which commits it; counted
    from 1. It is the longest transaction."""
    begins = [number for number, message in enumerate(conversation, 1) if "BEGIN" in message]
    commits = [number for number, message in enumerate(conversation, 1) if "COMMIT\\0" in message]
    return max(zip(begins, commits, strict=True), key=lambda pair: pair[1] - pair[0])


MOMENTS: dict[str, Callable[[int, int], int]] = {
    "as it begins": lambda begin, commit: begin + 1,
    "in the middle": lambda begin, commit: (begin + commit) // 2,
    "before the last statement": lambda begin, commit: commit - 1,
    "before COMMIT": lambda begin, commit: commit,
}
"""What follows the COMMIT is the answer: see `test_everything_is_kept_and_nobody_was_told`."""

ON_THE_WAY: list[tuple[str, str, Callable[[Installation, str], Path | None]]] = [
    ("before the bytes are handed to the kernel", "write", spool_file),
    ("before the file is flushed", "fsync", spool_file),
    ("before the folder is made", "mkdir,mkdirat", lambda *_: None),
    ("before the original gets its name", "link,linkat", spool_file),
    ("before the spool is tidied", "unlink,unlinkat", spool_file),
]


@pytest.fixture(scope="module")
def conversation(anna: Person, gallery: Installation, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the gallery says to its database while it finishes an upload, in order."""
    location, data = ready_to_finish(anna, anna.new_space())
    log = tmp_path_factory.mktemp("strace") / "sent"
    with recorded(gallery.pid, "sendto", log):
        assert send_the_rest(anna, location, data) is not None
    return log.read_text().splitlines()


@needs_strace
class TestKilledAtEachStep:
    @pytest.mark.parametrize(("calls", "path"), [step[1:] for step in ON_THE_WAY], ids=[step[0] for step in ON_THE_WAY])
    def test_of_the_file(
        self,
        anna: Person,
        space: str,
        gallery: Installation,
        ledger: Ledger,
        calls: str,
        path: Callable[[Installation, str], Path | None],
    ) -> None:
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, calls, "signal=KILL", path=path(gallery, location)):
            assert send_the_rest(anna, location, data) is None
            gallery.wait_for_end()
        recover(anna, gallery, location, data, ledger)

    def test_between_the_name_and_its_folder(
        self, anna: Person, space: str, gallery: Installation, ledger: Ledger
    ) -> None:
        """The original is linked and its folder not flushed; then everything is committed but nobody was told."""
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, "fsync", "signal=KILL", path=_folder_of(gallery, data)):
            assert send_the_rest(anna, location, data) is None
            gallery.wait_for_end()
        recover(anna, gallery, location, data, ledger)

    @pytest.mark.parametrize("moment", [*MOMENTS, *range(1, 1 + 6 * (LONG - 1))])
    def test_of_the_conversation_with_the_database(
        self,
        anna: Person,
        space: str,
        gallery: Installation,
        ledger: Ledger,
        conversation: list[str],
        moment: str | int,
    ) -> None:
        message = moment if isinstance(moment, int) else MOMENTS[moment](*registration(conversation))
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, "sendto", "signal=KILL", when=str(message), threads=False):
            answer = send_the_rest(anna, location, data)
            if answer is None:
                gallery.wait_for_end()
        if answer is not None:
            assert isinstance(moment, int), "the kill came too late"
            ledger.note(answer, data)
            gallery.kill()
        recover(anna, gallery, location, data, ledger)

    def test_everything_is_kept_and_nobody_was_told(
        self, anna: Person, space: str, gallery: Installation, ledger: Ledger
    ) -> None:
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, "write,writev", "signal=KILL", threads=False):
            assert send_the_rest(anna, location, data) is None
            gallery.wait_for_end()
        assert assets_of(gallery, data) == 1
        recover(anna, gallery, location, data, ledger)


def _folder_of(gallery: Installation, data: bytes) -> Path:
    name = hashlib.sha256(data).hexdigest()
    folder = gallery.uploads / "originals" / name[:2] / name[2:4]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_killed_at_random_moments(anna: Person, space: str, gallery: Installation, ledger: Ledger) -> None:
    """Needs no strace: four uploads at a time and a kill somewhere in between, and again."""
    dice = random.Random(7)
    for _ in range(3 * LONG):
        ready = [ready_to_finish(anna, space) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            answers = [pool.submit(send_the_rest, anna, *upload) for upload in ready]
            time.sleep(dice.random() * 0.06)
            gallery.kill()
        for (_, data), answer in zip(ready, answers, strict=True):
            told = answer.result()
            if told is not None:
                ledger.note(told, data)
        audit(gallery)
        gallery.start()
        for location, data in ready:
            ledger.note(anna.finish(location, data), data)
    ledger.all_are_there()


@needs_strace
class TestTheDiskRefuses:
    def test_flushing_fails(self, anna: Person, space: str, gallery: Installation, ledger: Ledger) -> None:
        """After EIO the kernel may have thrown the bytes away: a second fsync that succeeds proves nothing."""
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, "fsync,fdatasync", "error=EIO", path=spool_file(gallery, location)):
            refused = send_the_rest(anna, location, data)
        assert refused is not None
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert assets_of(gallery, data) == 0
        looked = anna.http.head(location)
        assert looked.status_code in {404, 410} or looked.headers["Upload-Offset"] != str(len(data))
        again = anna.begin(space, data)
        ledger.note(anna.finish(again, data), data)
        ledger.all_are_there()

    def test_flushing_the_folder_fails(self, anna: Person, space: str, gallery: Installation, ledger: Ledger) -> None:
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, "fsync", "error=EIO", path=_folder_of(gallery, data)):
            refused = send_the_rest(anna, location, data)
        assert refused is not None
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert assets_of(gallery, data) == 0
        ledger.note(anna.finish(anna.begin(space, data), data), data)
        ledger.all_are_there()

    @pytest.mark.parametrize("calls", ["write,pwrite64", "link,linkat"], ids=["while receiving", "while keeping"])
    def test_is_full(self, anna: Person, space: str, gallery: Installation, ledger: Ledger, calls: str) -> None:
        location, data = ready_to_finish(anna, space)
        with injected(gallery.pid, calls, "error=ENOSPC", path=spool_file(gallery, location)):
            refused = send_the_rest(anna, location, data)
            assert refused is not None
            assert (refused.status_code, refused.json()["code"]) == (507, "storage-full")
            assert anna.http.get("/api/spaces").status_code == 200
        assert assets_of(gallery, data) == 0
        ledger.note(anna.finish(location, data), data)
        ledger.all_are_there()

    def test_is_full_when_an_upload_is_announced(self, anna: Person, space: str, gallery: Installation) -> None:
        with injected(gallery.pid, "openat", "error=ENOSPC"):
            refused = anna.create(space, 5_000)
        assert (refused.status_code, refused.json()["code"]) == (507, "storage-full")
        assert anna.create(space, 5_000).status_code == 201


def test_keeps_room_on_the_disk(install: Callable[..., Installation]) -> None:
    """A gallery stops taking files before the database beside it has no room to write."""
    gallery = install(MIN_FREE_BYTES=str(1 << 60))
    anna = set_up(gallery)
    refused = anna.create(anna.personal_space, 5_000)
    assert (refused.status_code, refused.json()["code"]) == (507, "storage-full")
    whole = anna.http.post(f"/api/assets?space_id={anna.personal_space}", files={"file": ("a.jpg", photo())})
    assert (whole.status_code, whole.json()["code"]) == (507, "storage-full")
    assert list((gallery.uploads / "spool").iterdir()) == []
    anna.http.close()


class TestAskedToEnd:
    def test_with_uploads_in_flight(self, install: Callable[..., Installation]) -> None:
        """Twenty phones are in the middle of a photo; the gallery does not wait for them, and loses none."""
        gallery = install()
        anna = set_up(gallery)
        space = anna.new_space()
        uploads = [(anna.begin(space, data), data) for data in (photo(2_000_000) for _ in range(20))]
        stuck = threading.Event()

        def trickle(number: int) -> None:
            location, data = uploads[number]

            def body() -> Iterator[bytes]:
                yield data[:1_500_000]
                stuck.wait(40)
                yield data[1_500_000:]

            with httpx.Client(base_url=gallery.url, headers=anna.http.headers, timeout=60) as http:
                with contextlib.suppress(httpx.TransportError):
                    http.patch(
                        location,
                        content=body(),
                        headers={
                            "Upload-Offset": "0",
                            "Content-Length": str(len(data)),
                            "Content-Type": "application/offset+octet-stream",
                        },
                    )

        with ThreadPoolExecutor(20) as pool:
            for number in range(20):
                pool.submit(trickle, number)
            with eventually(60) as soon:
                while soon.waiting(all(spool_file(gallery, each).stat().st_size >= 1 << 20 for each, _ in uploads)):
                    pass
            os.kill(gallery.pid, signal.SIGTERM)
            try:
                assert gallery.wait_for_end(10) == 0, "docker kills after ten seconds"
            finally:
                stuck.set()
        audit(gallery)
        gallery.start()
        for location, data in uploads:
            assert anna.offset(location) >= 1 << 20
            assert anna.original(anna.finish(location, data).headers["Asset-Id"]) == data
        anna.http.close()
