"""What every answer carries, and what other sites cannot do (W01, W03, W04)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.factories import PASSWORD, Person, World

API_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}


def security(headers: Any) -> dict[str, str]:
    """The headers that guard an answer."""
    names = {
        *API_HEADERS,
        "strict-transport-security",
        "x-frame-options",
        "server",
        "x-powered-by",
        "access-control-allow-origin",
    }
    return {name: value for name, value in headers.items() if name in names}


# --- W01


async def test_api_answers_and_problems_are_guarded(world: World) -> None:
    anna = await world.person("anna")
    for method, path in (
        ("GET", "/api/me"),
        ("GET", "/api/spaces"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/docs"),
        ("GET", "/health"),
        ("GET", "/metrics"),
        ("GET", "/api/nothing"),
        ("PUT", "/api/me"),
        ("POST", "/api/spaces"),
        ("GET", "/api/operator/status"),
        ("POST", "/api/auth/logout"),
        ("POST", "/api/auth/refresh"),
    ):
        answer = await anna.http.request(method, path)
        assert security(answer.headers) == API_HEADERS, path
        assert len(answer.headers["x-request-id"]) == 32


async def test_timelines_may_be_kept_by_their_reader_alone(world: World) -> None:
    anna = await world.person("anna")
    for path in ("/api/timeline", "/api/timeline/window"):
        answer = await anna.http.get(f"{path}?space_id={anna.personal_space}&day=2024-05-01")
        assert security(answer.headers) == {**API_HEADERS, "cache-control": "private, no-cache"}


async def test_sign_out_clears_what_the_browser_kept(world: World) -> None:
    answer = await world.client().post("/api/auth/logout")
    assert answer.headers["clear-site-data"] == '"cache"'


async def test_request_ids_are_ours(world: World) -> None:
    """Nobody writes into our logs by way of a header."""
    for given in ("chosen-by-the-caller", "x\r\ny", "0" * 32):
        answer = await world.raw("GET", "/api/me", headers=[(b"x-request-id", given.encode())])
        assert answer.header("x-request-id") != given
    first, second = await world.client().get("/health"), await world.client().get("/health")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


PAGES = {
    "index.html": "<!doctype html><title>Gallery</title><script type=module src=/assets/index-1234.js></script>"
    + " " * 2000,
    "assets/index-1234.js": "console.log(1);" * 200,
    "assets/photo-1234.png": "\x89PNG",
    "manifest.webmanifest": "{}",
    "sw.js": "self.x = 1",
    "robots.txt": "User-agent: *",
}


@pytest.fixture
def web(new_world: Callable[..., World], tmp_path: Path) -> World:
    """A gallery with a built front end."""
    for name, text in PAGES.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    return new_world(front_dir=tmp_path / "dist")


async def test_pages_are_guarded(web: World) -> None:
    for path in ("/", "/index.html", "/spaces/5", "/setup", "/join"):
        answer = await web.client().get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        policy = answer.headers["content-security-policy"]
        for part in (
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "script-src 'self' https://st.max.ru;",
            "worker-src 'self'",
            "manifest-src 'self'",
        ):
            assert part in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert policy.endswith("frame-ancestors 'self' https://web.max.ru https://max.ru")
        assert "x-frame-options" not in answer.headers, "MAX shows the mini-app in a frame"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_hashed_files_are_kept_for_ever_and_others_are_not(web: World) -> None:
    hashed = await web.client().get("/assets/index-1234.js")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["content-type"].startswith("text/javascript")
    for name, mime in (
        ("sw.js", "text/javascript; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json"),
    ):
        answer = await web.client().get(f"/{name}")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"] == mime
        assert answer.headers["x-content-type-options"] == "nosniff"
    for encoding, packed in (("gzip", True), ("br", False), ("", False)):
        answer = await web.raw("GET", "/assets/index-1234.js", headers=[(b"accept-encoding", encoding.encode())])
        assert (answer.header("content-encoding") == "gzip") is packed
        assert answer.header("vary") == "accept-encoding"
        assert answer.header("content-length") == str(len(answer.body))


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/assets/../../secret.txt", "/secret.txt", "/..%2fsecret.txt", "/assets/%2e%2e/secret.txt", "//secret.txt",
     "/assets//index-1234.js", "/assets/missing.js", "/.env", "/.git/config", "/index.html/", "/a.php", "/wp-login.php", "/\x00",
     "/assets/index-1234.js.map", "/api", "/api/", "/api/me/x.css", "/media", "/metrics/x", "/health/x"],
)  # fmt: skip
async def test_only_pages_and_files_that_are_there(web: World, path: str) -> None:
    answer = await web.raw("GET", path)
    assert answer.status in {401, 404}
    assert b"secret" not in answer.body
    assert b"<!doctype" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_pages_are_only_read(web: World, method: str) -> None:
    for path in ("/", "/index.html", "/spaces/5", "/assets/index-1234.js"):
        assert (await web.raw(method, path)).status in {404, 405}


async def test_what_missed_the_service_worker_leads_to_the_page_that_asks_again(web: World) -> None:
    answer = await web.client().post("/share", files={"files": ("a.jpg", b"x" * 100_000)})
    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/share", b"")
    assert (await web.client().get("/share")).headers["content-type"].startswith("text/html")


# --- W03

FOREIGN: dict[str, dict[str, str]] = {
    "cross-site fetch": {"Sec-Fetch-Site": "cross-site"},
    "unknown fetch": {"Sec-Fetch-Site": "something-new"},
    "another origin": {"Origin": "https://evil.test"},
    "an origin like ours": {"Origin": "http://gallery.test.evil.test"},
    "ours in the user part": {"Origin": "http://gallery.test@evil.test"},
    "another port": {"Origin": "http://gallery.test:8080"},
    "null": {"Origin": "null"},
    "a file": {"Origin": "file://"},
    "empty": {"Origin": ""},
    "no origin": {"Origin": "gallery.test"},
    "same site says the origin, cross says fetch": {"Origin": "http://gallery.test", "Sec-Fetch-Site": "cross-site"},
    "the other way round": {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
}
OURS: dict[str, dict[str, str]] = {
    "no browser": {},
    "our page": {"Origin": "http://gallery.test", "Sec-Fetch-Site": "same-origin"},
    "typed address": {"Sec-Fetch-Site": "none"},
    "a friend": {"Origin": "https://friend.test"},
}


def browser(world: World, person: Person, headers: dict[str, str]) -> Any:
    http = world.client(headers=headers)
    http.cookies.set("gallery_refresh", person.refresh_token)
    return http


@pytest.mark.parametrize("name", FOREIGN)
async def test_other_sites_neither_refresh_nor_sign_out(world: World, name: str) -> None:
    anna = await world.person("anna")
    http = browser(world, anna, FOREIGN[name])
    for path in ("/api/auth/refresh", "/api/auth/logout"):
        answer = await http.post(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross-site"), path
        assert "set-cookie" not in answer.headers
    assert (await anna.http.get("/api/me")).status_code == 200
    assert world.rows("SELECT previous_hash, revoked_at FROM sessions") == [(None, None)]


@pytest.mark.parametrize("name", OURS)
async def test_our_own_pages_do(world: World, name: str) -> None:
    anna = await world.person("anna")
    http = browser(world, anna, OURS[name])
    assert (await http.post("/api/auth/refresh")).status_code == 200
    assert (await http.post("/api/auth/logout")).status_code == 204


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
async def test_a_form_of_another_site_changes_nothing(world: World, content_type: str) -> None:
    """What a browser sends without asking first: forms, and JSON in a text/plain disguise."""
    anna = await world.person("anna")
    http = browser(
        world, anna, {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site", "Content-Type": content_type}
    )
    body = b'{"name": "owned", "login": "anna", "password": "' + PASSWORD.encode() + b'"}'
    for method, path in (
        ("POST", "/api/auth/refresh"), ("POST", "/api/auth/logout"), ("POST", "/api/spaces"), ("POST", "/api/me/password"),
        ("POST", "/api/auth/password"), ("POST", "/api/assets/trash"), ("POST", "/api/invitations/accept"),
        ("POST", f"/api/assets?space_id={anna.personal_space}"),
    ):  # fmt: skip
        answer = await http.request(method, path, content=body)
        assert answer.status_code in {401, 403, 422}, path
        assert "access_token" not in answer.text
    assert world.rows("SELECT count(*) FROM spaces") == [(1,)]
    assert (await anna.http.get("/api/me")).status_code == 200


async def test_a_cookie_alone_opens_nothing(world: World) -> None:
    """Everything but refresh and sign-out wants the access token, which no other site can make a browser send."""
    anna = await world.person("anna")
    http = browser(world, anna, {})
    for method, path in (
        ("GET", "/api/me"),
        ("POST", "/api/spaces"),
        ("DELETE", f"/api/auth/sessions/{anna.session_id}"),
    ):
        assert (await http.request(method, path, json={"name": "x"})).status_code == 401


async def test_looking_changes_nothing(world: World) -> None:
    """No GET has an effect on what people keep."""
    anna = await world.person("anna", operator=True)
    asset = await world.asset(anna.personal_space, by=anna)
    tables = (
        "users",
        "spaces",
        "memberships",
        "assets",
        "blobs",
        "favourites",
        "sessions",
        "invitations",
        "tombstones",
        "uploads",
    )

    def state() -> list[Any]:
        return [world.rows(f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables]

    before = state()
    for path in (
        "/api/me", "/api/spaces", f"/api/spaces/{anna.personal_space}", f"/api/spaces/{anna.personal_space}/members",
        f"/api/spaces/{anna.personal_space}/invitations", f"/api/assets/{asset}", "/api/auth/sessions", "/api/operator/status",
        f"/api/timeline?space_id={anna.personal_space}", "/api/operator/dead-letters", "/health", "/metrics", "/api/openapi.json",
        f"/api/timeline/window?space_id={anna.personal_space}&day=2024-05-01", f"/api/assets/trash?ids={asset}",
    ):  # fmt: skip
        await anna.http.get(path)
    assert state() == before


# --- W04

STRANGERS = ["https://evil.test", "null", "https://friend.test.evil.test", "https://evilfriend.test", "http://friend.test",
             "https://friend.test:8443", "https://web.max.ru.evil", "https://evilmax.ru", "https://FRIEND.test", "", "*"]  # fmt: skip


@pytest.mark.parametrize("origin", STRANGERS)
async def test_strangers_pages_get_no_answer(world: World, origin: str) -> None:
    anna = await world.person("anna")
    plain = await anna.http.get("/api/me", headers={"Origin": origin})
    assert "access-control-allow-origin" not in plain.headers
    asked = await world.client().options(
        "/api/me",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert "access-control-allow-origin" not in asked.headers
    assert asked.status_code >= 400


async def test_friends_pages_do(world: World) -> None:
    anna = await world.person("anna")
    origin = {"Origin": "https://friend.test"}
    answer = await anna.http.get("/api/me", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://friend.test"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]
    for method, status in (("PATCH", 200), ("DELETE", 200), ("TRACE", 400)):
        asked = await world.client().options("/api/me", headers={**origin, "Access-Control-Request-Method": method})
        assert asked.status_code == status


async def test_without_friends_nobody_is_one(new_world: Callable[..., World]) -> None:
    world = new_world(cors_origins=[])
    anna = await world.person("anna")
    for origin in ("https://friend.test", "http://gallery.test"):
        answer = await anna.http.get("/api/me", headers={"Origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control")]


# --- ETag


async def test_what_has_not_changed_is_not_sent_again(world: World) -> None:
    anna = await world.person("anna")
    await world.asset(anna.personal_space, by=anna)
    for path in ("/api/timeline", "/api/timeline/window"):
        address = f"{path}?space_id={anna.personal_space}&day=2024-05-01"
        first = await anna.http.get(address)
        tag = first.headers["etag"]
        for given in (tag, f'"x", {tag}', f'{tag},W/"y"'):
            again = await anna.http.get(address, headers={"If-None-Match": given})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert "content-type" not in again.headers
        for given in ("", '"x"', tag[:-1]):
            assert (await anna.http.get(address, headers={"If-None-Match": given})).status_code == 200
        await world.asset(anna.personal_space, by=anna)
        changed = await anna.http.get(address, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag


async def test_a_tag_is_no_identity(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    address = f"/api/timeline?space_id={anna.personal_space}"
    tag = (await anna.http.get(address)).headers["etag"]
    assert (await boris.http.get(address, headers={"If-None-Match": tag})).status_code == 404
    assert (await world.client().get(address, headers={"If-None-Match": tag})).status_code == 401
