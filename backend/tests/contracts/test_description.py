"""The description of the API that clients were made from is that of this API."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gallery.assembly import Gallery
from gallery.main import create_api
from tests.accounts.processes import COMMAND, environment

FILE = Path(__file__).resolve().parents[3] / "front" / "src" / "api" / "openapi.json"


@pytest.fixture(scope="module")
def document(gallery: Gallery) -> dict[str, Any]:
    return create_api(gallery).openapi()


@pytest.mark.skipif(not FILE.exists(), reason="the web application is not beside the package")
def test_the_front_ends_description_is_fresh(tmp_path: Path) -> None:
    """Byte for byte what `gallery openapi` prints; if not: make api."""
    printed = subprocess.run(
        [*COMMAND, "openapi"], env=environment(DATA_DIR=str(tmp_path)), cwd=tmp_path, capture_output=True, text=True
    )
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout == FILE.read_text()


def test_every_operation_is_named_and_explained(document: dict[str, Any]) -> None:
    names = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["description"].strip().endswith((".", ":")), where
            tag, _, name = operation["operationId"].partition(".")
            assert (tag, bool(name)) == (operation["tags"][0], True), where
            names.add(operation["operationId"])
    assert len(names) == sum(len(methods) for methods in document["paths"].values()), "no name occurs twice"


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], f"{method} {path} {status}"
                    schema = answer["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}


def test_answers_have_no_optional_fields(document: dict[str, Any]) -> None:
    """What a client gets is always all there; null where there is nothing."""
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(("Out", "Created")):
            assert set(schema["required"]) == set(schema["properties"]), name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]
