"""Who may do what to whose: every operation x every role x every kind of object (Z02, Z03, Z04).

The operations come from the OpenAPI document, what is expected from the rules of `access/policy.py`; nothing here
names an endpoint except to say how its request is built where the document cannot.
"""

import asyncio
import itertools
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from gallery.access.policy import POLICY, Audience, Rule
from gallery.infra.ids import uuid7
from gallery.models import Role
from tests.access.operations import Operation, sample
from tests.factories import Person, World, tiny_jpeg

MEMBERS = ("owner", "manager", "contributor", "viewer")
ACTORS = (*MEMBERS, "stranger", "operator", "anonymous")
ASSETS = ("own", "other's", "own in the trash", "other's in the trash", "foreign", "missing")
SPACES = ("theirs", "foreign", "missing")
UNDOCUMENTED = {("POST", "/api/uploads"): "space"}
"""Operations whose object stands in a header."""
STATE_IS_AGAINST_IT = 409
_TABLES = (
    "users", "spaces", "memberships", "invitations", "blobs", "assets", "favourites", "tombstones", "uploads", "activity",
    "sessions", "procrastinate_jobs",
)  # fmt: skip


@dataclass
class Scene:
    """One space with everybody in it, another one without them, and a target."""

    space: UUID
    asset: UUID
    user: UUID
    invitation: UUID


class Stage:
    """Puts up scenes quickly: plain statements on one connection."""

    def __init__(self, world: World, people: dict[str, Person], connection: psycopg.Connection[Any]) -> None:
        self.world, self.people, self._connection = world, people, connection
        self._number = 0

    def _run(self, statement: str, *arguments: object) -> None:
        self._connection.execute(statement, arguments)

    def space(self, members: dict[str, str]) -> UUID:
        """A group space with people by name and role."""
        space_id = uuid7()
        self._run("INSERT INTO spaces (id, kind, name) VALUES (%s, 'group', 'Family')", space_id)
        for name, role in members.items():
            self._run(
                "INSERT INTO memberships (space_id, user_id, role) VALUES (%s, %s, %s)",
                space_id,
                self.people[name].id,
                role,
            )
        return space_id

    def asset(self, space_id: UUID, contributor: UUID | None, *, trashed: bool) -> UUID:
        blob_id, asset_id = uuid7(), uuid7()
        self._run(
            "INSERT INTO blobs (id, sha256, bytes, kind, format, mime, state) VALUES"
            " (%s, sha256(%s::text::bytea), 10, 'image', 'jpeg', 'image/jpeg', 'ready')", blob_id, str(blob_id),
        )  # fmt: skip
        self._run(
            "INSERT INTO assets (id, space_id, blob_id, contributor_id, kind, file_name, taken_at, taken_source, trashed_at)"
            " VALUES (%s, %s, %s, %s, 'image', 'x.jpg', '2024-05-01', 'exif', CASE WHEN %s THEN now() END)",
            asset_id, space_id, blob_id, contributor, trashed,
        )  # fmt: skip
        return asset_id

    def invitation(self, space_id: UUID, by: Person) -> UUID:
        invitation_id = uuid7()
        self._run(
            "INSERT INTO invitations (id, space_id, digest, role, invited_by, expires_at) VALUES"
            " (%s, %s, sha256(%s::text::bytea), 'viewer', %s, %s + interval '1 day')",
            invitation_id, space_id, str(invitation_id), by.id, self.world.clock(),
        )  # fmt: skip
        return invitation_id

    def scene(self, actor: str, state: str) -> Scene:
        ours = self.space({**{role: role for role in MEMBERS}, "bystander": "contributor"})
        foreign = self.space({"outsider": "owner"})
        me = None if actor == "anonymous" else self.people[actor].id
        contributor = me if state.startswith("own") else self.people["bystander"].id
        place = foreign if state == "foreign" else ours
        asset = uuid7() if state == "missing" else self.asset(place, contributor, trashed="trash" in state)
        return Scene(
            space=uuid7() if state == "missing" else place,
            asset=asset,
            user=self.people["outsider" if state == "foreign" else "bystander"].id,
            invitation=self.invitation(place, self.people["outsider" if state == "foreign" else "owner"]),
        )

    def fingerprint(self) -> Any:
        """Changes when anything in the tables does."""
        parts = " || ".join(
            f"(SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {name} t)" for name in _TABLES
        )
        return self._connection.execute(f"SELECT md5({parts})").fetchone()


