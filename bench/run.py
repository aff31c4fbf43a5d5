"""Measures the gallery on this machine: `make bench`, or `make bench BENCH="--parts timeline --rows 2000000"`.

CPU seconds are those of the server's whole process tree, its PostgreSQL included, so they mean the same on a machine
that is busy with other things; times do not. Writes bench/.out/bench.json.
"""

import argparse
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import part_ingest
import part_keeping
import part_pages
import part_start
import part_thumbs
import part_timeline
from results import Results
from server import Server

PARTS = ("ingest", "thumbs", "timeline", "pages", "start", "keeping")
_OUT = Path(__file__).with_name(".out") / "bench.json"


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the gallery and its database must not outlive the bench
    results = Results()
    with tempfile.TemporaryDirectory(prefix="gallery-bench-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        # The embedded database may run as a user of its own, who has to reach its folder.
        folder.chmod(0o755)
        try:
            _measure(results, options, folder)
        finally:
            load = os.getloadavg()[0]
            results.write(_OUT, machine=platform.machine(), cores=os.cpu_count(), load=load, at=time.strftime("%FT%T"))
    print(f"\n{results.table()}\n\nLoad of the machine: {load:.1f} on {os.cpu_count()} cores. Written to {_OUT}.")


def _measure(results: Results, options: argparse.Namespace, folder: Path) -> None:
    if {"ingest", "thumbs"} & set(options.parts):
        shutil.rmtree(folder / "photos", ignore_errors=True)  # what a gallery knows already costs it next to nothing
        with Server(folder / "photos", options.port) as server:
            if "ingest" in options.parts:
                part_ingest.measure(results, server, folder, count=options.count, photos=options.photos)
            if "thumbs" in options.parts:
                part_thumbs.measure(results, server, folder)
    for rows in options.rows if "timeline" in options.parts else ():
        with Server(folder / f"rows-{rows}", options.port) as server:
            part_timeline.measure(results, server, rows)
    if "pages" in options.parts:
        _measure_pages(results, options, folder)
    if "start" in options.parts:
        _measure_start(results, options, folder)
    if "keeping" in options.parts:
        shutil.rmtree(folder / "keeping", ignore_errors=True)
        with Server(folder / "keeping", options.port) as server:
            part_keeping.measure(results, server, folder, count=options.originals, megabytes=options.megabytes)


def _measure_pages(results: Results, options: argparse.Namespace, folder: Path) -> None:
    shutil.rmtree(folder / "pages", ignore_errors=True)  # a first visit is to a library of known size
    with Server(folder / "pages", options.port) as server:
        part_pages.measure_visits(results, server, folder)
    for rows in options.rows:
        with Server(folder / f"rows-{rows}", options.port) as server:
            part_pages.measure_travel(results, server, rows)


def _measure_start(results: Results, options: argparse.Namespace, folder: Path) -> None:
    rows = options.rows[0]
    server = Server(folder / f"rows-{rows}", options.port)
    try:
        server.start()
        part_timeline.fill(server, rows)
        server.stop()
        part_start.measure(results, server)
    finally:
        server.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--count", type=int, default=60, help="photos of 12 megapixels for ingest (60)")
    parser.add_argument("--photos", type=Path, help="a folder of your own photos for ingest instead")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000], help="sizes of the timeline (100000)")
    parser.add_argument("--originals", type=int, default=200, help="originals for keeping (200)")
    parser.add_argument("--megabytes", type=float, default=4, help="megabytes of each of them (4)")
    parser.add_argument("--folder", type=Path, help="keep the libraries here and use them again")
    parser.add_argument("--port", type=int, default=0, help="where the gallery listens (any free port)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
