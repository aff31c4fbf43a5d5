"""Tables, enums and constraints of the whole gallery; no queries."""

from gallery.models.accounts import (
    Attempt,
    Identity,
    MaxLaunch,
    SessionKind,
    SetupLink,
    SignInSession,
    User,
)
from gallery.models.assets import (
    Activity,
    Asset,
    Blob,
    BlobState,
    DayCount,
    Favourite,
    Integrity,
    TimeSource,
    Tombstone,
    Upload,
)
from gallery.models.base import Base
from gallery.models.installation import Installation
from gallery.models.keeping import BackupOutcome, BackupRun, BackupWork, Scrub
from gallery.models.spaces import Invitation, Membership, Role, Space, SpaceKind

__all__ = [
    "Activity",
    "Asset",
    "Attempt",
    "BackupOutcome",
    "BackupRun",
    "BackupWork",
    "Base",
    "Blob",
    "BlobState",
    "DayCount",
    "Favourite",
    "Identity",
    "Installation",
    "Integrity",
    "Invitation",
    "MaxLaunch",
    "Membership",
    "Role",
    "Scrub",
    "SessionKind",
    "SetupLink",
    "SignInSession",
    "Space",
    "SpaceKind",
    "TimeSource",
    "Tombstone",
    "Upload",
    "User",
]
