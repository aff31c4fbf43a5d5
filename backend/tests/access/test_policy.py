"""The table of who may call what covers the application, and nothing else gets past the door (Z01, Z08)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from gallery.access.policy import POLICY, Audience
from gallery.assembly import Gallery
from gallery.infra.ids import uuid7
from gallery.main import create_api
from tests.access.operations import Operation, declared_routes, sample
from tests.factories import World

MEDIA = {(method, "/media/{blob_id}/{name}") for method in ("GET", "HEAD")}


def filled(path: str) -> str:
    """A path template with made-up ids."""
    return "/".join(str(uuid4()) if part.startswith("{") else part for part in path.split("/"))


# --- Z01


def test_every_route_is_in_the_policy_and_nothing_else(gallery: Gallery) -> None:
    assert declared_routes(create_api(gallery)) | MEDIA == set(POLICY)


def test_the_comparison_sees_an_undeclared_route(gallery: Gallery) -> None:
    api = create_api(gallery)
    api.get("/api/rogue")(lambda: "secret")
    assert declared_routes(api) - set(POLICY) == {("GET", "/api/rogue")}


async def test_an_undeclared_route_is_not_there(world: World) -> None:
    """Deny by default: whoever forgets the policy has built a wall, not a hole."""
    from gallery.infra.http import Envelope

    anna = await world.person("anna", operator=True)
    api = create_api(world.gallery)
    reached: list[str] = []
    api.get("/api/rogue")(lambda: reached.append("get"))
    api.delete("/api/spaces/{space_id}/everything")(lambda: reached.append("delete"))
    rogue = World(world.gallery, Envelope(api), world.clock)
    http = rogue.client(token=anna.access_token)
    assert (await http.get("/api/rogue")).status_code == 404
    assert (await http.delete(f"/api/spaces/{anna.personal_space}/everything")).status_code == 404
    assert reached == []
    assert (await http.get("/api/me")).status_code == 200
    await rogue.aclose()


def test_the_media_door_answers_no_other_method() -> None:
    assert {method for method, path in POLICY if path.startswith("/media/")} == {"GET", "HEAD"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_media_takes_no_other_method(world: World, method: str) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    address = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]["original"]
    assert (await world.client().get(address)).status_code == 200
    assert (await world.client().request(method, address)).status_code == 405


# --- Nobody in particular


async def test_without_a_token_every_other_door_is_shut(world: World, api_operations: list[Operation]) -> None:
    http = world.client()
    bodies = {(one.method, one.path): one.body for one in api_operations if one.body is not None}
    shut = [key for key, rule in POLICY.items() if rule.audience is not Audience.PUBLIC]
    assert len(shut) >= 35
    for method, path in shut:
        schema = bodies.get((method, path))
        body: dict[str, Any] = {} if schema is None else {"json": sample(schema, {"ids": [str(uuid4())]})}
        answer = await http.request(method, filled(path), **body)
        assert answer.status_code == 401, f"{method} {path}"
        if method != "HEAD":
            assert answer.json()["code"] == "unauthorized"


PUBLIC_ON_PURPOSE = {
    "GET /health", "GET /metrics", "GET /api/openapi.json", "GET /api/docs",
    "POST /api/auth/setup", "POST /api/auth/password", "POST /api/auth/max", "POST /api/auth/register",
    "POST /api/auth/refresh", "POST /api/auth/logout", "POST /api/invitations/preview",
    "OPTIONS /api/uploads", "GET /media/{blob_id}/{name}", "HEAD /media/{blob_id}/{name}",
}  # fmt: skip


def test_what_is_public_is_so_on_purpose() -> None:
    """Whoever opens another door has to say so here, too."""
    assert {" ".join(key) for key, rule in POLICY.items() if rule.audience is Audience.PUBLIC} == PUBLIC_ON_PURPOSE


# --- Z08


VARIANTS: dict[str, Callable[[str], str]] = {
    "a slash at the end": lambda path: f"{path}/",
    "two slashes": lambda path: path.replace("/api/", "/api//", 1),
    "two slashes at the start": lambda path: f"/{path}",
    "a parameter": lambda path: f"{path};x=1",
    "a suffix": lambda path: f"{path}/x.css",
    "an extension": lambda path: f"{path}.json",
    "capitals": lambda path: path.upper(),
    "a dot": lambda path: path.replace("/api/", "/api/./", 1),
    "up and down": lambda path: path.replace("/api/", "/api/x/../", 1),
    "a NUL": lambda path: f"{path}%00",
    "a space": lambda path: f"{path}%20",
    "a back slash": lambda path: path.replace("/api/", "/api%5c", 1),
    "escaped twice": lambda path: path.replace("/api/", "/api%252f", 1),
    "full-width": lambda path: path.replace("api", "\uff41pi", 1),
}


@pytest.mark.parametrize("variant", VARIANTS)
async def test_a_path_has_one_spelling(world: World, variant: str) -> None:
    anna = await world.person("anna", operator=True)
    asset = await world.asset(anna.personal_space, by=anna)
    for path in (
        "/api/me",
        "/api/spaces",
        f"/api/spaces/{anna.personal_space}",
        f"/api/assets/{asset}",
        "/api/operator/status",
    ):
        assert (await anna.http.get(path)).status_code == 200
        bent = unquote(VARIANTS[variant](path))
        with_token, without = await world.raw("GET", bent, token=anna.access_token), await world.raw("GET", bent)
        assert with_token.status in {404, 405, 422}, bent
        assert without.status in {401, 404, 405}, bent


async def test_an_escaped_slash_is_no_way_around(world: World) -> None:
    """Servers decode it before routing: then the rule of the route that is meant holds."""
    for path in ("/api%2fme", "/api%2Fspaces", "/%61pi/me", "/api/%6de"):
        assert (await world.client().get(path)).status_code in {401, 404}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "CONNECT", "PROPFIND", "get", "G E T"])
async def test_no_other_verb_is_let_in(world: World, method: str) -> None:
    anna = await world.person("anna", operator=True)
    declared = {path for verb, path in POLICY if verb == method}
    for path in {path for _, path in POLICY if path.startswith("/api")} - declared:
        answer = await world.raw(method, filled(path), token=anna.access_token)
        # Starlette's own route of the document answers HEAD as it answers GET.
        assert answer.status in {404, 405} or (method, path) == ("HEAD", "/api/openapi.json"), f"{method} {path}"


async def test_a_header_does_not_change_the_verb(world: World) -> None:
    anna = await world.person("anna")
    space = await world.space(owner=anna)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for carrier in ("GET", "POST"):
            await anna.http.request(carrier, f"/api/spaces/{space}", headers={header: "DELETE"})
    await anna.http.get(f"/api/spaces/{space}?_method=DELETE")
    assert (await anna.http.get(f"/api/spaces/{space}")).status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Accel-Redirect", "X-Forwarded-Prefix"]
)
async def test_a_header_does_not_change_the_path(world: World, header: str) -> None:
    anna = await world.person("anna")
    plain = await anna.http.get("/api/me")
    for target in ("/api/operator/status", "/health", "/api/auth/logout"):
        assert (await anna.http.get("/api/me", headers={header: target})).json() == plain.json()
        assert (await world.client().get("/api/me", headers={header: target})).status_code == 401


@pytest.mark.parametrize(
    "header", ["X-User-Id", "X-Remote-User", "X-Forwarded-User", "X-Auth-Request-User", "X-Accel-User", "X-Operator"]
)
async def test_a_header_is_no_identity(world: World, header: str) -> None:
    anna, boris = await world.person("anna", operator=True), await world.person("boris")
    assert (await world.client().get("/api/me", headers={header: str(anna.id)})).status_code == 401
    assert (await boris.http.get("/api/me", headers={header: str(anna.id)})).json()["id"] == str(boris.id)
    assert (await boris.http.get("/api/operator/status", headers={header: str(anna.id)})).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_metrics_are_for_this_machine_without_a_proxy(world: World, header: str) -> None:
    assert (await world.client().get("/metrics")).status_code == 200
    for claimed in ("127.0.0.1", "203.0.113.9"):
        assert (await world.client().get("/metrics", headers={header: claimed})).status_code == 404


async def test_similar_ids_are_different_ids(world: World) -> None:
    """Z14: no prefix, no other spelling, no neighbour."""
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    text, neighbour = str(asset), str(uuid7())
    for bent in (text[:-1], text + "0", text[:-1] + "%", neighbour, text.replace("-", "") + "0", "0" * 32, "1", "null"):
        assert (await anna.http.get(f"/api/assets/{bent}")).status_code in {404, 422}
