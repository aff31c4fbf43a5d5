"""The restore drill: a gallery with photos, its backup, and a new house that has that backup and the secrets alone.

Usage: python3 tools/restore_drill.py [--port 9400] [--photos 60] [--keep]

Needs a Docker engine, as docker_check.py does; says so where there is none. Everything has names of its own and is
removed at the end. Prints what was checked, and the drill's figures: sizes, times, equal checksums.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from docker_check import ROOT, Failed, Person, Stack, ask, docker, engine_answers, eventually, expect, photo, samples

BACKUPS: Final = "gallery-drill-backups"
OVERRIDE: Final = """
services:
  backend:
    image: gallery-drill-backend:production
    volumes: ["{folder}/error.log:/app/error.log"]
  backup: {{image: "gallery-drill-backend:production"}}
  frontend: {{image: gallery-drill-frontend}}
volumes:
  postgres_data: {{name: {project}-postgres}}
  uploads_data: {{name: {project}-uploads}}
  backups: {{name: gallery-drill-backups}}
networks:
  max_gallery_network: {{name: {project}-network}}
"""


class House(Stack):
    """The services with those of the backup, under a name of their own."""

    def __init__(self, name: str, folder: Path, port: int) -> None:
        super().__init__(name, ROOT, folder, "docker-compose.yml", OVERRIDE, port)
        self._command[-2:-2] = ["-f", str(ROOT / "deploy/backup/compose.yml")]

    def tells(self, service: str, *verb: str) -> dict[str, Any]:
        """What a verb of the gallery says as JSON, in a service that runs."""
        found: dict[str, Any] = json.loads(self.within(service, "gallery", *verb, "--json").splitlines()[-1])
        return found


class Drill:
    """The steps, in order; the first line of each is what it shows."""

    def __init__(self, folder: Path, port: int, photos: int) -> None:
        self.old, self.new = House("gallery-drill-old", folder, port), House("gallery-drill-new", folder, port + 5)
        self.photos = photos
        self.anna = Person(self.old.port)
        self.password = "correct horse battery staple"
        self.began = 0.0
        self.note = ""

    def old_house(self) -> None:
        """a gallery runs with its backup service, and has photos"""
        self.old.run("build", "backend", "frontend")
        self.old.start()
        self.old.within(
            "backend", "gallery", "user", "create", "anna", "--operator", "--password-stdin", stdin=self.password + "\n"
        )
        self.anna.sign_in("anna", self.password)
        for path in samples():
            self.anna.add(path.read_bytes(), path.name)
        for number in range(self.photos):
            self.anna.add(photo(), f"снимок {number}.png")
        size = sum(map(len, self.anna.added.values()))
        self.note = f"{len(self.anna.added)} originals, {size / 1e6:.1f} MB"

    def backup_is_confined(self) -> None:
        """the backup's container reads originals and cannot write them, and knows no key; the backend has no backups"""
        expect(self.old.attempt("exec", "-T", "backup", "touch", "/app/uploads/x").returncode, "it can write originals")
        told = self.old.within("backup", "env")
        for name in ("SECRET_KEY", "REFRESH_SECRET_KEY"):
            expect(self.old.secrets[name] not in told, f"{name} in the backup's container")
        expect(not self.old.within("backend", "ls", "/backup").strip(), "the backend sees the backups")

    def first_backup_came_by_itself(self) -> None:
        """the service made a first backup when it started, and read it again"""
        eventually(lambda: "All is well." in self.old.run("logs", "backup"), "no backup came", 120)

    def backup(self) -> None:
        """a backup takes all of it"""
        done = self.old.tells("backup", "backup", "/backup")
        expect(done["files"] == len(self.anna.added) and not done["unavailable"], done)
        self.note = (
            f"{done['files']} originals, database {done['database_bytes'] / 1e3:.0f} kB, {done['seconds']:.2f} s"
        )
        again = self.old.tells("backup", "backup", "/backup")
        expect(again["copied_files"] == 0, again)
        checked = self.old.tells("backup", "verify", "--backup", "/backup")
        expect(checked["problems"] == 0 and checked["read_files"] == len(self.anna.added), checked)

    def application_knows(self) -> None:
        """the operator's page, /health and /metrics know of the backup"""
        told = ask(self.old.port, "GET", "/api/operator/keeping", headers=self.anna.bearer).json()
        expect((told["backup"], told["last_backup"]["files"]) == ("ok", len(self.anna.added)), told)
        expect(ask(self.old.port, "GET", "/health").json()["backup"] == "ok", "/health")
        metrics = self.old.within("backend", "curl", "-s", "http://localhost:8000/metrics")
        expect('gallery_backup_last_result{target="/backup"} 1.0' in metrics, "/metrics")

    def old_house_is_gone(self) -> None:
        """the old house is gone: containers, database and originals; the backup's volume is left"""
        self.old.run("down")
        docker("volume", "rm", "gallery-drill-old-postgres", "gallery-drill-old-uploads")
        self.note = docker("run", "--rm", "-v", f"{BACKUPS}:/backup:ro", "--entrypoint", "du",
                           "gallery-drill-backend:production", "-sh", "/backup").split()[0]  # fmt: skip

    def restore(self) -> None:
        """an empty house with the secrets takes the backup"""
        self.began = time.monotonic()
        for name in ("SECRET_KEY", "REFRESH_SECRET_KEY"):
            self.new.secrets[name] = self.new.environment[name] = self.old.secrets[name]
        self.new.run("up", "-d", "--no-build", "db")
        eventually(lambda: self.new.facts("db")["State"]["Health"]["Status"] == "healthy", "no database", 120)
        done = json.loads(self._restore().splitlines()[-1])
        expect(done["files"] == len(self.anna.added) and not done["unavailable"], done)
        self.note = f"{done['files']} originals, {done['size'] / 1e6:.1f} MB, {done['seconds']:.2f} s"

    def _restore(self) -> str:
        verb = ["run", "--rm", "--no-deps", "-T", "-v", f"{BACKUPS}:/backup:ro", "backend"]
        return self.new.run(*verb, "gallery", "restore", "/backup", "--json")

    def new_house(self) -> None:
        """the new house opens: the old password and the old session are good"""
        self.new.start()
        self.anna.port = self.new.port
        self.anna.renew()
        self.anna.sign_in("anna", self.password)
        self.note = f"{time.monotonic() - self.began:.0f} s after the first command"

    def every_original(self) -> None:
        """every original comes back byte for byte, and every row has its bytes"""
        for identity, data in self.anna.added.items():
            asset = ask(self.new.port, "GET", f"/api/assets/{identity}", headers=self.anna.bearer).json()
            body = ask(self.new.port, "GET", asset["media"]["original"]).body
            same = hashlib.sha256(body).hexdigest() == asset["sha256"] == hashlib.sha256(data).hexdigest()
            expect(same, f"{asset['file_name']} is not the same")
        found = self.new.tells("backend", "verify")
        expect(found["files"] == len(self.anna.added) and not found["missing"] + found["damaged"], found)
        self.note = f"{len(self.anna.added)} of {len(self.anna.added)} checksums equal"

    def previews_come_again(self) -> None:
        """previews are made again by themselves"""
        pending = list(self.anna.added)
        deadline = time.monotonic() + 300
        while pending:
            expect(time.monotonic() < deadline, f"{len(pending)} previews are missing")
            asset = ask(self.new.port, "GET", f"/api/assets/{pending[-1]}", headers=self.anna.bearer).json()
            thumb = asset["media"]["thumb"]
            if thumb is None or ask(self.new.port, "GET", thumb).status == 200:
                pending.pop()
            else:
                time.sleep(2)

    def no_second_time(self) -> None:
        """a house with photos refuses a restore, and keeps its photos"""
        try:
            self._restore()
        except Failed as refusal:
            expect("not empty" in str(refusal), refusal)
        else:
            raise Failed("it was restored over a gallery with photos")
        expect(self.new.tells("backend", "verify")["files"] == len(self.anna.added), "photos are missing")

    def clear(self) -> None:
        for house in (self.old, self.new):
            house.attempt("down", "-v", "--remove-orphans")
        docker("volume", "rm", "-f", BACKUPS, check=False)


