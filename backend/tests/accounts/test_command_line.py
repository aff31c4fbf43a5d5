"""The operator's verbs, as processes over one DATA_DIR; and no secret in any log (W13)."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
from argon2 import PasswordHasher

from gallery.infra.embedded import embedded_postgres
from tests.accounts.launches import launch
from tests.accounts.processes import COMMAND, Verb, environment, gallery
from tests.factories import tiny_jpeg

STRONG = "5f1d0c9be2a74836917d0f3a8c52e64b"


def free_port() -> int:
    """A port nobody listens on; out of GALLERY_TEST_PORTS ("9000-9019") where that is set."""
    low, _, high = os.environ.get("GALLERY_TEST_PORTS", "0-0").partition("-")
    for port in range(int(low), int(high or low) + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port")


def test_accounts_from_the_command_line(tmp_path: Path) -> None:
    create, stdin = ["user", "create", "--password-stdin"], "a good password\n"
    verbs = {
        "anna": Verb([*create, "anna", "--name", "Анна"], stdin),
        "keeper": Verb([*create, "keeper", "--operator"], stdin),
        "twin": Verb([*create, "ANNA"], stdin),
        "short": Verb([*create, "boris"], "short\n"),
        "odd": Verb([*create, "a b"], stdin),
        "list": Verb(["user", "list"]),
        "disable": Verb(["user", "disable", "Anna"]),
        "list disabled": Verb(["user", "list"]),
        "disable nobody": Verb(["user", "disable", "nobody"]),
        "reset": Verb(["user", "reset-password", "anna", "--password-stdin"], "a better password\n"),
        "list reset": Verb(["user", "list"]),
        "reset nobody": Verb(["user", "reset-password", "nobody", "--password-stdin"], stdin),
        "link": Verb(["setup-link"]),
        "spaces": Verb(["space", "list"]),
        "help": Verb([]),
        "help of user": Verb(["user"]),
        "migrate": Verb(["migrate"]),
    }
    env = environment(DATA_DIR=str(tmp_path), PUBLIC_URL="https://gallery.test/")
    with embedded_postgres(tmp_path) as url:  # held open: each verb joins it instead of starting one
        done = dict(zip(verbs, gallery(*verbs.values(), env=env, cwd=tmp_path), strict=True))
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT login, is_operator, disabled_at FROM users ORDER BY id").fetchall()
            hashes = connection.execute("SELECT password_hash FROM users ORDER BY id").fetchall()
    assert rows == [("anna", False, None), ("keeper", True, None)]
    assert PasswordHasher().verify(hashes[0][0], "a better password")
    failed = {name for name, ended in done.items() if ended.returncode}
    assert failed == {"twin", "short", "odd", "disable nobody", "reset nobody", "help", "help of user"}
    assert [(name, ended.stderr) for name, ended in done.items() if "Traceback" in ended.stderr] == []
    assert "already taken" in done["twin"].stderr
    assert "at least 8" in done["short"].stderr
    assert "2 to 64" in done["odd"].stderr
    assert "Nobody here" in done["disable nobody"].stderr
    assert done["anna"].stdout.split("\t")[0] == "anna"
    assert [line.split("\t")[:3] for line in done["list"].stdout.splitlines()] == [
        ["anna", "Анна", "user"],
        ["keeper", "keeper", "operator"],
    ]
    assert done["anna"].stdout.strip().split("\t")[1] == done["list"].stdout.splitlines()[0].split("\t")[3]
    assert "disabled" in done["list disabled"].stdout.splitlines()[0]
    assert "disabled" not in done["list reset"].stdout
    assert re.fullmatch(r"https://gallery\.test/setup#token=[\w-]{43}\n", done["link"].stdout)
    assert [line.split("\t")[1:3] for line in done["spaces"].stdout.splitlines()] == [
        ["Анна", "personal"],
        ["keeper", "personal"],
    ]
    assert "Usage" in done["help"].stdout + done["help"].stderr
    assert not any("password" in done[name].stdout.lower() for name in ("anna", "keeper", "list", "disable"))


def test_limits_from_the_command_line(fresh_database: Callable[..., str], tmp_path: Path) -> None:
    database_url, space_id = fresh_database(), "01900000-0000-7000-8000-000000000001"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO spaces (id, kind, name) VALUES (%s, 'group', 'Family')", (space_id,))
    env = environment(
        DATABASE_URL=database_url, SECRET_KEY=STRONG, REFRESH_SECRET_KEY=STRONG[::-1], DATA_DIR=str(tmp_path)
    )
    sizes = {"50M": 50 << 20, "2T": 2 << 40, "1000": 1000, "3k": 3 << 10, "0": 0}
    verbs = [Verb(["space", "quota", space_id, size]) for size in (*sizes, "none", "lots", "-1", "1P")]
    ended = gallery(*verbs, Verb(["space", "quota", space_id.replace("1", "2"), "1"]), env=env, cwd=tmp_path)
    assert [one.stdout.strip() for one in ended[:5]] == [f"{size} bytes." for size in sizes.values()]
    assert ended[5].stdout.strip() == "No limit."
    assert [one.returncode for one in ended[6:]] == [2, 2, 2, 1]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT quota_bytes FROM spaces").fetchall() == [(None,)]


# --- A whole life of a gallery, and then a look into its logs


class Served:
    """`gallery serve` in a process of its own, as talkative as it gets."""

    def __init__(self, database_url: str, folder: Path, secrets: dict[str, str]) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.console, self.log, self.error_log = folder / "console", folder / "log", folder / "error.log"
        variables = {
            "DATABASE_URL": database_url,
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "DEBUG": "true",
            "ERROR_LOG": str(self.error_log),
            "JOBS_IN_PROCESS": "false",
            **secrets,
        }
        with self.console.open("wb") as out, self.log.open("wb") as log:
            self.process = subprocess.Popen((*COMMAND, "serve"), env=environment(**variables), stdout=out, stderr=log)

    def wait(self) -> str:
        """Until it serves; the token of the setup link on the console."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"/setup#token=(\S+)", self.console.read_text())
            if found:
                return found[1]
            time.sleep(0.05)
        raise RuntimeError(self.log.read_text()[-3000:])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def test_no_secret_reaches_a_log(fresh_database: Callable[..., str], tmp_path: Path) -> None:
    database_url = fresh_database()
    secrets = {
        "SECRET_KEY": "canary-access-5f1d0c9be2a74836917d0f3a8c52e64b",
        "REFRESH_SECRET_KEY": "canary-refresh-c03b7a1e95d24f68b0e6a7431f8d92c5",
        "BOT_TOKEN": "canary-bot-token-77aa",
        "METRICS_TOKEN": "canary-metrics-token",
    }
    served = Served(database_url, tmp_path, secrets)
    try:
        seen = _a_days_work(served.url, served.wait(), secrets["BOT_TOKEN"])
    finally:
        status = served.stop()
    assert status == 0
    lines = served.log.read_text().splitlines()
    for line in lines:
        assert isinstance(json.loads(line), dict), "one JSON object a line"
    assert sum(json.loads(line).get("event") == "request" for line in lines) >= 12
    logs = served.log.read_text() + served.error_log.read_text()
    for name, canary in {**secrets, **seen}.items():
        assert canary not in logs, name
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [str(row) for (table,) in tables for row in connection.execute(f"SELECT t::text FROM {table} t")]
    dump = "\n".join(rows)
    for name, canary in {**secrets, **seen}.items():
        assert canary not in dump or name in {"login", "file name"}, name
    assert (re.search(r"setup#token", logs)) is None


