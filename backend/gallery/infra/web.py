"""The built web application's files, for a gallery without nginx before it: read once, compressed once."""

import gzip
import mimetypes
from pathlib import Path
from typing import Final

from gallery.infra.asgi import Receive, Scope, Send

_COMPRESSIBLE: Final = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg",
    "application/manifest",
)
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self' https://st.max.ru; style-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'self' https://web.max.ru https://max.ru"
)
"""What the pages may load. MAX shows the mini-app in a frame and its bridge is a script of MAX's own host."""
_API_PREFIXES: Final = ("/api", "/media", "/health", "/metrics")
_SHARE_PATH: Final = "/share"
"""Where an installed gallery sends files that other applications share. Its service worker takes them before they leave
the device; without one (a browser that has just forgotten the site, say) they come here, and the page asks again."""


class WebFiles:
    """Serves a folder made by the front end's build. What is not in it does not exist, whatever the path says."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, tuple[bytes, bytes | None, str]] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self._files["/" + path.relative_to(folder).as_posix()] = _loaded(path)

    def serves(self, method: str, path: str) -> bool:
        """Whether the path is ours: a file that is there, or a page address, which never has a dot or an API prefix."""
        if not self._files:
            return False
        if method == "POST" and path == _SHARE_PATH:
            return True
        if method not in {"GET", "HEAD"}:
            return False
        return path in self._files or self._is_page(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            headers = [(b"location", _SHARE_PATH.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 303, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        path = scope["path"] if scope["path"] in self._files else "/index.html"
        plain, packed, mime = self._files[path]
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        body = packed if packed is not None and b"gzip" in accepted else plain
        hashed = path.startswith("/assets/")
        headers = [
            (b"content-type", mime.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"public, max-age=31536000, immutable" if hashed else b"no-cache"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"vary", b"accept-encoding"),
        ]
        if body is packed:
            headers.append((b"content-encoding", b"gzip"))
        if mime.startswith("text/html"):
            headers.append((b"content-security-policy", PAGE_POLICY.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    @staticmethod
    def _is_page(path: str) -> bool:
        plain = all(character.isalnum() or character in "/-_" for character in path)
        is_api = any(path == prefix or path.startswith(prefix + "/") for prefix in _API_PREFIXES)
        return plain and "//" not in path and not is_api


def _loaded(path: Path) -> tuple[bytes, bytes | None, str]:
    data = path.read_bytes()
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        mime = "application/manifest+json"
    packed = gzip.compress(data, 9) if mime.startswith(_COMPRESSIBLE) or path.suffix == ".js" else None
    return data, packed, f"{mime}; charset=utf-8" if mime.startswith("text/") else mime
