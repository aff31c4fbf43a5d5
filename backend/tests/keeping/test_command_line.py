"""From one embedded gallery into an empty one, by the operator's verbs, with real photos."""

import asyncio
import hashlib
import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from gallery.access.actors import Operator
from gallery.assembly import assemble
from gallery.assets.intake import Arrival
from gallery.infra.embedded import embedded_postgres
from tests.accounts.processes import COMMAND, Verb, environment, gallery
from tests.factories import PACK, settings_for, tiny_jpeg

from .stock import contents, flip

PASSWORD = "a good password"


def photos() -> Iterator[tuple[str, bytes]]:
    """A few of the pack beside the repository, where there is one, and a few of our own."""
    found = sorted(path for path in PACK.rglob("*") if path.suffix.lower() in {".jpg", ".heic", ".png"})
    for path in [one for one in found if one.stat().st_size < 4_000_000][:12]:
        yield path.name, path.read_bytes()
    for number in range(8):
        yield f"снимок {number}.jpg", tiny_jpeg(f"house {number}")


async def take_in(url: str, folder: Path) -> None:
    """As an upload would, short of HTTP: spool, checksum, fsync, rows."""
    made = assemble(settings_for(url, folder))
    async with made.running(work=False):
        with psycopg.connect(url) as connection:
            [(space,)] = connection.execute("SELECT id FROM spaces").fetchall()
        for name, data in photos():
            spooled = made.storage.spool_path(space)
            spooled.write_bytes(data)
            await made.intake.take_in(Operator(), space, Arrival(spooled, name), now=made.clock())
            spooled.unlink()


def test_moving_house(tmp_path: Path) -> None:
    old, new, target = tmp_path / "old", tmp_path / "new", tmp_path / "backup"
    there = {"DATA_DIR": str(new)}
    env = environment(DATA_DIR=str(old), PUBLIC_URL="https://gallery.test")
    with embedded_postgres(old) as url:
        [made] = gallery(
            Verb(["user", "create", "anna", "--operator", "--password-stdin"], PASSWORD + "\n"), env=env, cwd=tmp_path
        )
        assert made.returncode == 0, made.stderr
        asyncio.run(take_in(url, old))
        verbs = {
            "nothing": Verb(["restore", str(target)]),
            "backup": Verb(["backup", str(target), "--json"]),
            "verify": Verb(["verify", "--json"]),
            "check": Verb(["verify", "--backup", str(target)]),
            "full": Verb(["restore", str(target)]),
            "wrong": Verb(["backup", str(target), "--every", "soon"]),
            "away": Verb(["restore", str(target)], env={"DATABASE_URL": "postgresql://127.0.0.1:1/none"}),
        }
        done = dict(zip(verbs, gallery(*verbs.values(), env=env, cwd=tmp_path), strict=True))
    assert {name: ended.returncode for name, ended in done.items()} == {
        "nothing": 1, "backup": 0, "verify": 0, "check": 0, "full": 1, "wrong": 2, "away": 1,
    }, done  # fmt: skip
    assert "holds no backup" in done["nothing"].stderr
    assert "not empty" in done["full"].stderr
    assert done["away"].stderr.startswith("gallery: "), "words and no traceback"
    assert "All is well." in done["check"].stdout
    backed_up, verified = json.loads(done["backup"].stdout), json.loads(done["verify"].stdout)
    originals = contents(old / "uploads" / "originals")
    assert backed_up["files"] == verified["files"] == len(originals) >= 8
    assert not any("secrets.json" in path.name for path in target.rglob("*"))

    with embedded_postgres(new) as url:
        verbs = {
            "restore": Verb(["restore", str(target)], env=there),
            "verify": Verb(["verify"]),
            "users": Verb(["user", "list"]),
        }
        done = dict(zip(verbs, gallery(*verbs.values(), env={**env, **there}, cwd=tmp_path), strict=True))
        assert [ended.returncode for ended in done.values()] == [0, 0, 0], done
        assert "every checksum equal" in done["restore"].stdout
        assert done["users"].stdout.startswith("anna\tanna\toperator")
        restored = contents(new / "uploads" / "originals")
        assert restored == originals
        assert {hashlib.sha256(data).digest() for data in restored.values()} == set(restored)

        victim = next(iter(restored))
        path = new / "uploads" / "originals" / victim.hex()[:2] / victim.hex()[2:4] / victim.hex()
        flip(path, 1000)
        verbs = {
            "verify": Verb(["verify"]),
            "heal": Verb(["restore", str(target), "--heal"]),
            "again": Verb(["verify", "--json"]),
        }
        done = dict(zip(verbs, gallery(*verbs.values(), env={**env, **there}, cwd=tmp_path), strict=True))
        assert [ended.returncode for ended in done.values()] == [1, 0, 0], done
        assert victim.hex() in done["verify"].stdout
        assert path.read_bytes() == originals[victim]
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM assets").fetchone() == (len(originals),)


def test_backups_by_the_clock(fresh_database: Callable[..., str], tmp_path: Path) -> None:
    """`--every` backs up at once when there is none, and ends when it is asked to."""
    database_url = fresh_database()
    env = environment(DATABASE_URL=database_url, DATA_DIR=str(tmp_path))
    target = tmp_path / "backup"
    command = [*COMMAND, "backup", str(target), "--every", "1h", "--keep-daily", "7", "--json"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert told[0]["snapshot"]
        assert told[1]["problems"] == 0
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, json.loads(out)) == (0, {}), err
    finally:
        process.kill()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT work, outcome FROM backup_runs ORDER BY started_at, id").fetchall()
    assert rows == [("backup", "good"), ("check", "good")]


def test_one_backup_with_its_check(fresh_database: Callable[..., str], tmp_path: Path) -> None:
    """What cron starts reads a part again like the scheduled one, or after 8 days nobody would have."""
    database_url = fresh_database()
    env = environment(DATABASE_URL=database_url, DATA_DIR=str(tmp_path))
    target = tmp_path / "backup"
    [done] = gallery(Verb(["backup", str(target), "--check", "--json"]), env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    taken, read = map(json.loads, done.stdout.splitlines())
    assert (taken["snapshot"] is not None, read["snapshots"], read["problems"]) == (True, 1, 0)
    for dump in target.rglob("database.dump"):
        flip(dump, dump.stat().st_size // 2)
    [done] = gallery(Verb(["backup", str(target), "--check"]), env=env, cwd=tmp_path)
    assert (done.returncode, "Broken snapshots: 1" in done.stdout) == (1, True), done
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT work, outcome FROM backup_runs ORDER BY started_at, id").fetchall()
    assert rows[:2] == [("backup", "good"), ("check", "good")]
    assert [work for work, _ in rows[2:]] == ["backup", "check"]
    assert rows[3][1] != "good"


def test_a_backup_needs_no_keys(fresh_database: Callable[..., str], tmp_path: Path) -> None:
    """Who signs nothing is told no key: a backup's container holds none."""
    database_url = fresh_database()
    env = environment(DATABASE_URL=database_url, DATA_DIR=str(tmp_path))
    backup, serve = gallery(Verb(["backup", str(tmp_path / "backup")]), Verb(["setup-link"]), env=env, cwd=tmp_path)
    assert backup.returncode == 0, backup.stderr
    assert serve.returncode == 2
