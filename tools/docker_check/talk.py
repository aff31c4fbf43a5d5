"""HTTP by hand, and what is sent with it."""

import ast
import csv
import http.client
import json
import secrets
import socket
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .engine import ROOT, Failed

PHOTOS: Final = ROOT.parent / "shared" / "photos"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True, skip_host="host" in (headers or {}))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def say(port: int, request: bytes, seconds: float = 10) -> bytes:
    """What comes back for these very bytes, up to the end of the connection or of patience."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=seconds)) as connection:
        connection.sendall(request)
        answer = b""
        with suppress(OSError):
            while part := connection.recv(65536):
                answer += part
        return answer


def form(data: bytes, name: str) -> tuple[bytes, str]:
    border = secrets.token_hex(8)
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


def photo() -> bytes:
    """A small PNG that nobody has seen before."""
    rows = b"".join(b"\0" + secrets.token_bytes(3 * 64) for _ in range(48))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


KINDS: Final = ("phones", "heic", "avif", "jxl", "raw", "video", "tiff", "кириллица")


def samples() -> list[Path]:
    """The smallest photo of each kind from the pack beside the repository, where there is one."""
    if not PHOTOS.is_dir():
        return []
    with (PHOTOS / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted((row for row in csv.DictReader(file) if row["expect"] == "ok"), key=lambda row: int(row["bytes"]))
    smallest = {row["file"].split("/")[0]: PHOTOS / row["file"] for row in reversed(rows)}
    return [smallest[kind] for kind in KINDS if kind in smallest]


def page_policy() -> str:
    """PAGE_POLICY as the backend has it, without importing the backend."""
    tree = ast.parse((ROOT / "backend/gallery/infra/web.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "PAGE_POLICY" and node.value:
            return str(ast.literal_eval(node.value))
    raise Failed("PAGE_POLICY is not in gallery/infra/web.py")
