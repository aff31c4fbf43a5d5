"""What is measured when somebody asks: the database's knowledge, the disk, and what this process holds open.

Made anew for each scrape, so that a space that is gone is gone from the answer, and numbers that nobody knows because
the database is away are left out instead of repeated: `gallery_database_up` says why. Every process of a gallery tells
the same about the database; who adds several up takes the greatest, not the sum.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gallery import __version__
from gallery.assets import queries as assets
from gallery.infra.db import Database, Session
from gallery.infra.errors import Unavailable
from gallery.infra.events import EventHub
from gallery.infra.jobs import Backlog, backlog
from gallery.infra.storage import Storage
from gallery.spaces import queries as spaces

_ALWAYS_TOLD: Final = "assets.ingest"
"""The job whose empty queue is news too."""


async def measure(database: Database, storage: Storage, events: EventHub) -> bytes:
    """In the format that Prometheus reads."""
    found = [*_of_process(database, storage, events)]
    try:
        async with database.transaction() as session:
            found += [*await _of_database(session), _gauge("database_up", "Whether the database answers.", 1)]
    except Unavailable:
        found.append(_gauge("database_up", "Whether the database answers.", 0))
    registry = CollectorRegistry()
    registry.register(_Found(found))
    return generate_latest(registry)


def _of_process(database: Database, storage: Storage, events: EventHub) -> Iterator[GaugeMetricFamily]:
    pool = database.pool
    connections = {"in-use": pool.in_use, "idle": pool.idle}
    yield _gauge("info", "The version that runs.", {__version__: 1}, "version")
    yield _gauge("storage_free_bytes", "Free room where originals are kept.", storage.free_bytes())
    yield _gauge("database_connections", "Connections of this process's pool.", connections, "state")
    yield _gauge("database_connections_limit", "Connections that it may use at once.", pool.limit)
    yield _gauge("event_readers", "Pages that read the event stream.", events.readers)


async def _of_database(session: Session) -> list[GaugeMetricFamily]:
    jobs = {item.job: item for item in await backlog(session)}
    jobs.setdefault(_ALWAYS_TOLD, Backlog(_ALWAYS_TOLD, 0, 0, 0))
    each = {str(space.id): space for space in await spaces.all_spaces(session)}
    used = {name: space.used_bytes for name, space in each.items()}
    counted = {name: space.asset_count for name, space in each.items()}
    quotas = {name: space.quota_bytes for name, space in each.items() if space.quota_bytes is not None}
    dead = await assets.count_dead_letters(session)
    return [
        _gauge("jobs_waiting", "Jobs that wait.", {name: item.waiting for name, item in jobs.items()}, "task"),
        _gauge("jobs_running", "Jobs that run.", {name: item.running for name, item in jobs.items()}, "task"),
        _gauge(
            "jobs_oldest_seconds",
            "For how long the oldest waiting job could have begun.",
            {name: item.oldest_seconds for name, item in jobs.items()},
            "task",
        ),
        _gauge("dead_letters", "Photos that ingest gave up on.", dead),
        _gauge("space_used_bytes", "Originals of a space's assets, trash included.", used, "space"),
        _gauge("space_assets", "Assets of a space, trash included.", counted, "space"),
        _gauge("space_quota_bytes", "The limit of a space that has one.", quotas, "space"),
    ]


def _gauge(name: str, words: str, value: float | Mapping[str, float], label: str | None = None) -> GaugeMetricFamily:
    """A number, or with `label` the numbers of its values."""
    family = GaugeMetricFamily(f"gallery_{name}", words, labels=[label] if label else [])
    if isinstance(value, Mapping):
        for at, number in value.items():
            family.add_metric([at], number)
    else:
        family.add_metric([], value)
    return family


class _Found(Collector):
    """Families that are there already, as the library asks for them."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families
