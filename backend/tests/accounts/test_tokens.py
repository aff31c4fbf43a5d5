"""Forged, bent and borrowed tokens (A14-A19): every one of them meets the same closed door."""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import NOW, PASSWORD, Person, World

Bend = Callable[["Forge"], str]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Forge:
    """Makes tokens the way an attacker would, with whatever keys it is given."""

    def __init__(self, person: Person, keys: Any) -> None:
        self.person, self.access_key, self.refresh_key = person, keys.access, keys.refresh
        self.header: dict[str, Any] = {"alg": "HS256", "typ": "JWT"}
        self.claims: dict[str, Any] = {
            "sub": str(person.id),
            "sid": str(person.session_id),
            "iss": "max-photo-gallery",
            "aud": "access",
            "typ": "access",
            "iat": int(NOW.timestamp()),
            "exp": int((NOW + timedelta(minutes=10)).timestamp()),
        }

    def token(
        self,
        *,
        header: dict[str, Any] | bytes | None = None,
        claims: dict[str, Any] | bytes | None = None,
        key: bytes | None = None,
        digest: str = "sha256",
        without: str | None = None,
        **changed: Any,
    ) -> str:
        body = claims if isinstance(claims, bytes) else json.dumps({**(claims or self.claims), **changed}).encode()
        if without is not None:
            body = json.dumps({name: value for name, value in self.claims.items() if name != without}).encode()
        head = header if isinstance(header, bytes) else json.dumps(header or self.header).encode()
        signed = f"{b64(head)}.{b64(body)}"
        return f"{signed}.{b64(hmac.digest(self.access_key if key is None else key, signed.encode(), digest))}"

    def head(self, **more: Any) -> dict[str, Any]:
        return {**self.header, **more}


def _unsigned(forge: Forge, algorithm: str) -> str:
    return forge.token(header=forge.head(alg=algorithm)).rpartition(".")[0] + "."


