"""Logins and passwords: limits, twins, and what a stranger can learn (A26, A27)."""

import asyncio
import dataclasses
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gallery.accounts.limits import address_subject
from gallery.accounts.passwords import Passwords
from gallery.main import wire
from tests.factories import PASSWORD, World


async def sign_in(world: World, login: str, password: str, **headers: str) -> httpx.Response:
    return await world.client(headers=headers).post("/api/auth/password", json={"login": login, "password": password})


def forget_attempts(world: World) -> None:
    world.execute("DELETE FROM attempts")


class CountingPasswords(Passwords):
    """Counts how often the slow part runs."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0

    def _matches(self, password_hash: str, password: str) -> bool:
        self.runs += 1
        return super()._matches(password_hash, password)


# --- What a stranger learns


async def test_known_and_unknown_logins_look_the_same(new_world: Callable[..., World]) -> None:
    plain = new_world()
    passwords = CountingPasswords()
    gallery = dataclasses.replace(plain.gallery, passwords=passwords)
    world = World(gallery, wire(gallery), plain.clock)
    await world.person("anna")
    disabled = await world.person("disabled")
    world.execute("UPDATE users SET disabled_at = now() WHERE id = %s", disabled.id)
    seen = []
    for login, password in (
        ("anna", "wrong password"),
        ("nobody", "wrong password"),
        ("disabled", PASSWORD),
        ("a b", "wrong password"),
        ("x" * 90, "wrong password"),
    ):
        before = passwords.runs
        answer = await sign_in(world, login, password)
        body = answer.json()
        body.pop("request_id")
        headers = {
            name: value for name, value in answer.headers.items() if name not in {"x-request-id", "content-length"}
        }
        seen.append((answer.status_code, body, headers))
        assert passwords.runs == before + 1, f"{login}: the slow hash runs whatever is wrong"
    assert seen[0][0] == 401
    assert all(one == seen[0] for one in seen)
    await world.aclose()


async def test_the_hash_is_argon2id_and_costs_memory(world: World) -> None:
    made = await world.gallery.passwords.hash(PASSWORD)
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await world.gallery.passwords.hash(PASSWORD) != made, "salted"
    assert await world.gallery.passwords.verify(made, PASSWORD)
    assert not await world.gallery.passwords.verify(made, PASSWORD + " ")
    assert not await world.gallery.passwords.verify("no hash", PASSWORD)
    assert not await world.gallery.passwords.verify(None, "the password of nobody")


async def test_an_old_hash_is_renewed_at_sign_in(world: World) -> None:
    await world.person("anna")
    assert world.rows("SELECT password_hash LIKE '%%m=19456%%' FROM users") == [(False,)]
    assert (await sign_in(world, "anna", PASSWORD)).status_code == 200
    assert world.rows("SELECT password_hash LIKE '%%m=19456%%' FROM users") == [(True,)]
    assert (await sign_in(world, "anna", PASSWORD)).status_code == 200


# --- Limits


async def test_one_account_allows_five_guesses_a_quarter_of_an_hour(world: World) -> None:
    await world.person("anna")
    for _ in range(5):
        assert (await sign_in(world, "anna", "wrong password")).status_code == 401
    for password in ("wrong password", PASSWORD):
        limited = await sign_in(world, "ANNA", password)
        assert (limited.status_code, limited.json()["code"]) == (429, "too-many-requests")
        assert 0 < int(limited.headers["retry-after"]) <= 900
        assert limited.json()["retry_after"] == int(limited.headers["retry-after"])
    world.clock.advance(seconds=int(limited.headers["retry-after"]))
    assert (await sign_in(world, "anna", PASSWORD)).status_code == 200, "nobody is locked out for good"


async def test_signing_in_well_uses_nothing_up(world: World) -> None:
    await world.person("anna")
    for _ in range(12):
        assert (await sign_in(world, "anna", PASSWORD)).status_code == 200


async def test_one_address_allows_ten_failures_a_minute(world: World) -> None:
    await world.person("anna")
    for number in range(10):
        assert (await sign_in(world, f"nobody{number}", "wrong password")).status_code == 401
    assert (await sign_in(world, "anna", PASSWORD)).status_code == 429
    world.clock.advance(minutes=1)
    assert (await sign_in(world, "anna", PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "Via"]
)
async def test_a_claimed_address_does_not_help(world: World, header: str) -> None:
    """Z10: who guesses cannot pretend to be somebody else each time."""
    for number in range(10):
        claimed = f"for=203.0.113.{number}" if header == "Forwarded" else f"203.0.113.{number}"
        assert (await sign_in(world, f"nobody{number}", "wrong password", **{header: claimed})).status_code == 401
    assert (await sign_in(world, "nobody", "wrong password", **{header: "198.51.100.7"})).status_code == 429


async def test_every_guessable_door_counts(world: World) -> None:
    doors: list[tuple[str, dict[str, Any]]] = [
        ("/api/auth/setup", {"token": "x" * 43, "login": "keeper", "password": PASSWORD, "name": "K"}),
        ("/api/auth/max", {"init_data": "hash=" + "0" * 64}),
        ("/api/auth/password", {"login": "nobody", "password": "wrong password"}),
    ]
    for path, body in doors:
        forget_attempts(world)
        statuses = [(await world.client().post(path, json=body)).status_code for _ in range(11)]
        assert statuses[0] in {401, 404}, path
        assert statuses[-1] == 429, path
    anna = await world.person("anna")
    forget_attempts(world)
    change = {"current_password": "wrong password", "new_password": "another good password"}
    statuses = [(await anna.http.post("/api/me/password", json=change)).status_code for _ in range(11)]
    assert (statuses[0], statuses[-1]) == (403, 429)


async def test_parallel_guesses_do_not_slip_through(world: World) -> None:
    await world.person("anna")
    answers = await asyncio.gather(*(sign_in(world, "anna", f"wrong password {n}") for n in range(30)))
    assert {answer.status_code for answer in answers} <= {401, 429}
    assert sum(answer.status_code == 401 for answer in answers) <= 5


async def test_many_people_sign_in_at_once(world: World) -> None:
    """Hashing is slow on purpose; people wait for their turn and nobody is refused."""
    for number in range(12):
        await world.person(f"guest{number}")
    answers = await asyncio.gather(*(sign_in(world, f"guest{n % 12}", PASSWORD) for n in range(24)))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        (None, "no address", True),
    ],
)
def test_a_household_is_one_address(one: str | None, other: str, same: bool) -> None:
    assert (address_subject(one) == address_subject(other)) is same


# --- Logins


@pytest.mark.parametrize(
    ("login", "twin"),
    [
        ("anna", "ANNA"),
        ("anna", "\uff21\uff4e\uff4e\uff41"),  # full-width letters
        ("anna", " anna "),
        ("office", "o\ufb03ce"),  # a ligature
        ("strasse", "stra\u00dfe"),
        ("Анна", "анна"),
        ("zoe\u0308", "zo\u00eb"),  # the same letter in two spellings
        ("\u03c3\u03c3", "\u03a3\u03c2"),
    ],
)
async def test_logins_that_look_the_same_are_the_same(world: World, login: str, twin: str) -> None:
    host = await world.person("host")
    space = await world.space(owner=host)
    token = (await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "viewer"})).json()["token"]
    body = {"invitation": token, "password": PASSWORD, "name": "Somebody"}
    first = await world.client().post("/api/auth/register", json={**body, "login": login})
    assert first.status_code == 200
    second = await world.client().post("/api/auth/register", json={**body, "login": twin})
    assert (second.status_code, second.json()["code"]) == (409, "login-taken")
    assert (await sign_in(world, twin, PASSWORD)).json()["user"]["id"] == first.json()["user"]["id"]


@pytest.mark.parametrize(
    "login",
    ["", " ", "a", "a b", "a\u200bb", "an\u00adna", "a\u202eb", "a/b", "../x", "a'b", "<b>", "a\x00b", "a\nb", "x" * 65, "a\ud800", "a\u0301\u0301\u0301" * 40],
)  # fmt: skip
async def test_odd_logins_are_refused(world: World, login: str) -> None:
    host = await world.person("host")
    space = await world.space(owner=host)
    token = (await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "viewer"})).json()["token"]
    body = json.dumps({"invitation": token, "password": PASSWORD, "name": "Somebody", "login": login})
    answer = await world.client(headers={"Content-Type": "application/json"}).post("/api/auth/register", content=body)
    assert answer.status_code == 422
    assert any(error["field"] == "login" for error in answer.json()["errors"])


async def test_two_people_race_for_a_login(world: World) -> None:
    host = await world.person("host")
    space = await world.space(owner=host)
    token = (await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "viewer"})).json()["token"]
    body = {"invitation": token, "password": PASSWORD, "name": "Somebody", "login": "anna"}
    answers = await asyncio.gather(*(world.client().post("/api/auth/register", json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert world.rows("SELECT count(*) FROM users WHERE login_key = 'anna'") == [(1,)]


# --- Passwords


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("1234567", 422),
        ("12345678", 200),
        ("x" * 128, 200),
        ("x" * 1024, 200),
        ("x" * 1025, 422),
        ("я" * 512, 200),
        ("я" * 513, 422),
        ("pass\x00word", 200),
        (" " * 8, 200),
        ("x" * 2_000_000, 413),
    ],
)
async def test_length_of_passwords(world: World, password: str, status: int) -> None:
    host = await world.person("host")
    space = await world.space(owner=host)
    token = (await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "viewer"})).json()["token"]
    body = {"invitation": token, "password": password, "name": "Somebody", "login": "anna"}
    assert (await world.client().post("/api/auth/register", json=body)).status_code == status
    signed_in = await sign_in(world, "anna", password)
    assert signed_in.is_success is (status == 200)


async def test_passwords_are_never_cut(world: World) -> None:
    """bcrypt would cut at 72 bytes, C at the first NUL."""
    long, nul = "x" * 72 + "y", "pass\x00word"
    for password, twins in ((long, ("x" * 72, "x" * 72 + "z")), (nul, ("pass", "pass\x00", "pass\x00other"))):
        made = await world.gallery.passwords.hash(password)
        assert await world.gallery.passwords.verify(made, password)
        for twin in twins:
            assert not await world.gallery.passwords.verify(made, twin)


async def test_a_password_typed_on_another_keyboard_is_the_same(world: World) -> None:
    made = await world.gallery.passwords.hash("парол\u0439-123")
    assert await world.gallery.passwords.verify(made, "парол\u0438\u0306-123")


# --- Invitations


async def test_invitations_end(world: World) -> None:
    host, guest = await world.person("host"), await world.person("guest")
    space = await world.space(owner=host)
    base = f"/api/spaces/{space}/invitations"
    once = (await host.http.post(base, json={"role": "viewer", "max_uses": 1})).json()
    short = (await host.http.post(base, json={"role": "viewer", "expires_in_days": 1})).json()
    withdrawn = (await host.http.post(base, json={"role": "viewer"})).json()
    assert (await host.http.delete(f"{base}/{withdrawn['id']}")).status_code == 204
    world.clock.advance(days=1, seconds=1)
    host = await world.person("host2")
    world.execute("UPDATE memberships SET user_id = %s WHERE role = 'owner' AND space_id = %s", host.id, space)
    guest = await world.person("guest2")
    accept = "/api/invitations/accept"
    assert (await guest.http.post(accept, json={"token": once["token"]})).status_code == 200
    assert world.rows("SELECT uses FROM invitations WHERE max_uses = 1") == [(1,)]
    other = await world.person("other")
    for token in (once["token"], short["token"], withdrawn["token"], uuid4().hex):
        answer = await other.http.post(accept, json={"token": token})
        assert (answer.status_code, answer.json()["code"]) == (410, "invitation-gone")
        preview = await world.client().post("/api/invitations/preview", json={"token": token})
        assert preview.status_code == 410
        register = {"invitation": token, "login": "newcomer", "password": PASSWORD, "name": "New"}
        assert (await world.client().post("/api/auth/register", json=register)).status_code == 410
    assert world.rows("SELECT count(*) FROM users WHERE login = 'newcomer'") == [(0,)]


async def test_an_invitation_for_one_lets_one_in(world: World) -> None:
    host = await world.person("host")
    space = await world.space(owner=host)
    made = await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "contributor", "max_uses": 1})
    token = made.json()["token"]
    people = [await world.person() for _ in range(8)]
    answers = await asyncio.gather(*(one.http.post("/api/invitations/accept", json={"token": token}) for one in people))
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 7
    assert world.rows("SELECT count(*) FROM memberships WHERE space_id = %s", space) == [(2,)]


async def test_an_invitation_never_changes_a_members_role(world: World) -> None:
    host, viewer = await world.person("host"), await world.person("viewer")
    space = await world.space(owner=host, viewer=viewer)
    token = (await host.http.post(f"/api/spaces/{space}/invitations", json={"role": "manager"})).json()["token"]
    answer = await viewer.http.post("/api/invitations/accept", json={"token": token})
    assert (answer.status_code, answer.json()["role"]) == (200, "viewer")


async def test_links_are_built_from_the_configured_address_alone(world: World) -> None:
    host = await world.person("host")
    space = await world.space(owner=host)
    made = await host.http.post(
        f"/api/spaces/{space}/invitations",
        json={"role": "viewer"},
        headers={
            "Host": "evil.test",
            "X-Forwarded-Host": "evil.test",
            "X-Forwarded-Proto": "https",
            "Forwarded": "host=evil.test",
        },
    )
    assert made.json()["url"] == f"http://gallery.test/join#token={made.json()['token']}"
