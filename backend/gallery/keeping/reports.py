"""What backups, restores and checks say on the command line: for people, or as JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from gallery.keeping.backup import BackupSummary, in_words
from gallery.keeping.checking import CheckSummary
from gallery.keeping.restore import HealSummary, RestoreSummary
from gallery.keeping.scrub import RECOVERED, ScrubSummary

_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Report:
    """The same twice: facts for programs, text for people; and whether all is well."""

    facts: dict[str, Any]
    text: str
    is_well: bool = True


def report(what: BackupSummary | CheckSummary | Exception) -> Report:
    """What a scheduled backup has to say."""
    match what:
        case BackupSummary():
            return backup_report(what)
        case CheckSummary():
            return check_report(what)
        case _:
            return Report({"error": in_words(what)}, f"gallery: {in_words(what)}", is_well=False)


def backup_report(done: BackupSummary) -> Report:
    lines = [
        f"Snapshot {done.snapshot} in {done.target}: {done.files} originals, {_size(done.size)},"
        f" and the database, {_size(done.database_bytes)}.",
        f"New: {done.copied_files} originals, {_size(done.copied_bytes)}, in {done.seconds:.1f} s.",
    ]
    if done.dropped_snapshots:
        lines.append(
            f"Let go: {len(done.dropped_snapshots)} snapshots, {done.dropped_files} originals that only they needed,"
            f" {_size(done.dropped_bytes)}."
        )
    if done.untidied:
        lines.append(f"Older snapshots could not be tidied up: {done.untidied}")
    lost = [f"{item['sha256']} ({item['problem']})" for item in done.unavailable]
    lines += _list("Missing or damaged here, and no copy in the backup", lost)
    return Report(asdict(done), "\n".join(lines), is_well=not lost and done.untidied is None)


def restore_report(done: RestoreSummary) -> Report:
    lines = [
        f"Snapshot {done.snapshot} is restored: {done.files} originals, {_size(done.size)}, every checksum equal,"
        f" in {done.seconds:.1f} s.",
        "Previews are made again while the gallery runs.",
    ]
    if done.kept_files:
        lines.append(f"{done.kept_files} of the originals were here already, whole.")
    if done.unknown:
        lines.append(f"{done.unknown} originals here are newer than the snapshot: see `gallery verify --adopt`.")
    lines += _list("Not in the backup, or damaged there", done.unavailable)
    return Report(asdict(done), "\n".join(lines), is_well=not done.unavailable)


def heal_report(done: HealSummary) -> Report:
    lines = [f"{len(done.healed)} originals are whole again."]
    lines += _list("The backup does not have them either", done.left)
    return Report(asdict(done), "\n".join(lines), is_well=not done.left)


def check_report(done: CheckSummary) -> Report:
    lines = [
        f"{done.snapshots} snapshots in {done.target} name {done.files} originals;"
        f" {done.read_files} were read again, {_size(done.read_bytes)}, in {done.seconds:.1f} s."
    ]
    lines += _list("Broken snapshots", done.broken_snapshots)
    lines += _list("Missing from the backup", done.missing)
    lines += _list("Damaged in the backup, set aside; the next backup copies them again", done.damaged)
    if not done.problems:
        lines.append("All is well.")
    return Report({**asdict(done), "problems": done.problems}, "\n".join(lines), is_well=not done.problems)


def scrub_report(done: ScrubSummary) -> Report:
    lines = [f"{done.files} originals were read, {_size(done.size)}, in {done.seconds:.1f} s."]
    if done.stopped:
        lines.append(
            "More than one original of a hundred is missing, so this stopped: is the right volume mounted?"
            " Nothing was changed, and nothing is tidied up until they are back."
        )
    lines += _list("Missing", done.missing)
    lines += _list("Damaged; `gallery restore BACKUP --heal` brings them back", done.damaged)
    if done.adopted:
        lines.append(f"{done.adopted} originals without a photo are photos of the space {RECOVERED} now.")
    elif done.unknown:
        lines += _list("Without a photo; --adopt makes them photos again", done.unknown)
    is_well = not (done.missing or done.damaged or done.stopped)
    if is_well:
        lines.append("All are whole.")
    return Report(asdict(done), "\n".join(lines), is_well=is_well)


def _list(heading: str, names: list[str]) -> list[str]:
    if not names:
        return []
    more = [f"  and {len(names) - _LISTED} more"] if len(names) > _LISTED else []
    return [f"{heading}: {len(names)}", *(f"  {name}" for name in names[:_LISTED]), *more]


def _size(count: int) -> str:
    power = min(4, (len(str(count)) - 1) // 3)
    return f"{count} bytes" if power == 0 else f"{count / 1000**power:.1f} {' kMGT'[power]}B"
