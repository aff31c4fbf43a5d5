"""Handing out bytes: a plain ASGI application under /media, beside the API and without its weight.

A derivative needs no database: the signature in its address says all. An original asks, every time. Nothing of what
people sent is ever a document to a browser: the type is ours, sniffing is off, and the policy is an empty sandbox.
"""

import asyncio
import hmac
import re
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from typing import Any, Final
from urllib.parse import parse_qsl, quote
from uuid import UUID

from gallery.assets import queries
from gallery.assets.downloads import Bundle, Downloads
from gallery.assets.links import BUNDLE, DERIVATIVES, ORIGINALS, MediaLinks
from gallery.infra.asgi import Receive, Scope, Send
from gallery.infra.clock import Clock
from gallery.infra.db import Database
from gallery.infra.errors import NotFound, TooManyRequests, Unavailable
from gallery.infra.storage import Opened, Storage
from gallery.infra.zipping import zip_chunks, zip_length

_PATH = re.compile(r"/media/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/([a-z]+(?:-[0-9]+)?)")
_EXPIRY = re.compile(r"[0-9]{1,12}")
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_CHECK_SECONDS: Final = 4
"""How often a long answer asks whether it may go on."""
_INLINE: Final = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif",
        "video/mp4", "video/quicktime", "video/webm", "video/x-matroska",
    }
)  # fmt: skip
"""What a browser shows by itself; everything else is a download."""
_SAFE: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
]
_KEPT: Final = {b"etag", b"cache-control", *(name for name, _ in _SAFE)}
"""Of an answer's headers, those that a 304 repeats."""


class MediaDoor:
    """The application for `/media/...`."""

    def __init__(
        self, database: Database, storage: Storage, links: MediaLinks, clock: Clock, downloads: Downloads
    ) -> None:
        self._database, self._storage, self._links, self._clock = database, storage, links, clock
        self._downloads = downloads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            await _refuse(send, 405)
            return
        match = _PATH.fullmatch(scope["path"])
        query = _query(scope["query_string"])
        if match is None or query is None:
            await _refuse(send, 404)
            return
        blob_id, name = UUID(match[1]), match[2]
        if name in DERIVATIVES:
            await self._derivative(scope, send, blob_id, name, query)
        elif name in ORIGINALS:
            await self._original(scope, send, blob_id, name, query)
        elif name == BUNDLE:
            await self._bundle(scope, receive, send, blob_id, query)
        else:
            await _refuse(send, 404)

    async def _derivative(self, scope: Scope, send: Send, blob_id: UUID, recipe: str, query: dict[str, str]) -> None:
        expires = _expires(query)
        expected = self._links.view_signature(blob_id, expires)
        if not hmac.compare_digest(expected.encode(), query.get("s", "").encode()):
            await _refuse(send, 404)
            return
        left = expires - int(self._clock().timestamp())
        if left <= 0:
            await _refuse(send, 410)
            return
        try:
            data = await self._storage.read_derivative(blob_id, recipe)
        except Unavailable as error:
            await _come_back(send, error)
            return
        if data is None:
            await self._ask_for(blob_id)
            await _refuse(send, 404)
            return
        mime = b"image/webp" if data[:4] == b"RIFF" else b"image/jpeg"
        headers = [
            # First, because nginx heeds the first it meets: our own cache may keep what others may not.
            (b"x-accel-expires", str(left).encode()),
            (b"content-type", mime),
            (b"content-length", str(len(data)).encode()),
            (b"cache-control", f"private, max-age={left}, immutable".encode()),
            *_SAFE,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else data})

    async def _ask_for(self, blob_id: UUID) -> None:
        """A derivative that was promised and is not there (a restore without them, say) is made again."""
        with suppress(Unavailable):
            async with self._database.transaction() as session:
                await queries.ask_for_derivatives(session, blob_id)

    async def _original(self, scope: Scope, send: Send, blob_id: UUID, name: str, query: dict[str, str]) -> None:
        asset_id, expires = _uuid(query.get("a", "")), _expires(query)
        signature = "" if asset_id is None else self._links.original_signature(blob_id, asset_id, expires)
        if asset_id is None or not hmac.compare_digest(signature.encode(), query.get("s", "").encode()):
            await _refuse(send, 404)
            return
        left = expires - int(self._clock().timestamp())
        if left <= 0:
            await _refuse(send, 410)
            return
        try:
            async with self._database.transaction() as session:
                original = await queries.original_of(session, blob_id, asset_id)
            opened = None if original is None else await self._storage.find_original(original.sha256)
        except Unavailable as error:
            await _come_back(send, error)
            return
        except OSError:
            # It is there, and the disk does not give it: the scrub finds out whether it ever will.
            await _come_back(send, Unavailable())
            return
        if original is None or opened is None:
            await _refuse(send, 404)
            return
        try:
            await _send_original(scope, send, opened, _headers(original, name, left))
        finally:
            opened.close()

    async def _bundle(
        self, scope: Scope, receive: Receive, send: Send, download_id: UUID, query: dict[str, str]
    ) -> None:
        expires = _expires(query)
        expected = self._links.bundle_signature(download_id, expires)
        if not hmac.compare_digest(expected.encode(), query.get("s", "").encode()):
            await _refuse(send, 404)
            return
        if expires <= int(self._clock().timestamp()):
            await _refuse(send, 410)
            return
        async with AsyncExitStack() as stack:
            try:
                bundle = await stack.enter_async_context(self._downloads.open(download_id, self._clock()))
            except NotFound:
                await _refuse(send, 404)
                return
            except (TooManyRequests, Unavailable) as error:
                status = 503 if isinstance(error, Unavailable) else 429
                await _refuse(send, status, [(b"retry-after", str(error.retry_after).encode())])
                return
            await send(_bundle_start(bundle))
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
            else:
                await self._send_bundle(receive, send, bundle)

    async def _send_bundle(self, receive: Receive, send: Send, bundle: Bundle) -> None:
        """Sends the ZIP piece by piece. Who may no longer have it gets no more of it, and a file that is too short,
        which a browser reports as a failed download."""
        chunks, left = zip_chunks(bundle.files), zip_length(bundle.files)
        gone = asyncio.create_task(_disconnected(receive))
        checked = time.monotonic()
        try:
            while left > 0 and not gone.done():
                data = await asyncio.to_thread(next, chunks, b"")
                if not data:
                    raise OSError("the ZIP is shorter than announced")
                left -= len(data)
                await send({"type": "http.response.body", "body": data, "more_body": left > 0})
                if time.monotonic() - checked >= _CHECK_SECONDS:
                    if not await self._may_go_on(bundle):
                        raise ConnectionAbortedError("the download was revoked while it ran")
                    checked = time.monotonic()
        finally:
            gone.cancel()
            with suppress(ValueError):  # its thread is still at work, and closes the file when it is done
                chunks.close()

    async def _may_go_on(self, bundle: Bundle) -> bool:
        """A database that is away for a moment ends nothing."""
        try:
            return await self._downloads.still_allowed(bundle, self._clock())
        except Unavailable:
            return True


