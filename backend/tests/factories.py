"""Databases, galleries, people, spaces and photos for tests, made the short way: rows and bytes, without ingest."""

import hashlib
import io
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import psycopg
from argon2 import PasswordHasher
from PIL import Image
from psycopg import sql

from gallery.access.actors import Member, Operator
from gallery.accounts import service as accounts
from gallery.accounts.service import Device
from gallery.assembly import Gallery
from gallery.assets.ingest import RECIPE
from gallery.infra.asgi import Application
from gallery.infra.migrate import migrate
from gallery.media.recipe import PREVIEW, THUMB
from gallery.models import Asset, Blob, BlobState, Membership, Role, SessionKind, Space, SpaceKind, TimeSource
from gallery.settings import Settings

__all__ = [
    "BOT_TOKEN",
    "NOW",
    "PACK",
    "PASSWORD",
    "Answer",
    "Application",
    "Person",
    "Postgres",
    "TestClock",
    "World",
    "settings_for",
    "tiny_jpeg",
]

NOW: Final = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
"""When tests begin."""
PASSWORD: Final = "correct horse battery staple"
PACK: Final = Path(__file__).resolve().parents[2].parent / "shared" / "photos"
"""Photos of all kinds beside the repository, or in an image beside the root, where there are any."""
BOT_TOKEN: Final = "TEST:bot-token-4f1c2a9b"
_number = itertools.count(1)
_TEMPLATE: Final = "gallery_template"
_TEMPLATE_LOCK: Final = 20_240_501
_IN_A_HURRY: Final = ("fsync", "synchronous_commit", "full_page_writes")
"""What makes PostgreSQL durable, and is not tested here."""


class Postgres:
    """The run's PostgreSQL: makes databases and removes them."""

    def __init__(self, address: Callable[[str], str]) -> None:
        self.address = address

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.address("postgres"), autocommit=True)

    def prepare(self) -> None:
        """Migrates the template, once for all workers."""
        with self._admin() as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,)).fetchone():
                return
            for name in _IN_A_HURRY:
                admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
            admin.execute("SELECT pg_reload_conf()")
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
            try:
                migrate(self.address(_TEMPLATE))
            except BaseException:
                admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(_TEMPLATE)))
                raise

    def create(self, *, migrated: bool = True) -> str:
        """The URL of a new database, at today's schema or empty."""
        name = f"test_{uuid4().hex[:16]}"
        template = sql.Identifier(_TEMPLATE if migrated else "template0")
        with self._admin() as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
        return self.address(name)

    def drop(self, url: str) -> None:
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        with self._admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(name))))


def settings_for(database_url: str, folder: Path, **more: object) -> Settings:
    """Settings that ask nothing of the environment."""
    values: dict[str, object] = {
        "database_url": database_url,
        "secret_key": "access-key-of-the-tests-0123456789abcdef",
        "refresh_secret_key": "refresh-key-of-the-tests-fedcba9876543210",
        "bot_token": BOT_TOKEN,
        "public_url": "http://gallery.test",
        "data_dir": folder,
        "uploads_dir": folder / "uploads",
        "front_dir": folder / "no-front",
        "jobs_in_process": False,
        "min_free_bytes": 0,
        "metrics_token": None,
        "cors_origins": ["https://friend.test"],
    }
    return Settings(**{**values, **more})  # type: ignore[arg-type]  # names and types are those of the fields


class TestClock:
    """A clock that stands still until a test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def reset(self) -> None:
        self.now = NOW

    def advance(self, **by: float) -> None:
        """`advance(minutes=10)`"""
        self.now += timedelta(**by)


@cache
def _plain_jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 12), (90, 120, 60)).save(out, "JPEG", quality=80)
    return out.getvalue()


def tiny_jpeg(mark: object = None) -> bytes:
    """A valid JPEG of 16x12 pixels. The same mark gives the same bytes; without one, no two are equal."""
    comment = repr(f"photo {next(_number)}" if mark is None else mark).encode()
    plain = _plain_jpeg()
    return plain[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + plain[2:]


@cache
def password_hash() -> str:
    """Of PASSWORD, with cheap parameters: hashing is not what most tests are about."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass
