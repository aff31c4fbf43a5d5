"""The restore drill: a gallery with photos, its backup, and a new house that has that backup and the secrets alone.

DRILL_PHOTOS and DRILL_MEGABYTES make it larger: so many photos, besides one of each kind, of so many megabytes each.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable
from typing import Any, Final

from .check import Check, Row
from .engine import MEGABYTE, SERVICES, Failed, Stack, docker, eventually, expect
from .person import Person
from .talk import ask, photo, samples

_FRESH: Final = 200
"""Photos that go with one access token, which lives for a quarter of an hour."""
_MORE: Final = """
services:
  backup: {{image: "{images}-backend:production"}}
  backend: {{healthcheck: {{interval: 3s, start_period: 120s}}}}
"""


class House(Stack):
    """The services with the backup's, under a name of their own."""

    def __init__(self, name: str, check: Check, port: int) -> None:
        super().__init__(
            f"{check.stack.project}-{name}",
            check.folder,
            port,
            files=("docker-compose.yml", "deploy/backup/compose.yml"),
            images=check.stack.images,
            volumes=("backups",),
            more=_MORE.format(images=check.stack.images),
        )
        self.services = (*SERVICES, "backup")

    def tells(self, service: str, *verb: str) -> dict[str, Any]:
        """What a verb of the gallery says as JSON, in a service that runs."""
        found: dict[str, Any] = json.loads(self.within(service, "gallery", *verb, "--json").splitlines()[-1])
        return found


