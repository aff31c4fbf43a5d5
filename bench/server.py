"""A real `gallery serve` over its embedded PostgreSQL, and what its whole process tree costs."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

LOGIN, PASSWORD = "bench", "correct horse battery staple"
_TICK = os.sysconf("SC_CLK_TCK")
_OURS = {"DATABASE_URL", "SECRET_KEY", "REFRESH_SECRET_KEY", "BOT_TOKEN", "PUBLIC_URL", "UPLOADS_DIR", "ERROR_LOG"}


class Server:
    """One folder with a gallery in it; the process may come and go."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds from nothing to healthy."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._healthy():
            raise RuntimeError(f"something else listens on port {self.port}: it would be measured instead")
        begun = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from gallery.cli import main; main()", "serve"],
                env={**self.environment(), "PORT": str(self.port), "HOST": "127.0.0.1"},
                stdout=log,
                stderr=log,
            )
        while not self._healthy():
            if not self.is_running or time.perf_counter() - begun > 120:
                raise RuntimeError(f"the gallery did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.01)
        return time.perf_counter() - begun

    def environment(self) -> dict[str, str]:
        """What a verb of this gallery needs to know."""
        kept = {name: value for name, value in os.environ.items() if name not in _OURS}
        return {**kept, "DATA_DIR": str(self.folder)}

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def ask(self, path: str, body: Any = None, token: str | None = None) -> Any:
        """JSON in, JSON out; a POST when there is a body."""
        request = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def sign_in(self) -> tuple[str, str]:
        """An access token and the personal space of the operator, who is made at the first time."""
        try:
            tokens = self.ask("/api/auth/password", {"login": LOGIN, "password": PASSWORD})
        except urllib.error.HTTPError:
            account = {"token": self._setup_token(), "login": LOGIN, "password": PASSWORD, "name": "Bench"}
            tokens = self.ask("/api/auth/setup", account)
        return tokens["access_token"], tokens["user"]["personal_space_id"]

    def _setup_token(self) -> str:
        for _ in range(200):
            found = re.findall(r"/setup#token=(\S+)", self.log.read_text())
            if found:
                return str(found[-1])
            time.sleep(0.05)
        raise RuntimeError("no setup link was printed")

    def usage(self) -> "Usage":
        """What the tree has used until now."""
        if self._process is None or not self.is_running:
            raise RuntimeError(f"the gallery ended:\n{self.log.read_text()[-3000:]}")
        return _usage(self._process.pid, _postmaster(self.folder))

    @contextmanager
    def measured(self) -> Iterator["Measure"]:
        """What the tree uses while the block runs; memory is sampled."""
        measure = Measure(self)
        measure.begin()
        try:
            yield measure
        finally:
            measure.end()


@dataclass(frozen=True)
class Usage:
    """CPU seconds by part, memory in bytes by part (proportional: a shared page counts once)."""

    cpu: Counter[str]
    memory: Counter[str]
    exiftools: dict[tuple[int, int], float]
    """CPU seconds by (pid, start) of living ExifTools: one that ended is found in its parent's sum, not by name."""


class Measure:
    """CPU seconds by part and the peak of memory during a block."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._exiftools: dict[tuple[int, int], float] = {}
        self.cpu: dict[str, float] = {}
        self.seconds = 0.0
        self.peak_memory = 0

    def begin(self) -> None:
        self._before = self._server.usage()
        self._begun = time.perf_counter()
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        self.seconds = time.perf_counter() - self._begun
        after = self._server.usage()
        self._take(after)
        cpu = {part: after.cpu[part] - self._before.cpu[part] for part in after.cpu}
        before = self._before.exiftools
        exiftool = sum(used - before.get(key, 0.0) for key, used in self._exiftools.items())
        cpu["decoding"] = cpu.pop("decoding", 0.0) + cpu.pop("exiftool", 0.0) - exiftool
        self.cpu = {**cpu, "exiftool": exiftool}

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())

    def _sample(self) -> None:
        while not self._ended.wait(0.5):
            self._take(self._server.usage())

    def _take(self, usage: Usage) -> None:
        self._exiftools.update(usage.exiftools)
        self.peak_memory = max(self.peak_memory, sum(usage.memory.values()))


@dataclass(frozen=True)
class _Process:
    parent: int
    start: int
    own: float
    of_children: float
    """CPU seconds of children that have ended."""


def _usage(server: int, postmaster: int | None) -> Usage:
    processes = _processes()
    cpu: Counter[str] = Counter()
    memory: Counter[str] = Counter()
    exiftools: dict[tuple[int, int], float] = {}
    for root in (server, postmaster):
        for pid in () if root is None else _descendants(processes, root):
            process = processes[pid]
            part = "postgres" if root == postmaster else "api and jobs" if pid == server else _part(pid)
            cpu[part] += process.own + process.of_children
            memory[part] += _proportional_memory(pid)
            if part == "exiftool":
                exiftools[pid, process.start] = process.own + process.of_children
    return Usage(cpu, memory, exiftools)


def _processes() -> dict[int, _Process]:
    found = {}
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own, of_children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        found[int(path.name)] = _Process(int(fields[1]), int(fields[19]), own / _TICK, of_children / _TICK)
    return found


def _descendants(processes: dict[int, _Process], root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    found = [root] if root in processes else []
    for pid in found:
        found += children.get(pid, [])
    return found


def _part(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "decoding"
    return "exiftool" if b"exiftool" in command else "decoding"


def _proportional_memory(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) << 10 if found else 0


def _postmaster(folder: Path) -> int | None:
    """The embedded database is a daemon: no child of ours, but it writes down its number."""
    try:
        return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
