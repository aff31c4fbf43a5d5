"""Files that come in one request: odd bodies, odd names, odd types (U01-U04, U16, U17, U19)."""

import contextlib
import json
import resource
import time
from urllib.parse import unquote

import pytest
from starlette.requests import ClientDisconnect

from gallery.assets.router import file_label
from tests.factories import Answer, Person, World, tiny_jpeg

BOUNDARY = b"----gallery"
CRLF = b"\r\n"


def part(headers: bytes, body: bytes, *, boundary: bytes = BOUNDARY) -> bytes:
    return b"--" + boundary + CRLF + headers + CRLF + CRLF + body + CRLF


def end(boundary: bytes = BOUNDARY) -> bytes:
    return b"--" + boundary + b"--" + CRLF


def file_part(data: bytes, disposition: bytes = b'form-data; name="file"; filename="a.jpg"') -> bytes:
    return part(b"Content-Disposition: " + disposition, data)


async def send(
    world: World,
    person: Person,
    *chunks: bytes,
    content_type: bytes = b"multipart/form-data; boundary=" + BOUNDARY,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> Answer:
    return await world.raw(
        "POST",
        "/api/assets",
        query=f"space_id={person.personal_space}".encode(),
        headers=[(b"content-type", content_type), *headers],
        chunks=chunks or (b"",),
        token=person.access_token,
    )


def assert_nothing_is_left(world: World) -> None:
    storage = world.gallery.storage
    assert list(storage.spooled()) == []
    assert [path for path in (storage.root / "originals").rglob("*") if path.is_file()] == []
    assert world.rows("SELECT count(*) FROM assets") == world.rows("SELECT count(*) FROM blobs") == [(0,)]
    assert world.rows("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


# --- It works


async def test_a_plain_form_is_taken(world: World) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    answer = await send(world, anna, file_part(data), end())
    assert answer.status == 201
    body = json.loads(answer.body)
    assert body == {"id": body["id"], "duplicate": False, "status": "processing", "trashed": False}
    asset = (await anna.http.get(f"/api/assets/{body['id']}")).json()
    assert (asset["file_name"], asset["mime"], asset["bytes"]) == ("a.jpg", "image/jpeg", len(data))
    assert (await anna.http.get(asset["media"]["original"])).content == data
    again = await send(world, anna, file_part(data), end())
    assert (again.status, json.loads(again.body)) == (200, {**body, "duplicate": True})
    assert list(world.gallery.storage.spooled()) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
async def test_however_the_body_is_cut(world: World, size: int) -> None:
    anna, data = await world.person("anna"), tiny_jpeg()
    body = (
        part(b'Content-Disposition: form-data; name="last_modified"', b"2024-05-01T10:00:00+03:00")
        + file_part(data)
        + end()
    )
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    answer = await send(world, anna, *chunks)
    assert answer.status == 201
    asset = (await anna.http.get(f"/api/assets/{json.loads(answer.body)['id']}")).json()
    assert (await anna.http.get(asset["media"]["original"])).content == data
    assert (asset["taken_at"], asset["taken_at_source"]) == ("2024-05-01T10:00:00", "file_time")


# --- U01, U03, U04


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty-file"), (b"x", 415, "unsupported-type"), (b"\xff\xd8\xff", 415, "unsupported-type"),
        (b"\x89PNG\r\n\x1a\n", 415, "unsupported-type"),
        (b"<!doctype html><script>alert(1)</script>", 415, "unsupported-type"), (b"<html>" + b" " * 600, 415, "unsupported-type"),
        (b"<?php system('id'); ?>", 415, "unsupported-type"), (b"MZ\x90\x00" + b"\0" * 600, 415, "unsupported-type"),
        (b"\x7fELF" + b"\0" * 600, 415, "unsupported-type"), (b"%PDF-1.7\n" + b"x" * 600, 415, "unsupported-type"),
        (b"PK\x03\x04" + b"\0" * 600, 415, "unsupported-type"), (b"#!/bin/sh\nid\n", 415, "unsupported-type"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415, "unsupported-type"),
        (b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', 415, "unsupported-type"),
        (b"%!PS-Adobe-3.0 EPSF", 415, "unsupported-type"), (b"push graphic-context\nviewbox 0 0 1 1", 415, "unsupported-type"),
        (b"#EXTM3U\nhttp://127.0.0.1/", 415, "unsupported-type"), (b"SIMPLE  =                    T", 415, "unsupported-type"),
        (b"8BPS\x00\x01" + b"\0" * 600, 415, "unsupported-type"), (b"a,b,c\n1,2,3\n", 415, "unsupported-type"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'", 415, "unsupported-type"), (b"\x00" * 4096, 415, "unsupported-type"),
        (b"{}" * 400, 415, "unsupported-type"), (b"const x = 1;" * 60, 415, "unsupported-type"),
    ],
)  # fmt: skip
async def test_what_is_no_photo_is_refused_and_leaves_nothing(
    world: World, data: bytes, status: int, code: str
) -> None:
    anna = await world.person("anna")
    for disguise in (b"photo.jpg", b"photo.png", b"photo.mp4"):
        disposition = b'form-data; name="file"; filename="' + disguise + b'"' + CRLF + b"Content-Type: image/jpeg"
        answer = await send(world, anna, file_part(data, disposition), end())
        assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert_nothing_is_left(world)


@pytest.mark.parametrize("name", [b"a.txt", b"a.html", b"a.exe", b"a.svg", b"a", b"a.jpg.php", b".htaccess"])
@pytest.mark.parametrize("claimed", [b"text/html", b"application/x-php", b"image/svg+xml", b""])
async def test_the_type_comes_from_the_bytes(world: World, name: bytes, claimed: bytes) -> None:
    anna = await world.person("anna")
    disposition = b'form-data; name="file"; filename="' + name + b'"' + CRLF + b"Content-Type: " + claimed
    answer = await send(world, anna, file_part(tiny_jpeg(), disposition), end())
    assert answer.status == 201
    asset = (await anna.http.get(f"/api/assets/{json.loads(answer.body)['id']}")).json()
    assert (asset["mime"], asset["kind"]) == ("image/jpeg", "image")
    assert (await anna.http.get(asset["media"]["original"])).headers["content-type"] == "image/jpeg"


# --- U19

BENT: dict[str, tuple[bytes, ...]] = {
    "nothing at all": (),
    "only an end": (end(),),
    "no end": (file_part(tiny_jpeg("x")),),
    "cut inside the file": (file_part(tiny_jpeg("x"))[:-40],),
    "cut inside the headers": (b"--" + BOUNDARY + CRLF + b"Content-Disposition: form-da",),
    "no file": (part(b'Content-Disposition: form-data; name="other"', b"x"), end()),
    "two files": (file_part(tiny_jpeg("x")), file_part(tiny_jpeg("y")), end()),
    "no disposition": (part(b"Content-Type: image/jpeg", tiny_jpeg("x")), end()),
    "no name": (file_part(tiny_jpeg("x"), b'form-data; filename="a.jpg"'), end()),
    "an empty name": (file_part(tiny_jpeg("x"), b'form-data; name=""; filename="a.jpg"'), end()),
    "an attachment": (file_part(tiny_jpeg("x"), b'attachment; name="file"; filename="a.jpg"'), end()),
    "a name that is not UTF-8": (file_part(tiny_jpeg("x"), b'form-data; name="\xff\xfe"; filename="a.jpg"'), end()),
    "another boundary": (file_part(tiny_jpeg("x")).replace(BOUNDARY, b"other"), end()),
    "10 000 parts": (*(part(b'Content-Disposition: form-data; name="f%d"' % n, b"x") for n in range(10_000)), end()),
    "10 000 headers": (part(b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b'Content-Disposition: form-data; name="file"', b"x"), end()),
    "an 8 MB header": (b"--" + BOUNDARY + CRLF + b"Content-Disposition: ", *[b"x" * 65536] * 128),
    "an 8 MB header name": (b"--" + BOUNDARY + CRLF, *[b"x" * 65536] * 128),
    "an 8 MB field": (b"--" + BOUNDARY + CRLF + b'Content-Disposition: form-data; name="a"' + CRLF + CRLF, *[b"x" * 65536] * 128),
    "a field that is not UTF-8": (part(b'Content-Disposition: form-data; name="last_modified"', b"\xff\xfe"), file_part(tiny_jpeg("x")), end()),
    "bare line feeds": (file_part(tiny_jpeg("x")).replace(b"\r\n", b"\n"), end().replace(b"\r\n", b"\n")),
    "NUL in a header": (part(b'Content-Disposition: form-data; name="fi\x00le"; filename="a"', b"x"), end()),
    "junk before": (b"junk", file_part(tiny_jpeg("x")), end()),
    "only dashes": (b"-" * 100_000,),
    "random bytes": (bytes(range(256)) * 400,),
    "boundary over and over": ((b"--" + BOUNDARY + CRLF) * 5000,),
}  # fmt: skip


@pytest.mark.parametrize("bend", BENT)
async def test_bent_bodies_are_refused_quickly_and_leave_nothing(world: World, bend: str) -> None:
    anna = await world.person("anna")
    memory, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    answer = await send(world, anna, *BENT[bend])
    assert 400 <= answer.status < 500
    assert answer.header("content-type") == "application/problem+json"
    assert json.loads(answer.body)["code"] in {"malformed", "no-file"}
    assert time.process_time() - cpu < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 50 << 10
    assert_nothing_is_left(world)


@pytest.mark.parametrize(
    "content_type",
    [b"", b"multipart/form-data", b"multipart/form-data; boundary=", b'multipart/form-data; boundary=""', b"image/jpeg",
     b"multipart/form-data; boundary=" + b"x" * 201, b"multipart/mixed; boundary=----gallery", b"multipart/form-data; boundary=\xff",
     b"application/octet-stream", b"multipart/form-data; boundary=----gallery; boundary=other", b"multipart/form-data;boundary*0=a"],
)  # fmt: skip
async def test_other_content_types_are_refused(world: World, content_type: bytes) -> None:
    anna = await world.person("anna")
    answer = await send(world, anna, file_part(tiny_jpeg("x")), end(), content_type=content_type)
    assert answer.status == 422 or b"boundary=other" in content_type
    if answer.status == 422:
        assert_nothing_is_left(world)


@pytest.mark.parametrize("value", [b"-1", b"abc", b"1e9", b"0", b"9" * 30, b"1, 2", b"+5", b""])
async def test_a_lying_content_length_is_no_reason_to_fall(world: World, value: bytes) -> None:
    anna = await world.person("anna")
    answer = await send(world, anna, file_part(tiny_jpeg()), end(), headers=((b"content-length", value),))
    assert answer.status in {201, 422, 507}


async def test_an_announced_giant_is_refused_before_it_is_read(world: World) -> None:
    """U21: the disk has no room for it, and nobody waits until it is full."""
    anna = await world.person("anna")
    answer = await send(world, anna, file_part(tiny_jpeg()), end(), headers=((b"content-length", b"%d" % (50 << 40)),))
    assert (answer.status, json.loads(answer.body)["code"]) == (507, "storage-full")
    assert_nothing_is_left(world)


async def test_a_file_beyond_the_limit_is_cut_off_while_it_arrives(new_world: object) -> None:
    world: World = new_world(max_upload_bytes=100_000)  # type: ignore[operator]  # a fixture's factory
    anna = await world.person("anna")
    pieces = [tiny_jpeg("x"), *[b"x" * 20_000] * 20]
    head = b"--" + BOUNDARY + CRLF + b'Content-Disposition: form-data; name="file"; filename="a.jpg"' + CRLF + CRLF
    answer = await send(world, anna, head, *pieces, CRLF + end())
    assert (answer.status, json.loads(answer.body)["code"]) == (413, "too-large")
    assert_nothing_is_left(world)


async def test_a_sender_that_goes_away_leaves_nothing(world: World) -> None:
    """The connection breaks in the middle of the body."""
    anna = await world.person("anna")
    sent: list[object] = []
    messages = [
        {"type": "http.request", "body": file_part(tiny_jpeg())[:300], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> object:
        return messages.pop(0)

    async def answer(message: object) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/api/assets", "raw_path": b"/api/assets", "scheme": "http",
        "query_string": f"space_id={anna.personal_space}".encode(), "client": ("127.0.0.1", 1), "server": ("x", 80), "root_path": "",
        "headers": [(b"authorization", f"Bearer {anna.access_token}".encode()),
                    (b"content-type", b"multipart/form-data; boundary=" + BOUNDARY)],
    }  # fmt: skip
    with contextlib.suppress(ClientDisconnect):
        await world.application(scope, receive, answer)  # type: ignore[arg-type]  # messages are as plain as they look
    assert_nothing_is_left(world)


async def test_a_body_without_identity_is_not_read(world: World) -> None:
    """U20: two gigabytes with a bad token are refused before the first of them is asked for."""
    asked = 0

    async def receive() -> object:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    for path in ("/api/assets", "/api/uploads"):
        sent: list[dict[str, object]] = []

        async def answer(message: dict[str, object], to: list[dict[str, object]] = sent) -> None:
            to.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": path, "raw_path": path.encode(), "scheme": "http",
            "query_string": b"space_id=01900000-0000-7000-8000-000000000001", "client": ("127.0.0.1", 1), "server": ("x", 80),
            "root_path": "", "headers": [(b"authorization", b"Bearer no.no.no"), (b"content-length", b"2147483648"),
                                         (b"content-type", b"multipart/form-data; boundary=" + BOUNDARY)],
        }  # fmt: skip
        await world.application(scope, receive, answer)  # type: ignore[arg-type]  # as above
        assert sent[0]["status"] == 401
    assert asked <= 2


async def test_bytes_for_a_space_of_others_are_not_spooled(world: World) -> None:
    """Nobody fills the disk with gigabytes that could never be theirs to add."""
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=boris, viewer=anna)
    for target, status in ((boris.personal_space, 404), (space, 403)):
        asked = 0

        async def receive() -> object:
            nonlocal asked
            asked += 1
            return {"type": "http.request", "body": b"x" * 65536, "more_body": asked < 100}

        sent: list[dict[str, object]] = []

        async def answer(message: dict[str, object], to: list[dict[str, object]] = sent) -> None:
            to.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": "/api/assets", "raw_path": b"/api/assets",
            "scheme": "http", "query_string": f"space_id={target}".encode(), "client": ("127.0.0.1", 1), "server": ("x", 80),
            "root_path": "", "headers": [(b"authorization", f"Bearer {anna.access_token}".encode()),
                                         (b"content-type", b"multipart/form-data; boundary=" + BOUNDARY)],
        }  # fmt: skip
        await world.application(scope, receive, answer)  # type: ignore[arg-type]  # as above
        assert sent[0]["status"] == status
        assert asked <= 2


