"""nginx: what is a page, what is kept, what streams, and what attacks come to."""

import http.client
import json
import re
import secrets
import socket
import subprocess
import time
import zlib
from contextlib import closing, suppress
from typing import Final

from .check import Check, Row
from .engine import MEGABYTE, Failed, expect
from .talk import Answer, ask, page_policy, photo, samples, say

_QUICK: Final = 0.1
"""Seconds that a refusal may take at its best; a busy machine takes its time for others."""


def photo_goes_through(check: Check) -> None:
    """photos go through nginx to the database and back, byte for byte, and become thumbs"""
    password = secrets.token_hex(8)
    check.stack.within("backend", "gallery", "user", "create", "check", "--password-stdin", stdin=password + "\n")
    check.person.sign_in("check", password)
    check.person.look_at(check.person.add(photo(), "снимок.png")["id"])
    for path in samples():
        check.person.look_at(check.person.add(path.read_bytes(), path.name)["id"])
    check.note = f" {len(check.person.added)} files"


def resumable_uploads_pass(check: Check) -> None:
    """a resumable upload (tus) arrives in pieces"""
    data = photo()
    address = check.person.begin(data, "piece.png")
    for start in range(0, len(data), 4000):
        answer = check.person.send(address, data, start, start + 4000)
        expect(answer.status == 204, f"{answer.status} {answer.body[:200]!r}")
    identity = answer.headers["asset-id"]
    check.person.added[identity] = data
    check.person.look_at(identity)


def uploads_stream(check: Check) -> None:
    """a body reaches the backend while it is being sent: who may not add is told before it is read"""
    head = (
        f"POST /api/assets?space_id={check.person.space} HTTP/1.1\r\nHost: check\r\nAuthorization: Bearer x.y.z\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000000\r\n\r\n--b\r\n"
    )
    began = time.monotonic()
    with closing(socket.create_connection(("127.0.0.1", check.port), timeout=10)) as connection:
        connection.sendall(head.encode() + secrets.token_bytes(65536))
        answer = connection.recv(65536)
    expect(answer.startswith(b"HTTP/1.1 401") and b"unauthorized" in answer, answer[:200])
    expect(time.monotonic() - began < 5, "the answer came late")


def large_uploads_pass(check: Check) -> None:
    """a body of 40 MB passes, one of JSON that size does not"""
    large = photo() + secrets.token_bytes(40 * MEGABYTE)
    answer = check.person.upload(large, "large.png")
    expect(answer.status == 201, f"{answer.status} {answer.body[:200]!r}")
    headers = {**check.person.bearer, "content-type": "application/json", "accept-language": "ru"}
    answer = ask(check.port, "POST", "/api/assets/check", b" " * 2 * MEGABYTE, headers)
    expect(answer.status == 413 and answer.json()["code"] == "too-large", f"{answer.status} {answer.body[:200]!r}")


def thumbs_are_cached(check: Check) -> None:
    """nginx keeps thumbs by their full address; another or a longer one gets nothing and is not kept (W06)"""
    thumb = check.person.ready(check.person.first)["media"]["thumb"]
    kept = [ask(check.port, "GET", thumb) for _ in range(2)]
    expect(kept[-1].headers["x-cache-status"] == "HIT" and kept[0].body == kept[1].body, kept[-1].headers)
    expect(kept[-1].headers["cache-control"].startswith("private, max-age="), kept[-1].headers)
    forged = thumb[:-2] + ("AA" if thumb[-2:] != "AA" else "BB")
    late = re.sub(r"e=(\d)", "e=9", thumb)
    for path in (forged, forged, late, thumb + "&x=1", thumb + "&s=x", thumb.replace("?", ";.jpg?")):
        answer = ask(check.port, "GET", path)
        expect(answer.status == 404 and answer.headers.get("x-cache-status") != "HIT", f"{path}: {answer.status}")
    answer = ask(check.port, "GET", check.person.ready(check.person.first)["media"]["original"])
    expect("x-cache-status" not in answer.headers, "originals are kept")
    answer = ask(check.port, "GET", "/api/me", headers=check.person.bearer)
    expect(answer.headers["cache-control"] == "no-store", "an answer of the API may be kept")
    expect(ask(check.port, "GET", f"/api/assets/{check.person.first}").status == 401, "facts without a token")


