"""What the rows of the table share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .engine import Stack
from .person import Person


@dataclass
class Check:
    """The stack under test, somebody who uses it, and where a row may leave things for a later one."""

    stack: Stack
    folder: Path
    person: Person = field(init=False)
    interrupted: dict[str, bytes] = field(default_factory=dict)
    """Uploads that a stop cut: their addresses, and all their bytes."""
    note: str = ""
    """Said beside the row that has just been tried."""

    def __post_init__(self) -> None:
        self.person = Person(self.stack.port)

    @property
    def port(self) -> int:
        return self.stack.port


Row = Callable[[Check], None]
"""A promise: the first line of its docstring is its line in the table; it returns, or raises Failed or Skipped."""