class Drill:
    """The steps, in order; the first line of each is what it shows."""

    def __init__(self, check: Check) -> None:
        self.old, self.new = House("old", check, check.port + 24), House("new", check, check.port + 27)
        self.backups = f"{self.old.project}-backups"
        self.image = f"{check.stack.images}-backend:production"
        self.anna = Person(self.old.port)
        self.password = "correct horse battery staple"
        self.began = 0.0
        self.invitation = ""
        self.photos = int(os.environ.get("DRILL_PHOTOS", "60"))
        self.ballast = int(float(os.environ.get("DRILL_MEGABYTES", "0")) * MEGABYTE)
        self.sent: dict[str, str] = {}
        """Checksums of what was sent, by the photo's identity."""

    def rows(self) -> Iterable[Row]:
        return (
            self.old_house,
            self.backup_is_confined,
            self.first_backup_came_by_itself,
            self.backup,
            self.application_knows,
            self.old_house_is_gone,
            self.restore,
            self.new_house,
            self.invitation_is_good,
            self.every_original,
            self.previews_come_again,
            self.rot_is_healed,
            self.no_second_time,
        )

    def old_house(self, check: Check) -> None:
        """a gallery runs with its backup service, and has photos"""
        self.old.start()
        self.old.within(
            "backend", "gallery", "user", "create", "anna", "--operator", "--password-stdin", stdin=self.password + "\n"
        )
        self.anna.sign_in("anna", self.password)
        size = sum(self._send(path.read_bytes(), path.name) for path in samples())
        for number in range(self.photos):
            if number % _FRESH == 0:
                self.anna.renew()
            size += self._send(photo() + secrets.token_bytes(self.ballast), f"снимок {number}.png")
        for identity in self.sent:
            self.anna.ready(identity)
        self.invitation = self._invitation()
        check.note = f" {len(self.sent)} originals, {size / 1e6:.1f} MB"

    def _send(self, data: bytes, name: str) -> int:
        answer = self.anna.upload(data, name)
        expect(answer.status == 201, f"{name}: {answer.status} {answer.body[:300]!r}")
        self.sent[answer.json()["id"]] = hashlib.sha256(data).hexdigest()
        return len(data)

    def _invitation(self) -> str:
        """The token of a link into a space that others share."""
        kind = {**self.anna.bearer, "content-type": "application/json"}
        made = ask(self.old.port, "POST", "/api/spaces", json.dumps({"name": "Дача"}).encode(), kind)
        expect(made.status == 201, f"space {made.status} {made.body[:300]!r}")
        asked = json.dumps({"role": "viewer", "expires_in_days": 7}).encode()
        link = ask(self.old.port, "POST", f"/api/spaces/{made.json()['id']}/invitations", asked, kind)
        expect(link.status == 201, f"invitation {link.status} {link.body[:300]!r}")
        return str(link.json()["token"])

    def backup_is_confined(self, check: Check) -> None:
        """the backup's container reads originals and cannot write them, and knows no key; the backend has no backups"""
        expect(self.old.attempt("exec", "-T", "backup", "touch", "/app/uploads/x").returncode, "it can write originals")
        told = self.old.within("backup", "env")
        for name in ("SECRET_KEY", "REFRESH_SECRET_KEY"):
            expect(self.old.secrets[name] not in told, f"{name} in the backup's container")
        expect(not self.old.within("backend", "ls", "/backup").strip(), "the backend sees the backups")

    def first_backup_came_by_itself(self, check: Check) -> None:
        """the service made a first backup when it started, and read it again"""
        eventually(lambda: "All is well." in self.old.run("logs", "backup"), "no backup came", 120)

    def backup(self, check: Check) -> None:
        """a backup takes all of it"""
        done = self.old.tells("backup", "backup", "/backup")
        expect(done["files"] == len(self.sent) and not done["unavailable"], done)
        check.note = (
            f" {done['files']} originals, database {done['database_bytes'] / 1e3:.0f} kB, {done['seconds']:.2f} s"
        )
        again = self.old.tells("backup", "backup", "/backup")
        expect(again["copied_files"] == 0, again)
        checked = self.old.tells("backup", "verify", "--backup", "/backup")
        expect(checked["problems"] == 0 and checked["read_files"] == len(self.sent), checked)

    def application_knows(self, check: Check) -> None:
        """the operator's page, /health and /metrics know of the backup"""
        told = ask(self.old.port, "GET", "/api/operator/keeping", headers=self.anna.bearer).json()
        expect((told["backup"], told["last_backup"]["files"]) == ("ok", len(self.sent)), told)
        expect(ask(self.old.port, "GET", "/health").json()["backup"] == "ok", "/health")
        known = {"authorization": f"Bearer {self.old.secrets['METRICS_TOKEN']}"}
        metrics = ask(self.old.backend_port, "GET", "/metrics", headers=known).body.decode()
        expect('gallery_backup_last_result{target="/backup"} 1.0' in metrics, "/metrics")

    def old_house_is_gone(self, check: Check) -> None:
        """the old house is gone: containers, database and originals; the backup's volume is left"""
        self.old.run("down")
        docker("volume", "rm", *(f"{self.old.project}-{name}" for name in ("postgres-data", "uploads-data")))
        look = ("run", "--rm", "-v", f"{self.backups}:/backup:ro", "--entrypoint", "du", self.image, "-sh", "/backup")
        check.note = f" {docker(*look).split()[0]}"

    def restore(self, check: Check) -> None:
        """an empty house with the secrets takes the backup"""
        self.began = time.monotonic()
        for name in ("SECRET_KEY", "REFRESH_SECRET_KEY"):
            self.new.secrets[name] = self.new.environment[name] = self.old.secrets[name]
        self.new.run("up", "-d", "--no-build", "db")
        eventually(lambda: self.new.facts("db")["State"]["Health"]["Status"] == "healthy", "no database", 120)
        done = json.loads(self._restore().splitlines()[-1])
        expect(done["files"] == len(self.sent) and not done["unavailable"], done)
        check.note = f" {done['files']} originals, {done['size'] / 1e6:.1f} MB, {done['seconds']:.2f} s"

    def _restore(self, *words: str) -> str:
        verb = ["run", "--rm", "--no-deps", "-T", "-v", f"{self.backups}:/backup:ro", "backend"]
        return self.new.run(*verb, "gallery", "restore", "/backup", *words, "--json")

    def new_house(self, check: Check) -> None:
        """the new house opens: the old password and the old session are good"""
        self.new.start()
        self.anna.port = self.new.port
        self.anna.renew()
        self.anna.sign_in("anna", self.password)
        check.note = f" {time.monotonic() - self.began:.0f} s after the first command"

    def invitation_is_good(self, check: Check) -> None:
        """a link that invites into a shared space leads there still"""
        kind = {"content-type": "application/json"}
        asked = json.dumps({"token": self.invitation}).encode()
        answer = ask(self.new.port, "POST", "/api/invitations/preview", asked, kind)
        expect(answer.status == 200 and "Дача" in answer.body.decode(), f"{answer.status} {answer.body[:300]!r}")

    def every_original(self, check: Check) -> None:
        """every original comes back byte for byte, and every row has its bytes"""
        for number, (identity, sha256) in enumerate(self.sent.items()):
            if number % _FRESH == 0:
                self.anna.renew()
            asset = ask(self.new.port, "GET", f"/api/assets/{identity}", headers=self.anna.bearer).json()
            body = ask(self.new.port, "GET", asset["media"]["original"]).body
            same = hashlib.sha256(body).hexdigest() == asset["sha256"] == sha256
            expect(same, f"{asset['file_name']} is not the same")
        found = self.new.tells("backend", "verify")
        expect(found["files"] == len(self.sent) and not found["missing"] + found["damaged"], found)
        check.note = f" {len(self.sent)} of {len(self.sent)} checksums equal"

    def previews_come_again(self, check: Check) -> None:
        """previews are made again by themselves"""
        pending = list(self.sent)
        deadline = time.monotonic() + 300
        while pending:
            expect(time.monotonic() < deadline, f"{len(pending)} previews are missing")
            asset = ask(self.new.port, "GET", f"/api/assets/{pending[-1]}", headers=self.anna.bearer).json()
            thumb = asset["media"]["thumb"]
            if thumb is None or ask(self.new.port, "GET", thumb).status == 200:
                pending.pop()
            else:
                time.sleep(2)

    def rot_is_healed(self, check: Check) -> None:
        """an original that rots is found, and brought back from the backup while the gallery runs"""
        victim = self.new.within("backend", "find", "/app/uploads/originals", "-type", "f").splitlines()[0]
        script = f"chmod u+w {victim} && printf rot | dd of={victim} bs=1 seek=100 conv=notrunc status=none"
        self.new.within("backend", "sh", "-c", script)
        found = self.new.attempt("exec", "-T", "backend", "gallery", "verify", "--json")
        told = json.loads(found.stdout.splitlines()[-1])
        name = victim.rpartition("/")[2]
        expect(found.returncode == 1 and told["damaged"] == [name], told)
        expect(ask(self.new.port, "GET", "/health").json()["originals"] == "damaged", "/health says nothing")
        done = json.loads(self._restore("--heal").splitlines()[-1])
        expect((done["healed"], done["left"]) == ([name], []), done)
        expect(not self.new.tells("backend", "verify")["damaged"], "it is damaged still")

    def no_second_time(self, check: Check) -> None:
        """a house with photos refuses a restore, and keeps its photos"""
        try:
            self._restore()
        except Failed as refusal:
            expect("not empty" in str(refusal), refusal)
        else:
            raise Failed("it was restored over a gallery with photos")
        expect(self.new.tells("backend", "verify")["files"] == len(self.sent), "photos are missing")
