from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from .serving import Installation, Person, audit, invite, set_up

if TYPE_CHECKING:
    from tests.conftest import Postgres


@pytest.fixture(scope="module")
def install(postgres: "Postgres", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Installation]]:
    """Makes galleries that run: `install(MIN_FREE_BYTES="0")`. Whatever happened to them, no row lacks its bytes."""
    made: list[Installation] = []

    def install_one(**environment: str) -> Installation:
        # How much room there is for tests is not what they are about.
        settings = {"MIN_FREE_BYTES": "0", **environment}
        made.append(Installation(postgres.create(), tmp_path_factory.mktemp("gallery"), **settings))
        return made[-1].start()

    yield install_one
    for installation in made:
        audit(installation)
        assert installation.stop() == 0
        postgres.drop(installation.database_url)


@pytest.fixture(scope="module")
def gallery(install: Callable[..., Installation]) -> Installation:
    """The gallery of one file of tests; a test that kills it starts it again."""
    return install()


@pytest.fixture(scope="module")
def anna(gallery: Installation) -> Iterator[Person]:
    """The operator."""
    person = set_up(gallery)
    yield person
    person.http.close()


@pytest.fixture(scope="module")
def boris(anna: Person) -> Iterator[Person]:
    """Somebody who shares no space with the tests'."""
    person = invite(anna, "boris")
    yield person
    person.http.close()


@pytest.fixture
def space(anna: Person) -> str:
    """An empty space of Anna's."""
    return anna.new_space()
