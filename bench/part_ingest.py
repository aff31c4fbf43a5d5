"""From the first byte of an upload to ready: what a photo costs the server, beside a peer's recipe in the same run."""

import json
import shutil
import subprocess
import time
from pathlib import Path

from results import Results, client
from server import Server

from gallery.media.demo import demo_photos

_PEER_PACKAGES = ("sharp@0.34", "thumbhash@0.1")
_AT_ONCE = 3
_WINDOW, _PROCESSING, _FAILED = 512, 4, 8


def measure(results: Results, server: Server, folder: Path, *, count: int, photos: Path | None) -> None:
    """Sends photos to a running gallery and waits until all are ready; then lets the peer work on the same files."""
    files = _given(photos, count) if photos else demo_files(folder / "large", count, megapixels=12)
    token, space = server.sign_in()
    _warm_up(server, folder, token, space)
    with server.measured() as used:
        client("upload", port=server.port, token=token, space_id=space, files=files, at_once=_AT_ONCE)
        wait_until_ready(server, token, space)
    total = used.cpu_seconds
    results.add("ingest", "photos", len(files), "")
    results.add("ingest", "size of a photo", sum(Path(file).stat().st_size for file in files) / len(files) / 1e6, "MB")
    results.add("ingest", "images per second, while sharing the machine", len(files) / used.seconds, "/s")
    results.add("ingest", "images per CPU second", len(files) / total, "/s")
    for part, seconds in sorted(used.cpu.items()):
        results.add("ingest", f"CPU share: {part}", seconds / total * 100, "%")
        results.add("ingest", f"CPU a photo: {part}", seconds / len(files) * 1000, "ms")
    around = 1 - used.cpu["decoding"] / total
    results.add("ingest", "CPU share: all around the pixels", around * 100, "%", most=25)
    results.add("ingest", "peak memory (PSS of the tree)", used.peak_memory / 1e6, "MB")
    _compare(results, folder / "peer", files, len(files) / total)


def demo_files(folder: Path, count: int, *, megapixels: float) -> list[str]:
    """Photos painted by the gallery itself, once a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.glob("*.*"))
    if len(kept) != count:
        for path in kept:
            path.unlink()
        for number, photo in enumerate(demo_photos(count, megapixels=megapixels)):
            (folder / f"{number:04d} {photo.file_name}").write_bytes(photo.data)
    return [str(path) for path in sorted(folder.glob("*.*"))]


def wait_until_ready(server: Server, token: str, space: str, patience: float = 900) -> None:
    """Asks for the newest windows once a second, as an open page would: the asking must not be what is measured."""
    deadline = time.monotonic() + patience
    while _states(server, token, space) & _PROCESSING:
        if time.monotonic() > deadline:
            raise TimeoutError("the photos did not become ready")
        time.sleep(1)
    if _states(server, token, space) & _FAILED:
        raise RuntimeError("a photo failed")


def _states(server: Server, token: str, space: str) -> int:
    """The flags of all assets, as one."""
    flags, offset = 0, 0
    while True:
        query = f"space_id={space}&day=2100-01-01&offset={offset}&limit={_WINDOW}"
        window = server.ask(f"/api/timeline/window?{query}", token=token)
        for one in window["flags"]:
            flags |= one
        offset += len(window["flags"])
        if len(window["flags"]) < _WINDOW:
            return flags


def _given(folder: Path, count: int) -> list[str]:
    names = {".jpg", ".jpeg", ".heic", ".png", ".webp"}
    files = sorted(str(path) for path in folder.rglob("*") if path.suffix.lower() in names)
    return files[:count]


def _warm_up(server: Server, folder: Path, token: str, space: str) -> None:
    """The first photos start ExifTool and open connections: an import of thousands does not notice."""
    files = demo_files(folder / "warm", 12, megapixels=2)
    client("upload", port=server.port, token=token, space_id=space, files=files, at_once=_AT_ONCE)
    wait_until_ready(server, token, space)


def _compare(results: Results, folder: Path, files: list[str], ours: float) -> None:
    if not _install_peer(folder):
        print("The peer's recipe was left out: npm could not install sharp and thumbhash.", flush=True)
        return
    shutil.copyfile(Path(__file__).with_name("peer.mjs"), folder / "peer.mjs")
    ended = subprocess.run(
        ["node", "peer.mjs"], cwd=folder, input=json.dumps(files).encode(), stdout=subprocess.PIPE, check=True
    )
    cpu_seconds = json.loads(ended.stdout)["cpu_seconds"]
    theirs = len(files) / cpu_seconds
    results.add("ingest", "peer's pixels alone: images per CPU second", theirs, "/s")
    results.add("ingest", "ours, upload to ready, by the peer's pixels", ours / theirs, "x", least=2)


def _install_peer(folder: Path) -> bool:
    if (folder / "node_modules" / "sharp").is_dir() and (folder / "node_modules" / "thumbhash").is_dir():
        return True
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
    try:
        ended = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *_PEER_PACKAGES], cwd=folder, timeout=300
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0
