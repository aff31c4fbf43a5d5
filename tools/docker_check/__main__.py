"""Runs the Docker stack for real and checks what docs/docker.md promises. Prints a table by chapters.

Usage: python3 -m tools.docker_check [--only CHAPTER,…] [--skip CHAPTER,…] [--port 9300] [--keep]

Needs a Docker engine and docker-compose (1.29) or docker compose (v2); says so where there is none. Project, images,
volumes, networks and ports are its own, on 127.0.0.1 alone, and are removed at the end: a gallery that runs on the same
machine is not touched. The exit status is 1 if a row fails.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from . import development, drill, edge, images, life, overlays, scale
from .check import Check, Row
from .engine import Skipped, Stack, engine_answers

STACK: Final[dict[str, tuple[Row, ...]]] = {
    "start": life.START,
    "hardening": life.HARDENING,
    "photos": edge.PHOTOS,
    "nginx": edge.NGINX,
    "stop": life.STOP,
    "limits of attempts": edge.LIMITS,
    "removal": life.REMOVAL,
}
"""The chapters of the production stack, which only make sense in this order and together."""
CHAPTERS: Final = ("files", "images", "stack", "tests", "dev", "drill", "scale", *overlays.OVERLAYS)
_DECISIVE: Final = (images.builds, life.starts_in_order, overlays.starts_together)
"""What follows needs these."""


class Table:
    """Tries rows and prints them."""

    def __init__(self) -> None:
        self.tried = self.failed = self.skipped = 0

    def chapter(self, name: str, check: Check, rows: Iterable[Row], decisive: Iterable[Row] = _DECISIVE) -> bool:
        """False when a decisive row has failed, and what follows has lost its ground."""
        print(f"\n{name}", flush=True)
        return all(self._row(check, row) or row not in decisive for row in rows)

    def _row(self, check: Check, row: Row) -> bool:
        check.note, began, verdict, problem = "", time.monotonic(), "ok", ""
        try:
            row(check)
        except Skipped as why:
            verdict, check.note = "skipped", f" {why}"
        except Exception as error:  # noqa: BLE001  # a row that breaks is a row that fails
            verdict, problem = "FAILED", f"{type(error).__name__}: {error}"
        self.tried += 1
        self.failed += verdict == "FAILED"
        self.skipped += verdict == "skipped"
        words = (row.__doc__ or row.__name__).splitlines()[0]
        print(f"  {verdict:7}{time.monotonic() - began:7.1f} s  {words}{check.note and ' ·' + check.note}", flush=True)
        if problem:
            log = check.stack.attempt("logs", "--no-color", "--tail=100").stdout
            told = [line[:2000] for line in log.splitlines() if "error" in line]
            print("\n          ".join(["          " + problem.replace("\n", "\n          "), *told[-3:]]), flush=True)
        return verdict != "FAILED"


def run(chosen: list[str], port: int, folder: Path, keep: bool) -> Table:
    """The chosen chapters, in order."""
    (folder / "error.log").touch(mode=0o644)
    project = "gallery-check" if port == 9300 else f"gallery-check-{port}"
    table, check = Table(), Check(Stack(project, folder, port), folder)
    stacks = [check.stack]
    check.stack.remove()  # what an earlier run was told to keep
    try:
        if "files" in chosen:
            table.chapter("files", check, images.FILES)
        if set(chosen) - {"files", "dev"} and not table.chapter(
            "images", check, images.IMAGES if "images" in chosen else images.IMAGES[:1]
        ):
            return table
        if "stack" in chosen and all(table.chapter(name, check, rows) for name, rows in STACK.items()):
            check.stack.remove()
        for laid in overlays.stacks(chosen):
            check.stack.remove()
            more = Check(overlays.production(check, laid), folder)
            stacks.append(more.stack)
            print(f"\noverlays:{check.note}", end="")
            if table.chapter("", more, overlays.ALL):
                for name in laid:
                    table.chapter(f"deploy/{name}", more, overlays.OF[name])
            more.stack.remove()
        if "drill" in chosen:
            houses = drill.Drill(check)
            stacks += (houses.old, houses.new)
            rows = tuple(houses.rows())
            table.chapter("drill", Check(houses.old, folder), rows, decisive=rows)
            for stack in stacks[-2:]:
                stack.remove()
        if "scale" in chosen:
            grown = scale.Scale(check)
            stacks.append(grown.stack)
            table.chapter("scale", Check(grown.stack, folder), grown.rows(), decisive=(grown.starts,))
            grown.stack.remove()
        for name, rows in (("tests", images.TESTS), ("dev", development.DEV)):
            if name in chosen:
                table.chapter(name, check, rows)
    finally:
        for stack in stacks if not (keep and table.failed) else ():
            stack.remove()
    return table


def names(text: str) -> list[str]:
    listed = [name for name in text.split(",") if name]
    for name in listed:
        if name not in CHAPTERS:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(CHAPTERS)}")
    return listed


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the Docker stack for real and checks it.")
    parser.add_argument("--only", type=names, default=list(CHAPTERS), help=f"of {', '.join(CHAPTERS)}")
    parser.add_argument("--skip", type=names, default=[], help="chapters to leave out")
    parser.add_argument("--port", type=int, default=9300, help="the first of forty ports on 127.0.0.1 (9300)")
    parser.add_argument("--keep", action="store_true", help="leave the stack running when a row has failed")
    told = parser.parse_args()
    if not engine_answers():
        print("docker check: skipped, no Docker engine with compose answers here")
        return 0
    chosen = [name for name in CHAPTERS if name in told.only and name not in told.skip]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gallery-check-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        table = run(chosen, told.port, folder, told.keep)
    said = f"{table.failed} failed" if table.failed else f"all {table.tried - table.skipped} hold"
    print(f"\n{said}, {table.skipped} skipped, {time.monotonic() - began:.0f} s")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
