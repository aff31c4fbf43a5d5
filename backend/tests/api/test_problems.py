"""Every error has one shape, in the caller's language, and nothing is ever a 500 (W14, W17)."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from gallery.infra import problems
from gallery.infra.http import STATUSES, Envelope
from gallery.main import create_api
from tests.access.operations import Operation, operations, sample
from tests.factories import Answer, Person, World, tiny_jpeg

CYRILLIC = re.compile("[а-яА-Я]")


@pytest.fixture(scope="session")
def api_operations(gallery: Any) -> list[Operation]:
    return operations(create_api(gallery))


def checked(answer: Answer, *, status: int | None = None) -> dict[str, Any]:
    """The problem in an answer, when it is one and shaped as promised."""
    assert 400 <= answer.status < 500 or answer.status in {503, 507}, answer
    assert status is None or answer.status == status, answer
    assert answer.header("content-type") == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.body)
    assert {"type", "code", "title", "status", "request_id"} <= set(body)
    assert body["type"] == f"/problems/{body['code']}"
    assert body["status"] == answer.status
    assert body["code"] in problems.TITLES
    assert body["request_id"] == answer.header("x-request-id")
    assert re.fullmatch("[0-9a-f]{32}", body["request_id"])
    assert body["title"] in problems.TITLES[body["code"]].values()
    text = answer.body.decode()
    assert not re.search(r"Traceback|\.py\b|site-packages|psycopg|sqlalchemy|pydantic|SELECT |/work|/tmp", text)
    return body


# --- One shape, two languages


CASES: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "unknown address": ("GET", "/api/nothing", {}, 404, "not-found"),
    "unknown address outside": ("POST", "/nothing", {}, 404, "not-found"),
    "wrong verb": ("PUT", "/api/me", {}, 405, "method-not-allowed"),
    "no identity": ("GET", "/api/me", {"anonymous": True}, 401, "unauthorized"),
    "not yours": ("GET", f"/api/spaces/{uuid4()}", {}, 404, "not-found"),
    "not an id": ("GET", "/api/spaces/5", {}, 422, "invalid"),
    "not allowed": ("GET", "/api/operator/status", {}, 403, "forbidden"),
    "no JSON": ("POST", "/api/spaces", {"body": b"{"}, 422, "malformed"),
    "missing field": ("POST", "/api/spaces", {"body": b"{}"}, 422, "invalid"),
    "unknown field": ("POST", "/api/spaces", {"body": b'{"name": "x", "y": 1}'}, 422, "invalid"),
    "too large": ("POST", "/api/spaces", {"body": b'{"name": "' + b"x" * (256 << 10) + b'"}'}, 413, "too-large"),
    "no multipart": ("POST", "/api/assets?space_id=HER_OWN", {"body": b"x"}, 422, "malformed"),
    "other tus": ("HEAD", f"/api/uploads/{uuid4()}", {}, 412, ""),
    "no upload length": ("POST", "/api/uploads", {"tus": True}, 422, "invalid"),
    "gone": ("POST", "/api/invitations/preview", {"body": json.dumps({"token": "x" * 30}).encode()}, 410, "invitation-gone"),
    "used link": ("POST", "/api/auth/setup", {"body": b'{"token": "' + b"x" * 30 + b'", "login": "xx", "password": "12345678", "name": "x"}'}, 404, "invalid-setup-link"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", ["ru", "en"])
async def test_problems_have_one_shape_in_two_languages(world: World, case: str, language: str) -> None:
    anna = await world.person("anna")
    method, path, more, status, code = CASES[case]
    path, _, query = path.replace("HER_OWN", str(anna.personal_space)).partition("?")
    headers = [(b"accept-language", language.encode()), (b"content-type", b"application/json")]
    if more.get("tus"):
        headers.append((b"tus-resumable", b"1.0.0"))
    token = None if more.get("anonymous") else anna.access_token
    body = more.get("body", b"")
    answer = await world.raw(method, path, query=query.encode(), headers=headers, chunks=[body], token=token)
    assert answer.header("content-language") == language
    if method == "HEAD":
        assert answer.status == status
        return
    problem = checked(answer, status=status)
    assert problem["code"] == code
    assert problem["title"] == problems.TITLES[code][language]
    for error in problem.get("errors", []):
        assert set(error) == {"field", "message"}
        assert bool(CYRILLIC.search(error["message"])) is (language == "ru"), error


def test_every_problem_speaks_both_languages() -> None:
    for code, titles in {**problems.TITLES, **problems.FAILURES}.items():
        assert set(titles) == {"ru", "en"}, code
        assert CYRILLIC.search(titles["ru"]), code
        assert not CYRILLIC.search(titles["en"]), code


def test_every_error_has_a_status_and_words() -> None:
    from gallery.infra import errors

    for kind in errors.GalleryError.__subclasses__():
        assert kind in STATUSES
        assert kind.code in problems.TITLES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ru", "ru"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("en-US,en;q=0.9,ru;q=0.8", "en"), ("de,fr", "en"), ("", "en"),
        ("de,ru;q=0.1", "ru"), ("en;q=0,ru", "ru"), ("*", "en"), ("ru;q=x", "en"), ("," * 10_000, "en"), ("ru;q=nan,en", "en"),
        ("ru;q=inf", "ru"), ("RU", "ru"), ("ru;q=-1", "en"),
    ],
)  # fmt: skip
async def test_the_callers_language_is_understood(world: World, header: str, language: str) -> None:
    answer = await world.raw("GET", "/api/me", headers=[(b"accept-language", header.encode())])
    assert answer.header("content-language") == language


# --- Hostile bodies

HOSTILE = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "text": b'"x"',
    "a number": b"1",
    "cut": b'{"name": "x',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"name":' * 50_000,
    "deep and closed": b'{"name":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "deep inside a field": b'{"ids":' + b"[" * 900 + b"]" * 900 + b"}",
    "a huge integer": b'{"rating": ' + b"9" * 100_000 + b"}",
    "a large integer": b'{"rating": '
    + b"9" * 4000
    + b', "latitude": '
    + b"9" * 4000
    + b', "longitude": 1, "utc_offset": 1e400}',
    "not numbers": b'{"rating": NaN, "latitude": Infinity, "longitude": -Infinity, "ids": NaN}',
    "twice": b'{"name": "x", "name": 1, "ids": 1}',
    "a lone surrogate": b'{"name": "\\ud800", "title": "\\udfff", "login": "\\ud800", "password": "\\ud800abcdefgh", "token": "\\ud800"}',
    "a surrogate for a name": b'{"\\ud800": 1}',
    "a surrogate in a place": b'{"ids": ["\\ud800"], "checksums": ["\\ud800"], "space_id": "\\ud800"}',
    "NUL": b'{"name": "a\\u0000b", "title": "\\u0000", "login": "\\u0000\\u0000", "token": "\\u0000aaaaaaaaaaaaaaaaaaaa"}',
    "a NUL for a name": b'{"\\u0000": 1}',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "half a UTF-16": '{"name": "x"}'.encode("utf-16")[:-1],
    "many keys": b"{" + b",".join(b'"k%d": 1' % n for n in range(2000)) + b"}",
    "a long key": b'{"' + b"k" * 100_000 + b'": 1}',
    "comments": b'{"name": "x" /* y */}',
    "prototype": b'{"__proto__": {"is_operator": true}, "constructor": 1}',
    "empty names": b'{"": 1}',
}


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_body_crashes_anything(world: World, api_operations: list[Operation], hostile: str) -> None:
    """Every operation that reads JSON x this body: a problem of the caller's, quickly, and nothing changed."""
    anna = await world.person("anna", operator=True)
    asset = await world.asset(anna.personal_space, by=anna)
    known = {"space_id": anna.personal_space, "asset_id": asset, "user_id": anna.id, "invitation_id": uuid4()}
    before = world.rows("SELECT name, login FROM users UNION ALL SELECT title, file_name FROM assets ORDER BY 1")
    for operation in (one for one in api_operations if one.body is not None):
        world.execute("DELETE FROM attempts")
        answer = await world.raw(
            operation.method,
            operation.path.format_map(known),
            headers=[(b"content-type", b"application/json")],
            chunks=[HOSTILE[hostile]],
            token=anna.access_token,
        )
        if answer.status < 300:
            assert operation.path == "/api/auth/logout" or hostile in {"nothing", "null"}, operation.name
            continue
        checked(answer)
    after = world.rows("SELECT name, login FROM users UNION ALL SELECT title, file_name FROM assets ORDER BY 1")
    assert after == before


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
        "application/xml",
        "é",
        "application/problem+json",
        "x" * 5000,
    ],
)
async def test_bodies_of_other_types_are_refused(
    world: World, api_operations: list[Operation], content_type: str
) -> None:
    anna = await world.person("anna")
    for operation in (
        one for one in api_operations if one.path in {"/api/spaces", "/api/me", "/api/auth/password"} and one.body
    ):
        answer = await world.raw(
            operation.method,
            operation.path,
            headers=[(b"content-type", content_type.encode("latin-1"))] if content_type else [],
            chunks=[json.dumps(sample(operation.body or {}, {})).encode()],
            token=anna.access_token,
        )
        if "json" not in content_type:
            checked(answer, status=422)
        else:
            assert answer.status < 500