def thumbs_cannot_be_poisoned(check: Check) -> None:
    """whatever the first to ask for a thumb adds to its address, the next gets the thumb and nothing else (W07)"""
    openings: tuple[tuple[str, dict[str, str]], ...] = (
        ("GET", {"range": "bytes=0-9"}),
        ("HEAD", {}),
        ("GET", {"if-none-match": "*"}),
        ("GET", {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
        ("GET", {"origin": "https://evil.example", "cookie": "__Host-refresh=x", "accept-encoding": "gzip"}),
        ("GET", {"x-forwarded-host": "evil.example", "x-original-url": "/api/me", "host": "evil.example"}),
    )
    for method, headers in openings:
        thumb = check.person.add(photo(), "fresh.png")["media"]["thumb"]
        first = ask(check.port, method, thumb, headers=headers)
        expect(first.status in (200, 206, 304), f"{headers}: {first.status}")
        after = [ask(check.port, "GET", thumb) for _ in range(2)]
        length = int(after[0].headers["content-length"])
        whole = all(answer.status == 200 and len(answer.body) == length > 100 for answer in after)
        expect(whole and after[0].body == after[1].body, f"{headers}: {[answer.status for answer in after]}")
        for answer in (first, *after):
            told = str(answer.headers)
            expect(
                "set-cookie" not in told and "access-control" not in told and "evil" not in told, f"{headers}: {told}"
            )


def ranges(check: Check) -> None:
    """one range of an original is answered; a thousand, overlapping, negative or endless ones cost nothing (W10)"""
    original = check.person.ready(check.person.first)["media"]["original"]
    data = check.person.added[check.person.first]
    answer = ask(check.port, "GET", original, headers={"range": "bytes=10-19"})
    expect(answer.status == 206 and answer.body == data[10:20], f"{answer.status} {answer.body[:50]!r}")
    answer = ask(check.port, "GET", original, headers={"range": "bytes=-5"})
    expect(answer.status == 206 and answer.body == data[-5:], f"{answer.status} {answer.body[:50]!r}")
    hostile = {
        "many": "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(700)),
        "overlapping": "bytes=" + ",".join("0-" for _ in range(1000)),
        "negative": "bytes=-0",
        "backwards": "bytes=20-10",
        "endless": f"bytes={10**30}-{10**31}",
        "nonsense": "bytes=a-b,-,--",
        "huge": "bytes=0-1," + "1-2," * 25_000,
    }
    for path in (original, "/index.html"):
        for name, value in hostile.items():
            took = []
            for _ in range(3):
                began = time.monotonic()
                answer = ask(check.port, "GET", path, headers={"range": value})
                took.append(time.monotonic() - began)
                expect(answer.status in (200, 206, 400, 416, 431, 494), f"{path} {name}: {answer.status}")
                expect(len(answer.body) <= 2 * max(len(data), 20_000), f"{name}: {len(answer.body)} bytes")
            expect(min(took) < _QUICK, f"{name}: {took} s")


def events_stream(check: Check) -> None:
    """server-sent events arrive at once through nginx"""
    with check.person.listening() as answer:
        line = answer.readline()
        expect(line.startswith((b"event:", b":")), repr(line))
        expect(answer.headers["content-type"].startswith("text/event-stream"), answer.headers["content-type"])
        identity = check.person.add(photo(), "live.png")["id"]
        for _ in range(40):
            if identity.encode() in line:
                return
            line = answer.readline()
        raise Failed("no event about a new photo")


def pages_and_nothing_else(check: Check) -> None:
    """pages fall back to the application; API, media, metrics and dotted paths never do"""
    policy = page_policy()
    for path in ("/", "/s/abc", "/sign-in", "/spaces/1/members/"):
        answer = ask(check.port, "GET", path)
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
        answer = ask(check.port, "GET", path)
        expect(answer.status in (400, 401, 404), f"{path} {answer.status}")
        expect(b"<!doctype html" not in answer.body.lower(), f"{path} is a page")
    # The port of the backend itself: measurements are for its own machine or a token.
    expect(ask(check.stack.backend_port, "GET", "/metrics").status == 404, "metrics are public")


def installable(check: Check) -> None:
    """the service worker and the manifest are asked about each time, and what missed the former is led back"""
    for path, mime in (("/sw.js", "javascript"), ("/manifest.webmanifest", "application/manifest+json")):
        answer = ask(check.port, "GET", path)
        expect(answer.status == 200 and mime in answer.headers["content-type"], f"{path} {answer.headers}")
        expect(answer.headers["cache-control"] == "no-cache", path)
    answer = ask(check.port, "POST", "/share", body=b"x" * (2 << 20))
    expect(answer.status == 303 and answer.headers["location"] == "/share", f"{answer.status} {answer.headers}")


def assets_are_kept(check: Check) -> None:
    """what has a hash in its name is kept for ever and was compressed: gzip, and brotli where the module is"""
    page = ask(check.port, "GET", "/").body.decode()
    script = re.search(r'src="(/assets/[^"]+\.js)"', page)
    if script is None:
        raise Failed(page)
    plain = ask(check.port, "GET", script[1]).body
    answer = ask(check.port, "GET", script[1], headers={"accept-encoding": "gzip"})
    expect(answer.headers["cache-control"] == "public, max-age=31536000, immutable", answer.headers)
    expect(answer.headers["content-encoding"] == "gzip" and "vary" in answer.headers, answer.headers)
    expect(zlib.decompress(answer.body, 31) == plain, "another script")
    expect(answer.headers["x-content-type-options"] == "nosniff", "nosniff")
    module = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
    smaller = ask(check.port, "GET", script[1], headers={"accept-encoding": "gzip, br"})
    if check.stack.attempt("exec", "-T", "frontend", "test", "-e", module).returncode == 0:
        expect(smaller.headers["content-encoding"] == "br" and "vary" in smaller.headers, smaller.headers)
        expect(len(smaller.body) < len(answer.body), "brotli is larger")
    else:
        expect(smaller.headers["content-encoding"] == "gzip", smaller.headers)
    check.note = f" {len(plain):,} bytes, as gzip {len(answer.body):,}, as {smaller.headers['content-encoding']}"
    check.note += f" {len(smaller.body):,}"


def paths_lead_nowhere_else(check: Check) -> None:
    """walks out of the folder, by every spelling of dot, slash and NUL, end with 400, 401, 404 or 405 (W08, W09)"""
    blob = check.person.ready(check.person.first)["media"]["thumb"].split("/")[2]
    for line in (
        "GET /media/../../etc/passwd", "GET /media../etc/passwd", "GET /assets/../../../etc/passwd",
        "GET /assets../etc/passwd", "GET /assets/..%5c..%5cetc%5cpasswd", "GET /%252e%252e/etc/passwd",
        "GET /assets/%2e%2e/%2e%2e/etc/passwd", "GET /assets/%c0%ae%c0%ae/etc/passwd",
        "GET /assets/..%2f..%2fetc/passwd", "GET /media/..;/metrics",
        f"GET /media/{blob}/../../../../etc/passwd", f"GET /media/{blob}/..%2f..%2f..%2fetc%2fpasswd",
        f"GET /media/{blob}/thumb-1%00.jpg", f"GET /media/{blob}/thumb-1/../../../app/error.log",
        "GET //etc/passwd", "GET ///media//..//metrics", "GET /a%00.html", "GET /media/%2e%2e/metrics",
        "GET /api/%2e%2e/metrics", "GET /api/..;/metrics", "GET /api/../metrics", "GET /%6detrics",
        "GET /metrics%20", "GET /metrics/../metrics", "GET http://evil.example/metrics", "GET /index.html/x.php",
        "GET /.git/config", "GET /nginx.conf", "GET /etc/nginx/nginx.conf", "GET /tmp/gallery/http.conf",
        "GET /usr/share/nginx/html/index.html", "TRACE /", "CONNECT db:5432",
        "GET http://db:5432/metrics", "GET @db:5432/", "PROPFIND /", "PUT /index.html", "DELETE /index.html",
    ):  # fmt: skip
        answer = say(check.port, f"{line} HTTP/1.1\r\nHost: check\r\nConnection: close\r\n\r\n".encode())
        expect(answer[9:12] in (b"400", b"401", b"404", b"405"), f"{line}: {answer[:80]!r}")
        expect(not re.search(rb"root:|# HELP|server \{|<!doctype html", answer, re.IGNORECASE), f"{line} told too much")
    answer = say(check.port, b"GET /a\0b HTTP/1.1\r\nHost: check\r\nConnection: close\r\n\r\n")
    expect(answer.startswith(b"HTTP/1.1 400"), f"NUL: {answer[:80]!r}")


def requests_cannot_be_smuggled(check: Check) -> None:
    """lengths in conflict, bare line ends, folded and malformed headers never make two requests of one (W11)"""
    marks: list[str] = []

    def tried(headers: str, body: str = "0\r\n\r\n", *, end: str = "\r\n") -> bytes:
        mark = f"/api/smuggled-{len(marks)}"
        marks.append(mark)
        hidden = f"GET {mark} HTTP/1.1\r\nHost: check\r\n\r\n"
        lines = ["POST /api/auth/logout HTTP/1.1", "Host: check", *headers.split("\r\n"), "", ""]
        return say(check.port, (end.join(lines) + body + hidden).encode(), seconds=2)

    for headers in (
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity", "Transfer-Encoding : chunked", "Content-Length: +5",
        "Content-Length: 0x5", "Content-Length: 5, 5", "Content-Length : 5", "Host: other", "X: a\0b",
    ):  # fmt: skip
        answer = tried(headers)
        expect(answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")), f"{headers}: {answer[:80]!r}")
    # As nginx reads them these may have an answer; the bytes behind them are then the body that was announced.
    for headers, body, end in (
        ("Content-Length: 60", "", "\n"),
        ("X: a\r\n b", "", "\r\n"),
        ("Transfer-Encoding: chunked", "zz\r\n\r\n", "\r\n"),
        ("Transfer-Encoding: chunked", "ffffffffffffffffff\r\n\r\n", "\r\n"),
        ("Connection: close, Content-Length\r\nContent-Length: 60", "", "\r\n"),
    ):
        answer = tried(headers, body, end=end)
        expect(answer.count(b"HTTP/1.1 ") <= 2, f"{headers!r}: {answer[:200]!r}")
    log = check.stack.run("logs", "--no-color", "backend") + check.stack.run("logs", "--no-color", "frontend")
    hidden = [mark for mark in marks[:14] if mark in log]
    expect(not hidden, f"smuggled: {hidden}")


def hosts_are_not_believed(check: Check) -> None:
    """what a client says of its host, address, method and path on the way changes nothing (W07, W09)"""
    thumb = check.person.ready(check.person.first)["media"]["thumb"]
    plain = ask(check.port, "GET", "/api/me", headers=check.person.bearer)
    lies = {
        "x-forwarded-host": "evil.example", "x-original-url": "/metrics", "x-accel-redirect": "/etc/passwd",
        "x-rewrite-url": "/metrics", "x-http-method-override": "DELETE", "forwarded": "for=1.2.3.4;host=evil.example",
        "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1",
    }  # fmt: skip
    answer = ask(check.port, "GET", "/api/me", headers={**check.person.bearer, **lies})
    expect(answer.body == plain.body and answer.status == 200, f"{answer.status} {answer.body[:200]!r}")
    expect("strict-transport-security" not in answer.headers, "believed to have come by https")
    expect(ask(check.port, "GET", thumb, headers=lies).status == 200, "thumb")
    for port in (check.port, check.stack.backend_port):
        expect(ask(port, "GET", "/metrics", headers=lies).status == 404, f"port {port}: metrics")
    for path in ("/api/me/x.css", "/api/me;.jpg", "/api/me%2ex.css", "/api/me/..%2fx.js", "/api/me%0a.png"):
        deceived: Answer = ask(check.port, "GET", path, headers=check.person.bearer)
        expect(deceived.status in (400, 404) and b"personal_space" not in deceived.body, f"{path}: {deceived.status}")


def log_is_clean(check: Check) -> None:
    """whatever is in a path, a header, a name or a launch string, each event is one line of JSON, in both logs (W12)"""
    odd = (
        '/"quoted"',
        "/%0d%0aSet-Cookie:x",
        "/%1b[31mred",
        "/%e2%80%a8",
        "/%00",
        "/s/sharedkey",
        "/x?s=signed",
        "/api/x%0ay",
    )
    for path in odd:
        with suppress(http.client.HTTPException, ValueError):
            answer = ask(check.port, "GET", path, headers={"user-agent": '"\\\x1b[31m', "x-request-id": "x\x1by"})
            expect("set-cookie" not in answer.headers, f"{path} set a cookie")
    nasty = '\r\n\x1b[31m\u2028\0{}"'
    for route, body in (("password", {"login": nasty, "password": "x" * 12}), ("max", {"init_data": nasty})):
        data = json.dumps(body).encode()
        answer = ask(check.port, "POST", f"/api/auth/{route}", data, {"content-type": "application/json"})
        expect(answer.status in (401, 404, 422), f"{route}: {answer.status}")
    check.person.add(photo(), "\u2028\x1b[31m.png")
    logs = {name: _log(check, name) for name in ("frontend", "backend")}
    for name, log in logs.items():
        lines = [line for line in log.splitlines() if line.startswith("{")]
        expect(len(lines) > 20, f"no log of {name}")
        for line in lines:
            json.loads(line)
        expect("\x1b" not in log.replace("\x1b[0m", "") or name == "frontend", f"{name} sends escapes to a terminal")
        expect("sharedkey" not in log and "s=signed" not in log, f"keys in the log of {name}")
        check.note += f" {name} {len(lines)} lines"
    other = [line for line in logs["backend"].splitlines() if not line.startswith("{")]
    expect(not any("31m" in line or "Set-Cookie" in line for line in other), other[:3])
    expect('"/s/***"' in logs["frontend"], "shares are not in the log at all")


def _log(check: Check, name: str) -> str:
    done = subprocess.run(["docker", "logs", check.stack.container(name)], capture_output=True, text=True)
    return done.stdout + done.stderr


def client_is_known(check: Check) -> None:
    """attempts are counted by the caller's true address, through nginx and past it"""
    for port in (check.port, check.stack.backend_port):
        statuses = []
        for number in range(14):
            body = json.dumps({"login": f"nobody{number}", "password": "wrong password"}).encode()
            lie = {"content-type": "application/json", "x-forwarded-for": f"203.0.113.{number}"}
            statuses.append(ask(port, "POST", "/api/auth/password", body, lie).status)
        expect(statuses[-1] == 429, f"port {port}: {statuses}")


PHOTOS: Final[tuple[Row, ...]] = (
    photo_goes_through,
    resumable_uploads_pass,
    uploads_stream,
    large_uploads_pass,
    events_stream,
)
NGINX: Final[tuple[Row, ...]] = (
    pages_and_nothing_else,
    installable,
    assets_are_kept,
    thumbs_are_cached,
    thumbs_cannot_be_poisoned,
    hosts_are_not_believed,
    paths_lead_nowhere_else,
    ranges,
    requests_cannot_be_smuggled,
    log_is_clean,
)
LIMITS: Final[tuple[Row, ...]] = (client_is_known,)
