"""Refresh tokens, races, and everything that ends a session (A21-A25)."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from gallery.access.actors import Operator
from gallery.accounts.service import issue_setup_link
from tests.factories import PASSWORD, Person, World


async def refresh(world: World, token: str, http: httpx.AsyncClient | None = None) -> httpx.Response:
    return await (http or world.client()).post("/api/auth/refresh", json={"refresh_token": token})


async def refreshed(world: World, token: str) -> dict[str, Any]:
    answer = await refresh(world, token)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def is_in(person: Person) -> bool:
    """Whether the person's access token still opens the door."""
    answer = await person.http.get("/api/me")
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


async def setup_token(world: World) -> str:
    async with world.gallery.database.transaction() as session:
        return await issue_setup_link(session, Operator(), now=world.clock())


# --- Rotation


async def test_a_chain_of_refreshes(world: World) -> None:
    anna = await world.person("anna")
    tokens = [anna.refresh_token]
    for _ in range(5):
        world.clock.advance(minutes=9)
        body = await refreshed(world, tokens[-1])
        tokens.append(body["refresh_token"])
        me = await world.client(token=body["access_token"]).get("/api/me")
        assert me.json() == body["user"]
    assert len(set(tokens)) == 6


async def test_reuse_after_the_grace_ends_the_whole_family(world: World) -> None:
    anna = await world.person("anna")
    second = (await refreshed(world, anna.refresh_token))["refresh_token"]
    world.clock.advance(seconds=11)
    stolen = await refresh(world, anna.refresh_token)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session-revoked")
    assert "set-cookie" not in stolen.headers
    honest = await refresh(world, second)
    assert honest.status_code == 401, "nobody knows who of the two is the thief"
    assert not await is_in(anna)
    assert world.rows("SELECT revoked_because FROM sessions") == [("reuse",)]


async def test_reuse_of_an_older_token_ends_the_family_at_once(world: World) -> None:
    """The grace is for the last rotation alone."""
    anna = await world.person("anna")
    second = (await refreshed(world, anna.refresh_token))["refresh_token"]
    await refreshed(world, second)
    assert (await refresh(world, anna.refresh_token)).status_code == 401
    assert not await is_in(anna)


async def test_reuse_ends_no_other_device(world: World) -> None:
    anna = await world.person("anna")
    other = (await world.client().post("/api/auth/password", json={"login": "anna", "password": PASSWORD})).json()
    await refreshed(world, anna.refresh_token)
    world.clock.advance(seconds=11)
    assert (await refresh(world, anna.refresh_token)).status_code == 401
    assert (await world.client(token=other["access_token"]).get("/api/me")).status_code == 200


async def test_an_answer_that_got_lost_is_given_again(world: World) -> None:
    """The client never saw the first answer: within the grace it gets the very same successor, not a closed door."""
    anna = await world.person("anna")
    lost = await refreshed(world, anna.refresh_token)
    world.clock.advance(seconds=10)
    again = await refreshed(world, anna.refresh_token)
    assert again["refresh_token"] == lost["refresh_token"]
    world.clock.advance(minutes=5)
    await refreshed(world, again["refresh_token"])


