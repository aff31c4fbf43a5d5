"""The compose files, the images, and what is in them."""

import json
import os
import re
import secrets
import shutil
import subprocess
import time
from typing import Any, Final

from .check import Check, Row
from .engine import MEGABYTE, ROOT, checkout, compose_commands, docker, edit, expect, size_of
from .talk import PHOTOS

LARGEST: Final = {"backend": 200 * MEGABYTE, "frontend": 15 * MEGABYTE}
"""How much an image may add to its base."""
_NEEDED: Final = {
    "DOMAIN": "gallery.test",
    "ACME_EMAIL": "operator@gallery.test",
    "S3_SECRET_ACCESS_KEY": "check",
    "RESTIC_REPOSITORY": "/check",
    "RESTIC_PASSWORD": "check",
}
"""What an overlay wants to be told."""
_TOGETHER: Final = (
    "docker-compose.yml",
    "deploy/secrets/compose.yml",
    "deploy/backup/compose.yml",
    "deploy/backup/secrets.yml",
    "deploy/backup/restic.yml",
    "deploy/scale/compose.yml",
    "deploy/scale/secrets.yml",
    "deploy/scale/backup.yml",
    "deploy/tls/compose.yml",
    "deploy/monitoring/compose.yml",
    "deploy/logging/compose.yml",
    "deploy/limits/compose.yml",
)
"""Each with each, and what goes between two of them."""


def overlay_files() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "deploy").glob("*/compose.yml"))


def files_are_valid(check: Check) -> None:
    """every compose file, alone and with each overlay, is valid for each compose that is here"""
    environment = {**check.stack.environment, **_NEEDED}
    for command in compose_commands():
        version = subprocess.run([*command, "version", "--short"], capture_output=True, text=True).stdout.strip()
        check.note += f" {version}"
        for files in (
            ["docker-compose.dev.yml"],
            ["docker-compose.yml"],
            *(["docker-compose.yml", overlay] for overlay in overlay_files()),
            _TOGETHER,
        ):
            named = [part for file in files for part in ("-f", str(ROOT / file))]
            done = subprocess.run(
                [*command, *named, "config", "-q"], cwd=ROOT, env=environment, capture_output=True, text=True
            )
            expect(done.returncode == 0, f"{version} {files}: {done.stderr}")


def asks_for_secrets(check: Check) -> None:
    """without secrets compose says which is missing, and starts nothing"""
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "REFRESH_SECRET_KEY"):
        done = check.stack.attempt("config", "-q", seconds=60, **{name: ""})
        expect(done.returncode != 0 and name in done.stderr, f"went on without {name}")


def names_are_the_owners(check: Check) -> None:
    """services, ports, volumes, network, mounts and variables bear the owner's names"""
    environment = {name: value for name, value in check.stack.environment.items() if not name.endswith("_PORT")}
    command = [*compose_commands()[0], "-f", str(ROOT / "docker-compose.yml"), "config"]
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    for line in (
        "name: max_gallery_network", "driver: bridge", "name: max_gallery_postgres_data", "name: max_gallery_uploads",
        "pg_isready -U app_user -d app_db", "image: postgres:16-alpine", f"{ROOT}/backend/database.sql",
        "/docker-entrypoint-initdb.d/01-schema.sql", f"{ROOT}/backend/error.log", "/app/error.log", "/app/uploads",
        "/var/lib/postgresql/data", "condition: service_healthy",
        *(f"{name}: " for name in ("DATABASE_URL", "SECRET_KEY", "REFRESH_SECRET_KEY", "BOT_TOKEN", "CORS_ORIGINS",
                                   "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD")),
    ):  # fmt: skip
        expect(line in told, f"{line} is not in docker-compose.yml")
    for port in ("80", "8000"):
        ways = rf'\b{port}:{port}\b|published: "?{port}"?$'
        expect(re.search(ways, told, re.MULTILINE), f"{port}:{port} is not published")
    expect("5432" not in told.replace("@db:5432", ""), "the database's port is published")