FORGERIES: dict[str, Bend] = {
    **{f"alg {name} without a signature": lambda f, n=name: _unsigned(f, n) for name in ("none", "None", "NONE", "nOnE", "")},  # type: ignore[misc]  # a closure over the name
    "alg none with the old signature": lambda f: f.token(header=f.head(alg="none")),
    "no signature": lambda f: f.token().rpartition(".")[0] + ".",
    "two segments": lambda f: f.token().rpartition(".")[0],
    "one segment": lambda f: f.token().split(".")[0],
    "four segments": lambda f: f.token() + ".x",
    "empty header": lambda f: "." + f.token().split(".", 1)[1],
    "empty payload": lambda f: f"{f.token().split('.')[0]}..{f.token().split('.')[2]}",
    "only dots": lambda f: "..",
    "detached": lambda f: f"{f.token().split('.')[0]}..{f.token().rpartition('.')[2]}",
    "HS384 with the same key": lambda f: f.token(header=f.head(alg="HS384"), digest="sha384"),
    "HS512 with the same key": lambda f: f.token(header=f.head(alg="HS512"), digest="sha512"),
    "RS256 named, HMAC made": lambda f: f.token(header=f.head(alg="RS256")),
    "HS256 named, sha512 made": lambda f: f.token(digest="sha512"),
    "empty key": lambda f: f.token(key=b""),
    "guessed key": lambda f: f.token(key=b"secret"),
    "refresh key": lambda f: f.token(key=f.refresh_key),
    "key in hex": lambda f: f.token(key=f.access_key.hex().encode()),
    "kid is a path": lambda f: f.token(header=f.head(kid="../../../../dev/null"), key=b""),
    "kid is SQL": lambda f: f.token(header=f.head(kid="x' UNION SELECT 'k"), key=b"k"),
    "kid, well signed": lambda f: f.token(header=f.head(kid="1")),
    "jwk of the attacker's": lambda f: f.token(header=f.head(jwk={"kty": "oct", "k": b64(b"k" * 32)}), key=b"k" * 32),
    "crit": lambda f: f.token(header=f.head(crit=["exp"])),
    "b64 false": lambda f: f.token(header=f.head(b64=False)),
    "zip": lambda f: f.token(header=f.head(zip="DEF")),
    "typ at+jwt": lambda f: f.token(header=f.head(typ="at+jwt")),
    "header is a list": lambda f: f.token(header=b"[]"),
    "header is no JSON": lambda f: f.token(header=b"{"),
    "header twice alg": lambda f: f.token(header=b'{"alg":"none","alg":"HS256","typ":"JWT","x":1}'),
    "no exp": lambda f: f.token(without="exp"),
    "no iat": lambda f: f.token(without="iat"),
    "no sub": lambda f: f.token(without="sub"),
    "no sid": lambda f: f.token(without="sid"),
    "no iss": lambda f: f.token(without="iss"),
    "no aud": lambda f: f.token(without="aud"),
    "no typ": lambda f: f.token(without="typ"),
    "exp is text": lambda f: f.token(exp=str(f.claims["exp"])),
    "exp is a float": lambda f: f.token(exp=float(f.claims["exp"])),
    "exp is true": lambda f: f.token(exp=True),
    "exp is null": lambda f: f.token(exp=None),
    "exp is 1e400": lambda f: f.token(claims=json.dumps(f.claims).replace(str(f.claims["exp"]), "1e400").encode()),
    "exp is NaN": lambda f: f.token(exp=float("nan")),
    "exp long ago": lambda f: f.token(exp=int(NOW.timestamp()) - 3600),
    "exp beyond the leeway": lambda f: f.token(exp=int(NOW.timestamp()) - 30),
    "exp zero": lambda f: f.token(exp=0),
    "exp negative": lambda f: f.token(exp=-1),
    "nbf far ahead": lambda f: f.token(nbf=4_000_000_000),
    "nbf is text": lambda f: f.token(nbf="soon"),
    "iss of others": lambda f: f.token(iss="https://evil.test"),
    "iss list with ours": lambda f: f.token(iss=["max-photo-gallery"]),
    "aud of others": lambda f: f.token(aud="refresh"),
    "aud list with ours": lambda f: f.token(aud=["access", "refresh"]),
    "aud list of ours": lambda f: f.token(aud=["access"]),
    "typ of others": lambda f: f.token(typ="refresh"),
    "typ list": lambda f: f.token(typ=["access"]),
    "sub is a number": lambda f: f.token(sub=1),
    "sub is a list": lambda f: f.token(sub=[f.claims["sub"]]),
    "sub is no id": lambda f: f.token(sub="admin"),
    "sub of nobody": lambda f: f.token(sub=str(uuid4())),
    "sid of nobody": lambda f: f.token(sid=str(uuid4())),
    "sid is a list": lambda f: f.token(sid=[f.claims["sid"]]),
    "sid is no id": lambda f: f.token(sid="1"),
    "payload is a list": lambda f: f.token(claims=b"[]"),
    "payload is text": lambda f: f.token(claims=b'"x"'),
    "payload is no JSON": lambda f: f.token(claims=b"{"),
    "payload is deep": lambda f: f.token(claims=b"[" * 1200),
    "a claim twice": lambda f: f.token(claims=json.dumps(f.claims)[:-1].encode() + b', "sub": "x"}'),
    "padding": lambda f: f.token() + "=",
    "padding in the payload": lambda f: "{}.{}=.{}".format(*f.token().split(".")),
    "white space inside": lambda f: f.token().replace(".", ". ", 1),
    "line feed at the end": lambda f: f.token() + "\x0b",
    "plus and slash": lambda f: f.token()[:-1] + "/",
    "stray bits": lambda f: _with_stray_bits(f.token()),
    "not ASCII": lambda f: f.token()[:-1] + "\xe9",
    "very long": lambda f: f.token(junk="x" * 100_000),
    "long": lambda f: f.token(junk="x" * 2000),
    "a user id": lambda f: str(f.person.id),
    "a session id": lambda f: str(f.person.session_id),
    "the refresh token": lambda f: f.person.refresh_token,
    "null": lambda f: "null",
    "undefined": lambda f: "undefined",
}  # fmt: skip


def _with_stray_bits(token: str) -> str:
    """The last letter of a 32-byte signature carries two bits that mean nothing: another letter, the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(token[-1])
    return token[:-1] + alphabet[last ^ 1]


async def _status(world: World, token: str, *, scheme: str = "Bearer") -> int:
    header = (b"authorization", f"{scheme} {token}".encode("latin-1"))
    answer = await world.client().get("/api/me", headers=[header])
    if answer.status_code != 200:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code


async def test_the_forge_can_make_a_good_token(world: World) -> None:
    """Or else the rest of this file would prove nothing."""
    anna = await world.person("anna")
    forge = Forge(anna, world.gallery.keys)
    assert await _status(world, forge.token()) == 200
    assert await _status(world, forge.token(exp=int(NOW.timestamp()) + 1)) == 200


@pytest.mark.parametrize("name", FORGERIES)
async def test_forgery_is_refused(world: World, name: str) -> None:
    forge = Forge(await world.person("anna"), world.gallery.keys)
    assert await _status(world, FORGERIES[name](forge)) == 401


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "bearer:", "Bearer Bearer"])
async def test_other_schemes_are_refused(world: World, scheme: str) -> None:
    anna = await world.person("anna")
    assert await _status(world, anna.access_token, scheme=scheme) == 401


async def test_a_token_in_other_places_is_nothing(world: World) -> None:
    anna = await world.person("anna")
    http = world.client()
    for parameter in ("access_token", "token", "authorization"):
        assert (await http.get("/api/me", params={parameter: anna.access_token})).status_code == 401
    for header in ("X-Authorization", "X-Access-Token", "Proxy-Authorization", "X-Forwarded-User"):
        assert (await http.get("/api/me", headers={header: f"Bearer {anna.access_token}"})).status_code == 401
    http.cookies.set("access_token", anna.access_token)
    http.cookies.set("gallery_refresh", anna.refresh_token)
    assert (await http.get("/api/me")).status_code == 401


async def test_headers_that_name_addresses_lead_to_no_connection(world: World) -> None:
    """A16: a token that says where its key is to be had is refused without asking there."""
    forge = Forge(await world.person("anna"), world.gallery.keys)
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.05)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/keys"
        for name in ("jku", "x5u", "kid"):
            assert await _status(world, forge.token(header=forge.head(**{name: address}))) == 401
        with pytest.raises(TimeoutError):
            canary.accept()


async def test_an_access_token_ends_after_ten_minutes(world: World) -> None:
    anna = await world.person("anna")
    world.clock.advance(minutes=9, seconds=59)
    assert await _status(world, anna.access_token) == 200
    world.clock.advance(seconds=31)
    assert await _status(world, anna.access_token) == 401


async def test_spelling_does_not_outlive_revocation(world: World) -> None:
    """Revocation is by session, so no rewriting of a token's text escapes it."""
    anna = await world.person("anna")
    forge = Forge(anna, world.gallery.keys)
    variants = [forge.token(), forge.token(iat=1), forge.token(extra="x"), anna.access_token]
    assert [await _status(world, token) for token in variants] == [200] * 4
    world.execute("UPDATE sessions SET revoked_at = now()")
    assert [await _status(world, token) for token in variants] == [401] * 4


