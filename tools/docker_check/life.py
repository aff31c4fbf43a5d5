"""Start, health, stop, removal: the life cycle."""

import itertools
import json
import re
import secrets
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from typing import Final

from .check import Check, Row
from .engine import MEGABYTE, SERVICES, docker, eventually, expect
from .talk import ask, photo

HEALTH: Final = {
    "db": ("pg_isready -U app_user -d app_db", 10, 5, 5, 0),
    "backend": ("curl -f http://localhost:8000/health", 30, 10, 3, 40),
    "frontend": ("wget --quiet --tries=1 --spider http://localhost:80", 30, 10, 3, 0),
}
"""Test, interval, timeout, retries and start period, as the owner specified them."""
_JSON: Final = {"content-type": "application/json"}
_IN_FLIGHT: Final = 20
_PATIENCE: Final = 30
"""Seconds in which a service that was asked to stop has to be gone."""
_OLDEST: Final = """
import sys
from alembic import command
from alembic.script import ScriptDirectory
from gallery.infra.migrate import alembic_config
config = alembic_config(sys.argv[1])
command.upgrade(config, ScriptDirectory.from_config(config).get_base())
print(len(list(ScriptDirectory.from_config(config).walk_revisions())))
"""
"""Makes an empty database what the first release would have left, and says how many revisions there are."""


def refuses_placeholders(check: Check) -> None:
    """placeholder, short and equal keys refuse to start"""
    good, other = secrets.token_hex(32), secrets.token_hex(32)
    for first, second in (("change-me", other), (good, good), ("a" * 64, other), (good, good[:20])):
        done = check.stack.attempt(
            "run", "--rm", "--no-deps", "-T", "backend", "gallery", "migrate",
            SECRET_KEY=first, REFRESH_SECRET_KEY=second,
        )  # fmt: skip
        told = done.stdout + done.stderr
        expect(done.returncode != 0 and "SECRET_KEY" in told, f"{first} {second}: {told[-500:]}")


def starts_in_order(check: Check) -> None:
    """db, backend and frontend come up one after the other, all healthy"""
    check.stack.start()
    started = [check.stack.facts(name)["State"]["StartedAt"] for name in SERVICES]
    expect(started == sorted(started), f"order {started}")


