"""Runs the Docker stack for real and checks what docs/docker.md promises. Prints a table; exit status 1 if a row fails.

Usage: python3 tools/docker_check.py [--keep]    (needs a Docker engine and docker-compose; says so where there is none)

The stack runs under a project name, volumes, network and ports of its own, and is removed at the end.
"""

import hashlib
import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "gallerycheck"
FRONT_PORT, BACK_PORT = 19380, 19381
OVERRIDE = """
services:
  db: {{container_name: gallerycheck_db}}
  backend: {{container_name: gallerycheck_backend}}
  frontend: {{container_name: gallerycheck_frontend}}
volumes:
  postgres_data: {{name: gallerycheck_postgres_data}}
  uploads_data: {{name: gallerycheck_uploads}}
networks:
  max_gallery_network: {{name: gallerycheck_network}}
"""


class Stack:
    """The stack, by docker-compose."""

    def __init__(self, folder: Path) -> None:
        override = folder / "override.yml"
        override.write_text(OVERRIDE.format())
        self._command = [*compose(), "-p", PROJECT, "-f", str(ROOT / "docker-compose.yml"), "-f", str(override)]
        self._environment = {
            **os.environ,
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "SECRET_KEY": secrets.token_hex(32),
            "REFRESH_SECRET_KEY": secrets.token_hex(32),
            "FRONTEND_PORT": f"127.0.0.1:{FRONT_PORT}",
            "BACKEND_PORT": f"127.0.0.1:{BACK_PORT}",
            "PUBLIC_URL": f"http://127.0.0.1:{FRONT_PORT}",
        }

    def run(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=ROOT,
            env=self._environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
        )
        if check and done.returncode:
            raise Failed(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def without_secrets(self) -> subprocess.CompletedProcess[str]:
        weak = {**self._environment, "SECRET_KEY": "change-me", "REFRESH_SECRET_KEY": "change-me"}
        command = [*self._command, "run", "--rm", "--no-deps", "-T", "backend", "gallery", "migrate"]
        return subprocess.run(command, cwd=ROOT, env=weak, capture_output=True, text=True)


class Failed(Exception):
    """A promise that did not hold."""


def compose() -> list[str]:
    return ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def ask(
    method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, port: int = FRONT_PORT
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def expect(condition: object, words: str) -> None:
    if not condition:
        raise Failed(words)


def photo() -> bytes:
    """A small PNG that nobody has seen before."""
    rows = b"".join(b"\0" + secrets.token_bytes(3 * 64) for _ in range(48))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wait_healthy(seconds: int = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        states = [docker("inspect", "-f", "{{.State.Health.Status}}", f"gallerycheck_{name}") for name in SERVICES]
        if states == ["healthy"] * 3:
            return
        time.sleep(1)
    raise Failed(f"not healthy: {states}")


SERVICES = ("db", "backend", "frontend")


class Check:
    """The promises, in order; each is a method and its first line is its row in the table."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.token = self.space = self.asset = ""
        self.data = photo()

    def builds(self) -> None:
        """the images build"""
        self.stack.run("build")

    def refuses_placeholders(self) -> None:
        """placeholder secrets refuse to start"""
        done = self.stack.without_secrets()
        expect(done.returncode != 0 and "SECRET_KEY" in done.stderr + done.stdout, done.stderr[-500:])

    def starts_in_order(self) -> None:
        """db, backend, frontend come up one after the other, all healthy"""
        self.stack.run("up", "-d")
        wait_healthy()
        started = [docker("inspect", "-f", "{{.State.StartedAt}}", f"gallerycheck_{name}") for name in SERVICES]
        expect(started == sorted(started), f"order {started}")

    def database_is_inside(self) -> None:
        """the database publishes no port"""
        expect("5432/tcp ->" not in docker("port", "gallerycheck_db"), "published")

    def backend_is_humble(self) -> None:
        """the backend runs as an ordinary user on a read-only root, without capabilities"""
        user = self.stack.run("exec", "-T", "backend", "id", "-u").strip()
        expect(user == "10001", f"user {user}")
        status = self.stack.run("exec", "-T", "backend", "cat", "/proc/self/status")
        expect("CapEff:\t0000000000000000" in status, "capabilities")
        done = self.stack.run("exec", "-T", "backend", "touch", "/app/x", check=False)
        expect(not done, "root is writable")

    def photo_goes_through(self) -> None:
        """a photo goes through nginx to the database and back, byte for byte"""
        password = secrets.token_hex(8)
        self.stack.run(
            "exec", "-T", "backend", "gallery", "user", "create", "check", "--password-stdin", stdin=password + "\n"
        )
        body = json.dumps({"login": "check", "password": password}).encode()
        status, _, answer = ask("POST", "/api/auth/password", body, {"content-type": "application/json"})
        expect(status == 200, f"sign-in {status} {answer[:300]!r}")
        signed_in = json.loads(answer)
        self.token, self.space = signed_in["access_token"], signed_in["user"]["personal_space_id"]
        status, answer = self.upload(self.data)
        expect(status == 201, f"upload {status} {answer!r}")
        self.asset = json.loads(answer)["id"]
        self.photo_is_there()

    def photo_is_there(self) -> None:
        asset = self.ready_asset()
        expect(asset["status"] == "ready", str(asset))
        status, headers, thumb = ask("GET", asset["media"]["thumb"])
        expect(status == 200 and thumb[:4] == b"RIFF" and headers["x-content-type-options"] == "nosniff", "thumb")
        status, _, original = ask("GET", asset["media"]["original"])
        expect(status == 200 and original == self.data, f"original {status}")

    def ready_asset(self) -> dict:
        for _ in range(60):
            status, _, answer = ask("GET", f"/api/assets/{self.asset}", headers=self.bearer)
            asset = json.loads(answer)
            if status != 200 or asset["status"] != "processing":
                return asset
            time.sleep(0.5)
        return asset

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def upload(self, data: bytes) -> tuple[int, bytes]:
        border = secrets.token_hex(8)
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="снимок.png"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
        headers = {**self.bearer, "content-type": f"multipart/form-data; boundary={border}"}
        status, _, answer = ask("POST", f"/api/assets?space_id={self.space}", body, headers)
        return status, answer

    def thumbs_are_cached(self) -> None:
        """nginx keeps thumbs by their full address, and refuses another signature"""
        thumb = self.ready_asset()["media"]["thumb"]
        ask("GET", thumb)
        log = self.stack.run("logs", "--tail=200", "frontend")
        expect('"c":"HIT"' in log, "no cache hit in the log")
        status, _, _ = ask("GET", thumb[:-2] + ("AA" if thumb[-2:] != "AA" else "BB"))
        expect(status == 404, f"forged signature {status}")

    def large_uploads_pass(self) -> None:
        """a 30 MB body reaches the backend; a bad token is refused before it is read"""
        status, answer = self.upload(self.data + secrets.token_bytes(30 << 20))
        expect(status == 201, f"{status} {answer[:200]!r}")
        good, self.token = self.token, "x.y.z"
        status, answer = self.upload(self.data)
        self.token = good
        expect(status == 401 and b"unauthorized" in answer, f"{status}")

    def events_stream(self) -> None:
        """server-sent events arrive at once through nginx"""
        connection = http.client.HTTPConnection("127.0.0.1", FRONT_PORT, timeout=10)
        connection.request("GET", "/api/events", headers=self.bearer)
        answer = connection.getresponse()
        line = answer.readline()
        connection.close()
        expect(line.startswith(b"event: hello"), repr(line))

    def pages_and_nothing_else(self) -> None:
        """pages fall back to the application; API, media, metrics and dotted paths never do"""
        for path in ("/", "/s/abc", "/sign-in"):
            status, headers, body = ask("GET", path)
            expect(status == 200 and b"<!doctype html" in body.lower(), f"{path} {status}")
            expect("frame-ancestors" in headers["content-security-policy"], "policy")
            expect("nginx/" not in headers.get("server", ""), "version banner")
        for path in ("/api", "/api/nope", "/media/x", "/metrics", "/nope.css", "/.env", "/media../etc/passwd",
                     "/assets/../index.html.bak", "/s/%2e%2e/x.js"):  # fmt: skip
            status, _, _ = ask("GET", path)
            expect(status in (400, 401, 404), f"{path} {status}")

    def client_cannot_forward(self) -> None:
        """what a client says about its own address is not believed"""
        for number in range(12):
            body = json.dumps({"login": f"nobody{number}", "password": "wrong password"}).encode()
            headers = {"content-type": "application/json", "x-forwarded-for": f"203.0.113.{number}"}
            status, _, _ = ask("POST", "/api/auth/password", body, headers)
        expect(status == 429, f"{status} after twelve failures")

    def stops_in_time(self) -> None:
        """docker-compose stop ends everything with status 0"""
        began = time.monotonic()
        self.stack.run("stop")
        took = time.monotonic() - began
        codes = [docker("inspect", "-f", "{{.State.ExitCode}}", f"gallerycheck_{name}") for name in SERVICES]
        expect(codes == ["0", "0", "0"] and took < 35, f"codes {codes}, {took:.0f} s")

    def survives_down(self) -> None:
        """down and up keep the photos; a second start migrates"""
        self.stack.run("down")
        self.stack.run("up", "-d")
        wait_healthy()
        self.photo_is_there()
        listed = self.stack.run("exec", "-T", "backend", "sha256sum", f"/app/uploads/originals/{shard(self.data)}")
        expect(hashlib.sha256(self.data).hexdigest() in listed, "original")

    def keeps_secrets(self) -> None:
        """no secret is in an image or in the logs"""
        log = self.stack.run("logs")
        for name in ("SECRET_KEY", "REFRESH_SECRET_KEY", "POSTGRES_PASSWORD"):
            expect(self.stack._environment[name] not in log, f"{name} in the logs")
        expect(self.token not in log, "an access token in the logs")
        for image in ("max-gallery-backend:production", "max-gallery-frontend"):
            history = docker("history", "--no-trunc", image) + docker("inspect", image)
            expect(self.stack._environment["SECRET_KEY"] not in history, image)


def shard(data: bytes) -> str:
    name = hashlib.sha256(data).hexdigest()
    return f"{name[:2]}/{name[2:4]}/{name}"


ORDER = (
    Check.builds,
    Check.refuses_placeholders,
    Check.starts_in_order,
    Check.database_is_inside,
    Check.backend_is_humble,
    Check.photo_goes_through,
    Check.thumbs_are_cached,
    Check.large_uploads_pass,
    Check.events_stream,
    Check.pages_and_nothing_else,
    Check.client_cannot_forward,
    Check.stops_in_time,
    Check.survives_down,
    Check.keeps_secrets,
)


def engine_answers() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def main() -> int:
    if not engine_answers():
        print("docker check: skipped, no Docker engine answers here")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        check = Check(stack)
        try:
            for promise in ORDER:
                began = time.monotonic()
                try:
                    promise(check)
                    verdict = "ok"
                except Exception as error:  # noqa: BLE001  # a row that breaks is a row that fails
                    verdict, failed = f"FAILED: {error}", failed + 1
                print(f"{verdict[:6]:7} {time.monotonic() - began:6.1f} s  {(promise.__doc__ or '').splitlines()[0]}")
                if verdict != "ok":
                    print(f"        {verdict}")
                sys.stdout.flush()
        finally:
            if "--keep" not in sys.argv:
                stack.run("down", "-v", check=False)
    print(f"{len(ORDER) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