# --- A17


async def test_each_kind_of_secret_opens_one_kind_of_door(world: World) -> None:
    """The matrix of kinds: access, refresh, setup, invitation, media signature, metrics, upload id, ids."""
    anna, boris = await world.person("anna"), await world.person("boris")
    space = await world.space(owner=anna)
    invitation = (await anna.http.post(f"/api/spaces/{space}/invitations", json={"role": "viewer"})).json()["token"]
    asset = await world.asset(space, by=anna)
    address = (await anna.http.get(f"/api/assets/{asset}")).json()["media"]["thumb"]
    path, _, signature = address.rpartition("&s=")
    secrets = {
        "access": anna.access_token,
        "refresh": anna.refresh_token,
        "setup": await _setup_token(world),
        "invitation": invitation,
        "media": signature,
        "space id": str(space),
        "password": PASSWORD,
    }
    new = {"login": "newcomer", "password": PASSWORD, "name": "New"}
    opened: dict[str, set[str]] = {}
    for kind, secret in secrets.items():
        world.execute("DELETE FROM attempts")
        body, cookie = world.client(), world.client()
        cookie.cookies.set("gallery_refresh", secret)
        tries = {
            "api": await body.get("/api/me", headers={"Authorization": f"Bearer {secret}"}),
            "media": await body.get(f"{path}&s={secret}"),
            "register": await body.post("/api/auth/register", json={"invitation": secret[:200], **new}),
            "join": await boris.http.post("/api/invitations/accept", json={"token": secret[:200]}),
            "setup": await body.post("/api/auth/setup", json={"token": secret[:200], **new, "login": "keeper"}),
            "max": await body.post("/api/auth/max", json={"init_data": secret}),
            "refresh by body": await body.post("/api/auth/refresh", json={"refresh_token": secret}),
            "refresh by cookie": await cookie.post("/api/auth/refresh"),
        }
        opened[kind] = {door for door, answer in tries.items() if answer.is_success}
        assert all(answer.status_code < 500 for answer in tries.values())
    assert opened == {
        "access": {"api"},
        "refresh": {"refresh by body", "refresh by cookie"},
        "setup": {"setup"},
        "invitation": {"register", "join"},
        "media": {"media"},
        "space id": set(),
        "password": set(),
    }


async def _setup_token(world: World) -> str:
    from gallery.access.actors import Operator
    from gallery.accounts.service import issue_setup_link

    async with world.gallery.database.transaction() as session:
        return await issue_setup_link(session, Operator(), now=world.clock())


async def test_the_metrics_token_opens_metrics_alone(new_world: Callable[..., World]) -> None:
    world = new_world(metrics_token="metrics-token-of-the-tests")
    anna = await world.person("anna")
    assert (await anna.http.get("/metrics")).status_code == 404
    bearer = {"Authorization": "Bearer metrics-token-of-the-tests"}
    assert (await world.client().get("/metrics", headers=bearer)).status_code == 200
    assert (await world.client().get("/api/me", headers=bearer)).status_code == 401
    assert (await world.client().get("/metrics")).status_code == 404
    assert (await world.client().get("/metrics", headers=[(b"authorization", b"Bearer \xe9")])).status_code == 404


def test_access_and_refresh_are_of_different_keys(world: World) -> None:
    keys = world.gallery.keys
    assert keys.access != keys.refresh
    assert hashlib.sha256(keys.access).digest() != hashlib.sha256(world.gallery.links.key).digest()
    assert world.gallery.links.key not in {keys.access, keys.refresh}
