"""The operator's verbs: `gallery --help`."""

import asyncio
import contextlib
import json
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
import uvicorn

from gallery.access.actors import Operator
from gallery.accounts import service as accounts
from gallery.assembly import Gallery, assemble
from gallery.assets.volume import WrongVolume
from gallery.infra.embedded import NoEmbeddedDatabase, embedded_postgres
from gallery.infra.errors import GalleryError
from gallery.infra.logging import configure_logging
from gallery.infra.migrate import migrate as migrate_database
from gallery.infra.problems import field_error, title
from gallery.keeping.backup import FAILURES, in_words
from gallery.keeping.checking import check_backup, everything, sample_of
from gallery.keeping.reading import Pace
from gallery.keeping.reports import (
    Report,
    backup_report,
    check_report,
    heal_report,
    report,
    restore_report,
    scrub_report,
)
from gallery.keeping.restore import heal as heal_originals
from gallery.keeping.restore import restore as restore_backup
from gallery.keeping.retention import Keep
from gallery.keeping.schedule import Schedule, check_part_of, keep_backing_up
from gallery.main import create_api, create_watch, wire
from gallery.settings import Settings, UnfitSettings, load_settings
from gallery.spaces import service as spaces

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Max Photo Gallery.")
user = typer.Typer(no_args_is_help=True, help="Accounts.")
app.add_typer(user, name="user")
space = typer.Typer(no_args_is_help=True, help="Spaces.")
app.add_typer(space, name="space")

AsJson = Annotated[bool, typer.Option("--json", help="Tell it as JSON, one line.")]
FromInput = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def serve() -> None:
    """Runs the gallery: API, media, web application and jobs. HOST, PORT and DATA_DIR are honoured."""
    with _settings() as settings:
        configure_logging(debug=settings.debug, error_log=settings.error_log)
        gallery = assemble(settings)
        server = _Server(
            uvicorn.Config(
                wire(gallery),
                host=settings.host,
                port=settings.port,
                loop="uvloop",
                http="httptools",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=20,
                forwarded_allow_ips=settings.trusted_proxies,
            ),
            gallery,
        )
        server.run()
        if not server.started:
            raise typer.Exit(1)


@app.command()
def worker() -> None:
    """Runs background jobs alone, for when JOBS_IN_PROCESS=false. WORKER_PORT answers /health and /metrics."""
    from gallery.worker import work_until_stopped

    with _settings() as settings:
        configure_logging(debug=settings.debug, error_log=settings.error_log)
        gallery = assemble(settings)
        asyncio.run(work_until_stopped(gallery, create_watch(gallery)))


@app.command()
def migrate() -> None:
    """Brings the database to this version's schema."""
    with _settings() as settings:
        assert settings.database_url is not None
        created = migrate_database(assemble(settings).database.libpq_url)
        print("The database was created." if created else "The database is up to date.")


@app.command("setup-link")
def setup_link() -> None:
    """Prints a one-time link that makes an operator's account; earlier links stop working."""

    print(_run(new_setup_link))


@app.command()
def openapi() -> None:
    """Prints the API's description; starts nothing."""
    settings = Settings(database_url="postgresql://nowhere/none", secret_key="x", refresh_secret_key="y")
    document = create_api(assemble(settings)).openapi()
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    print()