def health_is_as_specified(check: Check) -> None:
    """health checks are the specified ones"""
    for name, (test, interval, timeout, retries, start) in HEALTH.items():
        told = check.stack.facts(name)["Config"]["Healthcheck"]
        found = (
            " ".join(told["Test"][1:]),
            *(told.get(key, 0) // 1_000_000_000 for key in ("Interval", "Timeout")),
            told["Retries"],
            told.get("StartPeriod", 0) // 1_000_000_000,
        )
        expect(found == (test, interval, timeout, retries, start), f"{name}: {found}")


def is_humble(check: Check) -> None:
    """each container: read-only root, no new rights, no capability that it does not need, limits"""
    may = {"db": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}, "backend": set(), "frontend": set()}
    for name in SERVICES:
        host = check.stack.facts(name)["HostConfig"]
        added = {capability.removeprefix("CAP_") for capability in host["CapAdd"] or []}
        expect(host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and added == may[name], f"{name} {added}")
        expect("no-new-privileges:true" in host["SecurityOpt"], f"{name} may gain rights")
        expect(host["Memory"] > 0 and host["PidsLimit"] > 0 and host["NanoCpus"] > 0, f"{name} has no limits")
        options = host["LogConfig"]["Config"]
        expect(options["max-size"] == "10m" and options["max-file"] == "5", f"{name}'s log grows for ever")
        expect(host["RestartPolicy"]["Name"] == "unless-stopped", f"{name} does not come back")
        expect(not host["Privileged"] and not host["PidMode"] and host["IpcMode"] != "host", f"{name} is privileged")
        expect("docker.sock" not in str(check.stack.facts(name)["Mounts"]), f"{name} has Docker's socket")
    for name, user in (("backend", "10001"), ("frontend", "101")):
        expect(check.stack.within(name, "id", "-u").strip() == user, f"{name} runs as somebody else")
        status = check.stack.within(name, "cat", "/proc/1/status")
        for line in ("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
            expect(line in status, f"{name} is not confined: no {line}")
        expect(check.stack.attempt("exec", "-T", name, "touch", "/x").returncode != 0, f"{name}'s root is writable")


def database_is_inside(check: Check) -> None:
    """the database publishes no port and cannot be reached from another network"""
    expect(not docker("port", check.stack.container("db")), "published")
    networks = check.stack.facts("db")["NetworkSettings"]["Networks"]
    expect(list(networks) == [f"{check.stack.project}-max-gallery-network"], list(networks))
    address = networks[f"{check.stack.project}-max-gallery-network"]["IPAddress"]
    image = check.stack.facts("db")["Config"]["Image"]
    stranger = ["run", "--rm", "--network", "bridge", "--entrypoint", "pg_isready", image, "-h", address, "-t", "3"]
    done = subprocess.run(["docker", *stranger], capture_output=True, text=True)
    expect(done.returncode == 2, f"a stranger's pg_isready: {done.returncode} {done.stdout}")


def database_trusts_nobody_inside(check: Check) -> None:
    """on the one network that all services share, the database lets nobody in without its password; nginx has none"""
    image, network = check.stack.facts("db")["Config"]["Image"], f"{check.stack.project}-max-gallery-network"
    for wrong in ("", "app_user", "wrong-password"):
        command = ["docker", "run", "--rm", "--network", network, "-e", f"PGPASSWORD={wrong}", "--entrypoint", "psql"]
        command += [image, "-w", "-h", "db", "-U", "app_user", "-d", "app_db", "-c", "SELECT 1"]
        done = subprocess.run(command, capture_output=True, text=True)
        told = done.stderr.lower()
        expect(done.returncode != 0 and "password" in told, f"password {wrong!r}: {done.stdout}{told}")
    known = check.stack.within("frontend", "env") + json.dumps(check.stack.facts("frontend"))
    expect(not any(secret in known for secret in check.stack.secrets.values()), "nginx knows a secret")


def error_log_may_be_closed(check: Check) -> None:
    """an error.log that cannot be written is said at the start, and changes nothing else"""
    expect("cannot be written" in check.stack.run("logs", "backend"), "not a word about error.log")


def client_tools(check: Check) -> None:
    """the backend has psql and a pg_dump of the server's version, and they work"""
    server = check.stack.within("db", "postgres", "--version").split()[2].split(".")[0]
    for program in ("psql", "pg_dump", "pg_restore"):
        told = check.stack.within("backend", program, "--version")
        expect(f" {server}." in told, f"{told} for a server {server}")
    dump = check.stack.within("backend", "sh", "-c", 'pg_dump --no-owner "$DATABASE_URL"')
    expect("CREATE TABLE public.blobs" in dump and "COPY public.assets" in dump, dump[:300])


def migrates(check: Check) -> None:
    """an empty database becomes a gallery's; a backend that finds an older one brings it up to date and serves it"""
    in_db = ["exec", "-T", "db", "psql", "-U", "app_user", "-d", "app_db", "-qAtc"]

    def at(name: str) -> str:
        return f"postgresql://app_user:{check.stack.secrets['POSTGRES_PASSWORD']}@db:5432/{name}"

    once = ["run", "--rm", "--no-deps", "-T", "-e"]
    for name in ("empty", "older"):
        check.stack.run(*in_db, f"CREATE DATABASE {name}")
    verb = [*once, f"DATABASE_URL={at('empty')}", "backend", "gallery", "migrate"]
    expect("created" in check.stack.run(*verb), "not created")
    expect("up to date" in check.stack.run(*verb), "not up to date")
    told = check.stack.run(*once, "X=x", "backend", "python", "-c", _OLDEST, at("older"))
    check.note = f" from the first of {told.split()[-1]} revision(s)"
    run = ["run", "-d", "--no-deps", "-e", f"DATABASE_URL={at('older')}", "-e", "UPLOADS_DIR=/tmp/older", "backend"]
    container = check.stack.run(*run).split()[-1]
    try:
        health = ["exec", container, "curl", "-sf", "http://localhost:8000/health"]
        eventually(lambda: '"ok"' in docker(*health), "it does not serve the older database", seconds=90)
    finally:
        docker("rm", "-f", container)
    version = [*in_db[:6], "-d", "{}", "-qAtc", "SELECT version_num FROM alembic_version"]
    head, now = (check.stack.run(*(part.format(name) for part in version)) for name in ("empty", "older"))
    expect(head == now, f"{now} is not {head}")
    for name in ("empty", "older"):
        check.stack.run(*in_db, f"DROP DATABASE {name} WITH (FORCE)")


def logs_can_be_read(check: Check) -> None:
    """docker-compose logs, of all or of one service, with --timestamps and --tail, say what happens"""
    for arguments in ((), ("backend",), ("--timestamps", "backend"), ("--tail=100", "frontend")):
        told = check.stack.run("logs", "--no-color", *arguments)
        expect(len(told.splitlines()) > 5, f"logs {arguments}: {told[:300]}")
    stamped = check.stack.run("logs", "--no-color", "--timestamps", "--tail=3", "backend")
    expect(re.search(r"20\d\d-\d\d-\d\dT\d\d:", stamped), stamped)


def backend_comes_back(check: Check) -> None:
    """while the backend is away nginx says so in the caller's language, and finds it again"""
    check.stack.run("stop", "backend")
    answer = ask(check.port, "GET", "/api/me", headers={"accept-language": "ru", **check.person.bearer})
    expect(answer.status == 503 and answer.json()["code"] == "unavailable", f"{answer.status} {answer.body[:200]!r}")
    expect(re.search("[а-я]", answer.json()["title"]) and "retry-after" in answer.headers, answer.body)
    expect(ask(check.port, "GET", "/").status == 200, "the page went with it")
    check.stack.run("start", "backend")
    deadline = time.monotonic() + 60
    while ask(check.port, "GET", "/health").status != 200:
        expect(time.monotonic() < deadline, "it does not come back")
        time.sleep(0.5)
    check.person.renew()
    check.person.look_at(check.person.first)


def stops_in_time(check: Check) -> None:
    """SIGTERM with 20 uploads in flight, jobs at work, an open stream: each service ends with status 0 in 30 s"""
    check.person.renew()
    for number in range(_IN_FLIGHT):
        data = photo() + secrets.token_bytes(MEGABYTE)
        check.interrupted[check.person.begin(data, f"interrupted-{number}.png")] = data
    check.stack.remember_containers()
    with ExitStack() as stack:
        stack.enter_context(check.person.listening()).readline()
        senders = [
            threading.Thread(target=_send_slowly, args=(check, address, data), daemon=True)
            for address, data in check.interrupted.items()
        ]
        for sender in senders:
            sender.start()
        time.sleep(2)
        for number in range(5):
            expect(check.person.upload(photo(), f"waiting-{number}.png").status == 201, "an upload before the stop")
        began = datetime.now(UTC)
        check.stack.run("stop")
    for sender in senders:
        sender.join(10)
    states = [check.stack.facts(name)["State"] for name in SERVICES]
    expect([state["ExitCode"] for state in states] == [0, 0, 0], states)
    # One after the other, each when its user is gone.
    ends = sorted(datetime.strptime(state["FinishedAt"][:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z") for state in states)
    seconds = [(end - before).total_seconds() for before, end in itertools.pairwise([began, *ends])]
    check.note = " " + " + ".join(f"{took:.1f}" for took in seconds) + " s"
    expect(max(seconds) < _PATIENCE, "one took too long")


def _send_slowly(check: Check, address: str, data: bytes) -> None:
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: check\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        f"Authorization: Bearer {check.person.access}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    with (
        suppress(OSError),
        closing(socket.create_connection(("127.0.0.1", check.port), timeout=60)) as connection,
    ):
        connection.sendall(head.encode())
        for start in range(0, len(data), 8192):
            connection.sendall(data[start : start + 8192])
            time.sleep(0.3)


def survives_down(check: Check) -> None:
    """down and up keep the photos and the session; the second start migrates"""
    (check.folder / "error.log").chmod(0o666)
    check.stack.run("down")
    networks = docker("network", "ls", "--format", "{{.Name}}").split()
    expect(f"{check.stack.project}-max-gallery-network" not in networks, "the network stayed")
    check.stack.start()
    check.person.renew()
    for identity in check.person.added:
        check.person.look_at(identity)
    check.note = f" {len(check.person.added)} files"


def uploads_go_on(check: Check) -> None:
    """all of the uploads that the stop cut go on where they were, and become photos"""
    offsets = []
    for address, data in check.interrupted.items():
        offset = check.person.offset(address)
        expect(0 <= offset < len(data), f"offset {offset}")
        answer = check.person.send(address, data, offset, len(data))
        expect(answer.status == 204, f"{answer.status} {answer.body[:200]!r}")
        check.person.added[answer.headers["asset-id"]] = data
        offsets.append(offset)
    for identity in list(check.person.added)[-len(offsets) :]:
        check.person.look_at(identity)
    expect(sum(offset > 0 for offset in offsets) == len(offsets), f"some had to begin again: {offsets}")
    check.note = f" {len(offsets)} of {_IN_FLIGHT}, from {min(offsets):,} bytes on"


def error_log_is_written(check: Check) -> None:
    """an error.log that can be written is open, and stays the same file"""
    expect("cannot be written" not in check.stack.run("logs", "backend"), "closed")
    check.stack.within(
        "backend", "sh", "-c", "test -w /app/error.log && readlink /proc/*/fd/* | grep -qx /app/error.log"
    )


def keeps_secrets(check: Check) -> None:
    """canaries: no key, password, token, signature or file name is in any log, and none in clear in the database"""
    original = check.person.ready(check.person.first)["media"]["original"]
    ask(check.port, "GET", original + "0")
    for path in ("/api/auth/password", "/api/auth/max", "/api/auth/refresh"):
        canary = json.dumps({"login": "check", "password": "canary-password", "init_data": "canary=1&ip=203.0.113.9"})
        headers = {"content-type": "application/json", "authorization": "Bearer canary-bearer"}
        ask(check.port, "POST", path, canary.encode(), headers)
    link = check.stack.within("backend", "gallery", "setup-link").strip().rpartition("=")[2]
    told = ask(check.port, "POST", "/api/auth/setup", json.dumps({"token": link + "x"}).encode(), _JSON)
    secret = {
        **check.stack.secrets,
        "password": check.person.password,
        "access token": check.person.access.rpartition(".")[2],
        "refresh token": check.person.refresh.rpartition(".")[2],
        "signature": original.rpartition("s=")[2],
        "setup token": link,
        **{word: word for word in ("canary-password", "canary-bearer", "203.0.113.9", "снимок.png", "interrupted-1")},
    }
    log = check.stack.run("logs") + told.body.decode()
    dump = check.stack.within("backend", "sh", "-c", 'pg_dump --data-only "$DATABASE_URL"')
    named = {"снимок.png", "interrupted-1"}  # a file's name belongs into the database
    for name, value in secret.items():
        expect(value not in log, f"{name} is in a log")
        expect(name in named or value not in dump, f"{name} is in the database")
    check.note = f" {len(secret)} canaries"


def only_v_removes(check: Check) -> None:
    """down -v removes the data, and nothing else does"""
    listed = docker("volume", "ls", "--format", "{{.Name}}").split()
    volumes = {f"{check.stack.project}-postgres-data", f"{check.stack.project}-uploads-data"}
    expect(volumes <= set(listed), listed)
    check.stack.run("down", "-v")
    left = set(docker("volume", "ls", "--format", "{{.Name}}").split()) & volumes
    expect(not left, left)


START: Final[tuple[Row, ...]] = (refuses_placeholders, starts_in_order, health_is_as_specified)
HARDENING: Final[tuple[Row, ...]] = (
    is_humble,
    database_is_inside,
    database_trusts_nobody_inside,
    error_log_may_be_closed,
)
STOP: Final[tuple[Row, ...]] = (
    client_tools,
    migrates,
    logs_can_be_read,
    backend_comes_back,
    stops_in_time,
    survives_down,
    uploads_go_on,
    error_log_is_written,
)
REMOVAL: Final[tuple[Row, ...]] = (keeps_secrets, only_v_removes)
