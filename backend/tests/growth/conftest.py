from collections.abc import Iterator

import pytest

from .objects import ObjectStore, object_store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them all: the object store is half a gigabyte."""
    for item in items:
        if item.path.parent.name == "growth":
            item.add_marker(pytest.mark.xdist_group("growth"))


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("store")) as running:
        yield running
