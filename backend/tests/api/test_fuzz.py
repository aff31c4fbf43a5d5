"""The whole API, asked whatever its own description allows, and what it does not (schemathesis)."""

import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gallery.assembly import assemble
from gallery.main import create_api, wire
from tests.factories import Person, Postgres, TestClock, World, settings_for

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

PROMISES: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""What holds for a request that the description allows."""
ENDLESS = {"/api/events"}
EXAMPLES = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 8}


class Live:
    """A gallery behind a real HTTP server in a thread of its own."""

    def __init__(self, url: str, world: World, anna: Person, asset: UUID) -> None:
        self.url, self.world, self.anna, self.asset = url, world, anna, asset


@pytest.fixture
async def live(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Live]:
    url = postgres.create()
    chosen = settings_for(url, tmp_path)
    server = uvicorn.Server(uvicorn.Config(wire(assemble(chosen)), port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    clock = TestClock()
    clock.now = datetime.now(UTC)
    gallery = assemble(chosen, clock=clock)
    world = World(gallery, wire(gallery), clock)
    anna = await world.person("anna", operator=True)
    asset = await world.asset(anna.personal_space, by=anna)
    yield Live(f"http://127.0.0.1:{port}", world, anna, asset)
    server.should_exit = True
    thread.join()
    await world.aclose()
    await gallery.database.aclose()
    postgres.drop(url)


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=lambda mode: mode.value)
def test_nothing_that_is_asked_breaks_anything(live: Live, mode: GenerationMode) -> None:
    """Every operation, as its description allows and as it does not; with the ids that exist among those that do not."""
    schema = schemathesis.openapi.from_dict(_plain(create_api(live.world.gallery).openapi()))
    known = {"space_id": str(live.anna.personal_space), "asset_id": str(live.asset), "user_id": str(live.anna.id)}
    seen: dict[str, set[int]] = {}
    broken: list[str] = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path not in ENDLESS:
            seen[operation.label] = set()
            broken += _asked(live, operation, mode, known, seen[operation.label])
    assert broken == []
    assert len(seen) >= 45
    if mode is GenerationMode.POSITIVE:
        succeeded = {label for label, statuses in seen.items() if any(status < 300 for status in statuses)}
        assert len(succeeded) >= 15, "most of it got further than the door"
    assert all(status < 500 for statuses in seen.values() for status in statuses)


def _plain(node: Any) -> Any:
    """The document without `prefixItems`, which schemathesis bends into what it then refuses: a pair is a list of either."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if key != "prefixItems"}
    return {**plain, "items": {"anyOf": _plain(node["prefixItems"])}} if "prefixItems" in node else plain


def _asked(live: Live, operation: Any, mode: GenerationMode, known: dict[str, str], statuses: set[int]) -> list[str]:
    """Asks one operation a few times; what was wrong."""
    checks = PROMISES if mode is GenerationMode.POSITIVE else PROMISES[:1]
    token = {"Authorization": f"Bearer {live.anna.access_token}"}

    @given(case=operation.as_strategy(generation_mode=mode), use_known=st.booleans())
    @settings(max_examples=EXAMPLES[mode], phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def ask(case: Case[Any], use_known: bool) -> None:
        if use_known:
            for place in (case.path_parameters, case.query):
                place.update({name: value for name, value in known.items() if name in place})
        if operation.path.startswith("/api/auth/"):
            live.world.execute("DELETE FROM attempts")
        answer = case.call(base_url=live.url, headers=token)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=checks)

    try:
        ask()
    except BaseExceptionGroup as group:
        return [f"{operation.label}: {error}" for error in group.exceptions]
    except AssertionError as error:
        return [f"{operation.label}: {error}"]
    return []


def test_a_defect_would_be_seen(live: Live) -> None:
    """A table that is missing makes a 500, and a 500 makes this test's neighbour fail."""
    schema = schemathesis.openapi.from_dict(_plain(create_api(live.world.gallery).openapi()))
    live.world.execute("ALTER TABLE favourites RENAME TO elsewhere")
    statuses: set[int] = set()
    operation = schema["/api/assets/{asset_id}"]["GET"]
    broken = _asked(live, operation, GenerationMode.POSITIVE, {"asset_id": str(live.asset)}, statuses)
    live.world.execute("ALTER TABLE elsewhere RENAME TO favourites")
    assert 500 in statuses
    assert any("Server error" in line for line in broken)
