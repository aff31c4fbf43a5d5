"""Runs the Docker stack for real and checks what docs/docker.md promises. Prints a table; exit status 1 if a row fails.

Usage: python3 tools/docker_check.py [--port 9300] [--tests] [--dev] [--keep]

Needs a Docker engine and docker-compose (1.29) or docker compose (v2); says so where there is none. Project, images,
volumes, network and ports are its own, on 127.0.0.1 alone, and are removed at the end: a gallery that runs on the same
machine is not touched. --tests also runs the backend's tests from the image, --dev also the development stack.
"""

import argparse
import ast
import csv
import hashlib
import http.client
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PHOTOS: Final = ROOT.parent / "shared" / "photos"
PROJECT: Final = "gallery-check"
SERVICES: Final = ("db", "backend", "frontend")
MEGABYTE: Final = 1 << 20
LARGEST: Final = {"backend": 200 * MEGABYTE, "frontend": 15 * MEGABYTE}
"""How much an image may add to its base."""
HEALTH: Final = {
    "db": ("pg_isready -U app_user -d app_db", 10, 5, 5, 0),
    "backend": ("curl -f http://localhost:8000/health", 30, 10, 3, 40),
    "frontend": ("wget --quiet --tries=1 --spider http://localhost:80", 30, 10, 3, 0),
}
"""Test, interval, timeout, retries and start period, as the owner specified them."""
OVERRIDE: Final = """
services:
  backend:
    image: {project}-backend:${{BACKEND_TARGET:-production}}
    volumes:
      - {folder}/error.log:/app/error.log
  frontend: {{image: {project}-frontend}}
volumes:
  postgres_data: {{name: {project}-postgres}}
  uploads_data: {{name: {project}-uploads}}
networks:
  max_gallery_network: {{name: {project}-network}}
"""
DEV_OVERRIDE: Final = """
services:
  backend: {{image: "{project}-backend:test"}}
  frontend: {{image: "{project}-frontend:dev"}}
volumes:
  postgres_data: {{name: {project}-postgres}}
  uploads_data: {{name: {project}-uploads}}
networks:
  max_gallery_network: {{name: {project}-network}}
"""


class Failed(Exception):
    """A promise that did not hold."""


def expect(condition: object, words: object) -> None:
    if not condition:
        raise Failed(str(words))


# --- The engine


def compose_command() -> list[str]:
    return ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]


def docker(*arguments: str, check: bool = True, seconds: int = 120) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds)
    if check and done.returncode:
        raise Failed(f"docker {' '.join(arguments)}: {done.stderr[-1000:]}")
    return done.stdout.strip()


