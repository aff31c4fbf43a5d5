"""The database: engine, sessions and the edge where a transaction is committed.

Other packages take the session types and the errors from here, so that SQLAlchemy stays in `models`, `access`,
`queries.py` and this file.
"""

import re
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from gallery.infra.errors import Conflict, Unavailable

Session = AsyncSession

__all__ = ["Database", "IntegrityError", "Session", "driver_connection", "has_news"]

STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 4_000
_POOL_OVERFLOW = 5


class Database:
    """One pool of connections to one PostgreSQL.

    `url` is a libpq URL (`postgresql://…`); any SQLAlchemy driver suffix is accepted and replaced.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.libpq_url = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
        self.engine: AsyncEngine = create_async_engine(
            self.libpq_url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=_POOL_OVERFLOW,
            pool_timeout=5,
            connect_args={
                "connect_timeout": 5,
                "keepalives_idle": 60,
                "application_name": "gallery",
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
                " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC -c jit=off",
            },
        )
        _replace_dead_connections(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._questions = async_sessionmaker(alone, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """A session whose work is committed when the block ends, and dropped when it raises.

        Raises Unavailable when the database is away or overloaded, Conflict when a constraint was broken that
        the use case did not foresee.
        """
        async with _errors_said(), self._sessions() as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def question(self) -> AsyncIterator[Session]:
        """A session for one statement that changes nothing: no BEGIN and no COMMIT travel with it.

        Raises Unavailable when the database is away or overloaded.
        """
        async with _errors_said(), self._questions() as session:
            yield session

    async def ping(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeout, OSError, psycopg.Error):
            return False
        return True

    @property
    def pool(self) -> "PoolUse":
        """How many connections are out, how many wait to be used, and how many may be out at once."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return PoolUse(pool.checkedout(), pool.checkedin(), pool.size() + _POOL_OVERFLOW)

    async def aclose(self) -> None:
        await self.engine.dispose()


@dataclass(frozen=True, slots=True)
class PoolUse:
    in_use: int
    idle: int
    limit: int


@asynccontextmanager
async def _errors_said() -> AsyncIterator[None]:
    """The driver's errors in the gallery's words."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable from error
    except IntegrityError as error:
        raise Conflict from error
    except DBAPIError as error:
        if is_passing(error):
            raise Unavailable from error
        raise
    except psycopg.OperationalError as error:
        raise Unavailable from error


def _replace_dead_connections(engine: AsyncEngine) -> None:
    """Looks at an idle connection before it is used again. To ping each time would be a sixth of all that is said."""
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkout")
    def check(connection: Any, record: object, proxy: object) -> None:
        try:
            if has_news(connection.driver_connection):
                dialect.do_ping(connection)
        except (DBAPIError, psycopg.Error) as error:
            raise DisconnectionError from error


def has_news(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Whether the server has said something that nobody asked for: that it ends the connection, mostly."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def is_passing(error: DBAPIError) -> bool:
    """Whether a retry may succeed: the connection is gone, or a lock or a deadlock was in the way."""
    cause = error.orig
    if error.connection_invalidated or isinstance(cause, psycopg.InterfaceError):
        return True
    if isinstance(cause, DeadlockDetected | LockNotAvailable | QueryCanceled | SerializationFailure):
        return True
    # OperationalError is also libpq's class for a refused or broken connection, a server that is starting or
    # shutting down, and a full disk: all pass.
    return isinstance(cause, psycopg.OperationalError)


async def driver_connection(session: Session) -> Any:
    """The psycopg connection under a session, for a job that must be a row of the same transaction."""
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection
