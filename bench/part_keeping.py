"""Backup, restore and reading again: how fast each goes, and what a page feels of the scrub at its default pace."""

import json
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import part_ingest
from results import Results, client, percentile
from server import Server, _processes

_PACE = 10
"""Megabytes a second: SCRUB_MB_PER_SECOND's default."""
_TURNS, _REQUESTS = 4, 100


def measure(results: Results, server: Server, folder: Path, *, count: int, megabytes: float) -> None:
    """`server` runs; its originals are small pictures with so many megabytes of ballast behind them."""
    token, space = server.sign_in()
    files = _heavy_files(folder / "heavy", count, megabytes)
    client("upload", port=server.port, token=token, space_id=space, files=files, at_once=2)
    part_ingest.wait_until_ready(server, token, space)
    target = folder / "backup"
    shutil.rmtree(target, ignore_errors=True)
    first = _verb(server, "backup", str(target))
    size = first["size"] / 1e6
    results.add("keeping", "originals", first["files"], "")
    results.add("keeping", "their size", size, "MB")
    results.add("keeping", "backup, all of it new", size / first["seconds"], "MB/s")
    results.add("keeping", "backup, nothing new", _verb(server, "backup", str(target))["seconds"], "s")
    results.add(
        "keeping", "backup read again", size / _verb(server, "verify", "--backup", str(target))["seconds"], "MB/s"
    )
    results.add("keeping", "originals read again", size / _verb(server, "verify")["seconds"], "MB/s")
    _feel_the_scrub(results, server, f"/api/timeline?space_id={space}")
    there = Server(folder / "restored", 0)
    shutil.rmtree(there.folder, ignore_errors=True)
    begun = time.monotonic()
    restored = _verb(there, "restore", str(target))
    results.add("keeping", "restore into an empty gallery", size / restored["seconds"], "MB/s")
    if (restored["files"], restored["unavailable"]) != (first["files"], []):
        raise RuntimeError(f"not all came back: {restored}")
    found = _verb(there, "verify")
    if found["files"] != first["files"] or found["missing"] or found["damaged"]:
        raise RuntimeError(f"not all are whole: {found}")
    results.add("keeping", "restored and every checksum equal", time.monotonic() - begun, "s")


def _feel_the_scrub(results: Results, server: Server, path: str) -> None:
    """Turn by turn with and without it, since this machine may be busy with other things as well."""
    token = server.sign_in()[0]
    times: dict[bool, list[float]] = {False: [], True: []}
    cpu = seconds = 0.0
    for turn in range(2 * _TURNS):
        beside = turn % 2 == 1
        if not beside:
            times[False] += client("ask", port=server.port, token=token, paths=[path] * _REQUESTS)["ms"]
            continue
        reading = _start(server, "verify", "--max-mb-per-second", str(_PACE))
        while not _reads_originals(reading.pid):  # Python and its imports are no part of the scrub
            time.sleep(0.01)
        began, before = time.monotonic(), _processes()[reading.pid].own
        times[True] += client("ask", port=server.port, token=token, paths=[path] * _REQUESTS)["ms"]
        if reading.poll() is not None:
            raise RuntimeError("the originals were read before the pages were: more of them are needed")
        cpu, seconds = cpu + _processes()[reading.pid].own - before, seconds + time.monotonic() - began
        reading.terminate()
        reading.communicate()
    alone, together = (percentile(times[beside], 0.95) for beside in (False, True))
    results.add("keeping", f"a scrub of {_PACE} MB/s takes of one core", cpu / seconds * 100, "%")
    results.add("keeping", "p95 of a timeline, alone", alone, "ms")
    results.add("keeping", "p95 of a timeline beside that scrub", together, "ms")
    results.add("keeping", "that is slower by", (together / alone - 1) * 100, "%", most=10)


def _reads_originals(pid: int) -> bool:
    found = False
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found |= "/originals/" in str(link.readlink())
    return found


def _heavy_files(folder: Path, count: int, megabytes: float) -> list[str]:
    files = part_ingest.demo_files(folder, count, megapixels=0.3)
    for file in files:
        short = int(megabytes * 1e6) - Path(file).stat().st_size
        with Path(file).open("ab") as out:
            out.write(secrets.token_bytes(max(short, 0)))
    return files


def _start(server: Server, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from gallery.cli import main; main()", *words, "--json"]
    return subprocess.Popen(
        command, env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _verb(server: Server, *words: str) -> dict[str, Any]:
    out, err = (process := _start(server, *words)).communicate()
    if process.returncode:
        raise RuntimeError(f"gallery {' '.join(words)}: {err[-2000:]}")
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told