# --- U16, U17

NAMES = [
    ("IMG_0001.JPG", "IMG_0001.JPG"), ("../../../etc/passwd", "passwd"), ("..\\..\\windows\\win.ini", "win.ini"),
    ("/absolute/photo.jpg", "photo.jpg"), ("C:\\Users\\a\\photo.jpg", "photo.jpg"), ("\\\\host\\share\\photo.jpg", "photo.jpg"),
    ("photo.jpg/", "unnamed"), ("", "unnamed"), ("   ", "unnamed"), ("..", ".."), (".", "."), ("%2e%2e%2fpasswd", "%2e%2e%2fpasswd"),
    ("a\x00b.jpg", "ab.jpg"), ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie: x=1.jpg"), ("-rf.jpg", "-rf.jpg"), (".htaccess", ".htaccess"),
    ("x" * 5000 + ".jpg", "x" * 251 + ".jpg"), ("фото с дачи.jpg", "фото с дачи.jpg"), ("e\u0301.jpg", "\u00e9.jpg"),
    ("gpj.\u202eexe.jpg", "gpj.\u202eexe.jpg"), ("📷.jpg", "📷.jpg"), ("a\u2028b.jpg", "ab.jpg"), ("nul", "nul"), ("photo.jpg.", "photo.jpg."),
    ("<script>alert(1)</script>.jpg", "script>.jpg"), ('a"b.jpg', 'a"b.jpg'), ("a;b=c.jpg", "a;b=c.jpg"), ("a\ud800b.jpg", "ab.jpg"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "label"), NAMES)