@pytest.mark.parametrize(
    "query",
    [
        "day=9999-12-31", "day=0001-01-01", "day=1e30", "day=inf", "day=99999-01-01", "day=2024-02-30", "day=-1", "day=0",
        "day=2024-05-01T00:00:00Z", "day=%00", "day=%ff", "offset=-1", "offset=10000000", "offset=10000001", "offset=1e3",
        "offset=" + "9" * 5000, "limit=0", "limit=513", "limit=NaN", "limit=1_0", "view=", "view=ALL", "view='--", "kind[]=x",
        "space_id=", "space_id=%00", "space_id=x'", "space_id=%ff%fe", "&".join(f"space_id={uuid4()}" for _ in range(60)),
        "%00=%00", "=", "&&&", "a" * 60_000, "day=2024-05-01&day=x", "space_id[]=x",
    ],
)  # fmt: skip
async def test_no_query_crashes_the_timeline(world: World, query: str) -> None:
    anna = await world.person("anna")
    await world.asset(anna.personal_space, by=anna)
    base = f"space_id={anna.personal_space}"
    for path in ("/api/timeline/window", "/api/timeline"):
        for whole in (f"{base}&day=2024-05-01&{query}", f"{base}&{query}", query):
            answer = await world.raw("GET", path, query=whole.encode(), token=anna.access_token)
            if answer.status != 200:
                checked(answer)