async def test_fifty_tabs_refresh_at_once(world: World) -> None:
    """All of them get the same successor, and one leaf lives."""
    anna = await world.person("anna")
    token = anna.refresh_token
    for _ in range(4):
        world.clock.advance(minutes=1)
        answers = await asyncio.gather(*(refresh(world, token) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        successors = {answer.json()["refresh_token"] for answer in answers}
        assert len(successors) == 1
        token = successors.pop()
    assert world.rows("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == [(1,)]
    world.clock.advance(minutes=1)
    await refreshed(world, token)


async def test_a_race_against_sign_out_ends_signed_out(world: World) -> None:
    anna = await world.person("anna")
    answers = await asyncio.gather(
        *(refresh(world, anna.refresh_token) for _ in range(10)),
        world.client().post("/api/auth/logout", json={"refresh_token": anna.refresh_token}),
        *(refresh(world, anna.refresh_token) for _ in range(10)),
    )
    assert {answer.status_code for answer in answers} <= {200, 204, 401}
    assert not await is_in(anna)
    assert (await refresh(world, anna.refresh_token)).status_code == 401


@pytest.mark.parametrize(("days", "alive"), [(29, True), (31, False)])
async def test_an_idle_session_ends_after_thirty_days(world: World, days: int, alive: bool) -> None:
    anna = await world.person("anna")
    world.clock.advance(days=days)
    assert (await refresh(world, anna.refresh_token)).is_success is alive


async def test_no_session_outlives_180_days(world: World) -> None:
    anna = await world.person("anna")
    token = anna.refresh_token
    for _ in range(8):
        world.clock.advance(days=22)
        token = (await refreshed(world, token))["refresh_token"]
    world.clock.advance(days=5)
    assert (await refresh(world, token)).status_code == 401


# --- Cookies


async def test_the_cookie_refreshes_and_the_body_stays_silent(world: World) -> None:
    anna = await world.person("anna")
    http = world.client()
    http.cookies.set("gallery_refresh", anna.refresh_token)
    answer = await http.post("/api/auth/refresh")
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"gallery_refresh=[\w.-]+; Path=/api/auth; Max-Age=\d+; HttpOnly; SameSite=Lax", cookie), cookie


@pytest.mark.parametrize("body", [{}, {"refresh_token": None}, {"refresh_token": ""}])
async def test_a_cookies_token_never_leaves_in_the_body(world: World, body: dict[str, Any]) -> None:
    """A script in the page cannot turn its HttpOnly cookie into something that it can read and send away."""
    anna = await world.person("anna")
    http = world.client()
    http.cookies.set("gallery_refresh", anna.refresh_token)
    answer = await http.post("/api/auth/refresh", json=body)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] is None
    assert anna.refresh_token.split(".")[1] not in answer.text


async def test_sign_in_says_the_refresh_token_only_when_asked(world: World) -> None:
    await world.person("anna")
    body = {"login": "anna", "password": PASSWORD}
    silent = await world.client().post("/api/auth/password", json=body)
    assert silent.json()["refresh_token"] is None
    told = await world.client().post("/api/auth/password", json={**body, "refresh_in_body": True})
    await refreshed(world, told.json()["refresh_token"])


async def test_over_https_cookies_are_secure(new_world: Any) -> None:
    world: World = new_world(public_url="https://gallery.test")
    await world.person("anna")
    body = {"login": "anna", "password": PASSWORD}
    https = world.client(base_url="https://gallery.test")
    website = await https.post("/api/auth/password", json=body)
    assert re.fullmatch(
        r"__Secure-gallery_refresh=[\w.-]+; Path=/api/auth; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax",
        website.headers["set-cookie"],
    )
    mini_app = await https.post("/api/auth/password", json={**body, "refresh_in_body": True})
    assert mini_app.headers["set-cookie"].endswith("; HttpOnly; Secure; SameSite=None; Partitioned")
    assert (await https.post("/api/auth/refresh")).status_code == 200, "the secure cookie works"
    planted = world.client(base_url="https://gallery.test")
    planted.cookies.set("gallery_refresh", told_token(mini_app))
    assert (await planted.post("/api/auth/refresh")).status_code == 401, "one without the prefix could be planted"


def told_token(answer: httpx.Response) -> str:
    return str(answer.json()["refresh_token"])


# --- What ends a session (A23)


async def test_sign_out_takes_effect_on_the_next_request(world: World) -> None:
    anna = await world.person("anna")
    http = world.client()
    http.cookies.set("gallery_refresh", anna.refresh_token)
    assert await is_in(anna)
    out = await http.post("/api/auth/logout")
    assert out.status_code == 204
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert out.headers["clear-site-data"] == '"cache"'
    assert not await is_in(anna)
    assert (await refresh(world, anna.refresh_token)).status_code == 401


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c"])
async def test_sign_out_says_nothing_about_tokens(world: World, token: str | None) -> None:
    body = None if token is None else {"refresh_token": token}
    out = await world.client().post("/api/auth/logout", json=body)
    assert (out.status_code, out.content) == (204, b"")


async def test_a_device_can_be_signed_out_from_another(world: World) -> None:
    anna = await world.person("anna")
    tablet = (
        await world.client(headers={"User-Agent": "Tablet"}).post(
            "/api/auth/password", json={"login": "anna", "password": PASSWORD}
        )
    ).json()
    listed = (await anna.http.get("/api/auth/sessions")).json()["items"]
    assert {(item["user_agent"], item["current"]) for item in listed} == {("tests", True), ("Tablet", False)}
    tablet_id = next(item["id"] for item in listed if not item["current"])
    assert (await anna.http.delete(f"/api/auth/sessions/{tablet_id}")).status_code == 204
    assert (await world.client(token=tablet["access_token"]).get("/api/me")).status_code == 401
    assert await is_in(anna)
    assert (await anna.http.delete(f"/api/auth/sessions/{tablet_id}")).status_code == 404


async def test_disabling_an_account_shuts_every_door(world: World) -> None:
    anna = await world.person("anna")
    asset = await world.asset(anna.personal_space, by=anna)
    world.execute("UPDATE users SET disabled_at = now() WHERE id = %s", anna.id)
    for method, path in (
        ("GET", "/api/me"),
        ("GET", f"/api/assets/{asset}"),
        ("GET", "/api/spaces"),
        ("GET", f"/api/timeline?space_id={anna.personal_space}"),
        ("GET", "/api/events"),
    ):
        assert (await anna.http.request(method, path)).status_code == 401, path
    assert (await refresh(world, anna.refresh_token)).status_code == 401
    body = {"login": "anna", "password": PASSWORD}
    assert (await world.client().post("/api/auth/password", json=body)).status_code == 401


async def test_deleting_an_account_ends_its_sessions(world: World) -> None:
    anna = await world.person("anna")
    world.execute("DELETE FROM spaces")
    world.execute("DELETE FROM users")
    assert not await is_in(anna)
    assert (await refresh(world, anna.refresh_token)).status_code == 401


async def test_a_new_password_signs_other_devices_out(world: World) -> None:
    anna = await world.person("anna")
    other = (await world.client().post("/api/auth/password", json={"login": "anna", "password": PASSWORD})).json()
    changed = await anna.http.post(
        "/api/me/password", json={"current_password": PASSWORD, "new_password": "another good password"}
    )
    assert changed.status_code == 204
    assert await is_in(anna)
    assert (await world.client(token=other["access_token"]).get("/api/me")).status_code == 401
    world.execute("DELETE FROM attempts")
    for password, status in ((PASSWORD, 401), ("another good password", 200)):
        answer = await world.client().post("/api/auth/password", json={"login": "anna", "password": password})
        assert answer.status_code == status


async def test_the_current_password_is_asked_for(world: World) -> None:
    anna = await world.person("anna")
    for current in ("wrong password", "", " " + PASSWORD, PASSWORD.upper()):
        body = {"current_password": current, "new_password": "another good password"}
        assert (await anna.http.post("/api/me/password", json=body)).status_code in {403, 422}
    assert (await refresh(world, anna.refresh_token)).status_code == 200


async def test_an_upload_in_progress_stops_with_the_session(world: World) -> None:
    anna = await world.person("anna")
    tus = {"Tus-Resumable": "1.0.0"}
    created = await anna.http.post(
        f"/api/uploads?space_id={anna.personal_space}", headers={**tus, "Upload-Length": "10"}
    )
    assert created.status_code == 201
    await world.client().post("/api/auth/logout", json={"refresh_token": anna.refresh_token})
    patch = await anna.http.patch(
        created.headers["location"],
        content=b"12345",
        headers={**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )
    assert patch.status_code == 401
    assert (world.gallery.storage.root / "spool").is_dir()
    assert all(path.stat().st_size == 0 for path in world.gallery.storage.spooled())


# --- The first account (A25)


async def test_twenty_people_race_for_the_setup_link(world: World) -> None:
    token = await setup_token(world)

    async def grab(number: int) -> httpx.Response:
        body = {"token": token, "login": f"keeper{number}", "password": PASSWORD, "name": "Keeper"}
        return await world.client().post("/api/auth/setup", json=body)

    answers = await asyncio.gather(*(grab(number) for number in range(20)))
    assert [answer.status_code for answer in answers].count(200) == 1
    assert {answer.status_code for answer in answers} <= {200, 404, 429}
    assert world.rows("SELECT count(*), count(*) FILTER (WHERE is_operator) FROM users") == [(1, 1)]
    world.execute("DELETE FROM attempts")
    assert (await grab(99)).status_code == 404


async def test_the_setup_link_survives_a_mistake_and_is_used_up_by_success(world: World) -> None:
    await world.person("taken")
    token = await setup_token(world)
    base = {"token": token, "login": "keeper", "password": PASSWORD, "name": "Keeper"}
    mistakes = [({"login": "TAKEN"}, 409), ({"password": "short"}, 422), ({"login": "a b"}, 422), ({"name": ""}, 422)]
    for mistake, status in mistakes:
        answer = await world.client().post("/api/auth/setup", json={**base, **mistake})
        assert answer.status_code == status, mistake
    made = await world.client().post("/api/auth/setup", json=base)
    assert made.status_code == 200
    assert made.json()["user"]["is_operator"] is True
    again = await world.client().post("/api/auth/setup", json={**base, "login": "second"})
    assert (again.status_code, again.json()["code"]) == (404, "invalid-setup-link")


async def test_only_the_newest_setup_link_counts_and_not_for_ever(world: World) -> None:
    old, new = await setup_token(world), await setup_token(world)
    body = {"login": "keeper", "password": PASSWORD, "name": "Keeper"}
    assert (await world.client().post("/api/auth/setup", json={**body, "token": old})).status_code == 404
    world.clock.advance(days=7, seconds=1)
    assert (await world.client().post("/api/auth/setup", json={**body, "token": new})).status_code == 404


async def test_nobody_else_becomes_an_operator(world: World) -> None:
    """Neither the first to register, nor the first from MAX, nor who asks for it."""
    from tests.accounts.launches import launch

    host = await world.person("host")
    space = await world.space(owner=host)
    invitation = (await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "manager"})).json()["token"]
    register = {"invitation": invitation, "login": "first", "password": PASSWORD, "name": "First"}
    for extra in ("is_operator", "operator", "role", "is_admin"):
        answer = await world.client().post("/api/auth/register", json={**register, extra: True})
        assert answer.status_code == 422
    made = await world.client().post("/api/auth/register", json=register)
    assert made.json()["user"]["is_operator"] is False
    from_max = await world.client().post("/api/auth/max", json={"init_data": launch({"id": 1}, world.clock())})
    assert from_max.json()["user"]["is_operator"] is False
    assert world.rows("SELECT count(*) FROM users WHERE is_operator") == [(0,)]


