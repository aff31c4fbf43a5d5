"""Somebody who uses the gallery."""

import hashlib
import http.client
import json
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from .engine import expect
from .talk import Answer, ask, form


@dataclass
class Person:
    """Signs in through nginx, adds photos and looks at them."""

    port: int
    password: str = ""
    access: str = ""
    refresh: str = ""
    space: str = ""
    added: dict[str, bytes] = field(default_factory=dict)

    def sign_in(self, login: str, password: str) -> None:
        self.password = password
        body = json.dumps({"login": login, "password": password, "refresh_in_body": True}).encode()
        self._keep(ask(self.port, "POST", "/api/auth/password", body, {"content-type": "application/json"}))

    def renew(self) -> None:
        body = json.dumps({"refresh_token": self.refresh}).encode()
        self._keep(ask(self.port, "POST", "/api/auth/refresh", body, {"content-type": "application/json"}))

    def _keep(self, answer: Answer) -> None:
        expect(answer.status == 200, f"sign-in {answer.status} {answer.body[:300]!r}")
        tokens = answer.json()
        self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]
        self.space = tokens["user"]["personal_space_id"]

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access}"}

    def upload(self, data: bytes, name: str) -> Answer:
        body, kind = form(data, name)
        path = f"/api/assets?space_id={self.space}"
        return ask(self.port, "POST", path, body, {**self.bearer, "content-type": kind})

    def add(self, data: bytes, name: str) -> dict[str, Any]:
        answer = self.upload(data, name)
        expect(answer.status == 201, f"{name}: {answer.status} {answer.body[:300]!r}")
        identity = answer.json()["id"]
        self.added[identity] = data
        return self.ready(identity)

    def ready(self, identity: str) -> dict[str, Any]:
        asset: dict[str, Any] = {}
        for _ in range(240):
            answer = ask(self.port, "GET", f"/api/assets/{identity}", headers=self.bearer)
            expect(answer.status == 200, f"asset {answer.status} {answer.body[:300]!r}")
            asset = answer.json()
            if asset["status"] != "processing":
                break
            time.sleep(0.5)
        expect(asset["status"] == "ready", f"{asset['file_name']}: {asset['status']} {asset.get('failure')}")
        return asset

    def look_at(self, identity: str) -> None:
        """The thumb is a picture, and the original is what was sent."""
        asset = self.ready(identity)
        thumb = ask(self.port, "GET", asset["media"]["thumb"])
        expect(thumb.status == 200 and thumb.headers["content-type"].startswith("image/"), f"thumb {thumb.status}")
        expect(thumb.headers["x-content-type-options"] == "nosniff", "nosniff")
        original = ask(self.port, "GET", asset["media"]["original"])
        same = hashlib.sha256(original.body).digest() == hashlib.sha256(self.added[identity]).digest()
        expect(original.status == 200 and same, f"original of {asset['file_name']}: {original.status}")

    # --- Resumable uploads (tus 1.0)

    def begin(self, data: bytes, name: str) -> str:
        metadata = {"filename": name, "space_id": self.space}
        line = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
        headers = {**self.bearer, "tus-resumable": "1.0.0", "upload-length": str(len(data)), "upload-metadata": line}
        answer = ask(self.port, "POST", "/api/uploads", b"", headers)
        expect(answer.status == 201, f"tus {answer.status} {answer.body[:300]!r}")
        return re.sub(r"^https?://[^/]+", "", answer.headers["location"])

    def offset(self, address: str) -> int:
        answer = ask(self.port, "HEAD", address, headers={**self.bearer, "tus-resumable": "1.0.0"})
        expect(answer.status in (200, 204), f"tus HEAD {answer.status}")
        return int(answer.headers["upload-offset"])

    def send(self, address: str, data: bytes, start: int, stop: int) -> Answer:
        kind = "application/offset+octet-stream"
        headers = {**self.bearer, "tus-resumable": "1.0.0", "content-type": kind, "upload-offset": str(start)}
        return ask(self.port, "PATCH", address, data[start:stop], headers)

    @contextmanager
    def listening(self) -> Iterator[http.client.HTTPResponse]:
        """The stream of events."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", "/api/events", headers=self.bearer)
            yield connection.getresponse()

    @property
    def first(self) -> str:
        """The first photo that was added."""
        return next(iter(self.added))