class Person:
    """Somebody with an account, signed in by a real token; `http` sends it along."""

    id: UUID
    login: str
    name: str
    personal_space: UUID
    access_token: str
    refresh_token: str
    session_id: UUID
    actor: Member
    http: httpx.AsyncClient = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What an ASGI application answered, to the byte."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The header's value; several of one name joined by commas."""
        found = [value.decode("latin-1") for key, value in self.headers if key.decode("latin-1").lower() == name]
        return ", ".join(found) if found else None


class World:
    """A gallery and what a test puts into it."""

    def __init__(
        self, gallery: Gallery, application: Application, clock: TestClock, *, database_url: str | None = None
    ) -> None:
        self.gallery, self.application, self.clock = gallery, application, clock
        self._database_url = database_url or gallery.database.libpq_url
        self._clients: list[httpx.AsyncClient] = []

    # --- The gallery itself

    def wipe(self) -> None:
        """Deletes every row and every file."""
        with self.connect() as connection:
            connection.execute(_WIPE)
        root = self.gallery.storage.root
        for folder in ("originals", "derivatives", "spool"):
            for path in (root / folder).iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def connect(self) -> psycopg.Connection[Any]:
        """A connection beside the gallery's own, committing each statement."""
        return psycopg.connect(self._database_url, autocommit=True)

    def rows(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What a statement gives."""
        with self.connect() as connection:
            return connection.execute(query, arguments).fetchall()

    def execute(self, query: str, *arguments: object) -> None:
        with self.connect() as connection:
            connection.execute(query, arguments)

    @asynccontextmanager
    async def running(self, *, work: bool = False) -> AsyncIterator[None]:
        """The gallery with its lifespan: events are heard; with `work`, jobs run."""
        async with self.gallery.running(work=work):
            yield

    def client(
        self,
        *,
        token: str | None = None,
        base_url: str = "http://gallery.test",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.AsyncClient:
        """A browser of nobody's, or of whom the token says. A crash of the application fails the test."""
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.application),
            base_url=base_url,
            trust_env=False,
            headers={**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})},
        )
        self._clients.append(made)
        return made

    async def raw(
        self,
        method: str,
        path: str,
        *,
        query: bytes = b"",
        headers: Iterable[tuple[bytes, bytes]] = (),
        chunks: Sequence[bytes] = (b"",),
        token: str | None = None,
    ) -> Answer:
        """A request exactly as written: no client tidies up the path, the verb, the headers or the body's pieces."""
        said = [(b"host", b"gallery.test"), *headers]
        if token is not None:
            said.append((b"authorization", f"Bearer {token}".encode()))
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
            "method": method, "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
            "headers": said, "client": ("127.0.0.1", 12345), "server": ("gallery.test", 80),
        }  # fmt: skip
        pending = [
            {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
            for number, chunk in enumerate(chunks, 1)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return pending.pop(0) if pending else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], [(bytes(k), bytes(v)) for k, v in sent[0]["headers"]], body)

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()

    # --- People and spaces

    async def person(self, login: str | None = None, *, name: str | None = None, operator: bool = False) -> Person:
        """Somebody with PASSWORD, signed in."""
        login = login or f"person{next(_number)}"
        now = self.clock()
        async with self.gallery.database.transaction() as session:
            user = await accounts.create_user(
                session, Operator(), login=login, name=name or login, password_hash=password_hash(), operator=operator
            )
            tokens = await accounts.start_session(
                session, self.gallery.keys, user, Device(SessionKind.PASSWORD, "tests"), now=now
            )
        claims = self.gallery.keys.read_access(tokens.access_token, now=now)
        return Person(
            id=user.id,
            login=login,
            name=user.name,
            personal_space=tokens.personal_space_id,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            session_id=claims.session_id,
            actor=Member(user.id, claims.session_id, operator, None),
            http=self.client(token=tokens.access_token),
        )

    async def space(self, *, name: str = "Family", quota: int | None = None, **members: Person) -> UUID:
        """A group space: `await world.space(owner=anna, viewer=boris)`."""
        async with self.gallery.database.transaction() as session:
            space = Space(kind=SpaceKind.GROUP, name=name, quota_bytes=quota)
            session.add(space)
            await session.flush()
            for role, person in members.items():
                session.add(Membership(space_id=space.id, user_id=person.id, role=Role(role)))
        return space.id

    async def join(self, space_id: UUID, person: Person, role: str) -> None:
        """Makes somebody a member, or a member of another role."""
        self.execute(
            "INSERT INTO memberships (space_id, user_id, role) VALUES (%s, %s, %s)"
            " ON CONFLICT (space_id, user_id) DO UPDATE SET role = excluded.role",
            space_id, person.id, role,
        )  # fmt: skip

    # --- Photos

    async def asset(
        self,
        space_id: UUID,
        *,
        by: Person | None = None,
        data: bytes | None = None,
        file_name: str = "photo.jpg",
        taken_at: datetime = datetime(2024, 5, 1, 14, 20),
        kind: str = "image",
        state: str = "ready",
        trashed: bool = False,
        archived: bool = False,
        blob: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> UUID:
        """An asset with its original and derivatives, as ingest would leave it. Asks for another `data`, another blob."""
        data = tiny_jpeg() if data is None else data
        sha256, now = hashlib.sha256(data).digest(), self.clock()
        async with self.gallery.database.transaction() as session:
            row = Blob(
                sha256=sha256,
                size=len(data),
                kind=kind,
                format="mp4" if kind == "video" else "jpeg",
                mime="video/mp4" if kind == "video" else "image/jpeg",
                state=BlobState(state),
                recipe=None if state == "processing" else RECIPE,
                width=16 if state == "ready" else None,
                height=12 if state == "ready" else None,
                thumbhash=b"\x01\x02\x03\x04\x05" if state == "ready" else None,
                failure="corrupt" if state == "failed" else None,
                taken_at=taken_at if state == "ready" else None,
                taken_source=TimeSource.EXIF if state == "ready" else None,
                created_at=now,
            )
            for name, value in (blob or {}).items():
                setattr(row, name, value)
            known = self.rows("SELECT id FROM blobs WHERE sha256 = %s", sha256)
            if not known:
                session.add(row)
                await session.flush()
            asset = Asset(
                space_id=space_id,
                blob_id=known[0][0] if known else row.id,
                contributor_id=by.id if by else None,
                kind=kind,
                file_name=file_name,
                taken_at=taken_at,
                taken_source=TimeSource.EXIF if state == "ready" else TimeSource.FILE_NAME,
                trashed_at=now if trashed else None,
                archived_at=now if archived else None,
                created_at=now,
                **facts,
            )
            session.add(asset)
        original = self.gallery.storage.original(sha256)
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(data)
        if state == "ready":
            for recipe in (THUMB, PREVIEW):
                self.gallery.storage.write_derivative(asset.blob_id, recipe, _plain_jpeg())
        return asset.id

    def blob_of(self, asset_id: UUID) -> UUID:
        return UUID(str(self.rows("SELECT blob_id FROM assets WHERE id = %s", asset_id)[0][0]))

    async def upload(
        self, person: Person, space_id: UUID, data: bytes, file_name: str = "photo.jpg", **query: Any
    ) -> httpx.Response:
        """One multipart upload, as a script would do it."""
        return await person.http.post(
            "/api/assets", params={"space_id": str(space_id), **query}, files={"file": (file_name, data)}
        )


_WIPE: Final = """
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$;
"""
