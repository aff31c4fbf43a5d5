"""A toolbox that knows what it finds before it looks."""

from dataclasses import replace
from pathlib import Path

from gallery.media.facts import Facts
from gallery.media.sniff import Sniffed
from gallery.media.toolbox import Examination, Toolbox


class KnownToolbox(Toolbox):
    """Gives for each file what a test told it, or an empty examination of the type that was sniffed."""

    def __init__(self) -> None:
        self._known: dict[str, Examination] = {}
        self._facts: dict[str, Facts] = {}
        self.seen: list[str] = []

    def tell(self, sha256: str, facts: Facts) -> None:
        """What the file with this checksum says of itself."""
        self._facts[sha256] = facts

    async def examine(self, path: Path, sniffed: Sniffed) -> Examination:
        self.seen.append(path.name)
        found = Examination(format=sniffed.format, mime=sniffed.mime, kind=sniffed.kind, width=16, height=12)
        return replace(found, facts=self._facts.get(path.name, Facts()), thumbhash=b"\x01\x02\x03\x04\x05")