def _a_days_work(url: str, setup: str, bot_token: str) -> dict[str, str]:
    """Everything that handles a secret, well and badly; the secrets that were in play."""
    password, wrong, other = "canary-password-one", "canary-password-wrong", "canary-password-two"
    with httpx.Client(base_url=url, trust_env=False) as http:

        def post(path: str, body: Any, **headers: str) -> httpx.Response:
            return http.post(path, json=body, headers=headers)

        made = post("/api/auth/setup", {"token": setup, "login": "canary-login", "password": password, "name": "K"})
        assert made.status_code == 200
        cookie = http.cookies["gallery_refresh"]
        me = {"Authorization": f"Bearer {made.json()['access_token']}"}
        assert post("/api/auth/password", {"login": "canary-login", "password": wrong}).status_code == 401
        told = post("/api/auth/password", {"login": "canary-login", "password": password, "refresh_in_body": True})
        refresh = told.json()["refresh_token"]
        assert post("/api/auth/refresh", {"refresh_token": refresh}).status_code == 200
        assert post("/api/auth/refresh", {"refresh_token": "x" + refresh}).status_code == 401
        init_data = launch({"id": 5, "first_name": "M"}, int(time.time()), token=bot_token, ip="203.0.113.9")
        assert post("/api/auth/max", {"init_data": init_data}).status_code == 200
        assert post("/api/auth/max", {"init_data": init_data[:-1]}).status_code == 401
        assert post("/api/auth/max", {"init_data": init_data, "x": 1}).status_code == 422
        space = post("/api/spaces", {"name": "Family"}, **me).json()["id"]
        invitation = post(f"/api/spaces/{space}/invitations", {"role": "viewer"}, **me).json()["token"]
        assert post("/api/invitations/preview", {"token": invitation}).status_code == 200
        assert post("/api/invitations/preview", {"token": invitation + "x"}).status_code == 410
        change = {"current_password": password, "new_password": other}
        assert post("/api/me/password", change, **me).status_code == 204
        stored = http.post(
            f"/api/assets?space_id={space}", files={"file": ("canary-file-name.jpg", tiny_jpeg())}, headers=me
        )
        assert stored.status_code == 201, stored.text
        asset = http.get(f"/api/assets/{stored.json()['id']}", headers=me).json()
        original = asset["media"]["original"]
        assert http.get(original).status_code == 200
        assert http.get(original + "0").status_code == 404
        assert http.get("/metrics", headers={"Authorization": "Bearer canary-metrics-token"}).status_code == 200
        assert http.get("/api/me?token=" + made.json()["access_token"]).status_code == 401
        assert http.post("/api/auth/logout").status_code == 204
    return {
        "setup token": setup,
        "password": password,
        "wrong password": wrong,
        "new password": other,
        "access token": made.json()["access_token"].split(".")[2],
        "refresh token": refresh.split(".")[2],
        "cookie": cookie.split(".")[2],
        "launch": init_data.rpartition("=")[2],
        "address in the launch": "203.0.113.9",
        "invitation": invitation,
        "media signature": original.rpartition("s=")[2],
        "login": "canary-login",
        "file name": "canary-file-name",
    }
