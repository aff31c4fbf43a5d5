from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.uploads.serving import Installation, audit

from .watching import watch

if TYPE_CHECKING:
    from tests.conftest import Postgres


@pytest.fixture(scope="module")
def install(postgres: "Postgres", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Installation]]:
    """Makes galleries that run and do their jobs: `install(JOBS_IN_PROCESS="false")`.

    Every examination that is written down is also noted, see `watching`. At the end no row lacks its bytes.
    """
    made: list[Installation] = []

    def install_one(**environment: str) -> Installation:
        settings = {"JOBS_IN_PROCESS": "true", "MIN_FREE_BYTES": "0", **environment}
        made.append(Installation(postgres.create(), tmp_path_factory.mktemp("gallery"), **settings))
        watch(made[-1])
        return made[-1].start()

    yield install_one
    for installation in made:
        audit(installation)
        assert installation.stop() == 0
        postgres.drop(installation.database_url)