ORDER: Final = (
    Drill.old_house,
    Drill.backup_is_confined,
    Drill.first_backup_came_by_itself,
    Drill.backup,
    Drill.application_knows,
    Drill.old_house_is_gone,
    Drill.restore,
    Drill.new_house,
    Drill.every_original,
    Drill.previews_come_again,
    Drill.no_second_time,
)


def step(drill: Drill, show: Callable[[Drill], None]) -> bool:
    drill.note, began, problem = "", time.monotonic(), ""
    try:
        show(drill)
    except Exception as error:  # noqa: BLE001  # a step that breaks is a step that fails
        problem = f"{type(error).__name__}: {error}"
    words = (show.__doc__ or "").splitlines()[0] + (drill.note and f" · {drill.note}")
    print(f"{'FAILED' if problem else 'ok':7}{time.monotonic() - began:7.1f} s  {words}")
    if problem:
        print(f"        {problem}")
    sys.stdout.flush()
    return not problem


def main() -> int:
    parser = argparse.ArgumentParser(description="Restores a gallery into an empty house, from its backup alone.")
    parser.add_argument("--port", type=int, default=9400, help="the first of ten ports on 127.0.0.1 (9400)")
    parser.add_argument("--photos", type=int, default=60, help="how many photos to make besides the pack's (60)")
    parser.add_argument("--keep", action="store_true", help="leave everything as it is when a step has failed")
    chosen = parser.parse_args()
    if not engine_answers():
        print("restore drill: skipped, no Docker engine answers here")
        return 0
    with tempfile.TemporaryDirectory(prefix="gallery-drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "error.log").touch(mode=0o666)
        drill, whole = Drill(folder, chosen.port, chosen.photos), False
        drill.clear()  # what an earlier run was told to keep
        try:
            whole = all(step(drill, show) for show in ORDER)
        finally:
            if whole or not chosen.keep:
                drill.clear()
    print("all of it came back" if whole else "the drill failed")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
