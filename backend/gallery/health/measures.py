"""What is measured when somebody asks: the database's knowledge, the disk, and what this process holds open.

Made anew for each scrape, so that a space that is gone is gone from the answer, and numbers that nobody knows because
the database is away are left out instead of repeated: `gallery_database_up` says why. Every process of a gallery tells
the same about the database; who adds several up takes the greatest, not the sum.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
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
from gallery.keeping.state import Keeping, how_is_keeping
from gallery.models import BackupOutcome, BackupRun, Scrub
from gallery.spaces import queries as spaces

_ALWAYS_TOLD: Final = "assets.ingest"
"""The job whose empty queue is news too."""


async def measure(database: Database, storage: Storage, events: EventHub, now: datetime) -> bytes:
    """In the format that Prometheus reads."""
    found = [*_of_process(database, storage, events)]
    try:
        async with database.transaction() as session:
            found += [*await _of_database(session), *_of_keeping(await how_is_keeping(session, now))]
            found.append(_gauge("database_up", "Whether the database answers.", 1))
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


def _of_keeping(keeping: Keeping) -> Iterator[GaugeMetricFamily]:
    """Backups and originals. What is known of a backup appears with the first one."""
    good, last = keeping.runs.last_good, keeping.runs.last
    checked, check = keeping.runs.last_good_check, keeping.runs.last_check
    yield _of_run("backup_last_success_timestamp_seconds", "When the last good backup ended.", good, _timestamp(good))
    yield _of_run("backup_last_result", "1 when the last backup that ended was good, else 0.", last, _is_good(last))
    if good is not None:
        yield _of_run("backup_last_problems", "Originals that the last good backup lacks.", good, good.problems)
        yield _of_run("backup_last_bytes", "Bytes of originals in the last good backup.", good, good.size)
        seconds = good.details.get("seconds", 0)
        yield _of_run("backup_last_duration_seconds", "How long the last good backup took.", good, seconds)
    words = "When a backup was last read again and was good."
    yield _of_run("backup_check_last_success_timestamp_seconds", words, checked, _timestamp(checked))
    words = "1 when the last check of a backup was good, else 0."
    yield _of_run("backup_check_last_result", words, check, _is_good(check))
    overdue, unverified = keeping.backup == "overdue", keeping.backup == "unverified"
    words = "1 when a target has no good backup for 26 hours, or what its schedule says."
    yield _gauge("backup_overdue", words, overdue)
    yield _gauge("backup_unverified", "1 when there are backups and none was read again for 8 days.", unverified)
    yield _gauge("scrub_missing", "Originals found missing.", keeping.missing)
    yield _gauge("scrub_damaged", "Originals found damaged.", keeping.damaged)
    words = "Originals that no row names, found by the last whole pass."
    yield _gauge("scrub_unknown", words, keeping.unknown)
    words = "How far the pass over the originals has come, 0 to 1."
    yield _gauge("scrub_progress_ratio", words, keeping.scrub_progress)
    began = keeping.scrub.started_at.timestamp() if keeping.scrub else 0
    yield _gauge("scrub_started_timestamp_seconds", "When the pass under way began; 0: none is.", began)
    words = "When the last whole pass over the originals ended; 0: never."
    yield _gauge("scrub_last_pass_timestamp_seconds", words, _timestamp(keeping.last_scrub))


def _of_run(name: str, words: str, run: BackupRun | None, value: float) -> GaugeMetricFamily:
    return _gauge(name, words, {run.target: value} if run else {}, "target")


def _timestamp(done: BackupRun | Scrub | None) -> float:
    return done.finished_at.timestamp() if done and done.finished_at else 0.0


def _is_good(run: BackupRun | None) -> bool:
    return run is not None and run.outcome == BackupOutcome.GOOD


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
