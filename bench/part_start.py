"""A start on a library that is there, and what an idle gallery holds in memory."""

import time

from results import Results
from server import Server

_IDLE_SECONDS = 75
"""Longer than an ExifTool waits before it ends itself."""


def measure(results: Results, server: Server) -> None:
    """`server` has a library and is not running; it runs afterwards."""
    took = []
    for _ in range(3):
        took.append(server.start())
        server.stop()
    results.add("start", "to healthy, best of three", min(took), "s", most=3)
    results.add("start", "to healthy, worst of three", max(took), "s")
    server.start()
    for name, seconds in (("just started", 3), ("idle", _IDLE_SECONDS)):
        time.sleep(seconds)
        memory = server.usage().memory
        for part, size in sorted(memory.items()):
            results.add("memory", f"{name}: {part}", size / 1e6, "MB")
        results.add("memory", f"{name}: all", sum(memory.values()) / 1e6, "MB", most=350)
