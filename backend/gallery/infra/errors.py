"""What can go wrong, by kind.

GalleryError
├── NotFound             not yours to see, or not there: the two look the same
├── Forbidden            visible, but not yours to do
├── Unauthorized         no identity, or one that does not hold
├── Invalid              the request is understood and wrong
├── Conflict             the state of things is against it
├── Gone                 expired or revoked
├── TooLarge             more bytes than allowed
├── UnsupportedType      bytes of a kind that the gallery does not keep
├── TooManyRequests      slow down; says for how long
├── Locked               somebody else is writing this very thing
├── PreconditionFailed   the caller speaks another version
├── ChecksumMismatch     the bytes that arrived are not the bytes announced
├── StorageFull          no room on the disk
└── Unavailable          something that we depend on is away; says when to retry

A use case raises these; HTTP turns a kind into a status and the bot into a sentence. `code` is the stable name
of the problem and also the key of its translations in `infra/problems.py`; `facts` are shown to the caller.
"""

from typing import Any, ClassVar


class GalleryError(Exception):
    """Something that the caller can understand and, mostly, mend."""

    code: ClassVar[str]

    def __init__(self, code: str | None = None, /, **facts: Any) -> None:
        self.problem = code or self.code
        self.facts = facts
        super().__init__(self.problem, facts)


class NotFound(GalleryError):
    code = "not-found"


class Forbidden(GalleryError):
    code = "forbidden"


class Unauthorized(GalleryError):
    code = "unauthorized"


class Invalid(GalleryError):
    code = "invalid"


class Conflict(GalleryError):
    code = "conflict"


class Gone(GalleryError):
    code = "gone"


class TooLarge(GalleryError):
    code = "too-large"


class UnsupportedType(GalleryError):
    code = "unsupported-type"


class Locked(GalleryError):
    code = "upload-locked"


class PreconditionFailed(GalleryError):
    code = "unsupported-tus-version"


class ChecksumMismatch(GalleryError):
    code = "checksum-mismatch"


class StorageFull(GalleryError):
    code = "storage-full"


class TooManyRequests(GalleryError):
    """`retry_after` is in seconds."""

    code = "too-many-requests"

    def __init__(self, code: str | None = None, /, *, retry_after: int) -> None:
        super().__init__(code, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(GalleryError):
    """`retry_after` is in seconds."""

    code = "unavailable"

    def __init__(self, *, retry_after: int = 2) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after
