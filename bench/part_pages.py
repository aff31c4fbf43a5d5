"""The pages in a browser: a first visit over a slow line, and the way through a large library.

Times are a browser's own and mean something only on an idle machine; requests, bytes and shifts mean the same anywhere.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import part_ingest
import part_timeline
from results import Results, client
from server import LOGIN, PASSWORD, Server

_VISITS = 3
_SCREENS = ("phone", "desktop")


def measure_visits(results: Results, server: Server, folder: Path, *, count: int = 48) -> None:
    """A first visit to a timeline with photos: the middle of three for each size of screen."""
    files = part_ingest.demo_files(folder / "small", count, megapixels=1.5)
    token, space = server.sign_in()
    client("upload", port=server.port, token=token, space_id=space, files=files, at_once=2)
    part_ingest.wait_until_ready(server, token, space)
    for screen in _SCREENS:
        got = [_browser("visit", server, space, screen) for _ in range(_VISITS)]
        part = f"first visit, {screen}"

        def middle(name: str, got: list[dict[str, Any]] = got) -> float:
            return float(sorted(visit[name] for visit in got)[_VISITS // 2])

        results.add(part, "requests before the first photo", middle("requests"), "", most=10)
        results.add(part, "JavaScript before it, gzip", middle("script_bytes") / 1000, "kB", most=140)
        results.add(part, "first paint", middle("fcp_ms") / 1000, "s")
        results.add(part, "first photo", middle("first_photo_ms") / 1000, "s")
        results.add(part, "largest paint (LCP)", middle("lcp_ms") / 1000, "s", most=2.5)
        results.add(part, "layout shift (CLS)", middle("cls"), "", most=0.02)
        results.add(part, "blocked (TBT)", middle("tbt_ms"), "ms", most=200)


def measure_travel(results: Results, server: Server, rows: int) -> None:
    """Scrubs and scrolls through a timeline of generated rows."""
    part_timeline.fill(server, rows)
    _, space = server.sign_in()
    for screen in _SCREENS:
        got = _browser("travel", server, space, screen)
        for verb in ("scrubbing", "scrolling"):
            part, figures = f"{verb} {rows:,}, {screen}", got[verb]
            results.add(part, "longest task, processor time", figures["cpu_ms"], "ms", most=50)
            results.add(part, "longest task by the clock", figures["wall_ms"], "ms")
            results.add(part, "frames dropped", figures["dropped"] / max(1, figures["frames"]) * 100, "%")


def _browser(verb: str, server: Server, space: str, screen: str) -> Any:
    task = {
        "verb": verb,
        "url": server.url,
        "login": LOGIN,
        "password": PASSWORD,
        "space": space,
        "phone": screen == "phone",
    }
    program = ["node", str(Path(__file__).with_name("pages.mjs"))]
    ended = subprocess.run(program, input=json.dumps(task).encode(), stdout=subprocess.PIPE, check=True)
    return json.loads(ended.stdout)