@pytest.fixture
async def stage(world: World) -> AsyncIterator[Stage]:
    people = {
        name: await world.person(name, operator=name == "operator") for name in (*ACTORS[:-1], "bystander", "outsider")
    }
    with world.connect() as connection:
        yield Stage(world, people, connection)


def kind_of(operation: Operation) -> str | None:
    """What an operation with a role in its rule is about."""
    if operation.fields & {"asset_id", "ids"}:
        return "asset"
    if "space_id" in operation.fields:
        return "space"
    return UNDOCUMENTED.get((operation.method, operation.path))


async def ask(stage: Stage, operation: Operation, actor: str, scene: Scene) -> httpx.Response:
    """The operation's request by an actor about a scene, filled in by the names of its fields."""
    known = {
        "space_id": str(scene.space),
        "asset_id": str(scene.asset),
        "user_id": str(scene.user),
        "invitation_id": str(scene.invitation),
        "ids": [str(scene.asset)],
        "checksums": ["0" * 64],
        "login": "outsider",
        "role": "viewer",
        "day": "2024-05-01",
    }
    http = stage.world.client() if actor == "anonymous" else stage.people[actor].http
    path = operation.path.format_map(known)
    request: dict[str, Any] = {"params": {name: known[name] for name in operation.query if name in known}}
    if operation.body is not None:
        request["json"] = sample(operation.body, known)
    if operation.path == "/api/assets/date":
        request["json"]["shift_seconds"] = 60  # one of several ways, of which one is needed
    if (operation.method, operation.path) == ("POST", "/api/assets"):
        request["files"] = {"file": ("x.jpg", tiny_jpeg())}
    if operation.path.startswith("/api/uploads"):
        metadata = f"filename {b64encode(b'x.jpg').decode()},space_id {b64encode(str(scene.space).encode()).decode()}"
        request["headers"] = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": metadata}
    return await http.request(operation.method, path, **request)


def expected(rule: Rule, kind: str, actor: str, state: str) -> int:
    """The status that the rules promise; 200 stands for "allowed"."""
    if actor == "anonymous":
        return 401
    role = Role(actor) if actor in MEMBERS and state not in {"foreign", "missing"} else None
    if role is None:
        return 404
    assert rule.least is not None
    if kind == "space":
        return 200 if role in rule.least.and_above else 403
    own = state.startswith("own")
    may_edit = role in Role.MANAGER.and_above or (own and role in Role.CONTRIBUTOR.and_above)
    if "trash" in state and not may_edit:
        return 404
    if rule.own:
        return 200 if may_edit else 403
    return 200 if role in rule.least.and_above else 403


def told(answer: httpx.Response) -> tuple[int, str, dict[str, str]]:
    """An answer without what differs from request to request."""
    body = answer.json() if answer.content else {}
    body.pop("request_id", None)
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, json.dumps(body, sort_keys=True), headers


def _with_role(api_operations: list[Operation]) -> list[Operation]:
    return [one for one in api_operations if POLICY[(one.method, one.path)].least is not None]


def test_every_operation_with_a_role_is_about_a_space_or_an_asset(api_operations: list[Operation]) -> None:
    """Or else the matrix below would leave it out."""
    assert [one.name for one in _with_role(api_operations) if kind_of(one) is None] == []
    assert len(_with_role(api_operations)) == sum(rule.least is not None for rule in POLICY.values())


NAMES = [" ".join(key) for key, rule in POLICY.items() if rule.least is not None]


