"""Capability addresses for media: who holds one may read the bytes until it expires, and nobody needs a cookie.

    /media/<blob id>/<derivative>?e=<expiry>&s=<signature>                    thumb and preview, one signature for both
    /media/<blob id>/original?a=<asset id>&e=<expiry>&s=<signature>           the bytes as they came
    /media/<blob id>/download?a=<asset id>&e=<expiry>&s=<signature>           the same, to be saved under its name
    /media/<download id>/zip?e=<expiry>&s=<signature>                         many originals in one file

Expiries lie on a grid, so everybody gets the same address within a window and caches in between may keep the answer.
A signature is the first 96 bits of an HMAC-SHA256.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gallery.media.recipe import PREVIEW, THUMB

VIEW_WINDOW: Final = 3600
ORIGINAL_WINDOW: Final = 300
DERIVATIVES: Final = frozenset({THUMB, PREVIEW})
ORIGINALS: Final = frozenset({"original", "download"})
BUNDLE: Final = "zip"
_SIGNATURE_BYTES: Final = 12
_SIGNATURE_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class MediaLinks:
    """Makes and checks the addresses. `key` is 32 secret bytes of their own."""

    key: bytes

    @staticmethod
    def view_expiry(now: datetime) -> int:
        """When addresses of derivatives made now end, in Unix seconds: one to two windows from now."""
        return _expiry(now, VIEW_WINDOW)

    @staticmethod
    def original_expiry(now: datetime) -> int:
        return _expiry(now, ORIGINAL_WINDOW)

    def view_signature(self, blob_id: UUID, expires: int) -> str:
        return self._sign(b"view" + blob_id.bytes + expires.to_bytes(8, "big"))

    def view_signatures(self, blob_ids: Iterable[str], expires: int) -> list[str]:
        """The same for many ids, given as text, in less time."""
        key, until = self.key, expires.to_bytes(8, "big")
        messages = (b"view" + bytes.fromhex(blob_id.replace("-", "")) + until for blob_id in blob_ids)
        joined = _text(b"".join([hmac.digest(key, message, "sha256")[:_SIGNATURE_BYTES] for message in messages]))
        # Twelve bytes are sixteen characters, without padding: what is encoded as one falls apart into the parts.
        return [joined[at : at + _SIGNATURE_LENGTH] for at in range(0, len(joined), _SIGNATURE_LENGTH)]

    def original_signature(self, blob_id: UUID, asset_id: UUID, expires: int) -> str:
        return self._sign(b"original" + blob_id.bytes + asset_id.bytes + expires.to_bytes(8, "big"))

    def view(self, blob_id: UUID, recipe: str, now: datetime) -> str:
        expires = self.view_expiry(now)
        return f"/media/{blob_id}/{recipe}?e={expires}&s={self.view_signature(blob_id, expires)}"

    def original(self, blob_id: UUID, asset_id: UUID, now: datetime, *, download: bool) -> str:
        expires = self.original_expiry(now)
        signature = self.original_signature(blob_id, asset_id, expires)
        name = "download" if download else "original"
        return f"/media/{blob_id}/{name}?a={asset_id}&e={expires}&s={signature}"

    def bundle_signature(self, download_id: UUID, expires: int) -> str:
        return self._sign(b"zip" + download_id.bytes + expires.to_bytes(8, "big"))

    def bundle(self, download_id: UUID, now: datetime) -> str:
        expires = self.original_expiry(now)
        return f"/media/{download_id}/{BUNDLE}?e={expires}&s={self.bundle_signature(download_id, expires)}"

    def _sign(self, message: bytes) -> str:
        return _text(hmac.digest(self.key, message, "sha256")[:_SIGNATURE_BYTES])


def _text(signatures: bytes) -> str:
    return urlsafe_b64encode(signatures).decode()


def _expiry(now: datetime, window: int) -> int:
    return (int(now.timestamp()) // window + 2) * window
