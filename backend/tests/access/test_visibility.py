"""What a timeline shows is what its reader may see: no more, and no less (Z11, Z12)."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gallery.infra.ids import uuid7
from gallery.models import Role
from tests.factories import Person, World

PEOPLE = ("anna", "boris", "vera")
SPACES = 3
_PHASES = (Phase.explicit, Phase.generate)
"""Without shrinking: each example fills a database, and a failure says enough."""
DAYS = (date(2024, 5, 1), date(2024, 5, 2), date(2023, 12, 31))


@dataclass(frozen=True)
class Photo:
    """A photo in words; `clip` makes it the moving half of a live photo of its own still."""

    space: int
    by: str | None
    day: date
    minute: int
    kind: str
    trashed: bool
    archived: bool
    favourite_of: frozenset[str]
    clip: bool


photos = st.builds(
    Photo,
    space=st.integers(0, SPACES - 1),
    by=st.sampled_from([*PEOPLE, None]),
    day=st.sampled_from(DAYS),
    minute=st.integers(0, 1439),
    kind=st.sampled_from(["image", "image", "video", "sidecar"]),
    trashed=st.booleans(),
    archived=st.sampled_from([False, False, True]),
    favourite_of=st.frozensets(st.sampled_from(PEOPLE)),
    clip=st.sampled_from([False, False, False, True]),
)
roles = st.sampled_from(["owner", "manager", "contributor", "viewer", None, None])
memberships = st.tuples(*[st.fixed_dictionaries(dict.fromkeys(PEOPLE, roles)) for _ in range(SPACES)])


class Library:
    """The same photos in the database and in words."""

    def __init__(self, world: World, people: dict[str, Person], spaces: list[UUID]) -> None:
        self.world, self.people, self.spaces = world, people, spaces
        self.roles: tuple[dict[str, str | None], ...] = ()
        self.photos: dict[UUID, Photo] = {}

    def fill(self, roles_: tuple[dict[str, str | None], ...], photos_: list[Photo]) -> None:
        self.roles, self.photos = roles_, {}
        with self.world.connect() as connection, connection.transaction():
            connection.execute("DELETE FROM memberships WHERE space_id = ANY(%s)", (self.spaces,))
            for table in ("favourites", "assets", "blobs"):
                connection.execute(f"DELETE FROM {table}")
            for space, members in zip(self.spaces, roles_, strict=True):
                for name, role in members.items():
                    if role is not None:
                        row = (space, self.people[name].id, role)
                        connection.execute("INSERT INTO memberships (space_id, user_id, role) VALUES (%s, %s, %s)", row)
            for photo in photos_:
                asset = uuid7()
                self.photos[asset] = photo
                still = None
                if photo.clip:
                    # In another space, so that nothing else of this model changes.
                    still = self._insert(connection, uuid7(), photo, self.people["anna"].personal_space, None)
                self._insert(connection, asset, photo, self.spaces[photo.space], still)
                for name in photo.favourite_of:
                    mark = (self.people[name].id, asset)
                    connection.execute("INSERT INTO favourites (user_id, asset_id) VALUES (%s, %s)", mark)

    def _insert(self, connection: Any, asset: UUID, photo: Photo, space: UUID, live_of: UUID | None) -> UUID:
        blob = uuid7()
        connection.execute(
            "INSERT INTO blobs (id, sha256, bytes, kind, format, mime, state)"
            " VALUES (%s, sha256(%s::text::bytea), 10, %s, 'x', 'x/x', 'ready')",
            (blob, str(blob), photo.kind),
        )
        connection.execute(
            "INSERT INTO assets (id, space_id, blob_id, contributor_id, kind, file_name, taken_at, taken_source, trashed_at,"
            " archived_at, live_of) VALUES (%s, %s, %s, %s, %s, 'x', %s, 'exif', CASE WHEN %s THEN now() END,"
            " CASE WHEN %s THEN now() END, %s)",
            (
                asset, space, blob, self.people[photo.by].id if photo.by else None, photo.kind,
                datetime(photo.day.year, photo.day.month, photo.day.day, photo.minute // 60, photo.minute % 60),
                photo.trashed, photo.archived, live_of,
            ),
        )  # fmt: skip
        return asset

    def role(self, name: str, space: int) -> Role | None:
        held = self.roles[space][name]
        return None if held is None else Role(held)

    def shown(self, name: str, chosen: set[int], view: str, kind: str) -> set[UUID]:
        """What the model says."""
        return {
            asset
            for asset, photo in self.photos.items()
            if photo.space in chosen and kind in {"all", photo.kind} and self._is_in(name, photo, view)
        }

    def _is_in(self, name: str, photo: Photo, view: str) -> bool:
        role = self.role(name, photo.space)
        if role is None or photo.clip or photo.kind == "sidecar":
            return False
        edits = role in Role.MANAGER.and_above or (role in Role.CONTRIBUTOR.and_above and photo.by == name)
        match view:
            case "all":
                return not photo.trashed and not photo.archived
            case "favourites":
                return not photo.trashed and not photo.archived and name in photo.favourite_of
            case "archive":
                return photo.archived and not photo.trashed
        return photo.trashed and edits


@pytest.fixture
async def library(world: World) -> Library:
    people = {name: await world.person(name) for name in PEOPLE}
    return Library(world, people, [await world.space(name=f"space {number}") for number in range(SPACES)])


VIEWS, KINDS = ("all", "favourites", "archive", "trash"), ("all", "image", "video")


@given(memberships, st.lists(photos, max_size=14), st.integers(0, 10_000))
@settings(max_examples=14, phases=_PHASES)
async def test_timelines_show_exactly_what_is_visible(
    library: Library, roles_: tuple[dict[str, str | None], ...], photos_: list[Photo], pick: int
) -> None:
    library.fill(roles_, photos_)
    choices = [set(chosen) for size in (1, 2, 3) for chosen in itertools.combinations(range(SPACES), size)]
    cells = list(itertools.product(PEOPLE, range(len(choices)), VIEWS, KINDS))
    # All people and views in every example, a few of the rest: another few in the next.
    for number, (name, choice, view, kind) in enumerate(cells):
        if (number + pick) % 13:
            continue
        await _compare(library, name, choices[choice], view, kind)


async def _compare(library: Library, name: str, chosen: set[int], view: str, kind: str) -> None:
    query: list[tuple[str, str | int | float | bool | None]] = [
        ("space_id", str(library.spaces[space])) for space in chosen
    ]
    query += [("view", view), ("kind", kind)]
    http = library.people[name].http
    skeleton = await http.get("/api/timeline", params=query)
    window = await http.get("/api/timeline/window", params=[*query, ("day", "2100-01-01")])
    if any(library.role(name, space) is None for space in chosen):
        assert (skeleton.status_code, window.status_code) == (404, 404)
        return
    promised = library.shown(name, chosen, view, kind)
    by_day: dict[str, int] = {}
    for asset in promised:
        day = library.photos[asset].day.isoformat()
        by_day[day] = by_day.get(day, 0) + 1
    body = skeleton.json()
    assert body["total"] == len(promised)
    assert dict(zip(body["days"], body["counts"], strict=True)) == by_day
    assert body["days"] == sorted(by_day, reverse=True)
    shown = window.json()
    assert {UUID(one) for one in shown["ids"]} == promised
    assert len(shown["ids"]) == len(promised)
    assert dict(shown["days"]) == by_day
    times = [(library.photos[UUID(one)].day, library.photos[UUID(one)].minute) for one in shown["ids"]]
    assert times == sorted(times, reverse=True)


@given(memberships, st.lists(photos, min_size=1, max_size=10))
@settings(max_examples=12, phases=_PHASES)
async def test_an_asset_opens_for_those_who_may_see_it(
    library: Library, roles_: tuple[dict[str, str | None], ...], photos_: list[Photo]
) -> None:
    """By its id, for everybody, with the rights that they have."""
    library.fill(roles_, photos_)
    for asset, photo in library.photos.items():
        for name in PEOPLE:
            role = library.role(name, photo.space)
            edits = role is not None and (
                role in Role.MANAGER.and_above or (role in Role.CONTRIBUTOR.and_above and photo.by == name)
            )
            answer = await library.people[name].http.get(f"/api/assets/{asset}")
            visible = role is not None and (not photo.trashed or edits)
            assert answer.status_code == (200 if visible else 404)
            if visible:
                assert answer.json()["can_edit"] is edits
                assert answer.json()["favourite"] is (name in photo.favourite_of)


async def test_counts_of_spaces_are_the_members_own(library: Library) -> None:
    """A list of spaces names no other space, and no other's number of photos."""
    anna, boris = library.people["anna"], library.people["boris"]
    await library.world.asset(boris.personal_space, by=boris)
    listed = (await anna.http.get("/api/spaces")).json()["items"]
    assert [(space["id"], space["assets"], space["used_bytes"]) for space in listed] == [
        (str(anna.personal_space), 0, 0)
    ]
