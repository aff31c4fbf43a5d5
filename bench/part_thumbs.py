"""Thumbs straight from the application, without nginx before it."""

from pathlib import Path

import part_ingest
from results import Results, client
from server import Server

_SECONDS, _CONNECTIONS = 8, 16


def measure(results: Results, server: Server, folder: Path, *, count: int = 48) -> None:
    """Takes some photos into a running gallery and asks for their thumbs."""
    files = part_ingest.demo_files(folder / "small", count, megapixels=1.5)
    token, space = server.sign_in()
    ids = client("upload", port=server.port, token=token, space_id=space, files=files, at_once=2)["ids"]
    part_ingest.wait_until_ready(server, token, space)
    paths = [server.ask(f"/api/assets/{asset_id}", token=token)["media"]["thumb"] for asset_id in ids]
    with server.measured() as used:
        got = client("thumbs", port=server.port, paths=paths, connections=_CONNECTIONS, seconds=_SECONDS)
    results.add("thumbs", "size of a thumb", got["bytes"] / got["count"] / 1000, "kB")
    results.add("thumbs", "per second, while sharing the machine", got["count"] / got["seconds"], "/s")
    results.add("thumbs", "per CPU second of the server", got["count"] / used.cpu_seconds, "/s", least=2000)