async def test_the_last_day_of_the_calendar_can_be_looked_at(world: World) -> None:
    """An edit may say so, and then the page asks for that day."""
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    for taken_at in ("9999-12-31T23:59:59", "1800-01-01T00:00:00"):
        assert (await anna.http.patch(f"/api/assets/{asset}", json={"taken_at": taken_at})).status_code == 200
        skeleton = (await anna.http.get(f"/api/timeline?space_id={anna.personal_space}")).json()
        assert skeleton["days"] == [taken_at[:10]]
        window = await anna.http.get(f"/api/timeline/window?space_id={anna.personal_space}&day={taken_at[:10]}")
        assert (window.status_code, window.json()["ids"]) == (200, [str(asset)])


HEADERS = (
    "authorization", "accept-language", "user-agent", "cookie", "origin", "range", "if-none-match", "content-length", "tus-resumable",
    "upload-length", "upload-metadata", "upload-offset", "upload-checksum", "host", "content-type", "accept-encoding", "sec-fetch-site",
)  # fmt: skip
VALUES = (
    b"", b"\xff\xfe\x00", b"x" * 60_000, b"\xd0\xb0" * 50, b"-1", b"9" * 400, b"%00", b"'; DROP TABLE users; --", b"\x1b[31m\r",
    b',;="\\',
)  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
async def test_no_header_crashes_anything(world: World, name: str) -> None:
    anna = await world.person("anna")
    space = f"space_id={anna.personal_space}"
    asset = await world.asset(anna.personal_space, by=anna)
    media, _, signature = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]["original"].partition("?")
    plain = {
        "tus-resumable": b"1.0.0",
        "upload-length": b"10",
        "upload-offset": b"0",
        "content-type": b"application/offset+octet-stream",
    }
    for value in VALUES:
        headers = [(key.encode(), given) for key, given in {**plain, name: value}.items()]
        for method, path, query in (
            ("GET", "/api/me", ""),
            ("POST", "/api/uploads", space),
            ("PATCH", f"/api/uploads/{uuid4()}", ""),
            ("POST", "/api/assets", space),
            ("GET", "/api/timeline", space),
            ("GET", media, signature),
            ("POST", "/api/auth/refresh", ""),
            ("POST", "/api/auth/logout", ""),
            ("GET", "/metrics", ""),
        ):
            token = None if name == "authorization" else anna.access_token
            answer = await world.raw(method, path, query=query.encode(), headers=headers, token=token)
            assert answer.status < 500 or answer.status == 507, f"{method} {path} {value[:30]!r}: {answer}"