@pytest.mark.parametrize("name", NAMES)
async def test_matrix(stage: Stage, api_operations: list[Operation], name: str) -> None:
    operation = next(one for one in api_operations if one.name == name)
    rule, kind = POLICY[(operation.method, operation.path)], kind_of(operation)
    assert kind is not None
    not_found, wrong = [], []
    for actor in ACTORS:
        for state in ASSETS if kind == "asset" else SPACES:
            scene = stage.scene(actor, state)
            before = stage.fingerprint()
            answer = await ask(stage, operation, actor, scene)
            promise = expected(rule, kind, actor, state)
            if promise == 200:
                if not (answer.is_success or answer.status_code == STATE_IS_AGAINST_IT):
                    wrong.append(f"{actor}, {state}: allowed, but {answer.status_code} {answer.text}")
                continue
            if answer.status_code != promise:
                wrong.append(f"{actor}, {state}: {promise} promised, but {answer.status_code} {answer.text}")
            if stage.fingerprint() != before:
                wrong.append(f"{actor}, {state}: refused, and yet something changed")
            if answer.status_code == 404:
                not_found.append(told(answer))
    assert wrong == []
    assert not_found, "foreign and missing were tried"
    assert all(one == not_found[0] for one in not_found), "what is not yours looks like what is not there"


def test_the_matrix_would_see_a_hole() -> None:
    """The rules promise different things to different people: a matrix of 200s would not pass."""
    rule = POLICY["PATCH", "/api/assets/{asset_id}"]
    row = {actor: [expected(rule, "asset", actor, state) for state in ASSETS] for actor in ACTORS}
    assert row["manager"] == [200, 200, 200, 200, 404, 404]
    assert row["contributor"] == [200, 403, 200, 404, 404, 404]
    assert row["viewer"] == [403, 403, 404, 404, 404, 404]
    assert row["stranger"] == row["operator"] == [404] * 6
    assert row["anonymous"] == [401] * 6


# --- Operations without a role


@pytest.mark.parametrize("name", [" ".join(key) for key, rule in POLICY.items() if rule.audience is Audience.OPERATOR])
async def test_the_operators_doors(stage: Stage, name: str) -> None:
    method, path = name.split(" ")
    blob = stage.world.blob_of(await stage.world.asset(stage.people["owner"].personal_space, state="failed"))
    for actor in ACTORS:
        http = stage.world.client() if actor == "anonymous" else stage.people[actor].http
        answer = await http.request(method, path.format(blob_id=blob))
        allowed = {"anonymous": 401, "operator": answer.status_code}.get(actor, 403)
        assert answer.status_code == allowed, actor
        assert actor != "operator" or answer.is_success


async def test_an_operator_is_no_member(stage: Stage) -> None:
    """Z17: keeping the installation opens nobody's photos."""
    keeper, owner = stage.people["operator"], stage.people["owner"]
    asset = await stage.world.asset(owner.personal_space, by=owner)
    for path in (
        f"/api/assets/{asset}",
        f"/api/spaces/{owner.personal_space}",
        f"/api/timeline?space_id={owner.personal_space}",
        f"/api/timeline/window?space_id={owner.personal_space}&day=2024-05-01",
        f"/api/spaces/{owner.personal_space}/members",
    ):
        assert (await keeper.http.get(path)).status_code == 404
    listed = (await keeper.http.get("/api/spaces")).json()["items"]
    assert [space["id"] for space in listed] == [str(keeper.personal_space)]


@pytest.mark.parametrize("method", ["HEAD", "GET", "PATCH", "DELETE"])
async def test_an_upload_is_its_makers_alone(stage: Stage, method: str) -> None:
    """Also for the owner of the space that it goes to (U25)."""
    tus = {"Tus-Resumable": "1.0.0"}
    space = stage.space({role: role for role in MEMBERS})
    maker = stage.people["contributor"]
    made = await maker.http.post(f"/api/uploads?space_id={space}", headers={**tus, "Upload-Length": "10"})
    patch = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} if method == "PATCH" else {}
    refusals = []
    for address in (made.headers["location"], f"/api/uploads/{uuid7()}"):
        for actor in set(ACTORS) - {"contributor", "anonymous"}:
            answer = await stage.people[actor].http.request(method, address, headers={**tus, **patch})
            assert answer.status_code == 404, actor
            refusals.append(told(answer))
    assert all(one == refusals[0] for one in refusals)
    answer = await maker.http.request(method, made.headers["location"], headers={**tus, **patch})
    assert answer.is_success


