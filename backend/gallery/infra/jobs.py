"""Background work: procrastinate over the gallery's own PostgreSQL.

A job is a row. It is deferred on the caller's own connection, so that "the photo and its job, or neither" is one
transaction, and it runs at least once: what it does must be harmless to repeat.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import procrastinate
import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text

from gallery.infra.db import Session, driver_connection, has_news

NEW_WORK: Final = 10
"""Priority of what somebody waits for; the sweep's work has 0."""
STALLED_AFTER: Final = 30
"""Seconds without a heartbeat after which a worker's jobs are given to another."""
_log = structlog.get_logger()

Handler = Callable[..., Awaitable[None]]


class Jobs:
    """The queue, and the loop that works on it."""

    def __init__(self, libpq_url: str) -> None:
        self._pool_options: dict[str, Any] = {
            "conninfo": libpq_url,
            "min_size": 1,
            "max_size": 6,
            "kwargs": {"application_name": "gallery-jobs", "connect_timeout": 5, "keepalives_idle": 60},
            "configure": _speak_in_single_statements,
            "pool_factory": _pool,
        }
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(**self._pool_options))
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False

    async def open(self) -> None:
        await self._app.open_async()

    def register(self, name: str, handler: Handler) -> None:
        """Names a job; a failure is tried again twice, after a few seconds."""
        retry = procrastinate.RetryStrategy(max_attempts=2, wait=2, exponential_wait=5)
        self._app.task(name=name, retry=retry)(handler)

    def register_periodic(self, name: str, cron: str, handler: Handler) -> None:
        """Names a job that runs by the clock, once for all workers together."""

        async def tick(timestamp: int) -> None:
            await handler()

        task = self._app.task(name=name, queueing_lock=name, lock=name)(tick)
        self._app.periodic(cron=cron)(task)

    async def defer(
        self, session: Session, name: str, *, priority: int = 0, after_seconds: int = 0, **arguments: Any
    ) -> None:
        """Adds a job to the session's transaction."""
        deferrer = self._app.configure_task(
            name,
            allow_unknown=True,
            priority=priority,
            schedule_in={"seconds": after_seconds} if after_seconds else None,
            connection=await driver_connection(session),
        )
        await deferrer.defer_async(**arguments)

    def start(self, *, concurrency: int) -> None:
        """Works in this process until `aclose`."""
        self._worker = asyncio.create_task(self._work_for_ever(concurrency))

    async def stop(self, *, patience: float = 20) -> None:
        """Lets running jobs finish for `patience` seconds; what is left is taken up by the next worker."""
        self._stopping = True
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self._worker, patience)

    @property
    def is_stopping(self) -> bool:
        """Whether what runs long should come to an end."""
        return self._stopping

    async def aclose(self) -> None:
        await self._app.close_async()

    async def rescue(self) -> None:
        """Gives jobs whose worker died to another."""
        stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER)
        for job in stalled:
            _log.warning("jobs.rescued", job=job.task_name)
            await self._app.job_manager.retry_job(job)

    async def _work_for_ever(self, concurrency: int) -> None:
        while not self._stopping:
            try:
                await self._app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=15,
                    fetch_job_polling_interval=5,
                )
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  # the database went away; the loop outlives it
                _log.warning("jobs.interrupted", error=type(error).__name__)
            await asyncio.sleep(1)


def _pool(**options: Any) -> AsyncConnectionPool[Any]:
    """A pool that looks at its connections before it hands them out, instead of asking the server each time."""
    return AsyncConnectionPool(**{**options, "check": _check})


async def _check(connection: psycopg.AsyncConnection[Any]) -> None:
    if has_news(connection):
        await AsyncConnectionPool.check_connection(connection)


async def _speak_in_single_statements(connection: psycopg.AsyncConnection[Any]) -> None:
    """All that procrastinate says of its own accord is one statement each: no BEGIN and COMMIT around it."""
    await connection.set_autocommit(True)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What of one job waits and runs, and for how many seconds the oldest has waited since it could have begun."""

    job: str
    waiting: int
    running: int
    oldest_seconds: float


async def backlog(session: Session) -> list[Backlog]:
    """What every worker together has before it, by job."""
    statement = text(
        "SELECT j.task_name, count(*) FILTER (WHERE j.status = 'todo'), count(*) FILTER (WHERE j.status = 'doing'),"
        " greatest(extract(epoch FROM now() - min(greatest(e.at, j.scheduled_at)) FILTER (WHERE j.status = 'todo')), 0)"
        " FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
        " WHERE j.status IN ('todo', 'doing') GROUP BY j.task_name ORDER BY j.task_name"
    )
    return [
        Backlog(str(job), int(waiting), int(running), float(oldest))
        for job, waiting, running, oldest in await session.execute(statement)
    ]
