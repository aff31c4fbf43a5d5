"""Who asks. A closed union: there is no use case without an actor."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person, by a session that was checked for this very request."""

    user_id: UUID
    session_id: UUID
    is_operator: bool
    locale: str | None


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever holds the machine: the command line and the gallery's own jobs."""


Actor = Member | Operator