async def test_a_session_is_its_owners_alone(stage: Stage) -> None:
    owner, viewer = stage.people["owner"], stage.people["viewer"]
    others = await viewer.http.delete(f"/api/auth/sessions/{owner.session_id}")
    missing = await viewer.http.delete(f"/api/auth/sessions/{uuid7()}")
    assert told(others) == told(missing)
    assert others.status_code == 404
    assert (await owner.http.get("/api/me")).status_code == 200


# --- Roles among members


@pytest.mark.parametrize("actor", MEMBERS)
async def test_nobody_gives_or_takes_more_than_they_have(stage: Stage, actor: str) -> None:
    """Owners give every role, managers those below their own, the rest none; and nobody through a detour."""
    rank = {role: number for number, role in enumerate(reversed(MEMBERS))}
    http, bystander = stage.people[actor].http, stage.people["bystander"].id

    def may(*roles: str) -> bool:
        return actor == "owner" or (actor == "manager" and all(rank[role] < rank["manager"] for role in roles))

    for target, given in itertools.product(MEMBERS, MEMBERS):
        space = stage.space({**{role: role for role in MEMBERS}, "bystander": target})
        base = f"/api/spaces/{space}/members"
        changed = await http.patch(f"{base}/{bystander}", json={"role": given})
        assert changed.status_code == (200 if may(target, given) else 403), (target, given)
        added = await http.post(base, json={"login": "outsider", "role": given})
        assert added.status_code == (201 if may(given) else 403), (target, given)
        if given != "owner":
            invited = await http.post(f"/api/spaces/{space}/invitations", json={"role": given})
            assert invited.status_code == (201 if may(given) else 403), (target, given)
        removed = await http.delete(f"{base}/{bystander}")
        assert removed.status_code == (204 if may(given if may(target, given) else target) else 403), (target, given)


@pytest.mark.parametrize("actor", MEMBERS)
async def test_nobody_raises_themselves(stage: Stage, actor: str) -> None:
    space = stage.space({role: role for role in MEMBERS})
    person = stage.people[actor]
    for role in MEMBERS[: MEMBERS.index(actor)]:
        answer = await person.http.patch(f"/api/spaces/{space}/members/{person.id}", json={"role": role})
        assert answer.status_code == 403
    mine = (await person.http.get(f"/api/spaces/{space}")).json()
    assert mine["role"] == actor


async def test_invitations_never_make_owners(stage: Stage) -> None:
    space = stage.space({"owner": "owner"})
    answer = await stage.people["owner"].http.post(f"/api/spaces/{space}/invitations", json={"role": "owner"})
    assert answer.status_code == 422


async def test_a_space_keeps_an_owner(stage: Stage) -> None:
    space = stage.space({"owner": "owner", "manager": "manager"})
    owner = stage.people["owner"]
    for role in ("manager", "viewer"):
        lowered = await owner.http.patch(f"/api/spaces/{space}/members/{owner.id}", json={"role": role})
        assert (lowered.status_code, lowered.json()["code"]) == (409, "last-owner")
    left = await owner.http.delete(f"/api/spaces/{space}/members/{owner.id}")
    assert (left.status_code, left.json()["code"]) == (409, "last-owner")


async def test_two_owners_who_leave_at_once_do_not_both_leave(stage: Stage) -> None:
    owner, manager = stage.people["owner"], stage.people["manager"]
    for _ in range(5):
        space = stage.space({"owner": "owner", "manager": "owner"})
        answers = await asyncio.gather(
            owner.http.delete(f"/api/spaces/{space}/members/{owner.id}"),
            manager.http.delete(f"/api/spaces/{space}/members/{manager.id}"),
        )
        assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_a_personal_space_stays_personal(stage: Stage) -> None:
    owner = stage.people["owner"]
    base = f"/api/spaces/{owner.personal_space}"
    for method, path, body in (
        ("POST", f"{base}/members", {"login": "outsider", "role": "viewer"}),
        ("POST", f"{base}/invitations", {"role": "viewer"}),
        ("DELETE", f"{base}/members/{owner.id}", None),
        ("DELETE", base, None),
    ):
        answer = await owner.http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "personal-space"), path