# --- A crash of ours


async def test_a_crash_says_nothing_of_its_inside(world: World) -> None:
    """W14: a defect shows a number to look for in the log, and no more."""
    from fastapi import Request, Response

    api = create_api(world.gallery)

    async def crash(request: Request) -> Response:
        raise RuntimeError("secret detail of the inside")

    api.router.add_route("/health/crash", crash)
    crashing = World(world.gallery, Envelope(api), world.clock)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/health/crash", "raw_path": b"/health/crash",
        "query_string": b"", "headers": [(b"accept-language", b"ru")], "client": ("127.0.0.1", 1), "server": ("x", 80),
        "scheme": "http", "root_path": "",
    }  # fmt: skip
    with pytest.raises(RuntimeError, match="secret detail"):
        await crashing.application(scope, receive, send)
    answer = Answer(sent[0]["status"], sent[0]["headers"], sent[1]["body"])
    body = json.loads(answer.body)
    assert (answer.status, body["code"], body["status"]) == (500, "internal", 500)
    assert body["title"] == problems.TITLES["internal"]["ru"]
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("cache-control") == "no-store"
    assert "secret" not in answer.body.decode()
    assert "RuntimeError" not in answer.body.decode()


async def test_the_value_that_was_sent_is_never_sent_back(world: World) -> None:
    """An error names the field, not what was in it: a password typed into the wrong field stays out of screens and logs."""
    anna = await world.person("anna")
    for body in (
        {"login": ["canary-value"], "password": "canary-value"},
        {"login": "canary value", "password": {"x": "canary-value"}},
        {"login": "a", "password": "canary-value" * 200},
    ):
        answer = await anna.http.post("/api/auth/password", json=body)
        assert answer.status_code in {401, 422}
        assert "canary" not in answer.text


async def test_strange_but_valid_text_is_kept_as_text(world: World) -> None:
    """U14: what looks like markup or SQL is a title like any other."""
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    for text in XSS:
        patched = await anna.http.patch(f"/api/assets/{asset}", json={"title": text, "description": text})
        assert patched.status_code == 200, text
        shown = (await anna.http.get(f"/api/assets/{asset}")).json()
        assert (shown["title"], shown["description"]) == (text, text)
        named = await anna.http.post("/api/spaces", json={"name": text[:100]})
        assert named.json()["name"] == text[:100]
        me = await anna.http.patch("/api/me", json={"name": text[:100]})
        assert me.json()["name"] == text[:100]
        uploaded = await world.upload(anna, anna.personal_space, tiny_jpeg(), "a.jpg")
        assert uploaded.status_code == 201
        for answer in (patched, named, me):
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["content-security-policy"]


XSS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</title><script>", "{{7*7}}", "${7*7}",
    "' OR '1'='1", "'; DROP TABLE assets; --", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "%00", "%s%s%s%n", "\u202egpj.exe",
    "a\u200bb", "𝕏" * 50, "ﷺ" * 40, "🏳️‍🌈", "Ω≈ç√∫", "\\", "\\u0000", "null", "undefined", "0;url=//e\" http-equiv=\"refresh",
]  # fmt: skip


@pytest.mark.parametrize("field", ["title", "description"])
async def test_control_characters_are_refused(world: World, field: str) -> None:
    anna: Person = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    for text in ("a\x00b", "\x1b[31m", "a\x7fb", "a\x85b"):
        answer = await anna.http.patch(f"/api/assets/{asset}", json={field: text})
        assert answer.status_code == 422, repr(text)
    for text in ("a\r\nb", "a\nb", "a\tb"):
        answer = await anna.http.patch(f"/api/assets/{asset}", json={field: text})
        assert answer.status_code == (200 if field == "description" else 422), repr(text)