def _bundle_start(bundle: Bundle) -> dict[str, Any]:
    headers = [
        (b"content-type", b"application/zip"),
        (b"content-length", str(zip_length(bundle.files)).encode()),
        (b"cache-control", b"private, no-store"),
        (b"content-disposition", disposition(bundle.name, inline=False)),
        *_SAFE,
    ]
    return {"type": "http.response.start", "status": 200, "headers": headers}


async def _disconnected(receive: Receive) -> None:
    """Returns when the other side has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _headers(original: queries.OriginalView, name: str, left: int) -> list[tuple[bytes, bytes]]:
    inline = name == "original" and original.mime in _INLINE
    mime = original.mime if original.mime in _INLINE else "application/octet-stream"
    return [
        (b"content-type", mime.encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", f'"{original.sha256.hex()}"'.encode()),
        (b"cache-control", f"private, max-age={left}, immutable".encode()),
        (b"content-disposition", disposition(original.file_name, inline=inline)),
        *_SAFE,
    ]


def _knows(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the caller has these bytes already (RFC 9110, 13.1.2)."""
    given = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    tag = dict(headers)[b"etag"]
    return any(item.strip().removeprefix(b"W/") in {tag, b"*"} for item in given.split(b","))


async def _send_original(scope: Scope, send: Send, opened: Opened, headers: list[tuple[bytes, bytes]]) -> None:
    if _knows(scope, headers):
        await send({"type": "http.response.start", "status": 304, "headers": [h for h in headers if h[0] in _KEPT]})
        await send({"type": "http.response.body", "body": b""})
        return
    wanted = next((value for name, value in scope["headers"] if name == b"range"), None)
    span = _span(wanted, opened.size)
    if span is None:
        await _refuse(send, 416, [(b"content-range", f"bytes */{opened.size}".encode())])
        return
    start, stop, partial = span
    if partial:
        headers = [*headers, (b"content-range", f"bytes {start}-{stop - 1}/{opened.size}".encode())]
    headers = [*headers, (b"content-length", str(stop - start).encode())]
    await send({"type": "http.response.start", "status": 206 if partial else 200, "headers": headers})
    if scope["method"] != "HEAD":
        async for data in opened.chunks(start, stop):
            await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _span(header: bytes | None, size: int) -> tuple[int, int, bool] | None:
    """First byte, byte after the last, and whether that is a part (RFC 9110, 14.2); None: not satisfiable.

    Several ranges at once, or what is no byte range, mean the whole file.
    """
    match = _RANGE.fullmatch(header.decode("latin-1")) if header and len(header) < 100 else None
    if match is None or match.group(1) == match.group(2) == "":
        return 0, size, False
    first, last = match.groups()
    if first == "":
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return 0, size, False
    return None if start >= stop else (start, stop, True)


def disposition(file_name: str, *, inline: bool) -> bytes:
    """Content-Disposition with a name in any script (RFC 6266, RFC 8187), and nothing that could end the header."""
    safe = "".join(c for c in file_name if c.isprintable() and c not in '/\\:*?"<>|').strip(". ") or "photo"
    ascii_name = safe.encode("ascii", "replace").decode().replace("?", "_")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(safe, safe='')}".encode("ascii")


def _query(raw: bytes) -> dict[str, str] | None:
    """The query's parameters; None when one occurs twice or there is far too much of it."""
    if len(raw) > 300:
        return None
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    parameters = dict(pairs)
    return parameters if len(parameters) == len(pairs) else None


def _expires(query: dict[str, str]) -> int:
    raw = query.get("e", "")
    return int(raw) if _EXPIRY.fullmatch(raw) else 0


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None


async def _come_back(send: Send, error: Unavailable) -> None:
    await _refuse(send, 503, [(b"retry-after", str(error.retry_after).encode())])


async def _refuse(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-length", b"0"), (b"cache-control", b"no-store"), *_SAFE, *headers],
    }
    await send(start)
    await send({"type": "http.response.body", "body": b""})