class Stack:
    """The services under a name of their own, driven by compose from a folder that holds the repository's files."""

    def __init__(self, project: str, root: Path, folder: Path, file: str, override: str, port: int) -> None:
        self.root, self.port, self.backend_port, self.database_port = root, port, port + 1, port + 2
        self._last: dict[str, str] = {}
        written = folder / f"{project}.yml"
        written.write_text(override.format(project=project, folder=folder), encoding="utf-8")
        empty = folder / "empty.env"
        empty.touch()
        self._command = [*compose_command(), "--project-directory", str(root), "--env-file", str(empty), "-p", project]
        self._command += ["-f", str(root / file), "-f", str(written)]
        self.secrets = {
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "SECRET_KEY": secrets.token_hex(32),
            "REFRESH_SECRET_KEY": secrets.token_hex(32),
        }
        self.environment = {
            **os.environ,
            **self.secrets,
            "FRONTEND_PORT": f"127.0.0.1:{self.port}",
            "BACKEND_PORT": f"127.0.0.1:{self.backend_port}",
            "POSTGRES_PORT": str(self.database_port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }

    def attempt(
        self, *arguments: str, stdin: str = "", seconds: int = 1800, **changed: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, *arguments],
            cwd=self.root,
            env={**self.environment, **changed},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def run(self, *arguments: str, stdin: str = "", seconds: int = 1800, **changed: str) -> str:
        done = self.attempt(*arguments, stdin=stdin, seconds=seconds, **changed)
        if done.returncode:
            raise Failed(f"{' '.join(arguments)}: {(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def within(self, service: str, *arguments: str, stdin: str = "") -> str:
        return self.run("exec", "-T", service, *arguments, stdin=stdin, seconds=120)

    def container(self, service: str) -> str:
        found = self.run("ps", "-q", service, seconds=60).split()
        expect(found, f"no container of {service}")
        return found[0]

    def facts(self, service: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(docker("inspect", self._last.get(service) or self.container(service)))[0]
        return found

    def remember_containers(self) -> None:
        """Stopped containers are not listed by every version of compose."""
        self._last = {name: self.container(name) for name in SERVICES}

    def wait_healthy(self, seconds: int = 300) -> None:
        deadline = time.monotonic() + seconds
        states: list[str] = []
        while time.monotonic() < deadline:
            states = [self.facts(name)["State"]["Health"]["Status"] for name in SERVICES]
            if states == ["healthy"] * 3:
                return
            time.sleep(1)
        raise Failed(f"not healthy: {dict(zip(SERVICES, states, strict=True))}")

    def start(self) -> None:
        self._last = {}
        self.run("up", "-d", "--no-build")
        self.remember_containers()
        self.wait_healthy()


# --- HTTP


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def say(port: int, request: bytes, seconds: float = 10) -> bytes:
    """What comes back for these very bytes, up to the end of the connection or of patience."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=seconds)) as connection:
        connection.sendall(request)
        answer = b""
        with suppress(OSError):
            while part := connection.recv(65536):
                answer += part
        return answer


def form(data: bytes, name: str) -> tuple[bytes, str]:
    border = secrets.token_hex(8)
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


def photo() -> bytes:
    """A small PNG that nobody has seen before."""
    rows = b"".join(b"\0" + secrets.token_bytes(3 * 64) for _ in range(48))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


KINDS: Final = ("phones", "heic", "avif", "jxl", "raw", "video", "tiff", "кириллица")


def samples() -> list[Path]:
    """The smallest photo of each kind from the pack beside the repository, where there is one."""
    if not PHOTOS.is_dir():
        return []
    with (PHOTOS / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted((row for row in csv.DictReader(file) if row["expect"] == "ok"), key=lambda row: int(row["bytes"]))
    smallest = {row["file"].split("/")[0]: PHOTOS / row["file"] for row in reversed(rows)}
    return [smallest[kind] for kind in KINDS if kind in smallest]


def page_policy() -> str:
    """PAGE_POLICY as the backend has it, without importing the backend."""
    tree = ast.parse((ROOT / "backend/gallery/infra/web.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "PAGE_POLICY" and node.value:
            return str(ast.literal_eval(node.value))
    raise Failed("PAGE_POLICY is not in gallery/infra/web.py")


# --- Somebody who uses the gallery


@dataclass
class Person:
    """Signs in through nginx, adds photos and looks at them."""

    port: int
    access: str = ""
    refresh: str = ""
    space: str = ""
    added: dict[str, bytes] = field(default_factory=dict)

    def sign_in(self, login: str, password: str) -> None:
        body = json.dumps({"login": login, "password": password, "refresh_in_body": True}).encode()
        self._keep(ask(self.port, "POST", "/api/auth/password", body, {"content-type": "application/json"}))

    def renew(self) -> None:
        body = json.dumps({"refresh_token": self.refresh}).encode()
        self._keep(ask(self.port, "POST", "/api/auth/refresh", body, {"content-type": "application/json"}))

    def _keep(self, answer: Answer) -> None:
        expect(answer.status == 200, f"sign-in {answer.status} {answer.body[:300]!r}")
        tokens = answer.json()
        self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]
        self.space = tokens["user"]["personal_space_id"]

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access}"}

    def upload(self, data: bytes, name: str) -> Answer:
        body, kind = form(data, name)
        path = f"/api/assets?space_id={self.space}"
        return ask(self.port, "POST", path, body, {**self.bearer, "content-type": kind})

    def add(self, data: bytes, name: str) -> dict[str, Any]:
        answer = self.upload(data, name)
        expect(answer.status == 201, f"{name}: {answer.status} {answer.body[:300]!r}")
        identity = answer.json()["id"]
        self.added[identity] = data
        return self.ready(identity)

    def ready(self, identity: str) -> dict[str, Any]:
        asset: dict[str, Any] = {}
        for _ in range(240):
            answer = ask(self.port, "GET", f"/api/assets/{identity}", headers=self.bearer)
            expect(answer.status == 200, f"asset {answer.status} {answer.body[:300]!r}")
            asset = answer.json()
            if asset["status"] != "processing":
                break
            time.sleep(0.5)
        expect(asset["status"] == "ready", f"{asset['file_name']}: {asset['status']} {asset.get('failure')}")
        return asset

    def look_at(self, identity: str) -> None:
        """The thumb is a picture, and the original is what was sent."""
        asset = self.ready(identity)
        thumb = ask(self.port, "GET", asset["media"]["thumb"])
        expect(thumb.status == 200 and thumb.headers["content-type"].startswith("image/"), f"thumb {thumb.status}")
        expect(thumb.headers["x-content-type-options"] == "nosniff", "nosniff")
        original = ask(self.port, "GET", asset["media"]["original"])
        same = hashlib.sha256(original.body).digest() == hashlib.sha256(self.added[identity]).digest()
        expect(original.status == 200 and same, f"original of {asset['file_name']}: {original.status}")

    # --- Resumable uploads (tus 1.0)

    def begin(self, data: bytes, name: str) -> str:
        metadata = {"filename": name, "space_id": self.space}
        line = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
        headers = {**self.bearer, "tus-resumable": "1.0.0", "upload-length": str(len(data)), "upload-metadata": line}
        answer = ask(self.port, "POST", "/api/uploads", b"", headers)
        expect(answer.status == 201, f"tus {answer.status} {answer.body[:300]!r}")
        return re.sub(r"^https?://[^/]+", "", answer.headers["location"])

    def offset(self, address: str) -> int:
        answer = ask(self.port, "HEAD", address, headers={**self.bearer, "tus-resumable": "1.0.0"})
        expect(answer.status in (200, 204), f"tus HEAD {answer.status}")
        return int(answer.headers["upload-offset"])

    def send(self, address: str, data: bytes, start: int, stop: int) -> Answer:
        kind = "application/offset+octet-stream"
        headers = {**self.bearer, "tus-resumable": "1.0.0", "content-type": kind, "upload-offset": str(start)}
        return ask(self.port, "PATCH", address, data[start:stop], headers)


# --- The promises


class Check:
    """The promises, in order; each is a method, and its first line is its row in the table."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.port = stack.port
        self.person = Person(stack.port)
        self.interrupted: tuple[str, bytes] = ("", b"")
        self.note = ""

    def files_are_valid(self) -> None:
        """the compose files are valid, and ask for secrets where there are none"""
        self.stack.run("config", "-q")
        for file in ("docker-compose.yml", "docker-compose.dev.yml"):
            command = [*compose_command(), "-f", str(ROOT / file), "config", "-q"]
            done = subprocess.run(command, cwd=ROOT, env=self.stack.environment, capture_output=True, text=True)
            expect(done.returncode == 0, done.stderr)
        done = self.stack.attempt("config", "-q", SECRET_KEY="")
        expect(done.returncode != 0 and "SECRET_KEY" in done.stderr, "started without SECRET_KEY")

    def builds(self) -> None:
        """the images build"""
        self.stack.run("build")

    def is_small(self) -> None:
        """backend and frontend add little to their bases"""
        bases = {
            "backend": os.environ.get("PYTHON_IMAGE", "python:3.11-slim"),
            "frontend": os.environ.get("NGINX_IMAGE", "nginx:alpine"),
        }
        images = {"backend": f"{PROJECT}-backend:production", "frontend": f"{PROJECT}-frontend"}
        for name, base in bases.items():
            added = size_of(images[name]) - size_of(base)
            self.note += f" {name} +{added / MEGABYTE:.1f} MB"
            expect(added <= LARGEST[name], f"{name} adds {added / MEGABYTE:.0f} MB")

    def images_hold_no_secret(self) -> None:
        """no .env, key or test is in the production images"""
        for image in (f"{PROJECT}-backend:production", f"{PROJECT}-frontend"):
            found = docker(
                "run",
                "--rm",
                "--user",
                "0",
                "--entrypoint",
                "find",
                image,
                "/",
                "-xdev",
                "-name",
                ".env*",
                "-type",
                "f",
            )
            expect(not found, found)
            told = docker("history", "--no-trunc", image) + docker("inspect", image)
            expect(not any(secret in told for secret in self.stack.secrets.values()), f"a secret in {image}")
        names = docker("run", "--rm", "--entrypoint", "ls", f"{PROJECT}-backend:production", "/app").split()
        expect("tests" not in names, names)

    def refuses_placeholders(self) -> None:
        """placeholder, short and equal keys refuse to start"""
        good, other = secrets.token_hex(32), secrets.token_hex(32)
        for first, second in (("change-me", other), (good, good), ("a" * 64, other), (good, good[:20])):
            done = self.stack.attempt(
                "run", "--rm", "--no-deps", "-T", "backend", "gallery", "migrate",
                SECRET_KEY=first, REFRESH_SECRET_KEY=second,
            )  # fmt: skip
            told = done.stdout + done.stderr
            expect(done.returncode != 0 and "SECRET_KEY" in told, f"{first} {second}: {told[-500:]}")

    def starts_in_order(self) -> None:
        """db, backend and frontend come up one after the other, all healthy"""
        self.stack.start()
        started = [self.stack.facts(name)["State"]["StartedAt"] for name in SERVICES]
        expect(started == sorted(started), f"order {started}")

    def health_is_as_specified(self) -> None:
        """health checks are the specified ones"""
        for name, (test, interval, timeout, retries, start) in HEALTH.items():
            told = self.stack.facts(name)["Config"]["Healthcheck"]
            found = (
                " ".join(told["Test"][1:]),
                *(told.get(key, 0) // 1_000_000_000 for key in ("Interval", "Timeout")),
                told["Retries"],
                told.get("StartPeriod", 0) // 1_000_000_000,
            )
            expect(found == (test, interval, timeout, retries, start), f"{name}: {found}")

    def is_humble(self) -> None:
        """each container: read-only root, no new rights, no capability that it does not need, limits"""
        may = {"db": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}, "backend": set(), "frontend": set()}
        for name in SERVICES:
            host = self.stack.facts(name)["HostConfig"]
            added = {capability.removeprefix("CAP_") for capability in host["CapAdd"] or []}
            expect(host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and added == may[name], f"{name} {added}")
            expect("no-new-privileges:true" in host["SecurityOpt"], f"{name} may gain rights")
            expect(host["Memory"] > 0 and host["PidsLimit"] > 0, f"{name} has no limits")
        for name, user in (("backend", "10001"), ("frontend", "101")):
            expect(self.stack.within(name, "id", "-u").strip() == user, f"{name} runs as somebody else")
            status = self.stack.within(name, "cat", "/proc/self/status")
            expect("CapEff:\t0000000000000000" in status, f"{name} has capabilities")
            expect(self.stack.attempt("exec", "-T", name, "touch", "/x").returncode != 0, f"{name}'s root is writable")

    def database_is_inside(self) -> None:
        """the database publishes no port and cannot be reached from another network"""
        expect(not docker("port", self.stack.container("db")), "published")
        networks = self.stack.facts("db")["NetworkSettings"]["Networks"]
        expect(list(networks) == [f"{PROJECT}-network"], list(networks))
        address = networks[f"{PROJECT}-network"]["IPAddress"]
        image = self.stack.facts("db")["Config"]["Image"]
        stranger = ["run", "--rm", "--network", "bridge", "--entrypoint", "pg_isready", image, "-h", address, "-t", "3"]
        done = subprocess.run(["docker", *stranger], capture_output=True, text=True)
        expect(done.returncode == 2, f"a stranger's pg_isready: {done.returncode} {done.stdout}")

    def error_log_may_be_closed(self) -> None:
        """an error.log that cannot be written is said at the start, and changes nothing else"""
        expect("cannot be written" in self.stack.run("logs", "backend"), "not a word about error.log")

    def photo_goes_through(self) -> None:
        """photos go through nginx to the database and back, byte for byte, and become thumbs"""
        password = secrets.token_hex(8)
        self.stack.within("backend", "gallery", "user", "create", "check", "--password-stdin", stdin=password + "\n")
        self.person.sign_in("check", password)
        self.person.look_at(self.person.add(photo(), "снимок.png")["id"])
        for path in samples():
            self.person.look_at(self.person.add(path.read_bytes(), path.name)["id"])
        self.note = f" {len(self.person.added)} files"

    @property
    def first(self) -> str:
        return next(iter(self.person.added))

    def resumable_uploads_pass(self) -> None:
        """a resumable upload (tus) arrives in pieces"""
        data = photo()
        address = self.person.begin(data, "piece.png")
        for start in range(0, len(data), 4000):
            answer = self.person.send(address, data, start, start + 4000)
            expect(answer.status == 204, f"{answer.status} {answer.body[:200]!r}")
        identity = answer.headers["asset-id"]
        self.person.added[identity] = data
        self.person.look_at(identity)

    def uploads_stream(self) -> None:
        """a body reaches the backend while it is being sent: who may not add is told before it is read"""
        head = (
            f"POST /api/assets?space_id={self.person.space} HTTP/1.1\r\nHost: check\r\nAuthorization: Bearer x.y.z\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000000\r\n\r\n--b\r\n"
        )
        began = time.monotonic()
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=10)) as connection:
            connection.sendall(head.encode() + secrets.token_bytes(65536))
            answer = connection.recv(65536)
        expect(answer.startswith(b"HTTP/1.1 401") and b"unauthorized" in answer, answer[:200])
        expect(time.monotonic() - began < 5, "the answer came late")

    def large_uploads_pass(self) -> None:
        """a body of 40 MB passes, one of JSON that size does not"""
        large = photo() + secrets.token_bytes(40 * MEGABYTE)
        answer = self.person.upload(large, "large.png")
        expect(answer.status == 201, f"{answer.status} {answer.body[:200]!r}")
        headers = {**self.person.bearer, "content-type": "application/json", "accept-language": "ru"}
        answer = ask(self.port, "POST", "/api/assets/check", b" " * 2 * MEGABYTE, headers)
        expect(answer.status == 413 and answer.json()["code"] == "too-large", f"{answer.status} {answer.body[:200]!r}")

    def thumbs_are_cached(self) -> None:
        """nginx keeps thumbs by their full address; another signature or a longer address gets nothing, nor is kept"""
        thumb = self.person.ready(self.first)["media"]["thumb"]
        kept = [ask(self.port, "GET", thumb) for _ in range(2)]
        expect(kept[-1].headers["x-cache-status"] == "HIT" and kept[0].body == kept[1].body, kept[-1].headers)
        expect(kept[-1].headers["cache-control"].startswith("private, max-age="), kept[-1].headers)
        forged = thumb[:-2] + ("AA" if thumb[-2:] != "AA" else "BB")
        for path in (forged, forged, thumb + "&x=1", thumb + "&s=x", thumb.replace("?", ";.jpg?")):
            answer = ask(self.port, "GET", path)
            expect(answer.status == 404 and answer.headers.get("x-cache-status") != "HIT", f"{path}: {answer.status}")
        answer = ask(self.port, "GET", self.person.ready(self.first)["media"]["original"])
        expect("x-cache-status" not in answer.headers, "originals are kept")

    def ranges(self) -> None:
        """one range of an original is answered alone; a thousand at once are not worked off"""
        original = self.person.ready(self.first)["media"]["original"]
        data = self.person.added[self.first]
        answer = ask(self.port, "GET", original, headers={"range": "bytes=10-19"})
        expect(answer.status == 206 and answer.body == data[10:20], f"{answer.status} {answer.body[:50]!r}")
        many = "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(1000))
        for path in (original, "/index.html"):
            began = time.monotonic()
            answer = ask(self.port, "GET", path, headers={"range": many})
            expect(answer.status in (200, 416), f"{path} {answer.status}")
            expect(time.monotonic() - began < 1, "slow")

    def events_stream(self) -> None:
        """server-sent events arrive at once through nginx"""
        with self.listening() as answer:
            line = answer.readline()
            expect(line.startswith((b"event:", b":")), repr(line))
            expect(answer.headers["content-type"].startswith("text/event-stream"), answer.headers["content-type"])
            identity = self.person.add(photo(), "live.png")["id"]
            for _ in range(40):
                if identity.encode() in line:
                    return
                line = answer.readline()
            raise Failed("no event about a new photo")

    @contextmanager
    def listening(self) -> Iterator[http.client.HTTPResponse]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", "/api/events", headers=self.person.bearer)
            yield connection.getresponse()

    def pages_and_nothing_else(self) -> None:
        """pages fall back to the application; API, media, metrics and dotted paths never do"""
        policy = page_policy()
        for path in ("/", "/s/abc", "/sign-in", "/spaces/1/members/"):
            answer = ask(self.port, "GET", path)
            expect(answer.status == 200 and b"<!doctype html" in answer.body.lower(), f"{path} {answer.status}")
            expect(answer.headers["content-security-policy"] == policy, "the policy differs from the backend's")
            expect(answer.headers["cache-control"] == "no-cache", path)
            expect(answer.headers["x-content-type-options"] == "nosniff", path)
            expect(answer.headers["referrer-policy"] == "no-referrer", path)
            expect("x-frame-options" not in answer.headers, "MAX could not frame it")
            expect(answer.headers.get("server", "nginx") == "nginx", answer.headers.get("server"))
        for path in (
            "/api", "/api/", "/api/nope", "/media", "/media/x", "/metrics", "/metrics/", "/nope.css", "/.env",
            "/assets/", "/assets/none.js", "/api/me/x.css", "/sign-in;.jpg", "/index.php", "//sign-in", "/a//b",
        ):  # fmt: skip
            answer = ask(self.port, "GET", path)
            expect(answer.status in (400, 401, 404), f"{path} {answer.status}")
            expect(b"<!doctype html" not in answer.body.lower(), f"{path} is a page")
        # The port of the backend itself: measurements are for its own machine or a token.
        expect(ask(self.stack.backend_port, "GET", "/metrics").status == 404, "metrics are public")

    def installable(self) -> None:
        """the service worker and the manifest are asked about each time, and what missed the former is led back"""
        for path, mime in (("/sw.js", "javascript"), ("/manifest.webmanifest", "application/manifest+json")):
            answer = ask(self.port, "GET", path)
            expect(answer.status == 200 and mime in answer.headers["content-type"], f"{path} {answer.headers}")
            expect(answer.headers["cache-control"] == "no-cache", path)
        answer = ask(self.port, "POST", "/share", body=b"x" * (2 << 20))
        expect(answer.status == 303 and answer.headers["location"] == "/share", f"{answer.status} {answer.headers}")

    def assets_are_kept(self) -> None:
        """what has a hash in its name is kept for ever, and was compressed beforehand"""
        page = ask(self.port, "GET", "/").body.decode()
        script = re.search(r'src="(/assets/[^"]+\.js)"', page)
        if script is None:
            raise Failed(page)
        answer = ask(self.port, "GET", script[1], headers={"accept-encoding": "gzip, br"})
        expect(answer.headers["cache-control"] == "public, max-age=31536000, immutable", answer.headers)
        expect(answer.headers["content-encoding"] == "gzip" and "vary" in answer.headers, answer.headers)
        expect(zlib.decompress(answer.body, 31) == ask(self.port, "GET", script[1]).body, "another script")
        expect(answer.headers["x-content-type-options"] == "nosniff", "nosniff")

    def hostile_requests(self) -> None:
        """walks out of the folder, requests inside requests and doubled headers end with 400, 404 or 405"""
        first_lines = (
            "GET /media/../../etc/passwd", "GET /media../etc/passwd", "GET /assets/../../../etc/passwd",
            "GET /assets/..%5c..%5cetc%5cpasswd", "GET /%252e%252e/etc/passwd", "GET /assets/%2e%2e/%2e%2e/etc/passwd",
            "GET //etc/passwd", "GET /a%00.html", "GET /media/%2e%2e/metrics", "GET /api/%2e%2e/metrics",
            "GET /api/..;/metrics", "GET /api/../metrics", "GET /%6detrics", "GET http://evil.example/metrics",
            "GET /index.html/x.php", "TRACE /", "CONNECT db:5432",
        )  # fmt: skip
        for line in first_lines:
            answer = say(self.port, f"{line} HTTP/1.1\r\nHost: check\r\nConnection: close\r\n\r\n".encode())
            status = answer[9:12]
            expect(status in (b"400", b"401", b"404", b"405"), f"{line}: {answer[:80]!r}")
            expect(b"root:" not in answer and b"# HELP" not in answer, f"{line} told too much")
        smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: check\r\n\r\n"
        for headers in (
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
            "Transfer-Encoding: xchunked", "Content-Length: +5", "Host: other",
        ):  # fmt: skip
            request = f"POST /api/auth/logout HTTP/1.1\r\nHost: check\r\n{headers}\r\n\r\n0\r\n\r\n{smuggled}"
            answer = say(self.port, request.encode(), seconds=3)
            expect(answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")), f"{headers}: {answer[:80]!r}")
        expect("/api/smuggled" not in self.stack.run("logs", "--tail=200", "frontend"), "smuggled")

    def hosts_are_not_believed(self) -> None:
        """what a client says of its host, address and path on the way changes nothing"""
        thumb = self.person.ready(self.first)["media"]["thumb"]
        plain = ask(self.port, "GET", "/api/me", headers=self.person.bearer)
        lies = {
            "x-forwarded-host": "evil.example", "x-original-url": "/metrics", "x-accel-redirect": "/etc/passwd",
            "x-http-method-override": "DELETE", "forwarded": "for=1.2.3.4", "x-forwarded-proto": "https",
        }  # fmt: skip
        answer = ask(self.port, "GET", "/api/me", headers={**self.person.bearer, **lies})
        expect(answer.body == plain.body and answer.status == 200, f"{answer.status} {answer.body[:200]!r}")
        expect(answer.headers["cache-control"] == "no-store", answer.headers)
        expect(ask(self.port, "GET", thumb, headers=lies).status == 200, "thumb")

    def log_is_clean(self) -> None:
        """each request is one line of JSON in nginx's log, whatever was sent, without signatures or keys"""
        for path in ('/"quoted"', "/%0d%0aSet-Cookie:x", "/%1b[31mred", "/%e2%80%a8", "/s/sharedkey", "/x?s=signed"):
            with suppress(http.client.HTTPException, ValueError):
                ask(self.port, "GET", path, headers={"user-agent": '"\\\x1b[31m'})
        log = docker("logs", self.stack.container("frontend"), check=False)
        lines = [line for line in log.splitlines() if line.startswith("{")]
        expect(len(lines) > 20, "no log")
        for line in lines:
            json.loads(line)
        expect("sharedkey" not in log and "s=signed" not in log and '"/s/***"' in log, "keys in the log")

    def client_is_known(self) -> None:
        """attempts are counted by the caller's true address, through nginx and past it"""
        for port in (self.port, self.stack.backend_port):
            statuses = []
            for number in range(14):
                body = json.dumps({"login": f"nobody{number}", "password": "wrong password"}).encode()
                lie = {"content-type": "application/json", "x-forwarded-for": f"203.0.113.{number}"}
                statuses.append(ask(port, "POST", "/api/auth/password", body, lie).status)
            expect(statuses[-1] == 429, f"port {port}: {statuses}")

    def client_tools(self) -> None:
        """the backend has psql and a pg_dump of the server's version, and they work"""
        server = self.stack.within("db", "postgres", "--version").split()[2].split(".")[0]
        for program in ("psql", "pg_dump", "pg_restore"):
            told = self.stack.within("backend", program, "--version")
            expect(f" {server}." in told, f"{told} for a server {server}")
        dump = self.stack.within("backend", "sh", "-c", 'pg_dump --no-owner "$DATABASE_URL"')
        expect("CREATE TABLE public.blobs" in dump and "COPY public.assets" in dump, dump[:300])

    def migrates(self) -> None:
        """an empty database becomes a gallery's, and a second start finds it up to date"""
        in_db = ["exec", "-T", "db", "psql", "-U", "app_user", "-d", "app_db", "-qAtc"]
        self.stack.run(*in_db, "CREATE DATABASE empty")
        address = f"postgresql://app_user:{self.stack.secrets['POSTGRES_PASSWORD']}@db:5432/empty"
        verb = ["run", "--rm", "--no-deps", "-T", "-e", f"DATABASE_URL={address}", "backend", "gallery", "migrate"]
        expect("created" in self.stack.run(*verb), "not created")
        expect("up to date" in self.stack.run(*verb), "not up to date")
        self.stack.run(*in_db, "DROP DATABASE empty")

    def backend_comes_back(self) -> None:
        """while the backend is away nginx says so in the caller's language, and finds it again"""
        self.stack.run("stop", "backend")
        answer = ask(self.port, "GET", "/api/me", headers={"accept-language": "ru", **self.person.bearer})
        expect(
            answer.status == 503 and answer.json()["code"] == "unavailable", f"{answer.status} {answer.body[:200]!r}"
        )
        expect(re.search("[а-я]", answer.json()["title"]) and "retry-after" in answer.headers, answer.body)
        expect(ask(self.port, "GET", "/").status == 200, "the page went with it")
        self.stack.run("start", "backend")
        deadline = time.monotonic() + 60
        while ask(self.port, "GET", "/health").status != 200:
            expect(time.monotonic() < deadline, "it does not come back")
            time.sleep(0.5)
        self.person.renew()
        self.person.look_at(self.first)

    def stops_in_time(self) -> None:
        """docker-compose stop ends everything with status 0 in 30 s, an open stream and an upload under way included"""
        data = photo() + secrets.token_bytes(MEGABYTE)
        address = self.person.begin(data, "interrupted.png")
        self.interrupted = (address, data)
        self.stack.remember_containers()
        with self.listening() as stream:
            stream.readline()
            sender = threading.Thread(target=self._send_slowly, args=(address, data), daemon=True)
            sender.start()
            time.sleep(2)
            began = time.monotonic()
            self.stack.run("stop")
            took = time.monotonic() - began
        sender.join(10)
        codes = {name: self.stack.facts(name)["State"]["ExitCode"] for name in SERVICES}
        self.note = f" {took:.1f} s"
        expect(set(codes.values()) == {0} and took < 30, f"{codes}, {took:.0f} s")

    def _send_slowly(self, address: str, data: bytes) -> None:
        head = (
            f"PATCH {address} HTTP/1.1\r\nHost: check\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            f"Authorization: Bearer {self.person.access}\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        with (
            suppress(OSError),
            closing(socket.create_connection(("127.0.0.1", self.port), timeout=60)) as connection,
        ):
            connection.sendall(head.encode())
            for start in range(0, len(data), 8192):
                connection.sendall(data[start : start + 8192])
                time.sleep(0.3)

    def survives_down(self) -> None:
        """down and up keep the photos and the session; the second start migrates"""
        (self.folder / "error.log").chmod(0o666)
        self.stack.run("down")
        expect(PROJECT not in docker("network", "ls", "--format", "{{.Name}}"), "the network stayed")
        self.stack.start()
        self.person.renew()
        for identity in self.person.added:
            self.person.look_at(identity)
        self.note = f" {len(self.person.added)} files"

    def upload_goes_on(self) -> None:
        """the upload that the stop cut goes on where it was"""
        address, data = self.interrupted
        offset = self.person.offset(address)
        expect(0 < offset < len(data), f"offset {offset}")
        answer = self.person.send(address, data, offset, len(data))
        expect(answer.status == 204, f"{answer.status} {answer.body[:200]!r}")
        self.person.added[answer.headers["asset-id"]] = data
        self.person.look_at(answer.headers["asset-id"])
        self.note = f" from {offset:,} of {len(data):,} bytes"

    def error_log_is_written(self) -> None:
        """an error.log that can be written is open, and stays the same file"""
        expect("cannot be written" not in self.stack.run("logs", "backend"), "closed")
        self.stack.within(
            "backend", "sh", "-c", "test -w /app/error.log && readlink /proc/*/fd/* | grep -qx /app/error.log"
        )

    def keeps_secrets(self) -> None:
        """no secret is in the logs"""
        log = self.stack.run("logs")
        for name, value in (
            *self.stack.secrets.items(),
            ("the token", self.person.access),
            ("it", self.person.refresh),
        ):
            expect(value not in log, f"{name} in the logs")

    def only_v_removes(self) -> None:
        """down -v removes the data, and nothing else does"""
        listed = docker("volume", "ls", "--format", "{{.Name}}").split()
        expect({f"{PROJECT}-postgres", f"{PROJECT}-uploads"} <= set(listed), listed)
        self.stack.run("down", "-v")
        left = [name for name in docker("volume", "ls", "--format", "{{.Name}}").split() if name.startswith(PROJECT)]
        expect(not left, left)


def image_tests(check: Check) -> None:
    """the backend's tests pass from the image (docker-compose run backend pytest)"""
    check.stack.run("build", "backend", BACKEND_TARGET="test")
    try:
        pack = ["-v", f"{PHOTOS}:/shared/photos:ro"] if PHOTOS.is_dir() else []
        verb = ["run", "--rm", "-T", *pack, "backend", "pytest", "-q"]
        told = check.stack.run(*verb, BACKEND_TARGET="test", seconds=3600)
        check.note = " " + told.strip().splitlines()[-1].strip("= ")
    finally:
        check.stack.run("down", "-v")


def dev_stack(check: Check) -> None:
    """development: sources are mounted, both sides reload after an edit, the database is on 127.0.0.1"""
    copy = check.folder / "checkout"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    stack = Stack(f"{PROJECT}-dev", copy, check.folder, "docker-compose.dev.yml", DEV_OVERRIDE, check.port + 5)
    try:
        stack.run("build")
        stack.start()
        with closing(socket.create_connection(("127.0.0.1", stack.database_port), timeout=5)):
            pass
        expect('"level": "debug"' in stack.run("logs", "backend"), "no debug log")
        edit(copy / "backend/gallery/health/router.py", "version=__version__", 'version="edited"')
        eventually(lambda: b'"edited"' in ask(stack.port, "GET", "/health").body, "the backend did not reload")
        expect(b"/@vite/client" in ask(stack.port, "GET", "/").body, "not Vite's development server")
        edit(copy / "front/src/main.tsx", "", "\nexport const edited = 'edited';\n")
        eventually(lambda: b"edited" in ask(stack.port, "GET", "/src/main.tsx").body, "Vite did not reload")
        eventually(lambda: "page reload" in stack.run("logs", "frontend"), "no browser would be told")
    finally:
        stack.run("down", "-v")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    expect(old in text, f"{old} is not in {path.name}")
    path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")


def eventually(holds: Callable[[], bool], otherwise: str, seconds: int = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError, http.client.HTTPException):
            if holds():
                return
        expect(time.monotonic() < deadline, otherwise)
        time.sleep(0.5)


def size_of(image: str) -> int:
    return int(docker("image", "inspect", "-f", "{{.Size}}", image))


ORDER: Final = (
    Check.files_are_valid,
    Check.builds,
    Check.is_small,
    Check.images_hold_no_secret,
    Check.refuses_placeholders,
    Check.starts_in_order,
    Check.health_is_as_specified,
    Check.is_humble,
    Check.database_is_inside,
    Check.error_log_may_be_closed,
    Check.photo_goes_through,
    Check.resumable_uploads_pass,
    Check.uploads_stream,
    Check.large_uploads_pass,
    Check.thumbs_are_cached,
    Check.ranges,
    Check.events_stream,
    Check.pages_and_nothing_else,
    Check.installable,
    Check.assets_are_kept,
    Check.hostile_requests,
    Check.hosts_are_not_believed,
    Check.log_is_clean,
    Check.client_tools,
    Check.migrates,
    Check.backend_comes_back,
    Check.stops_in_time,
    Check.survives_down,
    Check.upload_goes_on,
    Check.error_log_is_written,
    Check.client_is_known,
    Check.keeps_secrets,
    Check.only_v_removes,
)


def engine_answers() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=30).returncode == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def row(check: Check, promise: Callable[[Check], None]) -> bool:
    """Tries one promise and prints its line."""
    check.note, began, problem = "", time.monotonic(), ""
    try:
        promise(check)
    except Exception as error:  # noqa: BLE001  # a row that breaks is a row that fails
        problem = f"{type(error).__name__}: {error}"
    words = (promise.__doc__ or "").splitlines()[0]
    verdict = "FAILED" if problem else "ok"
    print(f"{verdict:7}{time.monotonic() - began:7.1f} s  {words}{check.note and ' ·' + check.note}", flush=True)
    if problem:
        told = [
            line[:2000] for line in check.stack.attempt("logs", "--tail=100").stdout.splitlines() if "error" in line
        ]
        print("\n        ".join(["        " + problem.replace("\n", "\n        "), *told[-3:]]), flush=True)
    return not problem


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the Docker stack for real and checks it.")
    parser.add_argument("--port", type=int, default=9300, help="the first of eight ports on 127.0.0.1 (9300)")
    parser.add_argument("--tests", action="store_true", help="also run the backend's tests from the image")
    parser.add_argument("--dev", action="store_true", help="also run the development stack")
    parser.add_argument("--keep", action="store_true", help="leave the stack running when a row has failed")
    chosen = parser.parse_args()
    if not engine_answers():
        print("docker check: skipped, no Docker engine answers here")
        return 0
    promises = [*ORDER, *([image_tests] if chosen.tests else []), *([dev_stack] if chosen.dev else [])]
    with tempfile.TemporaryDirectory(prefix="gallery-check-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "error.log").touch(mode=0o644)
        stack = Stack(PROJECT, ROOT, folder, "docker-compose.yml", OVERRIDE, chosen.port)
        check, failed = Check(stack, folder), 0
        stack.attempt("down", "-v", "--remove-orphans")  # what an earlier run was told to keep
        try:
            for promise in promises:
                if row(check, promise):
                    continue
                failed += 1
                if promise in (Check.builds, Check.starts_in_order):
                    print("        what follows needs this: stopped here")
                    break
        finally:
            if not (chosen.keep and failed):
                stack.attempt("down", "-v", "--remove-orphans")
    print(f"{failed} failed" if failed else f"all {len(promises)} hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