@app.command()
def demo(
    count: Annotated[int, typer.Option(min=1, max=5000, help="How many photos.")] = 120,
    login: Annotated[str | None, typer.Option(help="Whose personal space; else the first operator's.")] = None,
) -> None:
    """Fills a space with photos made by the gallery itself, so that a first look is never empty."""
    from gallery.demo import fill_with_demo

    async def run(gallery: Gallery) -> str:
        added = await fill_with_demo(gallery, login, count)
        return f"{added} photos were added. The gallery makes their previews while it runs."

    print(_run(run))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A folder for backups alone.")],
    every: Annotated[str | None, typer.Option(help="Go on for ever, this often: 24h, 30m, 2d.")] = None,
    at: Annotated[str | None, typer.Option(help="Go on for ever, once a day at this time: 03:30.")] = None,
    keep_daily: Annotated[int, typer.Option(min=0, help="Snapshots to keep, one for each of so many days.")] = 0,
    keep_weekly: Annotated[int, typer.Option(min=0, help="And of so many weeks.")] = 0,
    keep_monthly: Annotated[int, typer.Option(min=0, help="And of so many months. Without any all are kept.")] = 0,
    check: Annotated[bool, typer.Option("--check", help="Then read a part again, as the clock always does.")] = False,
    begin_anew: Annotated[
        bool, typer.Option("--begin-anew", help="Fill TARGET anew though it has lost its backups.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Backs up the database and the originals to TARGET. Secrets are not in it: keep those elsewhere."""
    try:
        schedule = Schedule.parse(every, at)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if schedule is not None and begin_anew:
        raise typer.BadParameter("--begin-anew is for one backup: then the schedule goes on by itself")
    keep = Keep(keep_daily, keep_weekly, keep_monthly) if keep_daily or keep_weekly or keep_monthly else None
    folder = target.absolute()

    async def once(gallery: Gallery) -> Report:
        today = gallery.clock().astimezone()
        taken = backup_report(await gallery.backups.take(folder, keep, anew=begin_anew))
        if not check:
            return taken
        _tell(taken, as_json)
        read = check_report(await check_part_of(today, gallery.backups, folder))
        return replace(read, is_well=taken.is_well and read.is_well)

    async def for_ever(gallery: Gallery) -> Report:
        assert schedule is not None
        with _stopped_by_signals():
            await keep_backing_up(gallery.backups, schedule, folder, keep, lambda what: _tell(report(what), as_json))
        return Report({}, "Stopped.")

    _report(once if schedule is None else for_ever, as_json)


@app.command()
def restore(
    target: Annotated[Path, typer.Argument(help="The folder of the backups.")],
    snapshot: Annotated[str | None, typer.Option(help="Which one; else the newest that is complete.")] = None,
    heal: Annotated[bool, typer.Option("--heal", help="Only bring back originals found missing or damaged.")] = False,
    as_json: AsJson = False,
) -> None:
    """Restores a backup into an empty gallery that does not run. With --heal, mends one that has photos."""
    folder = target.absolute()
    if heal:
        _report(lambda gallery: _heal(gallery, folder), as_json)
        return
    with _settings(keys=False) as settings, _telling_problems():
        configure_logging(debug=settings.debug, error_log=None)
        gallery = assemble(settings)
        summary = asyncio.run(restore_backup(gallery.database, gallery.storage, folder, snapshot))
        _tell(restore_report(summary), as_json, last=True)


async def _heal(gallery: Gallery, folder: Path) -> Report:
    return heal_report(await heal_originals(gallery.database, gallery.storage, folder))


@app.command()
def verify(
    backup: Annotated[Path | None, typer.Option(help="Read this folder of backups again instead.")] = None,
    sample: Annotated[int | None, typer.Option(min=0, help="Of the backup, only so many originals.")] = None,
    max_mb_per_second: Annotated[float | None, typer.Option(min=0.1, help="Leave the disk to others.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Only the rest of the pass under way.")] = False,
    adopt: Annotated[bool, typer.Option("--adopt", help="Make originals without a photo photos again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Reads every original, or a backup, again and says what is missing or damaged. Deletes nothing."""
    if backup is None and sample is not None:
        raise typer.BadParameter("a sample is taken of a backup: --backup TARGET --sample 200")
    if backup is not None and (resume or adopt):
        raise typer.BadParameter("--resume and --adopt are about the gallery's originals, not about a backup")

    async def look(gallery: Gallery) -> Report:
        if backup is not None:
            choose = everything if sample is None else partial(sample_of, sample)
            return check_report(await check_backup(gallery.database, gallery.clock, backup.absolute(), choose))
        pace = Pace(max_mb_per_second and max_mb_per_second * 1_000_000)
        summary = await gallery.scrubber.verify(pace=pace, resume=resume)
        if adopt and not summary.stopped:
            await gallery.scrubber.adopt(gallery.intake, summary)
        return scrub_report(summary)

    _report(look, as_json)


@user.command("create")
def create_user(
    login: str,
    password_stdin: FromInput = False,
    name: Annotated[str | None, typer.Option(help="The name that others see.")] = None,
    operator: Annotated[bool, typer.Option("--operator", help="May keep this installation.")] = False,
) -> None:
    """Makes an account with login LOGIN."""
    password = _password(password_stdin)

    async def run(gallery: Gallery) -> str:
        password_hash = await gallery.passwords.hash(accounts.checked_password(password))
        async with gallery.database.transaction() as session:
            made = await accounts.create_user(
                session,
                Operator(),
                login=login,
                name=name or login,
                password_hash=password_hash,
                operator=operator,
            )
            return f"{made.login}\t{made.id}"

    print(_run(run))


@user.command("list")
def list_users() -> None:
    """Lists accounts: login, name, what they are, id."""

    async def run(gallery: Gallery) -> str:
        async with gallery.database.transaction() as session:
            found = await accounts.list_users(session, Operator())
        lines = []
        for item in found:
            state = "disabled" if item.disabled_at else "operator" if item.is_operator else "user"
            lines.append(f"{item.login or '-'}\t{item.name}\t{state}\t{item.id}")
        return "\n".join(lines)

    print(_run(run))


@user.command("disable")
def disable_user(login: str) -> None:
    """Shuts an account and ends its sessions; its photos stay."""

    async def run(gallery: Gallery) -> str:
        async with gallery.database.transaction() as session:
            await accounts.disable_user(session, Operator(), login, now=gallery.clock())
        return f"{login} is disabled."

    print(_run(run))


@user.command("reset-password")
def reset_password(login: str, password_stdin: FromInput = False) -> None:
    """Gives an account a new password, opens it, and ends its sessions."""
    password = _password(password_stdin)

    async def run(gallery: Gallery) -> str:
        password_hash = await gallery.passwords.hash(accounts.checked_password(password))
        async with gallery.database.transaction() as session:
            await accounts.reset_password(session, Operator(), login, password_hash, now=gallery.clock())
        return f"{login} has a new password; all sessions have ended."

    print(_run(run))


async def new_setup_link(gallery: Gallery) -> str:
    """A fresh one-time link to the page that makes the operator's account."""
    async with gallery.database.transaction() as session:
        token = await accounts.issue_setup_link(session, Operator(), now=gallery.clock())
    return f"{gallery.settings.base_url}/setup#token={token}"


@space.command("list")
def list_spaces() -> None:
    """Lists spaces: id, name, kind, assets, bytes, quota."""

    async def run(gallery: Gallery) -> str:
        async with gallery.database.transaction() as session:
            found = await spaces.list_all_spaces(session, Operator())
        return "\n".join(
            f"{item.id}\t{item.name}\t{item.kind}\t{item.asset_count}\t{item.used_bytes}\t{item.quota_bytes or 'none'}"
            for item in found
        )

    print(_run(run))


@space.command("quota")
def set_quota(space_id: UUID, size: str) -> None:
    """Limits a space to SIZE: bytes, or 500M, 50G, 2T; `none` lifts the limit. What is there stays."""
    quota = _parsed_size(size)

    async def run(gallery: Gallery) -> str:
        async with gallery.database.transaction() as session:
            await spaces.set_quota(session, Operator(), space_id, quota)
        return "No limit." if quota is None else f"{quota} bytes."

    print(_run(run))


class _Server(uvicorn.Server):
    """Says where it listens as soon as it does, and how to come in when nobody keeps the gallery yet."""

    def __init__(self, config: uvicorn.Config, gallery: Gallery) -> None:
        super().__init__(config)
        self._gallery = gallery

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal that ended it once more at the end; who ended in order as asked exits with 0."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # sockets are passed on
        await super().startup(sockets)  # type: ignore[arg-type]
        if not self.started:
            return
        print(f"\n  Max Photo Gallery: {self._gallery.settings.base_url}\n", flush=True)
        async with self._gallery.database.transaction() as session:
            has_operator = await accounts.has_operator(session)
        if not has_operator:
            link = await new_setup_link(self._gallery)
            print(f"  Make your account here (the link works once):\n  {link}\n", flush=True)


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM and SIGINT end the block as if its work were done."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        yield
    task.uncancel()


def _report(verb: Callable[[Gallery], Awaitable[Report]], as_json: bool) -> None:
    """Runs a verb that keeps photos safe, and tells what came of it; status 1 when that is not all well."""

    async def once(gallery: Gallery) -> Report:
        async with gallery.running(work=False):
            return await verb(gallery)

    with _settings(keys=False) as settings, _telling_problems():
        configure_logging(debug=settings.debug, error_log=None)
        _tell(asyncio.run(once(assemble(settings))), as_json, last=True)


@contextlib.contextmanager
def _telling_problems() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        print(f"gallery: {in_words(error)}", file=sys.stderr)
        raise typer.Exit(1) from None


def _tell(told: Report, as_json: bool, *, last: bool = False) -> None:
    print(json.dumps(told.facts, ensure_ascii=False) if as_json else told.text, flush=True)
    if last and not told.is_well:
        raise typer.Exit(1)


@contextlib.contextmanager
def _settings(*, keys: bool = True) -> Iterator[Settings]:
    """The settings, and the embedded database while they are used without another. Ends the process on a mistake."""
    try:
        settings = load_settings(keys=keys)
        if settings.database_url:
            yield settings
            return
        with embedded_postgres(settings.data_dir.resolve()) as url:
            settings.database_url = url
            yield settings
    except (UnfitSettings, NoEmbeddedDatabase, WrongVolume) as error:
        print(f"gallery: {error}", file=sys.stderr)
        raise typer.Exit(2) from None


def _run(verb: Callable[[Gallery], Awaitable[str]]) -> str:
    """Runs one verb against the database, which is migrated first."""

    async def once(gallery: Gallery) -> str:
        async with gallery.running(work=False):
            return await verb(gallery)

    with _settings() as settings:
        configure_logging(debug=settings.debug, error_log=None)
        try:
            return asyncio.run(once(assemble(settings)))
        except GalleryError as error:
            print(f"gallery: {title(error.problem, 'en')} {_facts(error)}".rstrip(), file=sys.stderr)
            raise typer.Exit(1) from None


def _facts(error: GalleryError) -> str:
    found = error.facts.get("errors", [])
    return "; ".join(f"{item['field']}: {field_error(item['reason'], 'en')}" for item in found)


def _parsed_size(text: str) -> int | None:
    if text == "none":
        return None
    match = re.fullmatch(r"([0-9]{1,15})([KMGT]?)", text.upper())
    if match is None:
        raise typer.BadParameter("a number of bytes, or one with K, M, G or T, or none")
    return int(match[1]) << 10 * " KMGT".index(match[2] or " ")


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    entered: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


def main() -> None:
    """The command `gallery`."""
    app()


if __name__ == "__main__":
    main()
