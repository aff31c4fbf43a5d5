"""Signing in from MAX over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.accounts.launches import OFFICIAL_TOKEN, VECTOR_A, VECTOR_B, encoded, launch, signature
from tests.factories import NOW, World

ANNA = {"id": 67890, "first_name": "Анна", "language_code": "ru"}


async def test_official_vectors_sign_in(new_world: Callable[..., World]) -> None:
    world = new_world(bot_token=OFFICIAL_TOKEN)
    world.clock.now = datetime.fromtimestamp(1771409719 + 5, UTC)
    http = world.client()
    first = await http.post("/api/auth/max", json={"init_data": VECTOR_A})
    assert first.status_code == 200
    assert first.json()["user"]["name"] == "Max User"
    assert first.json()["user"]["login"] is None
    assert first.json()["user"]["is_operator"] is False
    assert world.rows("SELECT subject FROM identities") == [("67890",)]
    world.clock.now = datetime.fromtimestamp(1790000000, UTC)
    second = await http.post("/api/auth/max", json={"init_data": VECTOR_B})
    assert second.json()["user"]["id"] == first.json()["user"]["id"], "the same MAX user is the same person"
    token = second.json()["access_token"]
    me = await http.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json() == second.json()["user"]


async def test_expired_launch_is_refused_and_leaves_nothing(world: World) -> None:
    world.clock.advance(minutes=15, seconds=1)
    refused = await world.client().post("/api/auth/max", json={"init_data": launch(ANNA, NOW)})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid-init-data")
    assert world.rows("SELECT count(*) FROM users") == [(0,)]
    assert "set-cookie" not in refused.headers


async def test_the_same_launch_again_is_the_same_device(world: World) -> None:
    init_data, http = launch(ANNA, NOW), world.client()
    answers = [await http.post("/api/auth/max", json={"init_data": init_data}) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["user"]["id"] for answer in answers}) == 1
    assert world.rows("SELECT count(*) FROM sessions") == [(1,)]
    reordered = "&".join(reversed(init_data.split("&")))
    assert (await http.post("/api/auth/max", json={"init_data": reordered})).status_code == 200
    assert world.rows("SELECT count(*) FROM sessions") == [(1,)], "another spelling is the same launch"


async def test_a_launch_leads_nowhere_after_sign_out(world: World) -> None:
    init_data, http = launch(ANNA, NOW), world.client()
    signed_in = await http.post("/api/auth/max", json={"init_data": init_data})
    assert signed_in.status_code == 200
    assert (await http.post("/api/auth/logout")).status_code == 204
    again = await http.post("/api/auth/max", json={"init_data": init_data})
    assert (again.status_code, again.json()["code"]) == (401, "session-revoked")
    assert (await http.post("/api/auth/max", json={"init_data": launch(ANNA, NOW)})).status_code == 200


async def test_a_launch_used_after_its_session_was_rotated_ends_nothing(world: World) -> None:
    """The page reloads inside MAX with the same launch string: the person stays signed in."""
    init_data, http = launch(ANNA, NOW), world.client()
    first = (await http.post("/api/auth/max", json={"init_data": init_data, "refresh_in_body": True})).json()
    world.clock.advance(minutes=5)
    second = (await http.post("/api/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    third = await http.post("/api/auth/max", json={"init_data": init_data, "refresh_in_body": True})
    assert third.status_code == 200
    assert world.rows("SELECT count(*) FROM sessions") == [(1,)]
    fourth = await http.post("/api/auth/refresh", json={"refresh_token": third.json()["refresh_token"]})
    assert fourth.status_code == 200
    assert second["user"] == fourth.json()["user"]


async def test_a_disabled_person_does_not_come_in_through_max(world: World) -> None:
    http = world.client()
    assert (await http.post("/api/auth/max", json={"init_data": launch(ANNA, NOW)})).status_code == 200
    world.execute("UPDATE users SET disabled_at = now()")
    refused = await http.post("/api/auth/max", json={"init_data": launch(ANNA, NOW)})
    assert refused.status_code == 401
    assert world.rows("SELECT count(*) FROM users") == [(1,)]


async def test_identity_comes_from_the_signed_object_alone(world: World) -> None:
    victim = await world.person("victim")
    http, init_data = world.client(), launch(ANNA, NOW)
    for body in (
        {"init_data": init_data, "user_id": str(victim.id)},
        {"init_data": init_data, "initDataUnsafe": {"user": {"id": 1}}},
        {"init_data": init_data, "user": {"id": 1}},
        {"initData": init_data},
        {"init_data": None},
        {"init_data": {"user": {"id": 67890}}},
        {"init_data": [init_data]},
    ):
        answer = await http.post("/api/auth/max", json=body)
        assert answer.status_code == 422, body
    headers = {"X-User-Id": str(victim.id), "X-Init-Data": init_data, "Authorization": f"tma {init_data}"}
    answer = await http.post(f"/api/auth/max?user_id={victim.id}", json={"init_data": init_data}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] != str(victim.id)
    assert (await http.get("/api/me", headers=headers)).status_code == 401
    assert (await http.get(f"/api/me?init_data={init_data}")).status_code == 401


@pytest.mark.parametrize("token", [None, "TEST:another-bot"])
async def test_without_this_bots_token_nobody_comes_in(new_world: Callable[..., World], token: str | None) -> None:
    world = new_world(bot_token=token)
    for signed_with in ("", "None", "null", "TEST:some-bot"):
        answer = await world.client().post("/api/auth/max", json={"init_data": launch(ANNA, NOW, token=signed_with)})
        assert answer.status_code == 401
    assert world.rows("SELECT count(*) FROM users") == [(0,)]


async def test_forged_strings_over_http_are_401_and_never_a_crash(world: World) -> None:
    pairs = [("auth_date", "1e30"), ("user", '{"id":1}')]
    forgeries = [
        "",
        "hash",
        "hash=" + "0" * 64,
        launch(ANNA, NOW)[:-1] + "z",
        launch({"id": -1}, NOW),
        launch('{"id":' + "[" * 2000, NOW),
        launch(ANNA, NOW, start_param="x\nuser={}\nv="),
        encoded([*pairs, ("hash", signature(pairs))]),
        "\x00",
        "é" * 100,
    ]
    for forged in forgeries:
        world.execute("DELETE FROM attempts")
        answer = await world.client().post("/api/auth/max", json={"init_data": forged})
        assert answer.status_code == 401, forged
        assert answer.headers["content-type"] == "application/problem+json"
    too_long = await world.client().post("/api/auth/max", json={"init_data": "x" * (1 << 20)})
    assert too_long.status_code in {413, 422}
    assert (await world.client().post("/api/auth/max", json={"init_data": "x" * 9000})).status_code == 422
    assert world.rows("SELECT count(*) FROM users") == [(0,)]
