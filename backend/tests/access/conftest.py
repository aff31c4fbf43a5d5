import pytest

from gallery.assembly import Gallery
from gallery.main import create_api
from tests.access.operations import Operation, operations


@pytest.fixture(scope="session")
def api_operations(gallery: Gallery) -> list[Operation]:
    """Every operation of the OpenAPI document."""
    return operations(create_api(gallery))
