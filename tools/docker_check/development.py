"""The development stack: an edit on either side is seen."""

import socket
from contextlib import closing
from typing import Final

from .check import Check, Row
from .engine import Stack, checkout, edit, eventually, expect
from .talk import ask


def dev_stack(check: Check) -> None:
    """sources are mounted, both sides reload after an edit, DEBUG is on, the database is on 127.0.0.1"""
    copy = checkout(check.folder, "development")
    stack = Stack(
        f"{check.stack.project}-dev",
        check.folder,
        check.port + 5,
        root=copy,
        files=["docker-compose.dev.yml"],
        tag=":dev",
    )
    try:
        stack.run("build", BACKEND_TARGET="test")
        stack.environment["BACKEND_TARGET"] = "test"
        stack.start()
        with closing(socket.create_connection(("127.0.0.1", stack.database_port), timeout=5)):
            pass
        expect('"level": "debug"' in stack.run("logs", "backend"), "no debug log")
        edit(copy / "backend/gallery/health/router.py", "version=__version__", 'version="edited"')
        eventually(lambda: b'"edited"' in ask(stack.port, "GET", "/health").body, "the backend did not reload", 60)
        expect(b"/@vite/client" in ask(stack.port, "GET", "/").body, "not Vite's development server")
        # As a page that is open has done: Vite tells of what somebody has.
        ask(stack.port, "GET", "/src/main.tsx")
        edit(copy / "front/src/main.tsx", "", "\nexport const edited = 'edited';\n")
        eventually(lambda: b"edited" in ask(stack.port, "GET", "/src/main.tsx").body, "Vite did not reload", 60)
        eventually(lambda: _tells(stack.run("logs", "frontend")), "no browser would be told", 60)
    finally:
        stack.remove()


def _tells(log: str) -> bool:
    """Whether Vite has sent the new module, or told pages to load anew."""
    return "hmr update" in log or "page reload" in log


DEV: Final[tuple[Row, ...]] = (dev_stack,)