def test_a_name_is_only_a_label(given: str, label: str) -> None:
    assert file_label(given) == label


async def test_no_name_leads_out_of_the_storage(world: World) -> None:
    anna = await world.person("anna")
    root = world.gallery.storage.root
    outside = {path for path in root.parent.rglob("*") if not path.is_relative_to(root)}
    for given, label in NAMES:
        raw = given.encode("utf-8", "surrogatepass").replace(b"\r\n", b"%0D%0A").replace(b'"', b"%22")
        answer = await send(
            world, anna, file_part(tiny_jpeg(), b'form-data; name="file"; filename="' + raw + b'"'), end()
        )
        if answer.status == 422:
            assert "\x00" in given or len(given) > 4000
            continue
        assert answer.status == 201, given
        shown = (await anna.http.get(f"/api/assets/{json.loads(answer.body)['id']}")).json()["file_name"]
        if not set(given) & set('\r\n\x00\ud800"'):
            assert shown == label or "\\" in given, given
        assert "/" not in shown
    files = [path for path in root.rglob("*") if path.is_file() and path.name != "gallery.volume-id"]
    assert all(len(path.name) == 64 and path.parent.parent.parent == root / "originals" for path in files)
    assert {path for path in root.parent.rglob("*") if not path.is_relative_to(root)} == outside


@pytest.mark.parametrize(
    "disposition",
    [
        b'form-data; name="file"; filename="a.jpg"; filename*=UTF-8\'\'..%2F..%2Fevil.jpg',
        b'form-data; name="other"; name*=UTF-8\'\'file; filename="a.jpg"',
        b'form-data; name="file"; name="other"; filename="a.jpg"',
        b'form-data; name="file"; filename="a.jpg"; filename="../b.jpg"',
        b'form-data; name="file\\"; filename="a.jpg"',
        b"form-data; name=file; filename=a.jpg",
        b"form-data; name='file'; filename='a.jpg'",
        b'form-data; name="file"; filename="a.jpg"; ' + b"x=y; " * 700,
    ],
)
async def test_smuggled_names_stay_labels(world: World, disposition: bytes) -> None:
    anna = await world.person("anna")
    answer = await send(world, anna, file_part(tiny_jpeg(), disposition), end())
    assert answer.status in {201, 422}
    for (name,) in world.rows("SELECT file_name FROM assets"):
        assert "/" not in name
        assert "\\" not in name


@pytest.mark.parametrize(("given", "label"), NAMES)
async def test_a_download_carries_its_name_safely(world: World, given: str, label: str) -> None:
    """RFC 6266: the name in any script, and nothing that could end the header or lead out of a folder."""
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna, file_name=label)
    address = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]["download"]
    path, _, query = address.partition("?")
    answer = await world.raw("GET", path, query=query.encode())
    raw = next(value for name, value in answer.headers if name == b"content-disposition")
    assert raw.isascii()
    assert not set(raw) & set(b"\r\n\0")
    header = raw.decode()
    assert header.startswith('attachment; filename="')
    plain, _, full = header.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    name = unquote(full, errors="strict")
    for shown in (plain, name):
        assert shown
        assert not set(shown) & set('/\\:*?"<>|')
        assert shown not in {".", ".."}
        assert not shown.startswith(".")
        assert not shown.endswith((".", " "))
    assert "\u202e" not in name
