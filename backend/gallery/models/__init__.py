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
    TimeSource,
    Tombstone,
    Upload,
)
from gallery.models.base import Base
from gallery.models.installation import Installation
from gallery.models.spaces import Invitation, Membership, Role, Space, SpaceKind

__all__ = [
    "Activity",
    "Asset",
    "Attempt",
    "Base",
    "Blob",
    "BlobState",
    "DayCount",
    "Favourite",
    "Identity",
    "Installation",
    "Invitation",
    "MaxLaunch",
    "Membership",
    "Role",
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