# --- The database keeps nothing that opens a door (A24)


async def test_the_database_holds_no_usable_secret(world: World) -> None:
    import json
    from base64 import urlsafe_b64decode

    from tests.accounts.launches import launch

    anna = await world.person("anna")
    space = await world.space(owner=anna)
    setup = await setup_token(world)
    made = (await anna.http.post(f"/api/spaces/{space}/invitations", json={"role": "viewer"})).json()
    init_data = launch({"id": 5, "first_name": "Max"}, world.clock())
    from_max = (
        await world.client().post("/api/auth/max", json={"init_data": init_data, "refresh_in_body": True})
    ).json()
    told = (await refreshed(world, anna.refresh_token))["refresh_token"]
    jti = json.loads(urlsafe_b64decode(told.split(".")[1] + "=="))["jti"]
    keys = world.gallery.keys
    secrets = {
        "access token": anna.access_token.split(".")[2],
        "refresh token": told.split(".")[2],
        "refresh token's number": jti,
        "refresh token from MAX": from_max["refresh_token"].split(".")[2],
        "setup token": setup,
        "invitation": made["token"],
        "password": PASSWORD,
        "launch": init_data.rpartition("=")[2],
        "access key": keys.access.decode(),
        "refresh key": keys.refresh.decode(),
    }
    dump = "\n".join(
        str(row[0])
        for (table,) in world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for row in world.rows(f"SELECT t::text FROM {table} t")
    )
    assert str(anna.id) in dump, "the dump holds what it should"
    for name, secret in secrets.items():
        assert secret not in dump, name
        assert secret.encode().hex() not in dump, name
    for raw in (urlsafe_b64decode(setup + "=="), urlsafe_b64decode(made["token"] + "=="), bytes.fromhex(jti)):
        assert raw.hex() not in dump