def env_is_made_once(check: Check) -> None:
    """`make env` writes .env with strong secrets of its own, readable by its owner alone, and never over another"""
    folder = check.folder / "env"
    for name in (".env.example", "tools/make_env.sh", "backend/error.log"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    made = []
    for _ in range(2):
        subprocess.run(["sh", "tools/make_env.sh"], cwd=folder, check=True, capture_output=True)
        made.append((folder / ".env").read_text(encoding="utf-8"))
    expect(made[0] == made[1], "it was written over")
    expect((folder / ".env").stat().st_mode & 0o077 == 0, "others may read it")
    values = dict(line.split("=", 1) for line in made[0].splitlines() if "=" in line and not line.startswith("#"))
    made_up = [values[name] for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "REFRESH_SECRET_KEY")]
    expect(len(set(made_up)) == 3 and all(len(value) == 64 for value in made_up), "weak secrets")


def builds(check: Check) -> None:
    """the images build"""
    check.stack.run("build")


def is_small(check: Check) -> None:
    """backend and frontend add little to their bases"""
    bases = {
        "backend": os.environ.get("PYTHON_IMAGE", "python:3.11-slim"),
        "frontend": os.environ.get("NGINX_IMAGE", "nginx:alpine"),
    }
    for name, base in bases.items():
        added = size_of(_image(check, name)) - size_of(base)
        check.note += f" {name} +{added / MEGABYTE:.1f} MB"
        expect(added <= LARGEST[name], f"{name} adds {added / MEGABYTE:.0f} MB")


def code_rebuilds_quickly(check: Check) -> None:
    """a change of code keeps the layers of dependencies and programs, and rebuilds in seconds"""
    copy, change = checkout(check.folder, "changed"), secrets.token_hex(8)
    edit(copy / "backend/gallery/__init__.py", "", f"\n# {change}\n")
    edit(copy / "front/src/main.tsx", "", f"\n// {change}\n")
    for name, folder, may_change, stage in (
        ("backend", "backend", 4, ["--target", "production"]),
        ("frontend", "front", 1, []),
    ):
        image, began = f"{check.stack.images}-changed-{name}", time.monotonic()
        docker("build", "-q", "-t", image, *stage, str(copy / folder), seconds=600)
        check.note += f" {name} {time.monotonic() - began:.0f} s"
        before, after = _layers(_image(check, name)), _layers(image)
        docker("image", "rm", image)
        same = sum(1 for one, other in zip(before, after, strict=False) if one == other)
        expect(same >= len(before) - may_change, f"{name}: only {same} of {len(before)} layers stayed")


def images_hold_no_secret(check: Check) -> None:
    """no .env, key or test is in the production images"""
    for image in (_image(check, "backend"), _image(check, "frontend")):
        look = ["run", "--rm", "--network", "none", "--user", "0", "--entrypoint", "find", image]
        found = docker(*look, "/", "-xdev", "-name", ".env*", "-type", "f")
        expect(not found, found)
        told = docker("history", "--no-trunc", image) + docker("inspect", image)
        expect(not any(secret in told for secret in check.stack.secrets.values()), f"a secret in {image}")
    names = docker("run", "--rm", "--network", "none", "--entrypoint", "ls", _image(check, "backend"), "/app").split()
    expect("tests" not in names, names)


def image_tests(check: Check) -> None:
    """the backend's tests pass from the image (docker-compose run backend pytest)"""
    check.stack.run("build", "backend", BACKEND_TARGET="test")
    try:
        pack = ["-v", f"{PHOTOS}:/shared/photos:ro"] if PHOTOS.is_dir() else []
        verb = ["run", "--rm", "-T", *pack, "backend", "pytest", "-q"]
        cores = docker("info", "-f", "{{.NCPU}}")
        told = check.stack.run(*verb, BACKEND_TARGET="test", BACKEND_CPUS=cores, seconds=3600)
        check.note = " " + told.strip().splitlines()[-1].strip("= ")
    finally:
        check.stack.remove()


def _image(check: Check, name: str) -> str:
    return f"{check.stack.images}-backend:production" if name == "backend" else f"{check.stack.images}-frontend"


def _layers(image: str) -> list[Any]:
    found: list[Any] = json.loads(docker("image", "inspect", image))[0]["RootFS"]["Layers"]
    return found


FILES: Final[tuple[Row, ...]] = (files_are_valid, asks_for_secrets, names_are_the_owners, env_is_made_once)
IMAGES: Final[tuple[Row, ...]] = (builds, is_small, code_rebuilds_quickly, images_hold_no_secret)
TESTS: Final[tuple[Row, ...]] = (image_tests,)
