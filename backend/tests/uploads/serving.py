"""A gallery as its users meet it: a real `gallery serve` in a process of its own, over a real PostgreSQL, spoken to by HTTP."""

import hashlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

_PATIENCE = 60.0


def free_port() -> int:
    """A port nobody listens on; out of GALLERY_TEST_PORTS ("9000-9019") where that is set."""
    low, _, high = os.environ.get("GALLERY_TEST_PORTS", "0-0").partition("-")
    for port in range(int(low), int(high) + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port")


class Installation:
    """One database, one folder of originals, one port; the process may come and go."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.database_url, self.folder = database_url, folder
        self.uploads = folder / "uploads"
        self.log = folder / "serve.log"
        self.port = free_port()
        self.environment = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": secrets.token_hex(32),
            "REFRESH_SECRET_KEY": secrets.token_hex(32),
            "UPLOADS_DIR": str(self.uploads),
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "JOBS_IN_PROCESS": "false",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from gallery.cli import main; main()", "serve"],
                env={**_plain_environment(), **self.environment},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gallery did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """As the kernel kills: no farewell."""
        assert self.process is not None
        self.process.kill()
        self.wait_for_end()

    def wait_for_end(self, timeout: float = _PATIENCE) -> int:
        assert self.process is not None
        return self.process.wait(timeout)

    def restart(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.start()

    def stop(self, timeout: float = _PATIENCE) -> int:
        """Asks it to end; the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.wait_for_end(timeout)
        finally:
            self.process.kill()

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database_url, autocommit=True)

    def setup_token(self) -> str:
        """The token of the latest one-time link that the gallery printed."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = re.findall(r"/setup#token=(\S+)", self.log.read_text())
            if found:
                return str(found[-1])
            time.sleep(0.02)
        raise RuntimeError("no setup link was printed")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


def _plain_environment() -> dict[str, str]:
    """The environment without what would configure a gallery."""
    ours = {"DATABASE_URL", "SECRET_KEY", "REFRESH_SECRET_KEY", "BOT_TOKEN", "PUBLIC_URL", "HOST", "FRONT_DIR"}
    return {name: value for name, value in os.environ.items() if name not in ours}


@dataclass
class Person:
    """Somebody signed in, with an HTTP client that says so."""

    installation: Installation
    login: str
    token: str
    personal_space: str
    http: httpx.Client = field(repr=False)

    def new_space(self, name: str = "Family") -> str:
        return str(self.http.post("/api/spaces", json={"name": name}).raise_for_status().json()["id"])

    def create(self, space_id: str, length: int | str, name: str = "photo.jpg", **metadata: str) -> httpx.Response:
        """tus: announces an upload."""
        return self.http.post(
            "/api/uploads", headers={"Upload-Length": str(length), **_metadata(space_id, name, metadata)}
        )

    def begin(self, space_id: str, data: bytes, name: str = "photo.jpg", **metadata: str) -> str:
        """tus: announces an upload of these bytes; its address."""
        response = self.create(space_id, len(data), name, **metadata)
        assert response.status_code == 201, response.text
        return str(response.headers["Location"])

    def patch(self, location: str, offset: int, data: Any, **headers: str) -> httpx.Response:
        """tus: sends bytes."""
        return self.http.patch(
            location,
            content=data,
            headers={"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers},
        )

    def offset(self, location: str) -> int:
        """tus: how much the gallery has."""
        response = self.http.head(location)
        assert response.status_code == 200, response.headers
        return int(response.headers["Upload-Offset"])

    def finish(self, location: str, data: bytes) -> httpx.Response:
        """tus: sends whatever is missing, as a client does after an interruption; the last response."""
        response = self.http.head(location)
        assert response.status_code == 200, response.headers
        offset = int(response.headers["Upload-Offset"])
        return response if offset == len(data) else self.patch(location, offset, data[offset:])

    def original(self, asset_id: str) -> bytes:
        """The bytes that the gallery hands out for an asset."""
        asset = self.http.get(f"/api/assets/{asset_id}").raise_for_status().json()
        return self.http.get(asset["media"]["original"]).raise_for_status().content


def _metadata(space_id: str, name: str, more: dict[str, str]) -> dict[str, str]:
    from base64 import b64encode

    pairs = {"filename": name, "space_id": space_id, **more}
    return {"Upload-Metadata": ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())}


PASSWORD = "correct horse battery staple"


def set_up(installation: Installation) -> Person:
    """Makes the operator's account from the link on the console."""
    body = {"token": installation.setup_token(), "login": "anna", "password": PASSWORD, "name": "Анна"}
    return _signed_in(installation, "anna", "/api/auth/setup", body)


def invite(host: Person, login: str) -> Person:
    """Makes another account, by an invitation to a space made for the purpose."""
    space_id = host.new_space(f"invites {login}")
    invitation = (
        host.http.post(f"/api/spaces/{space_id}/invitations", json={"role": "viewer"}).raise_for_status().json()
    )
    body = {"invitation": invitation["token"], "login": login, "password": PASSWORD, "name": login}
    return _signed_in(host.installation, login, "/api/auth/register", body)


def _signed_in(installation: Installation, login: str, path: str, body: dict[str, str]) -> Person:
    http = httpx.Client(base_url=installation.url, timeout=60, headers={"Tus-Resumable": "1.0.0"})
    tokens = http.post(path, json=body).raise_for_status().json()
    http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return Person(installation, login, tokens["access_token"], tokens["user"]["personal_space_id"], http)


def photo(size: int = 100_000, *, seed: int | None = None) -> bytes:
    """A JPEG by its first bytes, and noise that no other has after them."""
    head = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
    noise = (
        secrets.token_bytes(size - len(head))
        if seed is None
        else hashlib.shake_128(str(seed).encode()).digest(size - len(head))
    )
    return head + noise


def audit(installation: Installation) -> dict[str, Path]:
    """Checks P1 from below: every asset row has its original, whole. Answers sha256 -> file of all originals."""
    with installation.database() as connection:
        rows = connection.execute(
            "SELECT encode(b.sha256, 'hex'), b.bytes FROM assets a JOIN blobs b ON b.id = a.blob_id"
        ).fetchall()
    for sha256, size in rows:
        path = installation.uploads / "originals" / sha256[:2] / sha256[2:4] / sha256
        assert path.is_file(), f"a row without bytes: {sha256}"
        data = path.read_bytes()
        assert len(data) == size
        assert hashlib.sha256(data).hexdigest() == sha256
    return {path.name: path for path in (installation.uploads / "originals").rglob("*") if path.is_file()}


def assets_of(installation: Installation, data: bytes) -> int:
    """How many asset rows there are for these bytes."""
    digest = hashlib.sha256(data).digest()
    with installation.database() as connection:
        row = connection.execute(
            "SELECT count(*) FROM assets a JOIN blobs b ON b.id = a.blob_id WHERE b.sha256 = %s", (digest,)
        ).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def eventually(seconds: float = 10.0) -> Iterator["Deadline"]:
    """`with eventually() as soon: while soon.waiting(condition()): pass`."""
    yield Deadline(time.monotonic() + seconds)


@dataclass
class Deadline:
    end: float

    def waiting(self, reached: bool) -> bool:
        """False once `reached`; sleeps a moment otherwise, and fails when the time is up."""
        if reached:
            return False
        assert time.monotonic() < self.end, "waited in vain"
        time.sleep(0.02)
        return True
